// A player below a room from above that moves with the sound: the head turns, rings grow.

import { sharingOneDeck } from "./deck.js";
import { create } from "./dom.js";
import { PlayerView } from "./player.js";

/** Traits beside those of a player: map (SVG), frames { per_s, nose, size: {who: [...]},
 *  rings: [smallest, largest] }. */
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
    this.draw(this.deck.position_s);
    if (this.deck.active) this.next = requestAnimationFrame(() => this.follow());
  }

  draw(position_s) {
    const { per_s, nose, size, rings: [smallest, largest] } = this.frames;
    const frame = Math.min(Math.floor(position_s * per_s), nose.length - 1);
    const head = this.map.querySelector("[data-nose]");
    const turned = head.getAttribute("transform").replace(/rotate\(.*\)/, `rotate(${-nose[frame]})`);
    head.setAttribute("transform", turned);
    for (const ring of this.map.querySelectorAll("[data-who]")) {
      const sizes = size[ring.dataset.who];
      if (sizes) ring.setAttribute("r", smallest + (largest - smallest) * sizes[frame]);
    }
  }
}

export default sharingOneDeck(WatchView);
