"""Controls around functions that live elsewhere; here is what they show and ask.

Lessons: 00_start_here, 01_sound_and_level, 02_speech_features, 10_scene_rendering,
11_hearing_loss, 12_hearing_aid, 13_intelligibility, 14_music_quality, 20_ctc,
21_attention_asr, 22_decoding_and_wer, 23_recognition_in_real_life,
24_continual_languages, 90_whole_chain.
"""

from clarity_lab.widgets.aligned import play_aligned
from clarity_lab.widgets.attention import explore_attention
from clarity_lab.widgets.audiogram_editor import AudiogramEditor, audiogram_editor
from clarity_lab.widgets.blind_test import BlindTest
from clarity_lab.widgets.chain import explore_chain
from clarity_lab.widgets.compare import compare
from clarity_lab.widgets.decoding import explore_decoding
from clarity_lab.widgets.explorer import Explorer, Heard
from clarity_lab.widgets.filterbank import explore_filterbank
from clarity_lab.widgets.forgetting import explore_forgetting
from clarity_lab.widgets.hearing_aid import explore_compressor, explore_hearing_aid
from clarity_lab.widgets.hearing_loss import explore_hearing_loss
from clarity_lab.widgets.intelligibility import explore_haspi
from clarity_lab.widgets.joint import explore_joint
from clarity_lab.widgets.lattice import explore_lattice
from clarity_lab.widgets.level import explore_gain, explore_snr
from clarity_lab.widgets.music_quality import explore_haaqi
from clarity_lab.widgets.quiz import Quiz, quiz
from clarity_lab.widgets.rate import rate
from clarity_lab.widgets.rating import Rating
from clarity_lab.widgets.rating_results import read_ratings
from clarity_lab.widgets.recognition import explore_recognition
from clarity_lab.widgets.recorder import Recorder, record
from clarity_lab.widgets.scene import explore_scene
from clarity_lab.widgets.scene_watch import watch_scene
from clarity_lab.widgets.spectrogram import explore_spectrogram

__all__ = [
    "AudiogramEditor",
    "BlindTest",
    "Explorer",
    "Heard",
    "Quiz",
    "Rating",
    "Recorder",
    "audiogram_editor",
    "compare",
    "explore_attention",
    "explore_chain",
    "explore_compressor",
    "explore_decoding",
    "explore_filterbank",
    "explore_forgetting",
    "explore_gain",
    "explore_haaqi",
    "explore_haspi",
    "explore_hearing_aid",
    "explore_hearing_loss",
    "explore_joint",
    "explore_lattice",
    "explore_recognition",
    "explore_scene",
    "explore_snr",
    "explore_spectrogram",
    "play_aligned",
    "quiz",
    "rate",
    "read_ratings",
    "record",
    "watch_scene",
]
