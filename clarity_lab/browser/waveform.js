// The time line of a sound: waveform, spectrogram, cursor, loop region, ruler.
// The pictures are drawn when the sound or the size changes; what moves are elements.

import { clock, create } from "./dom.js";

const DRAG_PX = 4; // less is a click
const MOST_MARKS = 200; // below one strip
const EDGE_PX = 7; // this near to an end of the region one takes hold of it

/** Lowest and highest sample of each of `n` pieces, as [low, high, low, high, ...]. */
function peaksOf(samples, n) {
  const peaks = new Float32Array(2 * n);
  for (let piece = 0; piece < n; piece++) {
    const start = Math.floor((piece * samples.length) / n);
    const stop = Math.max(start + 1, Math.floor(((piece + 1) * samples.length) / n));
    let low = samples[start] ?? 0;
    let high = low;
    for (let i = start + 1; i < stop; i++) {
      if (samples[i] < low) low = samples[i];
      else if (samples[i] > high) high = samples[i];
    }
    peaks[2 * piece] = low;
    peaks[2 * piece + 1] = high;
  }
  return peaks;
}

/** A step of 1, 2 or 5 (times a power of ten, or of whole minutes) for at most `most` marks. */
function rulerStep(duration_s, most) {
  const least = duration_s / Math.max(1, most);
  for (const step of [60, 120, 300, 600, 1200]) if (least > 30 && step >= least) return step;
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((n) => n * power).find((step) => step >= least * 0.999);
}

export class WaveStrip {
  /** on = { seek(s), region([start, end] | null) }; without `region` a drag scrubs. */
  constructor({ on, sampleRate = 0, ruler = true }) {
    this.on = on;
    this.duration = 1;
    this.wave = create("canvas", { className: "cl-wave" });
    this.spectrogramCanvas = create("canvas", { className: "cl-spectrogram", hidden: true });
    this.topFrequency = create("span", { className: "cl-top", hidden: true }, `${sampleRate / 2000} kHz`);
    this.region = create("div", { className: "cl-region", hidden: true });
    this.cursor = create("div", { className: "cl-cursor" });
    this.bar = create(
      "div",
      { className: "cl-timeline", role: "slider", tabIndex: 0, "aria-label": "Position",
        "aria-valuemin": 0, "aria-orientation": "horizontal" },
      this.wave, create("div", { className: "cl-below" }, this.spectrogramCanvas, this.topFrequency), this.region, this.cursor,
    );
    this.ruler = create("div", { className: "cl-ruler", "aria-hidden": "true", hidden: !ruler });
    this.accent = create("span", { className: "cl-accent", "aria-hidden": "true" });
    this.node = create("div", { className: "cl-strip" }, this.bar, this.ruler, this.accent);
    this.#listen();
    this.sizeObserver = new ResizeObserver(() => this.draw());
    this.sizeObserver.observe(this.bar);
    this.colourScheme = matchMedia("(forced-colors: active), (prefers-color-scheme: dark)");
    this.redraw = () => this.draw();
    this.colourScheme.addEventListener("change", this.redraw);
    this.themeObserver = new MutationObserver(this.redraw); // JupyterLab changes its theme here
    this.themeObserver.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class"] });
  }

  /**
   * What to draw: duration_s of the line, sound_s of this sound, its channels, or peaks
   * before they are here, fullHeight: the sample value that reaches the edge, and a
   * spectrogram: null while it is on its way, undefined for none.
   */
  show({ duration_s, sound_s, channels, peaks, fullHeight, spectrogram }) {
    Object.assign(this, { duration: duration_s, sound_s, channels, peaks, fullHeight, spectrogram });
    this.spectrogramCanvas.hidden = this.topFrequency.hidden = spectrogram === undefined;
    this.bar.setAttribute("aria-valuemax", duration_s.toFixed(2));
    this.draw();
  }

  place(position_s) {
    const there = Math.min(1, this.duration ? position_s / this.duration : 0);
    this.cursor.style.left = `${100 * there}%`;
    const text = `${clock(position_s)} of ${clock(this.duration)}`;
    if (text === this.told) return;
    this.told = text;
    this.bar.setAttribute("aria-valuenow", position_s.toFixed(2));
    this.bar.setAttribute("aria-valuetext", text);
  }

  mark(region, on) {
    this.marked = region;
    this.region.hidden = !region;
    this.region.classList.toggle("cl-off", !on);
    if (!region) return;
    this.region.style.left = `${(100 * region[0]) / this.duration}%`;
    this.region.style.width = `${(100 * (region[1] - region[0])) / this.duration}%`;
  }

  draw() {
    this.#drawWave();
    if (!this.spectrogramCanvas.hidden) this.#drawSpectrogram();
    this.#drawRuler();
  }

  destroy() {
    this.sizeObserver.disconnect();
    this.themeObserver.disconnect();
    this.colourScheme.removeEventListener("change", this.redraw);
  }

  /** A canvas with as many pixels as the screen gives it, cleared. */
  #sized(canvas) {
    const scale = window.devicePixelRatio || 1;
    const width = Math.round(canvas.clientWidth * scale);
    const height = Math.round(canvas.clientHeight * scale);
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const pen = canvas.getContext("2d");
    pen.clearRect(0, 0, width, height);
    return { pen, width, height };
  }

  #channelPeaks(n) {
    if (this.channels) return this.channels.map((samples) => peaksOf(samples, n));
    return this.peaks ?? [];
  }

  #drawWave() {
    const { pen, width, height } = this.#sized(this.wave);
    if (!width || !height) return;
    const long = Math.max(1, Math.round((width * this.sound_s) / this.duration)) || width;
    const channels = this.#channelPeaks(long);
    const tall = height / Math.max(1, channels.length);
    pen.fillStyle = getComputedStyle(this.accent).color;
    for (let channel = 0; channel < Math.max(1, channels.length); channel++) {
      const middle = tall * (channel + 0.5);
      const reach = (0.46 * tall) / (this.fullHeight || 1);
      pen.globalAlpha = 0.35;
      pen.fillRect(0, middle - 0.5, width, 1);
      pen.globalAlpha = 1;
      const peaks = channels[channel];
      const n = peaks ? peaks.length / 2 : 0;
      const wide = long / n;
      for (let i = 0; i < n; i++) {
        const top = middle - peaks[2 * i + 1] * reach;
        const thick = Math.max(1, (peaks[2 * i + 1] - peaks[2 * i]) * reach);
        pen.fillRect(i * wide, top, Math.max(1, wide), thick);
      }
    }
  }

  #drawSpectrogram() {
    const { pen, width, height } = this.#sized(this.spectrogramCanvas);
    const { data, n_frames, n_bins } = this.spectrogram ?? {}; // bytes, lowest frequency first
    if (!width || !height || !n_frames) return;
    const shades = shadesOf(getComputedStyle(this.accent).color, getComputedStyle(this.bar).color);
    const picture = new ImageData(n_frames, n_bins);
    for (let bin = 0; bin < n_bins; bin++) {
      for (let frame = 0; frame < n_frames; frame++) {
        const at = 4 * ((n_bins - 1 - bin) * n_frames + frame);
        picture.data.set(shades[data[bin * n_frames + frame]], at);
      }
    }
    const small = create("canvas", { width: n_frames, height: n_bins });
    small.getContext("2d").putImageData(picture, 0, 0);
    pen.drawImage(small, 0, 0, (width * this.sound_s) / this.duration, height);
  }

  #drawRuler() {
    if (this.ruler.hidden || !(this.duration > 0)) return;
    const step = rulerStep(this.duration, Math.min(MOST_MARKS, this.ruler.clientWidth / 70));
    const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    const marks = [];
    for (let n = 0; step > 0 && n * step <= this.duration * 1.0001 && n <= MOST_MARKS; n++) {
      const seconds = n * step;
      const words = step >= 60 ? clock(seconds).split(".")[0] : seconds.toFixed(decimals);
      const mark = create("span", {}, n ? words : `${words} s`);
      mark.style.left = `${(100 * seconds) / this.duration}%`;
      marks.push(mark);
    }
    this.ruler.replaceChildren(...marks);
  }

  #listen() {
    const at = (event) => {
      const box = this.bar.getBoundingClientRect();
      return this.duration * Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    };
    let from = null; // where the button went down: { x, s }, and whether it has moved since
    this.bar.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.bar.setPointerCapture(event.pointerId);
      from = { x: event.clientX, s: at(event), moved: false };
      const held = this.on.region ? this.#heldEnd(event.clientX) : null;
      if (held !== null) Object.assign(from, { s: this.marked[1 - held], moved: true });
      else if (!this.on.region) this.on.seek(from.s);
    });
    this.bar.addEventListener("pointermove", (event) => {
      if (!from) return;
      from.moved ||= Math.abs(event.clientX - from.x) > DRAG_PX;
      if (!from.moved) return;
      if (this.on.region) this.mark([from.s, at(event)].sort((a, b) => a - b), true);
      else this.on.seek(at(event));
    });
    this.bar.addEventListener("pointerup", (event) => {
      if (!from) return;
      const [start, end] = [from.s, at(event)].sort((a, b) => a - b);
      if (this.on.region && from.moved && end > start) this.on.region([start, end]);
      else if (this.on.region) this.on.seek(at(event));
      from = null;
    });
    this.bar.addEventListener("pointercancel", () => { from = null; });
  }

  #heldEnd(x) {
    if (!this.marked || this.region.hidden) return null;
    const box = this.bar.getBoundingClientRect();
    const away = this.marked.map((s) => Math.abs(box.left + (box.width * s) / this.duration - x));
    const nearest = away[0] <= away[1] ? 0 : 1;
    return away[nearest] <= EDGE_PX ? nearest : null;
  }
}

/** What each of 256 levels looks like: nothing, then the accent, at the top the ink. */
function shadesOf(accent, ink) {
  const [low, high] = [rgb(accent), rgb(ink)];
  return Array.from({ length: 256 }, (_, level) => {
    const share = Math.max(0, level / 255 - 0.6) / 0.4;
    const mixed = [0, 1, 2].map((part) => low[part] + share * (high[part] - low[part]));
    return [...mixed, 255 * Math.min(1, level / 190) ** 1.5];
  });
}

/** The parts of a colour, 0 to 255, whatever way it is written. */
function rgb(colour) {
  const pen = create("canvas", { width: 1, height: 1 }).getContext("2d");
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 1, 1);
  return pen.getImageData(0, 0, 1, 1).data;
}
