// A player below a room from above that moves with the sound: the head turns, rings grow.

import { sharingOneDeck } from "./deck.js";
import { create } from "./dom.js";
import { PlayerView } from "./player.js";
import { drawFrame } from "./watch_frame.js";

/** Traits beside those of a player: map (SVG) and frames, as drawFrame takes them. */
class WatchView extends PlayerView {
  constructor(model, deck) {
    super(model, deck);
    this.map = create("div", { className: "cl-map" });
    this.map.innerHTML = model.get("map");
    this.frames = model.get("frames");
    this.root = create("div", {}, this.map, this.root);
    this.follow();
  }

  onChange() {
    super.onChange();
    if (this.map) this.follow(); // a player tells before it has a map
  }

  destroy() {
    cancelAnimationFrame(this.next);
    super.destroy();
  }

  follow() {
    cancelAnimationFrame(this.next);
    drawFrame(this.map, this.frames, this.deck.position_s);
    if (this.deck.active) this.next = requestAnimationFrame(() => this.follow());
  }
}

export default sharingOneDeck(WatchView);
