// The page's end of the wire: asks the kernel for sounds, chunk by chunk, the wanted one
// first, and hands each over when it is complete. Chunks of an older version are dropped.

const CHUNK_BYTES = 1 << 20;
const MOST_ON_THE_WAY = 6; // chunks
const PATIENCE_MS = 20_000; // a kernel may be busy; then ask again, and wait twice as long
const LOOK_EVERY_MS = 5_000;
const REST_MS = 150; // a filter that moves is not drawn at every step

/** A view of a message's bytes, which may be a DataView or an ArrayBuffer, anywhere. */
function numbers(Type, data) {
  const { buffer, byteOffset, byteLength } = ArrayBuffer.isView(data)
    ? data
    : { buffer: data, byteOffset: 0, byteLength: data.byteLength };
  const size = Type.BYTES_PER_ELEMENT;
  if (byteOffset % size === 0) return new Type(buffer, byteOffset, byteLength / size);
  return new Type(buffer.slice(byteOffset, byteOffset + byteLength));
}

/** Equal parts of an array, one for each channel. */
function rows(values, channels) {
  const length = values.length / channels;
  return Array.from({ length: channels }, (_, row) =>
    values.subarray(row * length, (row + 1) * length),
  );
}

/** One version of one sound, as far as it is here. */
class Arriving {
  constructor({ version, n_samples, channels, scale, comes }) {
    Object.assign(this, { version, n_samples, scale });
    this.channels = null; // made when the first chunk comes
    this.n_channels = channels;
    this.step = Math.floor(CHUNK_BYTES / (2 * channels));
    this.left = n_samples;
    this.drawn = false; // an overview is here, or asked for
    this.missing = []; // first samples of chunks, in order
    for (let start = 0; start < n_samples; start += this.step) this.missing.push(start);
    this.asked = new Map(); // first sample -> when to lose patience
    this.tries = new Map(); // first sample -> how often it was asked for
    if (comes) this.ask(this.missing[0]);
  }

  get complete() { return this.left === 0; }

  ask(start) {
    const tries = this.tries.get(start) ?? 0;
    this.tries.set(start, tries + 1);
    this.asked.set(start, performance.now() + PATIENCE_MS * 2 ** tries);
  }

  /** The next chunk nobody has asked for yet, or undefined. */
  next() { return this.missing.find((start) => !this.asked.has(start)); }

  /** Takes a chunk; false if it was here already or is none of ours. */
  take(start, data) {
    const at = this.missing.indexOf(start);
    const parts = rows(numbers(Int16Array, data), this.n_channels);
    const length = Math.min(this.step, this.n_samples - start);
    if (at < 0 || parts[0].length !== length) return false;
    this.channels ??= parts.map(() => new Float32Array(this.n_samples));
    parts.forEach((part, number) => {
      const [channel, { scale }] = [this.channels[number], this];
      for (let i = 0; i < length; i++) channel[start + i] = part[i] * scale;
    });
    this.missing.splice(at, 1);
    this.asked.delete(start);
    this.left -= length;
    return true;
  }

  loseFaith(now) {
    for (const [start, until] of this.asked) if (now >= until) this.asked.delete(start);
  }
}

export class SoundStore {
  #sounds = []; // Arriving, or { version, taps } of a filter, in the kernel's order
  #first = 0;

  /** on: onOverview(i, { peaks, spectrogram }), onSound(i, channels),
   *  onFilter(i, { of, taps }), onProgress(done, total), in samples; all may be missing. */
  constructor(model, on = {}) {
    Object.assign(this, { model, on });
    this.model.on("msg:custom", this.#receive);
    this.model.on("change:spectrogram", this.#overviewsAgain);
    this.timer = setInterval(this.#look, LOOK_EVERY_MS);
    this.model.send({ kind: "ready" });
  }

  /** This sound is asked for before the others. */
  request(index) { this.#first = index; }

  destroy() {
    clearInterval(this.timer);
    clearTimeout(this.rest);
    this.model.off("msg:custom", this.#receive);
    this.model.off("change:spectrogram", this.#overviewsAgain);
    this.#sounds = [];
  }

  get #order() {
    const first = this.#sounds[this.#first];
    return first ? [first, ...this.#sounds.filter((one) => one !== first)] : this.#sounds;
  }

  #receive = (content, buffers) => {
    if (content.kind === "sounds") this.#announced(content);
    else if (content.kind === "chunk") this.#chunk(content, buffers);
    else if (content.kind === "overview") this.#overview(content, buffers);
    else if (content.kind === "filter") this.#filter(content, buffers);
  };

  #announced({ sounds }) {
    const before = new Set(this.#sounds);
    this.#sounds = sounds.map((about, index) => {
      const known = this.#sounds[index];
      if (known?.version === about.version) return known;
      return about.filter ? { version: 0 } : new Arriving(about); // taps come by themselves
    });
    const isNew = (one) => !before.has(one);
    this.#wantOverviews((one) => isNew(one) && one.left > one.step); // to look at meanwhile
    this.#look();
    this.#progress();
  }

  #chunk({ sound: index, version, start }, [data]) {
    const sound = this.#sounds[index];
    if (sound?.version !== version || !sound.take?.(start, data)) {
      this.model.send({ kind: "got", version });
      return;
    }
    if (sound.complete) {
      this.model.send({ kind: "got", version });
      const { channels } = sound;
      sound.channels = null; // from here on it is theirs
      this.on.onSound?.(index, channels);
    }
    this.#ask();
    this.#progress();
  }

  #overview({ sound: index, version, channels, peak, spectrogram }, buffers) {
    if (this.#sounds[index]?.version !== version) return;
    const steps = numbers(Int8Array, buffers[0]);
    const peaks = rows(Float32Array.from(steps, (x) => (x * peak) / 127), channels);
    if (spectrogram) spectrogram.data = numbers(Uint8Array, buffers[1]);
    this.on.onOverview?.(index, { peaks, spectrogram });
  }

  #filter({ sound: index, version, of, channels }, [data]) {
    if (version < (this.#sounds[index]?.version ?? 0)) return;
    const taps = rows(numbers(Float32Array, data), channels);
    this.#sounds[index] = { version, taps };
    this.on.onFilter?.(index, { of, taps });
    this.#progress();
    clearTimeout(this.rest);
    const isFresh = (one) => one.taps && !one.drawn;
    this.rest = setTimeout(() => this.#wantOverviews(isFresh), REST_MS);
  }

  #overviewsAgain = () => this.#wantOverviews(({ drawn, taps }) => drawn || taps);

  #wantOverviews(isWanted) {
    const spectrogram = Boolean(this.model.get("spectrogram"));
    this.#sounds.forEach((one, sound) => {
      // The waveform behind a filter is drawn in the page.
      const canBeDrawn = one.n_samples !== undefined || (spectrogram && one.taps);
      if (!canBeDrawn || !isWanted(one)) return;
      one.drawn = true;
      const { version } = one;
      this.model.send({ kind: "want", what: "overview", sound, version, spectrogram });
    });
  }

  #look = () => {
    const now = performance.now();
    for (const sound of this.#sounds) sound.loseFaith?.(now);
    this.#ask();
  };

  #ask() {
    const arriving = this.#order.filter((sound) => sound.left > 0);
    if (!arriving.length) this.#wantOverviews(({ drawn }) => !drawn); // no hurry
    let free = MOST_ON_THE_WAY;
    for (const sound of arriving) free -= sound.asked.size;
    for (const sound of arriving) {
      for (let start; free > 0 && (start = sound.next()) !== undefined; free--) {
        sound.ask(start);
        const index = this.#sounds.indexOf(sound);
        const { version, step } = sound;
        this.model.send({ kind: "want", sound: index, version, start, stop: start + step });
      }
    }
  }

  #progress() {
    const lengths = this.#sounds.map((sound) => sound.n_samples ?? 0);
    const left = this.#sounds.map((sound) => sound.left ?? 0);
    const sum = (values) => values.reduce((total, value) => total + value, 0);
    this.on.onProgress?.(sum(lengths) - sum(left), sum(lengths));
  }
}
