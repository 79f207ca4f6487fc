"""HASQI and HAAQI: how good does it sound to this ear, speech and music?

Lesson: 14_music_quality.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clarity_lab.hearing.audiogram import Audiogram
from clarity_lab.hearing.ear_filters import EAR_RATE_HZ, ear_bands
from clarity_lab.hearing.ear_input import middle_ear
from clarity_lab.hearing.ear_model import EarSignal
from clarity_lab.hearing.fir import convolve
from clarity_lab.hearing.fitting import nalr_filter
from clarity_lab.hearing.levels import DEFAULT_RMS_ONE_DB_SPL
from clarity_lab.metrics import ear_pairs
from clarity_lab.metrics.cepstra import audible_frames
from clarity_lab.metrics.ear_pairs import ReferenceSound, Rng, as_rng
from clarity_lab.metrics.inner_noise import skip_unused_draws
from clarity_lab.metrics.quality_hearing import Comparison, compare
from clarity_lab.metrics.quality_scoring import QualityDetails, haaqi_of, hasqi_of

NAL_R_ORDER = 140  # at the ear's 24 kHz


@dataclass(frozen=True)
class _Index:
    """One of the two metrics: the frames it looks at, and how it judges them."""

    frame_s: float
    judge: Callable[[Comparison], QualityDetails]


HASQI = _Index(frame_s=0.016, judge=hasqi_of)
HAAQI = _Index(frame_s=0.008, judge=haaqi_of)


def hasqi(
    estimate: NDArray,
    *,
    reference: NDArray,
    sample_rate: int,
    audiogram: Audiogram | Sequence[Audiogram],
    rms_one_db_spl: float = DEFAULT_RMS_ONE_DB_SPL,
    rng: Rng | int | None = None,
) -> float | NDArray:
    """Predict how good speech sounds to an ear; higher is better.

    The reference is amplified by NAL-R for the ear first: so should the estimate be. An
    estimate without a hearing aid's gain scores low in an ear with a loss.

    Args:
        estimate: What the ear gets, hearing aid included, shape (..., samples).
        reference: Clean speech without any gain, shape (samples,) or that of estimate.
            One for all is heard once for all, if there is no rng.
        sample_rate: Of both, in Hz.
        audiogram: The ear, or several.
        rms_one_db_spl: SPL in dB of a signal whose RMS is 1.
        rng: Of the noise at the ear's threshold. None leaves it out: the same score
            every time, but lower where bands are silent in this ear, since noise counts
            there as a little likeness: by 0 to 0.013 on fifteen pairs of sounds and
            ears, against 4e-4 from seed to seed. Compare scores of one kind only. A
            seed, or a RandomState in the same state as NumPy's global one, gives the
            value of pyclarity.

    Returns:
        0 to 1: a float for one signal and one ear, else shape (...), for several ears
            (..., ears). 0 if the ear hears nothing of the reference. A perfect copy
            stays below 1, since aligning it leaves 5 ms of silence at its end: in a
            healthy ear 0.997 for 4 s of speech, 0.992 for 1.5 s.

    Raises:
        TypeError: If samples are integers, or the audiogram no `Audiogram`.
        ValueError: If a sound is silent, shorter than 0.25 s or not finite, or if
            lengths differ.

    Warns:
        LevelWarning: If a sound would play below 0 or above 120 dB SPL.

    Reference:
        Kates & Arehart, "The Hearing-Aid Speech Quality Index (HASQI) Version 2",
        Journal of the Audio Engineering Society 62(3), 2014. Steps and constants as in
        pyclarity 0.9.0.

    Example:
        A healthy ear finds little fault in a perfect copy:

        >>> noise = 0.02 * np.random.default_rng(0).standard_normal(16_000)
        >>> ear = Audiogram((250, 6000), (0, 0))
        >>> hasqi(noise, reference=noise, sample_rate=16_000, audiogram=ear) > 0.95
        True
    """
    sounds = _sounds(estimate, reference, sample_rate, rms_one_db_spl)
    return _scores(_judged(HASQI, sounds, audiogram, as_rng(rng)))


def haaqi(
    estimate: NDArray,
    *,
    reference: NDArray,
    sample_rate: int,
    audiogram: Audiogram | Sequence[Audiogram],
    rms_one_db_spl: float = DEFAULT_RMS_ONE_DB_SPL,
    rng: Rng | int | None = None,
) -> float | NDArray:
    """Predict how good music sounds to an ear; higher is better.

    Args:
        estimate: What the ear gets, hearing aid included, shape (..., samples).
        reference: The music without any gain, as in `hasqi`.
        sample_rate: Of both, in Hz.
        audiogram: The ear, or several.
        rms_one_db_spl: SPL in dB of a signal whose RMS is 1.
        rng: As in `hasqi`; without it scores are lower by 0 to 0.010 on the same pairs,
            against 1e-4 from seed to seed.

    Returns:
        0 to 1: a float for one signal and one ear, else shape (...), for several ears
            (..., ears). At most 0.162 if the ear hears nothing of the reference. A
            perfect copy stays below 1, as in `hasqi`: in a healthy ear 0.976 for 4 s of
            speech, 0.94 for 1.5 s.

    Raises:
        TypeError: As `hasqi`.
        ValueError: As `hasqi`.

    Warns:
        LevelWarning: If a sound would play below 0 or above 120 dB SPL.

    Reference:
        Kates & Arehart, "The Hearing-Aid Audio Quality Index (HAAQI)", IEEE/ACM Trans.
        Audio, Speech and Language Processing 24(2), 2016. As in pyclarity 0.9.0.

    Example:
        A healthy ear finds little fault in a perfect copy:

        >>> noise = 0.02 * np.random.default_rng(0).standard_normal(16_000)
        >>> ear = Audiogram((250, 6000), (0, 0))
        >>> haaqi(noise, reference=noise, sample_rate=16_000, audiogram=ear) > 0.95
        True
    """
    sounds = _sounds(estimate, reference, sample_rate, rms_one_db_spl)
    return _scores(_judged(HAAQI, sounds, audiogram, as_rng(rng)))


def hasqi_details(
    estimate: NDArray,
    *,
    reference: NDArray,
    sample_rate: int,
    audiogram: Audiogram,
    rms_one_db_spl: float = DEFAULT_RMS_ONE_DB_SPL,
    rng: Rng | int | None = None,
) -> QualityDetails:
    """HASQI with all it saw on the way, for plots and lessons.

    Arguments and errors are those of `hasqi`, for one signal, shape (samples,), and one
    ear.

    Returns:
        The score, its four parts, spectra and envelopes.
    """
    sounds = _sounds(estimate, reference, sample_rate, rms_one_db_spl)
    return _only(_judged(HASQI, sounds, audiogram, as_rng(rng)))


def haaqi_details(
    estimate: NDArray,
    *,
    reference: NDArray,
    sample_rate: int,
    audiogram: Audiogram,
    rms_one_db_spl: float = DEFAULT_RMS_ONE_DB_SPL,
    rng: Rng | int | None = None,
) -> QualityDetails:
    """HAAQI with all it saw on the way, for plots and lessons.

    Arguments and errors are those of `haaqi`, for one signal, shape (samples,), and one
    ear.

    Returns:
        The score, its four parts, spectra and envelopes.
    """
    sounds = _sounds(estimate, reference, sample_rate, rms_one_db_spl)
    return _only(_judged(HAAQI, sounds, audiogram, as_rng(rng)))


@dataclass(frozen=True)
class _Sounds:
    """Estimates and their references, checked."""

    estimate: NDArray
    reference: NDArray
    sample_rate: int
    rms_one_db_spl: float

    def reference_of(self, index: tuple[int, ...]) -> ReferenceSound:
        one = self.reference if self.reference.ndim == 1 else self.reference[index]
        return ReferenceSound.of(one, sample_rate=self.sample_rate)

    def estimate_beside(self, clean: ReferenceSound, index: tuple) -> EarSignal:
        signal, _ = clean.aligned(
            self.estimate[index],
            sample_rate=self.sample_rate,
            rms_one_db_spl=self.rms_one_db_spl,
        )
        return signal


def _sounds(
    estimate: NDArray, reference: NDArray, sample_rate: int, rms_one_db_spl: float
) -> _Sounds:
    as_asked = {"sample_rate": sample_rate, "rms_one_db_spl": rms_one_db_spl}
    estimate = ear_pairs.require_sound(estimate, name="estimate", **as_asked)
    reference = ear_pairs.require_sound(reference, name="reference", **as_asked)
    ear_pairs.require_fitting(estimate, reference_shape=reference.shape)
    return _Sounds(estimate, reference, **as_asked)


def _judged(
    index: _Index,
    sounds: _Sounds,
    audiogram: Audiogram | Sequence[Audiogram],
    rng: Rng | None,
) -> NDArray:
    """Every estimate in every ear: an object array of details, shape (...[, ears])."""
    audiograms, several = ear_pairs.ears_of(audiogram)
    details = np.empty((*sounds.estimate.shape[:-1], len(audiograms)), dtype=object)
    for places in _places_of_one_reference(sounds, rng):
        clean = sounds.reference_of(places[0])
        estimates = [sounds.estimate_beside(clean, place) for place in places]
        for n, one in enumerate(audiograms):
            target = _amplified(clean, one, sounds.rms_one_db_spl)
            compared = compare(
                target, estimates, ear_bands(one), frame_s=index.frame_s, rng=rng
            )
            for place, comparison in zip(places, compared, strict=True):
                details[(*place, n)] = index.judge(comparison)
                n_frames = np.count_nonzero(audible_frames(comparison.reference_db))
                skip_unused_draws(rng, n_per_band=n_frames if n_frames > 1 else 0)
    return details if several else details[..., 0]


def _places_of_one_reference(sounds: _Sounds, rng: Rng | None) -> list[list[tuple]]:
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


def _scores(details: NDArray) -> float | NDArray:
    scores = np.array([one.score for one in details.flat]).reshape(details.shape)
    return ear_pairs.float_or_array(scores)


def _only(details: NDArray) -> QualityDetails:
    if details.ndim:
        raise ValueError("expected one signal and one ear. Loop over them for details.")
    return details.item()
