"""A recogniser that says a letter or nothing in each frame.

Lessons: 20_ctc, 22_decoding_and_wer, 23_recognition_in_real_life.
"""

from __future__ import annotations

import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn

from clarity_lab.models.characters import N_TOKENS, decode_tokens
from clarity_lab.models.conv_encoder import ConvEncoder
from clarity_lab.models.ctc import ctc_loss
from clarity_lab.models.ctc_beam import Scorer
from clarity_lab.models.ctc_search import greedy_search, prefix_beam_search
from clarity_lab.models.modes import listening
from clarity_lab.models.speech_features import RATE_HZ, Batch, as_sound, log_mel


def loss_per_label(log_probs: Tensor, n_frames: Tensor, batch: Batch) -> Tensor:
    """CTC's loss in nats for each label; what has too few frames does not count.

    Args:
        log_probs: Of the tokens, shape (batch, frames, tokens).
        n_frames: How many frames of these count, shape (batch,).
        batch: With the labels.

    Returns:
        Shape ().
    """
    losses = ctc_loss(
        log_probs,
        batch.targets,
        input_lengths=n_frames,
        target_lengths=batch.n_labels,
        reduction="none",
        zero_infinity=True,
    )
    return losses.sum() / batch.n_labels.sum().clamp_min(1)


class CtcRecogniser(nn.Module):
    """An encoder, and one linear layer that names the token of each of its frames."""

    def __init__(
        self, encoder: nn.Module | None = None, *, n_tokens: int = N_TOKENS
    ) -> None:
        """Draw the first weights.

        Args:
            encoder: Has a `size`; maps features and their lengths to hidden states and
                theirs. Default: a `ConvEncoder`.
            n_tokens: How many there are, the blank among them.
        """
        super().__init__()
        self.encoder = encoder or ConvEncoder()
        self.name = nn.Linear(self.encoder.size, n_tokens)

    def forward(self, features: Tensor, n_frames: Tensor) -> tuple[Tensor, Tensor]:
        """Name the tokens.

        Args:
            features: Shape (batch, mels, frames).
            n_frames: Frames of each that count, shape (batch,).

        Returns:
            log_probs: Of the tokens, shape (batch, encoder's frames, tokens).
            n_frames: How many frames of these count, shape (batch,).
        """
        hidden, n_frames = self.encoder(features, n_frames)
        return self.name(hidden).float().log_softmax(-1), n_frames

    def loss(self, batch: Batch) -> Tensor:
        """CTC's loss in nats for each label; what has too few frames does not count."""
        log_probs, n_frames = self(batch.features, batch.n_frames)
        return loss_per_label(log_probs, n_frames, batch)

    @torch.inference_mode()
    def listen(self, samples: ArrayLike, *, sample_rate: int) -> Tensor:
        """What each frame of one recording may be.

        Args:
            samples: Shape (samples,) or (channels, samples), full scale at 1.0.
            sample_rate: In Hz; resampled to 16 kHz if it is another.

        Returns:
            Log-probabilities, shape (frames, tokens), on the CPU; 25 frames a second.
        """
        device = self.name.weight.device
        sound = as_sound(samples, sample_rate=sample_rate).to(device)
        features = log_mel(sound, sample_rate=RATE_HZ)
        n_frames = torch.tensor([features.shape[-1]], device=device)
        with listening(self):
            return self(features[None], n_frames)[0][0].cpu()

    def transcribe(
        self,
        samples: ArrayLike,
        *,
        sample_rate: int,
        scorer: Scorer | None = None,
        beam_size: int = 1,
    ) -> str:
        """Write down what is said.

        Args:
            samples: Shape (samples,) or (channels, samples), full scale at 1.0.
            sample_rate: In Hz.
            scorer: What else is known of texts. Default: nothing.
            beam_size: Labellings that are kept; 1 without a scorer is greedy search.

        Returns:
            The text.

        Raises:
            ValueError: If its tokens are not those of `models.characters`.
        """
        if self.name.out_features != N_TOKENS:
            raise ValueError(
                f"expected a recogniser of {N_TOKENS} tokens, which are letters, got "
                f"one of {self.name.out_features}. Try greedy_search(model.listen(...))"
                ".tokens, and what these stand for."
            )
        log_probs = self.listen(samples, sample_rate=sample_rate)
        if beam_size == 1 and scorer is None:
            return decode_tokens(greedy_search(log_probs).tokens)
        best = prefix_beam_search(log_probs, beam_size=beam_size, scorer=scorer)[0]
        return decode_tokens(best.tokens)
