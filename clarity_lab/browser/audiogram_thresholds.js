// The thresholds of two ears as the model holds them, with a memory for Undo.
import { withMinus } from "./dom.js";

export const EARS = ["right", "left"]; // the audiologist's order
const PARTS = ["frequencies_hz", "right_db_hl", "left_db_hl", "name"];
const SAME_GESTURE_MS = 1000;

export const inHz = (hz) => `${hz} Hz`;
export const inDb = (db) => `${withMinus(db)} dB HL`;

export class Thresholds {
  constructor(model) {
    this.model = model;
    this.past = []; // snapshots, the newest last
    this.gesture = {};
    this.edits = 0; // made in the page
  }

  get frequencies() { return this.model.get("frequencies_hz"); }
  get chosen() { return this.model.get("ear"); }
  get canUndo() { return this.past.length > 0; }
  row(ear) { return this.model.get(`${ear}_db_hl`); }
  at(ear, index) { return this.row(ear)[index]; }
  isMeasured(ear, index) { return this.at(ear, index) !== null; }
  get hasGaps() { return EARS.some((ear) => this.row(ear).includes(null)); }

  /** The words for one point: "right ear, 2000 Hz". */
  nameOf(ear, index) { return `${ear} ear, ${inHz(this.frequencies[index])}`; }

  /** Which ears go along when a point of `ear` moves. */
  movedWith(ear) { return this.chosen === "both" ? EARS : [ear]; }

  choose(ear) {
    this.model.set("ear", ear);
    this.model.save_changes();
  }

  /** changes: [[ear, index, db or null], ...]; they travel together. */
  change(changes) {
    this.edits += 1;
    const rows = Object.fromEntries(EARS.map((ear) => [ear, [...this.row(ear)]]));
    for (const [ear, index, db] of changes) rows[ear][index] = db;
    for (const ear of EARS) this.model.set(`${ear}_db_hl`, rows[ear]);
    this.model.save_changes();
  }

  /** Move by `by` dB from the thresholds in `from` ({right, left}), inside the drawing. */
  shift(ear, index, by, from) {
    const { lowest_db_hl: lowest, highest_db_hl: highest } = this.model.get("_drawing");
    const ears = this.movedWith(ear).filter((one) => from[one] !== null);
    const within = (db) => Math.min(highest, Math.max(lowest, db));
    this.change(ears.map((one) => [one, index, within(from[one] + by)]));
  }

  both(index) {
    return Object.fromEntries(EARS.map((ear) => [ear, this.at(ear, index)]));
  }

  snapshot() {
    return Object.fromEntries(PARTS.map((part) => [part, this.model.get(part)]));
  }

  /** Before a change. Presses of one key on one point within a second are one change. */
  remember(gesture = "") {
    const now = Date.now();
    const goesOn = gesture && gesture === this.gesture.name && now < this.gesture.until;
    this.gesture = { name: gesture, until: now + SAME_GESTURE_MS };
    if (!goesOn) this.past.push(this.snapshot());
    this.past.splice(0, this.past.length - 200);
  }

  /** Back to the newest snapshot that is different; false if there is none. */
  undo() {
    const now = JSON.stringify(this.snapshot());
    let before;
    do before = this.past.pop(); while (before && JSON.stringify(before) === now);
    this.gesture = {};
    if (!before) return false;
    this.edits += 1;
    for (const part of PARTS) this.model.set(part, before[part]);
    this.model.save_changes();
    return true;
  }
}
