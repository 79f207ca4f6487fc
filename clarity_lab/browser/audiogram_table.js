// The same thresholds as numbers: to type into, and to read without eyes.
import { create, withMinus } from "./dom.js";
import { EARS, inHz } from "./audiogram_thresholds.js";

const LOWEST_DB_HL = -20;
const HIGHEST_DB_HL = 130;
const HEADINGS = { right: ["○", " Right"], left: ["×", " Left"] };

const head = (scope, ...children) => create("th", { scope }, ...children);

/** "45", "22,5" or "−10" as a number, "" as null, anything else as NaN. */
function numberIn(text) {
  const plain = text.trim().replace(",", ".").replace("−", "-");
  if (plain === "") return null;
  const db = /^[+-]?\d*\.?\d+$/.test(plain) ? Number(plain) : NaN;
  return db >= LOWEST_DB_HL && db <= HIGHEST_DB_HL ? db : NaN;
}

export class AudiogramTable {
  constructor(thresholds, tell) {
    this.thresholds = thresholds;
    this.tell = tell;
    this.body = create("tbody");
    this.means = EARS.map(() => create("td"));
    this.grade = create("p", { className: "cl-grade" });
    const caption = create("caption", {}, "Thresholds in dB HL");
    const symbols = EARS.map((ear) => {
      const symbol = create("span", { className: ear, "aria-hidden": "true" }, HEADINGS[ear][0]);
      return head("col", symbol, HEADINGS[ear][1]);
    });
    const names = create("thead", {}, create("tr", {}, head("col", "Hz"), ...symbols));
    const mean = head("row", "Mean*");
    mean.title = "Of 500, 1000, 2000 and 4000 Hz";
    const feet = create("tfoot", {}, create("tr", {}, mean, ...this.means));
    const table = create("table", {}, caption, names, this.body, feet);
    this.root = create("div", { className: "cl-numbers" }, table, this.grade);
  }

  draw() {
    const { frequencies } = this.thresholds;
    const drawn = JSON.stringify(frequencies);
    if (this.drawn !== drawn) {
      this.drawn = drawn;
      this.body.replaceChildren(...frequencies.map((hz, index) => this.line(hz, index)));
    }
    for (const field of this.body.querySelectorAll("input")) {
      const db = this.thresholds.at(field.dataset.ear, Number(field.dataset.index));
      if (field.dataset.db !== String(db)) this.show(field, db);
    }
    const { grade, ...means } = this.thresholds.model.get("_summary");
    EARS.forEach((ear, n) => (this.means[n].textContent = means[ear]));
    this.grade.textContent =
      `* of 500, 1000, 2000, 4000 Hz. By the better ear, in the words of the WHO (2021): ${grade}.`;
  }

  show(field, db) {
    field.dataset.db = db;
    field.value = db ?? "";
  }

  line(hz, index) {
    const fields = EARS.map((ear) => create("td", {}, this.field(ear, index)));
    return create("tr", {}, head("row", String(hz)), ...fields);
  }

  field(ear, index) {
    const field = create("input", {
      type: "text", inputMode: "decimal", size: 4, placeholder: "–", autocomplete: "off",
      "aria-label": `${ear} ear, ${inHz(this.thresholds.frequencies[index])}, dB HL`,
    });
    Object.assign(field.dataset, { ear, index });
    field.addEventListener("focus", () => field.select());
    field.addEventListener("change", () => this.take(field, ear, index));
    field.addEventListener("keydown", (event) => this.walk(event, field, index));
    return field;
  }

  take(field, ear, index) {
    const db = numberIn(field.value);
    if (Number.isNaN(db)) {
      const words = withMinus(`${LOWEST_DB_HL} to ${HIGHEST_DB_HL}`);
      this.tell(
        `Expected ${words} dB HL, or nothing where it was not measured; got “${field.value}”.`,
        true,
      );
      return this.show(field, this.thresholds.at(ear, index));
    }
    this.thresholds.remember();
    this.thresholds.change([[ear, index, db]]);
    return this.show(field, this.thresholds.at(ear, index));
  }

  /** Enter and the arrows go down and up the column, as in a sheet of numbers. */
  walk(event, field, index) {
    const by = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") this.show(field, this.thresholds.at(field.dataset.ear, index));
    if (!by) return;
    event.preventDefault();
    const column = [...this.body.querySelectorAll(`[data-ear=${field.dataset.ear}]`)];
    const next = column[index + by];
    if (next) next.focus();
    else field.blur(); // takes what was typed
  }
}
