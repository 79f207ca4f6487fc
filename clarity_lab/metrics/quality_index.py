"""HASQI's and HAAQI's second half: from what an ear compared to their scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clarity_lab.hearing.ear_model import CENTRES_HZ
from clarity_lab.metrics.cepstra import (
    AUDIBLE_DB,
    audible_frames,
    cepstra,
    correlations,
)
from clarity_lab.metrics.modulations import filtered, music_filters
from clarity_lab.metrics.quality_envelopes import Comparison
from clarity_lab.units import db_to_amplitude

SYNCHRONY_HZ = 3500.0
SYNCHRONY_ORDER = 5


@dataclass(frozen=True)
class QualityDetails:
    """What HASQI or HAAQI saw on the way to its score; 1 is perfect throughout.

    Attributes:
        score: 0 to 1.
        nonlinear: Noise and distortion: from the two correlations.
        linear: Colouring: from the two similarities of the spectra.
        envelope_correlation: Of the cepstra (HAAQI: of their modulations above 20 Hz).
        fine_structure_correlation: Of the basilar membrane's motion, where nerves
            follow it.
        loudness_similarity: Of the long-term spectra.
        shape_similarity: Of their slopes (HASQI), or relative to their sum (HAAQI).
        band_hz: Centres of the ear's bands, shape (32,).
        comparison: Envelopes, coherence, long-term spectra and lags.
    """

    score: float
    nonlinear: float
    linear: float
    envelope_correlation: float
    fine_structure_correlation: float
    loudness_similarity: float
    shape_similarity: float
    band_hz: NDArray
    comparison: Comparison


def hasqi_of(comparison: Comparison) -> QualityDetails:
    """HASQI v2: nonlinear times linear.

    Args:
        comparison: What the ear compared, in frames of 16 ms.

    Returns:
        The score and what led to it.
    """
    envelope = _envelope_correlation(comparison)
    fine = _fine_structure_correlation(comparison)
    loudness = _loudness_similarity(comparison)
    slope = _slope_similarity(comparison)
    nonlinear = envelope**2 * fine
    linear = 0.579 * loudness + 0.421 * slope
    return QualityDetails(
        score=float(nonlinear * linear),
        nonlinear=float(nonlinear),
        linear=float(linear),
        envelope_correlation=float(envelope),
        fine_structure_correlation=float(fine),
        loudness_similarity=float(loudness),
        shape_similarity=float(slope),
        band_hz=CENTRES_HZ.copy(),
        comparison=comparison,
    )


def haaqi_of(comparison: Comparison) -> QualityDetails:
    """HAAQI v1: a polynomial of nonlinear and linear.

    Args:
        comparison: What the ear compared, in frames of 8 ms.

    Returns:
        The score and what led to it.
    """
    envelope = _fast_envelope_correlation(comparison)
    fine = _fine_structure_correlation(comparison)
    loudness = _loudness_similarity(comparison)
    relative = _relative_similarity(comparison)
    nonlinear = 0.754 * envelope**3 + 0.246 * fine
    linear = 0.329 * loudness + 0.671 * relative
    score = 0.336 * nonlinear + 0.001 * linear
    score += 0.501 * nonlinear**2 + 0.161 * linear**2
    return QualityDetails(
        score=float(score),
        nonlinear=float(nonlinear),
        linear=float(linear),
        envelope_correlation=float(envelope),
        fine_structure_correlation=float(fine),
        loudness_similarity=float(loudness),
        shape_similarity=float(relative),
        band_hz=CENTRES_HZ.copy(),
        comparison=comparison,
    )


def _audible_cepstra(comparison: Comparison) -> NDArray | None:
    """Cepstra of reference and estimate, shape (2, 5, frames), or None if inaudible."""
    audible = audible_frames(comparison.reference_db)
    if np.count_nonzero(audible) < 2:
        return None
    sides = comparison.reference_db, comparison.estimate_db
    return np.stack([cepstra(side[audible]) for side in sides])


def _envelope_correlation(comparison: Comparison) -> float:
    both = _audible_cepstra(comparison)
    if both is None:
        return 0.0
    return np.mean(correlations(both[1], reference=both[0]))


def _fast_envelope_correlation(comparison: Comparison) -> float:
    """Modulations above 20 Hz only: the upper four of HAAQI's eight bands."""
    both = _audible_cepstra(comparison)
    if both is None:
        return 0.0
    upper = filtered(both, music_filters()[4:])
    return np.mean([correlations(y, reference=x) for x, y in upper])


def _fine_structure_correlation(comparison: Comparison) -> float:
    """Mean coherence of audible tiles, weighted by how well nerves follow each band."""
    levels = comparison.reference_db_in_segments
    heard = audible_frames(levels)
    if np.count_nonzero(heard) < 2:
        return 0.0
    power = 2 * SYNCHRONY_ORDER
    follows = 1.0 / np.sqrt(1.0 + (CENTRES_HZ / SYNCHRONY_HZ) ** power)
    weights = follows * (levels[heard] > AUDIBLE_DB)
    return np.sum(weights * comparison.coherence[heard]) / np.sum(weights)


def _loudness_similarity(comparison: Comparison) -> float:
    """One less how the shares of the bands differ."""
    clean, given = _shares_of_bands(comparison)
    return max(1.0 - len(clean) * np.std(clean - given) / 2.5, 0.0)


def _relative_similarity(comparison: Comparison) -> float:
    """One less how they differ relative to their sum."""
    clean, given = _shares_of_bands(comparison)
    return max(1.0 - len(clean) * np.std((clean - given) / (clean + given)) / 25, 0.0)


def _slope_similarity(comparison: Comparison) -> float:
    """One less how their slopes from band to band differ."""
    clean, given = _shares_of_bands(comparison)
    return max(1.0 - len(clean) * np.std(np.diff(clean) - np.diff(given)), 0.0)


def _shares_of_bands(comparison: Comparison) -> list[NDArray]:
    """Long-term spectra of reference and estimate, in amplitudes that add up to 1."""
    spectra_db = comparison.reference_spectrum_db, comparison.estimate_spectrum_db
    amplitudes = [db_to_amplitude(spectrum_db) for spectrum_db in spectra_db]
    return [amplitude / np.sum(amplitude) for amplitude in amplitudes]
