"""An audiogram that stands still, for places without a kernel: picture and numbers.

Right ears are red circles on a solid line, left ones blue crosses on a dashed line.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable

from clarity_lab.hearing import Listener
from clarity_lab.widgets.audiogram_drawing import Scale, frame_svg
from clarity_lab.widgets.audiogram_rows import EARS, rows_of

STYLE = """
svg { font: 12px sans-serif; background: #fff }
text { fill: #222 } .cl-grade-name, .cl-between { fill: #595959; font-size: 11px }
.cl-grid { stroke: #d0d0d0 } .cl-zero { stroke: #888; stroke-width: 1.5 }
.cl-band { fill: #000 } .cl-edge { fill: none; stroke: #777 }
.cl-between-line { stroke: #d8d8d8; stroke-dasharray: 2 3 }
.cl-line, .cl-symbol { fill: none; stroke-width: 2 } .cl-symbol { stroke-width: 2.4 }
.right { stroke: #c00000 } .left { stroke: #0050c0 }
.cl-line.left { stroke-dasharray: 7 5 } .cl-key { font-size: 12px }
"""


def preview_html(listener: Listener) -> str:
    """Draw both ears of a listener, with a table of their thresholds.

    Args:
        listener: Whose ears.

    Returns:
        HTML that needs nothing else.
    """
    rows = rows_of(listener)
    hz, ears = rows["frequencies_hz"], [rows[f"{ear}_db_hl"] for ear in EARS]
    scale, name = Scale.around(listener), html.escape(listener.name)
    marks = [
        marks_svg(scale, ear, zip(hz, row, strict=True))
        for ear, row in zip(EARS, ears, strict=True)
    ]
    picture = picture_html(
        frame_svg(scale, hz, "".join(marks)),
        alt=f"Audiogram of {listener.name}; the table below it has its numbers.",
    )
    lines = "".join(
        f"<tr><th scope='row'>{one:g}</th><td>{_cell(right)}</td>"
        f"<td>{_cell(left)}</td></tr>"
        for one, right, left in zip(hz, *ears, strict=True)
    )
    return (
        f"<figure style='margin: 0'>{picture}"
        f"<table><caption>{name}: thresholds in dB HL</caption>"
        "<tr><th scope='col'>Frequency (Hz)</th><th scope='col'>Right ○</th>"
        f"<th scope='col'>Left ×</th></tr>{lines}</table></figure>"
    )


def _cell(db_hl: float | None) -> str:
    return "not measured" if db_hl is None else f"{db_hl:g}"


def marks_svg(
    scale: Scale, ear: str, points: Iterable[tuple[float, float | None]]
) -> str:
    """The points of one ear and the line through them.

    Args:
        scale: Where things lie.
        ear: "right" or "left".
        points: Frequency in Hz and threshold in dB HL; None: not measured.

    Returns:
        SVG to lay over the frame.
    """
    at = [(scale.x(hz), scale.y(db)) for hz, db in points if db is not None]
    line = " ".join(f"{x},{y}" for x, y in at)
    drawn = [f'<polyline class="cl-line {ear}" points="{line}"/>']
    for x, y in at:
        if ear == "right":
            drawn.append(f'<circle class="cl-symbol right" cx="{x}" cy="{y}" r="8"/>')
        else:
            cross = f"M{x - 6:.6g} {y - 6:.6g}l12 12m0 -12l-12 12"
            drawn.append(f'<path class="cl-symbol left" d="{cross}"/>')
    return "".join(drawn)


def picture_html(svg: str, *, alt: str) -> str:
    """A drawing as an HTML image that holds its own data and its own style.

    Args:
        svg: An svg element.
        alt: What it shows, in words.

    Returns:
        An img element that needs nothing else.
    """
    styled = svg.replace(">", f"><style>{STYLE}</style>", 1)
    data = base64.b64encode(styled.encode()).decode()
    return (
        f'<img alt="{html.escape(alt)}" style="max-width: 34em; width: 100%" '
        f'src="data:image/svg+xml;base64,{data}">'
    )
