"""HASPI: how much of the speech does this ear understand?

Lesson: 13_intelligibility.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clarity_lab.checks import require_samples
from clarity_lab.hearing.audiogram import Audiogram, Listener, require_left_and_right
from clarity_lab.hearing.levels import DEFAULT_RMS_ONE_DB_SPL
from clarity_lab.metrics.arguments import (
    as_listeners,
    float_or_array,
    require_one_pair,
)
from clarity_lab.metrics.haspi_envelopes import ReferenceEar, envelopes_in_ears
from clarity_lab.metrics.haspi_features import HaspiDetails, haspi_of
from clarity_lab.metrics.inner_noise import Rng, as_rng


def haspi(
    estimate: NDArray,
    *,
    reference: NDArray | ReferenceEar,
    sample_rate: int,
    audiogram: Audiogram | Sequence[Audiogram],
    rms_one_db_spl: float = DEFAULT_RMS_ONE_DB_SPL,
    rng: Rng | int | None = None,
) -> float | NDArray:
    """Predict which share of sentences an ear understands; higher is better.

    Level matters: the same sounds at another `rms_one_db_spl` are louder or softer.
    Where an ear misses most of the speech, faint noise can lift some of it above
    threshold and with it the score, as in pyclarity: 0.67 at 5 dB SNR, 0.40 at 20.

    Args:
        estimate: What the ear gets, hearing aid included, shape (..., samples).
        reference: Clean speech without any gain, shape (samples,) or that of estimate;
            or what `prepare_reference` made of it, to hear it once for many estimates.
        sample_rate: Of both, in Hz.
        audiogram: The ear; or several ears, for which the rest is computed once.
        rms_one_db_spl: SPL in dB of a signal whose RMS is 1.
        rng: Of the nerve's 0.1 dB jitter. None leaves it out: the same score every
            time, within 2e-4 of the mean over seeds on ten pairs of sounds and ears
            (seeds spread by up to 4e-4). At threshold, scores with rng vary by 0.1 to
            either side (example: one whisper, 0.13 on average, but 0.004 without rng).
            A seed, or a RandomState in the same state as NumPy's global one, gives the
            value of pyclarity.

    Returns:
        0 to 1: a float for one signal and one ear, else shape (...), for several ears
            (..., ears).

    Raises:
        TypeError: If samples are integers, or the audiogram no `Audiogram`.
        ValueError: If a sound is silent, shorter than 0.25 s or not finite, if lengths
            differ, or if the reference is too soft for a normal ear.

    Warns:
        LevelWarning: If a sound would play below 0 or above 120 dB SPL.

    Reference:
        Kates & Arehart, "The Hearing-Aid Speech Perception Index (HASPI) Version 2",
        Speech Communication 131, 2021, DOI 10.1016/j.specom.2020.05.001. Steps and
        constants as in pyclarity 0.9.0.

    Example:
        A pulsating noise is its own perfect estimate:

        >>> noise = np.random.default_rng(0).standard_normal(16_000)
        >>> noise *= 0.02 * np.sin(np.arange(16_000) / 800)
        >>> ear = Audiogram((250, 6000), (0, 0))
        >>> haspi(noise, reference=noise, sample_rate=16_000, audiogram=ear) > 0.99
        True
    """
    heard = envelopes_in_ears(
        estimate, reference, sample_rate, audiogram, rms_one_db_spl
    )
    rng = as_rng(rng)
    scores = np.array([haspi_of(one, rng).score for one in heard.flat])
    return float_or_array(scores.reshape(heard.shape))


def better_ear_haspi(
    estimate: NDArray,
    *,
    reference: NDArray | tuple[ReferenceEar, ReferenceEar],
    sample_rate: int,
    listener: Listener | Sequence[Listener],
    rms_one_db_spl: float = DEFAULT_RMS_ONE_DB_SPL,
    rng: Rng | int | None = None,
) -> float | NDArray:
    """HASPI of the ear that understands more.

    Args:
        estimate: Left and right, shape (..., 2, samples).
        reference: Clean speech at both ears, shape (2, samples) or that of estimate; or
            a tuple of what `prepare_reference` made of the left and of the right.
        sample_rate: Of both, in Hz.
        listener: Who listens; or several, for whom the rest is computed once.
        rms_one_db_spl: SPL in dB of a signal whose RMS is 1.
        rng: As in `haspi`; the left ear draws first, then the right.

    Returns:
        0 to 1: a float for one scene and one listener, else shape (...), for several
            listeners (..., listeners).

    Raises:
        TypeError: If samples are integers, or the listener no `Listener`.
        ValueError: If there are not two channels; and as `haspi`.

    Reference:
        As `haspi`; the maximum over the ears is that of the Clarity challenges.

    Example:
        With speech at the left ear and noise at the right, the left one counts:

        >>> draws = np.random.default_rng(0).standard_normal((2, 16_000))
        >>> noise, clean = 0.02 * draws * np.sin(np.arange(16_000) / 800)
        >>> ear = Audiogram((250, 6000), (0, 0))
        >>> left = haspi(clean, reference=clean, sample_rate=16_000, audiogram=ear)
        >>> both = better_ear_haspi(
        ...     np.stack([clean, noise]), reference=np.stack([clean, clean]),
        ...     sample_rate=16_000, listener=Listener("L0001", left=ear, right=ear))
        >>> both == left
        True
    """
    listeners, several = as_listeners(listener)
    estimates = _left_and_right(estimate, "estimate")
    references = _of_both_ears(reference)
    ears = zip(*(one.ears for one in listeners), strict=True)
    sides = [
        envelopes_in_ears(given, clean, sample_rate, sides_ears, rms_one_db_spl)
        for given, clean, sides_ears in zip(estimates, references, ears, strict=True)
    ]
    rng = as_rng(rng)
    both = np.stack(sides, axis=-1)  # (..., listeners, ears)
    scores = np.array([haspi_of(one, rng).score for one in both.flat])
    better = scores.reshape(both.shape).max(axis=-1)
    return float_or_array(better if several else better[..., 0])


def haspi_details(
    estimate: NDArray,
    *,
    reference: NDArray | ReferenceEar,
    sample_rate: int,
    audiogram: Audiogram,
    rms_one_db_spl: float = DEFAULT_RMS_ONE_DB_SPL,
    rng: Rng | int | None = None,
) -> HaspiDetails:
    """HASPI with all it saw on the way, for plots and lessons.

    Args:
        estimate: What the ear gets, shape (samples,).
        reference: Clean speech, or what `prepare_reference` made of it.
        sample_rate: Of both, in Hz.
        audiogram: The ear.
        rms_one_db_spl: SPL in dB of a signal whose RMS is 1.
        rng: As in `haspi`.

    Returns:
        The score, its ten inputs, envelopes and delays.

    Raises:
        TypeError: As `haspi`.
        ValueError: If there are several signals or ears; and as `haspi`.
    """
    require_one_pair(estimate, audiogram)
    heard = envelopes_in_ears(
        estimate, reference, sample_rate, audiogram, rms_one_db_spl
    )
    return haspi_of(heard.item(), as_rng(rng))


def _of_both_ears(reference: NDArray | tuple) -> tuple:
    if isinstance(reference, ReferenceEar) or (
        isinstance(reference, tuple) and len(reference) != 2
    ):
        raise ValueError(
            "expected a tuple of two prepared references, of the left and of the right "
            "ear. For the same speech at both: reference=(prepared, prepared)."
        )
    if isinstance(reference, tuple):
        return reference
    return _left_and_right(reference, "reference")


def _left_and_right(sound: NDArray, name: str) -> tuple[NDArray, NDArray]:
    """The two channels of a sound, shape (..., samples) each."""
    sound = require_samples(sound, name=name)
    require_left_and_right(sound, name=name)
    return sound[..., 0, :], sound[..., 1, :]
