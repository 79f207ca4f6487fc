"""Hearing: audiograms, hearing loss to hear, hearing aids to fit.

Lessons: 11_hearing_loss, 12_hearing_aid.
"""

from clarity_lab.hearing.audiogram import Audiogram, Listener, standard_audiogram
from clarity_lab.hearing.cec2_compression import (
    cec2_compress,
    cec2_gain_and_rms,
    cec2_hearing_aid,
    soft_clip,
)
from clarity_lab.hearing.fitting import apply_nalr, nalr_filter, nalr_gains_db
from clarity_lab.hearing.grades import GRADES_DB_HL, grade_of
from clarity_lab.hearing.levels import DEFAULT_RMS_ONE_DB_SPL
from clarity_lab.hearing.listeners import (
    listeners_as_text,
    listeners_from_text,
    read_listeners,
    write_listeners,
)
from clarity_lab.hearing.loss import loss_stages, simulate_loss
from clarity_lab.hearing.msbg.simulation import LossStages
from clarity_lab.hearing.octaves import speech_octaves_db_spl, split_octaves
from clarity_lab.hearing.wdrc import static_gain_db, wdrc
from clarity_lab.hearing.wdrc_fitting import WdrcFit, fig6_gains_db, fit_wdrc

__all__ = [
    "DEFAULT_RMS_ONE_DB_SPL",
    "GRADES_DB_HL",
    "Audiogram",
    "Listener",
    "LossStages",
    "WdrcFit",
    "apply_nalr",
    "cec2_compress",
    "cec2_gain_and_rms",
    "cec2_hearing_aid",
    "fig6_gains_db",
    "fit_wdrc",
    "grade_of",
    "listeners_as_text",
    "listeners_from_text",
    "loss_stages",
    "nalr_filter",
    "nalr_gains_db",
    "read_listeners",
    "simulate_loss",
    "soft_clip",
    "speech_octaves_db_spl",
    "split_octaves",
    "standard_audiogram",
    "static_gain_db",
    "wdrc",
    "write_listeners",
]
