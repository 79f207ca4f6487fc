// The ears of a listening test: what sounds now, how often each sound began, and which
// ones were heard. It knows letters, never conditions.

import { Engine } from "./engine.js";
import { FADES_APART } from "./mixer.js";
import { oneAtATime } from "./one_at_a_time.js";
import { SoundStore } from "./sounds.js";

const ENOUGH_S = 0.5; // BS.1534-3, 5.3: the shortest loop; a shorter sound to its end
const EAR_EVERY_MS = 40;

/** One screen of a test: its sounds, and `on.changed()`, `on.played(i)`, `on.heard(i)`;
 *  while it plays `on.moved()`. */
export class Listening {
  constructor(model, { labels, loop, wholeFirst, on }) {
    this.labels = labels;
    this.wholeFirst = wholeFirst;
    this.on = on;
    this.chosen = 0;
    this.loaded = new Set();
    this.sounded_s = labels.map(() => 0);
    this.sounding = null;
    this.paused = false;
    this.lastLook = performance.now();
    this.engine = new Engine({ sampleRate: model.get("sample_rate"), fades: FADES_APART });
    this.stopListening = this.engine.onChange(() => this.look());
    this.setGain(model.get("gain_db"));
    this.engine.setLoop({ on: loop });
    this.store = new SoundStore(model, {
      onSound: (index, channels) => this.receive(index, channels),
      onProgress: () => on.changed(),
    });
    this.turn = oneAtATime(() => { if (this.playing) this.toggle(); });
    this.timer = setInterval(() => {
      this.look();
      if (this.playing) on.moved();
    }, EAR_EVERY_MS);
  }

  get ready() {
    return this.loaded.size === this.labels.length;
  }

  get playing() {
    return this.engine.playing;
  }

  receive(index, channels) {
    this.engine.setSound(index, channels);
    this.loaded.add(index);
    if (this.ready) this.choose(this.chosen);
    this.on.changed();
  }

  choose(index) {
    this.look();
    this.chosen = index;
    this.engine.select(index);
    this.look();
    this.on.changed();
  }

  /** Called inside the listener's click or key press: only there may sound begin. */
  toggle() {
    if (!this.ready) return;
    this.paused = this.engine.playing;
    if (this.paused) {
      this.engine.pause();
    } else {
      this.turn.take();
      this.engine.play();
    }
    this.look();
    this.on.changed();
  }

  setGain(gain_db) {
    this.engine.setGain(10 ** (gain_db / 20));
  }

  /** Takes stock: who sounds now, for how long already, and did the sound end by itself? */
  look() {
    const now = performance.now();
    const sounds = this.engine.state === "playing";
    if (this.sounding !== null) {
      this.sounded_s[this.sounding] += (now - this.lastLook) / 1000;
      this.judge(this.sounding, this.engine.state === "stopped" && !this.paused);
    }
    this.lastLook = now;
    const before = this.sounding;
    this.sounding = sounds ? this.chosen : null;
    if (this.sounding !== null && this.sounding !== before) this.on.played(this.sounding);
    if (this.sounding !== before) this.on.changed();
  }

  judge(index, ended) {
    const enough = Math.min(ENOUGH_S, this.engine.duration_s);
    if (ended || (!this.wholeFirst && this.sounded_s[index] >= enough)) this.on.heard(index);
  }

  destroy() {
    clearInterval(this.timer);
    this.turn.leave();
    this.stopListening?.();
    this.store.destroy();
    this.engine.destroy();
  }
}
