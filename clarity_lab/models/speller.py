"""What all models that spell have in common, LAS and transformer alike.

Lessons: 21_attention_asr, 22_decoding_and_wer.
"""

from __future__ import annotations

from typing import Protocol

import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn

from clarity_lab.models.ctc import ctc_loss
from clarity_lab.models.modes import listening
from clarity_lab.models.speech_features import RATE_HZ, Batch, as_sound, log_mel

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

    @torch.inference_mode()
    def listen_to(
        self, samples: ArrayLike, *, sample_rate: int
    ) -> tuple[Tensor, Tensor]:
        """Encode one recording.

        Args:
            samples: Shape (samples,) or (channels, samples), full scale at 1.0.
            sample_rate: In Hz; resampled to 16 kHz if it is another.

        Returns:
            memory: What was heard, shape (1, m, size).
            counts: Which of it counts: all, shape (1, m).
        """
        device = self.ctc.weight.device
        sound = as_sound(samples, sample_rate=sample_rate).to(device)
        features = log_mel(sound, sample_rate=RATE_HZ)[None]
        n_frames = torch.tensor([features.shape[-1]], device=device)
        with listening(self):
            return self.listen(features, n_frames)

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


@torch.inference_mode()
def spell_greedily(
    model: Speller, memory: Tensor, counts: Tensor, *, most_labels: int | None = None
) -> list[list[int]]:
    """Write down what was heard, each time the likeliest letter, until the end.

    The speller is told its own last letter, right or wrong.

    Args:
        model: In eval mode.
        memory: From `listen`, shape (batch, m, size).
        counts: From `listen`, shape (batch, m).
        most_labels: The longest text. Default: a letter for each of the m.

    Returns:
        The tokens of each text, without the end.
    """
    state = model.begin(memory, counts)
    tokens = torch.full((len(memory),), END, device=memory.device)
    written, ended = [], torch.zeros_like(tokens, dtype=torch.bool)
    for _ in range(most_labels or memory.shape[1]):
        log_probs, state = model.step(tokens, state)
        tokens = log_probs.argmax(-1)
        ended = ended | (tokens == END)
        if ended.all():
            break
        written.append(tokens.masked_fill(ended, END))
    rows = torch.stack(written, -1).tolist() if written else [[]] * len(memory)
    return [[token for token in row if token != END] for row in rows]
