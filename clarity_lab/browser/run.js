// One run: all sounds start at one sample and go on in lock-step; only gains move. What
// changes more than a gain (a new sound, filter, loop or position) is a new run that
// takes over from the old one in a cross-fade at an exact sample.

import { padded, raisedCosine, withRoundEdges } from "./buffers.js";
import { timeUpTo } from "./timeline.js";

/** A straight line from one gain to another, exact to the sample. */
export function ramp(param, { from, to, start, length, sampleRate }) {
  param.setValueAtTime(from, start / sampleRate);
  param.linearRampToValueAtTime(to, (start + length) / sampleRate);
}

/** The same as half a period of a cosine, from 0 to 1 or back. */
function roundRamp(param, { from, start, length, sampleRate }) {
  const shape = raisedCosine(length);
  if (from === 1) shape.reverse();
  param.setValueCurveAtTime(shape, start / sampleRate, length / sampleRate);
}

/** A gain that always carries left and right: a mono sound goes to both. */
function stereoGain(context, gain) {
  const exact = { channelCount: 2, channelCountMode: "explicit" };
  return new GainNode(context, { gain, ...exact, channelInterpretation: "speakers" });
}

export class Run {
  /** voices: Map of index -> { buffer } or { of, filter }; timeline: where it starts.
   *  fade: in samples; `apart`: one sound after the other, and the ends of a loop too.
   *  `opened`: heard from its first sample on; if not, it waits for fadeIn. */
  constructor(context, { voices, selected, timeline, destination, fade, apart, opened }) {
    Object.assign(this, { context, voices, selected, timeline, fade, apart, opened });
    this.sampleRate = context.sampleRate;
    this.out = stereoGain(context, opened ? 1 : 0);
    this.curtain = timeline.stop === null ? null : this.#closing(destination);
    this.out.connect(this.curtain ?? destination);
    this.onended = null;
    this.sources = new Map();
    this.gains = new Map();
    this.filters = [];
    for (const [index, voice] of voices) this.#add(index, voice);
    this.sounding = this.sources.size;
  }

  #add(index, voice) {
    const sounding = this.#sourceOf(voice.filter ? voice.of : index);
    if (!sounding) return; // this sound is over, or not here yet
    const gain = stereoGain(this.context, index === this.selected ? 1 : 0);
    if (voice.filter) {
      const filter = { buffer: voice.filter, disableNormalization: true };
      const convolver = new ConvolverNode(this.context, filter);
      sounding.connect(convolver).connect(gain);
      this.filters.push(convolver);
    } else {
      sounding.connect(gain);
    }
    gain.connect(this.out);
    this.gains.set(index, gain);
  }

  #sourceOf(index) {
    const voice = this.voices.get(index);
    if (!voice?.buffer) return null;
    if (!this.sources.has(index)) {
      const source = this.#started(voice);
      if (!source) return null;
      this.sources.set(index, source);
    }
    return this.sources.get(index);
  }

  #started(voice) {
    const { start, position, loop } = this.timeline;
    let { buffer } = voice;
    if ((loop ? loop[0] : position) >= buffer.length) return null;
    if (loop && buffer.length < loop[1]) {
      if (!(voice.padded?.length >= loop[1])) voice.padded = padded(buffer, loop[1]);
      buffer = voice.padded;
    }
    if (loop && this.apart) buffer = withRoundEdges(buffer, loop, this.fade);
    const source = new AudioBufferSourceNode(this.context, { buffer });
    if (loop) {
      source.loop = true;
      source.loopStart = timeUpTo(loop[0], this.sampleRate);
      source.loopEnd = timeUpTo(loop[1], this.sampleRate);
    }
    source.onended = () => --this.sounding || this.onended?.();
    source.start(start / this.sampleRate, position / this.sampleRate);
    if (this.curtain) source.stop((this.#stopFrame + this.fade) / this.sampleRate);
    return source;
  }

  /** The frame at which a run that stops before its sounds do begins to fade. */
  get #stopFrame() {
    const { start, position, stop } = this.timeline;
    return start + stop - position;
  }

  /** The fade at the stop, on its own: whoever pauses before it has another one. */
  #closing(destination) {
    const curtain = stereoGain(this.context, 1);
    this.#ramp(curtain, 1, 0, this.#stopFrame);
    curtain.connect(destination);
    return curtain;
  }

  /** How long a filter still sounds when the sound is over. */
  get tail_s() {
    return Math.max(0, ...this.filters.map(({ buffer }) => buffer.duration));
  }

  /** Another sound, from this frame on. */
  select(index, frame) {
    if (index === this.selected) return;
    const [from, to] = [this.gains.get(this.selected), this.gains.get(index)];
    if (from) this.#ramp(from, 1, 0, frame);
    if (to) this.#ramp(to, 0, 1, this.apart ? frame + this.fade : frame);
    this.selected = index;
  }

  fadeIn(frame) {
    this.#ramp(this.out, 0, 1, frame);
  }

  /** Silent after the fade; its nodes are freed when its sources have stopped. */
  fadeOut(frame) {
    this.#ramp(this.out, 1, 0, frame);
    const end = (frame + this.fade) / this.sampleRate;
    for (const source of this.sources.values()) source.stop(end);
  }

  #ramp(node, from, to, start) {
    const { fade: length, sampleRate } = this;
    (this.apart ? roundRamp : ramp)(node.gain, { from, to, start, length, sampleRate });
  }

  free() {
    this.onended = null;
    for (const source of this.sources.values()) {
      source.onended = null;
      source.stop();
      source.disconnect();
    }
    for (const node of [...this.gains.values(), ...this.filters, this.out, this.curtain]) {
      node?.disconnect();
    }
  }
}
