// ITU-R BS.1534 (MUSHRA): all sounds of a trial side by side, each with a slider from 0
// to 100 in five bands, next to the open reference.

import { create, pressable } from "./dom.js";
import { BANDS, OPEN_REFERENCE, RatingScreen } from "./rating_screen.js";

const SHORTEST_LOOP_S = 0.5; // BS.1534-3, 5.3
const UNRATED = 50; // where an untouched slider stands: it counts only once it was moved
const STEPS = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10, Home: -100, End: 100 };

const key = (name) => create("kbd", {}, name);
const MUSHRA_HELP = [
  key("1"), "–", key("9"), " or a letter: choose a sound · ", key("0"), ": the reference · ",
  key("Space"), ": play or pause · ", key("↑"), " ", key("↓"), ": move its slider by 1, ",
  key("Page ↑"), " ", key("Page ↓"), ": by 10",
];

const band = (score) => BANDS[Math.min(4, Math.floor(score / 20))];
const tenths = (seconds) => `${seconds.toFixed(1)} s`;

export class MushraScreen extends RatingScreen {
  constructor(model, tell) {
    const help = MUSHRA_HELP.map((part) => part.cloneNode?.(true) ?? part);
    super(model, tell, { loop: true, wholeFirst: false, help });
    this.columns = this.labels.map((label, index) => this.column(label, index));
    const words = [...BANDS].reverse().map((word) => create("span", {}, word));
    const scale = create("div", { className: "cl-rating-scale", "aria-hidden": "true" }, ...words);
    const ticks = [100, 80, 60, 40, 20, 0].map((score) => create("span", {}, String(score)));
    const numbers = create("div", { className: "cl-rating-numbers", "aria-hidden": "true" }, ...ticks);
    this.board = create("div", { className: "cl-rating-board" }, scale, numbers);
    this.board.append(...this.columns.map((column) => column.node));
    this.buildFrame(this.board);
    this.transport.append(this.loopControls());
    this.draw();
  }

  column(label, index) {
    const isReference = label === OPEN_REFERENCE;
    const button = pressable(isReference ? "Ref" : label, { "aria-pressed": "false" });
    button.setAttribute("aria-label", isReference ? "Reference" : `Sound ${label}`);
    const node = create("div", { className: "cl-rating-column" }, button);
    node.addEventListener("click", () => {
      if (index !== this.listening.chosen) this.listening.choose(index);
    });
    if (isReference) return { label, node, button };
    const slider = create("input", { type: "range", min: 0, max: 100, step: 1 });
    slider.setAttribute("aria-label", `Score of ${label}`);
    slider.setAttribute("aria-orientation", "vertical");
    const rate = () => this.rate(label, Number(slider.value));
    slider.addEventListener("input", rate);
    slider.addEventListener("pointerup", rate); // a press without a move is an answer too
    const track = create("div", { className: "cl-rating-track" }, slider);
    const value = create("span", { className: "cl-rating-value" });
    const mark = create("span", { className: "cl-soft cl-small" });
    node.append(track, value, mark);
    return { label, node, button, slider, value, mark };
  }

  loopControls() {
    const edge = (name) => {
      const input = create("input", { type: "range", min: 0, max: 1, step: 0.1 });
      input.setAttribute("aria-label", `Loop ${name}`);
      input.addEventListener("input", () => this.setLoop(name));
      return input;
    };
    [this.from, this.to] = [edge("from"), edge("to")];
    [this.from.value, this.to.value] = [0, 1];
    this.loopOn = create("input", { type: "checkbox", checked: true });
    this.loopOn.addEventListener("change", () => this.setLoop());
    this.region = create("span", { className: "cl-soft cl-number" });
    const label = create("label", { className: "cl-rating-loop-on" }, this.loopOn, " Loop");
    const named = (word, input) => {
      const name = create("span", { className: "cl-soft cl-small", "aria-hidden": "true" }, word);
      return create("span", { className: "cl-rating-edge" }, name, input);
    };
    const parts = [label, named("from", this.from), named("to", this.to), this.region];
    return create("span", { className: "cl-row cl-rating-loop" }, ...parts);
  }

  /** The region is never shorter than half a second: the other edge makes room. */
  setLoop(moved = "to") {
    const whole = this.listening.engine.duration_s;
    const least = Math.min(SHORTEST_LOOP_S, whole);
    let [start, end] = [Number(this.from.value), Number(this.to.value)];
    if (end - start < least && moved === "from") end = start + least;
    end = Math.max(least, Math.min(whole, end));
    start = Math.min(start, end - least);
    [this.from.value, this.to.value] = [start, end];
    this.listening.engine.setLoop({ on: this.loopOn.checked, start_s: start, end_s: end });
    this.draw();
  }

  /** The edges of the region know the length only once the sounds are here. */
  fitLoop() {
    const whole = this.listening.engine.duration_s;
    if (!this.listening.ready || this.fitted === whole) return;
    this.fitted = whole;
    for (const edge of [this.from, this.to]) {
      edge.step = "any";
      edge.max = whole;
    }
    this.to.value = whole;
  }

  draw() {
    this.fitLoop();
    this.drawFrame();
    const [start, end] = [Number(this.from.value), Number(this.to.value)];
    this.region.textContent = this.listening.ready ? `${tenths(start)} to ${tenths(end)}` : "";
    this.from.setAttribute("aria-valuetext", tenths(start));
    this.to.setAttribute("aria-valuetext", tenths(end));
    for (const column of this.columns) this.drawColumn(column);
    if (this.shown !== this.chosen) this.bringIntoSight();
    this.shown = this.chosen;
  }

  /** On a narrow page the board scrolls. */
  bringIntoSight() {
    const { node } = this.columns[this.listening.chosen];
    const [column, board] = [node, this.board].map((one) => one.getBoundingClientRect());
    const [before, behind] = [board.left - column.left, column.right - board.right];
    if (before > 0) this.board.scrollLeft -= before;
    else if (behind > 0) this.board.scrollLeft += behind;
  }

  drawColumn({ label, node, button, slider, value, mark }) {
    const isChosen = label === this.chosen;
    const sounds = isChosen && this.listening.sounding !== null;
    node.classList.toggle("is-chosen", isChosen);
    node.classList.toggle("is-sounding", sounds);
    button.setAttribute("aria-pressed", String(isChosen));
    if (!slider) return;
    const { score, heard } = this.answers[label];
    slider.disabled = !isChosen; // BS.1534-3, 5.4: only what one listens to can be rated
    slider.value = score ?? UNRATED;
    const words = score === null ? "not rated yet" : `${score}, ${band(score)}`;
    slider.setAttribute("aria-valuetext", words);
    node.classList.toggle("is-rated", score !== null);
    value.textContent = score ?? "–";
    mark.textContent = heard ? "heard" : "";
  }

  /** True if the key did something. */
  key(name, { target }) {
    const index = this.labelOf(name);
    if (index >= 0) {
      this.listening.choose(index);
      return true;
    }
    if (!(name in STEPS) || target === this.from || target === this.to) return false;
    if (this.chosen === OPEN_REFERENCE) {
      this.tell("The reference is not rated. Choose a sound first.");
      return true;
    }
    const score = (this.answers[this.chosen].score ?? UNRATED) + STEPS[name];
    this.rate(this.chosen, Math.min(100, Math.max(0, score)));
    return true;
  }

  /** The place of the sound that a digit or a letter means, or -1. */
  labelOf(name) {
    if (/^[0rR]$/.test(name)) return this.labels.indexOf(OPEN_REFERENCE);
    if (/^[1-9]$/.test(name)) return this.labels.indexOf(this.letters[Number(name) - 1]);
    return this.labels.indexOf(name.toUpperCase());
  }
}
