"""HTML pages that need no other file, and the files that lie beside them."""

from __future__ import annotations

import html
import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from clarity_lab.whole import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto;
       padding: 0 1rem; color: #222; background: #fff }
img { max-width: 100% } table { border-collapse: collapse; margin: 1rem 0 }
th, td { padding: .3rem .8rem; border-bottom: 1px solid #ccc; text-align: left }
caption { text-align: left; color: #555 } footer { color: #555; margin-top: 2rem }
"""


def table(heads: list[str], rows: list[list]) -> str:
    """Write an HTML table; numbers with one decimal."""
    lines = ["".join(f"<th scope=col>{head}</th>" for head in heads)]
    for label, *values in rows:
        cells = "".join(f"<td>{round(float(value), 1) + 0.0}</td>" for value in values)
        lines.append(f"<th scope=row>{html.escape(label)}</th>{cells}")
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def or_dash(value: float) -> str:
    """A number with three decimals, or a dash if it is not known (NaN).

    Example:
        >>> or_dash(0.25), or_dash(float("nan"))
        ('0.250', '-')
    """
    return f"{value:.3f}" if math.isfinite(value) else "-"


def png(figure: Figure) -> bytes:
    """A picture as a file of its own, beside the page that shows it."""
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=figure.dpi)
    return content.getvalue()


def write_files(files: Mapping[str, str | bytes], folder: Path) -> None:
    """Write files of a report by their names; each is whole or not there."""
    for name, content in files.items():
        write_whole(folder / name, content)


def page(title: str, introduction: str, *parts: str, footer: str) -> str:
    """Wrap HTML parts into a document that refers to no other file.

    Args:
        title: Plain text.
        introduction: HTML of one paragraph.
        *parts: HTML, in order.
        footer: Plain text.
    """
    body = "\n".join(parts)
    return (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width'>"
        f"<title>{html.escape(title)}</title><style>{STYLE}</style>"
        f"<h1>{html.escape(title)}</h1><p>{introduction}</p>"
        f"{body}<footer>{html.escape(footer)}</footer></html>\n"
    )
