"""A recogniser of spoken digits that is trained while you watch.

Lessons: 20_ctc, 24_continual_languages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from clarity_lab import audio, manifests
from clarity_lab.manifests.layouts import DIGITS
from clarity_lab.metrics.text import TextErrors, word_errors
from clarity_lab.models.augmentation import hide_stripes, stretch
from clarity_lab.models.borrowed import Borrowed
from clarity_lab.models.conv_encoder import ConvEncoder
from clarity_lab.models.ctc_recogniser import CtcRecogniser
from clarity_lab.models.ctc_search import greedy_search
from clarity_lab.models.modes import drawn_with
from clarity_lab.models.speech_features import (
    RATE_HZ,
    Batch,
    as_sound,
    batch_of,
    log_mel,
)
from clarity_lab.models.training import Plan, Progress, fit
from clarity_lab.units import db_to_amplitude

N_DIGITS = (2, 5)
GAP_S = (0.05, 0.2)
SNR_DB = (20.0, 45.0)
LEVELS_DB = (-3.0, 3.0)
"""How strings are made: digits in one, silence between them, noise below them, and how
much louder or softer than usual a digit is said."""

PLAN = Plan(n_epochs=45, learning_rate=3e-3, warm_up=0.1)
SIZES = {"size": 96, "n_blocks": 3, "width": 7, "widening": 2, "dropout": 0.1}
SIZES_BEHIND_EARS = {"size": 96, "n_blocks": 2, "width": 9, "dropout": 0.2}
N_EPOCHS_BEHIND_EARS = 20
N_STRINGS, BATCH_SIZE, EPOCHS_A_DRAW = 300, 16, 2
MOST_TEMPO, MOST_PITCH = 0.15, 0.25
STRIPES = {"n_mels": 3, "n_frames": 5}
N_BANDS = 24
"""Of two mels each, up to 4 kHz: there is nothing above, and a wider band knows less of
whose voice it is."""


@dataclass(frozen=True)
class Spoken:
    """One recording.

    Attributes:
        digit: From 0 to 9.
        speaker: Who says it.
        samples: At 16 kHz, of RMS 1, shape (samples,).
    """

    digit: int
    speaker: str
    samples: Tensor

    @classmethod
    def of(
        cls, digit: int, speaker: str, samples: NDArray, *, sample_rate: int
    ) -> Spoken:
        """A recording as it came, brought to 16 kHz and to the one level.

        Raises:
            ValueError: If it is silent.
        """
        sound = as_sound(samples, sample_rate=sample_rate)
        if not sound.any():
            raise ValueError(
                f"expected a recording of {digit} by {speaker} that can be heard, got "
                "silence. Leave it out."
            )
        return cls(digit, speaker, sound / sound.square().mean().sqrt())


@dataclass(frozen=True)
class DigitString:
    """Some digits in a row.

    Attributes:
        digits: From 0 to 9.
        sound: At 16 kHz, shape (samples,).
    """

    digits: tuple[int, ...]
    sound: Tensor

    @property
    def text(self) -> str:
        """In words."""
        return " ".join(DIGITS[digit] for digit in self.digits)

    @property
    def features(self) -> Tensor:
        """Log-mel energies, shape (mels, frames)."""
        return log_mel(self.sound, sample_rate=RATE_HZ)


def spoken_digits() -> list[Spoken]:
    """All recordings of the Free Spoken Digit Dataset; fetched (12 MB) if not here.

    Returns:
        Recordings at one level: some of the speakers were 20 dB softer than others.

    Raises:
        MissingDataError: If they are not here and cannot be fetched.
    """
    try:
        table = manifests.table("fsdd")
    except manifests.MissingDataError:
        manifests.fetch("fsdd")
        table = manifests.table("fsdd")
    spoken = []
    for row in table.itertuples():
        samples, sample_rate = audio.load(row.path)
        digit = DIGITS.index(row.label)
        spoken.append(Spoken.of(digit, row.speaker, samples, sample_rate=sample_rate))
    return spoken


def strings(
    spoken: Sequence[Spoken], n: int, *, seed: int | Sequence[int]
) -> list[DigitString]:
    """Draw strings of two to five digits, each of one speaker, in a little noise.

    Args:
        spoken: To choose from.
        n: How many strings.
        seed: Of all choices.

    Returns:
        The strings.

    Raises:
        ValueError: If there is nothing to choose from.
    """
    if not spoken:
        raise ValueError(
            "expected recordings to make strings of, got none: is a speaker's name "
            "misspelt?"
        )
    rng = np.random.default_rng(seed)
    by_speaker: dict[str, list[Spoken]] = {}
    for one in spoken:
        by_speaker.setdefault(one.speaker, []).append(one)
    speakers = sorted(by_speaker)
    return [_string(by_speaker[rng.choice(speakers)], rng) for _ in range(n)]


def _string(spoken: Sequence[Spoken], rng: np.random.Generator) -> DigitString:
    n_digits = rng.integers(*N_DIGITS, endpoint=True)
    chosen = [spoken[k] for k in rng.integers(len(spoken), size=n_digits)]

    def silence() -> Tensor:
        return torch.zeros(round(rng.uniform(*GAP_S) * RATE_HZ))

    parts = [silence()]
    for one in chosen:
        parts += [one.samples * db_to_amplitude(rng.uniform(*LEVELS_DB)), silence()]
    samples = torch.cat(parts)
    noise = torch.from_numpy(rng.standard_normal(len(samples))).float()
    noisy = samples + noise * db_to_amplitude(-rng.uniform(*SNR_DB))
    return DigitString(tuple(one.digit for one in chosen), 0.05 * noisy)


class DigitEncoder(ConvEncoder):
    """An encoder for recordings of 8000 samples a second."""

    def __init__(self, **sizes: float) -> None:
        """Draw the first weights."""
        super().__init__(n_mels=N_BANDS, **sizes)

    def forward(self, features: Tensor, n_frames: Tensor) -> tuple[Tensor, Tensor]:
        """Encode the lower bands of a batch, two mels at a time."""
        pairs = features[:, : 2 * N_BANDS].unflatten(1, (N_BANDS, 2))
        return super().forward(pairs.mean(2), n_frames)


def new_model(*, seed: int, ears: nn.Module | None = None) -> CtcRecogniser:
    """A recogniser of ten words, untrained.

    Args:
        seed: Of its first weights.
        ears: An encoder that has learnt to hear, such as that of the letters'
            recogniser; it stays as it is. Default: this one learns to hear as well.

    Returns:
        The recogniser.
    """
    with drawn_with(seed):
        if ears is None:
            encoder = DigitEncoder(**SIZES)
        else:
            encoder = ConvEncoder(Borrowed(ears), **SIZES_BEHIND_EARS)
        return CtcRecogniser(encoder, n_tokens=len(DIGITS) + 1)


class DigitBatches:
    """Rows of digits, each time faster, slower, higher or lower."""

    def __init__(self, spoken: Sequence[Spoken], *, seed: int) -> None:
        self._spoken, self._seed = spoken, seed
        self._drawn: tuple[int, list] = (-1, [])

    def __call__(self, epoch: int) -> list[Batch]:
        """The batches of an epoch, the same whenever it is asked for."""
        rng = np.random.default_rng([self._seed, epoch])
        rows = self._rows(epoch // EPOCHS_A_DRAW)
        order = rng.permutation(len(rows))
        return [
            self._batch([rows[k] for k in order[start : start + BATCH_SIZE]], rng)
            for start in range(0, len(rows), BATCH_SIZE)
        ]

    def _rows(self, draw: int) -> list[tuple[Tensor, list[int]]]:
        if self._drawn[0] != draw:
            drawn = strings(self._spoken, N_STRINGS, seed=[self._seed, draw])
            rows = [(one.features, tokens_of(one)) for one in drawn]
            self._drawn = (draw, rows)
        return self._drawn[1]

    def _batch(
        self, rows: Sequence[tuple[Tensor, list[int]]], rng: np.random.Generator
    ) -> Batch:
        generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
        changed = [as_by_another(one, rng=rng, generator=generator) for one, _ in rows]
        return batch_of(changed, [tokens for _, tokens in rows])


def as_by_another(
    features: Tensor, *, rng: np.random.Generator, generator: torch.Generator
) -> Tensor:
    """A row as somebody else may say it: faster or slower, higher or lower."""
    tempo = 1 + rng.uniform(-MOST_TEMPO, MOST_TEMPO)
    pitch = 1 + rng.uniform(-MOST_PITCH, MOST_PITCH)
    one = stretch(features, tempo=tempo, pitch=pitch)
    return hide_stripes(one, generator=generator, **STRIPES)


def tokens_of(row: DigitString) -> list[int]:
    """What a recogniser is to say: 1 for zero, 2 for one, ...; 0 is the blank."""
    return [digit + 1 for digit in row.digits]


def train(
    model: CtcRecogniser,
    spoken: Sequence[Spoken],
    *,
    seed: int,
    n_epochs: int | None = None,
    show: bool = True,
) -> Progress:
    """Train a recogniser of digits, in one or two minutes on a laptop.

    Args:
        model: From `new_model`; trained in place, on the device where it is.
        spoken: Recordings to learn from.
        seed: Of rows, order and changes.
        n_epochs: Default: `PLAN.n_epochs`, or `N_EPOCHS_BEHIND_EARS` for a model that
            need not learn to hear.
        show: Whether to show a bar.

    Returns:
        The loss of each epoch.

    Raises:
        ValueError: If there is nothing to learn from.
    """
    device = model.name.weight.device
    hears = isinstance(model.encoder.subsample, Borrowed)
    planned = N_EPOCHS_BEHIND_EARS if hears else PLAN.n_epochs
    plan = replace(PLAN, seed=seed, n_epochs=n_epochs or planned)
    return fit(
        model,
        plan=plan,
        batches=DigitBatches(spoken, seed=seed),
        loss=lambda model, batch: model.loss(batch.to(device)),
        show=show,
    )


@torch.inference_mode()
def errors(model: CtcRecogniser, rows: Sequence[DigitString]) -> TextErrors:
    """What greedy search gets wrong in some rows of digits, in words."""
    heard = [read(model, row) for row in rows]
    return word_errors(heard, reference=[row.text for row in rows])


def read(model: CtcRecogniser, row: DigitString) -> str:
    """What a model hears, in words."""
    log_probs = model.listen(row.sound.numpy(), sample_rate=RATE_HZ)
    return " ".join(DIGITS[k - 1] for k in greedy_search(log_probs).tokens)
