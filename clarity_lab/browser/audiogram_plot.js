// The audiogram that is moved: the kernel draws the frame, here come the points.
import { svgElement } from "./dom.js";
import { EARS, inDb } from "./audiogram_thresholds.js";

const MARKS = {
  right: () => svgElement("circle", { class: "cl-symbol right", r: 8 }),
  left: () => svgElement("path", { class: "cl-symbol left", d: "M-6 -6L6 6M6 -6L-6 6" }),
};
const STEP_DB = 5;
const FINE_DB = 1; // with Shift
const PAGE_DB = 20;
const NEAR = 22; // a press this far beside a column, in the drawing's units, means it

const snapped = (db, step) => Math.round(db / step) * step;

export class AudiogramPlot {
  constructor(thresholds, tell) {
    this.thresholds = thresholds;
    this.tell = tell;
    this.root = Object.assign(document.createElement("div"), { className: "cl-plot" });
    this.frame = "";
    this.groups = Object.fromEntries(EARS.map((ear) => [ear, this.group(ear)]));
    this.readout = svgElement("text", { class: "cl-readout", "aria-hidden": "true" });
    const groups = Object.values(this.groups).map(({ root }) => root);
    this.layer = svgElement("g", {}, ...groups, this.readout);
    this.layer.addEventListener("focusin", () => this.showReadout());
    this.layer.addEventListener("focusout", () => this.showReadout());
  }

  group(ear) {
    const line = svgElement("polyline", { class: `cl-line ${ear}` });
    const root = svgElement("g", { role: "group", "aria-label": `${ear} ear` }, line);
    return { root, line, points: [] };
  }

  get drawing() { return this.thresholds.model.get("_drawing"); }
  y(db) { return this.drawing.y_of_0_db + this.drawing.per_db * db; }
  dbAt(y) { return (y - this.drawing.y_of_0_db) / this.drawing.per_db; }

  draw() {
    if (this.drawing.x.length !== this.thresholds.frequencies.length) return; // on its way
    if (this.frame !== this.drawing.frame) this.drawFrame();
    for (const ear of EARS) this.drawEar(ear);
    const { chosen } = this.thresholds;
    this.svg.dataset.ear = chosen;
    const behind = this.groups[chosen === "right" ? "left" : "right"].root;
    if (behind !== this.layer.firstChild) this.putBehind(behind);
    this.showReadout();
  }

  drawFrame() {
    const focused = this.layer.contains(document.activeElement) && document.activeElement;
    this.frame = this.drawing.frame;
    this.root.innerHTML = this.frame;
    this.svg = this.root.querySelector("svg");
    this.svg.setAttribute("role", "group");
    this.svg.setAttribute("aria-label", "Audiogram: thresholds that can be moved");
    for (const text of this.svg.querySelectorAll("text")) text.ariaHidden = "true";
    this.svg.addEventListener("click", (event) => this.pressBeside(event));
    this.svg.append(this.layer);
    if (focused) focused.focus();
  }

  /** What lies behind goes first; what holds the focus must not be moved. */
  putBehind(behind) {
    const other = this.layer.firstChild;
    if (behind.contains(document.activeElement)) this.layer.insertBefore(other, this.readout);
    else this.layer.insertBefore(behind, other);
  }

  drawEar(ear) {
    const { points, root, line } = this.groups[ear];
    const row = this.thresholds.row(ear);
    while (points.length > row.length) points.pop().remove();
    while (points.length < row.length) {
      points.push(this.point(ear, points.length));
      root.append(points.at(-1));
    }
    const measured = row.map((_, index) => index).filter((index) => row[index] !== null);
    const at = (index) => `${this.drawing.x[index]},${this.y(row[index])}`;
    line.setAttribute("points", measured.map(at).join(" "));
    points.forEach((point, index) => this.place(point, ear, index));
    this.keepOneTabStop(points, measured);
  }

  point(ear, index) {
    const hit = svgElement("circle", { class: "cl-hit", r: 16 });
    const ring = svgElement("circle", { class: "cl-ring", r: 13 });
    const point = svgElement(
      "g",
      { class: `cl-point ${ear}`, role: "slider", "aria-orientation": "vertical" },
      hit, ring, MARKS[ear](),
    );
    // A finger on a point drags it and does not scroll; touch-action is not for SVG parts.
    const hold = (event) => event.preventDefault();
    point.addEventListener("touchstart", hold, { passive: false });
    point.addEventListener("pointerdown", (event) => this.grab(event, ear, index));
    point.addEventListener("keydown", (event) => this.press(event, ear, index));
    return point;
  }

  place(point, ear, index) {
    const db = this.thresholds.at(ear, index);
    point.style.display = db === null ? "none" : "";
    if (db === null) return;
    const attributes = {
      transform: `translate(${this.drawing.x[index]} ${this.y(db)})`,
      "aria-label": this.thresholds.nameOf(ear, index),
      "aria-valuemin": this.drawing.lowest_db_hl,
      "aria-valuemax": this.drawing.highest_db_hl,
      "aria-valuenow": db,
      "aria-valuetext": inDb(db),
    };
    for (const [name, value] of Object.entries(attributes)) point.setAttribute(name, value);
  }

  /** Tab goes to an ear, the arrows through its frequencies. */
  keepOneTabStop(points, measured) {
    const now = points.findIndex((point) => point.getAttribute("tabindex") === "0");
    const stop = measured.includes(now) ? now : measured[0];
    points.forEach((point, index) =>
      point.setAttribute("tabindex", index === stop ? "0" : "-1"));
  }

  focusPoint(ear, index) {
    if (!this.thresholds.isMeasured(ear, index)) return;
    const { points } = this.groups[ear];
    points.forEach((point, one) => point.setAttribute("tabindex", one === index ? "0" : "-1"));
    points[index].focus();
  }

  showReadout() {
    const point = document.activeElement?.closest?.(".cl-point");
    const shown = point && this.layer.contains(point) ? point : null;
    this.readout.textContent = shown ? shown.getAttribute("aria-valuetext") : "";
    if (!shown) return;
    const [x, y] = shown.getAttribute("transform").match(/[-\d.]+/g).map(Number);
    const fits = x + 90 < this.drawing.right_edge;
    this.readout.setAttribute("text-anchor", fits ? "start" : "end");
    this.readout.setAttribute("x", x + (fits ? 15 : -15));
    this.readout.setAttribute("y", y - 13 > 70 ? y - 13 : y + 25);
  }

  /** A place on the screen in the drawing's units. */
  inDrawing({ clientX, clientY }) {
    return new DOMPoint(clientX, clientY).matrixTransform(
      this.svg.getScreenCTM().inverse());
  }

  grab(event, ear, index) {
    if (event.button !== 0) return;
    event.preventDefault(); // no selection of text
    const point = this.groups[ear].points[index];
    if (![ear, "both"].includes(this.thresholds.chosen)) this.thresholds.choose(ear);
    this.focusPoint(ear, index);
    const from = this.thresholds.both(index);
    const offset = this.dbAt(this.inDrawing(event).y) - from[ear];
    this.thresholds.remember();
    point.setPointerCapture(event.pointerId);
    point.classList.add("cl-held");
    point.onpointermove = (moved) => {
      const db = this.dbAt(this.inDrawing(moved).y) - offset;
      const step = moved.shiftKey ? FINE_DB : STEP_DB;
      if (Math.abs(db - from[ear]) < step / 2) this.thresholds.shift(ear, index, 0, from);
      else this.thresholds.shift(ear, index, snapped(db, step) - from[ear], from);
    };
    point.onlostpointercapture = () => {
      point.onpointermove = point.onlostpointercapture = null;
      point.classList.remove("cl-held");
      this.tell(this.said(ear, index));
    };
  }

  said(ear, index) {
    const ears = this.thresholds.movedWith(ear);
    const one = (name) =>
      `${this.thresholds.nameOf(name, index)}, ${inDb(this.thresholds.at(name, index))}`;
    const measured = ears.filter((name) => this.thresholds.isMeasured(name, index));
    return `${measured.map(one).join("; ")}.`;
  }

  /** A press beside the points brings the chosen ear's threshold there. */
  pressBeside(event) {
    if (event.target.closest(".cl-point")) return;
    const { x, y } = this.inDrawing(event);
    const distances = this.drawing.x.map((one) => Math.abs(one - x));
    const index = distances.indexOf(Math.min(...distances));
    const db = snapped(this.dbAt(y), event.shiftKey ? FINE_DB : STEP_DB);
    const { lowest_db_hl: lowest, highest_db_hl: highest } = this.drawing;
    if (distances[index] > NEAR || db < lowest || db > highest) return;
    const { chosen } = this.thresholds;
    const ears = chosen === "both" ? EARS : [chosen];
    this.thresholds.remember();
    this.thresholds.change(ears.map((ear) => [ear, index, db]));
    this.focusPoint(ears[0], index);
    this.tell(this.said(ears[0], index));
  }

  press(event, ear, index) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? FINE_DB : STEP_DB;
    const act = {
      ArrowUp: () => this.nudge(ear, index, -step),
      ArrowDown: () => this.nudge(ear, index, step),
      PageUp: () => this.nudge(ear, index, -PAGE_DB),
      PageDown: () => this.nudge(ear, index, PAGE_DB),
      ArrowRight: () => this.walk(ear, index, 1),
      ArrowLeft: () => this.walk(ear, index, -1),
      Home: () => this.walk(ear, -1, 1),
      End: () => this.walk(ear, this.thresholds.frequencies.length, -1),
      r: () => this.goTo("right", index),
      l: () => this.goTo("left", index),
      b: () => this.goTo("both", index),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault(); // the page does not scroll
    act();
  }

  nudge(ear, index, by) {
    if (![ear, "both"].includes(this.thresholds.chosen)) this.thresholds.choose(ear);
    this.thresholds.remember(`${ear} ${index}`);
    const from = this.thresholds.both(index);
    const fine = Math.abs(by) === FINE_DB;
    const to = fine ? from[ear] + by : this.nextMark(from[ear], by);
    this.thresholds.shift(ear, index, to - from[ear], from);
  }

  /** From 22.5 dB a step of 5 leads to 25 or 20, the next round number on the way. */
  nextMark(db, by) {
    if (db % STEP_DB === 0) return db + by;
    const round = by > 0 ? Math.ceil : Math.floor;
    return round(db / STEP_DB) * STEP_DB + by - Math.sign(by) * STEP_DB;
  }

  walk(ear, index, by) {
    let next = index + by;
    const { length } = this.thresholds.frequencies;
    while (next >= 0 && next < length && !this.thresholds.isMeasured(ear, next)) next += by;
    if (next >= 0 && next < length) this.focusPoint(ear, next);
  }

  goTo(ear, index) {
    this.thresholds.choose(ear);
    if (ear === "both") this.tell("Moves both ears.");
    else this.focusPoint(ear, index);
  }
}
