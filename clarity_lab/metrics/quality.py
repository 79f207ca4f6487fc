"""HASQI and HAAQI: how good does it sound to this ear, speech and music?

Lesson: 14_music_quality.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clarity_lab.hearing.audiogram import Audiogram
from clarity_lab.hearing.levels import DEFAULT_RMS_ONE_DB_SPL
from clarity_lab.metrics.arguments import float_or_array, require_one_pair
from clarity_lab.metrics.inner_noise import Rng, as_rng
from clarity_lab.metrics.quality_in_ears import HAAQI, HASQI, judged, require_sounds
from clarity_lab.metrics.quality_index import QualityDetails


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
            there as a little similarity: by 0 to 0.013 on fifteen pairs of sounds and
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
    sounds = require_sounds(estimate, reference, sample_rate, rms_one_db_spl)
    return _scores(judged(HASQI, sounds, audiogram, as_rng(rng)))


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
        Audio, Speech and Language Processing 24(2), 2016, DOI
        10.1109/TASLP.2015.2507858. Steps and constants as in pyclarity 0.9.0.

    Example:
        A healthy ear finds little fault in a perfect copy:

        >>> noise = 0.02 * np.random.default_rng(0).standard_normal(16_000)
        >>> ear = Audiogram((250, 6000), (0, 0))
        >>> haaqi(noise, reference=noise, sample_rate=16_000, audiogram=ear) > 0.95
        True
    """
    sounds = require_sounds(estimate, reference, sample_rate, rms_one_db_spl)
    return _scores(judged(HAAQI, sounds, audiogram, as_rng(rng)))


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

    Args:
        estimate: What the ear gets, shape (samples,).
        reference: Clean speech without any gain, shape (samples,).
        sample_rate: Of both, in Hz.
        audiogram: The ear.
        rms_one_db_spl: SPL in dB of a signal whose RMS is 1.
        rng: As in `hasqi`.

    Returns:
        The score, its four parts, spectra and envelopes.

    Raises:
        TypeError: As `hasqi`.
        ValueError: If there are several signals or ears; and as `hasqi`.
    """
    require_one_pair(estimate, audiogram)
    sounds = require_sounds(estimate, reference, sample_rate, rms_one_db_spl)
    return judged(HASQI, sounds, audiogram, as_rng(rng)).item()


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

    Args:
        estimate: What the ear gets, shape (samples,).
        reference: The music without any gain, shape (samples,).
        sample_rate: Of both, in Hz.
        audiogram: The ear.
        rms_one_db_spl: SPL in dB of a signal whose RMS is 1.
        rng: As in `haaqi`.

    Returns:
        The score, its four parts, spectra and envelopes.

    Raises:
        TypeError: As `haaqi`.
        ValueError: If there are several signals or ears; and as `haaqi`.
    """
    require_one_pair(estimate, audiogram)
    sounds = require_sounds(estimate, reference, sample_rate, rms_one_db_spl)
    return judged(HAAQI, sounds, audiogram, as_rng(rng)).item()


def _scores(details: NDArray) -> float | NDArray:
    scores = np.array([one.score for one in details.flat]).reshape(details.shape)
    return float_or_array(scores)
