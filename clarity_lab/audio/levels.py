"""How strong a sound is, and how to make it so.

Levels are in dB re an RMS of 1, written dBFS: a sine that just fills full scale has
-3.01 dBFS. AES17 puts its 0 dBFS at that sine instead, so its numbers are 3.01 dB
higher; the one here needs no correction between RMS, dBFS and dB SPL.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.checks import (
    require_number,
    require_same_shape,
    require_sample_rate,
    require_samples,
)
from clarity_lab.units import a_weighting_db, amplitude_to_db, db_to_amplitude


def rms(samples: ArrayLike) -> NDArray[np.floating]:
    """Root mean square: the steady value that would carry the same power.

    Args:
        samples: Sounds, shape (..., samples), full scale at 1.0.

    Returns:
        One value per sound, shape (...), 0 or more.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If there are none, or one is not finite.

    Example:
        >>> float(rms([3.0, -3.0, 3.0, -3.0]))
        3.0
    """
    samples = require_samples(samples)
    return np.sqrt(np.mean(np.square(samples, dtype=np.float64), axis=-1))


def peak(samples: ArrayLike) -> NDArray[np.floating]:
    """The largest distance of a sample from zero; above 1.0 a player clips.

    Args:
        samples: Sounds, shape (..., samples), full scale at 1.0.

    Returns:
        One value per sound, shape (...), 0 or more.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If there are none, or one is not finite.

    Example:
        >>> float(peak([0.1, -0.5, 0.25]))
        0.5
    """
    return np.max(np.abs(require_samples(samples)), axis=-1)


def headroom_db(samples: ArrayLike) -> NDArray[np.floating]:
    """By how much a sound can be turned up before a player clips it.

    Args:
        samples: Sounds, shape (..., samples), full scale at 1.0.

    Returns:
        One value in dB per sound, shape (...): negative if a sample lies above full
            scale already, infinite for silence.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If there are none, or one is not finite.

    Example:
        >>> float(headroom_db([0.1, -0.05]))
        20.0
    """
    return -amplitude_to_db(peak(samples))


def level_dbfs(samples: ArrayLike) -> NDArray[np.floating]:
    """Level of a sound in dB re an RMS of 1; silence gives -inf.

    Args:
        samples: Sounds, shape (..., samples), full scale at 1.0.

    Returns:
        One level in dB per sound, shape (...). A full-scale sine has -3.01 dB here
            and 0 dB in AES17.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If there are none, or one is not finite.

    Example:
        A square wave at a tenth of full scale:

        >>> float(level_dbfs([0.1, -0.1, 0.1, -0.1]))
        -20.0
    """
    return amplitude_to_db(rms(samples))


def level_db_a(samples: ArrayLike, *, sample_rate: int) -> NDArray[np.floating]:
    """A-weighted level in dB re an RMS of 1: low and very high tones count less.

    With `units.dbfs_to_db_spl` and a calibration it becomes a level in dB(A).

    Args:
        samples: Sounds, shape (..., samples), full scale at 1.0.
        sample_rate: In Hz.

    Returns:
        One level in dB per sound, shape (...), averaged over the whole sound. A tone
            at 1 kHz has the same level weighted and unweighted.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If there are none, or one is not finite.

    Reference:
        IEC 61672-1:2013, Annex E; applied in the frequency domain.

    Example:
        A constant pressure is no sound at all:

        >>> float(level_db_a(np.full(100, 0.5), sample_rate=16_000))
        -inf
    """
    samples = require_samples(samples)
    length = samples.shape[-1]
    frequencies_hz = np.fft.rfftfreq(length, 1 / require_sample_rate(sample_rate))
    weights = db_to_amplitude(a_weighting_db(frequencies_hz))
    return level_dbfs(np.fft.irfft(np.fft.rfft(samples) * weights, n=length))


def set_level(samples: ArrayLike, *, level_dbfs: float) -> NDArray[np.floating]:
    """Scale a sound to a given level, all of it by one factor.

    One factor for all channels: the difference between the ears is kept.

    Args:
        samples: A sound, shape (samples,) or (channels, samples).
        level_dbfs: The wanted level in dB re an RMS of 1, over all channels together.

    Returns:
        The scaled sound, same shape. Its peak may lie above 1.0: `peak` tells.

    Raises:
        TypeError: If the samples are integers or the level is no number.
        ValueError: If the sound is silent, empty or not finite.

    Example:
        >>> set_level([1.0, -1.0], level_dbfs=-20.0)
        array([ 0.1, -0.1])
    """
    samples = require_samples(samples)
    level_dbfs = require_number(level_dbfs, name="level_dbfs", unit="dB")
    return samples * (db_to_amplitude(level_dbfs) / _audible_rms(samples, "samples"))


def mix_at_snr(
    target: ArrayLike, interferer: ArrayLike, *, snr_db: float
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Add an interferer to a target, scaled so that the target is `snr_db` above it.

    The target keeps its level. One factor scales all channels of the interferer; the
    SNR is the ratio of the powers of the whole sounds, pauses included.

    Args:
        target: What one wants to hear, shape (samples,) or (channels, samples).
        interferer: What is in the way, same shape.
        snr_db: Signal-to-noise ratio in dB: 0 is equally strong, -10 a strong noise.

    Returns:
        mixture: Target plus scaled interferer, same shape. Its peak may lie above 1.0.
        scaled_interferer: What was added, same shape.

    Raises:
        TypeError: If samples are integers or the SNR is no number.
        ValueError: If shapes differ, or a sound is silent, empty or not finite.

    Example:
        >>> mixture, noise = mix_at_snr([1.0, 1.0], [5.0, -5.0], snr_db=20.0)
        >>> noise
        array([ 0.1, -0.1])
        >>> mixture
        array([1.1, 0.9])
    """
    target = require_samples(target, name="target")
    interferer = require_samples(interferer, name="interferer")
    require_same_shape(target=target, interferer=interferer)
    snr_db = require_number(snr_db, name="snr_db", unit="dB")

    wanted_rms = _audible_rms(target, "target") / db_to_amplitude(snr_db)
    scaled = interferer * (wanted_rms / _audible_rms(interferer, "interferer"))
    return target + scaled, scaled


def measured_gain_db(
    before: ArrayLike, after: ArrayLike, *, sample_rate: int, frame_ms: float = 10.0
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """What a device did to the level, frame by frame: level out less level in.

    Args:
        before: What went in, shape (..., samples).
        after: What came out, in time with it, same shape.
        sample_rate: Of both, in Hz.
        frame_ms: Length of a frame in ms; frames stand side by side, and what is left
            over at the end is left out.

    Returns:
        times_s: When each frame begins, shape (frames,), in s.
        gains_db: In dB, shape (..., frames): NaN where nothing goes in, -inf where
            something does and nothing comes out.

    Raises:
        TypeError: If samples are integers.
        ValueError: If the shapes differ, or the sounds are not finite or shorter than
            a frame.

    Example:
        >>> times_s, gains_db = measured_gain_db(
        ...     np.ones(320), np.full(320, 0.1), sample_rate=16_000)
        >>> times_s, gains_db
        (array([0.  , 0.01]), array([-20., -20.]))
    """
    before = require_samples(before, name="before")
    after = require_samples(after, name="after")
    require_same_shape(before=before, after=after)
    sample_rate = require_sample_rate(sample_rate)
    frame_ms = require_number(frame_ms, name="frame_ms", minimum=0, unit="ms")
    hop = max(1, round(frame_ms / 1000 * sample_rate))
    n_frames = before.shape[-1] // hop
    if n_frames == 0:
        raise ValueError(
            f"expected at least {hop} samples for a frame of {frame_ms:g} ms, got "
            f"{before.shape[-1]}. Take a longer sound or a shorter frame."
        )
    whole = (*before.shape[:-1], n_frames, hop)
    in_rms, out_rms = (
        rms(sound[..., : n_frames * hop].reshape(whole)) for sound in (before, after)
    )
    gains_db = np.full(in_rms.shape, np.nan)
    there = in_rms > 0
    gains_db[there] = amplitude_to_db(out_rms[there] / in_rms[there])
    return np.arange(n_frames) * hop / sample_rate, gains_db


def _audible_rms(samples: NDArray, name: str) -> np.floating:
    """RMS over all channels together, or an error for silence."""
    value = rms(samples.ravel())
    if value == 0:
        raise ValueError(
            f"expected {name} that can be heard, got silence: every sample is 0 and "
            "no factor gives it a level. Is it the right channel, the right cut?"
        )
    return value
