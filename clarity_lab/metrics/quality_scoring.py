"""From what an ear compared to HASQI's and HAAQI's scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clarity_lab.hearing.ear_filters import CENTRES_HZ
from clarity_lab.metrics.cepstra import (
    AUDIBLE_DB,
    audible_frames,
    cepstra,
    correlations,
)
from clarity_lab.metrics.modulations import filtered, music_filters
from clarity_lab.metrics.quality_hearing import Comparison

SYNCHRONY_HZ = 3500.0
SYNCHRONY_ORDER = 5


@dataclass(frozen=True)
class QualityDetails:
    """What HASQI or HAAQI saw on the way to its score; 1 is perfect throughout.

    Attributes:
        score: 0 to 1.
        nonlinear: Noise and distortion: from the two correlations.
        linear: Colouring: from the two likenesses of the spectra.
        envelope_correlation: Of the cepstra (HAAQI: of their modulations above 20 Hz).
        fine_structure_correlation: Of the basilar membrane's motion, where nerves
            follow it.
        loudness_likeness: Of the long-term spectra.
        shape_likeness: Of their slopes (HASQI), or relative to their sum (HAAQI).
        band_hz: Centres of the ear's bands, shape (32,).
        reference_spectrum_db: Long-term, above threshold, shape (32,).
        estimate_spectrum_db: The same of the estimate.
        comparison: Envelopes, coherence and lags.
    """

    score: float
    nonlinear: float
    linear: float
    envelope_correlation: float
    fine_structure_correlation: float
    loudness_likeness: float
    shape_likeness: float
    band_hz: NDArray
    reference_spectrum_db: NDArray
    estimate_spectrum_db: NDArray
    comparison: Comparison


def hasqi_of(comparison: Comparison) -> QualityDetails:
    """HASQI v2: nonlinear times linear."""
    envelope = _envelope_correlation(comparison)
    fine = _fine_structure_correlation(comparison)
    loudness, _, slope = _likenesses(comparison)
    nonlinear = envelope**2 * fine
    linear = 0.579 * loudness + 0.421 * slope
    return _details(
        comparison,
        nonlinear * linear,
        nonlinear,
        linear,
        envelope,
        fine,
        loudness,
        slope,
    )


def haaqi_of(comparison: Comparison) -> QualityDetails:
    """HAAQI v1: a polynomial of nonlinear and linear."""
    envelope = _fast_envelope_correlation(comparison)
    fine = _fine_structure_correlation(comparison)
    loudness, relative, _ = _likenesses(comparison)
    nonlinear = 0.754 * envelope**3 + 0.246 * fine
    linear = 0.329 * loudness + 0.671 * relative
    score = 0.336 * nonlinear + 0.001 * linear
    score += 0.501 * nonlinear**2 + 0.161 * linear**2
    return _details(
        comparison, score, nonlinear, linear, envelope, fine, loudness, relative
    )


def _details(comparison: Comparison, *numbers: float) -> QualityDetails:
    return QualityDetails(
        *(float(number) for number in numbers),
        band_hz=CENTRES_HZ.copy(),
        reference_spectrum_db=comparison.reference_spectrum_db,
        estimate_spectrum_db=comparison.estimate_spectrum_db,
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


def _likenesses(comparison: Comparison) -> tuple[float, float, float]:
    """One less the differences of the spectra: in loudness, relative, and in slope."""
    spectra = comparison.reference_spectrum_db, comparison.estimate_spectrum_db
    clean, given = (10 ** (spectrum_db / 20) for spectrum_db in spectra)
    clean, given = clean / np.sum(clean), given / np.sum(given)
    n_bands = len(clean)
    loudness = n_bands * np.std(clean - given) / 2.5
    relative = n_bands * np.std((clean - given) / (clean + given)) / 25
    slope = n_bands * np.std(np.diff(clean) - np.diff(given))
    return tuple(
        max(1.0 - difference, 0.0) for difference in (loudness, relative, slope)
    )
