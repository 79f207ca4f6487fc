"""The compressor and the hearing aid of the CEC2 baseline, and the soft clip.

Lesson: 12_hearing_aid. For a compressor with knee and ratio see `wdrc`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.checks import require_number, require_sample_rate, require_samples
from clarity_lab.hearing.audiogram import Audiogram, Listener, ears_of
from clarity_lab.hearing.fitting import apply_nalr

TINY_POWER = 1e-8  # keeps the root of silence away from zero


def cec2_gain_and_rms(
    samples: ArrayLike,
    *,
    sample_rate: int,
    threshold: float = 0.35,
    attenuation: float = 0.1,
    attack_ms: float = 50.0,
    release_ms: float = 1000.0,
    window_s: float = 0.064,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What the CEC2 compressor does to the gain, and the RMS it goes by: to be plotted.

    It knows no ratio. It moves loud sounds slowly towards a fixed gain: while the RMS
    is above the threshold, the gain heads for attenuation * RMS + (1 - attenuation) *
    threshold, about 0.35 however loud the sound; else it heads for 1.

    Args:
        samples: A sound, shape (..., samples).
        sample_rate: Its sample rate in Hz.
        threshold: RMS above which the gain falls, full scale at 1.
        attenuation: How much the RMS itself counts for the gain's goal, 0 to 1.
        attack_ms: Time constant of the gain's fall.
        release_ms: Time constant of its recovery.
        window_s: Over how long the RMS is taken, in s.

    Returns:
        Gain and RMS at each sample, both shape (..., samples).

    Raises:
        ValueError: If a time is too short for one sample, or a value is out of range.

    Reference:
        Clarity Enhancement Challenge 2, baseline hearing aid; constants as in
        pyclarity 0.9.0's recipe (recipes/cec2/baseline/config.yaml).

    Example:
        Below the threshold the gain stays 1:

        >>> gain, rms = cec2_gain_and_rms(np.full(3, 0.1), sample_rate=44_100)
        >>> gain
        array([1., 1., 1.])
    """
    from clarity_lab.hearing import compression_kernels as kernels

    samples = require_samples(samples)
    sample_rate = require_sample_rate(sample_rate)
    threshold = require_number(threshold, name="threshold", minimum=0)
    attenuation = require_number(attenuation, name="attenuation", minimum=0)
    attack = _share_per_sample(attack_ms, "attack_ms", sample_rate)
    release = _share_per_sample(release_ms, "release_ms", sample_rate)
    width = int(require_number(window_s, name="window_s", unit="s") * sample_rate)
    if width < 1:
        raise ValueError(f"expected window_s of a sample or more, got {window_s} s.")
    rows = samples.reshape(-1, samples.shape[-1])
    rows = np.ascontiguousarray(rows, dtype=np.float64)
    sums, gain = np.empty_like(rows), np.empty_like(rows)
    kernels.moving_sum(rows**2, width, sums)
    rms = np.sqrt(sums / width + TINY_POWER)
    kernels.threshold_gain(rms, threshold, attenuation, attack, release, gain)
    return gain.reshape(samples.shape), rms.reshape(samples.shape)


def cec2_compress(
    samples: ArrayLike, *, sample_rate: int, **settings: float
) -> NDArray[np.float64]:
    """Turn loud passages down as the CEC2 baseline does.

    Args:
        samples: A sound, shape (..., samples).
        sample_rate: Its sample rate in Hz.
        settings: Those of `cec2_gain_and_rms`, by name: threshold, attenuation,
            attack_ms, release_ms, window_s.

    Returns:
        The compressed sound as float64, shape (..., samples).

    Raises:
        TypeError: If there is no such setting.
        ValueError: As `cec2_gain_and_rms`.

    Example:
        A soft sound passes as it came:

        >>> cec2_compress(np.full(3, 0.1), sample_rate=44_100)
        array([0.1, 0.1, 0.1])
    """
    gain, _ = cec2_gain_and_rms(samples, sample_rate=sample_rate, **settings)
    return np.asarray(samples, dtype=np.float64) * gain


def _share_per_sample(time_ms: float, name: str, sample_rate: int) -> float:
    time_ms = require_number(time_ms, name=name, minimum=0, unit="ms")
    if time_ms * sample_rate < 1000:
        raise ValueError(
            f"expected {name} of at least one sample ({1000 / sample_rate:.3g} ms), "
            f"got {time_ms:g} ms."
        )
    return (1.0 / (time_ms / 1000.0)) / sample_rate


def soft_clip(samples: ArrayLike) -> NDArray[np.float64]:
    """Round off what would be above full scale: tanh.

    Args:
        samples: A sound, shape (..., samples), at any level, or one sample.

    Returns:
        The same between -1 and 1; soft sounds are hardly touched.

    Raises:
        TypeError: If the samples are no floating-point numbers.
        ValueError: If there is a NaN or infinity among them.

    Example:
        >>> soft_clip([0.01, 10.0]).round(4)
        array([0.01, 1.  ])
    """
    one = np.ndim(samples) == 0
    clipped = np.tanh(require_samples([samples] if one else samples).astype(np.float64))
    return clipped[0] if one else clipped


def cec2_hearing_aid(
    samples: ArrayLike, *, sample_rate: int, audiogram: Audiogram | Listener
) -> NDArray[np.float64]:
    """The whole CEC2 baseline hearing aid: NAL-R, compressor, soft clip.

    Args:
        samples: Shape (..., samples); with a Listener (..., 2, samples), left first.
        sample_rate: In Hz, above 12 kHz.
        audiogram: The ear for every channel, or the Listener whose two ears hear them.

    Returns:
        The aided sound, between -1 and 1, in time with the input and as long. (The
            baseline's files come 110 samples later, 220 longer, rounded to 16 bit.)

    Raises:
        ValueError: If channels and ears differ, or the sample rate is too low.

    Example:
        >>> ear = Audiogram((250, 8000), (0, 0))
        >>> soft = np.full(9, 0.01)
        >>> aided = cec2_hearing_aid(soft, sample_rate=44_100, audiogram=ear)
        >>> aided.round(4)[4]
        np.float64(0.01)
    """
    samples = require_samples(samples)
    ears = ears_of(audiogram, samples)
    if len(ears) == 1:
        amplified = apply_nalr(samples, sample_rate=sample_rate, audiogram=ears[0])
    else:
        sides = zip(np.moveaxis(samples, -2, 0), ears, strict=True)
        amplified = np.stack(
            [
                apply_nalr(side, sample_rate=sample_rate, audiogram=ear)
                for side, ear in sides
            ],
            axis=-2,
        )
    return soft_clip(cec2_compress(amplified, sample_rate=sample_rate))
