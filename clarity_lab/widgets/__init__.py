"""Controls around functions that live elsewhere; they compute nothing themselves.

Lessons: 00_start_here, 01_sound_and_level, 02_speech_features, 10_scene_rendering,
11_hearing_loss, 12_hearing_aid, 13_intelligibility, 14_music_quality, 90_whole_chain.
"""

from clarity_lab.widgets.chain import explore_chain
from clarity_lab.widgets.explorer import Explorer
from clarity_lab.widgets.hearing_aid import explore_compressor, explore_hearing_aid
from clarity_lab.widgets.hearing_loss import explore_hearing_loss
from clarity_lab.widgets.intelligibility import explore_haspi
from clarity_lab.widgets.level import explore_gain, explore_snr
from clarity_lab.widgets.music_quality import explore_haaqi
from clarity_lab.widgets.recorder import Recorder, record
from clarity_lab.widgets.scene import explore_scene, watch_scene
from clarity_lab.widgets.spectrogram import explore_spectrogram

__all__ = [
    "Explorer",
    "Recorder",
    "explore_chain",
    "explore_compressor",
    "explore_gain",
    "explore_haaqi",
    "explore_haspi",
    "explore_hearing_aid",
    "explore_hearing_loss",
    "explore_scene",
    "explore_snr",
    "explore_spectrogram",
    "record",
    "watch_scene",
]
