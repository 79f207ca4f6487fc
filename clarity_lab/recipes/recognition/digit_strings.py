"""Rows of spoken digits, made of single recordings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from clarity_lab.manifests.layouts import DIGITS
from clarity_lab.models.speech_features import RATE_HZ, as_sound, log_mel
from clarity_lab.units import db_to_amplitude

N_DIGITS = (2, 5)
GAP_S = (0.05, 0.2)
SNR_DB = (20.0, 45.0)
LEVELS_DB = (-3.0, 3.0)
"""How strings are made: digits in one, silence between them, noise below them, and how
much louder or softer than usual a digit is said."""


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
