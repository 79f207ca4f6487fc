"""Scores: how much is understood, and how good it sounds, to a given ear.

Lessons: 13_intelligibility, 14_music_quality.
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

__all__ = [
    "HaspiDetails",
    "QualityDetails",
    "ReferenceEar",
    "better_ear_haspi",
    "excluded_listeners",
    "haaqi",
    "haaqi_details",
    "haspi",
    "haspi_details",
    "hasqi",
    "hasqi_details",
    "prepare_reference",
    "rating_summary",
    "screened_ratings",
]
