"""What HASPI, HASQI and HAAQI ask of their arguments, and how a pair is lined up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from clarity_lab.checks import require_sample_rate, require_samples
from clarity_lab.hearing.audiogram import Audiogram
from clarity_lab.hearing.ear_filters import EAR_RATE_HZ
from clarity_lab.hearing.ear_input import (
    active_part,
    advanced,
    bulk_delay,
    middle_ear,
    to_ear_rate,
)
from clarity_lab.hearing.ear_model import EarSignal
from clarity_lab.hearing.levels import (
    require_possible_peak,
    require_rms_one,
    warn_of_implausible_level,
)

MIN_DURATION_S = 0.25
"""The slowest modulation filter alone lasts 0.24 s; the bands listen 0.1 s around."""

MIN_RATE_HZ = 8000

Rng = np.random.Generator | np.random.RandomState
T = TypeVar("T")


def require_sound(
    samples: NDArray, *, name: str, sample_rate: int, rms_one_db_spl: float
) -> NDArray:
    """Return a sound as float64, or say why no ear can judge it.

    Args:
        samples: A sound, shape (..., samples).
        name: The argument's name, for the message.
        sample_rate: In Hz, at least 8000.
        rms_one_db_spl: SPL in dB of a signal whose RMS is 1.

    Raises:
        TypeError: If the values are not floating-point numbers, or the rate no integer.
        ValueError: If it is silent, too short or not finite, or the rate too low.
    """
    if require_sample_rate(sample_rate) < MIN_RATE_HZ:
        raise ValueError(
            f"expected a sample_rate of at least {MIN_RATE_HZ} Hz, got {sample_rate}. "
            "The ear's bands reach up to 8 kHz: rates of 16000 and more fill them."
        )
    require_rms_one(rms_one_db_spl)
    sound = require_samples(samples, name=name).astype(np.float64)
    if sound.shape[-1] < MIN_DURATION_S * sample_rate:
        raise ValueError(
            f"expected {name} of at least {MIN_DURATION_S} s, got "
            f"{sound.shape[-1] / sample_rate:.3f} s: slow modulations cannot be "
            "measured in less. Time is the last axis: is it transposed?"
        )
    require_possible_peak(sound, name=name)
    if not np.all(np.any(np.square(sound), axis=-1)):  # 1e-200 has no power either
        raise ValueError(
            f"expected a sound in {name}, got silence. A score for silence is your "
            "decision, not a measurement: 0 is usual for a system that says nothing."
        )
    warn_of_implausible_level(sound, rms_one_db_spl=rms_one_db_spl, name=name)
    return sound


def require_fitting(estimate: NDArray, *, reference_shape: tuple[int, ...]) -> None:
    """Raise unless the reference is one for all estimates, or one for each.

    Raises:
        ValueError: If the lengths or the leading axes do not fit.
    """
    if estimate.shape[-1] != reference_shape[-1]:
        raise ValueError(
            f"expected estimate and reference of one length, got {estimate.shape[-1]} "
            f"and {reference_shape[-1]} samples. Trim the longer one or pad the "
            "shorter with zeros; are both at the same sample rate?"
        )
    if len(reference_shape) > 1 and reference_shape != estimate.shape:
        raise ValueError(
            "expected reference of shape (samples,) or that of estimate, "
            f"{estimate.shape}, got {reference_shape}. Choose a channel: reference[0]."
        )


AUDIOGRAM_EXAMPLE = (
    "Audiogram(frequencies_hz=(250, 500, 1000, 2000, 4000, 6000), "
    "thresholds_db_hl=(10, 15, 20, 30, 45, 60)): frequencies first, then losses"
)


def as_list(
    given: T | Sequence[T], *, kind: type[T], example: str
) -> tuple[list, bool]:
    """One or several audiograms or listeners as a list, and whether several came.

    Args:
        given: One, or a list or tuple of them.
        kind: Their class.
        example: How to make one, for the message.

    Raises:
        TypeError: If one of them is of another class.
        ValueError: If the list is empty.
    """
    several = isinstance(given, list | tuple)
    items = list(given) if several else [given]
    for item in items:
        if not isinstance(item, kind):
            raise TypeError(
                f"expected {kind.__name__.lower()} as a {kind.__name__} or a list of "
                f"them, got {type(item).__name__}. Try {example}."
            )
    if not items:
        raise ValueError(f"expected at least one {kind.__name__}, got an empty list.")
    return items, several


def ears_of(audiogram: Audiogram | Sequence[Audiogram]) -> tuple[list, bool]:
    """The audiograms as a list, and whether several came; errors as `as_list`."""
    return as_list(audiogram, kind=Audiogram, example=AUDIOGRAM_EXAMPLE)


def float_or_array(scores: NDArray) -> float | NDArray:
    """A float if there is one score and no axis, else the scores."""
    return float(scores) if scores.ndim == 0 else scores


def as_rng(rng: Rng | int | None) -> Rng | None:
    """A random number generator; a whole number seeds one as pyclarity would be.

    Raises:
        TypeError: If it is neither a generator, a whole number nor None.
    """
    if rng is None or isinstance(rng, Rng):
        return rng
    if isinstance(rng, int | np.integer) and not isinstance(rng, bool):
        return np.random.RandomState(rng)
    raise TypeError(
        "expected rng as None (no noise), a seed or a generator, got "
        f"{type(rng).__name__}. Try rng=np.random.default_rng(0)."
    )


@dataclass(frozen=True)
class ReferenceSound:
    """A reference at the ear's rate, and which part of it counts.

    Attributes:
        samples: The whole sound at 24 kHz.
        active: From its first to its last sample within 60 dB of the peak.
    """

    samples: NDArray
    active: slice

    @classmethod
    def of(cls, samples: NDArray, *, sample_rate: int) -> ReferenceSound:
        """Resample a reference and find its active part.

        Raises:
            ValueError: If the active part is too short.
        """
        resampled = to_ear_rate(samples, sample_rate=sample_rate)
        active = active_part(resampled)
        length_s = (active.stop - active.start) / EAR_RATE_HZ
        if length_s < MIN_DURATION_S:
            raise ValueError(
                f"expected at least {MIN_DURATION_S} s of sound in reference, got "
                f"{length_s:.3f} s between its first and last sample within 60 dB of "
                "the peak. Is it a click, or did it fail to load?"
            )
        return cls(resampled, active)

    @property
    def active_samples(self) -> NDArray:
        """The part that counts."""
        return self.samples[self.active]

    def aligned(
        self, estimate: NDArray, *, sample_rate: int, rms_one_db_spl: float
    ) -> tuple[EarSignal, int]:
        """Bring an estimate to the ear, in step with the reference.

        Returns:
            The estimate behind the middle ear, and its delay in samples at 24 kHz.
        """
        resampled = to_ear_rate(estimate, sample_rate=sample_rate)
        delay = bulk_delay(resampled, reference=self.samples)
        active = advanced(resampled, by=delay)[self.active]
        return EarSignal(middle_ear(active), rms_one_db_spl), delay
