"""The transformer as a recogniser: attention instead of recurrence, on both sides.

Lessons: 21_attention_asr, 22_decoding_and_wer.
"""

from __future__ import annotations

from math import log

import torch
from torch import Tensor, nn

from clarity_lab.models.attention import MultiHeadAttention
from clarity_lab.models.characters import N_TOKENS
from clarity_lab.models.conv_encoder import Subsampling, counting
from clarity_lab.models.speech_features import N_MELS
from clarity_lab.models.speller import END, HybridSpeller, State

Prepared = tuple[Tensor, Tensor]
"""Keys and values of an attention, see `MultiHeadAttention.prepare`."""


def positions(n: int, size: int) -> Tensor:
    """Where an entry stands, as sines and cosines of many wavelengths.

    Args:
        n: Entries.
        size: Of each, even.

    Returns:
        Shape (n, size).

    Reference:
        Vaswani et al., "Attention is all you need", NeurIPS 2017, section 3.5.

    Example:
        >>> positions(2, 4)[0].tolist()
        [0.0, 1.0, 0.0, 1.0]
    """
    rates = torch.exp(-log(10_000) * torch.arange(0, size, 2) / size)
    angles = torch.arange(n)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(-2)


class Layer(nn.Module):
    """Look at oneself, look at what was heard (a decoder's layer), then think.

    The norm comes first in each branch, which trains without a long warm-up.

    Reference:
        Vaswani et al., NeurIPS 2017, figure 1; Xiong et al., "On layer normalization in
        the transformer architecture", ICML 2020 (the norm first).
    """

    def __init__(
        self, size: int, *, n_heads: int, widening: int, dropout: float, hears: bool
    ) -> None:
        super().__init__()
        self.own_norm, self.own = (
            nn.LayerNorm(size),
            MultiHeadAttention(size, n_heads=n_heads),
        )
        if hears:
            self.heard_norm = nn.LayerNorm(size)
            self.heard = MultiHeadAttention(size, n_heads=n_heads)
        self.thought = nn.Sequential(
            nn.LayerNorm(size),
            nn.Linear(size, widening * size),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(widening * size, size),
        )
        self.dropout = nn.Dropout(dropout)

    def forward(
        self,
        x: Tensor,
        own_counts: Tensor | None,
        memory: Tensor | None = None,
        counts: Tensor | None = None,
    ) -> tuple[Tensor, Tensor | None]:
        """One layer.

        Args:
            x: Shape (batch, n, size).
            own_counts: What each entry may see of its like, (batch, 1 or n, n); None is
                all.
            memory: What was heard, shape (batch, m, size); for a decoder's layer.
            counts: Which of that counts, shape (batch, 1, m); None is all.

        Returns:
            x: Shape (batch, n, size).
            weights: Where each head looked in the memory, (batch, heads, n, m).
        """
        heard = None if memory is None else self.heard.prepare(memory)
        x, _, weights = self.go_on(x, own_counts, heard=heard, counts=counts)
        return x, weights

    def go_on(
        self,
        x: Tensor,
        own_counts: Tensor | None,
        *,
        past: Prepared | None = None,
        heard: Prepared | None = None,
        counts: Tensor | None = None,
    ) -> tuple[Tensor, Prepared, Tensor | None]:
        """One layer for entries that follow others; nothing old is computed again.

        Args:
            x: The new entries, shape (batch, n, size).
            own_counts: What each may see of the past and of its like; None is all.
            past: What is prepared of the entries before.
            heard: What is prepared of what was heard; for a decoder's layer.
            counts: Which of that counts; None is all.

        Returns:
            x: Shape (batch, n, size).
            past: Now with these entries.
            weights: Where each head looked in what was heard, (batch, heads, n, m).
        """
        norm = self.own_norm(x)
        own = self.own.prepare(norm)
        if past is not None:
            own = torch.cat([past[0], own[0]], -2), torch.cat([past[1], own[1]], -2)
        x = x + self.dropout(self.own.ask(norm, own, own_counts)[0])
        weights = None
        if heard is not None:
            found, weights = self.heard.ask(self.heard_norm(x), heard, counts)
            x = x + self.dropout(found)
        return x + self.dropout(self.thought(x)), own, weights


class TransformerASR(HybridSpeller):
    """Encoder and decoder, with a head for CTC on the encoder."""

    def __init__(
        self,
        front: nn.Module | None = None,
        *,
        n_mels: int = N_MELS,
        size: int = 144,
        n_heads: int = 4,
        n_encoder_layers: int = 6,
        n_decoder_layers: int = 3,
        widening: int = 4,
        dropout: float = 0.1,
        n_tokens: int = N_TOKENS,
    ) -> None:
        """Draw the first weights.

        Args:
            front: Has a `size`, maps features and lengths to what the encoder's layers
                begin with. Default: a `Subsampling`.
            n_mels: Of the features.
            size: Of each entry.
            n_heads: Of each attention.
            n_encoder_layers: That listen.
            n_decoder_layers: That spell.
            widening: How much wider an entry is thought about.
            dropout: Share that is dropped in training.
            n_tokens: How many there are, the end among them.
        """
        super().__init__()
        self.size = size
        kind = {"n_heads": n_heads, "widening": widening, "dropout": dropout}
        self.front = front or Subsampling(n_mels, size)
        self.join = nn.Linear(front.size, size) if front else nn.Identity()
        self.encoder = nn.ModuleList(
            Layer(size, hears=False, **kind) for _ in range(n_encoder_layers)
        )
        self.encoder_norm = nn.LayerNorm(size)
        self.embed = nn.Embedding(n_tokens, size)
        self.decoder = nn.ModuleList(
            Layer(size, hears=True, **kind) for _ in range(n_decoder_layers)
        )
        self.decoder_norm = nn.LayerNorm(size)
        self.name, self.ctc = nn.Linear(size, n_tokens), nn.Linear(size, n_tokens)
        self.dropout = nn.Dropout(dropout)

    def listen(self, features: Tensor, n_frames: Tensor) -> tuple[Tensor, Tensor]:
        """Encode a batch: what was heard (batch, m, size), and which of it counts.

        Args:
            features: Shape (batch, mels, frames).
            n_frames: Frames of each that count, shape (batch,).
        """
        x, n_frames = self.front(features, n_frames)
        x, counts = self.join(x), counting(n_frames, x.shape[1])
        x = self.dropout(x + positions(x.shape[1], self.size).to(x))
        for layer in self.encoder:
            x, _ = layer(x, counts[:, None])
        return self.encoder_norm(x), counts

    def spell(
        self, memory: Tensor, counts: Tensor, targets: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Write known texts, all letters at once: none sees the letters after it.

        Args:
            memory: From `listen`, shape (batch, m, size).
            counts: From `listen`, shape (batch, m).
            targets: The letters, shape (batch, labels).

        Returns:
            log_probs: Of each next token, shape (batch, labels + 1, tokens).
            looked: Where the last layer looked, mean over its heads, shape
                (batch, labels + 1, m).
        """
        before = nn.functional.pad(targets, (1, 0), value=END)
        n = before.shape[1]
        x = self.embed(before) + positions(n, self.size).to(memory)
        x = self.dropout(x)
        past = torch.ones(n, n, dtype=torch.bool, device=x.device).tril()[None]
        weights = None
        for layer in self.decoder:
            x, weights = layer(x, past, memory, counts[:, None])
        log_probs = self.name(self.decoder_norm(x)).float().log_softmax(-1)
        return log_probs, weights.mean(1)

    def begin(self, memory: Tensor, counts: Tensor) -> State:
        """The state before the first letter: nothing is written."""
        nothing = torch.zeros(len(memory), 0, dtype=torch.long, device=memory.device)
        return (nothing, memory, counts)

    def step(self, tokens: Tensor, state: State) -> tuple[Tensor, State]:
        """One letter on; the letters so far are read again.

        Args:
            tokens: The letters before, shape (batch,); END before the first.
            state: From `begin` or the last step.

        Returns:
            log_probs: Of the next token, shape (batch, tokens).
            state: The next one.
        """
        written, memory, counts = state
        written = torch.cat([written, tokens[:, None]], 1)
        log_probs, _ = self.spell(memory, counts, written[:, 1:])
        return log_probs[:, -1], (written, memory, counts)
