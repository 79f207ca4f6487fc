"""The one style, and a figure as HTML."""

from __future__ import annotations

import base64
import html
import io
from importlib.resources import as_file, files

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure


def use_style() -> None:
    """Draw every figure from here on in the style of the course."""
    with as_file(files("clarity_lab") / "style.mplstyle") as path:
        plt.style.use(path)


def figure_tag(figure: Figure, *, alt: str) -> str:
    """Write a figure as an HTML image that holds its own data, and close it.

    Args:
        figure: What to show.
        alt: What it shows, in words, for those who do not see it.

    Returns:
        HTML that any page can hold; PNG in a data URI.

    Raises:
        ValueError: If `alt` is empty.
    """
    if not alt.strip():
        raise ValueError("expected alt to say what the figure shows, got nothing.")
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=figure.dpi)
    plt.close(figure)
    data = base64.b64encode(png.getvalue()).decode()
    return (
        f'<img alt="{html.escape(alt)}" style="max-width: 100%" '
        f'src="data:image/png;base64,{data}">'
    )


def axes_or_new(ax: Axes | None, **figure_options) -> Axes:
    """The given axes, or those of a new figure."""
    return plt.subplots(**figure_options)[1] if ax is None else ax
