"""Wide dynamic range compression: soft sounds audible, loud ones bearable.

Lesson: 12_hearing_aid.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.checks import require_number, require_sample_rate, require_samples
from clarity_lab.hearing.audiogram import Audiogram
from clarity_lab.hearing.levels import (
    DEFAULT_RMS_ONE_DB_SPL,
    require_possible_peak,
    require_rms_one,
)
from clarity_lab.hearing.octaves import BAND_CENTRES_HZ, require_per_band, split_octaves
from clarity_lab.hearing.wdrc_fitting import fit_wdrc
from clarity_lab.units import db_to_amplitude

SILENCE_DB_SPL = -200.0
KNEE_DB_SPL = 45.0
"""Where a compressor that is not fitted to an ear has its knee."""


def static_gain_db(
    level_db_spl: ArrayLike,
    *,
    gain_db: ArrayLike,
    knee_db_spl: ArrayLike,
    ratio: ArrayLike,
) -> NDArray[np.float64]:
    """Gain of a steady sound: full up to the knee, falling above it.

    Args:
        level_db_spl: Band level in dB SPL, any shape.
        gain_db: Gain up to the knee.
        knee_db_spl: Level of the knee.
        ratio: Compression ratio, 1 or more.

    Returns:
        Gain in dB, same shape.

    Example:
        20 dB above the knee, at 2:1, 10 dB of the gain are left out:

        >>> static_gain_db(65.0, gain_db=25.0, knee_db_spl=45.0, ratio=2.0)
        np.float64(15.0)
    """
    above_db = np.maximum(np.asarray(level_db_spl) - np.asarray(knee_db_spl), 0.0)
    return gain_db - (1 - 1 / np.asarray(ratio)) * above_db


def wdrc(
    samples: ArrayLike,
    *,
    sample_rate: int,
    audiogram: Audiogram | None = None,
    gain_db: ArrayLike | None = None,
    ratio: ArrayLike | None = None,
    knee_db_spl: ArrayLike | None = None,
    attack_ms: float = 5.0,
    release_ms: float = 100.0,
    rms_one_db_spl: float = DEFAULT_RMS_ONE_DB_SPL,
) -> NDArray[np.float64]:
    """Compress a sound in six octave bands, each with its own gain and ratio.

    The band level is smoothed in dB: a jump up is followed with `attack_ms`, one down
    with `release_ms`, each the time for 63 % of the jump. The bands are linear-phase,
    their delay is taken out, and with no gain and a ratio of 1 their sum is the input.
    A band's level is that of its analytic envelope, which knows the whole sound, as no
    worn hearing aid could.

    Args:
        samples: A sound, shape (..., samples).
        sample_rate: Its sample rate in Hz, above 12 kHz.
        audiogram: The ear that gain, ratio and knee are chosen for, by `fit_wdrc`.
        gain_db: Gain up to the knee, -100 to 100, one number or one a band (6,),
            instead.
        ratio: Compression ratio, 1 to 1000, one number or one a band (6,), instead.
        knee_db_spl: Band level above which the gain falls, one number or one a band
            (6,). Default: `fit_wdrc`'s with an audiogram, 45 without.
        attack_ms: Time constant when the level rises.
        release_ms: Time constant when it falls.
        rms_one_db_spl: The SPL in dB of a signal whose RMS is 1.

    Returns:
        The compressed sound as float64, shape (..., samples), often above full scale:
            scale it, or `soft_clip` it.

    Raises:
        ValueError: If neither an audiogram nor gain and ratio say what to do, or a
            setting is out of range, or time is not the last axis.

    Example:
        Without gain, at a ratio of 1, a sound comes back:

        >>> click = np.eye(64)[32]
        >>> same = wdrc(click, sample_rate=44_100, gain_db=0.0, ratio=1.0)
        >>> bool(np.allclose(same, click))
        True
    """
    from clarity_lab.hearing import compression_kernels as kernels

    samples = require_samples(samples).astype(np.float64)
    require_possible_peak(samples, name="samples")
    sample_rate = require_sample_rate(sample_rate)
    rms_one_db_spl = require_rms_one(rms_one_db_spl)
    gain_db, ratio, knee_db_spl = _settings(audiogram, gain_db, ratio, knee_db_spl)
    keep = [
        np.full(len(BAND_CENTRES_HZ), _kept_per_sample(time_ms, name, sample_rate))
        for name, time_ms in (("attack_ms", attack_ms), ("release_ms", release_ms))
    ]
    compressed = np.empty_like(samples).reshape(-1, samples.shape[-1])
    for row, signal in enumerate(samples.reshape(compressed.shape)):
        bands = split_octaves(signal, sample_rate=sample_rate)
        levels = _levels_db_spl(bands, rms_one_db_spl)
        kernels.follow(levels, *keep)
        gains_db = static_gain_db(
            levels,
            gain_db=gain_db[:, None],
            knee_db_spl=knee_db_spl[:, None],
            ratio=ratio[:, None],
        )
        compressed[row] = np.sum(bands * db_to_amplitude(gains_db), axis=0)
    return compressed.reshape(samples.shape)


def _levels_db_spl(bands: NDArray, rms_one_db_spl: float) -> NDArray:
    """Level of each band at each sample: its analytic envelope, as an RMS."""
    from scipy.fft import next_fast_len
    from scipy.signal import hilbert

    n = bands.shape[-1]
    envelope = np.abs(hilbert(bands, next_fast_len(n), axis=-1)[:, :n])
    with np.errstate(divide="ignore"):
        levels = 20 * np.log10(envelope / np.sqrt(2)) + rms_one_db_spl
    return np.ascontiguousarray(np.maximum(levels, SILENCE_DB_SPL))


def _settings(
    audiogram: Audiogram | None,
    gain_db: ArrayLike | None,
    ratio: ArrayLike | None,
    knee_db_spl: ArrayLike | None,
) -> tuple[NDArray, NDArray, NDArray]:
    """What was given, else what is fitted to the ear: one value a band."""
    if audiogram is None and (gain_db is None or ratio is None):
        raise ValueError(
            "expected an audiogram, or gain_db and ratio, got neither. Try "
            "audiogram=standard_audiogram('N3')."
        )
    if audiogram is not None:
        fit = fit_wdrc(audiogram, knee_db_spl=knee_db_spl)
        gain_db = fit.gain_db if gain_db is None else gain_db
        ratio = fit.ratio if ratio is None else ratio
        knee_db_spl = fit.knee_db_spl
    return (
        require_per_band(gain_db, name="gain_db"),
        require_per_band(ratio, name="ratio"),
        require_per_band(
            KNEE_DB_SPL if knee_db_spl is None else knee_db_spl, name="knee_db_spl"
        ),
    )


def _kept_per_sample(time_ms: float, name: str, sample_rate: int) -> float:
    time_ms = require_number(time_ms, name=name, minimum=0.0, unit="ms")
    return float(np.exp(-1000.0 / (max(time_ms, 1e-9) * sample_rate)))
