"""Another sample rate for the same sound."""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import ArrayLike, NDArray

from clarity_lab.checks import require_sample_rate, require_samples


def resample(
    samples: ArrayLike, *, sample_rate: int, new_sample_rate: int
) -> NDArray[np.floating]:
    """Describe the same sound with more or fewer samples per second.

    What lies above half the new sample rate cannot be kept and is filtered out.

    Args:
        samples: A sound, shape (..., samples), full scale at 1.0.
        sample_rate: Its sample rate in Hz.
        new_sample_rate: The wanted one in Hz.

    Returns:
        The sound at the new rate, shape (..., samples * new / old, rounded). At an
            unchanged rate the array that came in.

    Raises:
        TypeError: If a rate is no whole number, or the samples are integers.
        ValueError: If the samples are none, not finite, or too few to leave one.

    Reference:
        libsoxr, quality "VHQ".

    Example:
        Half the rate, half the samples:

        >>> resample(np.zeros(100), sample_rate=16_000, new_sample_rate=8_000).shape
        (50,)
    """
    samples = require_samples(samples)
    sample_rate = require_sample_rate(sample_rate)
    new_sample_rate = require_sample_rate(new_sample_rate, name="new_sample_rate")
    if sample_rate == new_sample_rate:
        return samples

    length = samples.shape[-1]
    if round(length * new_sample_rate / sample_rate) < 1:
        raise ValueError(
            f"expected a sound that is long enough, got {length} sample(s) at "
            f"{sample_rate} Hz: nothing is left at {new_sample_rate} Hz. "
            "Take a longer piece."
        )
    signals = np.ascontiguousarray(samples.reshape(-1, length).T)  # theirs: time first
    resampled = soxr.resample(signals, sample_rate, new_sample_rate, quality="VHQ").T
    return np.ascontiguousarray(resampled).reshape(*samples.shape[:-1], -1)
