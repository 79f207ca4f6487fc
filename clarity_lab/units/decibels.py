"""Ratios in decibels, and levels: full scale, sound pressure, pascal.

Lesson: 01_sound_and_level.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

REFERENCE_PRESSURE_PA = 20e-6
"""Pressure of 0 dB SPL in air: 20 micropascal (ISO 1683:2015)."""


def amplitude_to_db(amplitude: ArrayLike) -> NDArray:
    """Amplitude ratio to decibels, 20 log10; zero gives -inf.

    Args:
        amplitude: Ratio of amplitudes, any shape, not negative.

    Returns:
        Decibels, same shape.

    Raises:
        ValueError: If a ratio is negative or NaN.

    Example:
        >>> amplitude_to_db([1.0, 10.0, 0.0])
        array([  0.,  20., -inf])
    """
    return 2.0 * power_to_db(amplitude)


def db_to_amplitude(level_db: ArrayLike) -> NDArray:
    """Decibels to an amplitude ratio; the inverse of `amplitude_to_db`.

    Args:
        level_db: Decibels, any shape.

    Returns:
        Ratio of amplitudes, same shape, 0 or more.

    Example:
        >>> db_to_amplitude([0.0, 20.0])
        array([ 1., 10.])
    """
    return 10.0 ** (np.asarray(level_db, dtype=float) / 20.0)


def power_to_db(power: ArrayLike) -> NDArray:
    """Power ratio to decibels, 10 log10; zero gives -inf.

    Args:
        power: Ratio of powers, any shape, not negative.

    Returns:
        Decibels, same shape.

    Raises:
        ValueError: If a ratio is negative or NaN.

    Example:
        >>> power_to_db([1.0, 10.0, 100.0])
        array([ 0., 10., 20.])
    """
    power = np.asarray(power, dtype=float)
    if not np.all(power >= 0):
        raise ValueError(
            "expected ratios of zero or more, got a negative or NaN value. "
            "Decibels compare sizes: take the RMS or the absolute value first."
        )
    with np.errstate(divide="ignore"):  # -inf for zero, as promised
        return 10.0 * np.log10(power)


def db_to_power(level_db: ArrayLike) -> NDArray:
    """Decibels to a power ratio; the inverse of `power_to_db`.

    Args:
        level_db: Decibels, any shape.

    Returns:
        Ratio of powers, same shape, 0 or more.

    Example:
        >>> db_to_power([0.0, 20.0])
        array([  1., 100.])
    """
    return 10.0 ** (np.asarray(level_db, dtype=float) / 10.0)


def dbfs_to_db_spl(level_dbfs: ArrayLike, *, rms_one_db_spl: float) -> NDArray:
    """Digital level to sound pressure level, given the calibration.

    Args:
        level_dbfs: RMS level in dB re an RMS of 1, any shape.
        rms_one_db_spl: The SPL in dB of a signal whose RMS is 1. The one calibration
            word of this package; HASPI calls it level1.

    Returns:
        Level in dB SPL (re 20 micropascal), same shape.

    Example:
        Speech at -35 dB through a system where RMS 1 plays at 100 dB SPL:

        >>> float(dbfs_to_db_spl(-35.0, rms_one_db_spl=100.0))
        65.0
    """
    return np.asarray(level_dbfs, dtype=float) + rms_one_db_spl


def db_spl_to_dbfs(level_db_spl: ArrayLike, *, rms_one_db_spl: float) -> NDArray:
    """Sound pressure level to digital level; the inverse of `dbfs_to_db_spl`.

    Args:
        level_db_spl: Level in dB SPL, any shape.
        rms_one_db_spl: The SPL in dB of a signal whose RMS is 1.

    Returns:
        Level in dB re an RMS of 1, same shape.

    Example:
        >>> float(db_spl_to_dbfs(65.0, rms_one_db_spl=100.0))
        -35.0
    """
    return np.asarray(level_db_spl, dtype=float) - rms_one_db_spl


def pascal_to_db_spl(pressure_pa: ArrayLike) -> NDArray:
    """RMS pressure in pascal to dB SPL.

    Args:
        pressure_pa: RMS of the sound pressure in pascal, any shape, not negative.

    Returns:
        Level in dB SPL, same shape; no pressure gives -inf.

    Raises:
        ValueError: If a pressure is negative or NaN.

    Reference:
        ISO 1683:2015 for the reference pressure.

    Example:
        One pascal, the level of many calibrators:

        >>> round(float(pascal_to_db_spl(1.0)), 2)
        93.98
    """
    return amplitude_to_db(np.asarray(pressure_pa, dtype=float) / REFERENCE_PRESSURE_PA)
