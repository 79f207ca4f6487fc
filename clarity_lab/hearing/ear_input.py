"""What happens to a sound before the ear model's bands: rate, alignment, middle ear."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from clarity_lab.hearing.ear_filters import EAR_RATE_HZ

DISPERSION_S = 0.002  # the estimate is left this late: its filters may spread it
ACTIVE_RE_PEAK = 0.001


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


def bulk_delay(estimate: NDArray, *, reference: NDArray) -> int:
    """How many samples the estimate lags behind the reference, less 2 ms.

    Args:
        estimate: Shape (samples,), at 24 kHz.
        reference: The same shape.

    Returns:
        The lag of the largest cross-covariance of either sign, minus 48 samples.
    """
    from scipy.signal import correlate

    covariance = correlate(
        reference - np.mean(reference), estimate - np.mean(estimate), "full"
    )
    lag = len(reference) - 1 - int(np.argmax(np.abs(covariance)))
    return lag - round(DISPERSION_S * EAR_RATE_HZ)


def advanced(samples: NDArray, by: int) -> NDArray:
    """Move a sound earlier by some samples, later if negative; zeros move in.

    Example:
        >>> advanced(np.array([1.0, 2.0, 3.0]), by=1)
        array([2., 3., 0.])
        >>> advanced(np.array([1.0, 2.0, 3.0]), by=-2)
        array([0., 0., 1.])
    """
    moved = np.zeros_like(samples)
    n_kept = max(len(samples) - abs(by), 0)
    if by > 0:
        moved[:n_kept] = samples[by : by + n_kept]
    else:
        moved[len(samples) - n_kept :] = samples[:n_kept]
    return moved


def active_part(reference: NDArray) -> slice:
    """From the first to the last sample within 60 dB of the peak.

    Example:
        >>> active_part(np.array([0.0, 1.0, 0.0, 1.0, 0.0005]))
        slice(1, 4, None)
    """
    magnitude = np.abs(reference)
    active = np.flatnonzero(magnitude > ACTIVE_RE_PEAK * np.max(magnitude))
    return slice(int(active[0]), int(active[-1]) + 1)


def middle_ear(samples: NDArray) -> NDArray:
    """Low-pass at 5 kHz (first order), high-pass at 350 Hz (second order)."""
    from scipy.signal import lfilter

    for numerator, denominator in _middle_ear_filters():
        samples = lfilter(numerator, denominator, samples)
    return samples


@cache
def _middle_ear_filters() -> list[tuple[NDArray, NDArray]]:
    from scipy.signal import butter

    nyquist_hz = EAR_RATE_HZ / 2
    return [butter(1, 5000 / nyquist_hz), butter(2, 350 / nyquist_hz, "high")]
