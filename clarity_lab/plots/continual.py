"""What a recogniser knows after each language that it has learnt."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from clarity_lab.plots.style import axes_or_new

DARK = 0.55
"""From this error rate on, numbers are written in white."""


def plot_wer_table(
    wers: ArrayLike, *, languages: Sequence[str], ax: Axes | None = None
) -> Axes:
    """Draw error rates as a staircase: down, what was learnt; across, what is asked.

    Down a column one sees a language being forgotten. The number is in each square, in
    percent; what has not been learnt yet stays empty.

    Args:
        wers: Word error rates, shape (languages, languages).
        languages: In the order in which they were learnt.
        ax: Where to draw. Default: a new figure.

    Returns:
        The axes; its picture is `ax.images[0]`, from 0 to 100 percent.

    Raises:
        ValueError: If wers are no square table, or the languages do not fit.
    """
    wers = np.asarray(wers, dtype=float)
    n = len(languages)
    if wers.shape != (n, n):
        raise ValueError(
            f"expected wers of shape ({n}, {n}), a row and a column for each of "
            f"{', '.join(languages)}, got {wers.shape}."
        )
    ax = axes_or_new(ax, figsize=(1.2 + 0.75 * n, 0.8 + 0.6 * n))
    ax.grid(False)
    known = np.tri(n, dtype=bool)
    shown = np.ma.masked_where(~known, 100 * wers)
    ax.imshow(shown, cmap="Oranges", vmin=0, vmax=100, aspect="auto")
    for row, column in zip(*np.nonzero(known), strict=True):
        wer = wers[row, column]
        ink = "white" if wer > DARK else "black"
        ax.text(column, row, f"{100 * wer:.0f}", ha="center", va="center", color=ink)
    ax.set_xticks(range(n), languages)
    ax.set_yticks(range(n), languages)
    ax.set(xlabel="Asked in", ylabel="Learnt last")
    return ax
