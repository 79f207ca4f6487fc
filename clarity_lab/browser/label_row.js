// Labels in a row below which something has its own place: as near to it as there is room.

/** The left ends of labels in their order, side by side where they would overlap: of all
 *  such rows the one with the least sum of squared ways from where they belong.
 *  `wanted`: the left end that each would like; `widths`; `room`: the width of the row,
 *  at least that of all labels. */
export function labelPlaces(wanted, widths, room) {
  const total = widths.reduce((sum, width) => sum + width, 0);
  const blocks = []; // labels that touch: where the row would begin for them
  let before = 0;
  wanted.forEach((left, i) => {
    let block = { begin: left - before, n: 1 };
    before += widths[i];
    while (blocks.length && blocks.at(-1).begin >= block.begin) {
      const other = blocks.pop();
      const n = other.n + block.n;
      block = { begin: (other.begin * other.n + block.begin * block.n) / n, n };
    }
    blocks.push(block);
  });
  const begins = blocks.flatMap(({ begin, n }) => Array(n).fill(begin));
  let left = 0;
  return begins.map((begin, i) => {
    left += widths[i];
    return between(0, Math.max(0, room - total), begin) + left - widths[i];
  });
}

/**
 * How wide a row must be that no label stands further than `most` from where it would
 * stand alone, between `least` and `greatest`; if that is not enough, how many rows the
 * labels take in turn. `shares`: where their middles belong, from 0 to 1; no label is
 * wider than `least`. Returns { width, nRows, lefts }.
 */
export function labelLayout(shares, widths, { least, greatest, most }) {
  let [width, nRows] = [least, 1];
  for (;;) {
    const alone = shares.map((share, i) => between(0, width - widths[i], share * width - widths[i] / 2));
    const lefts = rowsInTurn(alone, widths, { width, nRows });
    const fits = (left, i) => Math.abs(left - alone[i]) <= most && left + widths[i] <= width + 0.5;
    if (lefts.every(fits) || nRows >= widths.length) return { width, nRows, lefts };
    if (width < greatest) width = Math.min(greatest, 1.1 * width);
    else nRows = Math.ceil(1.2 * nRows);
  }
}

/** Label i in row i modulo nRows. */
function rowsInTurn(wanted, widths, { width, nRows }) {
  const lefts = [];
  for (let row = 0; row < nRows; row++) {
    const mine = widths.map((_, i) => i).filter((i) => i % nRows === row);
    const places = labelPlaces(mine.map((i) => wanted[i]), mine.map((i) => widths[i]), width);
    mine.forEach((i, n) => { lefts[i] = places[n]; });
  }
  return lefts;
}

function between(low, high, value) { return Math.max(low, Math.min(high, value)); }
