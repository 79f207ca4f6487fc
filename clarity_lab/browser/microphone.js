// The microphone: opened without the browser's own processing, tapped block by block.

const TAP = `
  registerProcessor("tap", class extends AudioWorkletProcessor {
    process([input]) { // on the audio thread: hands the first channel to the page
      if (input.length) this.port.postMessage(input[0].slice());
      return true;
    }
  });`;

const HELP = {
  NotAllowedError:
    "The browser did not allow the microphone. Click the sign at the left end of the " +
    "address bar, allow the microphone there and press Record again.",
  NotFoundError:
    "No microphone was found. Plug one in, or choose one in the computer's sound " +
    "settings, and press Record again.",
  NotReadableError:
    "The microphone is in use by another program. Close that and press Record again.",
};

const MOST_HZ = 96_000; // twice as many samples of 20 s would be too long a message

const NO_ACCESS =
  "This page may not use a microphone: browsers allow it only on https:// or localhost.";

/** What went wrong, and what to do about it. */
export const helpFor = (error) =>
  HELP[error.name] ?? (error.message || `The microphone gave no sound (${error.name}).`);

export const CLIPPED = 0.999; // a peak from here on was cut off

export const peakOf = (samples) =>
  samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

/** A microphone as a MediaStream: one channel as it is, no processing. */
export async function openMicrophone() {
  if (!navigator.mediaDevices?.getUserMedia) throw new Error(NO_ACCESS);
  return navigator.mediaDevices.getUserMedia({
    audio: {
      channelCount: 1,
      echoCancellation: false, noiseSuppression: false, autoGainControl: false,
    },
  });
}

/** A running AudioContext at the device's own rate, so that nothing is resampled. */
export async function contextFor(stream, context) {
  const device = stream.getAudioTracks()[0].getSettings().sampleRate;
  const sampleRate = Math.min(MOST_HZ, device ?? context.sampleRate);
  if (sampleRate !== context.sampleRate) {
    context.close();
    context = new AudioContext({ sampleRate });
  }
  await context.resume();
  return context;
}

function joinedBlocks(blocks, length) {
  const samples = new Float32Array(length);
  let start = 0;
  for (const block of blocks) {
    samples.set(block.subarray(0, length - start), start);
    start += block.length;
    if (start >= length) break;
  }
  return samples;
}

async function connectTap(context, stream, onBlock) {
  const url = URL.createObjectURL(new Blob([TAP], { type: "text/javascript" }));
  await context.audioWorklet.addModule(url);
  URL.revokeObjectURL(url);
  const tap = new AudioWorkletNode(context, "tap", { numberOfOutputs: 0 });
  tap.port.onmessage = ({ data }) => onBlock(data);
  const source = context.createMediaStreamSource(stream);
  source.connect(tap);
  return () => {
    source.disconnect();
    tap.port.onmessage = null;
  };
}

/** Waits for enough samples, or for stop(), or for the microphone to go away. */
export function capture(context, stream, { seconds, onBlock, onStop }) {
  const blocks = [];
  const wanted = Math.round(seconds * context.sampleRate);
  let length = 0;
  let over = false;
  let cut = null; // there is a tap only after a while
  return new Promise((resolve, reject) => {
    const finish = () => {
      over = true;
      cut?.();
      resolve(joinedBlocks(blocks, Math.min(length, wanted)));
    };
    onStop(finish);
    stream.getAudioTracks()[0].onended = finish;
    connectTap(context, stream, (block) => {
      if (over) return;
      blocks.push(block);
      onBlock(block, length / context.sampleRate);
      length += block.length;
      if (length >= wanted) finish();
    }).then((disconnect) => {
      cut = disconnect;
      if (over) cut();
    }, reject);
  });
}
