"""Decibels, levels and frequency scales, each with its source.

Lessons: 01_sound_and_level, 02_speech_features.
"""

from clarity_lab.units.decibels import (
    REFERENCE_PRESSURE_PA,
    amplitude_to_db,
    db_spl_to_dbfs,
    db_to_amplitude,
    db_to_power,
    dbfs_to_db_spl,
    pascal_to_db_spl,
    power_to_db,
)
from clarity_lab.units.scales import (
    A_WEIGHTING_POLES_HZ,
    a_weighting_db,
    erb_bandwidth_hz,
    erb_number_to_hz,
    hz_to_erb_number,
    hz_to_mel,
    mel_to_hz,
)

__all__ = [
    "A_WEIGHTING_POLES_HZ",
    "REFERENCE_PRESSURE_PA",
    "a_weighting_db",
    "amplitude_to_db",
    "db_spl_to_dbfs",
    "db_to_amplitude",
    "db_to_power",
    "dbfs_to_db_spl",
    "erb_bandwidth_hz",
    "erb_number_to_hz",
    "hz_to_erb_number",
    "hz_to_mel",
    "mel_to_hz",
    "pascal_to_db_spl",
    "power_to_db",
]
