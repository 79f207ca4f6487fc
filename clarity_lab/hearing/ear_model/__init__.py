"""The ear that HASPI, HASQI and HAAQI share: from a sound to the nerve in 32 bands.

Kates's model, as pyclarity 0.9.0 has it: `input` brings a sound to 24 kHz and through
the middle ear, `filters` holds what each band is, `bands` runs them.

Lessons: 13_intelligibility, 14_music_quality.

Reference:
    Kates, "An auditory model for intelligibility and quality predictions", Proceedings
    of Meetings on Acoustics 19, 2013. DOI 10.1121/1.4799223.
"""

from clarity_lab.hearing.ear_model.bands import (
    GROUP,
    BandOutput,
    EarSignal,
    auditory_nerve,
    band_groups,
    excite,
)
from clarity_lab.hearing.ear_model.filters import (
    CENTRES_HZ,
    EAR_RATE_HZ,
    N_BANDS,
    EarBands,
    ear_bands,
)
from clarity_lab.hearing.ear_model.input import middle_ear, to_ear_rate

__all__ = [
    "CENTRES_HZ",
    "EAR_RATE_HZ",
    "GROUP",
    "N_BANDS",
    "BandOutput",
    "EarBands",
    "EarSignal",
    "auditory_nerve",
    "band_groups",
    "ear_bands",
    "excite",
    "middle_ear",
    "to_ear_rate",
]
