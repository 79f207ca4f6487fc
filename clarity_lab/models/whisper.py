"""Whisper: the transformer of lesson 21, only larger, and taught by 680 000 hours.

Lessons: 21_attention_asr, 23_recognition_in_real_life.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from numpy.typing import ArrayLike
from torch import Tensor

from clarity_lab import manifests
from clarity_lab.models.modes import listening
from clarity_lab.models.speech_features import as_sound
from clarity_lab.models.whisper_features import RATE_HZ, whisper_log_mel, windows_of
from clarity_lab.models.whisper_network import WhisperNetwork, WhisperSizes
from clarity_lab.models.whisper_tokens import Vocabulary
from clarity_lab.models.whisper_weights import read_openai_weights

MANIFEST, WEIGHTS, PIECES = "whisper-tiny-en", "tiny.en.pt", "gpt2.tiktoken"
SILENT, UNSURE = 0.6, -1.0
"""Nobody speaks if that is likelier than the one, and the text, token by token and on
average, less likely than the other (a natural logarithm)."""


@dataclass(frozen=True)
class Written:
    """What was written of one window, and what it was written from.

    Attributes:
        text: In words; empty if nobody speaks.
        tokens: The pieces of words, and the end, unless the text grew too long.
        log_probs: Of each token, shape (tokens,).
        no_speech: How likely it is that nobody speaks, from 0 to 1.
        start_s: Where in the recording the window starts.
        heard: The encoder's states, 50 a second, shape (1500, size).
        hidden: The decoder's states that chose each token, shape (tokens, size).
        looked: Where each of them looked, shape (layers, heads, tokens, 1500).
    """

    text: str
    tokens: tuple[int, ...]
    log_probs: Tensor
    no_speech: float
    start_s: float
    heard: Tensor
    hidden: Tensor
    looked: Tensor


class Whisper(WhisperNetwork):
    """A recogniser for whatever comes.

    Attributes:
        vocabulary: What it writes with.

    Reference:
        Radford et al., "Robust speech recognition via large-scale weak supervision",
        ICML 2023. Here it decodes greedily and without times; beams, and second trials
        at higher temperatures (section 4.5), are left out.
    """

    def __init__(self, sizes: WhisperSizes, vocabulary: Vocabulary) -> None:
        """Draw the first weights.

        Raises:
            ValueError: If the vocabulary has another number of tokens than the sizes.
        """
        if len(vocabulary) != sizes.n_tokens:
            raise ValueError(
                f"expected a vocabulary of {sizes.n_tokens} tokens, special ones "
                f"included, got {len(vocabulary)}."
            )
        super().__init__(sizes)
        self.vocabulary = vocabulary
        self._never, self._not_first = vocabulary.unspoken(), vocabulary.blank()

    def transcribe(self, samples: ArrayLike, *, sample_rate: int) -> str:
        """Write down what is said, with capitals and punctuation.

        Args:
            samples: Shape (samples,) or (channels, samples), full scale at 1.0.
            sample_rate: In Hz; resampled to 16 kHz if it is another.

        Returns:
            The text; empty if nobody speaks, and Whisper is not sure of its words. In
            silence tiny.en surely writes "you": see `Written.no_speech`.

        Raises:
            TypeError: If samples are integers.
            ValueError: If there are none, or they are not finite.
        """
        windows = self.read(samples, sample_rate=sample_rate)
        return " ".join(one.text for one in windows if one.text)

    @torch.no_grad()  # not inference_mode: others may learn from what is heard
    def read(self, samples: ArrayLike, *, sample_rate: int) -> list[Written]:
        """Write down what is said, window by window, and show from what.

        Args:
            samples: As `transcribe` takes them.
            sample_rate: In Hz.

        Returns:
            One for each window of up to 30 s; a long recording is cut at pauses.
        """
        sound = as_sound(samples, sample_rate=sample_rate).to(self.places.device)
        with listening(self):
            return [
                self._write(part, start / RATE_HZ) for start, part in windows_of(sound)
            ]

    @torch.no_grad()  # not inference_mode: others may learn from what is heard
    def listen(self, samples: ArrayLike, *, sample_rate: int) -> Tensor:
        """What the encoder makes of a sound, without a word.

        Args:
            samples: As `transcribe` takes them, 30 s at most.
            sample_rate: In Hz.

        Returns:
            50 states a second, silence behind the sound included: shape (1500, size).

        Raises:
            TypeError: If samples are integers.
            ValueError: If there are none, they are not finite, or more than 30 s.
        """
        sound = as_sound(samples, sample_rate=sample_rate).to(self.places.device)
        with listening(self):
            return self._heard(sound)[0]

    def _heard(self, sound: Tensor) -> Tensor:
        return self.encode(whisper_log_mel(sound[None], n_mels=self.sizes.n_mels))

    def _write(self, sound: Tensor, start_s: float) -> Written:
        """The likeliest token, one after another, until the end is the likeliest."""
        words, memory = self.vocabulary, self._heard(sound)
        given, known, no_speech = [words.start, words.no_times], self.begin(memory), 0.0
        tokens, steps = [], []
        while len(tokens) < self.sizes.n_places // 2:
            asked = torch.tensor([given], device=memory.device)
            hidden, looked, known = self.step(asked, known)
            if not tokens:
                chances = self.scores(hidden[0, 0]).softmax(-1)
                no_speech = chances[words.no_speech].item()
            log_probs = self._speech(hidden[0, -1], first=not tokens).log_softmax(-1)
            given = [int(log_probs.argmax())]
            tokens += given
            steps.append((log_probs.max(), hidden[0, -1], looked[0, :, :, -1]))
            if given == [words.end]:
                break
        log_probs, hidden, looked = map(torch.stack, zip(*steps, strict=True))
        silent = no_speech > SILENT and bool(log_probs.mean() < UNSURE)
        text = "" if silent else words.decode(tokens).strip()
        sure = (text, tuple(tokens), log_probs, no_speech, start_s)
        return Written(*sure, memory[0], hidden, looked.movedim(0, 2))

    def _speech(self, hidden: Tensor, *, first: bool) -> Tensor:
        """Scores of the next token, minus infinity for what nobody says."""
        scores = self.scores(hidden)
        scores[self._never] = -torch.inf
        if first:
            scores[self._not_first] = -torch.inf
        return scores


def load_whisper(*, device: torch.device | str | None = None) -> Whisper:
    """Whisper tiny.en, 39 million weights, through the data door.

    The first time it downloads 70 MB; `clarity-lab data fetch whisper-tiny-en` does the
    same.

    Args:
        device: Default: a GPU if there is one.

    Returns:
        In eval mode.

    Raises:
        DataError: If the weights are neither here nor to be had.
    """
    vocabulary = Vocabulary.read(manifests.fetch(MANIFEST, PIECES))
    path = manifests.fetch(MANIFEST, WEIGHTS)
    return whisper_from(path, vocabulary).to(
        device or ("cuda" if torch.cuda.is_available() else "cpu")
    )


def whisper_from(path: str | Path, vocabulary: Vocabulary) -> Whisper:
    """A Whisper of OpenAI's.

    Args:
        path: A file of theirs.
        vocabulary: What it writes with.

    Returns:
        In eval mode, on the CPU.

    Raises:
        ValueError: If it is no such file, or the vocabulary is of another.
    """
    sizes, weights = read_openai_weights(path)
    model = Whisper(sizes, vocabulary)
    model.load_state_dict(weights)
    return model.eval()
