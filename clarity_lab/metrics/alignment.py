"""How HASPI, HASQI and HAAQI bring an estimate in step with its reference.

First the whole of it, and the active part is cut out; then, behind the outer hair
cells, each band for itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clarity_lab.hearing.ear_model import (
    EAR_RATE_HZ,
    EarSignal,
    middle_ear,
    to_ear_rate,
)
from clarity_lab.metrics.arguments import MIN_DURATION_S

DISPERSION_S = 0.002  # the estimate is left this late: its filters may spread it
ACTIVE_RE_PEAK = 0.001
HIGHEST_BAND_LAG_S = 0.1
_CORRELATION_BLOCK = 16_384


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

        Args:
            samples: One channel, shape (samples,).
            sample_rate: In Hz.

        Returns:
            The reference.

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

        Args:
            estimate: One channel, shape (samples,).
            sample_rate: In Hz.
            rms_one_db_spl: SPL in dB of a signal whose RMS is 1.

        Returns:
            The estimate behind the middle ear, and its delay in samples at 24 kHz.
        """
        resampled = to_ear_rate(estimate, sample_rate=sample_rate)
        delay = bulk_delay(resampled, reference=self.samples)
        active = advanced(resampled, by=delay)[self.active]
        return EarSignal(middle_ear(active), rms_one_db_spl), delay


def bulk_delay(estimate: NDArray, *, reference: NDArray) -> int:
    """By how many samples the estimate lags behind the reference, less 2 ms.

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

    Args:
        samples: Shape (samples,).
        by: How many samples.

    Returns:
        The same shape.

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

    Args:
        reference: Shape (samples,), not silent.

    Returns:
        Where to cut it.

    Example:
        >>> active_part(np.array([0.0, 1.0, 0.0, 1.0, 0.0005]))
        slice(1, 4, None)
    """
    magnitude = np.abs(reference)
    active = np.flatnonzero(magnitude > ACTIVE_RE_PEAK * np.max(magnitude))
    return slice(int(active[0]), int(active[-1]) + 1)


def band_lags(estimate: NDArray, *, reference: NDArray) -> NDArray:
    """By how much each band of the estimate lags behind the reference's.

    The exact maximum of the cross-correlation within 100 ms, which only takes short
    Fourier transforms: blocks of the reference against slightly longer blocks of the
    estimate, summed before the one way back.

    Args:
        estimate: Eight bands, shape (samples, 8).
        reference: The same shape.

    Returns:
        Lags in samples, shape (8,).
    """
    from scipy import fft

    n_samples = len(reference)
    reach = min(round(HIGHEST_BAND_LAG_S * EAR_RATE_HZ), n_samples)
    n_fft = min(_CORRELATION_BLOCK, fft.next_fast_len(n_samples + 2 * reach, real=True))
    block = n_fft - 2 * reach
    spectrum = np.zeros((reference.shape[1], n_fft // 2 + 1), dtype=complex)
    for start in range(0, n_samples, block):
        still = fft.rfft(_bands_first(reference, start, block), n_fft)
        moving = fft.rfft(_bands_first(estimate, start - reach, n_fft), n_fft)
        spectrum += np.conj(still, out=still) * moving
    lowest = 0 if reach < n_samples else 1  # a lag of -n_samples has no overlap
    correlation = fft.irfft(spectrum, n_fft)[:, lowest : 2 * reach]
    latest_first = correlation[:, ::-1]  # of equal maxima the latest lag counts
    return reach - 1 - np.argmax(latest_first, axis=1)


def _bands_first(bands: NDArray, start: int, length: int) -> NDArray:
    """Some samples of each band as rows, with zeros where there are none."""
    rows = np.zeros((bands.shape[1], length))
    first, last = max(start, 0), min(start + length, len(bands))
    rows[:, first - start : last - start] = bands[first:last].T
    return rows
