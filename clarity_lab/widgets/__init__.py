"""Controls around functions that live elsewhere; they compute nothing themselves.

Lessons: 00_start_here, 01_sound_and_level, 02_speech_features.
"""

from clarity_lab.widgets.explorer import Explorer
from clarity_lab.widgets.level import explore_gain, explore_snr
from clarity_lab.widgets.recorder import Recorder, record
from clarity_lab.widgets.spectrogram import explore_spectrogram

__all__ = [
    "Explorer",
    "Recorder",
    "explore_gain",
    "explore_snr",
    "explore_spectrogram",
    "record",
]
