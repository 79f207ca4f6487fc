"""A small recurrent language model: how likely is each next letter?

Lesson: 22_decoding_and_wer.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from clarity_lab.models.characters import N_TOKENS
from clarity_lab.models.modes import listening
from clarity_lab.models.speech_features import Batch
from clarity_lab.models.speller import END, State, letter_loss


class RnnLM(nn.Module):
    """One GRU over letters; to `joint_search` it is a judge.

    Reference:
        Mikolov et al., "Recurrent neural network based language model", Interspeech
        2010; the GRU: Cho et al., EMNLP 2014.
    """

    def __init__(
        self, *, n_tokens: int = N_TOKENS, size: int = 192, dropout: float = 0.3
    ) -> None:
        """Draw the first weights.

        Args:
            n_tokens: How many there are, the end among them.
            size: Of the state.
            dropout: Share that is dropped in training.
        """
        super().__init__()
        self.embed = nn.Embedding(n_tokens, size // 2)
        self.gru = nn.GRU(size // 2, size, batch_first=True)
        self.name = nn.Linear(size, n_tokens)
        self.dropout = nn.Dropout(dropout)

    def forward(self, targets: Tensor) -> Tensor:
        """Log-probabilities of each next token of known texts.

        Args:
            targets: Shape (batch, labels).

        Returns:
            Shape (batch, labels + 1, tokens).
        """
        before = nn.functional.pad(targets, (1, 0), value=END)
        hidden, _ = self.gru(self.dropout(self.embed(before)))
        return self.name(self.dropout(hidden)).float().log_softmax(-1)

    def begin(self, n: int) -> State:
        """The state before the first letter of n texts."""
        return (self.name.weight.new_zeros(n, self.gru.hidden_size),)

    def step(self, tokens: Tensor, state: State) -> tuple[Tensor, State]:
        """One letter on, see `speller.Speller`."""
        hidden, last = self.gru(self.embed(tokens)[:, None], state[0][None])
        return self.name(hidden[:, 0]).float().log_softmax(-1), (last[0],)

    def loss(self, batch: Batch) -> Tensor:
        """Cross-entropy of the letters and ends, in nats."""
        return letter_loss(
            self(batch.targets), batch.targets, batch.n_labels, smoothing=0.0
        )

    @torch.inference_mode()
    def log_prob(self, tokens: Sequence[int]) -> float:
        """Log-probability of a whole text, its end included, in nats."""
        wanted = torch.tensor([[*tokens, END]])
        with listening(self):
            log_probs = self(wanted[:, :-1].to(self.name.weight.device)).cpu()
        return float(log_probs.gather(-1, wanted[..., None]).sum())
