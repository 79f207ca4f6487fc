"""What CTC must be given, and words for what it was given instead."""

from __future__ import annotations

import torch
from torch import Tensor

CtcBatch = tuple[Tensor, Tensor, Tensor, Tensor]


def require_ctc_batch(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Tensor | None,
    target_lengths: Tensor | None,
    blank: int,
) -> CtcBatch:
    """Check a batch, and fill in the lengths that were not given.

    Args:
        log_probs: Shape (batch, frames, tokens).
        targets: Shape (batch, L).
        input_lengths: Shape (batch,), or None for all frames.
        target_lengths: Shape (batch,), or None for all labels.
        blank: The token that means nothing.

    Returns:
        log_probs, targets with padding replaced by a harmless label, and both lengths,
            all on the device of log_probs.

    Raises:
        TypeError: If log_probs are no floating-point tensor, or targets not integers.
        ValueError: If shapes, lengths or labels do not fit each other, or NaN came.
    """
    _require_log_probs(log_probs)
    n, n_frames, n_tokens = log_probs.shape
    if not 0 <= blank < n_tokens:
        raise ValueError(f"expected blank from 0 to {n_tokens - 1}, got {blank}.")
    targets = _as_integers(targets, name="targets").to(log_probs.device)
    if targets.ndim != 2 or len(targets) != n:
        raise ValueError(
            f"expected targets of shape ({n}, labels), one row for each of log_probs, "
            f"got {tuple(targets.shape)}. Pad shorter ones and give target_lengths."
        )
    lengths = (
        _lengths(input_lengths, n, 1, n_frames, name="input_lengths"),
        _lengths(target_lengths, n, 0, targets.shape[1], name="target_lengths"),
    )
    n_inputs, n_labels = (one.to(log_probs.device) for one in lengths)
    counts = torch.arange(targets.shape[1], device=targets.device) < n_labels[:, None]
    _require_labels(targets[counts], n_tokens, blank)
    return log_probs, torch.where(counts, targets, blank), n_inputs, n_labels


def require_utterance(log_probs: Tensor, blank: int) -> None:
    """Check the log-probabilities of one utterance.

    Args:
        log_probs: Shape (frames, tokens).
        blank: The token that means nothing.

    Raises:
        TypeError: If log_probs are no floating-point tensor.
        ValueError: If their shape is another, or a value is above 0 or NaN.
    """
    if isinstance(log_probs, Tensor) and log_probs.ndim != 2:
        raise ValueError(
            "expected log_probs of one utterance, shape (frames, tokens), got "
            f"{tuple(log_probs.shape)}. Try log_probs[0, :n_frames]."
        )
    nothing = torch.zeros(1, 0, dtype=torch.long)
    require_ctc_batch(log_probs[None], nothing, None, None, blank)


def _require_log_probs(log_probs: Tensor) -> None:
    if not isinstance(log_probs, Tensor) or not log_probs.is_floating_point():
        is_tensor = isinstance(log_probs, Tensor)
        kind = log_probs.dtype if is_tensor else type(log_probs).__name__
        remedy = "logits.log_softmax(-1)" if is_tensor else "torch.as_tensor(log_probs)"
        raise TypeError(
            f"expected log_probs as a floating-point tensor, got {kind}. Try {remedy}."
        )
    if log_probs.ndim != 3 or 0 in log_probs.shape:
        raise ValueError(
            "expected log_probs of shape (batch, frames, tokens), none of them 0, got "
            f"{tuple(log_probs.shape)}. torch's own loss has frames first: "
            "try log_probs.transpose(0, 1)."
        )
    highest = log_probs.detach().amax()
    if not highest <= 1e-3:  # also of NaN
        raise ValueError(
            "expected log_probs as logarithms of probabilities, none above 0, got "
            f"{float(highest):.3g}. Try logits.log_softmax(-1)."
        )


def _as_integers(values: Tensor, *, name: str) -> Tensor:
    values = torch.as_tensor(values)
    wrong = values.is_floating_point() or values.dtype == torch.bool
    if wrong and values.numel():
        raise TypeError(f"expected {name} as integers, got {values.dtype}.")
    return values.long()


def _lengths(
    given: Tensor | None, n: int, least: int, most: int, *, name: str
) -> Tensor:
    if given is None:
        return torch.full((n,), most)
    lengths = _as_integers(given, name=name)
    if lengths.shape != (n,):
        raise ValueError(
            f"expected {name} of shape ({n},), got {tuple(lengths.shape)}."
        )
    if not bool(((least <= lengths) & (lengths <= most)).all()):
        raise ValueError(
            f"expected {name} from {least} to {most}, got {lengths.tolist()}."
        )
    return lengths


def _require_labels(labels: Tensor, n_tokens: int, blank: int) -> None:
    wrong = labels[(labels < 0) | (labels >= n_tokens) | (labels == blank)]
    if len(wrong):
        raise ValueError(
            f"expected labels from 0 to {n_tokens - 1}, none of them the blank "
            f"{blank}, got {int(wrong[0])}. The recursion puts in the blanks itself."
        )
