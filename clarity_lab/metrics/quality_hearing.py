"""What HASQI and HAAQI compare: envelopes, fine structure and spectra in one ear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache

import numpy as np
from numpy.typing import NDArray

from clarity_lab.hearing import ear_model
from clarity_lab.hearing.ear_filters import EAR_RATE_HZ, EarBands
from clarity_lab.hearing.ear_model import EarSignal
from clarity_lab.metrics.ear_pairs import Rng
from clarity_lab.metrics.inner_noise import ThresholdNoise

SEGMENT_S = 0.016
HIGHEST_LAG_S = 0.001


@dataclass(frozen=True)
class Comparison:
    """An estimate beside its reference, in one ear.

    Attributes:
        reference_db: Smoothed envelopes above threshold, shape (frames, 32).
        estimate_db: The same of the estimate.
        coherence: Peak of the fine structures' normalised covariance within 1 ms, 0 to
            1, shape (segments, 32).
        reference_db_in_segments: The reference's level above threshold, the same shape.
        reference_spectrum_db: Long-term, above threshold, shape (32,).
        estimate_spectrum_db: The same of the estimate.
        envelope_lags: How late each band of the estimate was, in samples, shape (32,).
    """

    reference_db: NDArray
    estimate_db: NDArray
    coherence: NDArray
    reference_db_in_segments: NDArray
    reference_spectrum_db: NDArray
    estimate_spectrum_db: NDArray
    envelope_lags: NDArray


def compare(
    reference: EarSignal,
    estimates: Sequence[EarSignal],
    ear: EarBands,
    *,
    frame_s: float,
    rng: Rng | None,
) -> list[Comparison]:
    """Hear a reference and its estimates with one ear, eight bands at a time.

    Args:
        reference: Amplified for this ear, behind the middle ear.
        estimates: In step with it.
        ear: The ear's bands.
        frame_s: Length of the envelopes' frames, which overlap by half.
        rng: Of the noise at threshold, or None. With several estimates, without it
            only: each pair of the peer's has noise of its own.

    Returns:
        One comparison for each estimate.
    """
    noise = ThresholdNoise(
        rng,
        n_samples=len(reference.samples),
        rms_one_db_spl=reference.rms_one_db_spl,
    )
    delay = reference.tuned_to(ear).delay
    pieces = [
        _compare_group(
            reference, estimates, ear, group, delay.max() - delay[group], noise, frame_s
        )
        for group in ear_model.band_groups()
    ]
    return [_joined(of_one_estimate) for of_one_estimate in zip(*pieces, strict=True)]


def _joined(pieces: Sequence[Comparison]) -> Comparison:
    """Eight bands beside eight bands."""
    names = [field.name for field in fields(Comparison)]
    return Comparison(
        *(np.concatenate([getattr(one, name) for one in pieces], -1) for name in names)
    )


def _compare_group(
    reference: EarSignal,
    estimates: Sequence[EarSignal],
    ear: EarBands,
    group: slice,
    late: NDArray,
    noise: ThresholdNoise,
    frame_s: float,
) -> list[Comparison]:
    """`compare` in eight bands; `late` is by how much each waits for the slowest."""
    clean = ear_model.excite(reference, ear, group, with_motion=True)
    clean_db, clean_motion = ear_model.hear(
        clean, ear, group, late=late, threshold_noise=noise.for_reference(late)
    )
    clean_frames, clean_spectrum_db = _frame_means(clean_db, frame_s), clean.spectrum_db
    del clean_db
    comparisons = []
    for n, estimate in enumerate(estimates, start=1):
        given = ear_model.excite(estimate, ear, group, with_motion=True)
        lags = ear_model.band_lags(given.envelope, reference=clean.envelope)
        motion_lags = ear_model.band_lags(given.motion, reference=clean.motion)
        if n == len(estimates):
            del clean  # 3 MB less at the peak for each second of sound
        given_db, given_motion = ear_model.hear(
            given,
            ear,
            group,
            late=late,
            envelope_lag=lags,
            motion_lag=motion_lags,
            threshold_noise=noise.for_estimate(late),
        )
        coherence, clean_levels = _coherence(given_motion, reference=clean_motion)
        comparisons.append(
            Comparison(
                reference_db=clean_frames,
                estimate_db=_frame_means(given_db, frame_s),
                coherence=coherence,
                reference_db_in_segments=clean_levels,
                reference_spectrum_db=clean_spectrum_db,
                estimate_spectrum_db=given.spectrum_db,
                envelope_lags=lags,
            )
        )
    return comparisons


def _frames(n_samples: int, length_s: float) -> tuple[NDArray, int]:
    """The Hann window of overlapping frames, and how many there are."""
    length = round(length_s * EAR_RATE_HZ)
    n_frames = 1 + n_samples // length + (n_samples - length // 2) // length
    return np.hanning(length), n_frames


def _frame_means(heard_db: NDArray, frame_s: float) -> NDArray:
    """Weighted means of frames, shape (frames, 8); first and last are half frames.

    Frame k starts k half frames into the sound; but the first holds the falling half
    of a window, so that the second begins where it ends.
    """
    window, n_frames = _frames(len(heard_db), frame_s)
    hop = len(window) // 2
    covered = heard_db[: n_frames * hop]
    sums = ear_model.windowed_sums(covered, window, first=0, hop=hop, n_frames=n_frames)
    sums[0] = window[hop:] @ covered[:hop]
    sums[1:-1] /= np.sum(window)
    sums[[0, -1]] /= np.sum(window[hop:])
    return sums


def _coherence(estimate: NDArray, *, reference: NDArray) -> tuple[NDArray, NDArray]:
    """Peak covariance of the fine structures in segments, and the reference's level.

    Args:
        estimate: Motion of eight bands, shape (samples, 8).
        reference: The same shape.

    Returns:
        0 to 1, and dB above threshold: shape (segments, 8) each.
    """
    from clarity_lab.metrics import quality_kernels as kernels

    window, n_segments = _frames(len(reference), SEGMENT_S)
    lag_weights, power_weights = _segment_weights()
    peak, power = np.empty((2, n_segments, reference.shape[1]))
    kernels.segment_covariance(
        reference, estimate, window, lag_weights, power_weights, peak, power
    )
    return np.clip(peak, 0.0, 1.0), np.sqrt(2.0 * power)  # RMS of a sine to its peak


@cache
def _segment_weights() -> tuple[NDArray, NDArray]:
    """One over the window's autocorrelation and power: whole windows, then halves."""
    reach = round(HIGHEST_LAG_S * EAR_RATE_HZ)
    window, _ = _frames(EAR_RATE_HZ, SEGMENT_S)
    lags, powers = [], []
    for part in (window, window[len(window) // 2 :]):
        autocorrelation = np.correlate(part, part, "full")
        middle = len(part) - 1
        lags.append(1.0 / autocorrelation[middle - reach : middle + reach + 1])
        powers.append(1.0 / np.sum(part**2))
    return np.array(lags), np.array(powers)
