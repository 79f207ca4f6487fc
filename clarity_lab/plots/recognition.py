"""How a recogniser sees a sound: what a frame may be, lattices, where it looked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from numpy.typing import ArrayLike, NDArray

from clarity_lab.checks import require_number
from clarity_lab.plots.image import cell_edges
from clarity_lab.plots.style import axes_or_new, time_axis

MOST_ROWS = 16
"""Tokens that are drawn at most: the most probable."""
LARGEST, SMALLEST = 420.0, 40.0
"""Areas of the circles of a small lattice, in points squared."""
PATH_STYLE = {"color": "tab:red", "lw": 2.5, "ls": "-", "alpha": 0.8, "zorder": 1.5}
LEAST_WRITTEN = 0.005
"""Smaller shares are not written into their circles."""


def plot_posteriors(
    log_probs: ArrayLike,
    *,
    letters: Sequence[str],
    frame_s: float,
    start_s: float = 0.0,
    least: float = 0.1,
    blank: str = "-",
    rows: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw what each frame may be: a row for each token that is ever likely.

    Args:
        log_probs: Log-probabilities of the tokens, shape (frames, tokens).
        letters: What is written for each token, the blank among them, (tokens,).
        frame_s: Seconds from one frame to the next.
        start_s: When the first frame is.
        least: Tokens that never reach this probability are left out, from 0 to 1.
        blank: How the blank is written; it stands below.
        rows: The letters to draw, from above, to compare two pictures. Default: those
            that are likely, in the order of their time.
        ax: Where to draw. Default: a new figure.

    Returns:
        The axes; its figure has a colour bar.

    Raises:
        ValueError: If log_probs are no (frames, tokens) table of logarithms of
            probabilities, or letters or rows do not fit.
    """
    probs = _require_probs(log_probs, letters)
    frame_s = require_number(frame_s, name="frame_s", unit="s")
    names = _likely(probs, letters, least, blank) if rows is None else list(rows)
    if unknown := [name for name in names if name not in letters]:
        raise ValueError(f"expected rows among the letters, got {unknown}.")
    places = [list(letters).index(name) for name in names]
    ax = axes_or_new(ax, figsize=(9, 0.6 + 0.25 * len(places)))
    ax.grid(False)
    edges_s = start_s + cell_edges(len(probs), step=frame_s)
    image = ax.imshow(
        probs[:, places].T,
        origin="upper",
        aspect="auto",
        interpolation="nearest",
        extent=(*edges_s[[0, -1]], len(places) - 0.5, -0.5),
        vmin=0,
        vmax=1,
    )
    ax.figure.colorbar(image, ax=ax, label="Probability", pad=0.02)
    ax.set_yticks(range(len(names)), names)
    ax.set_ylabel("Token")
    time_axis(ax)
    ax.set_xlim(*edges_s[[0, -1]])
    return ax


def _likely(
    probs: NDArray, letters: Sequence[str], least: float, blank: str
) -> list[str]:
    """The letters that are likely somewhere, in the order of their time, then blank."""
    peaks = probs.max(0)
    likely = np.argsort(-peaks, kind="stable")[:MOST_ROWS]
    likely = [row for row in likely if peaks[row] >= min(least, peaks.max())]
    likely.sort(key=lambda row: (letters[row] == blank, int(probs[:, row].argmax())))
    return [letters[row] for row in likely]


def plot_attention(
    weights: ArrayLike,
    *,
    letters: Sequence[str],
    frame_s: float,
    ax: Axes | None = None,
) -> Axes:
    """Draw where a speller looked for each letter: a row a letter, from above.

    Args:
        weights: From 0 to 1, shape (letters, frames).
        letters: What was written in each step, (letters,).
        frame_s: Seconds from one frame to the next.
        ax: Where to draw. Default: a new figure.

    Returns:
        The axes; white is 0, black the largest weight of the row.

    Raises:
        ValueError: If the weights are none, or not as many rows as letters.
    """
    weights = np.asarray(weights, dtype=float)
    if weights.ndim != 2 or len(weights) != len(letters) or not weights.size:
        raise ValueError(
            f"expected weights of shape ({len(letters)}, frames), one row for each "
            f"letter, got {weights.shape}."
        )
    if not (weights >= 0).all():
        raise ValueError("expected weights of 0 or more, got a negative one or NaN.")
    frame_s = require_number(frame_s, name="frame_s", unit="s")
    ax = axes_or_new(ax, figsize=(9, 0.8 + 0.12 * len(letters)))
    ax.grid(False)
    edges_s = cell_edges(weights.shape[1], step=frame_s)
    ax.imshow(
        weights / weights.max(-1, keepdims=True).clip(1e-12),
        cmap="Greys",
        vmin=0,
        vmax=1,
        aspect="auto",
        interpolation="nearest",
        extent=(*edges_s[[0, -1]], len(letters) - 0.5, -0.5),
    )
    ax.set_yticks(range(len(letters)), letters, fontsize="small")
    ax.set_ylabel("Written")
    time_axis(ax)
    ax.set_xlim(*edges_s[[0, -1]])
    return ax


def _require_probs(log_probs: ArrayLike, letters: Sequence[str]) -> NDArray:
    log_probs = np.asarray(log_probs, dtype=float)
    if log_probs.ndim != 2 or not log_probs.size:
        raise ValueError(
            f"expected log_probs of shape (frames, tokens), got {log_probs.shape}."
        )
    if log_probs.shape[1] != len(letters):
        raise ValueError(
            f"expected a letter for each of {log_probs.shape[1]} tokens, got "
            f"{len(letters)}."
        )
    if np.isnan(log_probs).any() or log_probs.max() > 1e-3:
        raise ValueError(
            "expected logarithms of probabilities, 0 or below, got values above 0 or "
            "NaN. Try log_softmax(-1)."
        )
    return np.exp(log_probs)


def plot_lattice(
    shares: ArrayLike,
    *,
    states: Sequence[str],
    blank: str = "-",
    n_frames: int | None = None,
    path: Sequence[int] | None = None,
    label: str = "Share of the frame",
    ax: Axes | None = None,
) -> Axes:
    """Draw a CTC lattice: a row for each state, a column for each frame.

    Grey lines are steps that a path may take: stay, go on, or skip a blank between
    different letters. The larger and darker a circle, the larger its share.

    Args:
        shares: Of each state in each frame, from 0 to 1, shape (frames, states).
        states: What each state says: blank, letter, blank, ..., (states,).
        blank: How the blank is written.
        n_frames: Only so many frames are filled, and the steps into the last of them
            stand out. Default: all.
        path: A state for each frame, drawn as a line.
        label: What the colour is.
        ax: Where to draw. Default: a new figure.

    Returns:
        The axes; its figure has a colour bar.

    Raises:
        ValueError: If the shares are no (frames, states) table of numbers from 0 to 1,
            or states or path do not fit.

    Reference:
        Graves et al., "Connectionist Temporal Classification", ICML 2006, figure 3.
    """
    shares = _require_shares(shares, states)
    total, n_states = shares.shape
    if path is not None:
        _require_path(path, total, n_states)
    n_frames = total if n_frames is None else int(n_frames)
    ax = axes_or_new(ax, figsize=(2 + 0.55 * total, 1.2 + 0.4 * n_states))
    ax.grid(False)
    _draw_steps(ax, steps_of(states, blank=blank), total, n_frames)
    image = _draw_circles(ax, shares, n_frames)
    if path is not None:
        ax.plot(range(len(path)), path, **PATH_STYLE)
    ax.set_yticks(range(n_states), states)
    ax.set(xlabel="Frame", ylabel="State", xlim=(-0.7, total - 0.3))
    ax.set_xticks(range(total), range(1, total + 1))
    ax.set_ylim(n_states - 0.4, -0.6)  # read from above
    ax.figure.colorbar(image, ax=ax, label=label, pad=0.02)
    return ax


def steps_of(states: Sequence[str], *, blank: str = "-") -> list[tuple[int, int]]:
    """All steps from one frame to the next, as (state before, state after).

    Example:
        >>> steps_of(["-", "a", "-"])
        [(0, 0), (0, 1), (1, 1), (1, 2), (2, 2)]
    """
    steps = []
    for after, state in enumerate(states):
        skips = after > 1 and state not in (blank, states[after - 2])
        befores = ([after - 2] if skips else []) + ([after - 1] if after else [])
        steps += [(before, after) for before in [*befores, after]]
    return steps


def _draw_steps(
    ax: Axes, steps: list[tuple[int, int]], total: int, n_frames: int
) -> None:
    for frame in range(1, total):
        now = frame == n_frames - 1 and n_frames < total
        look = {"color": "tab:orange", "lw": 2} if now else {"color": "0.8", "lw": 1}
        for before, after in steps:
            ax.plot([frame - 1, frame], [before, after], ls="-", zorder=1, **look)


def _draw_circles(ax: Axes, shares: NDArray, n_frames: int) -> ScalarMappable:
    """A circle for each state and frame; in a small lattice with its percentage."""
    frames, states = np.indices(shares.shape).reshape(2, -1)
    shown = np.where(frames < n_frames, shares.ravel(), 0.0)
    room = min(1.0, 120 / shares.size)
    area = (SMALLEST + (LARGEST - SMALLEST) * np.sqrt(shown)) * max(room, 0.08)
    circles = ax.scatter(
        frames,
        states,
        s=area,
        c=shown,
        cmap="Blues",
        vmin=0,
        vmax=1,
        edgecolors="0.4",
        zorder=2,
    )
    if room == 1:
        for x, y, share in zip(frames, states, shown, strict=True):
            if share >= LEAST_WRITTEN:
                words = {"ha": "center", "va": "center", "fontsize": 7, "zorder": 3}
                ink = "white" if share > 0.6 else "black"
                ax.text(x, y, f"{100 * share:.0f}", color=ink, **words)
    return circles


def _require_path(path: Sequence[int], total: int, n_states: int) -> None:
    if len(path) != total or not all(0 <= state < n_states for state in path):
        raise ValueError(
            f"expected a path of {total} states, one a frame, from 0 to "
            f"{n_states - 1}, got {list(path)}. Try align(...).states."
        )


def _require_shares(shares: ArrayLike, states: Sequence[str]) -> NDArray:
    shares = np.asarray(shares, dtype=float)
    if shares.ndim != 2 or not shares.size or shares.shape[1] != len(states):
        raise ValueError(
            f"expected shares of shape (frames, {len(states)}), one column for each "
            f"state, got {shares.shape}."
        )
    if not ((shares >= 0) & (shares <= 1 + 1e-6)).all():
        raise ValueError("expected shares from 0 to 1, got others or NaN.")
    return shares.clip(0, 1)
