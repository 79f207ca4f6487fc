"""HASPI: how much of the speech does this ear understand?

Lesson: 13_intelligibility.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clarity_lab.hearing.audiogram import Audiogram, Listener
from clarity_lab.hearing.levels import DEFAULT_RMS_ONE_DB_SPL
from clarity_lab.metrics import ear_pairs
from clarity_lab.metrics.ear_pairs import Rng, as_rng
from clarity_lab.metrics.haspi_hearing import ReferenceEar, hear
from clarity_lab.metrics.haspi_scoring import HaspiDetails, score

_LISTENER = 'Listener("L0001", left=audiogram, right=audiogram)'


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

    Args:
        estimate: What the ear gets, hearing aid included, shape (..., samples).
        reference: Clean speech without any gain, shape (samples,) or that of estimate;
            or what `prepare_reference` made of it, to hear it once for many estimates.
        sample_rate: Of both, in Hz.
        audiogram: The ear; or several ears, for which the rest is computed once.
        rms_one_db_spl: SPL in dB of a signal whose RMS is 1.
        rng: Of the nerve's 0.1 dB jitter. None leaves it out: the same score every
            time, within 2e-4 of the mean over seeds on ten pairs of sounds and ears
            (seeds spread by up to 4e-4). Not so in an ear that hears next to nothing:
            it gets what its jitter happens to be worth, 0.13 give or take 0.1 for one
            whisper, but 0.004 without. A seed, or a RandomState in the same state as
            NumPy's global one, gives the value of pyclarity.

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
        Speech Communication 131, 2021. Steps and constants as in pyclarity 0.9.0.

    Example:
        A pulsating noise is its own perfect estimate:

        >>> noise = np.random.default_rng(0).standard_normal(16_000)
        >>> noise *= 0.02 * np.sin(np.arange(16_000) / 800)
        >>> ear = Audiogram((250, 6000), (0, 0))
        >>> haspi(noise, reference=noise, sample_rate=16_000, audiogram=ear) > 0.99
        True
    """
    heard = hear(estimate, reference, sample_rate, audiogram, rms_one_db_spl)
    rng = as_rng(rng)
    scores = np.array([score(one, rng).score for one in heard.flat])
    return ear_pairs.float_or_array(scores.reshape(heard.shape))


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
    listeners, several = ear_pairs.as_list(listener, kind=Listener, example=_LISTENER)
    estimates = _left_and_right(estimate, "estimate")
    references = _of_both_ears(reference)
    ears = zip(*(one.ears for one in listeners), strict=True)
    sides = [
        hear(given, clean, sample_rate, sides_ears, rms_one_db_spl)
        for given, clean, sides_ears in zip(estimates, references, ears, strict=True)
    ]
    rng = as_rng(rng)
    both = np.stack(sides, axis=-1)  # (..., listeners, ears)
    scores = np.array([score(one, rng).score for one in both.flat])
    better = scores.reshape(both.shape).max(axis=-1)
    return ear_pairs.float_or_array(better if several else better[..., 0])


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

    Arguments and errors are those of `haspi`, for one signal, shape (samples,), and one
    ear.

    Returns:
        The score, its ten inputs, envelopes and delays.
    """
    if np.ndim(estimate) != 1 or isinstance(audiogram, list | tuple):
        raise ValueError("expected one signal and one ear. Loop over them for details.")
    heard = hear(estimate, reference, sample_rate, audiogram, rms_one_db_spl)
    return score(heard.item(), as_rng(rng))


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
    sound = np.asarray(sound)
    if sound.ndim < 2 or sound.shape[-2] != 2:
        raise ValueError(
            f"expected {name} of shape (..., 2, samples), left ear first, got "
            f"{sound.shape}. For one ear there is haspi."
        )
    return sound[..., 0, :], sound[..., 1, :]
