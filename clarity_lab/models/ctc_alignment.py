"""The best path through a CTC lattice: which frames belong to which label.

Lessons: 20_ctc, 22_decoding_and_wer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import torch
from torch import Tensor

from clarity_lab.checks import require_number
from clarity_lab.models.characters import LETTERS
from clarity_lab.models.ctc import BLANK, n_frames_needed
from clarity_lab.models.ctc_checks import require_ctc_batch, require_utterance


@dataclass(frozen=True)
class Span:
    """The frames in which a path says one label.

    Attributes:
        label: The token.
        start: Its first frame.
        stop: The frame behind its last.
    """

    label: int
    start: int
    stop: int


@dataclass(frozen=True)
class Alignment:
    """The best of all paths that collapse to a labelling.

    Attributes:
        path: A token for each frame, shape (frames,).
        states: For each frame its state in the lattice, shape (frames,).
        log_prob: Log-probability of this one path.
        spans: Where each label of the target is said, in its order.
    """

    path: Tensor
    states: Tensor
    log_prob: float
    spans: tuple[Span, ...]


def align(log_probs: Tensor, target: Sequence[int], *, blank: int = BLANK) -> Alignment:
    """Find the most probable path of one utterance that collapses to the target.

    Viterbi's recursion: the forward recursion with the largest instead of the sum.

    Args:
        log_probs: Log-probabilities of the tokens, shape (frames, tokens).
        target: Labels without blanks.
        blank: The token that means nothing.

    Returns:
        The path, its log-probability, and where each label is said.

    Raises:
        TypeError: If log_probs are no floating-point tensor, or labels not integers.
        ValueError: If shapes or labels do not fit, or the target needs more frames, or
            all its paths have a probability of 0.

    Reference:
        Viterbi, "Error bounds for convolutional codes", IEEE Trans. Information Theory
        13, 1967; on the lattice of Graves et al. 2006.

    Example:
        >>> probs = torch.tensor([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]])
        >>> align(probs.log(), [1, 1]).path.tolist()
        [1, 0, 1]
    """
    labels = torch.as_tensor(list(target), dtype=None if len(target) else torch.long)
    require_utterance(log_probs, blank)
    require_ctc_batch(log_probs[None], labels[None], None, None, blank)
    needed = n_frames_needed(labels.tolist())
    if needed > len(log_probs):
        raise ValueError(
            f"expected at least {needed} frames for this target, got {len(log_probs)}: "
            "each label takes one, and equal neighbours a blank between them."
        )
    states = labels.new_full((2 * len(labels) + 1,), blank)
    states[1::2] = labels
    emissions = log_probs.detach()[:, states].cpu().double()
    visited, log_prob = _best_states(emissions, states, blank)
    if log_prob == -inf:
        raise ValueError(
            "expected a target that some path says, got one whose paths all have a "
            "probability of 0: a frame or a label allows none."
        )
    return Alignment(states[visited], visited, log_prob, _spans(visited, labels))


def _best_states(emissions: Tensor, states: Tensor, blank: int) -> tuple[Tensor, float]:
    """Which state each frame is in, along the best way, and what that way is worth."""
    before = torch.nn.functional.pad(states, (2, 0), value=blank)[:-2]
    skip = torch.where((states != blank) & (states != before), 0.0, -inf)
    best = torch.full_like(emissions[0], -inf)
    best[:2] = emissions[0, :2]
    came_from = []
    for emission in emissions[1:]:
        padded = torch.nn.functional.pad(best, (2, 0), value=-inf)
        ways = torch.stack([padded[2:], padded[1:-1], padded[:-2] + skip])
        best, steps = ways.max(0)
        best = best + emission
        came_from.append(steps)
    last = len(states) - 1 - int(len(states) > 1 and best[-2] > best[-1])
    visited = [last]
    for steps in reversed(came_from):
        visited.append(visited[-1] - int(steps[visited[-1]]))
    return torch.tensor(visited[::-1]), float(best[last])


def _spans(visited: Tensor, labels: Tensor) -> tuple[Span, ...]:
    frames = [(visited == 2 * place + 1).nonzero() for place in range(len(labels))]
    return tuple(
        Span(int(label), int(where[0]), int(where[-1]) + 1)
        for label, where in zip(labels, frames, strict=True)
    )


def timed_texts(
    alignment: Alignment, *, frame_s: float, texts: Sequence[str] = LETTERS
) -> list[tuple[str, float, float]]:
    """Say when each label of an alignment is said: what `widgets.play_aligned` takes.

    Args:
        alignment: See `align`.
        frame_s: How long a frame lasts, in s; 0.04 for the recognisers here.
        texts: What label 1 stands for, label 2, ...: letters, or words.

    Returns:
        (text, start_s, stop_s) for each label.

    Raises:
        TypeError: If `frame_s` is no number.
        ValueError: If `frame_s` is not positive, or a label has no text.

    Example:
        >>> path, states = torch.tensor([[0, 2, 2, 0], [0, 1, 1, 2]])
        >>> hello = Alignment(path, states, -1.0, (Span(2, 1, 3),))
        >>> timed_texts(hello, frame_s=0.5, texts=["hi", "hello"])
        [('hello', 0.5, 1.5)]
    """
    frame_s = require_number(frame_s, name="frame_s", unit="s")
    if frame_s <= 0:
        raise ValueError(f"expected frame_s above 0 s, got {frame_s:g}.")
    labels = [span.label for span in alignment.spans]
    unknown = [label for label in labels if not 1 <= label <= len(texts)]
    if unknown:
        raise ValueError(
            f"expected labels from 1 to {len(texts)}, one for each text, got "
            f"{unknown[0]}. Label 0 is the blank, which says nothing."
        )
    return [
        (texts[span.label - 1], span.start * frame_s, span.stop * frame_s)
        for span in alignment.spans
    ]
