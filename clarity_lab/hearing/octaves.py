"""The six octave bands of the compressor, and how loud speech is in each.

Lesson: 12_hearing_aid.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.checks import require_mono, require_number, require_sample_rate
from clarity_lab.hearing.fir import convolve_centred
from clarity_lab.units import db_to_power, power_to_db

BAND_CENTRES_HZ = (250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0)
FILTER_S = 0.025  # length of the band filters
LOWEST_SAMPLE_RATE = 12_000

SPEECH_SPECTRUM_DB = {  # octave, its third octaves in Hz: dB SPL of a band of 1 Hz
    250: {160: 32.41, 200: 34.48, 250: 34.75, 315: 33.98},
    500: {400: 34.59, 500: 34.27, 630: 32.06},
    1000: {800: 28.30, 1000: 25.01, 1250: 23.00},
    2000: {1600: 20.15, 2000: 17.32, 2500: 13.18},
    4000: {3150: 11.55, 4000: 9.33, 5000: 5.31},
    8000: {6300: 2.59, 8000: 1.13},
}
THIRD_RE_CENTRE = 2 ** (1 / 6) - 2 ** (-1 / 6)  # how wide a third octave is

LIMITS = {
    "gain_db": (-100.0, 100.0),
    "ratio": (1.0, 1000.0),
    "knee_db_spl": (-100.0, 200.0),
}


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
    below = [convolve_centred(samples, taps) for taps in low_passes]
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


def speech_octaves_db_spl(level_db_spl: float = 65.0) -> NDArray[np.float64]:
    """How loud an average talker is in each octave band.

    Args:
        level_db_spl: Of the whole speech. The colour is that of normal effort at any
            level, though who shouts puts more into the treble.

    Returns:
        Long-term level in dB SPL around 250 Hz (and below) to 8000 Hz, shape (6,).

    Reference:
        ANSI S3.5-1997 (Speech Intelligibility Index), table 3: standard speech spectrum
        levels of normal vocal effort in third octaves, as the public program MoSQITo
        states them: 62.35 dB SPL in all, here moved to the level asked for.

    Example:
        The powers of the bands add up to the whole:

        >>> bands_db_spl = speech_octaves_db_spl(65.0)
        >>> bands_db_spl.round()
        array([60., 62., 57., 51., 46., 40.])
        >>> float(np.sum(10 ** ((bands_db_spl - 65.0) / 10)).round(6))
        1.0
    """
    level_db_spl = require_number(level_db_spl, name="level_db_spl", unit="dB SPL")
    powers = [
        sum(THIRD_RE_CENTRE * hz * db_to_power(db) for hz, db in thirds.items())
        for thirds in SPEECH_SPECTRUM_DB.values()
    ]
    return level_db_spl + power_to_db(powers / np.sum(powers))


def require_per_band(given: ArrayLike, *, name: str) -> NDArray[np.float64]:
    """Return a setting of the compressor as one value a band, or say what is wrong.

    Args:
        given: One number for all bands, or six.
        name: Which setting: "gain_db", "ratio" or "knee_db_spl".

    Returns:
        Shape (6,).

    Raises:
        ValueError: If it is neither, or beyond the limits of that setting.

    Example:
        >>> require_per_band(2, name="ratio")
        array([2., 2., 2., 2., 2., 2.])
    """
    n_bands = len(BAND_CENTRES_HZ)
    try:
        values = np.asarray(given, dtype=float)
    except (TypeError, ValueError):  # no numbers, or lists of several lengths
        values = np.array(np.nan)
    if values.shape not in {(), (n_bands,)} or not np.all(np.isfinite(values)):
        raise ValueError(
            f"expected {name} as one finite number or {n_bands}, one a band, got "
            f"{given!r}."
        )
    low, high = LIMITS[name]
    if np.any((values < low) | (values > high)):
        raise ValueError(f"expected {name} from {low:g} to {high:g}, got {given}.")
    return np.broadcast_to(values, n_bands).copy()
