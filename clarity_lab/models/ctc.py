"""Connectionist temporal classification: all paths through a lattice, summed.

Lessons: 20_ctc, 22_decoding_and_wer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import inf

import torch
from torch import Tensor

from clarity_lab.checks import require_choice
from clarity_lab.models.ctc_checks import require_ctc_batch

BLANK = 0


def collapse(path: Sequence[int], *, blank: int = BLANK) -> list[int]:
    """The labelling that a path stands for: repeats merged, then blanks dropped.

    Args:
        path: One token a frame.
        blank: The token that means nothing.

    Returns:
        The labels, at most as many as frames.

    Reference:
        Graves et al., "Connectionist Temporal Classification", ICML 2006, section 3.1:
        the map B.

    Example:
        >>> collapse([1, 1, 0, 1, 2, 0])
        [1, 1, 2]
    """
    return [int(token) for token, _ in groupby(path) if token != blank]


def n_frames_needed(target: Sequence[int]) -> int:
    """The fewest frames a labelling fits into: a blank must part equal neighbours.

    Example:
        >>> n_frames_needed([1, 2]), n_frames_needed([1, 1])
        (2, 3)
    """
    return len(target) + sum(a == b for a, b in pairwise(target))


@dataclass(frozen=True)
class Lattice:
    """The sums over all paths of a batch; a state is a label or a blank around one.

    Attributes:
        states: Token of each state, blank, label, blank, ..., shape (batch, 2 L + 1).
        log_alpha: Log-probability of all ways from the start to a state at a frame, the
            frame's own token included, shape (batch, frames, 2 L + 1); eq. (5)-(7).
        log_beta: Of all ways from there to the end, likewise; eq. (9)-(11).
        log_occupancy: Log-probability of having been there, given the labelling, shape
            (batch, frames, 2 L + 1); eq. (14). Minus infinity where it cannot be.
        log_likelihood: Of the labelling, shape (batch,); minus infinity if it needs
            more frames than there are.
    """

    states: Tensor
    log_alpha: Tensor
    log_beta: Tensor
    log_occupancy: Tensor
    log_likelihood: Tensor


def lattice(
    log_probs: Tensor,
    targets: Tensor,
    *,
    input_lengths: Tensor | None = None,
    target_lengths: Tensor | None = None,
    blank: int = BLANK,
) -> Lattice:
    """Run the forward and the backward recursion over a batch, in log space.

    Both are one recursion: backward is forward over sequences that are turned round,
    so they run side by side, as one batch of twice the size. No gradient leads through
    them: `ctc_loss` knows it in one step.

    Args:
        log_probs: Log-probabilities of the tokens, shape (batch, frames, tokens); of
            half precision, they are summed in float32.
        targets: Labels without blanks, shape (batch, L); behind its own length a row
            may hold anything.
        input_lengths: Frames of each that count, shape (batch,). Default: all.
        target_lengths: Labels of each that count, shape (batch,). Default: all.
        blank: The token that means nothing.

    Returns:
        The sums. Entries beyond a sequence's own frames and states mean nothing in
            `log_alpha` and `log_beta`, and are minus infinity in `log_occupancy`.

    Raises:
        TypeError: If log_probs are no floating-point tensor, or targets not integers.
        ValueError: If shapes, lengths or labels do not fit each other, or NaN came.

    Reference:
        Graves et al., "Connectionist Temporal Classification", ICML 2006, section 4.1.
    """
    batch = require_ctc_batch(log_probs, targets, input_lengths, target_lengths, blank)
    log_probs, targets, n_frames, n_labels = batch
    states = _with_blanks(targets, blank)
    n_states = 2 * n_labels + 1
    log_probs = log_probs.detach().to(torch.promote_types(log_probs.dtype, torch.float))
    emissions = log_probs.gather(2, states[:, None].expand(-1, log_probs.shape[1], -1))
    turned = _turn(emissions, n_frames, n_states)
    skips = _may_skip(states, blank), _may_skip(_turn_rows(states, n_states), blank)
    both = _recursion(torch.cat([emissions, turned]), torch.cat(skips).to(emissions))
    log_alpha, log_beta = both[: len(states)], both[len(states) :]
    log_beta = _turn(log_beta, n_frames, n_states)
    log_likelihood = _at_the_end(log_alpha, n_frames, n_states)
    log_occupancy = _occupancy(
        log_alpha, log_beta, emissions, log_likelihood, n_frames, n_states
    )
    return Lattice(states, log_alpha, log_beta, log_occupancy, log_likelihood)


def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    *,
    input_lengths: Tensor | None = None,
    target_lengths: Tensor | None = None,
    blank: int = BLANK,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """Negative log-likelihood of the labellings; lower is better.

    As in torch, the gradient is that of eq. (16), with respect to what goes into the
    softmax: probability minus occupancy. Behind `log_softmax` it is exact. A labelling
    that does not fit into its frames has an infinite loss and gets no gradient (torch:
    NaN), so one such utterance does not spoil the step of the others.

    Args:
        log_probs: As `torch.log_softmax` gives them, shape (batch, frames, tokens).
        targets: Labels without blanks, shape (batch, L).
        input_lengths: Frames of each that count, shape (batch,). Default: all.
        target_lengths: Labels of each that count, shape (batch,). Default: all.
        blank: The token that means nothing.
        reduction: "none"; "sum"; or "mean": each divided by its number of labels, then
            averaged, as torch does.
        zero_infinity: Count an infinite loss as 0.

    Returns:
        The loss in nats, shape () or, with reduction "none", (batch,).

    Raises:
        TypeError: If log_probs are no floating-point tensor, or targets not integers.
        ValueError: If shapes, lengths or labels do not fit each other, or NaN came.

    Reference:
        Graves et al., "Connectionist Temporal Classification", ICML 2006, eq. (12),
        (16).

    Example:
        Two frames, a fair coin between blank and "a": three of four paths say "a".

        >>> coin = torch.full((1, 2, 2), 0.5).log()
        >>> round(float(ctc_loss(coin, torch.tensor([[1]])).exp() ** -1), 6)
        0.75
    """
    require_choice(reduction, name="reduction", choices=("none", "sum", "mean"))
    batch = require_ctc_batch(log_probs, targets, input_lengths, target_lengths, blank)
    losses = _Loss.apply(*batch, blank)
    if zero_infinity:
        losses = torch.where(torch.isinf(losses), 0.0, losses)
    if reduction == "mean":
        return (losses / batch[3].clamp(min=1)).mean()
    return losses.sum() if reduction == "sum" else losses


class _Loss(torch.autograd.Function):
    """The gradient is known once the sums are: no graph over the frames is kept."""

    @staticmethod
    def forward(ctx, log_probs, targets, n_frames, n_labels, blank):
        sums = lattice(
            log_probs,
            targets,
            input_lengths=n_frames,
            target_lengths=n_labels,
            blank=blank,
        )
        if ctx.needs_input_grad[0]:
            occupancy = torch.zeros_like(log_probs, dtype=sums.log_occupancy.dtype)
            places = sums.states[:, None].expand_as(sums.log_occupancy)
            occupancy.scatter_add_(2, places, sums.log_occupancy.exp())
            # Each frame that counts has been somewhere: its occupancy sums to 1.
            counts = occupancy.sum(2, keepdim=True) > 0
            gradient = torch.where(counts, log_probs.exp() - occupancy, 0.0)
            ctx.save_for_backward(gradient.to(log_probs.dtype))
        return -sums.log_likelihood

    @staticmethod
    def backward(ctx, grad):
        (gradient,) = ctx.saved_tensors
        return grad[:, None, None].to(gradient.dtype) * gradient, None, None, None, None


def _with_blanks(targets: Tensor, blank: int) -> Tensor:
    states = targets.new_full((len(targets), 2 * targets.shape[1] + 1), blank)
    states[:, 1::2] = targets
    return states


def _may_skip(states: Tensor, blank: int) -> Tensor:
    """0 where a label may follow the label before without a blank, else -inf."""
    before = torch.nn.functional.pad(states, (2, 0), value=blank)[:, :-2]
    allowed = (states != blank) & (states != before)
    return torch.where(allowed, 0.0, -inf)


def _recursion(emissions: Tensor, skip: Tensor) -> Tensor:
    """Eq. (6): come from the same state, the one before, or the label before that."""
    sums = emissions.transpose(0, 1).clone()
    near, far = torch.empty_like(sums[0]), torch.empty_like(sums[0])
    before = torch.nn.functional.pad(near, (2, 0), value=-inf)  # two never sound
    same, one, two = before[:, 2:], before[:, 1:-1], before[:, :-2]
    sums[0, :, 2:] = -inf
    same.copy_(sums[0])
    for now in sums.unbind()[1:]:  # here still the emission
        torch.logaddexp(same, one, out=near)
        torch.add(two, skip, out=far)
        torch.logaddexp(near, far, out=near)
        same.copy_(now.add_(near))
    return sums.transpose(0, 1)


def _turn_rows(rows: Tensor, lengths: Tensor) -> Tensor:
    """Each row backwards, as far as its own length; what lies behind is anything."""
    places = torch.arange(rows.shape[1], device=rows.device)
    return rows.gather(1, (lengths[:, None] - 1 - places).clamp(min=0))


def _turn(values: Tensor, n_frames: Tensor, n_states: Tensor) -> Tensor:
    """Frames and states backwards, each sequence as far as its own lengths."""
    n, width, height = values.shape
    rows = _turn_rows(torch.arange(width, device=values.device).expand(n, -1), n_frames)
    columns = _turn_rows(
        torch.arange(height, device=values.device).expand(n, -1), n_states
    )
    turned = values[torch.arange(n, device=values.device)[:, None], rows]
    return turned.gather(2, columns[:, None].expand(-1, width, -1))


def _at_the_end(log_alpha: Tensor, n_frames: Tensor, n_states: Tensor) -> Tensor:
    """Eq. (8): the last frame, in the last label or in the blank behind it."""
    last = log_alpha[torch.arange(len(log_alpha)), n_frames - 1]
    ends = (n_states[:, None] - torch.tensor([1, 2], device=last.device)).clamp(min=0)
    ways = last.gather(1, ends)
    ways[:, 1] = torch.where(n_states > 1, ways[:, 1], -inf)
    return ways.logsumexp(1)


def _occupancy(
    log_alpha: Tensor,
    log_beta: Tensor,
    emissions: Tensor,
    log_likelihood: Tensor,
    n_frames: Tensor,
    n_states: Tensor,
) -> Tensor:
    """Eq. (14) over the likelihood; alpha and beta both hold the frame's token."""
    frames = torch.arange(log_alpha.shape[1], device=log_alpha.device)
    places = torch.arange(log_alpha.shape[2], device=log_alpha.device)
    outside = (frames >= n_frames[:, None])[:, :, None]
    outside = outside | (places >= n_states[:, None])[:, None]
    through = (log_alpha + log_beta).sub_(emissions)
    through.sub_(log_likelihood[:, None, None])
    through.nan_to_num_(nan=-inf, neginf=-inf)  # no way leads through: -inf + inf
    return through.masked_fill_(outside, -inf)
