"""Scales of frequency: mel, the ear's filters, A-weighting; each with its source.

Lessons: 01_sound_and_level, 02_speech_features.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.units.decibels import amplitude_to_db

A_WEIGHTING_POLES_HZ = (20.598997, 107.65265, 737.86223, 12194.217)
"""Pole frequencies of the A-weighting (IEC 61672-1:2013, Annex E)."""


def hz_to_mel(frequency_hz: ArrayLike) -> NDArray:
    """Frequency to mel by the formula of O'Shaughnessy, the one HTK uses.

    Args:
        frequency_hz: Frequency in Hz, any shape, not negative.

    Returns:
        Pitch in mel, same shape, 0 at 0 Hz.

    Raises:
        ValueError: If a frequency is negative, NaN or infinite.

    Reference:
        O'Shaughnessy, "Speech Communication", Addison-Wesley 1987, p. 150;
        librosa calls it ``htk=True``.

    Example:
        By construction 1000 Hz lie near 1000 mel:

        >>> round(float(hz_to_mel(1000.0)))
        1000
    """
    return 2595.0 * np.log10(1.0 + _require_frequencies(frequency_hz) / 700.0)


def mel_to_hz(mel: ArrayLike) -> NDArray:
    """Mel to frequency in Hz; the inverse of `hz_to_mel`.

    Args:
        mel: Pitch in mel, any shape.

    Returns:
        Frequency in Hz, same shape.

    Example:
        >>> round(float(mel_to_hz(hz_to_mel(440.0))), 9)
        440.0
    """
    return 700.0 * (10.0 ** (np.asarray(mel, dtype=float) / 2595.0) - 1.0)


def erb_bandwidth_hz(frequency_hz: ArrayLike) -> NDArray:
    """Width in Hz of the normal ear's filter at a frequency (ERB).

    Args:
        frequency_hz: Frequency in Hz, any shape, not negative.

    Returns:
        Equivalent rectangular bandwidth in Hz, same shape.

    Raises:
        ValueError: If a frequency is negative, NaN or infinite.

    Reference:
        Glasberg & Moore, "Derivation of auditory filter shapes from notched-noise
        data", Hearing Research 47, 1990: 24.7 (4.37 F + 1), F in kHz.

    Example:
        >>> round(float(erb_bandwidth_hz(1000.0)), 1)
        132.6
    """
    return 24.7 * (4.37e-3 * _require_frequencies(frequency_hz) + 1.0)


def hz_to_erb_number(frequency_hz: ArrayLike) -> NDArray:
    """Frequency to its place on the ERB-number scale (Cams).

    Args:
        frequency_hz: Frequency in Hz, any shape, not negative.

    Returns:
        ERB number, same shape: how many such filters lie below.

    Raises:
        ValueError: If a frequency is negative, NaN or infinite.

    Reference:
        Glasberg & Moore 1990: 21.4 log10(4.37 F + 1), F in kHz.

    Example:
        >>> round(float(hz_to_erb_number(1000.0)), 1)
        15.6
    """
    return 21.4 * np.log10(4.37e-3 * _require_frequencies(frequency_hz) + 1.0)


def erb_number_to_hz(erb_number: ArrayLike) -> NDArray:
    """ERB number (Cams) to frequency in Hz; the inverse of `hz_to_erb_number`.

    Args:
        erb_number: Place on the ERB-number scale, any shape.

    Returns:
        Frequency in Hz, same shape.

    Example:
        >>> round(float(erb_number_to_hz(hz_to_erb_number(440.0))), 9)
        440.0
    """
    return (10.0 ** (np.asarray(erb_number, dtype=float) / 21.4) - 1.0) / 4.37e-3


def a_weighting_db(frequency_hz: ArrayLike) -> NDArray:
    """Gain in dB that a level meter set to dB(A) gives a tone.

    Args:
        frequency_hz: Frequency in Hz, any shape, not negative; zero gives -inf.

    Returns:
        Gain in dB, same shape: 0 at 1 kHz, a little more at 2 to 4 kHz, strongly
            negative below 200 Hz.

    Raises:
        ValueError: If a frequency is negative, NaN or infinite.

    Reference:
        IEC 61672-1:2013, Annex E.

    Example:
        >>> np.round(a_weighting_db([100.0, 1000.0]), 1) + 0.0
        array([-19.1,   0. ])
    """
    response = _a_response(_require_frequencies(frequency_hz))
    return amplitude_to_db(response / _a_response(np.array(1000.0)))


def _a_response(frequency_hz: NDArray) -> NDArray:
    """Size of the A-weighting's response: a double pole, two single ones, a double."""
    squared = np.square(frequency_hz)
    f1, f2, f3, f4 = A_WEIGHTING_POLES_HZ
    low = squared / (squared + f1**2) / np.sqrt(squared + f2**2)
    return low * squared / np.sqrt(squared + f3**2) * f4**2 / (squared + f4**2)


def _require_frequencies(frequency_hz: ArrayLike) -> NDArray:
    """Frequencies as numbers, or say what is wrong with them."""
    frequency_hz = np.asarray(frequency_hz, dtype=float)
    good = np.isfinite(frequency_hz) & (frequency_hz >= 0)
    if not np.all(good):
        raise ValueError(
            "expected frequencies of 0 Hz or more, got "
            f"{frequency_hz[~good].flat[0]:g}. Is it a level, or a difference?"
        )
    return frequency_hz
