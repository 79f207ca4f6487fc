// What every player of a deck has: the time line, play, clock, loop, and their keys.

import { clock, create, icon, pressable } from "./dom.js";
import { WaveStrip } from "./waveform.js";

const STEP_S = 0.5;

export class Transport {
  /** `compact`: the button that plays has no words, the time line no ruler. */
  constructor(model, deck, { compact = false } = {}) {
    Object.assign(this, { model, deck, compact });
    this.play = pressable("", { className: "cl-main cl-play", onPress: () => deck.toggle() });
    this.time = create("span", { className: "cl-clock", "aria-hidden": "true" });
    this.loop = pressable("Loop", { drawing: "loop", onPress: () => this.#toggleLoop() });
    this.progress = create("progress", { className: "cl-progress", "aria-label": "Loading the sounds" });
    this.strip = new WaveStrip({
      sampleRate: model.get("sample_rate"),
      on: { seek: (s) => deck.seek(s), region: (ends) => deck.setRegion(ends) },
      ruler: !compact,
    });
  }

  #toggleLoop() { this.deck.setLoop(!this.model.get("loop")); }

  /** What plays, from where, and what is repeated. */
  draw() {
    const { deck, model } = this;
    const words = deck.engine.state === "loading" ? "Loading …" : deck.active ? "Pause" : "Play";
    if (this.play.dataset.words !== words) {
      this.play.dataset.words = words;
      this.play.replaceChildren(icon(deck.active ? "pause" : "play"), this.compact ? "" : words);
      this.play.setAttribute("aria-label", words);
    }
    this.loop.setAttribute("aria-pressed", model.get("loop"));
    this.strip.mark(deck.region, model.get("loop"));
    this.#tick();
  }

  #tick() {
    cancelAnimationFrame(this.frame);
    const { deck } = this;
    this.strip.place(deck.position_s);
    this.time.textContent = `${clock(deck.position_s)} / ${clock(deck.duration_s)}`;
    if (deck.active) this.frame = requestAnimationFrame(() => this.#tick());
  }

  drawProgress() {
    const { done, total } = this.deck.progress;
    this.progress.hidden = done >= total;
    this.progress.max = Math.max(1, total);
    this.progress.value = done;
  }

  /** What each key does, by its name. */
  keys() {
    const { deck } = this;
    const acts = {
      ArrowLeft: () => deck.seek(deck.position_s - STEP_S),
      ArrowRight: () => deck.seek(deck.position_s + STEP_S),
      ArrowUp: () => deck.step(-1),
      ArrowDown: () => deck.step(1),
      Home: () => deck.seek(0),
      l: () => this.#toggleLoop(),
      L: () => this.#toggleLoop(),
      "[": () => deck.setEnd("start"),
      "]": () => deck.setEnd("end"),
    };
    if (deck.region) acts.Escape = () => deck.setRegion(null);
    return acts;
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    this.strip.destroy();
  }
}
