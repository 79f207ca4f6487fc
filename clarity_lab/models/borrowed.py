"""A trained encoder for others to build on.

Lessons: 21_attention_asr, 22_decoding_and_wer.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn


class Borrowed(nn.Module):
    """An encoder that is used as it is: what it learnt to hear, others learn to spell.

    Its weights are its owner's: no optimiser finds them here, no file holds them twice.

    Attributes:
        size: Of its hidden state.
    """

    def __init__(self, encoder: nn.Module) -> None:
        """Borrow an encoder, which learns no more.

        Args:
            encoder: Has a `size`; maps features and their lengths to hidden states and
                theirs.
        """
        super().__init__()
        self._lent = (encoder.requires_grad_(False),)  # in a tuple torch overlooks it
        self.size = encoder.size

    def forward(self, features: Tensor, n_frames: Tensor) -> tuple[Tensor, Tensor]:
        """Encode a batch, as the encoder does."""
        with torch.no_grad():
            return self._lent[0](features, n_frames)

    def train(self, mode: bool = True) -> Borrowed:
        """While others learn, its dropout is on, too."""
        self._lent[0].train(mode)
        return super().train(mode)

    def _apply(self, fn: Callable, recurse: bool = True) -> Borrowed:
        """Move to another device or precision along with the others."""
        self._lent[0]._apply(fn, recurse)
        return super()._apply(fn, recurse)
