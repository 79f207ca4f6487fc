// One screen of a listening test: what both methods have, whatever they look like.

import { clock, create, icon, newId, pressable } from "./dom.js";
import { Listening } from "./rating_listening.js";

/** What the page calls the open reference; all other sounds are letters. */
export const OPEN_REFERENCE = "Reference";

export const BANDS = ["bad", "poor", "fair", "good", "excellent"]; // from the low end

const SEND_AFTER_MS = 120;

export class RatingScreen {
  constructor(model, tell, { loop, wholeFirst, help }) {
    this.model = model;
    this.tell = tell;
    this.help = help;
    this.number = model.get("screen");
    this.labels = model.get("labels");
    this.answers = structuredClone(model.get("answers"));
    this.unsent = new Map(); // letter -> timer of a score that has not travelled yet
    this.onItsWay = new Map(); // letter -> a score that Python has not confirmed yet
    this.onAnswers = () => this.follow();
    model.on("change:answers", this.onAnswers);
    this.node = create("div", { className: "cl-rating-screen" });
    this.listening = new Listening(model, {
      labels: this.labels,
      loop,
      wholeFirst,
      on: {
        changed: () => this.draw?.(),
        moved: () => this.drawPlace(),
        played: (i) => this.send({ kind: "played", sound: this.labels[i] }),
        heard: (i) => this.hear(this.labels[i]),
      },
    });
  }

  get letters() {
    return this.labels.filter((label) => label !== OPEN_REFERENCE);
  }

  get chosen() {
    return this.labels[this.listening.chosen];
  }

  send(content) {
    this.model.send({ ...content, screen: this.number });
  }

  hear(label) {
    const answer = this.answers[label];
    if (!answer || answer.heard) return;
    answer.heard = true;
    this.forget();
    this.send({ kind: "heard", sound: label });
    this.draw();
  }

  /** Keeps a score; it travels when the slider rests, or at the latest with `next`. */
  rate(label, score) {
    this.answers[label].score = score;
    this.forget();
    clearTimeout(this.unsent.get(label));
    this.unsent.set(label, setTimeout(() => this.flush(label), SEND_AFTER_MS));
    this.draw();
  }

  /** What was said about answers is out of date; what Python says stays. */
  forget() {
    this.tell(this.model.get("message"));
  }

  flush(label) {
    if (!this.unsent.has(label)) return;
    clearTimeout(this.unsent.get(label));
    this.unsent.delete(label);
    const { score } = this.answers[label];
    this.onItsWay.set(label, score);
    this.send({ kind: "score", sound: label, score });
  }

  /** What Python knows, also from another view of this test; a move of one's own first. */
  follow() {
    if (this.model.get("screen") !== this.number) return;
    for (const [label, known] of Object.entries(this.model.get("answers"))) {
      const answer = this.answers[label];
      answer.heard ||= known.heard;
      if (this.onItsWay.get(label) === known.score) this.onItsWay.delete(label);
      const moves = this.unsent.has(label) || this.onItsWay.has(label);
      if (!moves) answer.score = known.score;
    }
    this.draw?.();
  }

  without(has) {
    return this.letters.filter((label) => !has(this.answers[label]));
  }

  /** What stands between the listener and the next screen, in words, or nothing. */
  missing() {
    const unheard = this.without((answer) => answer.heard).join(", ");
    const unrated = this.without((answer) => answer.score !== null).join(", ");
    const parts = [unheard && `not heard yet: ${unheard}`, unrated && `not rated yet: ${unrated}`];
    return parts.filter(Boolean).join("; ");
  }

  next() {
    const missing = this.missing();
    if (missing) return this.tell(`Not finished: ${missing}.`);
    for (const label of this.letters) this.flush(label);
    this.send({ kind: "next" });
    return this.tell("Saving …");
  }

  buildFrame(body) {
    this.play = pressable("", { className: "cl-main", onPress: () => this.listening.toggle() });
    this.place = create("span", { className: "cl-soft cl-number" });
    this.transport = create("div", { className: "cl-row" }, this.play, this.place);
    this.todo = create("span", { className: "cl-soft", id: newId("todo") });
    const last = this.number + 1 === this.model.get("n_screens");
    this.nextButton = pressable(last ? "Finish" : "Next", {
      className: "cl-rating-next",
      onPress: () => this.next(),
      "aria-describedby": this.todo.id,
    });
    const forward = create("div", { className: "cl-row" }, this.nextButton, this.todo);
    const help = create("p", { className: "cl-soft cl-small" }, ...this.help);
    this.node.append(this.transport, body, forward, help);
  }

  drawPlace() {
    const { ready, loaded, engine } = this.listening;
    this.place.textContent = ready
      ? `${clock(engine.position_s)} of ${clock(engine.duration_s)}`
      : `Loading sound ${loaded.size + 1} of ${this.labels.length} …`;
  }

  drawFrame() {
    const { ready, playing } = this.listening;
    if (this.play.dataset.shows !== String(playing)) {
      this.play.dataset.shows = String(playing);
      this.play.replaceChildren(icon(playing ? "pause" : "play"), playing ? "Pause" : "Play");
    }
    this.play.setAttribute("aria-disabled", String(!ready));
    this.drawPlace();
    const missing = this.missing();
    this.nextButton.setAttribute("aria-disabled", String(missing !== ""));
    this.nextButton.classList.toggle("cl-main", missing === "");
    this.todo.textContent = missing && `${missing[0].toUpperCase()}${missing.slice(1)}.`;
  }

  destroy() {
    this.model.off("change:answers", this.onAnswers);
    for (const label of this.letters) this.flush(label);
    this.listening.destroy();
  }
}
