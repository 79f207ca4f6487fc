"""Wide dynamic range compression: soft sounds audible, loud ones bearable.

Lesson: 12_hearing_aid.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.checks import (
    require_mono,
    require_number,
    require_sample_rate,
    require_samples,
)
from clarity_lab.hearing.audiogram import Audiogram, require_audiogram
from clarity_lab.hearing.fir import convolve
from clarity_lab.hearing.levels import DEFAULT_RMS_ONE_DB_SPL, require_rms_one

BAND_CENTRES_HZ = (250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0)
SOFT_DB_SPL, SPEECH_DB_SPL, LOUD_DB_SPL = 40.0, 65.0, 95.0
FILTER_S = 0.025  # length of the band filters
SILENCE_DB_SPL = -200.0
LOWEST_SAMPLE_RATE = 12_000


def fig6_gains_db(thresholds_db_hl: ArrayLike) -> NDArray[np.float64]:
    """Gain for soft, conversational and loud sounds, from the threshold alone.

    Args:
        thresholds_db_hl: Thresholds in dB HL, shape (...).

    Returns:
        Gain in dB, shape (3, ...), at inputs of 40, 65 and 95 dB SPL.

    Raises:
        ValueError: If a threshold is missing (NaN).

    Reference:
        FIG6: Killion & Fikret-Pasa, "The 3 types of sensorineural hearing loss:
        loudness and intelligibility considerations", Hearing Journal 46(11), 1993. The
        formulas as two public programs write them (3D Tune-In Toolkit among them); the
        step of 1 dB at 60 dB HL in the second is theirs.

    Example:
        >>> fig6_gains_db(40.0)
        array([20., 12.,  0.])
    """
    loss = np.asarray(thresholds_db_hl, dtype=float)
    if not np.all(np.isfinite(loss)):
        raise ValueError(
            f"expected thresholds_db_hl as finite numbers, got {thresholds_db_hl}. "
            "Leave out what was not measured."
        )
    soft = np.where(loss <= 60, loss - 20, 0.5 * loss + 10)
    speech = np.where(loss <= 60, 0.6 * (loss - 20), 0.8 * loss - 23)
    loud = 0.1 * np.maximum(loss - 40, 0) ** 1.4
    return np.maximum([soft, speech, loud], 0.0)


@dataclass(frozen=True)
class WdrcFit:
    """Settings of a compressor, one value a band.

    Attributes:
        gain_db: Gain of soft sounds, up to the knee.
        ratio: dB more at the input for one dB more at the output, above the knee.
    """

    gain_db: NDArray
    ratio: NDArray


def fit_wdrc(audiogram: Audiogram, *, knee_db_spl: float = 45.0) -> WdrcFit:
    """Choose gain and ratio of each octave band from the audiogram.

    The ratio joins FIG6's gains at 40 and 95 dB SPL; the gain is such that speech at
    65 dB SPL gets FIG6's.

    Args:
        audiogram: The ear, read at 250 Hz to 8 kHz in octaves.
        knee_db_spl: Band level above which the gain falls.

    Returns:
        The settings, six bands.

    Example:
        40 dB HL: 20 dB of gain at 40 dB SPL, none at 95: 55 dB become 35.

        >>> fit_wdrc(Audiogram((250, 8000), (40, 40))).ratio[0].round(3)
        np.float64(1.571)
    """
    loss_db = require_audiogram(audiogram).threshold_at(BAND_CENTRES_HZ)
    soft, speech, loud = fig6_gains_db(loss_db)
    fall_per_db = (soft - loud) / (LOUD_DB_SPL - SOFT_DB_SPL)  # 1 - 1 / ratio
    gain_db = speech + fall_per_db * (SPEECH_DB_SPL - knee_db_spl)
    return WdrcFit(gain_db=gain_db, ratio=1 / (1 - fall_per_db))


def static_gain_db(
    level_db_spl: ArrayLike, *, gain_db: ArrayLike, knee_db_spl: float, ratio: ArrayLike
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
    above_db = np.maximum(np.asarray(level_db_spl) - knee_db_spl, 0.0)
    return gain_db - (1 - 1 / np.asarray(ratio)) * above_db


def wdrc(
    samples: ArrayLike,
    *,
    sample_rate: int,
    audiogram: Audiogram | None = None,
    gain_db: ArrayLike | None = None,
    ratio: ArrayLike | None = None,
    knee_db_spl: float = 45.0,
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
        audiogram: The ear that gain and ratio are chosen for, by `fit_wdrc`.
        gain_db: Gain up to the knee, one number or one a band (6,), instead.
        ratio: Compression ratio from 1 on, one number or one a band (6,), instead.
        knee_db_spl: Band level above which the gain falls.
        attack_ms: Time constant when the level rises.
        release_ms: Time constant when it falls.
        rms_one_db_spl: The SPL in dB of a signal whose RMS is 1.

    Returns:
        The compressed sound as float64, shape (..., samples), often above full scale:
            scale it, or `soft_clip` it.

    Raises:
        ValueError: If neither an audiogram nor gain and ratio say what to do, or a
            setting is out of range.

    Example:
        Without gain, at a ratio of 1, a sound comes back:

        >>> click = np.eye(64)[32]
        >>> same = wdrc(click, sample_rate=44_100, gain_db=0.0, ratio=1.0)
        >>> bool(np.allclose(same, click))
        True
    """
    from clarity_lab.hearing import compression_kernels as kernels

    samples = require_samples(samples).astype(np.float64)
    sample_rate = require_sample_rate(sample_rate)
    knee_db_spl = require_number(knee_db_spl, name="knee_db_spl", unit="dB SPL")
    rms_one_db_spl = require_rms_one(rms_one_db_spl)
    gain_db, ratio = _settings(audiogram, gain_db, ratio, knee_db_spl)
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
            knee_db_spl=knee_db_spl,
            ratio=ratio[:, None],
        )
        compressed[row] = np.sum(bands * 10 ** (gains_db / 20), axis=0)
    return compressed.reshape(samples.shape)


def split_octaves(samples: NDArray, *, sample_rate: int) -> NDArray[np.float64]:
    """Split one signal into six octave bands whose sum is the signal.

    Args:
        samples: Shape (samples,).
        sample_rate: In Hz, above 12 kHz.

    Returns:
        Shape (6, samples): around 250 Hz and below, 500, 1000, 2000, 4000 Hz, and
            around 8 kHz and above. Linear phase, in time with the signal.

    Raises:
        TypeError: If samples are integers.
        ValueError: If there are several channels, or the sample rate is too low for
            the highest band.

    Example:
        >>> click = np.eye(64)[32]
        >>> bands = split_octaves(click, sample_rate=44_100)
        >>> bands.shape, bool(np.allclose(bands.sum(axis=0), click))
        ((6, 64), True)
    """
    samples = require_mono(samples).astype(np.float64)
    low_passes = _crossovers(require_sample_rate(sample_rate))
    delay = low_passes.shape[1] // 2
    below = [convolve(samples, taps) for taps in low_passes]
    below = [low[delay : delay + len(samples)] for low in below]
    return np.diff([np.zeros_like(samples), *below, samples], axis=0)


@lru_cache
def _crossovers(sample_rate: int) -> NDArray:
    """Low-pass FIRs half an octave above each centre but the last, (5, taps)."""
    from scipy.signal import firwin

    if sample_rate <= LOWEST_SAMPLE_RATE:
        raise ValueError(
            f"expected sample_rate above {LOWEST_SAMPLE_RATE}, got {sample_rate}: the "
            "highest band begins at 5657 Hz. Resample the sound first."
        )
    n_taps = 2 * round(FILTER_S * sample_rate / 2) + 1
    edges_hz = np.sqrt(2) * np.array(BAND_CENTRES_HZ[:-1])
    return np.array([firwin(n_taps, hz, fs=sample_rate) for hz in edges_hz])


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
    knee_db_spl: float,
) -> tuple[NDArray, NDArray]:
    if audiogram is None and (gain_db is None or ratio is None):
        raise ValueError(
            "expected an audiogram, or gain_db and ratio, got neither. Try "
            "audiogram=standard_audiogram('N3')."
        )
    if audiogram is not None:
        fit = fit_wdrc(audiogram, knee_db_spl=knee_db_spl)
        gain_db = fit.gain_db if gain_db is None else gain_db
        ratio = fit.ratio if ratio is None else ratio
    gain_db = _per_band(gain_db, "gain_db", minimum=-np.inf)
    return gain_db, _per_band(ratio, "ratio", minimum=1.0)


def _per_band(values: ArrayLike, name: str, *, minimum: float) -> NDArray:
    values = np.asarray(values, dtype=float)
    n_bands = len(BAND_CENTRES_HZ)
    if values.shape not in {(), (n_bands,)} or not np.all(np.isfinite(values)):
        raise ValueError(
            f"expected {name} as one finite number or {n_bands}, one a band, got "
            f"{values}."
        )
    if np.any(values < minimum):
        raise ValueError(f"expected {name} of at least {minimum:g}, got {values}.")
    return np.broadcast_to(values, n_bands).copy()


def _kept_per_sample(time_ms: float, name: str, sample_rate: int) -> float:
    time_ms = require_number(time_ms, name=name, minimum=0.0, unit="ms")
    return float(np.exp(-1000.0 / (max(time_ms, 1e-9) * sample_rate)))
