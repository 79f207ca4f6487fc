"""Pictures of sounds and of hearing: each takes an `ax`, returns an `ax`, has units.

Call `use_style()` once, in the first cell. Colour never speaks alone: a marker, a line
style or a label says the same.

Lessons: 01_sound_and_level, 02_speech_features, 10_scene_rendering, 11_hearing_loss,
20_ctc, 21_attention_asr, 24_continual_languages.
"""

from clarity_lab.plots.audiogram import plot_audiogram, plot_ear, plot_ears
from clarity_lab.plots.continual import plot_wer_table
from clarity_lab.plots.features import plot_features, plot_mel
from clarity_lab.plots.ratings import plot_ratings
from clarity_lab.plots.recognition import (
    plot_attention,
    plot_lattice,
    plot_posteriors,
)
from clarity_lab.plots.scenes import plot_decay, plot_head_turn, plot_room
from clarity_lab.plots.signals import plot_spectrogram, plot_spectrum, plot_waveform
from clarity_lab.plots.style import figure_html, use_style

__all__ = [
    "figure_html",
    "plot_attention",
    "plot_audiogram",
    "plot_decay",
    "plot_ear",
    "plot_ears",
    "plot_features",
    "plot_head_turn",
    "plot_lattice",
    "plot_mel",
    "plot_posteriors",
    "plot_ratings",
    "plot_room",
    "plot_spectrogram",
    "plot_spectrum",
    "plot_waveform",
    "plot_wer_table",
    "use_style",
]
