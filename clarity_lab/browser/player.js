// The player: a table of sounds, or one sound in one line; a time line; a few buttons.

import { channelsOf } from "./buffers.js";
import { sharingOneDeck } from "./deck.js";
import { create, pressable, takeKeys } from "./dom.js";
import { fileName, saveFile, wavOf } from "./files.js";
import { Transport } from "./transport.js";

const EARS = { both: "Both", left: "Left", right: "Right" };
const KEYS = [
  ["1–9", "choose"], ["↑ ↓", "next sound"], ["space", "play or pause"], ["← →", "0.5 s"],
  ["Home", "start"], ["L", "loop"], ["[ ]", "ends of the loop"], ["Esc", "no ends"],
];

export class PlayerView {
  constructor(model, deck) {
    Object.assign(this, { model, deck });
    this.#build();
    takeKeys(this.root, (key, event) => this.#key(key, event));
    this.titles = () => this.#texts();
    for (const name of ["title", "caption", "rows"]) model.on(`change:${name}`, this.titles);
    this.#texts();
    this.onProgress();
  }

  // What the deck tells.

  onChange() {
    const { deck } = this;
    this.soundButtons.forEach((button, i) => button.setAttribute("aria-pressed", i === deck.index));
    this.spectrum?.setAttribute("aria-pressed", this.model.get("spectrogram"));
    for (const [ear, button] of Object.entries(this.ears)) {
      button.setAttribute("aria-pressed", ear === this.model.get("ear"));
    }
    this.#savable();
    this.status.textContent = deck.engine.state === "blocked"
      ? "The browser keeps sound off until you click in the page: press Play." : "";
    this.#picture();
    this.transport.draw();
  }

  onSound(i) { if (i === this.deck.index) this.onChange(); }

  onProgress() {
    this.transport.drawProgress();
    this.#savable();
  }

  destroy() {
    for (const name of ["title", "caption", "rows"]) this.model.off(`change:${name}`, this.titles);
    this.transport.destroy();
  }

  // How it looks.

  #build() {
    this.compact = this.deck.rows.length === 1;
    this.transport = new Transport(this.model, this.deck, { compact: this.compact });
    this.title = create("div", { className: "cl-title" });
    this.table = create("table", { className: "cl-sounds" });
    this.save = pressable("WAV", { drawing: "save", "aria-label": "Save as WAV", title: "Save this sound as a WAV file", onPress: () => this.#download() });
    this.caption = create("p", { className: "cl-soft cl-small" });
    this.transcript = create("p", { className: "cl-transcript" });
    this.level = create("span", { className: "cl-soft cl-number" });
    this.status = create("p", { className: "cl-note", role: "status" });
    this.ears = {};
    this.soundButtons = [];
    this.root = create("div", { className: "cl cl-player", role: "group", tabIndex: -1 });
    this.root.append(...(this.compact ? this.#onOneLine() : this.#asTable()));
    for (const button of this.root.querySelectorAll(".cl-tools button, .cl-play")) {
      // A click with the mouse leaves the keys to the player: the space bar still plays.
      button.addEventListener("mousedown", (event) => {
        event.preventDefault();
        this.transport.strip.bar.focus({ preventScroll: true });
      });
    }
  }

  #onOneLine() {
    const { loop, play, progress, strip, time } = this.transport;
    this.root.classList.add("cl-compact");
    const tools = create("div", { className: "cl-tools cl-row" }, loop, this.save);
    const head = create("div", { className: "cl-head" }, this.title, this.caption, this.level, time);
    const below = [this.transcript, this.status];
    const body = create("div", { className: "cl-body" }, head, strip.node, progress, ...below);
    return [play, body, tools];
  }

  #asTable() {
    for (const [ear, words] of Object.entries(EARS)) {
      this.ears[ear] = pressable(words, { onPress: () => this.deck.setEar(ear) });
    }
    const ears = create("div", { className: "cl-choice", role: "group", "aria-label": "Ears" },
      create("span", { className: "cl-soft", "aria-hidden": "true" }, "Ears"), ...Object.values(this.ears));
    this.spectrum = pressable("Spectrogram", { onPress: () => {
      this.model.set("spectrogram", !this.model.get("spectrogram"));
      this.model.save_changes();
      this.onChange();
    } });
    const { loop, play, progress, strip, time } = this.transport;
    const tools = create("div", { className: "cl-tools cl-row" },
      play, time, loop, this.save, ears, this.spectrum);
    const keys = KEYS.flatMap(([key, words]) => [create("kbd", {}, key), ` ${words}  `]);
    const help = create("details", { className: "cl-keys cl-small cl-soft" },
      create("summary", {}, "Keys"), create("p", {}, ...keys));
    const foot = create("div", { className: "cl-foot" }, this.caption, help);
    return [this.title, this.table, strip.node, progress, tools, this.status, foot];
  }

  #texts() {
    const { rows } = this.deck;
    const title = this.model.get("title");
    const own = this.compact && rows[0].named ? rows[0].label : "";
    this.title.textContent = [title, own].filter(Boolean).join(" · ");
    this.title.hidden = !this.title.textContent && !this.compact;
    this.root.setAttribute("aria-label", this.title.textContent || "Sound");
    this.caption.textContent = this.model.get("caption");
    if (this.compact) {
      this.caption.classList.toggle("cl-long", this.caption.textContent.length > 24);
      this.level.textContent = inWords(rows[0].level);
      this.transcript.textContent = rows[0].transcript;
    } else this.#fillTable(rows);
    this.onChange();
  }

  #fillTable(rows) {
    const focused = this.soundButtons.indexOf(this.root.ownerDocument.activeElement);
    const spoken = rows.some((row) => row.transcript);
    const heads = ["Sound", "Level (dBFS)", ...(spoken ? ["Transcript"] : [])];
    const head = create("tr", {}, ...heads.map((words) => create("th", { scope: "col" }, words)));
    head.children[1].className = "cl-number";
    this.soundButtons = [];
    const lines = rows.map((row, i) => {
      const button = pressable("", { className: "cl-sound", onPress: () => this.deck.select(i) });
      button.append(create("span", { className: "cl-mark", "aria-hidden": "true" }),
        create("span", { className: "cl-digit" }, `${i + 1}`), " ", create("span", {}, row.label));
      if (i < 9) button.setAttribute("aria-keyshortcuts", `${i + 1}`);
      this.soundButtons.push(button);
      const cells = [create("th", { scope: "row" }, button), create("td", { className: "cl-number" }, row.level)];
      if (spoken) cells.push(create("td", { className: "cl-words" }, row.transcript));
      return create("tr", {}, ...cells);
    });
    this.table.className = `cl-sounds ${spoken ? "cl-spoken" : "cl-silent"}`;
    this.table.replaceChildren(create("thead", {}, head), create("tbody", {}, ...lines));
    if (focused >= 0) this.soundButtons[Math.min(focused, rows.length - 1)].focus();
  }

  /** What is on its way is not saved under a label that is already new. */
  #savable() { this.save.disabled = !this.transport.progress.hidden || !this.deck.isHere(this.deck.index); }

  /** Draw only what changed. */
  #picture() {
    const { deck, model } = this;
    const i = deck.index;
    const shown = {
      duration_s: deck.duration_s,
      sound_s: deck.row.duration_s,
      sound: deck.sounds.get(i),
      peaks: deck.overviews.get(i)?.peaks,
      fullHeight: Math.max(...deck.rows.map((row) => row.peak)),
      spectrogram: model.get("spectrogram") ? deck.overviews.get(i)?.spectrogram ?? null : undefined,
    };
    const same = this.shown && Object.keys(shown).every((key) => shown[key] === this.shown[key]);
    this.shown = shown;
    const channels = shown.sound && channelsOf(shown.sound);
    const { strip } = this.transport;
    if (!same) strip.show({ ...shown, channels });
    const name = deck.row.named ? `Position in ${deck.row.label}` : "Position";
    strip.bar.setAttribute("aria-label", name);
  }

  // What the reader does.

  #key(key, event) {
    const { deck } = this;
    const onSound = this.soundButtons.includes(event.target);
    const acts = this.transport.keys();
    if (/^[1-9]$/.test(key) && !this.compact) acts[key] = () => deck.select(Number(key) - 1);
    const presses = event.target.closest("button, summary"); // what the space bar works itself
    const chosen = onSound && event.target === this.soundButtons[deck.index];
    if (!presses || chosen) acts[" "] = () => deck.toggle();
    acts[key]?.();
    if (onSound && /^Arrow(Up|Down)$/.test(key)) this.soundButtons[deck.index].focus();
    return key in acts;
  }

  #download() {
    const { deck, model } = this;
    const gain_db = model.get("gain_db");
    const bytes = wavOf(channelsOf(deck.sounds.get(deck.index)), {
      sampleRate: model.get("sample_rate"), gain: 10 ** (gain_db / 20),
    });
    saveFile(bytes, fileName(deck.row.label, gain_db), "audio/wav");
  }
}

const inWords = (level) => (level === "silent" ? level : `${level} dBFS`);

export default sharingOneDeck(PlayerView);
