// One moment of a room from above: where the nose points, and how large the rings are.
// A page without a kernel runs this text in the handlers of a plain player.

/** frames: { per_s, nose: [degrees, ...], size: { who: [0 to 1, ...] },
 *  rings: [smallest, largest] }. */
export function drawFrame(map, frames, position_s) {
  const { per_s, nose, size, rings: [smallest, largest] } = frames;
  const frame = Math.min(Math.floor(position_s * per_s), nose.length - 1);
  const head = map.querySelector("[data-nose]");
  const turned = head.getAttribute("transform").replace(/rotate\(.*\)/, `rotate(${-nose[frame]})`);
  head.setAttribute("transform", turned);
  for (const ring of map.querySelectorAll("[data-who]")) {
    const sizes = size[ring.dataset.who];
    if (sizes) ring.setAttribute("r", smallest + (largest - smallest) * sizes[frame]);
  }
}
