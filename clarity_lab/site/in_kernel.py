"""What runs in a lesson's kernel: figures get words for readers who do not see them."""

from __future__ import annotations

from typing import Any

from IPython import get_ipython


def describe_figures() -> None:
    """Let every matplotlib figure that is shown from here on say what it shows."""
    formatter = get_ipython().display_formatter
    plain = formatter.format

    def described(shown: Any, **which: Any) -> tuple[dict, dict]:
        data, about = plain(shown, **which)
        if "image/png" in data and hasattr(shown, "get_axes"):
            about.setdefault("image/png", {}).setdefault("alt", in_words(shown))
        return data, about

    formatter.format = described


def in_words(figure: Any) -> str:
    """Titles, axes and legends of a figure as sentences.

    Args:
        figure: A matplotlib figure.

    Example:
        >>> import matplotlib.figure
        >>> figure = matplotlib.figure.Figure()
        >>> ax = figure.add_subplot(title="A tone", xlabel="Time (s)", ylabel="x")
        >>> in_words(figure)
        'Plot: A tone; x over Time (s).'
    """
    heading = figure.get_suptitle() if hasattr(figure, "get_suptitle") else ""
    said = [part for part in [heading, *map(_axes_in_words, figure.get_axes())] if part]
    said = said or ["without words"]
    return " ".join(f"{part}." for part in [f"Plot: {said[0]}", *said[1:]])


def _axes_in_words(ax: Any) -> str:
    titles = [ax.get_title(loc) for loc in ("left", "center", "right")]
    across, up = ax.get_xlabel(), ax.get_ylabel()
    axes = f"{up} over {across}" if up and across else up or across
    legend = ax.get_legend()
    lines = [text.get_text() for text in legend.get_texts()] if legend else []
    parts = [title for title in titles if title] + [axes] * bool(axes)
    parts += [", ".join(lines)] * bool(lines)
    return "; ".join(" ".join(part.split()) for part in parts)
