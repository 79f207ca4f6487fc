// A player with what is said above its time line: pieces, each played by its own button.

import { sharingOneDeck } from "./deck.js";
import { create, pressable, svgElement } from "./dom.js";
import { labelLayout } from "./label_row.js";
import { PlayerView } from "./player.js";

const CONTEXTS_S = [0, 0.1, 0.25];
const ROW_PX = 34;
const LEADERS_PX = 22; // from the buttons down to the bars, and the bars themselves
const LARGEST_WAY_PX = 60; // of a button from its piece; for more the sheet gets wider
const WIDEST_PX = 10_000; // of a sheet: no canvas is wider on every screen;
const WIDEST_PX_PER_S = 800; // a frame of 40 ms is a button wide
const PIECE_KEYS = [["← →", "next piece"], ["L", "loop"], ["Esc", "no piece"], ["space", "play or pause"]];

/** Traits beside those of a player: pieces [[text, start_s, stop_s]], piece (index or
 *  null: which one is chosen) and context_s. */
class AlignedView extends PlayerView {
  constructor(model, deck) {
    super(model, deck);
    this.lane = create("div", { className: "cl-pieces", role: "group", "aria-label": "Pieces" });
    this.around = create("div", { className: "cl-choice", role: "group", "aria-label": "Around a piece" });
    this.lane.addEventListener("keydown", (event) => this.#step(event));
    this.#arrange();
    this.followed = {
      "change:pieces": () => { this.#fill(); this.onChange(); },
      "change:piece": () => this.#go(),
      "change:context_s": () => { this.#choices(); this.#go(); },
      "change:loop_region": () => { // somebody marked something else
        if (this.piece !== null && !this.#isMarked(this.#ends())) this.#set({ piece: null });
      },
    };
    for (const [name, act] of Object.entries(this.followed)) model.on(name, act);
    this.#fill();
    this.#choices();
    if (this.piece !== null) this.#go({ again: false });
    this.laneObserver = new ResizeObserver(() => this.#place());
    this.laneObserver.observe(this.scroll);
    this.onChange();
  }

  get pieces() { return this.model.get("pieces"); }
  get piece() { return this.model.get("piece") ?? null; }

  onChange() {
    super.onChange();
    if (!this.buttons) return; // a player tells before it has pieces
    this.buttons.forEach((button, i) => {
      button.setAttribute("aria-pressed", i === this.piece);
      button.tabIndex = i === (this.piece ?? 0) ? 0 : -1;
    });
    this.follow();
  }

  destroy() {
    cancelAnimationFrame(this.next);
    this.laneObserver.disconnect();
    for (const [name, act] of Object.entries(this.followed)) this.model.off(name, act);
    super.destroy();
  }

  // How it looks.

  #arrange() {
    const { loop, play, progress, strip } = this.transport;
    const [words, tools] = [this.title.parentElement, loop.parentElement];
    this.sheet = create("div", { className: "cl-sheet" }, this.lane, strip.node);
    this.scroll = create("div", { className: "cl-scroll" }, this.sheet);
    const keys = PIECE_KEYS.flatMap(([key, said]) => [create("kbd", {}, key), ` ${said}  `]);
    const help = create("p", { className: "cl-keys cl-small cl-soft" }, ...keys);
    const head = create("div", { className: "cl-top-line" }, play, words, tools);
    const foot = create("div", { className: "cl-foot" }, this.around, help);
    strip.ruler.hidden = false;
    this.root.classList.add("cl-aligned");
    this.root.replaceChildren(head, this.scroll, progress, foot, this.status);
  }

  #choices() {
    const now = this.model.get("context_s");
    const all = [...new Set([...CONTEXTS_S, now])].sort((a, b) => a - b);
    const buttons = all.map((seconds) => pressable(seconds ? `${seconds} s` : "nothing", {
      "aria-pressed": seconds === now, onPress: () => this.#set({ context_s: seconds }),
    }));
    const name = create("span", { className: "cl-soft", "aria-hidden": "true" }, "Around a piece");
    const focused = [...this.around.querySelectorAll("button")].indexOf(document.activeElement);
    this.around.replaceChildren(name, ...buttons);
    if (focused >= 0) buttons[Math.min(focused, buttons.length - 1)].focus();
  }

  #fill() {
    const { pieces } = this;
    this.buttons = pieces.map(([text, start, stop], i) => {
      const button = pressable(text === " " ? "␣" : text, { className: "cl-piece", onPress: () => this.#press(i) });
      const said = text === " " ? "space" : text;
      const words = `${said}, ${start.toFixed(2)} to ${stop.toFixed(2)} s`;
      button.setAttribute("aria-label", words);
      button.title = words;
      return button;
    });
    this.bars = pieces.map(() => create("span", { className: "cl-extent" }));
    this.leaders = svgElement("path");
    const drawing = svgElement("svg", { class: "cl-leaders", "aria-hidden": "true" }, this.leaders);
    const none = create("p", { className: "cl-soft cl-small" }, "There are no pieces.");
    this.lane.replaceChildren(...(pieces.length ? [drawing, ...this.bars, ...this.buttons] : [none]));
    this.lane.classList.toggle("cl-none", !pieces.length);
    this.heard = null;
    this.#place();
  }

  /** Each bar where its piece is, each button as near as there is room. */
  #place() {
    const { bars, buttons, pieces, scroll, sheet } = this;
    const { duration_s } = this.deck;
    const least = scroll.clientWidth;
    if (!least) return; // not in the page yet
    const widths = buttons.map((button) => Math.min(button.offsetWidth, least));
    const shares = pieces.map(([, start, stop]) => (start + stop) / 2 / duration_s);
    const greatest = Math.max(least, Math.min(WIDEST_PX, WIDEST_PX_PER_S * duration_s));
    const { width, nRows, lefts } = labelLayout(shares, widths, { least, greatest, most: LARGEST_WAY_PX });
    sheet.style.width = width > least ? `${width}px` : "100%";
    const top = nRows * ROW_PX;
    if (buttons.length) this.lane.style.height = `${top + LEADERS_PX}px`;
    const lines = pieces.map(([, start, stop], i) => {
      const bottom = (i % nRows + 1) * ROW_PX;
      Object.assign(buttons[i].style, { left: `${lefts[i]}px`, top: `${bottom - ROW_PX}px` });
      const wide = (100 * (stop - start)) / duration_s;
      Object.assign(bars[i].style, { left: `${(100 * start) / duration_s}%`, width: `${wide}%` });
      return `M${lefts[i] + widths[i] / 2} ${bottom - 4}L${shares[i] * width} ${top + LEADERS_PX - 6}`;
    });
    this.leaders.setAttribute("d", lines.join(""));
    this.width = width;
  }

  /** What is under the playhead; a sheet that is wider than the page turns over. */
  follow() {
    cancelAnimationFrame(this.next);
    const { deck, scroll } = this;
    const at = deck.position_s;
    const heard = this.#under(at);
    if (heard !== this.heard) {
      for (const one of [this.buttons[this.heard], this.bars[this.heard]]) one?.removeAttribute("aria-current");
      this.buttons[heard]?.setAttribute("aria-current", "true");
      this.bars[heard]?.setAttribute("aria-current", "true");
      this.heard = heard;
    }
    const x = (at / deck.duration_s) * this.width;
    const edge = scroll.scrollLeft + scroll.clientWidth;
    if (this.x <= edge && x > edge) this.#reveal(x);
    this.x = x;
    if (deck.active) this.next = requestAnimationFrame(() => this.follow());
  }

  /** Which piece is under the playhead, or -1; when one was played, not the next one. */
  #under(position_s) {
    const sample_s = 1 / this.model.get("sample_rate");
    if (!this.deck.active && Math.abs(position_s - this.ends?.[1]) < sample_s) return -1;
    const at = position_s + sample_s / 2; // the playhead stands on whole samples
    return this.pieces.findLastIndex(([, start, stop]) => start <= at && at < stop);
  }

  /** Scroll only if it is out of sight. */
  #reveal(x) {
    const { clientWidth, scrollLeft } = this.scroll;
    if (x < scrollLeft || x > scrollLeft + clientWidth) this.scroll.scrollLeft = x - clientWidth / 10;
  }

  // What the reader does.

  #set(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.model.save_changes();
  }

  /** What is repeated or played once with the piece that is chosen. */
  #ends() {
    const [, start, stop] = this.pieces[this.piece];
    const context = this.model.get("context_s");
    return [Math.max(0, start - context), Math.min(this.deck.duration_s, stop + context)];
  }

  #isMarked(ends) {
    const marked = this.model.get("loop_region") ?? [];
    return Boolean(ends) && ends.every((end, i) => end === marked[i]);
  }

  /** To the piece that is chosen, unless it is marked and not wanted `again`; or away
   *  from the one that was. */
  #go({ again = true } = {}) {
    const { deck, piece } = this;
    const [was, ends] = [this.ends, piece === null ? null : this.#ends()];
    this.ends = ends;
    if (ends && (again || !this.#isMarked(ends))) {
      deck.setRegion(ends, this.model.get("loop"));
      deck.seek(ends[0]);
      this.#reveal(this.buttons[piece].offsetLeft);
    } else if (!ends && this.#isMarked(was)) deck.setRegion(null);
    this.onChange();
  }

  #press(i) {
    if (i === this.piece) this.#go();
    else this.#set({ piece: i });
    this.deck.play();
  }

  #step(event) {
    const { altKey, ctrlKey, key, metaKey, shiftKey } = event;
    const from = this.buttons.indexOf(event.target);
    const last = this.buttons.length - 1;
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last }[key];
    if (from < 0 || to === undefined || altKey || ctrlKey || metaKey || shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (to < 0 || to > last) return;
    this.buttons[to].focus();
    this.#press(to);
  }
}

export default sharingOneDeck(AlignedView, { once: true });
