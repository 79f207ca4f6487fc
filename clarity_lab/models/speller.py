"""What all models that spell have in common, LAS and transformer alike.

Lessons: 21_attention_asr, 22_decoding_and_wer.
"""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor, nn

from clarity_lab.models.ctc import ctc_loss
from clarity_lab.models.speech_features import Batch

END = 0
"""Ends a text, and stands before its first letter."""
SMOOTHING = 0.1
"""Share of the target that goes to all tokens alike."""

State = tuple[Tensor, ...]
"""What a model knows so far: tensors whose first axis is the hypothesis."""


class Speller(Protocol):
    """A model that says how likely each next token is."""

    def step(self, tokens: Tensor, state: State) -> tuple[Tensor, State]:
        """One token on: (batch,) tokens to (batch, tokens) log-probabilities."""


class SpeechSpeller(Speller, Protocol):
    """A speller that listens."""

    def listen(self, features: Tensor, n_frames: Tensor) -> tuple[Tensor, Tensor]:
        """What was heard, (batch, m, size), and which of it counts, (batch, m)."""

    def begin(self, memory: Tensor, counts: Tensor) -> State:
        """The state before the first letter."""

    def ctc_log_probs(self, memory: Tensor) -> Tensor:
        """What each frame may be by itself, (batch, m, tokens)."""

    def spell(
        self, memory: Tensor, counts: Tensor, targets: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Log-probabilities (batch, labels + 1, tokens) and where was looked."""


class HybridSpeller(nn.Module):
    """What LAS and the transformer share: a head for CTC beside the one that spells."""

    ctc: nn.Linear

    def ctc_log_probs(self, memory: Tensor) -> Tensor:
        """What each frame may be by itself, shape (batch, m, tokens)."""
        return self.ctc(memory).float().log_softmax(-1)

    def loss(self, batch: Batch, *, ctc_weight: float = 0.3) -> Tensor:
        """Cross-entropy of the letters, with a share of CTC's loss; nats a label."""
        return spelling_loss(self, batch, ctc_weight=ctc_weight)


def spelling_loss(model: SpeechSpeller, batch: Batch, *, ctc_weight: float) -> Tensor:
    """Cross-entropy of each letter and of the end, with a share of CTC's loss.

    CTC knows that text and sound run in the same direction; attention must learn it,
    and with CTC beside it learns it sooner.

    Args:
        model: Spells.
        batch: What is to be spelled.
        ctc_weight: Share of CTC's loss, from 0 to 1.

    Returns:
        In nats for each label, shape ().

    Reference:
        Watanabe et al., "Hybrid CTC/attention architecture for end-to-end speech
        recognition", IEEE JSTSP 11, 2017, eq. (38).
    """
    memory, counts = model.listen(batch.features, batch.n_frames)
    log_probs, _ = model.spell(memory, counts, batch.targets)
    spelled = letter_loss(log_probs, batch.targets, batch.n_labels)
    if ctc_weight == 0:
        return spelled
    losses = ctc_loss(
        model.ctc_log_probs(memory),
        batch.targets,
        input_lengths=counts.sum(-1),
        target_lengths=batch.n_labels,
        reduction="none",
        zero_infinity=True,
    )
    aligned = losses.sum() / batch.n_labels.sum().clamp_min(1)
    return ctc_weight * aligned + (1 - ctc_weight) * spelled


def letter_loss(
    log_probs: Tensor,
    targets: Tensor,
    n_labels: Tensor,
    *,
    smoothing: float = SMOOTHING,
) -> Tensor:
    """Cross-entropy of texts, the end of each included.

    Args:
        log_probs: Of each next token, shape (batch, labels + 1, tokens).
        targets: Shape (batch, labels).
        n_labels: Labels of each that count, shape (batch,).
        smoothing: Share of the target that goes to all tokens alike.

    Returns:
        The mean over all labels and ends, in nats, shape ().
    """
    wanted = torch.nn.functional.pad(targets, (0, 1), value=END)
    place = torch.arange(wanted.shape[1], device=wanted.device)
    wanted = torch.where(place < n_labels[:, None], wanted, END)
    counts = place <= n_labels[:, None]
    return torch.nn.functional.cross_entropy(
        log_probs[counts], wanted[counts], label_smoothing=smoothing
    )
