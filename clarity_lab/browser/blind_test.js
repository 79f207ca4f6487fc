// An ABX test: which of A and B is X? What X is, is not here: only Python knows.

import { sharingOneDeck } from "./deck.js";
import { create, newId, pressable, takeKeys } from "./dom.js";
import { Transport } from "./transport.js";

const X_INDEX = 2; // behind A and B
const HOW_SURE = ["guess", "think so", "sure"];
const HOW = "Listen to A and B, then to X, which is one of them: each trial tosses a coin, so the same may come several times in a row. Listen as long as you like, and switch while it plays.";
const COLUMNS = { trial: "Trial", x: "X was", answer: "You said", correct: "Right", confidence: "How sure", seconds: "Seconds", n_switches: "Switches" };
const TRAITS = ["title", "caption", "phase", "trial", "verdict", "log", "rows"];

class BlindTestView {
  constructor(model, deck) {
    Object.assign(this, { model, deck, given: {}, heard: new Set() });
    this.#build();
    takeKeys(this.root, (key, event) => this.#key(key, event));
    this.changed = () => this.#texts();
    for (const name of TRAITS) model.on(`change:${name}`, this.changed);
    this.#texts();
    this.onProgress();
  }

  onChange() {
    const { deck } = this;
    if (deck.active && deck.sounds.has(deck.index)) this.heard.add(deck.index);
    if (this.last !== undefined && this.last !== deck.index) this.nSwitches += 1;
    this.last = deck.index;
    this.soundButtons.forEach((button, i) => button.setAttribute("aria-pressed", i === deck.index));
    this.transport.strip.show({ duration_s: deck.duration_s, sound_s: deck.duration_s, fullHeight: 1 });
    this.transport.draw();
    this.#answerable();
  }

  onProgress() { this.transport.drawProgress(); }

  destroy() {
    for (const name of TRAITS) this.model.off(`change:${name}`, this.changed);
    this.transport.destroy();
  }

  #build() {
    const { deck, model } = this;
    this.title = create("div", { className: "cl-title" });
    this.count = create("p", { className: "cl-count" });
    this.soundButtons = [...model.get("names"), "A or B?"].map((name, i) => {
      const letter = "ABX"[i];
      const button = pressable("", { className: "cl-letter", "aria-keyshortcuts": letter, onPress: () => deck.select(i) });
      button.append(create("strong", {}, letter), " ", create("span", {}, name));
      return button;
    });
    const letters = create("div", { className: "cl-letters", role: "group", "aria-label": "Sound" }, ...this.soundButtons);
    this.transport = new Transport(model, deck);
    const { loop, play, progress, strip, time } = this.transport;
    const tools = create("div", { className: "cl-tools cl-row" }, play, time, loop);
    this.form = this.#form();
    this.desk = create("div", { className: "cl-desk" },
      create("p", { className: "cl-soft" }, HOW), letters, strip.node, progress, tools, this.form);
    this.verdict = create("p", { className: "cl-verdict", role: "status", tabIndex: -1 });
    this.next = pressable("Next trial", { className: "cl-main", onPress: () => this.#send({ kind: "go_on" }) });
    this.again = pressable("Start again", { onPress: () => this.#send({ kind: "reset" }) });
    this.log = create("table", { className: "cl-log" });
    this.caption = create("p", { className: "cl-soft cl-small" });
    this.root = create("div", { className: "cl cl-blind", role: "group", tabIndex: -1 },
      this.title, this.count, this.desk, this.verdict,
      create("div", { className: "cl-row" }, this.next, this.again), this.log, this.caption);
  }

  #form() {
    const choice = (name, words, values, text) => {
      const group = newId(name);
      const buttons = values.map((value, i) => {
        const input = create("input", { type: "radio", value, name: group });
        input.addEventListener("change", () => { this.given[name] = value; this.#answerable(); });
        return create("label", {}, input, ` ${text?.[i] ?? value}`);
      });
      return create("fieldset", { className: "cl-ask" }, create("legend", {}, words), ...buttons);
    };
    this.submit = pressable("Answer", { className: "cl-main", type: "submit" });
    this.hint = create("span", { className: "cl-soft cl-small" });
    const form = create("form", { className: "cl-form" },
      choice("answer", "X is", ["A", "B"]),
      choice("confidence", "How sure are you?", HOW_SURE, ["a guess", "I think so", "I am sure"]),
      create("div", { className: "cl-row" }, this.submit, this.hint));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.submit.disabled) this.#answer();
    });
    return form;
  }

  #answerable() {
    const { answer, confidence } = this.given;
    const needed = this.model.get("trial") === 1 ? [0, 1, X_INDEX] : [X_INDEX]; // A and B once
    const unheard = needed.filter((i) => !this.heard.has(i)).map((i) => "ABX"[i]);
    this.submit.disabled = !(unheard.length === 0 && answer && confidence);
    this.hint.textContent = unheard.length ? `Listen to ${unheard.join(" and ")} first.` : "";
  }

  #answer() {
    this.deck.pause();
    this.submit.disabled = true;
    this.#send({
      kind: "answer", ...this.given, trial: this.model.get("trial"),
      seconds: (performance.now() - this.since) / 1000, n_switches: this.nSwitches,
    });
  }

  #send(message) {
    this.deck.pause();
    this.model.send(message);
  }

  /** What Python says: another trial, a verdict, or the score. */
  #texts() {
    const { model } = this;
    const [phase, trial] = [model.get("phase"), model.get("trial")];
    const asking = phase === "asking";
    this.title.textContent = model.get("title") || "Blind test";
    this.root.setAttribute("aria-label", this.title.textContent);
    this.caption.textContent = model.get("caption");
    this.count.textContent = phase === "done" ? "" : `Trial ${trial} of ${model.get("n_trials")}`;
    const now = `${phase} ${trial}`;
    if (now !== this.now) {
      const moved = this.now !== undefined;
      const inside = this.root.contains(document.activeElement);
      this.now = now;
      if (asking) this.#fresh();
      if (asking && moved) this.deck.drop(X_INDEX); // the X of the trial before
      this.desk.hidden = !asking;
      this.next.hidden = phase !== "told";
      this.next.textContent = trial < model.get("n_trials") ? "Next trial" : "See the score";
      this.again.hidden = phase !== "done";
      if (moved && inside) (asking ? this.soundButtons[this.deck.index] : phase === "told" ? this.next : this.again).focus();
    }
    this.verdict.textContent = model.get("verdict");
    this.#fillLog(phase === "done" ? model.get("log") : []);
    this.onChange();
  }

  #fresh() {
    this.given = {};
    this.form.reset();
    this.heard.delete(X_INDEX);
    this.since = performance.now();
    this.last = undefined;
    this.nSwitches = 0;
  }

  #fillLog(log) {
    const line = (tag, texts) => create("tr", {}, ...texts.map((text) =>
      create(tag, tag === "th" ? { scope: "col" } : {}, text)));
    const cell = (value) => (value === true ? "yes" : value === false ? "no" : `${value}`);
    this.log.hidden = !log.length;
    this.log.replaceChildren(
      create("caption", { className: "cl-hidden" }, "All trials"),
      create("thead", {}, line("th", Object.values(COLUMNS))),
      create("tbody", {}, ...log.map((one) => line("td", Object.keys(COLUMNS).map((key) => cell(one[key]))))),
    );
  }

  #key(key, event) {
    const { deck } = this;
    const type = event.target.type;
    if (this.desk.hidden || type === "radio") return false; // these keys are the form's
    const index = "abx".indexOf(key.toLowerCase());
    const acts = this.transport.keys();
    if (key.length === 1 && index >= 0) acts[key] = () => deck.select(index);
    if (/^[123]$/.test(key)) acts[key] = () => deck.select(Number(key) - 1);
    const chosen = event.target === this.soundButtons[deck.index];
    if (type === undefined || chosen) acts[" "] = () => deck.toggle();
    acts[key]?.();
    return key in acts;
  }
}

export default sharingOneDeck(BlindTestView);
