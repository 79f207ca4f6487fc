"""From the sound field to the cochlea and back: outer and middle ear as one filter."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from clarity_lab.checks import require_choice
from clarity_lab.hearing.fir import fir_from_gains
from clarity_lab.hearing.msbg.settings import MODEL_SAMPLE_RATE
from clarity_lab.hearing.msbg.tables import table
from clarity_lab.units import db_to_amplitude

FIELDS = ("free", "diffuse", "itu")
N_TAPS = 1015
LOW_PASS_HZ = 18_000
LOW_PASS_TAPS = 133


def cochlea_gain_db(field: str = "free") -> tuple[NDArray, NDArray]:
    """How much louder the cochlea gets each frequency than the sound field has it.

    Args:
        field: Where the sound is: "free" (from the front, Shaw 1974), "diffuse" (from
            all sides) or "itu" (at the ear's reference point of ITU-T P.58).

    Returns:
        Frequencies in Hz and gains in dB: resonance of the outer ear minus loss of the
            middle ear.

    Raises:
        ValueError: If the field is none of the three.
    """
    require_choice(field, name="field", choices=FIELDS)
    numbers = table("outer_ear")
    frequency_hz = np.array(numbers["frequency_hz"])
    if field == "itu":
        to_eardrum_db = np.interp(
            frequency_hz, numbers["itu_frequency_hz"], numbers["itu_db"]
        )
    else:
        to_eardrum_db = np.array(numbers[f"{field}_field_db"])
    return frequency_hz, to_eardrum_db - np.array(numbers["middle_ear_db"])


@lru_cache
def to_cochlea_taps(field: str) -> NDArray:
    """FIR from the sound field to the cochlea at 44.1 kHz, linear phase.

    Args:
        field: "free", "diffuse" or "itu".

    Returns:
        Shape (1015,).
    """
    return _taps(field, sign=1)


@lru_cache
def to_field_taps(field: str) -> NDArray:
    """FIR from the cochlea back to the sound field, then a low-pass at 18 kHz.

    Args:
        field: "free", "diffuse" or "itu".

    Returns:
        Shape (1147,), linear phase.
    """
    from scipy.signal import firwin

    low_pass = firwin(
        LOW_PASS_TAPS, LOW_PASS_HZ, window=("kaiser", 8), fs=MODEL_SAMPLE_RATE
    )
    return np.convolve(_taps(field, sign=-1), low_pass)


def _taps(field: str, *, sign: int) -> NDArray:
    nyquist_hz = MODEL_SAMPLE_RATE / 2
    frequency_hz, gain_db = cochlea_gain_db(field)
    below_hz = frequency_hz[frequency_hz < nyquist_hz]
    break_hz = np.append(below_hz, nyquist_hz)
    break_db = np.interp(break_hz, frequency_hz, gain_db)
    gain = db_to_amplitude(sign * break_db)
    return fir_from_gains(break_hz / nyquist_hz, gain, window=np.kaiser(N_TAPS, 4.0))
