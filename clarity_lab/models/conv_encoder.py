"""From features to a hidden state 25 times a second, by convolution alone.

Lesson: 20_ctc.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from clarity_lab.models.speech_features import N_MELS

STRIDE = 4
"""Frames of features for one of the encoder's."""


def counting(n_frames: Tensor, most: int) -> Tensor:
    """Which frames of a batch count, and which only fill it up.

    Args:
        n_frames: Frames of each that count, shape (batch,).
        most: Frames that there are.

    Returns:
        Shape (batch, most), of booleans.

    Example:
        >>> counting(torch.tensor([1, 2]), 2).tolist()
        [[True, False], [True, True]]
    """
    return torch.arange(most, device=n_frames.device) < n_frames[:, None]


class Subsampling(nn.Module):
    """Two convolutions over time and frequency: 100 frames a second become 25.

    A child's vowel lies higher than a man's. A filter that moves over frequency as well
    finds both, and so needs fewer speakers to learn from.
    Padding stays without a trace: a sentence gives the same alone and beside others.

    Reference:
        Dong et al., "Speech-Transformer", ICASSP 2018, figure 2: two of stride 2.
    """

    def __init__(
        self, n_mels: int, size: int, *, n_channels: tuple[int, int] = (16, 32)
    ) -> None:
        super().__init__()
        first, second = n_channels
        self.first = nn.Conv2d(1, first, 5, stride=2, padding=2)
        self.second = nn.Conv2d(first, second, 5, stride=2, padding=2)
        n_bands = (n_mels + STRIDE - 1) // STRIDE
        self.join = nn.Linear(second * n_bands, size)

    def forward(self, features: Tensor, n_frames: Tensor) -> tuple[Tensor, Tensor]:
        """From (batch, mels, frames) to (batch, frames / 4, size), and the lengths."""
        image = features[:, None]  # (batch, channels, mels, frames)
        for layer in (self.first, self.second):
            image = nn.functional.gelu(layer(image))
            n_frames = (n_frames + 1) // 2
            counts = counting(n_frames, image.shape[-1])
            image = image * counts[:, None, None]
        return self.join(image.flatten(1, 2).mT), n_frames


class ConvBlock(nn.Module):
    """One residual step: look at the neighbours, then think about each frame.

    Reference:
        Liu et al., "A ConvNet for the 2020s", CVPR 2022, figure 4, over time only.
    """

    def __init__(self, size: int, *, width: int, widening: int, dropout: float) -> None:
        super().__init__()
        self.neighbours = nn.Conv1d(size, size, width, padding=width // 2, groups=size)
        self.norm = nn.LayerNorm(size)
        self.widen = nn.Linear(size, widening * size)
        self.narrow = nn.Linear(widening * size, size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, hidden: Tensor, counts: Tensor) -> Tensor:
        """Take and give (batch, frames, size); frames that do not count are unseen."""
        seen = self.neighbours((hidden * counts[..., None]).mT).mT
        thought = self.narrow(nn.functional.gelu(self.widen(self.norm(seen))))
        return hidden + self.dropout(thought)


class ConvEncoder(nn.Module):
    """Two strided convolutions over time and frequency, then residual blocks.

    Attributes:
        size: Of the hidden state.
    """

    def __init__(
        self,
        front: nn.Module | None = None,
        *,
        n_mels: int = N_MELS,
        size: int = 192,
        n_blocks: int = 8,
        width: int = 11,
        widening: int = 3,
        dropout: float = 0.15,
    ) -> None:
        """Draw the first weights.

        Args:
            front: Has a `size`, maps features and lengths to what the blocks begin
                with. Default: a `Subsampling`.
            n_mels: Of the features.
            size: Of the hidden state.
            n_blocks: How many residual blocks.
            width: Frames that one block looks at, odd.
            widening: How much wider a frame is thought about.
            dropout: Share that is dropped in training.
        """
        super().__init__()
        self.size = size
        self.subsample = front or Subsampling(n_mels, size)
        self.join = nn.Linear(front.size, size) if front else nn.Identity()
        self.norm = nn.LayerNorm(size)
        self.blocks = nn.ModuleList(
            ConvBlock(size, width=width, widening=widening, dropout=dropout)
            for _ in range(n_blocks)
        )

    def forward(self, features: Tensor, n_frames: Tensor) -> tuple[Tensor, Tensor]:
        """Encode a batch.

        Args:
            features: Shape (batch, mels, frames).
            n_frames: Frames of each that count, shape (batch,).

        Returns:
            hidden: Shape (batch, ceil(frames / 4), size).
            n_frames: How many of these count, shape (batch,).
        """
        hidden, n_frames = self.subsample(features, n_frames)
        counts = counting(n_frames, hidden.shape[1]).to(hidden.dtype)
        hidden = self.norm(self.join(hidden))
        for block in self.blocks:
            hidden = block(hidden, counts)
        return nn.functional.layer_norm(hidden, hidden.shape[-1:]), n_frames
