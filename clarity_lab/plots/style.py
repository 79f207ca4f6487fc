"""The one style, and a figure as HTML."""

from __future__ import annotations

import base64
import html
import io
from importlib.resources import as_file, files

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

INCHES_PER_TICK = 0.7
"""Room for a number such as 0.0025 and a gap."""


def use_style() -> None:
    """Draw every figure from here on in the style of the course."""
    with as_file(files("clarity_lab") / "style.mplstyle") as path:
        plt.style.use(path)


def figure_html(figure: Figure, *, alt: str) -> str:
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
    if figure.get_layout_engine() is None:  # without our style labels are cut off
        figure.set_layout_engine("tight")  # the other one trips over colour bars
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=figure.dpi)
    if figure.canvas.manager is not None:  # it is one of pyplot's, which keeps them
        plt.close(figure)
    data = base64.b64encode(png.getvalue()).decode()
    return (
        f'<img alt="{html.escape(alt)}" style="max-width: 100%" '
        f'src="data:image/png;base64,{data}">'
    )


def side_by_side(figsize: tuple[float, float], **options) -> tuple[Figure, NDArray]:
    """Two pictures in a row, on a figure that pyplot does not know.

    A thread can draw on it while a cell of the notebook draws with pyplot.

    Args:
        figsize: Width and height in inches.
        options: For `Figure.subplots`.

    Returns:
        The figure and its two axes.

    Example:
        >>> figure, (left, right) = side_by_side((8, 3))
        >>> left.figure is right.figure is figure
        True
    """
    figure = Figure(figsize=figsize)
    return figure, figure.subplots(1, 2, **options)


def axes_or_new(ax: Axes | None, **figure_options) -> Axes:
    """The given axes, or those of a new figure."""
    return plt.subplots(**figure_options)[1] if ax is None else ax


def time_axis(ax: Axes, duration_s: float | None = None) -> None:
    """Seconds across, with no more numbers than have room side by side."""
    ax.xaxis.set_major_locator(_RoomyLocator(steps=[1, 2, 5, 10]))
    ax.set_xlabel("Time (s)")
    if duration_s is not None:
        ax.set_xlim(0, duration_s)


class _RoomyLocator(MaxNLocator):
    """Ticks at round numbers, as many as the axis has room for when it is drawn."""

    def __call__(self) -> list[float]:
        inches = self.axis.axes.get_window_extent().width / self.axis.figure.dpi
        self.set_params(nbins=min(8, max(1, int(inches / INCHES_PER_TICK))))
        return super().__call__()
