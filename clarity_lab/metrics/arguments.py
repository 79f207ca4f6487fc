"""What HASPI, HASQI and HAAQI ask of their arguments."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clarity_lab.checks import require_sample_rate, require_samples
from clarity_lab.hearing.audiogram import Audiogram, Listener, require_audiogram
from clarity_lab.hearing.levels import (
    require_possible_peak,
    require_rms_one,
    warn_of_implausible_level,
)

MIN_DURATION_S = 0.25
"""The slowest modulation filter alone lasts 0.24 s; the bands listen 0.1 s around."""

MIN_RATE_HZ = 8000


def require_sound(
    samples: NDArray, *, name: str, sample_rate: int, rms_one_db_spl: float
) -> NDArray:
    """Return a sound as float64, or say why no ear can judge it.

    Args:
        samples: A sound, shape (..., samples).
        name: The argument's name, for the message.
        sample_rate: In Hz, at least 8000.
        rms_one_db_spl: SPL in dB of a signal whose RMS is 1.

    Returns:
        The sound.

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

    Args:
        estimate: Shape (..., samples).
        reference_shape: Of the reference.

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


def as_ears(audiogram: Audiogram | Sequence[Audiogram]) -> tuple[list[Audiogram], bool]:
    """One or several ears as a list, and whether several came.

    Args:
        audiogram: One ear, or a list or tuple of them.

    Returns:
        The ears; True for a list or tuple.

    Raises:
        TypeError: If one of them is no `Audiogram`.
        ValueError: If the list is empty.
    """
    ears, several = _as_list(audiogram, "Audiogram")
    for ear in ears:
        require_audiogram(ear)
    return ears, several


def as_listeners(
    listener: Listener | Sequence[Listener],
) -> tuple[list[Listener], bool]:
    """One or several listeners as a list, and whether several came.

    Args:
        listener: One listener, or a list or tuple of them.

    Returns:
        The listeners; True for a list or tuple.

    Raises:
        TypeError: If one of them is no `Listener`.
        ValueError: If the list is empty.
    """
    listeners, several = _as_list(listener, "Listener")
    for one in listeners:
        if not isinstance(one, Listener):
            raise TypeError(
                "expected listener as a Listener or a list of them, got "
                f"{type(one).__name__}. Try Listener('L0001', left=audiogram, "
                "right=audiogram)."
            )
    return listeners, several


def _as_list(given: object, kind: str) -> tuple[list, bool]:
    several = isinstance(given, list | tuple)
    items = list(given) if several else [given]
    if not items:
        raise ValueError(f"expected at least one {kind}, got an empty list.")
    return items, several


def require_one_pair(
    estimate: NDArray, audiogram: Audiogram | Sequence[Audiogram]
) -> None:
    """Raise unless there is one signal and one ear, of which details can be told.

    Args:
        estimate: What came, to be of shape (samples,).
        audiogram: What came, to be one ear.

    Raises:
        ValueError: If there are several of one of them.
    """
    if np.ndim(estimate) != 1 or isinstance(audiogram, list | tuple):
        raise ValueError("expected one signal and one ear. Loop over them for details.")


def float_or_array(scores: NDArray) -> float | NDArray:
    """A float if there is one score and no axis, else the scores.

    Args:
        scores: Any shape.

    Returns:
        The same.

    Example:
        >>> float_or_array(np.array(0.5))
        0.5
    """
    return float(scores) if scores.ndim == 0 else scores
