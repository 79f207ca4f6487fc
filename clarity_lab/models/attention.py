"""Attention: where to look, as weights over what was heard.

Lesson: 21_attention_asr.
"""

from __future__ import annotations

from math import sqrt

import torch
from torch import Tensor, nn


def attend(
    query: Tensor, keys: Tensor, values: Tensor, *, counts: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Scaled dot-product attention, written out once.

    Args:
        query: What is asked for, shape (..., n, size).
        keys: What each entry is found by, shape (..., m, size).
        values: What each entry says, shape (..., m, wide).
        counts: Which entries may be looked at, booleans that broadcast to (..., n, m).
            Each query needs one at least. Default: all.

    Returns:
        found: The weighted mean of the values, shape (..., n, wide).
        weights: From 0 to 1, shape (..., n, m); they sum to 1 over the entries.

    Reference:
        Vaswani et al., "Attention is all you need", NeurIPS 2017, eq. (1).

    Example:
        A query that fits both keys alike finds the mean.

        >>> values = torch.tensor([[1.0], [3.0]])
        >>> attend(torch.zeros(1, 2), torch.eye(2), values)[0].item()
        2.0
    """
    scores = query / sqrt(query.shape[-1]) @ keys.mT
    if counts is not None:
        scores = scores.masked_fill(~counts, -torch.inf)
    weights = scores.softmax(-1)
    return weights @ values, weights


class ContentAttention(nn.Module):
    """Look where what was heard resembles what is looked for.

    Reference:
        Chan et al., "Listen, attend and spell", ICASSP 2016, eq. (9)-(11): inner
        product of the two, each behind a small network.
    """

    def __init__(self, memory_size: int, state_size: int, size: int) -> None:
        super().__init__()
        self.keys = nn.Linear(memory_size, size)
        self.query = nn.Linear(state_size, size)

    def prepare(self, memory: Tensor) -> Tensor:
        """What of the memory need be computed only once, (batch, frames, size)."""
        return torch.tanh(self.keys(memory))

    def forward(
        self, state: Tensor, keys: Tensor, counts: Tensor, before: Tensor
    ) -> Tensor:
        """Where to look next.

        Args:
            state: Of the speller, shape (batch, state size).
            keys: From `prepare`, shape (batch, frames, size).
            counts: Which frames are there, shape (batch, frames).
            before: The weights of the last step, shape (batch, frames); unused here.

        Returns:
            Weights, shape (batch, frames).
        """
        query = torch.tanh(self.query(state))[:, None]
        scores = (query * keys).sum(-1)
        return scores.masked_fill(~counts, -torch.inf).softmax(-1)


class LocationAttention(nn.Module):
    """Look where it fits, knowing where one looked last: speech goes on and on.

    Reference:
        Chorowski et al., "Attention-based models for speech recognition", NeurIPS 2015,
        eq. (8)-(9).
    """

    def __init__(
        self,
        memory_size: int,
        state_size: int,
        size: int,
        *,
        n_filters: int = 10,
        width: int = 31,
    ) -> None:
        super().__init__()
        self.keys = nn.Linear(memory_size, size)
        self.query = nn.Linear(state_size, size, bias=False)
        self.around = nn.Conv1d(1, n_filters, width, padding=width // 2, bias=False)
        self.where = nn.Linear(n_filters, size, bias=False)
        self.score = nn.Linear(size, 1, bias=False)

    def prepare(self, memory: Tensor) -> Tensor:
        """What of the memory need be computed only once, (batch, frames, size)."""
        return self.keys(memory)

    def forward(
        self, state: Tensor, keys: Tensor, counts: Tensor, before: Tensor
    ) -> Tensor:
        """Where to look next, see `ContentAttention.forward`."""
        looked = self.where(self.around(before[:, None]).mT)
        mixed = torch.tanh(self.query(state)[:, None] + keys + looked)
        scores = self.score(mixed)[..., 0]
        return scores.masked_fill(~counts, -torch.inf).softmax(-1)


class Sharpened(nn.Module):
    """An attention whose scores are multiplied by a number before the softmax.

    Attributes:
        sharpness: 0 looks everywhere alike, 1 changes nothing, more looks at less.
    """

    def __init__(self, attention: nn.Module) -> None:
        """Begin with 1."""
        super().__init__()
        self.attention, self.sharpness = attention, 1.0

    def prepare(self, memory: Tensor) -> Tensor:
        """What of the memory need be computed only once."""
        return self.attention.prepare(memory)

    def forward(
        self, state: Tensor, keys: Tensor, counts: Tensor, before: Tensor
    ) -> Tensor:
        """Where to look next, (batch, frames)."""
        weights = self.attention(state, keys, counts, before)
        scores = self.sharpness * weights.clamp_min(1e-30).log()
        return scores.masked_fill(~counts, -torch.inf).softmax(-1)


class MultiHeadAttention(nn.Module):
    """Attend several times side by side, each in its own projection.

    Reference:
        Vaswani et al., NeurIPS 2017, section 3.2.2.
    """

    def __init__(self, size: int, *, n_heads: int) -> None:
        """Draw the first weights.

        Raises:
            ValueError: If the heads do not share the size evenly.
        """
        super().__init__()
        if size % n_heads:
            raise ValueError(
                f"expected a size that {n_heads} heads share evenly, got {size}."
            )
        self.n_heads = n_heads
        self.query, self.key = nn.Linear(size, size), nn.Linear(size, size)
        self.value, self.out = nn.Linear(size, size), nn.Linear(size, size)

    def prepare(self, memory: Tensor) -> tuple[Tensor, Tensor]:
        """What of the memory need be computed only once.

        Args:
            memory: Shape (batch, m, size).

        Returns:
            keys, values: Of each head, shape (batch, heads, m, size / heads).
        """
        return self._parted(self.key(memory)), self._parted(self.value(memory))

    def ask(
        self, asking: Tensor, prepared: tuple[Tensor, Tensor], counts: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """Ask a memory that is prepared; otherwise as `forward`."""
        if counts is not None:
            counts = counts[:, None]
        query = self._parted(self.query(asking))
        found, weights = attend(query, *prepared, counts=counts)
        return self.out(found.transpose(1, 2).flatten(-2)), weights

    def forward(
        self, asking: Tensor, memory: Tensor, counts: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """Ask a memory.

        Args:
            asking: Shape (batch, n, size).
            memory: Shape (batch, m, size).
            counts: Which entries may be looked at, (batch, 1 or n, m); None is all.

        Returns:
            found: Shape (batch, n, size).
            weights: Of each head, shape (batch, heads, n, m).
        """
        return self.ask(asking, self.prepare(memory), counts)

    def _parted(self, x: Tensor) -> Tensor:
        """Shape (batch, heads, entries, size of a head)."""
        return x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
