"""Whisper's network: the layers of `transformer_asr`, with convolutions below.

Lessons: 21_attention_asr, 23_recognition_in_real_life.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import torch
from torch import Tensor, nn

from clarity_lab.models.transformer_asr import Layer, Prepared


@dataclass(frozen=True)
class WhisperSizes:
    """Sizes; those of tiny.en unless told otherwise."""

    n_tokens: int = 51_864
    n_mels: int = 80
    n_frames: int = 1500  # of the encoder, in 30 s
    n_places: int = 448  # for tokens: the longest text, and what stands before it
    size: int = 384
    n_heads: int = 6
    n_encoder_layers: int = 4
    n_decoder_layers: int = 4


@dataclass(frozen=True)
class Known:
    """What the decoder need not compute again.

    Attributes:
        heard: For each layer, keys and values of what was heard.
        own: For each layer, keys and values of the tokens so far; None at the start.
        n_tokens: How many these are.
    """

    heard: list[Prepared]
    own: list[Prepared | None]
    n_tokens: int


class WhisperNetwork(nn.Module):
    """From log-mel energies to scores of tokens.

    Reference:
        Radford et al., "Robust speech recognition via large-scale weak supervision",
        ICML 2023, figure 1 and section 2.2.
    """

    def __init__(self, sizes: WhisperSizes) -> None:
        """Draw the first weights."""
        super().__init__()
        size, n_mels = sizes.size, sizes.n_mels
        kind = {"n_heads": sizes.n_heads, "widening": 4, "dropout": 0.0}
        self.sizes = sizes
        self.first = nn.Conv1d(n_mels, size, 3, padding=1)
        self.second = nn.Conv1d(size, size, 3, stride=2, padding=1)
        self.register_buffer("times", _positions(sizes.n_frames, size))
        self.encoder = nn.ModuleList(
            Layer(size, hears=False, **kind) for _ in range(sizes.n_encoder_layers)
        )
        self.encoder_norm = nn.LayerNorm(size)
        self.embed = nn.Embedding(sizes.n_tokens, size)
        self.places = nn.Parameter(0.02 * torch.randn(sizes.n_places, size))
        self.decoder = nn.ModuleList(
            Layer(size, hears=True, **kind) for _ in range(sizes.n_decoder_layers)
        )
        self.decoder_norm = nn.LayerNorm(size)

    def encode(self, features: Tensor) -> Tensor:
        """What is heard in windows of 30 s.

        Args:
            features: From `whisper_log_mel`, shape (batch, mels, 3000).

        Returns:
            50 states a second, shape (batch, 1500, size).
        """
        gelu = nn.functional.gelu
        x = gelu(self.second(gelu(self.first(features)))).mT  # (batch, frames, size)
        x = x + self.times
        for layer in self.encoder:
            x, _ = layer(x, None)
        return self.encoder_norm(x)

    def begin(self, memory: Tensor) -> Known:
        """What is known before the first token: what each layer may look at.

        Args:
            memory: From `encode`, shape (batch, frames, size).
        """
        heard = [layer.heard.prepare(memory) for layer in self.decoder]
        return Known(heard, [None] * len(heard), 0)

    def step(self, tokens: Tensor, known: Known) -> tuple[Tensor, Tensor, Known]:
        """Some tokens on; of those before nothing is computed again.

        Args:
            tokens: Those that follow, shape (batch, n).
            known: From `begin` or the last step.

        Returns:
            hidden: What is thought behind each token, shape (batch, n, size).
            looked: Where each head looked, (batch, layers, heads, n, frames).
            known: The next one.
        """
        before, n = known.n_tokens, tokens.shape[1]
        x = self.embed(tokens) + self.places[before : before + n]
        past = torch.ones(n, before + n, dtype=torch.bool, device=x.device)
        past = past.tril(before)[None]  # no token sees those after it
        own, looked = [], []
        for layer, heard, old in zip(self.decoder, known.heard, known.own, strict=True):
            x, new, weights = layer.go_on(x, past, past=old, heard=heard)
            own.append(new)
            looked.append(weights)
        known = Known(known.heard, own, before + n)
        return self.decoder_norm(x), torch.stack(looked, 1), known

    def scores(self, hidden: Tensor) -> Tensor:
        """Of each next token: it is named by the vector that also embeds it.

        Args:
            hidden: From `step`, shape (..., size).

        Returns:
            Shape (..., tokens); their softmax is the probability.
        """
        return hidden @ self.embed.weight.mT


def _positions(n: int, size: int) -> Tensor:
    """Sines, then cosines; the slowest wave has a length of 2 pi 10 000 entries."""
    half = size // 2
    rates = torch.exp(-log(10_000) * torch.arange(half) / (half - 1))
    angles = torch.arange(n)[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], -1)
