"""HASQI and HAAQI at work: every estimate beside its reference in every ear."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clarity_lab.hearing.audiogram import Audiogram
from clarity_lab.hearing.ear_model import (
    EAR_RATE_HZ,
    EarSignal,
    ear_bands,
    middle_ear,
)
from clarity_lab.hearing.fir import convolve
from clarity_lab.hearing.fitting import nalr_filter
from clarity_lab.metrics.alignment import ReferenceSound
from clarity_lab.metrics.arguments import as_ears, require_fitting, require_sound
from clarity_lab.metrics.cepstra import audible_frames
from clarity_lab.metrics.inner_noise import Rng, skip_unused_draws
from clarity_lab.metrics.quality_envelopes import Comparison, compare
from clarity_lab.metrics.quality_index import QualityDetails, haaqi_of, hasqi_of

NAL_R_ORDER = 140  # at the ear's 24 kHz


@dataclass(frozen=True)
class QualityMetric:
    """One of the two: the frames it looks at, and how it judges them."""

    frame_s: float
    judge: Callable[[Comparison], QualityDetails]


HASQI = QualityMetric(frame_s=0.016, judge=hasqi_of)
HAAQI = QualityMetric(frame_s=0.008, judge=haaqi_of)


@dataclass(frozen=True)
class Sounds:
    """Estimates and their references, checked."""

    estimate: NDArray
    reference: NDArray
    sample_rate: int
    rms_one_db_spl: float

    def reference_at(self, place: tuple[int, ...]) -> ReferenceSound:
        """The reference of one estimate, at the ear's rate."""
        one = self.reference if self.reference.ndim == 1 else self.reference[place]
        return ReferenceSound.of(one, sample_rate=self.sample_rate)

    def estimate_beside(self, clean: ReferenceSound, place: tuple) -> EarSignal:
        """One estimate behind the middle ear, in step with its reference."""
        signal, _ = clean.aligned(
            self.estimate[place],
            sample_rate=self.sample_rate,
            rms_one_db_spl=self.rms_one_db_spl,
        )
        return signal


def require_sounds(
    estimate: NDArray, reference: NDArray, sample_rate: int, rms_one_db_spl: float
) -> Sounds:
    """Check estimates and references against each other.

    Args:
        estimate: Shape (..., samples).
        reference: Shape (samples,) or that of estimate.
        sample_rate: Of both, in Hz.
        rms_one_db_spl: SPL in dB of a signal whose RMS is 1.

    Returns:
        The sounds as float64.

    Raises:
        TypeError: As `hasqi`.
        ValueError: As `hasqi`.
    """
    as_asked = {"sample_rate": sample_rate, "rms_one_db_spl": rms_one_db_spl}
    estimate = require_sound(estimate, name="estimate", **as_asked)
    reference = require_sound(reference, name="reference", **as_asked)
    require_fitting(estimate, reference_shape=reference.shape)
    return Sounds(estimate, reference, **as_asked)


def judged(
    metric: QualityMetric,
    sounds: Sounds,
    audiogram: Audiogram | Sequence[Audiogram],
    rng: Rng | None,
) -> NDArray:
    """Judge every estimate in every ear.

    Args:
        metric: HASQI or HAAQI.
        sounds: The estimates and their references.
        audiogram: The ear, or several.
        rng: Of the noise at threshold, or None.

    Returns:
        An object array of `QualityDetails`, shape (...), for several ears (..., ears).

    Raises:
        TypeError: If the audiogram is no `Audiogram`.
    """
    audiograms, several = as_ears(audiogram)
    details = np.empty((*sounds.estimate.shape[:-1], len(audiograms)), dtype=object)
    for places in _places_of_one_reference(sounds, rng):
        clean = sounds.reference_at(places[0])
        estimates = [sounds.estimate_beside(clean, place) for place in places]
        for n, one in enumerate(audiograms):
            target = _amplified(clean, one, sounds.rms_one_db_spl)
            compared = compare(
                target, estimates, ear_bands(one), frame_s=metric.frame_s, rng=rng
            )
            for place, comparison in zip(places, compared, strict=True):
                details[(*place, n)] = metric.judge(comparison)
                n_frames = np.count_nonzero(audible_frames(comparison.reference_db))
                skip_unused_draws(rng, n_per_band=n_frames if n_frames > 1 else 0)
    return details if several else details[..., 0]


def _places_of_one_reference(sounds: Sounds, rng: Rng | None) -> list[list[tuple]]:
    """Where estimates can share what is heard of the reference: all, or each alone."""
    places = list(np.ndindex(sounds.estimate.shape[:-1]))
    shared = sounds.reference.ndim == 1 and rng is None
    return [places] if shared else [[place] for place in places]


def _amplified(
    clean: ReferenceSound, audiogram: Audiogram, rms_one_db_spl: float
) -> EarSignal:
    """The reference through NAL-R for this ear.

    All 140 samples of the filter's start-up are cut, not its delay of 70: the reference
    then leads by 70 samples (3 ms), which the alignment of the bands takes up.
    """
    taps = nalr_filter(audiogram, sample_rate=EAR_RATE_HZ, order=NAL_R_ORDER)
    amplified = convolve(clean.active_samples, taps)[NAL_R_ORDER:]
    return EarSignal(middle_ear(amplified), rms_one_db_spl)
