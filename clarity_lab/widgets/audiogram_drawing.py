"""An empty audiogram as SVG: the page fills it with points.

Frequency in octaves, loss downwards, 20 dB as long as one octave.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log2
from typing import Any

from clarity_lab.hearing import GRADES_DB_HL, Listener
from clarity_lab.plots.audiogram import TICKS_HZ

OCTAVE = 64.0
"""Length of an octave, and of 20 dB, in units of the drawing."""
BETWEEN_OCTAVES_HZ = (3000, 6000)
LEFT_EDGE, TOP_EDGE, BESIDE = 54.0, 58.0, 0.4 * OCTAVE
DRAWN_DB_HL = (-10.0, 120.0)


@dataclass(frozen=True)
class Scale:
    """Where a frequency and a threshold lie in the drawing.

    Attributes:
        lowest_hz: At the left end of the axis.
        highest_hz: At the right end.
        lowest_db_hl: At the top.
        highest_db_hl: At the bottom.
    """

    lowest_hz: float
    highest_hz: float
    lowest_db_hl: float
    highest_db_hl: float

    @classmethod
    def around(cls, listener: Listener) -> Scale:
        """125 to 8000 Hz and -10 to 120 dB HL, wider where a point lies outside."""
        hz = [one for ear in listener.ears for one in ear.frequencies_hz]
        db_hl = [one for ear in listener.ears for one in ear.thresholds_db_hl]
        lowest, highest = DRAWN_DB_HL
        return cls(
            min(125.0, *hz),
            max(8000.0, *hz),
            -20.0 if min(db_hl) < lowest else lowest,
            130.0 if max(db_hl) > highest else highest,
        )

    def x(self, hz: float) -> float:
        """Across, in units of the drawing."""
        return round(LEFT_EDGE + BESIDE + OCTAVE * log2(hz / self.lowest_hz), 2)

    def y(self, db_hl: float) -> float:
        """Down, in units of the drawing."""
        return round(TOP_EDGE + OCTAVE / 20 * (db_hl - self.lowest_db_hl), 2)

    @property
    def right_edge(self) -> float:
        """Where the plot ends."""
        return self.x(self.highest_hz) + BESIDE


def measures(scale: Scale, frequencies_hz: Sequence[float]) -> dict[str, Any]:
    """What a page must know to put points into the frame.

    Args:
        scale: Where things lie.
        frequencies_hz: Where there may be points.

    Returns:
        Lengths in units of the drawing, limits in dB HL.
    """
    return {
        "x": [scale.x(hz) for hz in frequencies_hz],
        "right_edge": scale.right_edge,
        "y_of_0_db": scale.y(0),
        "per_db": OCTAVE / 20,
        "lowest_db_hl": scale.lowest_db_hl,
        "highest_db_hl": scale.highest_db_hl,
    }


def frame_svg(scale: Scale, frequencies_hz: Sequence[float], marks: str = "") -> str:
    """The empty audiogram with its grades of loss, grid and axes.

    Args:
        scale: Where things lie.
        frequencies_hz: What is measured: each gets a line and its number.
        marks: SVG to draw on top.

    Returns:
        An svg element; its parts have classes that start with "cl-".
    """
    right, bottom = scale.right_edge, scale.y(scale.highest_db_hl)
    parts = [*_bands(scale), *_across(scale, frequencies_hz), *_down(scale)]
    width, height = round(right + 14, 2), round(bottom + 12, 2)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f"{''.join(parts)}"
        f'<rect class="cl-edge" x="{LEFT_EDGE}" y="{TOP_EDGE}" '
        f'width="{right - LEFT_EDGE:.6g}" height="{bottom - TOP_EDGE:.6g}"/>'
        f"{marks}</svg>"
    )


def _bands(scale: Scale) -> Iterable[str]:
    """Grades of loss, darker with the grade, each with its name."""
    width = scale.right_edge - LEFT_EDGE
    for shade, (grade, (low, high)) in enumerate(GRADES_DB_HL.items()):
        low = scale.lowest_db_hl if low == DRAWN_DB_HL[0] else low
        high = scale.highest_db_hl if high == DRAWN_DB_HL[1] else high
        top, bottom = scale.y(low), scale.y(high)
        yield (
            f'<rect class="cl-band" x="{LEFT_EDGE}" y="{top}" width="{width:.6g}" '
            f'height="{bottom - top:.6g}" fill-opacity="{0.022 * shade:.3f}"/>'
            f'<text class="cl-grade-name" x="{LEFT_EDGE + 6}" '
            f'y="{(top + bottom) / 2 + 4:.6g}">{grade}</text>'
        )


def _across(scale: Scale, frequencies_hz: Sequence[float]) -> Iterable[str]:
    """A number for every octave; lower, smaller ones for what lies between.

    Each has its line; at 125 Hz, where the grades' names stand, only if it is measured.
    """
    top, bottom = TOP_EDGE, scale.y(scale.highest_db_hl)
    between = {*BETWEEN_OCTAVES_HZ, *frequencies_hz} - set(TICKS_HZ)
    for hz in sorted({*TICKS_HZ, *between}):
        x, fine = scale.x(hz), hz in between
        label, up = ("cl-between", 6) if fine else ("cl-octave", 22)
        if hz != TICKS_HZ[0] or hz in frequencies_hz:
            style = "cl-between-line" if fine else "cl-grid"
            yield f'<line class="{style}" x1="{x}" x2="{x}" y1="{top}" y2="{bottom}"/>'
        yield (
            f'<text class="{label}" x="{x}" y="{top - up}" text-anchor="middle">'
            f"{hz:g}</text>"
        )
    middle = (LEFT_EDGE + scale.right_edge) / 2
    yield (
        f'<text class="cl-axis" x="{middle:.6g}" y="{top - 42}" text-anchor="middle">'
        "Frequency (Hz)</text>"
    )


def _down(scale: Scale) -> Iterable[str]:
    """A line for every 10 dB, a number for every 20."""
    lowest, highest = int(scale.lowest_db_hl), int(scale.highest_db_hl)
    for db_hl in range(lowest, highest + 1, 10):
        y, style = scale.y(db_hl), "cl-zero" if db_hl == 0 else "cl-grid"
        yield (
            f'<line class="{style}" x1="{LEFT_EDGE}" x2="{scale.right_edge}" '
            f'y1="{y}" y2="{y}"/>'
        )
        if db_hl % 20 == 0 or db_hl == lowest:
            minus = str(db_hl).replace("-", "−")
            yield (
                f'<text x="{LEFT_EDGE - 7}" y="{y + 4}" text-anchor="end">{minus}'
                "</text>"
            )
    middle = (TOP_EDGE + scale.y(highest)) / 2
    yield (
        f'<text class="cl-axis" transform="translate(15 {middle:.6g}) rotate(-90)" '
        'text-anchor="middle">Threshold (dB HL)</text>'
    )
