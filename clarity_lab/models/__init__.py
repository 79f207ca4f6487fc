"""Hearing that lets gradients through, so that models can learn; torch lives here.

Lesson: 12_hearing_aid.
"""

from clarity_lab.models.haspi_twin import (
    HeardReference,
    haspi_like,
    hear_reference,
    modulation_correlations,
)
from clarity_lab.models.hearing_twin import apply_band_gains_db, simulate_loss_torch

__all__ = [
    "HeardReference",
    "apply_band_gains_db",
    "haspi_like",
    "hear_reference",
    "modulation_correlations",
    "simulate_loss_torch",
]
