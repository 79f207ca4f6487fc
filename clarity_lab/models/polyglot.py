"""A recogniser that grows: one encoder, and a layer of words for each language.

Lesson: 24_continual_languages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from clarity_lab.checks import require_choice
from clarity_lab.models.modes import drawn_with
from clarity_lab.models.speech_features import Batch

Row = tuple[Tensor, Sequence[int]]
"""Features of one recording, (mels, frames), and its tokens; 0 is the blank."""


@dataclass(frozen=True)
class Task:
    """One language to learn.

    Attributes:
        language: Its name.
        n_tokens: Words that there are, and the blank.
        rows: To learn from.
    """

    language: str
    n_tokens: int
    rows: Sequence[Row]


class Polyglot(nn.Module):
    """One encoder for all languages, and a linear layer for the words of each.

    It is told which language it hears, as Whisper is by the token of a language.
    """

    def __init__(self, encoder: nn.Module) -> None:
        """Start without any language.

        Args:
            encoder: Has a `size`; maps features and their lengths to hidden states and
                theirs.
        """
        super().__init__()
        self.encoder = encoder
        self.words = nn.ModuleDict()

    @property
    def languages(self) -> list[str]:
        """In the order in which they came."""
        return list(self.words)

    def add(self, task: Task, *, seed: int = 0) -> None:
        """A layer for a new language, untrained; nothing for one that is known."""
        if task.language not in self.words:
            device = next(self.encoder.parameters()).device
            with drawn_with(seed):
                layer = nn.Linear(self.encoder.size, task.n_tokens)
            self.words[task.language] = layer.to(device)

    def name(self, hidden: Tensor, language: str) -> Tensor:
        """Log-probabilities of a language's tokens, shape (batch, frames, tokens).

        Raises:
            ValueError: If the language has not been learnt.
        """
        require_choice(language, name="language", choices=self.languages)
        return self.words[language](hidden).float().log_softmax(-1)

    def forward(self, batch: Batch, *, language: str) -> tuple[Tensor, Tensor]:
        """Log-probabilities, and how many frames of each count."""
        hidden, n_frames = self.encoder(batch.features, batch.n_frames)
        return self.name(hidden, language), n_frames
