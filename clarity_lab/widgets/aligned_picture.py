"""Pieces over a waveform, as a picture: lines of seconds, as music is written."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from clarity_lab.listen.picture import wave_png
from clarity_lab.widgets.pieces import Piece

LINE_S = 3.0
"""So much of the sound stands in one line."""

MOST_LINES = 8
"""A longer sound goes on without picture."""

WIDTH, WAVE_HEIGHT = 640, 36
LETTER_PX, ROW_PX, N_ROWS = 7.5, 14, 3


def staves_html(samples: NDArray, *, sample_rate: int, pieces: Sequence[Piece]) -> str:
    """Draw a sound in lines, with its pieces above it where they are said.

    Args:
        samples: Shape (channels, samples).
        sample_rate: In Hz.
        pieces: What is said where.

    Returns:
        HTML without scripts: SVG for each line, about 2 kB.
    """
    full_height = float(np.max(np.abs(samples)))
    n_line = min(samples.shape[-1], round(LINE_S * sample_rate))
    starts = range(0, samples.shape[-1], n_line)
    lines = "".join(
        _stave(
            samples[:, start : start + n_line],
            pieces=pieces,
            start_s=start / sample_rate,
            stop_s=(start + n_line) / sample_rate,
            full_height=full_height,
            width=round(WIDTH * min(1, (samples.shape[-1] - start) / n_line)) or 1,
        )
        for start in starts[:MOST_LINES]
    )
    if len(starts) <= MOST_LINES:
        return lines
    return f"{lines}<p><small>The first {MOST_LINES * LINE_S:g} s.</small></p>"


def _stave(
    samples: NDArray,
    *,
    pieces: Sequence[Piece],
    start_s: float,
    stop_s: float,
    full_height: float,
    width: int,
) -> str:
    """One line: what is said above, the waveform below, a bar for each extent."""
    mine = [piece for piece in pieces if start_s <= piece.start_s < stop_s]
    png = wave_png(samples, full_height=full_height, width=width, height=WAVE_HEIGHT)
    uri = "data:image/png;base64," + base64.b64encode(png).decode()
    said = "".join(map(_visible, mine)) or "nothing"
    words = html.escape(f"Said from {start_s:.1f} s on: {said}")
    marks = "".join(_marks(mine, start_s, WIDTH / (stop_s - start_s)))
    top = N_ROWS * ROW_PX + 8
    size = f'width="{WIDTH}" height="{top + WAVE_HEIGHT}"'
    return (
        f'<svg role="img" aria-label="{words}" {size} '
        f'viewBox="0 0 {WIDTH} {top + WAVE_HEIGHT}" '
        'style="display: block; max-width: 100%" fill="currentColor" '
        f'font-family="sans-serif" font-size="13" text-anchor="middle">{marks}'
        f'<image href="{uri}" y="{top}" width="{width}" height="{WAVE_HEIGHT}"/></svg>'
    )


def _visible(piece: Piece) -> str:
    return "␣" if piece.text == " " else piece.text


def _marks(pieces: Sequence[Piece], start_s: float, scale: float) -> Iterator[str]:
    """A text over a bar for each piece; a text that has no room stands higher."""
    ends = [-np.inf] * N_ROWS  # of the last text in each row, lowest first
    for piece in pieces:
        left = (piece.start_s - start_s) * scale
        wide = min((piece.stop_s - piece.start_s) * scale, WIDTH - left)
        shown = _visible(piece)
        half = LETTER_PX * len(shown) / 2
        middle = min(max(left + wide / 2, half), WIDTH - half)
        free = [row for row in range(N_ROWS) if ends[row] <= middle - half]
        row = free[0] if free else int(np.argmin(ends))
        ends[row] = middle + half
        y = (N_ROWS - row) * ROW_PX - 3
        bar = f'<rect x="{left:.1f}" y="{N_ROWS * ROW_PX + 1}" height="3" '
        yield f'<text x="{middle:.1f}" y="{y}">{html.escape(shown)}</text>'
        yield f'{bar}width="{max(1.0, wide):.1f}" opacity="0.6"/>'
