// One player at a time: who starts to sound lets all others of the page pause.

const STARTS = "clarity-lab-starts"; // every widget has its own copy of this module

/** A player's turn: take() it before it sounds, leave() when the player goes; `pause` is
 *  called when another one takes it. */
export function oneAtATime(pause) {
  const player = {};
  const onStart = ({ detail }) => { if (detail !== player) pause(); };
  document.addEventListener(STARTS, onStart);
  return {
    take: () => document.dispatchEvent(new CustomEvent(STARTS, { detail: player })),
    leave: () => document.removeEventListener(STARTS, onStart),
  };
}
