"""Cepstra across the ear's bands: the shape of the spectrum in a few numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clarity_lab.hearing.ear_model import N_BANDS
from clarity_lab.units import amplitude_to_db, db_to_amplitude

N_BASES = 6
AUDIBLE_DB = 2.5
_TINY = 1e-30


def _bases() -> NDArray:
    angles = np.outer(np.arange(N_BANDS), np.arange(N_BASES)) * np.pi / (N_BANDS - 1)
    cosines = np.cos(angles)
    return cosines / np.linalg.norm(cosines, axis=0)


BASES = _bases()
"""Half-cosines over the bands, shape (32, 6), unit norm; the first is the level."""


def audible_frames(envelopes_db: NDArray) -> NDArray:
    """Which frames a listener would notice, averaged over the bands as loudness is.

    Args:
        envelopes_db: Above threshold, shape (frames, 32).

    Returns:
        Booleans, shape (frames,).
    """
    loudness = np.mean(db_to_amplitude(envelopes_db), axis=1)
    return amplitude_to_db(loudness) > AUDIBLE_DB


def cepstra(envelopes_db: NDArray) -> NDArray:
    """Cepstra two to six without their means, time last.

    Args:
        envelopes_db: Shape (frames, 32).

    Returns:
        Shape (5, frames). The first, the level, does not count for any metric.
    """
    coefficients = BASES[:, 1:].T @ envelopes_db.T
    return coefficients - coefficients.mean(axis=-1, keepdims=True)


def correlations(estimate: NDArray, *, reference: NDArray) -> NDArray:
    """Size of the normalised covariance along time; 0 where one of them stands still.

    Args:
        estimate: Shape (..., frames).
        reference: The same shape.

    Returns:
        0 to 1, shape (...).

    Example:
        >>> falling = np.array([3.0, 2.0, 1.0])
        >>> correlations(falling, reference=np.array([0.0, 5.0, 10.0]))
        array(1.)
    """
    estimate = estimate - estimate.mean(axis=-1, keepdims=True)
    reference = reference - reference.mean(axis=-1, keepdims=True)
    product = np.abs(np.sum(estimate * reference, axis=-1))
    estimate_energy = np.sum(estimate**2, axis=-1)
    reference_energy = np.sum(reference**2, axis=-1)
    moving = (estimate_energy >= _TINY) & (reference_energy >= _TINY)
    scale = np.sqrt(np.where(moving, estimate_energy * reference_energy, 1.0))
    return np.where(moving, product / scale, 0.0)
