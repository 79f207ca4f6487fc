// What the recorder looks like: consent, buttons, the growing wave, the level.
import { clock, create, pressable, svgElement, takeKeys, withMinus } from "./dom.js";
import { CLIPPED, peakOf } from "./microphone.js";

const CONSENT =
  "Your voice goes from this browser to the Python session of this notebook (on Binder " +
  "or Colab that is a computer of theirs) and nowhere else. Nothing is saved unless you " +
  "save it.";
const N_COLUMNS = 240;
const HALF_HEIGHT = 40;
const LOWEST_DBFS = -60;

export const inDbfs = (peak) => 20 * Math.log10(Math.max(1e-3, peak));
const written = (dbfs) => `${withMinus(dbfs.toFixed(0))} dBFS`;

export class RecorderView {
  constructor() {
    this.record = pressable("● Record", { className: "cl-main" });
    this.stop = pressable("■ Stop", { disabled: true });
    this.again = pressable("▶ Listen again", {
      disabled: true, title: "At the level at which it was recorded",
    });
    this.meter = create("meter", {
      min: LOWEST_DBFS, max: 0, low: -40, high: -6, optimum: -20, value: LOWEST_DBFS,
    });
    this.level = create("span", { className: "cl-number", "aria-hidden": "true" });
    this.clipped = create("strong", { className: "cl-clipped", hidden: true },
      "⚠ too loud: clipped");
    this.time = create("span", { className: "cl-time cl-soft" });
    this.status = create("p", { className: "cl-status", role: "status" });
    this.root = create("section", {
      className: "cl cl-recorder", "aria-label": "Voice recorder", tabIndex: -1,
    },
      create("p", { className: "cl-soft cl-small" }, CONSENT),
      create("div", { className: "cl-row" }, this.record, this.stop, this.again, this.time),
      this.wave(),
      create("div", { className: "cl-row" },
        create("label", {}, "Level ", this.meter), this.level, this.clipped),
      this.status);
    takeKeys(this.root, () => false); // they are for the buttons, not for the notebook
  }

  wave() {
    const zero = svgElement("line", { class: "cl-rest", x2: N_COLUMNS, y1: 0, y2: 0 });
    this.columns = svgElement("path", { class: "cl-columns" });
    this.now = svgElement("line", { class: "cl-now", y1: -HALF_HEIGHT, y2: HALF_HEIGHT });
    const box = `0 ${-HALF_HEIGHT} ${N_COLUMNS} ${2 * HALF_HEIGHT}`;
    const drawing = svgElement("svg",
      { viewBox: box, preserveAspectRatio: "none", "aria-hidden": "true" },
      zero, this.columns, this.now);
    this.count = create("span", { className: "cl-count", "aria-hidden": "true" });
    return create("div", { className: "cl-voice" }, drawing, this.count);
  }

  /** An empty wave of so many seconds. */
  begin(seconds) {
    this.seconds = seconds;
    this.peaks = new Float32Array(N_COLUMNS);
    this.count.textContent = "";
    this.clipped.hidden = true;
    this.drawWave();
    this.showNow(null);
  }

  showCount(left) { this.count.textContent = left; }

  /** A block that came `at` seconds after the first. */
  add(block, at) {
    const peak = peakOf(block);
    const column = Math.min(N_COLUMNS - 1, Math.floor((N_COLUMNS * at) / this.seconds));
    this.peaks[column] = Math.max(this.peaks[column], peak);
    if (peak >= CLIPPED) this.clipped.hidden = false;
    this.showLevel(peak);
    this.time.textContent = `${clock(at)} of ${clock(this.seconds)}`;
    this.frame ??= requestAnimationFrame(() => this.drawWave());
  }

  showLevel(peak) {
    const dbfs = inDbfs(peak);
    this.meter.value = dbfs;
    this.level.textContent = dbfs <= LOWEST_DBFS ? "" : written(dbfs);
  }

  /** The whole recording over the full width. */
  showWhole(samples, sampleRate) {
    this.seconds = samples.length / sampleRate;
    const edges = (n) => Math.floor((n * samples.length) / N_COLUMNS);
    this.peaks = Float32Array.from({ length: N_COLUMNS }, (_, n) =>
      peakOf(samples.subarray(edges(n), edges(n + 1))));
    this.time.textContent = `${clock(this.seconds)} at ${sampleRate} Hz`;
    this.drawWave();
  }

  drawWave() {
    this.frame = undefined;
    const bar = (peak, n) => {
      const high = (peak * HALF_HEIGHT).toFixed(2);
      return peak > 0.002 ? `M${n + 0.5} ${-high}V${high}` : "";
    };
    this.columns.setAttribute("d", Array.from(this.peaks, bar).join("") || "M0 0");
  }

  /** Where it is played, from 0 to 1; null: nowhere. */
  showNow(share) {
    this.now.style.display = share === null ? "none" : "";
    if (share === null) return;
    for (const end of ["x1", "x2"]) this.now.setAttribute(end, share * N_COLUMNS);
  }

  rest() {
    this.meter.value = LOWEST_DBFS;
    this.level.textContent = "";
    this.count.textContent = "";
    if (this.frame) cancelAnimationFrame(this.frame);
    this.frame = undefined;
  }
}
