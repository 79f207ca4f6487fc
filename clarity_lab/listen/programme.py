"""What a player is given, checked and brought to one sample rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.audio import resample
from clarity_lab.checks import (
    require_mono_or_stereo,
    require_number,
    require_sample_rate,
)
from clarity_lab.frozen import frozen, is_frozen
from clarity_lab.listen.page import (
    gain_in_words,
    level_in_words,
    refuse_clipping,
    safe_gain_db,
)
from clarity_lab.units import db_to_amplitude

LOWEST_RATE_HZ = 8_000
HIGHEST_RATE_HZ = 96_000
"""Every browser plays sample rates between these."""


@dataclass(frozen=True)
class Measures:
    """What one wants to know of a sound before it is played.

    Attributes:
        level: As it was given, in words.
        peak: The largest distance of a sample from zero, as it is played.
    """

    level: str
    peak: float

    @classmethod
    def of(cls, given: NDArray, played: NDArray) -> Measures:
        """Look at a sound: as it was given, and at the common rate."""
        peak = max(float(played.max()), -float(played.min()))
        return cls(level_in_words(given), peak)


@dataclass(frozen=True)
class Programme:
    """The sounds of one player.

    Attributes:
        given: Label to sound as it came, shape (samples,) or (channels, samples);
            nobody can change it.
        played: Label to the same sound at the common rate, shape (channels, samples).
        sample_rate: The common one, in Hz.
        rates: Label to the rate it came with, in Hz.
        measures: Label to level and peak.
    """

    given: dict[str, NDArray]
    played: dict[str, NDArray]
    sample_rate: int
    rates: dict[str, int]
    measures: dict[str, Measures]

    @property
    def resampled(self) -> dict[str, int]:
        """Label to rate of the sounds that came with another one."""
        return {
            label: rate
            for label, rate in self.rates.items()
            if rate != self.sample_rate
        }

    def gain_db(self, wanted_db: float | None) -> float:
        """The common gain: what is wanted, if no sound clips; else what fits them all.

        Raises:
            ValueError: If the wanted gain would clip a sound.
        """
        if wanted_db is None:
            return safe_gain_db([each.peak] for each in self.measures.values())
        loudest = max(each.peak for each in self.measures.values())
        return require_gain_db(wanted_db, loudest=loudest)

    def has(self, label: str, samples: object) -> bool:
        """Whether this very array is here, and nobody can have changed it."""
        return self.given.get(label) is samples and is_frozen(samples)

    def with_these(self, other: Programme) -> Programme:
        """The same with the sounds of another one in place of some."""
        return Programme(
            {**self.given, **other.given},
            {**self.played, **other.played},
            self.sample_rate,
            {**self.rates, **other.rates},
            {**self.measures, **other.measures},
        )


def programme(
    sounds: Mapping[str, ArrayLike],
    *,
    sample_rate: int | Mapping[str, int],
    common_rate: int | None = None,
    known: Programme | None = None,
) -> Programme:
    """Check the sounds of a player, and resample those that differ in rate.

    Args:
        sounds: Label to sound; a label that is no text is written as text.
        sample_rate: In Hz, of all, or label to rate.
        common_rate: Play them at this rate. Default: the highest that comes, within
            what every browser plays.
        known: What was played before, from the same rates: a read-only array that
            comes again is not looked at again.

    Returns:
        The sounds, ready.

    Raises:
        TypeError: If `sounds` is no mapping, or samples are integers.
        ValueError: If there are none, two labels read the same, a rate is missing, or
            a sound is empty, not finite or has more than two channels.

    Example:
        >>> programme({1: [0.5]}, sample_rate=16_000).given
        {'1': array([0.5])}
    """
    sounds = with_text_labels(sounds, name="sounds")
    if not sounds:
        raise ValueError("expected at least one sound, got none.")
    again = {label for label, x in sounds.items() if known and known.has(label, x)}
    given = {
        label: x if label in again else frozen(require_mono_or_stereo(x, name=label))
        for label, x in sounds.items()
    }
    rates = _rates_of(given, sample_rate)
    if common_rate is None:
        common_rate = int(np.clip(max(rates.values()), LOWEST_RATE_HZ, HIGHEST_RATE_HZ))
    played, measures = {}, {}
    for label, samples in given.items():
        if label in again:
            played[label], measures[label] = known.played[label], known.measures[label]
            continue
        rate = {"sample_rate": rates[label], "new_sample_rate": common_rate}
        played[label] = np.atleast_2d(resample(samples, **rate))
        measures[label] = Measures.of(samples, played[label])
    return Programme(given, played, common_rate, rates, measures)


def require_playable_rate(sample_rate: int) -> int:
    """Return a sample rate that every browser plays, or say what to do.

    Raises:
        TypeError: If it is no whole number.
        ValueError: If not every browser plays it.

    Example:
        >>> require_playable_rate(16_000)
        16000
    """
    sample_rate = require_sample_rate(sample_rate)
    if not LOWEST_RATE_HZ <= sample_rate <= HIGHEST_RATE_HZ:
        raise ValueError(
            f"expected a sample_rate that every browser plays, {LOWEST_RATE_HZ} to "
            f"{HIGHEST_RATE_HZ} Hz, got {sample_rate}. Resample first: "
            "clarity_lab.audio.resample."
        )
    return sample_rate


def require_gain_db(gain_db: float, *, loudest: float) -> float:
    """Return a gain in dB, or say how much of it a peak of `loudest` leaves room for.

    Raises:
        TypeError: If it is no number.
        ValueError: If it is not finite, or would clip.

    Example:
        >>> require_gain_db(6, loudest=0.5)
        6.0
    """
    gain_db = require_number(gain_db, name="gain_db", unit="dB")
    refuse_clipping(np.array([loudest * db_to_amplitude(gain_db)]))
    return gain_db


def caption_of(ready: Programme, gain_db: float) -> str:
    """The common gain in words, and which sounds were resampled."""
    words = gain_in_words(gain_db, n_sounds=len(ready.given))
    if not ready.resampled:
        return words
    if len(set(ready.rates.values())) == 1:
        rate = next(iter(ready.rates.values()))
        return f"{words}, resampled from {rate} to {ready.sample_rate} Hz"
    which = ", ".join(f"{label} from {hz} Hz" for label, hz in ready.resampled.items())
    return f"{words}, resampled to {ready.sample_rate} Hz: {which}"


def with_text_labels(table: Mapping, *, name: str) -> dict[str, object]:
    """The same table with every label as text.

    Raises:
        TypeError: If it is no mapping.
        ValueError: If two labels read the same.
    """
    if not isinstance(table, Mapping):
        raise TypeError(
            f"expected {name} as a dictionary from label to sound, got "
            f'{type(table).__name__}. Try {{"first": one, "second": other}}.'
        )
    texts = {str(label): value for label, value in table.items()}
    if len(texts) < len(table):
        labels = ", ".join(map(repr, table))
        raise ValueError(f"expected {name} with labels that differ, got {labels}.")
    return texts


def _rates_of(
    sounds: Mapping[str, NDArray], sample_rate: int | Mapping[str, int]
) -> dict[str, int]:
    if not isinstance(sample_rate, Mapping):
        return dict.fromkeys(sounds, require_sample_rate(sample_rate))
    rates = with_text_labels(sample_rate, name="sample_rate")
    missing = [label for label in sounds if label not in rates]
    if missing:
        raise ValueError(
            f"expected a sample_rate for each sound, got none for {', '.join(missing)}."
        )
    return {label: require_sample_rate(rates[label], name=label) for label in sounds}
