"""Listen, attend and spell: a pyramid that listens, a speller that looks back at it.

Lesson: 21_attention_asr.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from clarity_lab.checks import require_choice
from clarity_lab.models.attention import ContentAttention, LocationAttention
from clarity_lab.models.characters import N_TOKENS
from clarity_lab.models.conv_encoder import counting
from clarity_lab.models.speech_features import N_MELS
from clarity_lab.models.speller import END, HybridSpeller, State

ATTENTIONS = {"content": ContentAttention, "location": LocationAttention}


class Listener(nn.Module):
    """Bidirectional LSTMs, each at half the rate of the one below: a pyramid.

    Reference:
        Chan et al., "Listen, attend and spell", ICASSP 2016, eq. (5): two neighbours
        of a layer are one entry of the next.
    """

    def __init__(
        self, *, n_mels: int = N_MELS, size: int = 128, n_layers: int = 3
    ) -> None:
        """Draw the first weights.

        Args:
            n_mels: Of the features.
            size: Of each direction.
            n_layers: Each halves the rate.
        """
        super().__init__()
        self.size, self.n_layers, self.n_mels = 2 * size, n_layers, n_mels
        self.layers = nn.ModuleList(
            nn.LSTM(
                4 * size if k else 2 * n_mels,
                size,
                batch_first=True,
                bidirectional=True,
            )
            for k in range(n_layers)
        )

    def forward(self, features: Tensor, n_frames: Tensor) -> tuple[Tensor, Tensor]:
        """Encode a batch.

        Args:
            features: Shape (batch, mels, frames).
            n_frames: Frames of each that count, shape (batch,).

        Returns:
            hidden: Shape (batch, frames / 2**layers, 2 size), rounded up.
            n_frames: How many of these count, shape (batch,).

        Raises:
            ValueError: If there are more or fewer mels.
        """
        if features.shape[1] != self.n_mels:  # a packed LSTM would read on in memory
            raise ValueError(
                f"expected features of shape (batch, {self.n_mels}, frames), got "
                f"{tuple(features.shape)}."
            )
        hidden = features.mT
        for layer in self.layers:
            hidden = _pairs(hidden)
            n_frames = (n_frames + 1) // 2
            hidden = _read(layer, hidden, n_frames)
        return hidden, n_frames


class ReadOver(nn.Module):
    """One bidirectional LSTM that reads what another encoder heard, at its rate.

    Attributes:
        size: Of what it gives.
    """

    def __init__(self, front: nn.Module, *, size: int = 96) -> None:
        """Draw the first weights.

        Args:
            front: Has a `size`; maps features and lengths to hidden states and theirs.
            size: Of each direction.
        """
        super().__init__()
        self.front, self.size = front, 2 * size
        self.layer = nn.LSTM(front.size, size, batch_first=True, bidirectional=True)

    def forward(self, features: Tensor, n_frames: Tensor) -> tuple[Tensor, Tensor]:
        """Encode a batch: (batch, m, size), and how many of the m count."""
        hidden, n_frames = self.front(features, n_frames)
        return _read(self.layer, hidden, n_frames), n_frames


def _read(layer: nn.LSTM, hidden: Tensor, n_frames: Tensor) -> Tensor:
    """What an LSTM makes of a batch; it never sees what only fills it up."""
    packed = pack_padded_sequence(
        hidden.float(), n_frames.cpu(), batch_first=True, enforce_sorted=False
    )
    return pad_packed_sequence(layer(packed)[0], batch_first=True)[0]


def _pairs(hidden: Tensor) -> Tensor:
    """Neighbours side by side: (batch, frames, size) to (batch, frames / 2, 2 size)."""
    hidden = nn.functional.pad(hidden, (0, 0, 0, hidden.shape[1] % 2))
    return hidden.unflatten(1, (-1, 2)).flatten(2)


class LAS(HybridSpeller):
    """A recogniser that spells: each letter given the sound and the letters before it.

    Attributes:
        listener: Encodes the sound.
        attention: Says where to look for the next letter.
    """

    def __init__(
        self,
        listener: nn.Module | None = None,
        *,
        attention: str = "location",
        size: int = 192,
        n_tokens: int = N_TOKENS,
        dropout: float = 0.1,
    ) -> None:
        """Draw the first weights.

        Args:
            listener: Has a `size`, maps features and lengths to hidden states and
                theirs. Default: a `Listener`.
            attention: "content" or "location".
            size: Of the speller's state.
            n_tokens: How many there are, the end among them.
            dropout: Share that is dropped in training.

        Raises:
            ValueError: If there is no such attention.
        """
        super().__init__()
        self.listener = listener or Listener()
        heard = self.listener.size
        require_choice(attention, name="attention", choices=ATTENTIONS)
        self.attention = ATTENTIONS[attention](heard, size, size // 2)
        self.embed = nn.Embedding(n_tokens, size // 2)
        self.cell = nn.LSTMCell(size // 2 + heard, size)
        self.name = nn.Linear(size + heard, n_tokens)
        self.ctc = nn.Linear(heard, n_tokens)
        self.dropout = nn.Dropout(dropout)

    def listen(self, features: Tensor, n_frames: Tensor) -> tuple[Tensor, Tensor]:
        """Encode a batch: what was heard (batch, m, size), and which of it counts."""
        memory, n_frames = self.listener(features, n_frames)
        return memory, counting(n_frames, memory.shape[1])

    def begin(self, memory: Tensor, counts: Tensor) -> State:
        """The state before the first letter: nothing written, looking at the start."""
        n, m, heard = memory.shape
        zeros = memory.new_zeros
        state = zeros(n, self.cell.hidden_size)
        looked = zeros(n, m)
        looked[:, 0] = 1
        keys = self.attention.prepare(memory)
        return (state, state, zeros(n, heard), looked, memory, keys, counts)

    def step(self, tokens: Tensor, state: State) -> tuple[Tensor, State]:
        """One letter on.

        Args:
            tokens: The letters before, shape (batch,); END before the first.
            state: From `begin` or the last step.

        Returns:
            log_probs: Of the next token, shape (batch, tokens).
            state: The next one; its fourth part is where this step looked.

        Reference:
            Chan et al., ICASSP 2016, eq. (6)-(8).
        """
        hidden, cell, found, looked, memory, keys, counts = state
        given = torch.cat([self.embed(tokens), found], -1)
        hidden, cell = self.cell(given, (hidden, cell))
        looked = self.attention(hidden, keys, counts, looked)
        found = (looked[:, None] @ memory)[:, 0]
        both = self.dropout(torch.cat([hidden, found], -1))
        log_probs = self.name(both).float().log_softmax(-1)
        return log_probs, (hidden, cell, found, looked, memory, keys, counts)

    def spell(
        self, memory: Tensor, counts: Tensor, targets: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Write known texts, told the right letter after each: teacher forcing.

        Args:
            memory: From `listen`, shape (batch, m, size).
            counts: From `listen`, shape (batch, m).
            targets: The letters, shape (batch, labels).

        Returns:
            log_probs: Of each next token, shape (batch, labels + 1, tokens).
            looked: Where each step looked, shape (batch, labels + 1, m).
        """
        state = self.begin(memory, counts)
        before = nn.functional.pad(targets, (1, 0), value=END)
        log_probs, looked = [], []
        for tokens in before.T:
            one, state = self.step(tokens, state)
            log_probs.append(one)
            looked.append(state[3])
        return torch.stack(log_probs, 1), torch.stack(looked, 1)
