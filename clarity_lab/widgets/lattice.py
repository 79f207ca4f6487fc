"""Step through a CTC lattice: what flows from frame to frame, and where it ends."""

from __future__ import annotations

import html

import ipywidgets
import numpy as np
import torch
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from clarity_lab.models.ctc import BLANK, Lattice, lattice, n_frames_needed
from clarity_lab.models.ctc_alignment import align
from clarity_lab.models.ctc_checks import require_utterance
from clarity_lab.plots import figure_html, plot_lattice
from clarity_lab.plots.recognition import steps_of
from clarity_lab.widgets.controls import DESCRIPTION_EM, choice, slider, switch
from clarity_lab.widgets.explorer import Explorer

FORWARD, BACKWARD, BOTH = "forward", "backward", "both"
MOST_FRAMES, MOST_LETTERS = 24, 10


def explore_lattice(log_probs: ArrayLike, *, letters: str, text: str) -> Explorer:
    """Type a text and move the frame: see how CTC sums all paths that say it.

    Args:
        log_probs: Log-probabilities of the tokens, shape (frames, tokens), 2 to 24
            frames.
        letters: A character for each token; the first is the blank.
        text: At first.

    Returns:
        The widget; `.controls` holds `text`, `shown` ("forward": all ways from the
            start, "backward": all ways to the end, "both": how likely a path that says
            the text is there), `frame` and `best_path`, `.view` the lattice, and below
            it the sums of this frame one by one.

    Raises:
        TypeError: If log_probs are no floating-point numbers.
        ValueError: If shapes, letters or text do not fit.
    """
    log_probs = torch.as_tensor(log_probs).detach().clone()
    require_utterance(log_probs, BLANK)
    total = len(log_probs)
    if not 2 <= total <= MOST_FRAMES:
        raise ValueError(
            f"expected 2 to {MOST_FRAMES} frames, got {total}: more cannot be read. "
            "Take one word: log_probs[start:stop]."
        )
    if not len(letters) == len(set(letters)) == log_probs.shape[1]:
        raise ValueError(
            f"expected {log_probs.shape[1]} different letters, one for each token, "
            f"got {letters!r}."
        )
    tokens_of(text, letters)

    def show(text: str, shown: str, frame: float, best_path: bool) -> str:
        labels = tokens_of(text, letters)
        needed = n_frames_needed(labels)
        if needed > total:
            return (
                f"<p>“{html.escape(text)}” needs {needed} frames, there are {total}: "
                "no path says it. One frame a letter, and a blank between equal ones."
                "</p>"
            )
        sums = lattice(log_probs[None], torch.tensor([labels], dtype=torch.long))
        if not sums.log_likelihood.isfinite():
            return (
                f"<p>P(“{html.escape(text)}”) = 0: each path that says it needs a "
                "token where its probability is 0.</p>"
            )
        path = align(log_probs, labels).states.tolist() if best_path else None
        return _page(sums, log_probs, letters, text, shown, int(frame), path)

    controls = {
        "text": ipywidgets.Text(
            text,
            description="Text",
            continuous_update=False,
            style={"description_width": f"{DESCRIPTION_EM}em"},
        ),
        "shown": choice("Shown", (FORWARD, BACKWARD, BOTH)),
        "frame": slider("Frame", total, low=1, high=total, step=1),
        "best_path": switch("Best path", value=False),
    }
    return Explorer(show, controls)


def tokens_of(text: str, letters: str) -> list[int]:
    """A text as tokens.

    Raises:
        ValueError: If it has another character, the blank, or too many.

    Example:
        >>> tokens_of("aba", "-ab")
        [1, 2, 1]
    """
    unknown = sorted(set(text) - set(letters[1:]))
    if unknown or len(text) > MOST_LETTERS:
        raise ValueError(
            f"expected at most {MOST_LETTERS} of the letters {letters[1:]!r}, "
            f"got {text!r}."
        )
    return [letters.index(letter) for letter in text]


def _page(
    sums: Lattice,
    log_probs: torch.Tensor,
    letters: str,
    text: str,
    shown: str,
    frame: int,
    path: list[int] | None,
) -> str:
    """The picture, what it comes to, and the sums of one frame."""
    states = [letters[token] for token in sums.states[0].tolist()]
    total = len(log_probs)
    values, until, label = {
        FORWARD: (sums.log_alpha[0].softmax(-1), frame, "Share of all ways to here"),
        BACKWARD: (sums.log_beta[0].softmax(-1), total, "Share of all ways from here"),
        BOTH: (sums.log_occupancy[0].exp(), total, "Share of all paths of the text"),
    }[shown]
    figure = Figure(figsize=(2 + 0.5 * total, 1.2 + 0.36 * len(states)))
    ax = figure.subplots()
    plot_lattice(
        values.numpy(),
        states=["␣" if one == " " else one for one in states],
        blank=letters[BLANK],
        n_frames=until,
        path=path,
        label=label,
        ax=ax,
    )
    probability = float(sums.log_likelihood[0].exp())
    words = f"P(“{text}”) = {probability:.3g}, the sum of all paths through the lattice"
    picture = figure_html(figure, alt=f"Lattice, {shown}, up to frame {frame}. {words}")
    table = ""
    if shown == FORWARD:
        alpha, probs = sums.log_alpha[0].exp().numpy(), log_probs.exp().numpy()
        table = _sums_html(
            alpha, probs[:, sums.states[0].numpy()], states, frame, letters
        )
    return f"{picture}<p>{html.escape(words)}.</p>{table}"


def _sums_html(
    alpha: NDArray, emissions: NDArray, states: list[str], frame: int, letters: str
) -> str:
    """How each forward variable of a frame comes about, as a table."""
    before = np.zeros(len(states))
    if frame == 1:
        before[:2], words = 1, "a path starts in one of the first two states"
    else:
        words = f"what has come to frame {frame - 1}, along each step"
        for start, end in steps_of(states, blank=letters[BLANK]):
            before[end] += alpha[frame - 2, start]
    rows = [
        f"<tr><th>{html.escape(state)}</th><td>{come:.3g}</td><td>{own:.3g}</td>"
        f"<td>{value:.3g}</td></tr>"
        for state, come, own, value in zip(
            states, before, emissions[frame - 1], alpha[frame - 1], strict=True
        )
        if value > 0
    ]
    return (
        f"<table><caption>Frame {frame}: {words}</caption><thead><tr><th>State</th>"
        "<th>Comes here</th><th>× says it</th><th>= forward</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )
