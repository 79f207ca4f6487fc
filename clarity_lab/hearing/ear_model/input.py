"""What happens to a sound before the ear model's bands: sample rate, middle ear."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from clarity_lab.hearing.ear_model.filters import EAR_RATE_HZ


def to_ear_rate(samples: NDArray, *, sample_rate: int) -> NDArray:
    """Bring a sound to the ear's 24 kHz and keep its level below 10.5 kHz.

    The rate is rounded to whole kilohertz, as in the model since 2011: 44.1 kHz counts
    as 44 kHz, and all frequencies come out 0.2 % low. The published scores have it so.

    Args:
        samples: One channel, shape (samples,).
        sample_rate: In Hz.

    Returns:
        Shape (samples at 24 kHz,).
    """
    from scipy.signal import resample_poly

    ear_khz, khz = EAR_RATE_HZ // 1000, int(np.round(sample_rate / 1000))
    if khz == ear_khz:
        return samples
    resampled = resample_poly(samples, ear_khz, khz)
    if khz < ear_khz:
        return resampled * (_rms(samples) / _rms(resampled))
    return resampled * (_rms_in_ear(samples, khz) / _rms_in_ear(resampled, ear_khz))


def _rms(samples: NDArray) -> float:
    return np.sqrt(np.mean(samples**2))


def _rms_in_ear(samples: NDArray, khz: int) -> float:
    from scipy.signal import lfilter

    return _rms(lfilter(*_below_10500_hz(khz), samples))


@cache
def _below_10500_hz(khz: int) -> tuple[NDArray, NDArray]:
    from scipy.signal import cheby2

    return cheby2(7, 30, 21 / khz)


def middle_ear(samples: NDArray) -> NDArray:
    """Filter a sound as the middle ear does.

    Args:
        samples: Shape (samples,), at 24 kHz.

    Returns:
        The same shape, behind a low-pass at 5 kHz (first order) and a high-pass at
            350 Hz (second order).
    """
    from scipy.signal import lfilter

    for numerator, denominator in _middle_ear_filters():
        samples = lfilter(numerator, denominator, samples)
    return samples


@cache
def _middle_ear_filters() -> list[tuple[NDArray, NDArray]]:
    from scipy.signal import butter

    nyquist_hz = EAR_RATE_HZ / 2
    return [butter(1, 5000 / nyquist_hz), butter(2, 350 / nyquist_hz, "high")]
