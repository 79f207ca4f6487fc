"""The beam of a CTC search: labellings as a tree, their sums as arrays.

Lessons: 20_ctc, 22_decoding_and_wer.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from math import inf
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from clarity_lab.models.ctc_checks import require_utterance


class Scorer(Protocol):
    """What else is known of texts: a language model, a list of words, or both."""

    def start(self) -> Hashable:
        """The state before anything was said."""

    def scores(self, state: Hashable) -> NDArray:
        """What each next token adds, shape (tokens,); minus infinity forbids it."""

    def after(self, state: Hashable, token: int) -> Hashable:
        """The state after one more token."""

    def end(self, state: Hashable) -> float:
        """What ending here adds."""


@dataclass(frozen=True)
class Hypothesis:
    """A labelling that a search found.

    Attributes:
        tokens: Its labels.
        log_ctc: Log-probability of the paths that were kept and collapse to it.
        score: That, plus what a scorer added; the search ranks by it. Minus infinity if
            the scorer forbids to end here, and a wider beam may find better.
    """

    tokens: tuple[int, ...]
    log_ctc: float
    score: float


class _Prefix:
    """A labelling as a node of a tree; each labelling is there once."""

    __slots__ = ("children", "parent", "state", "token")

    def __init__(self, parent: _Prefix | None, token: int, state: Hashable) -> None:
        self.parent, self.token, self.state = parent, token, state
        self.children: dict[int, _Prefix] = {}

    def child(self, token: int, scorer: Scorer) -> _Prefix:
        if token not in self.children:
            state = scorer.after(self.state, token)
            self.children[token] = _Prefix(self, token, state)
        return self.children[token]

    def tokens(self) -> tuple[int, ...]:
        node, reverse = self, []
        while node.parent is not None:
            reverse.append(node.token)
            node = node.parent
        return tuple(reverse[::-1])


class _Nothing:
    """The scorer that knows nothing."""

    def __init__(self, n_tokens: int) -> None:
        self._zeros = np.zeros(n_tokens)

    def start(self) -> Hashable:
        return ()

    def scores(self, state: Hashable) -> NDArray:
        return self._zeros

    def after(self, state: Hashable, token: int) -> Hashable:
        return ()

    def end(self, state: Hashable) -> float:
        return 0.0


@dataclass
class _Beam:
    """Labellings that are kept, with the log-sum of their paths by how they end."""

    prefixes: list[_Prefix]
    log_blank: NDArray
    log_label: NDArray
    bonus: NDArray  # what the scorer added so far

    @property
    def last(self) -> NDArray:
        return np.array([one.token for one in self.prefixes])


def search(
    log_probs: Tensor,
    *,
    beam_size: int,
    n_best: int,
    scorer: Scorer | None,
    blank: int,
    least_log_prob: float,
    apart: bool,
) -> list[Hypothesis]:
    """Run the search over all frames.

    Args:
        log_probs: Log-probabilities of one utterance's tokens, (frames, tokens).
        beam_size: How many labellings are kept.
        n_best: How many to return at most.
        scorer: Knows more of texts, or None.
        blank: The token that means nothing.
        least_log_prob: Tokens below extend nothing, unless they are a frame's best.
        apart: Rank the paths behind a blank and those behind a label apart.

    Returns:
        The best that are left, best first.
    """
    require_utterance(log_probs, blank)
    require_beam(beam_size, n_best)
    frames = log_probs.detach().cpu().double().numpy()
    scorer = scorer or _Nothing(frames.shape[1])
    root = _Prefix(None, blank, scorer.start())
    _require_same_tokens(scorer.scores(root.state), frames)
    beam = _Beam([root], np.zeros(1), np.full(1, -inf), np.zeros(1))
    for frame in frames:
        if not beam.prefixes:
            break
        tokens = np.flatnonzero((frame > least_log_prob) | (frame == frame.max()))
        step = _step(beam, frame, tokens[tokens != blank], blank, scorer)
        beam = _kept(beam, step, _best_of(step, beam_size, apart), scorer)
    return _ended(beam, scorer)[:n_best]


def require_beam(beam_size: int, n_best: int) -> None:
    """Raise unless a search is to keep something, and to return something.

    Raises:
        ValueError: If a number is below 1.
    """
    for name, number in (("beam_size", beam_size), ("n_best", n_best)):
        if number < 1:
            raise ValueError(f"expected {name} of 1 or more, got {number}.")


def _require_same_tokens(scores: NDArray, frames: NDArray) -> None:
    if len(scores) != frames.shape[1]:
        raise ValueError(
            f"expected a scorer of the {frames.shape[1]} tokens of log_probs, got one "
            f"of {len(scores)} tokens. Was it made for another recogniser?"
        )


@dataclass
class _Step:
    """What may come of a beam: ways to stay, (B,), and to grow, (B, tokens)."""

    tokens: NDArray
    log_blank: NDArray
    log_label: NDArray
    bonus: NDArray
    log_grown: NDArray
    bonus_grown: NDArray


def _step(
    beam: _Beam, frame: NDArray, tokens: NDArray, blank: int, scorer: Scorer
) -> _Step:
    """A blank, the last label once more, or a new label behind each labelling."""
    last, total = beam.last, np.logaddexp(beam.log_blank, beam.log_label)
    log_blank, log_label = total + frame[blank], beam.log_label + frame[last]
    again = last[:, None] == tokens  # it is a new one only behind a blank
    log_grown = np.where(again, beam.log_blank[:, None], total[:, None]) + frame[tokens]
    _merge(beam.prefixes, log_label, log_grown, tokens)
    scores = np.stack([scorer.scores(one.state)[tokens] for one in beam.prefixes])
    bonus_grown = beam.bonus[:, None] + scores
    return _Step(tokens, log_blank, log_label, beam.bonus, log_grown, bonus_grown)


def _merge(
    prefixes: list[_Prefix], log_label: NDArray, log_grown: NDArray, tokens: NDArray
) -> None:
    """A labelling that is there already is not made a second time: its paths join."""
    numbers = {id(one): number for number, one in enumerate(prefixes)}
    columns = {int(token): column for column, token in enumerate(tokens)}
    for number, one in enumerate(prefixes):
        parent, column = numbers.get(id(one.parent)), columns.get(one.token)
        if parent is not None and column is not None:
            joined = np.logaddexp(log_label[number], log_grown[parent, column])
            log_label[number], log_grown[parent, column] = joined, -inf


def _best_of(step: _Step, beam_size: int, apart: bool) -> list[NDArray]:
    """Which to keep: of those behind a blank, behind a label, and of the grown ones."""
    stay = [step.log_blank, step.log_label]
    if not apart:
        stay = [np.logaddexp(*stay)]
    keys = [*(log + step.bonus for log in stay), step.log_grown + step.bonus_grown]
    flat = np.concatenate([key.ravel() for key in keys])
    kept = flat > -inf
    if np.count_nonzero(kept) > beam_size:
        best = np.argpartition(-flat, beam_size - 1)[:beam_size]
        kept[:] = False
        kept[best] = flat[best] > -inf
    n = len(step.bonus)
    *stays, grown = np.split(kept, [n * number for number in range(1, len(keys))])
    return [stays[0], stays[-1], grown.reshape(step.log_grown.shape)]


def _kept(beam: _Beam, step: _Step, which: list[NDArray], scorer: Scorer) -> _Beam:
    with_blank, with_label, grown = which
    stay = np.flatnonzero(with_blank | with_label)
    parents, columns = np.nonzero(grown)
    children = [
        beam.prefixes[parent].child(int(step.tokens[column]), scorer)
        for parent, column in zip(parents, columns, strict=True)
    ]
    log_blank = np.where(with_blank, step.log_blank, -inf)[stay]
    log_label = np.where(with_label, step.log_label, -inf)[stay]
    return _Beam(
        [*(beam.prefixes[number] for number in stay), *children],
        np.concatenate([log_blank, np.full(len(children), -inf)]),
        np.concatenate([log_label, step.log_grown[grown]]),
        np.concatenate([step.bonus[stay], step.bonus_grown[grown]]),
    )


def _ended(beam: _Beam, scorer: Scorer) -> list[Hypothesis]:
    """All that are left, best first; the scorer has the last word."""
    log_ctc = np.logaddexp(beam.log_blank, beam.log_label)
    found = [
        Hypothesis(one.tokens(), float(log), float(log + bonus + scorer.end(one.state)))
        for one, log, bonus in zip(beam.prefixes, log_ctc, beam.bonus, strict=True)
    ]
    return sorted(found, key=lambda one: -one.score)
