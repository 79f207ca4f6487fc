// The way out: lets runs take over from one another, each step at an exact sample of
// one context, and gives each ear its gain.

import { Run, ramp } from "./run.js";
import { exactFrame } from "./timeline.js";

/** Straight lines: right for versions of one sound, which add up to one. */
const CROSS_FADE = { seconds: 0.008, apart: false };
/** Raised cosines one after the other: what ITU-R BS.1534-3, 5.3 asks for. */
export const FADES_APART = { seconds: 0.005, apart: true };
const LEAD_S = 0.01; // what is scheduled lies this far ahead of the audio thread,
const LEAD_FRAMES = 384; // and at least three of its blocks
const LEAST_AHEAD_FRAMES = 256; // two blocks: what is scheduled nearer may come too late
const MOST_LEADS = 128; // so far ahead a run is started however slow the page is

export class Mixer {
  #runs = new Set(); // the one that plays and those that fade out
  #busyUntil = 0; // the frame at which the last cross-fade is over

  /** gains: left and right; onended(position) tells that the run that plays came to its
   *  end, and where that is. */
  constructor(context, { gains, onended, fades = CROSS_FADE }) {
    Object.assign(this, { context, gains, onended, apart: fades.apart });
    this.realTime = !(context instanceof OfflineAudioContext);
    this.sampleRate = context.sampleRate;
    this.fade = Math.round(fades.seconds * this.sampleRate);
    this.run = null; // what plays
    this.split = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
    this.join = new ChannelMergerNode(context, { numberOfInputs: 2 });
    this.ears = gains.map((gain, ear) => {
      const node = new GainNode(context, { gain });
      this.split.connect(node, ear).connect(this.join, 0, ear);
      return node;
    });
    this.join.connect(context.destination);
  }

  get now() { return Math.round(this.context.currentTime * this.sampleRate); }

  /** How long the present cross-fade still takes, in seconds. */
  get busy_s() { return Math.max(0, (this.#busyUntil - this.now) / this.sampleRate); }

  #leads(count) {
    const seconds = LEAD_S + 2 * (this.context.baseLatency ?? 0);
    return count * Math.max(LEAD_FRAMES, Math.ceil(seconds * this.sampleRate));
  }

  /** The first frame to schedule something on, after the cross-fade that goes on. */
  nextFrame(nLeads = 1) {
    const frame = Math.max(this.now + this.#leads(nLeads), this.#busyUntil);
    return exactFrame(frame, this.sampleRate);
  }

  /** A new run, which takes over from the present one, if any, `warmUp` samples after it
   *  has begun. Its sources must be there before their time, or they are not in step: if
   *  the page was too slow, once more and further ahead. */
  start(timelineFrom, { voices, selected, warmUp = 0 }) {
    for (let nLeads = 1; ; nLeads *= 2) {
      const clock = performance.now();
      const timeline = timelineFrom(this.nextFrame(nLeads));
      const opened = !this.run && timeline.position === 0; // a beginning keeps its attack
      const { context, fade, apart, split: destination } = this;
      const parts = { voices, selected, timeline, destination, fade, apart, opened };
      const run = new Run(context, parts);
      const passed = ((performance.now() - clock) / 1000) * this.sampleRate;
      const late = timeline.start - this.now < LEAST_AHEAD_FRAMES || 2 * passed > this.#leads(nLeads);
      if (!this.realTime || !late || nLeads >= MOST_LEADS) return this.#takeOver(run, warmUp);
      run.free();
    }
  }

  #takeOver(run, warmUp) {
    const frame = run.timeline.start + warmUp;
    const later = this.run && this.apart ? this.fade : 0;
    if (!run.opened) run.fadeIn(frame + later);
    this.run?.fadeOut(frame);
    this.run = run;
    this.#runs.add(run);
    this.#busyUntil = frame + later + this.fade;
    run.onended = () => this.#ended(run);
    if (!run.sounding) this.#ended(run);
  }

  #ended(run) {
    const free = () => this.#runs.delete(run) && run.free();
    setTimeout(free, 1000 * run.tail_s);
    if (run !== this.run) return;
    this.run = null;
    this.onended(run.timeline.end);
  }

  /** Another sound, other gains: straight lines, nothing starts or stops. */
  move({ gains, selected }) {
    const { fade: length, sampleRate } = this;
    const start = this.nextFrame();
    this.ears.forEach((node, ear) => {
      const [from, to] = [this.gains[ear], gains[ear]];
      if (from !== to) ramp(node.gain, { from, to, start, length, sampleRate });
    });
    this.run.select(selected, start);
    this.gains = gains;
    this.#busyUntil = start + (this.apart ? 2 * length : length);
  }

  /** While nothing plays. */
  setGains(gains) {
    this.gains = gains;
    this.ears.forEach((node, ear) => (node.gain.value = gains[ear]));
  }

  /** Fades out what plays; gives the position at which that begins. */
  leave() {
    const frame = this.nextFrame();
    const position = this.run.timeline.at(frame);
    if (this.realTime && this.context.state !== "running") {
      this.free(); // or the fade would be heard when the context wakes up
      return position;
    }
    this.run.fadeOut(frame);
    this.#busyUntil = frame + this.fade;
    this.run = null;
    return position;
  }

  free() {
    for (const run of this.#runs) run.free();
    this.#runs.clear();
    this.run = null;
  }

  /** Everything is freed, after the last fade. */
  close() {
    const rest_s = this.context.state === "running" ? this.busy_s + 0.02 : 0;
    setTimeout(() => {
      this.free();
      for (const node of [this.split, ...this.ears, this.join]) node.disconnect();
    }, 1000 * rest_s);
  }
}
