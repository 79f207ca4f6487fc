// ITU-T P.800, annex B (absolute category rating): one sound, five answers in words.

import { create, newId } from "./dom.js";
import { BANDS, RatingScreen } from "./rating_screen.js";

const ACR_HELP = ["Keys: Space plays or pauses · 1 to 5 answer · Enter goes on"];

export class AcrScreen extends RatingScreen {
  constructor(model, tell) {
    super(model, tell, { loop: false, wholeFirst: true, help: ACR_HELP });
    const name = newId("answer");
    this.radios = [5, 4, 3, 2, 1].map((score) => {
      const radio = create("input", { type: "radio", name, value: String(score) });
      radio.addEventListener("change", () => this.answer(score));
      return radio;
    });
    const choices = this.radios.map((radio) => {
      const words = create("span", {}, create("b", {}, radio.value), ` ${BANDS[radio.value - 1]}`);
      return create("label", {}, radio, words);
    });
    const legend = create("legend", {}, "Your answer");
    this.buildFrame(create("fieldset", { className: "cl-rating-choices" }, legend, ...choices));
    this.draw();
  }

  get mayAnswer() {
    return this.answers[this.chosen].heard || !this.model.get("whole_first");
  }

  missing() {
    const { heard, score } = this.answers[this.chosen];
    return (!heard && "listen to the whole sound") || (score === null && "choose an answer") || "";
  }

  answer(score) {
    if (this.mayAnswer) this.rate(this.chosen, score);
    else this.tell("Listen to the whole sound first.");
  }

  draw() {
    this.drawFrame();
    for (const radio of this.radios) {
      radio.disabled = !this.mayAnswer;
      radio.checked = Number(radio.value) === this.answers[this.chosen].score;
    }
  }

  /** True if the key did something. */
  key(name) {
    if (!/^[1-5]$/.test(name)) return false;
    this.answer(Number(name));
    return true;
  }
}
