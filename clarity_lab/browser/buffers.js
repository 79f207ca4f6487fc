// Sounds as the browser keeps them.

/** channels: one or two Float32Array of one length, or an AudioBuffer, taken as it is. */
export function bufferOf(channels, sampleRate) {
  if (channels instanceof AudioBuffer) {
    if (channels.sampleRate === sampleRate) return channels;
    throw new Error(`expected ${sampleRate} Hz, got ${channels.sampleRate} Hz.`);
  }
  const [length, numberOfChannels] = [channels[0]?.length, channels.length];
  const equal = channels.every((channel) => channel.length === length);
  if (!length || !equal || numberOfChannels > 2) {
    throw new Error("expected one or two channels of one length, at least 1 sample.");
  }
  const buffer = new AudioBuffer({ length, numberOfChannels, sampleRate });
  channels.forEach((channel, number) => buffer.copyToChannel(channel, number));
  return buffer;
}

/** The same sound with silence behind it. */
export function padded(buffer, length) {
  const { numberOfChannels, sampleRate } = buffer;
  const longer = new AudioBuffer({ length, numberOfChannels, sampleRate });
  for (let channel = 0; channel < numberOfChannels; channel++) {
    longer.copyToChannel(buffer.getChannelData(channel), channel);
  }
  return longer;
}

/** From 0 to 1 in `length` samples, as half a period of a cosine. */
export function raisedCosine(length) {
  const at = (_, n) => 0.5 - 0.5 * Math.cos((Math.PI * n) / length);
  return Float32Array.from({ length: length + 1 }, at);
}

/** The same sound, but [first, end) of it fades in and out: for a loop. */
export function withRoundEdges(buffer, [first, end], fade) {
  const round = padded(buffer, Math.max(end, buffer.length));
  const length = Math.min(fade, Math.floor((end - first) / 2));
  const shape = raisedCosine(length);
  for (const channel of channelsOf(round)) {
    for (let n = 0; n < length; n++) {
      channel[first + n] *= shape[n];
      channel[end - 1 - n] *= shape[n];
    }
  }
  return round;
}

/** The channels of an AudioBuffer: its own memory, no copies. */
export function channelsOf(buffer) {
  return Array.from({ length: buffer.numberOfChannels }, (_, n) => buffer.getChannelData(n));
}
