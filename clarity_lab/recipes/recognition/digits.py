"""A recogniser of spoken digits that is trained while you watch.

Lessons: 20_ctc, 24_continual_languages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
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
    batch_of,
)
from clarity_lab.models.training import Plan, Progress, fit
from clarity_lab.recipes.recognition.digit_strings import DigitString, Spoken, strings

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
