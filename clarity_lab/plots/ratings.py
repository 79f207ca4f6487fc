"""Ratings of a listening test: every score, the means and how sure they are."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from clarity_lab.metrics.ratings import rating_summary
from clarity_lab.plots.style import axes_or_new

if TYPE_CHECKING:
    from pandas import DataFrame

WORDS = ["bad", "poor", "fair", "good", "excellent"]

MEAN_STYLE = {"color": "black", "marker": "D", "markersize": 6, "linestyle": "none"}
SCORE_STYLE = {"color": "#0072B2", "marker": "o", "markersize": 5, "linestyle": "none"}


def plot_ratings(results: DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw each score as a ring, each mean as a diamond with its 95 % interval.

    Args:
        results: One row per rated sound, with the columns condition, score and method.
        ax: Where to draw. Default: a new figure.

    Returns:
        The axes; best condition first.

    Raises:
        ValueError: If there are no ratings, or of two methods at once.
    """
    methods = set(results["method"])
    if len(methods) != 1:
        raise ValueError(
            "expected ratings of one method, mushra or acr, got "
            f"{' and '.join(sorted(methods)) or 'none: nothing was rated yet'}."
        )
    ax = axes_or_new(ax, figsize=(7.2, 3.8))
    summary = rating_summary(results)
    _draw_scores(ax, results, list(summary["condition"]))
    half = summary["mean"] - summary["ci_low"]
    ax.errorbar(
        range(len(summary)),
        summary["mean"],
        np.nan_to_num(half),  # a single score has no interval
        capsize=5,
        label="mean, 95 % interval",
        **MEAN_STYLE,
    )
    ax.set_xticks(range(len(summary)), _labels(summary))
    ax.set_xlim(-0.6, len(summary) - 0.4)
    _scale(ax, methods.pop())
    ax.legend(loc="lower left")
    return ax


def _draw_scores(ax: Axes, results: DataFrame, conditions: list[str]) -> None:
    """Rings left of the mean, beside each other where scores are equal."""
    place = {condition: n for n, condition in enumerate(conditions)}
    count = results.groupby(["condition", "score"]).cumcount()
    x = results["condition"].map(place) - 0.12 - 0.06 * (count % 6)
    ax.plot(x, results["score"], fillstyle="none", label="one score", **SCORE_STYLE)


def _labels(summary: DataFrame) -> list[str]:
    """Each name in short lines, and how many scores it got."""
    return [
        f"{textwrap.fill(name, 12)}\n(n = {n})"
        for name, n in zip(summary["condition"], summary["n"], strict=True)
    ]


def _scale(ax: Axes, method: str) -> None:
    """The words of the scale, at the right."""
    if method == "mushra":
        ax.set_ylabel("Score (0 to 100)")
        ax.set_ylim(-3, 103)
        ax.set_yticks(range(0, 101, 20))
        heights = range(10, 100, 20)
    else:
        ax.set_ylabel("Score (1 to 5)")
        ax.set_ylim(0.8, 5.2)
        ax.set_yticks(range(1, 6))
        heights = range(1, 6)
    for height, word in zip(heights, WORDS, strict=True):
        ax.text(
            1.01,
            height,
            word,
            transform=ax.get_yaxis_transform(),
            va="center",
            fontsize="small",
        )
