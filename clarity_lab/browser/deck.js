// What a player does, without what it looks like: the sounds of one model on one clock.

import { bufferOf } from "./buffers.js";
import { Engine } from "./engine.js";
import { oneAtATime } from "./one_at_a_time.js";
import { SoundStore } from "./sounds.js";

/**
 * Traits: rows [{label, duration_s}], selected (label), playing, position_s,
 * loop, loop_region ([] or [start, end]), ear, gain_db, sample_rate.
 * Its views are told onChange() for anything that moved, onSound(i), onProgress().
 * `once`: a region that is not repeated is played once, from its start to its end.
 */
class Deck {
  constructor(model, { once }) {
    Object.assign(this, { model, once });
    this.views = new Set();
    this.sounds = new Map(); // index -> AudioBuffer, the one that the engine plays
    this.filters = new Map(); // index -> { of, taps }: sounds that are made here
    this.made = new Map(); // index -> { filter, source } that sound was made of
    this.overviews = new Map();
    this.names = this.labels;
    this.progress = { done: 0, total: 1 };
    this.wasActive = false;
    this.engine = new Engine({ sampleRate: model.get("sample_rate") });
    this.engine.onChange(() => this.#moved());
    this.#follow();
    this.#tune();
    this.engine.select(this.index);
    this.store = new SoundStore(model, {
      onOverview: (i, overview) => this.#overview(i, overview),
      onSound: (i, channels) => this.#sound(i, channels),
      onFilter: (i, filter) => this.#filter(i, filter),
      onProgress: (done, total) => this.#progressed(done, total),
    });
    this.store.request(this.index);
    if (model.get("playing")) this.#set({ playing: false }); // that was another page
  }

  get rows() { return this.model.get("rows"); }
  get labels() { return this.rows.map((row) => row.label); }
  get index() { return Math.max(0, this.labels.indexOf(this.model.get("selected"))); }
  get row() { return this.rows[this.index]; }
  get duration_s() { return Math.max(...this.rows.map((row) => row.duration_s)); }
  /** Play was pressed, and no browser forbids it. */
  get active() { return !["stopped", "blocked"].includes(this.engine.state); }
  get position_s() { return Math.min(this.engine.position_s, this.duration_s); }
  get region() {
    const [start, end] = this.model.get("loop_region") ?? [];
    const none = end === undefined || start >= this.duration_s;
    return none ? null : [start, Math.min(end, this.duration_s)];
  }

  select(index) {
    const label = this.labels[index];
    if (label !== undefined) this.#set({ selected: label, position_s: this.position_s });
  }
  step(by) { this.select(Math.min(this.rows.length - 1, Math.max(0, this.index + by))); }
  play() {
    this.turn.take();
    this.engine.play();
  }
  pause() { this.engine.pause(); }
  toggle() { return this.active ? this.pause() : this.play(); }
  seek(seconds) {
    const within = Math.min(this.duration_s, Math.max(0, seconds));
    this.engine.seek(within);
    this.#set({ position_s: within });
  }
  setLoop(on) { this.#set({ loop: on }); }
  setRegion(region, loop = Boolean(region)) { this.#set({ loop_region: region ?? [], loop }); }
  /** One end at the position, "[" or "]"; the other stays, or is that of the sound. */
  setEnd(which) {
    let [start, end] = this.region ?? [0, this.duration_s];
    if (which === "start") start = this.position_s;
    else end = this.position_s;
    if (start >= end) [start, end] = which === "start" ? [start, this.duration_s] : [0, end];
    if (start < end) this.setRegion([start, end]);
  }
  /** Forget a sound before another one comes in its place. */
  drop(index) {
    const { sounds, filters, made, overviews } = this;
    for (const kind of [sounds, filters, made, overviews]) kind.delete(index);
    this.engine.remove(index);
  }
  /** Whether `sounds` has what is heard, and not the sound before it. */
  isHere(index) {
    const [filter, made] = [this.filters.get(index), this.made.get(index)];
    if (!filter) return this.sounds.has(index);
    return made?.filter === filter && made.source === this.sounds.get(filter.of);
  }
  setEar(ear) { this.#set({ ear }); }

  destroy() {
    this.pause(); // and Python hears of it
    this.turn.leave();
    clearTimeout(this.rendering);
    for (const [name, fn] of this.followed) this.model.off(name, fn);
    this.store.destroy();
    this.engine.destroy();
  }

  #set(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.model.save_changes();
  }

  #follow() {
    this.turn = oneAtATime(() => { if (this.active) this.pause(); });
    const tune = () => this.#tune();
    const followed = {
      selected: () => { this.store.request(this.index); this.engine.select(this.index); },
      playing: () => {
        if (this.model.get("playing") !== this.active) this.toggle();
      },
      position_s: () => {
        const there = this.model.get("position_s");
        if (Math.abs(there - this.engine.position_s) > 0.05) this.engine.seek(there);
      },
      ear: tune,
      loop: tune,
      loop_region: tune,
      gain_db: tune,
      rows: () => { this.#trim(); tune(); this.engine.select(this.index); },
    };
    this.followed = Object.entries(followed).map(([name, act]) => [
      `change:${name}`,
      () => { act(); this.#tell("onChange"); },
    ]);
    for (const [name, fn] of this.followed) this.model.on(name, fn);
  }

  /** Level, ear and loop as the traits say. */
  #tune() {
    this.engine.setEar(this.model.get("ear") ?? "both");
    this.engine.setGain(10 ** (this.model.get("gain_db") / 20));
    const [start_s, end_s] = this.region ?? [0, this.duration_s];
    this.engine.setLoop({ on: this.model.get("loop"), once: this.once, start_s, end_s });
  }

  /** Let go of sounds whose place is another one's now. */
  #trim() {
    const { labels, names } = this;
    names.forEach((name, i) => { if (name !== labels[i]) this.drop(i); });
    this.names = labels;
  }

  #sound(i, channels) {
    const sound = bufferOf(channels, this.engine.sampleRate);
    this.filters.delete(i);
    this.made.delete(i);
    this.sounds.set(i, sound);
    this.engine.setSound(i, sound);
    const there = this.model.get("position_s"); // a player that was moved before it loaded
    if (!this.active && Math.abs(there - this.engine.position_s) > 0.05) this.engine.seek(there);
    this.#tell("onSound", i);
    this.#renderSoon();
  }
  #filter(i, filter) {
    this.filters.set(i, filter);
    this.engine.setFilter(i, filter);
    this.#tell("onSound", i);
    this.#renderSoon();
  }

  /** The ear first, then the eye. */
  #renderSoon() {
    clearTimeout(this.rendering);
    if (this.filters.size) this.rendering = setTimeout(() => this.#render(), 150);
  }

  /** What the filters make of their sounds, for the picture and the file; until then the
   *  picture is that of the sound before. */
  async #render() {
    for (const [i, filter] of this.filters) {
      const source = this.sounds.get(filter.of);
      if (!source || this.isHere(i)) continue; // it comes back when the source is here
      const sound = await filtered(source, filter.taps);
      const isOld = this.filters.get(i) !== filter || this.sounds.get(filter.of) !== source;
      if (isOld) continue; // it comes back for the new one
      this.sounds.set(i, sound);
      this.made.set(i, { filter, source });
      this.#tell("onSound", i);
    }
  }

  #overview(i, overview) {
    this.overviews.set(i, overview);
    this.#tell("onSound", i);
  }
  #progressed(done, total) {
    this.progress = { done, total };
    this.#tell("onProgress");
  }

  #moved() {
    if (this.wasActive !== this.active) {
      this.wasActive = this.active;
      this.#set({ playing: this.active, position_s: this.position_s });
    }
    this.#tell("onChange");
  }

  #tell(what, ...about) { for (const view of this.views) view[what]?.(...about); }
}

/** A sound through a filter, as an AudioBuffer of its length. */
async function filtered(source, taps) {
  const { length, sampleRate, numberOfChannels } = source;
  const channels = Math.max(numberOfChannels, taps.length);
  const context = new OfflineAudioContext(channels, length, sampleRate);
  const convolver = new ConvolverNode(context, { disableNormalization: true, buffer: bufferOf(taps, sampleRate) });
  const node = new AudioBufferSourceNode(context, { buffer: source });
  node.connect(convolver).connect(context.destination);
  node.start();
  return context.startRendering();
}

/**
 * A widget whose views share one deck; `View` is made of (model, deck) and has a root
 * and a destroy(), and is told what a Deck tells. The deck hears Python through the model of the
 * widget itself: a view's own model falls silent when that view goes. With the last view
 * the deck and its sounds go; a view that comes later asks for them again.
 */
export function sharingOneDeck(View, { once = false } = {}) {
  return () => {
    let own;
    let deck = null;
    const leave = (view) => {
      view.destroy();
      deck.views.delete(view);
      if (deck.views.size) return;
      deck.destroy();
      deck = null;
    };
    return {
      initialize({ model }) { own = model; },
      render({ model, el }) {
        deck ??= new Deck(own, { once });
        const view = new View(model, deck);
        deck.views.add(view);
        el.append(view.root);
        return () => leave(view);
      },
    };
  };
}
