"""The only door to sound files, and what one does to a sound first.

Lessons: 01_sound_and_level, 02_speech_features, 14_music_quality,
24_continual_languages.
"""

from clarity_lab.audio.anchors import low_pass_anchor
from clarity_lab.audio.distortions import (
    add_hiss,
    clip_peaks,
    limit_bandwidth,
    tilt_spectrum,
)
from clarity_lab.audio.files import SoundInfo, info, load, save
from clarity_lab.audio.levels import (
    headroom_db,
    level_db_a,
    level_dbfs,
    measured_gain_db,
    mix_at_snr,
    peak,
    rms,
    set_level,
)
from clarity_lab.audio.mel import mel_spectrogram_dbfs
from clarity_lab.audio.rates import resample
from clarity_lab.audio.speaking import speak, voices
from clarity_lab.audio.spectra import hann_blur, spectrogram_dbfs, spectrum_dbfs
from clarity_lab.audio.wav import pcm16, wav_bytes

__all__ = [
    "SoundInfo",
    "add_hiss",
    "clip_peaks",
    "hann_blur",
    "headroom_db",
    "info",
    "level_db_a",
    "level_dbfs",
    "limit_bandwidth",
    "load",
    "low_pass_anchor",
    "measured_gain_db",
    "mel_spectrogram_dbfs",
    "mix_at_snr",
    "pcm16",
    "peak",
    "resample",
    "rms",
    "save",
    "set_level",
    "speak",
    "spectrogram_dbfs",
    "spectrum_dbfs",
    "tilt_spectrum",
    "voices",
    "wav_bytes",
]
