"""Scores: how much is understood, how good it sounds, and which words are right.

Lessons: 13_intelligibility, 14_music_quality, 20_ctc, 22_decoding_and_wer,
23_recognition_in_real_life.
"""

from clarity_lab.metrics.haspi_envelopes import ReferenceEar, prepare_reference
from clarity_lab.metrics.haspi_features import HaspiDetails
from clarity_lab.metrics.intelligibility import (
    better_ear_haspi,
    haspi,
    haspi_details,
)
from clarity_lab.metrics.quality import haaqi, haaqi_details, hasqi, hasqi_details
from clarity_lab.metrics.quality_index import QualityDetails
from clarity_lab.metrics.ratings import (
    excluded_listeners,
    rating_summary,
    screened_ratings,
)
from clarity_lab.metrics.text import (
    TextErrors,
    cer,
    character_errors,
    plain_words,
    wer,
    word_errors,
)
from clarity_lab.metrics.text_intervals import WerGain, wer_gain, wer_interval

__all__ = [
    "HaspiDetails",
    "QualityDetails",
    "ReferenceEar",
    "TextErrors",
    "WerGain",
    "better_ear_haspi",
    "cer",
    "character_errors",
    "excluded_listeners",
    "haaqi",
    "haaqi_details",
    "haspi",
    "haspi_details",
    "hasqi",
    "hasqi_details",
    "plain_words",
    "prepare_reference",
    "rating_summary",
    "screened_ratings",
    "wer",
    "wer_gain",
    "wer_interval",
    "word_errors",
]
