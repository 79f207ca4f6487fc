"""Signal-to-noise ratio as speech counts it: frequencies weighted, the better ear.

Lesson: 10_scene_rendering.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.audio import resample
from clarity_lab.checks import (
    require_mono_or_stereo,
    require_same_shape,
    require_sample_rate,
)


def speech_weighted_snr_db(
    target: ArrayLike, *, noise: ArrayLike, sample_rate: int
) -> float:
    """How far speech stands above noise at the better ear, weighted for speech.

    Both pass a filter that favours the frequencies speech is understood by; then the
    RMS of one over that of the other, at the ear where it is larger.

    Args:
        target: The speech alone, shape (samples,) or (2, samples).
        noise: What disturbs it, the same shape.
        sample_rate: In Hz.

    Returns:
        A ratio in dB; inf if the noise is silent.

    Raises:
        TypeError: If a sound is not floating-point.
        ValueError: If the shapes differ, or the target is silent.

    Reference:
        `better_ear_speechweighted_snr` of pyclarity 0.9.0, by which the scenes of the
        first two Clarity Enhancement Challenges got their level.

    Example:
        Noise of half the speech's amplitude is 6 dB below it:

        >>> speech = np.sin(np.arange(2_000.0))
        >>> ratio_db = speech_weighted_snr_db(
        ...     speech, noise=0.5 * speech, sample_rate=44_100)
        >>> round(ratio_db, 2)
        6.02
    """
    target = require_mono_or_stereo(target, name="target")
    noise = require_mono_or_stereo(noise, name="noise")
    require_same_shape(target=target, noise=noise)
    taps = weighting_taps(require_sample_rate(sample_rate))
    speech_energy, noise_energy = (
        np.sum(np.square(_filtered(np.atleast_2d(sound), taps)), axis=-1)
        for sound in (target, noise)
    )
    if not np.any(speech_energy):
        raise ValueError(
            "expected a target that sounds, got silence: a signal-to-noise ratio needs "
            "a signal. Is the stretch cut where nobody speaks?"
        )
    with np.errstate(divide="ignore", invalid="ignore"):  # inf in silence, as promised
        ratio_db = 10 * np.log10(speech_energy / noise_energy)
    return float(np.nanmax(ratio_db))  # an ear that hears nothing at all has no say


@lru_cache
def weighting_taps(sample_rate: int) -> NDArray[np.float64]:
    """The weighting as an FIR filter at a sample rate in Hz."""
    folder = resources.files("clarity_lab.scenes.rendering") / "tables"
    table = json.loads((folder / "speech_weighting.json").read_text(encoding="utf-8"))
    rate = table["sample_rate_hz"]
    taps = resample(
        np.array(table["taps"]), sample_rate=rate, new_sample_rate=sample_rate
    )
    return taps * rate / sample_rate


def _filtered(samples: NDArray, taps: NDArray) -> NDArray:
    """All of the convolution along time, ends included."""
    from scipy.fft import irfft, next_fast_len, rfft

    length = samples.shape[-1] + len(taps) - 1
    size = next_fast_len(length, real=True)
    return irfft(rfft(samples, size) * rfft(taps, size), size)[..., :length]
