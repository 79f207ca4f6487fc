"""HASQI's and HAAQI's first half: an estimate beside its reference in one ear.

They compare envelopes, fine structure (how the basilar membrane moves) and spectra.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache

import numpy as np
from numpy.typing import NDArray

from clarity_lab.hearing import ear_model
from clarity_lab.hearing.ear_model import EAR_RATE_HZ, EarBands, EarSignal
from clarity_lab.metrics.alignment import band_lags
from clarity_lab.metrics.inner_noise import Rng, ThresholdNoise

SEGMENT_S = 0.016
HIGHEST_FINE_LAG_S = 0.001
_TINY = 1e-30


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
        rng: Of the noise at threshold, or None.

    Returns:
        One comparison for each estimate.

    Raises:
        ValueError: If several estimates are to share one noise: in pyclarity each pair
            has noise of its own.
    """
    if rng is not None and len(estimates) > 1:
        raise ValueError(
            f"expected one estimate with rng, got {len(estimates)}. Compare them one "
            "after the other, or leave the noise out."
        )
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


@dataclass(frozen=True)
class _Heard:
    """Eight bands of one sound at the nerve."""

    frames_db: NDArray
    membrane_motion: NDArray
    spectrum_db: NDArray


def _compare_group(
    reference: EarSignal,
    estimates: Sequence[EarSignal],
    ear: EarBands,
    group: slice,
    band_delay: NDArray,
    noise: ThresholdNoise,
    frame_s: float,
) -> list[Comparison]:
    """`compare` in eight bands; by `band_delay` each waits for the slowest."""
    output = ear_model.excite(reference, ear, group, with_membrane_motion=True)
    clean_db, clean_motion = ear_model.auditory_nerve(
        output,
        ear,
        group,
        band_delay=band_delay,
        threshold_noise=noise.for_reference(band_delay),
    )
    clean = _Heard(_frame_means(clean_db, frame_s), clean_motion, output.spectrum_db)
    del clean_db
    comparisons = []
    for n, estimate in enumerate(estimates, start=1):
        given = ear_model.excite(estimate, ear, group, with_membrane_motion=True)
        lags, motion_lags = _lags(given, output)
        if n == len(estimates):
            del output  # 3 MB less at the peak for each second of sound
        given_db, given_motion = ear_model.auditory_nerve(
            given,
            ear,
            group,
            band_delay=band_delay,
            envelope_lag=lags,
            motion_lag=motion_lags,
            threshold_noise=noise.for_estimate(band_delay),
        )
        frames_db = _frame_means(given_db, frame_s)
        heard = _Heard(frames_db, given_motion, given.spectrum_db)
        comparisons.append(_beside(heard, clean, lags))
    return comparisons


def _lags(
    given: ear_model.BandOutput, clean: ear_model.BandOutput
) -> tuple[NDArray, NDArray]:
    """How late each band's envelope is, and its fine structure, in samples."""
    return (
        band_lags(given.envelope, reference=clean.envelope),
        band_lags(given.membrane_motion, reference=clean.membrane_motion),
    )


def _beside(given: _Heard, clean: _Heard, lags: NDArray) -> Comparison:
    coherence, clean_levels = _coherence(
        given.membrane_motion, reference=clean.membrane_motion
    )
    return Comparison(
        reference_db=clean.frames_db,
        estimate_db=given.frames_db,
        coherence=coherence,
        reference_db_in_segments=clean_levels,
        reference_spectrum_db=clean.spectrum_db,
        estimate_spectrum_db=given.spectrum_db,
        envelope_lags=lags,
    )


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
    halves = heard_db[: n_frames * hop].reshape(n_frames, hop, -1)
    rising, falling = window[:hop] @ halves, window[hop:] @ halves
    sums = np.concatenate([falling[:1], rising[1:-1] + falling[2:], rising[-1:]])
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
    n_lags = lag_weights.shape[1]
    covariance = np.zeros((n_segments, ear_model.GROUP, n_lags + -n_lags % 4))
    totals = np.zeros((n_segments, 4 * ear_model.GROUP))
    room = np.zeros((ear_model.GROUP, len(window) + covariance.shape[2]))
    kernels.segment_covariance(
        reference,
        estimate,
        window,
        n_lags // 2,
        np.zeros_like(room),
        room,
        totals,
        covariance,
    )
    whole_or_half = np.zeros(n_segments, dtype=int)
    whole_or_half[[0, -1]] = 1
    powers = totals.reshape(n_segments, 4, -1)[:, 2:]
    powers = powers * power_weights[whole_or_half, None, None]
    weighted = covariance[..., :n_lags] * lag_weights[whole_or_half, None]
    audible = np.all(powers > _TINY, axis=1)
    scale = np.where(audible, np.sqrt(np.prod(powers, axis=1)), np.inf)
    coherence = np.clip(np.max(np.abs(weighted), axis=2) / scale, 0.0, 1.0)
    return coherence, np.sqrt(2.0 * powers[:, 0])  # RMS of a sine to its peak


@cache
def _segment_weights() -> tuple[NDArray, NDArray]:
    """One over the window's autocorrelation and power: whole windows, then halves."""
    reach = round(HIGHEST_FINE_LAG_S * EAR_RATE_HZ)
    window, _ = _frames(EAR_RATE_HZ, SEGMENT_S)
    lags, powers = [], []
    for part in (window, window[len(window) // 2 :]):
        autocorrelation = np.correlate(part, part, "full")
        middle = len(part) - 1
        lags.append(1.0 / autocorrelation[middle - reach : middle + reach + 1])
        powers.append(1.0 / np.sum(part**2))
    return np.array(lags), np.array(powers)
