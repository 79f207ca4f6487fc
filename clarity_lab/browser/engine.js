// Plays several sounds in lock-step and lets one be heard: switching is a cross-fade at
// one moment of one clock. Nothing here knows about widgets or kernels.

import { bufferOf } from "./buffers.js";
import { holdContext, releaseContext, sharedContext } from "./contexts.js";
import { Mixer } from "./mixer.js";
import { Timeline } from "./timeline.js";

const WARM_UP_S = 0.05; // so much of the sound a new filter gets before it is heard
const RESUME_S = 0.4; // a context that is not running by then is held by the browser

export class Engine {
  #voices = new Map(); // index -> { buffer } or { of, filter }
  #mixer = null; // there is none before the first play
  #position = 0; // in samples, while nothing plays
  #jump = null; // where to go to, while something plays
  #loop = { on: false, once: false, start_s: 0, end_s: Infinity };
  #selected = 0;
  #gain = 1;
  #ear = "both";
  #wanted = false; // play was pressed
  #changed = false; // more than a gain differs from what is heard
  #timers = { flush: null, resume: null };
  #listeners = new Set();

  /** `context`: one to use instead of the page's own, such as an OfflineAudioContext.
   *  `fades`: how one sound gives way to another; by default in a cross-fade. */
  constructor({ sampleRate, context = null, fades }) {
    Object.assign(this, { sampleRate, context, fades, shared: !context });
  }

  // ------------------------------------------------------------------ the sounds

  /** Load or replace a sound; channels: one or two Float32Array, or an AudioBuffer. */
  setSound(index, channels) {
    this.#setVoice(index, { buffer: bufferOf(channels, this.sampleRate) });
  }

  /** Sound `index` is sound `of` through a filter; taps: one or two Float32Array. */
  setFilter(index, { of, taps }) {
    if (of === index) throw new Error(`Sound ${index} cannot be a filter of itself.`);
    this.#setVoice(index, { of, filter: bufferOf(taps, this.sampleRate) });
  }

  #setVoice(index, voice) {
    this.#voices.set(index, voice);
    this.#change(true);
    if (this.#wanted && !this.#run) this.#begin();
  }

  remove(index) {
    if (this.#voices.delete(index)) this.#change(true);
  }

  #longest(part) {
    const lengths = [...this.#voices.values()].map((voice) => voice[part]?.length ?? 0);
    return Math.max(0, ...lengths);
  }

  get #duration() { return this.#longest("buffer"); }

  get duration_s() { return this.#duration / this.sampleRate; }

  // ------------------------------------------------------------------ what is heard

  /** Let another sound be heard, at the same moment; it may still be on its way. */
  select(index) {
    this.#selected = index;
    this.#change();
  }

  /** Loudness of everything, as a factor. */
  setGain(linear) {
    this.#gain = linear;
    this.#change();
  }

  /** "both", "left" or "right": which ear hears; each its own channel, the other nothing. */
  setEar(ear) {
    this.#ear = ear;
    this.#change();
  }

  get #gains() {
    const hears = (ear) => this.#ear === "both" || this.#ear === ear;
    return ["left", "right"].map((ear) => (hears(ear) ? this.#gain : 0));
  }

  /** Repeat a region, or without start and end the whole; off: stop at the end.
   *  `once`: what is off but begins or jumps into the region stops at its end. */
  setLoop({ on, once = false, start_s = 0, end_s = Infinity }) {
    const now = { on, once: once && !on, start_s, end_s };
    const what = on || now.once ? Object.keys(now) : ["on", "once"];
    const same = what.every((name) => now[name] === this.#loop[name]);
    this.#loop = now;
    this.#change(!same);
  }

  /** What is repeated: [first, end) in samples, or null. */
  get #region() { return this.#loop.on ? this.#ends : null; }

  /** The end of the region that is played once, for what begins inside, or null. */
  #stopFrom(position) {
    const ends = this.#loop.once ? this.#ends : null;
    return ends && inside(ends, position) ? ends[1] : null;
  }

  get #ends() {
    const duration = this.#duration;
    if (!duration) return null;
    const frame = (seconds) => Math.min(Math.round(seconds * this.sampleRate), duration);
    const start = Math.max(0, frame(this.#loop.start_s));
    if (start >= duration) return [0, duration]; // it was of a longer sound
    return [start, Math.max(start + 1, frame(this.#loop.end_s))];
  }

  get position_s() {
    const playing = this.#run?.timeline.at(this.#mixer.now);
    return (this.#jump ?? playing ?? this.#position) / this.sampleRate;
  }

  seek(seconds) {
    const last = Math.max(0, this.#duration - 1);
    const position = Math.min(Math.max(0, Math.round(seconds * this.sampleRate)), last);
    if (this.#run) this.#jump = position;
    else this.#position = position;
    this.#change(true);
  }

  // ------------------------------------------------------------------ play and pause

  /** "stopped", "loading" (no sound is here yet), "starting", "playing", or "blocked":
   *  the browser holds the sound of this page back, until the reader clicks. */
  get state() {
    if (!this.#wanted) return "stopped";
    if (!this.#run) return "loading";
    if (!this.shared || this.context.state === "running") return "playing";
    return this.#timers.resume === null ? "blocked" : "starting";
  }

  get playing() { return ["starting", "playing"].includes(this.state); }

  /** Call it inside a click or a key press: only then may a page begin to sound. */
  play() {
    this.#open();
    this.#wanted = true;
    if (this.shared) this.#wake();
    if (!this.#run) this.#begin();
    this.#tell();
  }

  pause() {
    this.#wanted = false;
    if (this.#run) {
      const jump = this.#jump;
      const position = this.#mixer.leave();
      this.#position = jump ?? position;
    }
    this.#silent();
  }

  #ended(position) {
    this.#position = position;
    this.#wanted = false;
    this.#silent();
  }

  #silent() {
    this.#jump = null;
    this.#changed = false;
    if (this.shared) releaseContext(this.sampleRate, this);
    this.#tell();
  }

  #open() {
    if (this.shared) {
      const context = sharedContext(this.sampleRate);
      if (context !== this.context) this.#close();
      this.context = context;
    }
    if (this.#mixer) return;
    const { fades, context } = this;
    const parts = { gains: this.#gains, fades, onended: (position) => this.#ended(position) };
    this.#mixer = new Mixer(context, parts);
    this.context.addEventListener("statechange", this.#tell);
  }

  #close() {
    this.#mixer?.close();
    this.#mixer = null;
    this.context?.removeEventListener("statechange", this.#tell);
  }

  #wake() {
    holdContext(this.sampleRate, this);
    this.context.resume().then(this.#tell, () => {}); // refused: the state says so
    clearTimeout(this.#timers.resume);
    this.#timers.resume = setTimeout(() => {
      this.#timers.resume = null;
      this.#tell();
    }, 1000 * RESUME_S);
  }

  // ------------------------------------------------------------------ runs

  get #run() { return this.#mixer?.run ?? null; }

  #begin() {
    const [duration, loop] = [this.#duration, this.#region];
    if (!duration) return; // it begins with the first sound that comes
    let position = this.#position < duration ? this.#position : 0;
    if (!inside(loop, position)) position = loop[0];
    const stop = this.#stopFrom(position);
    this.#start((start) => new Timeline({ start, position, duration, loop, stop }));
  }

  /** The same moment with new sounds, filters or loop; or another moment. */
  #replace() {
    const before = this.#run.timeline;
    const [duration, loop, jump] = [this.#duration, this.#region, this.#jump];
    const stays = (at) => at < duration && inside(loop, at);
    const continues = jump === null && stays(before.at(this.#mixer.nextFrame()));
    const warmUp = Math.min(this.#longest("filter"), Math.round(WARM_UP_S * this.sampleRate));
    this.#start((start) => {
      let position = jump ?? before.at(start);
      if (!stays(position)) position = loop ? loop[0] : duration;
      const stop = loop ? null : this.#stopAfter(before, jump, position);
      return new Timeline({ start, position, duration, loop, stop, before });
    }, continues ? warmUp : 0);
  }

  /** What only passes through the region goes on; what was to stop before, stops here. */
  #stopAfter(before, jump, position) {
    if (jump !== null || before.loop) return this.#stopFrom(position);
    return before.stop === null ? null : this.#stopFrom(position) ?? position;
  }

  #start(timelineFrom, warmUp = 0) {
    const [voices, selected] = [this.#voices, this.#selected];
    this.#changed = false;
    this.#jump = null;
    this.#mixer.start(timelineFrom, { voices, selected, warmUp });
  }

  // ------------------------------------------------------------------ changes

  #change(more = false) {
    this.#changed ||= more;
    this.#flushIn(0);
    this.#tell();
  }

  #flushIn(seconds) {
    if (this.#timers.flush !== null) return;
    this.#timers.flush = 0;
    if (seconds === 0) queueMicrotask(this.#flush);
    else this.#timers.flush = setTimeout(this.#flush, 1000 * seconds);
  }

  /** Bring what is heard up to what is wanted; during a cross-fade, after it. */
  #flush = () => {
    this.#timers.flush = null;
    const [gains, selected, mixer] = [this.#gains, this.#selected, this.#mixer];
    if (!this.#run) {
      mixer?.setGains(gains);
      return;
    }
    const otherGains = gains.some((gain, ear) => gain !== mixer.gains[ear]);
    if (!this.#changed && !otherGains && selected === this.#run.selected) return;
    if (mixer.busy_s > 0) this.#flushIn(Math.max(mixer.busy_s, 0.001));
    else if (this.#changed) this.#replace();
    else mixer.move({ gains, selected });
  };

  #tell = () => {
    for (const listener of this.#listeners) listener(this);
  };

  /** fn(engine) after each change; returns what ends it. */
  onChange(fn) {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  }

  destroy() {
    this.#listeners.clear();
    this.pause();
    this.#close();
    this.#voices.clear();
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
  }
}

function inside(region, position) {
  return !region || (position >= region[0] && position < region[1]);
}
