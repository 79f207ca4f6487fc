"""`rms_one_db_spl`: at which SPL a signal of RMS 1 plays; 100 dB unless told otherwise.

Hearing models hear levels, files hold numbers; this one word joins them. The trap: the
Clarity challenges' metrics take 100, their hearing-loss simulation takes 120. A sound
at the right level for the one is 20 dB off in the other, and no error says so.
"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clarity_lab.checks import require_number
from clarity_lab.units import power_to_db

DEFAULT_RMS_ONE_DB_SPL = 100.0
"""SPL in dB of a signal whose RMS is 1, wherever a hearing model is not told another.

Speech at an RMS of 0.0178 (-35 dB) then plays at 65 dB SPL, a conversation. The
better-ear recipes of the Clarity challenges use the same number; their hearing-loss
simulation uses 120.
"""

PLAUSIBLE_DB_SPL = (0.0, 120.0)
"""From the threshold of hearing to the threshold of pain: beyond it we warn."""

POSSIBLE_RMS_ONE_DB_SPL = 300.0
"""Beyond -300 to 300 we refuse: it can only be a slip, and powers would overflow."""

HIGHEST_PEAK = 1e10
"""Largest sample we take: above every format's full scale, and its powers still fit."""


class LevelWarning(UserWarning):
    """A sound would play at a level that no one hears, or no one bears."""


def require_rms_one(rms_one_db_spl: float) -> float:
    """Return the SPL of a signal whose RMS is 1, or say why it cannot be one.

    Args:
        rms_one_db_spl: In dB SPL.

    Returns:
        The same as a float.

    Raises:
        TypeError: If it is no single number.
        ValueError: If it is not finite, or beyond 300 dB.

    Example:
        >>> require_rms_one(120)
        120.0
    """
    level = require_number(rms_one_db_spl, name="rms_one_db_spl", unit="dB SPL")
    if abs(level) > POSSIBLE_RMS_ONE_DB_SPL:
        raise ValueError(
            "expected rms_one_db_spl between -300 and 300 dB SPL, got "
            f"{rms_one_db_spl:g}. Sounds with full scale at 1 are usually played "
            "with 100."
        )
    return level


def require_possible_peak(samples: NDArray, *, name: str) -> None:
    """Raise if a sound is so large that its powers would overflow.

    Args:
        samples: A sound, any shape.
        name: The argument's name, for the message.

    Raises:
        ValueError: If a sample is beyond 1e10.
    """
    peak = np.max(np.abs(samples))
    if peak > HIGHEST_PEAK:
        raise ValueError(
            f"expected {name} with full scale at 1, got a sample of {peak:.3g}. "
            "Is the file damaged, or did a filter become unstable?"
        )


def level_db_spl(
    samples: NDArray, *, rms_one_db_spl: float = DEFAULT_RMS_ONE_DB_SPL
) -> NDArray:
    """Sound pressure level at which a sound plays; silence gives -inf.

    Args:
        samples: A sound, shape (..., samples).
        rms_one_db_spl: SPL in dB of a signal whose RMS is 1.

    Returns:
        Level in dB SPL over the whole sound, shape (...).

    Example:
        An RMS of 1/100 lies 40 dB below an RMS of 1:

        >>> float(level_db_spl(np.array([0.01, -0.01])))
        60.0
    """
    return power_to_db(np.mean(np.square(samples), axis=-1)) + rms_one_db_spl


def warn_of_implausible_level(
    samples: NDArray, *, rms_one_db_spl: float, name: str
) -> None:
    """Warn if a sound would play below hearing or above pain.

    Args:
        samples: A sound, shape (..., samples).
        rms_one_db_spl: SPL in dB of a signal whose RMS is 1.
        name: The argument's name, for the message.

    Warns:
        LevelWarning: If any channel lies outside `PLAUSIBLE_DB_SPL`. The hearing models
            compute on; their answers mean little there.
    """
    levels = np.ravel(level_db_spl(samples, rms_one_db_spl=rms_one_db_spl))
    low, high = PLAUSIBLE_DB_SPL
    odd = levels[(levels < low) | (levels > high)]
    if odd.size:
        warnings.warn(
            f"{name} would play at {odd[0]:.0f} dB SPL with "
            f"rms_one_db_spl={rms_one_db_spl:g}: expected {low:g} to {high:g}. "
            "Conversation is near 65: scale the sound, or say at which level a signal "
            f"of RMS 1 plays: here {rms_one_db_spl + 65 - odd[0]:.0f} would give 65.",
            LevelWarning,
            stacklevel=_frames_to_the_caller(),
        )


def _frames_to_the_caller() -> int:
    """How far up the stack the package was called: the line a warning should name."""
    package = str(Path(__file__).parents[1]) + os.sep
    frame, n_frames = sys._getframe(1), 1
    while frame.f_back and frame.f_code.co_filename.startswith(package):
        frame, n_frames = frame.f_back, n_frames + 1
    return n_frames
