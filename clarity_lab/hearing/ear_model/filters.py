"""The ear behind HASPI, HASQI and HAAQI: what each of its 32 bands is, and does.

Only numbers here, no signals: `bands` runs them. Constants are those of Kates's model
as pyclarity 0.9.0 has it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clarity_lab.hearing.audiogram import Audiogram

EAR_RATE_HZ = 24_000
N_BANDS = 32
AUDIOGRAM_HZ = (250.0, 500.0, 1000.0, 2000.0, 4000.0, 6000.0)
LOWEST_HZ, HIGHEST_HZ = 80.0, 8000.0
EAR_Q, MIN_BANDWIDTH_HZ = 9.26449, 24.7  # Glasberg & Moore 1990, as Slaney writes them
POLE_ERB = 1.019  # bandwidth of the gammatone's poles
KNEE_DB_SPL, COMPRESSION_TOP_DB_SPL = 30.0, 100.0  # a healthy ear compresses between
HEALTHY_RATIO = 1.25 + 2.25 * np.arange(N_BANDS) / (N_BANDS - 1)
OUTER_SHARE = 0.8  # of a loss, as far as the outer hair cells have gain to lose
MOST_SHARED_DB = (
    (COMPRESSION_TOP_DB_SPL - KNEE_DB_SPL) * (1.0 - 1.0 / HEALTHY_RATIO) / OUTER_SHARE
)
"""Loss up to which both kinds of hair cells share; the rest is the inner ones'."""

WIDENING_DB_SPL = (50.0, 100.0)  # levels between which filters widen
GAIN_LOW_PASS_HZ = 800.0  # how fast the compressed gain may change


def _centre_frequencies_hz() -> NDArray:
    offset = EAR_Q * MIN_BANDWIDTH_HZ
    ratio = np.log(LOWEST_HZ + offset) - np.log(HIGHEST_HZ + offset)
    downwards = np.exp(np.arange(N_BANDS) * ratio / (N_BANDS - 1))
    centres = downwards[::-1] * (HIGHEST_HZ + offset) - offset
    centres[-1] = HIGHEST_HZ
    return centres


CENTRES_HZ = _centre_frequencies_hz()
"""Centre of each band, shape (32,): 80 to 8000 Hz, evenly spaced in ERB.

The basal shift of 2 % in the model's papers was never applied in its code, nor here.
"""

ERB_HZ = MIN_BANDWIDTH_HZ + CENTRES_HZ / EAR_Q


@dataclass(frozen=True)
class EarBands:
    """What a hearing loss does to each band; every field has shape (32,).

    Attributes:
        outer_loss_db: Gain lost with the outer hair cells.
        inner_loss_db: Attenuation by lost inner hair cells.
        width: Filter width for soft sounds; 1 is a healthy filter.
        knee_db_spl: Below it the band is linear, above it compresses.
        ratio: Compression ratio above the knee.
    """

    outer_loss_db: NDArray
    inner_loss_db: NDArray
    width: NDArray
    knee_db_spl: NDArray
    ratio: NDArray


def ear_bands(audiogram: Audiogram) -> EarBands:
    """Share a hearing loss out between outer and inner hair cells, band by band.

    Args:
        audiogram: The ear, of which the model takes six frequencies from 250 to 6000
            Hz. Thresholds better than 0 dB HL count as 0.

    Returns:
        The bands' properties.

    Reference:
        Kates, "An auditory model for intelligibility and quality predictions", Proc.
        Meetings on Acoustics 19, 2013, DOI 10.1121/1.4799223; the four-to-one share is
        Moore et al. 1999.

    Example:
        A loss of 10 dB costs the outer hair cells 8 dB, the inner ones 2:

        >>> ear = ear_bands(Audiogram((250, 6000), (10, 10)))
        >>> float(ear.outer_loss_db[31]), float(ear.inner_loss_db[31])
        (8.0, 2.0)
    """
    thresholds_db_hl = audiogram.threshold_at(AUDIOGRAM_HZ)
    loss = np.maximum(np.interp(CENTRES_HZ, AUDIOGRAM_HZ, thresholds_db_hl), 0.0)
    shared = np.minimum(loss, MOST_SHARED_DB)
    outer_loss_db = OUTER_SHARE * shared
    knee_db_spl = outer_loss_db + KNEE_DB_SPL
    # What 100 dB SPL come out as, in a healthy ear and so in this one.
    top_db = KNEE_DB_SPL + (COMPRESSION_TOP_DB_SPL - KNEE_DB_SPL) / HEALTHY_RATIO
    return EarBands(
        outer_loss_db=outer_loss_db,
        inner_loss_db=loss - outer_loss_db,
        width=width_of(outer_loss_db),
        knee_db_spl=knee_db_spl,
        ratio=(COMPRESSION_TOP_DB_SPL - knee_db_spl)
        / (top_db + outer_loss_db - knee_db_spl),
    )


def width_of(outer_loss_db: NDArray) -> NDArray:
    """How wide a filter for soft sounds is without its outer hair cells.

    Args:
        outer_loss_db: Gain lost with them, any shape; a tensor will do.

    Returns:
        Width, the same shape; 1 is a healthy filter.

    Example:
        >>> width_of(50.0)
        4.0
    """
    return 1.0 + outer_loss_db / 50.0 + 2.0 * (outer_loss_db / 50.0) ** 6


WIDEST = ear_bands(Audiogram((250, 6000), (100, 100))).width
"""Widths of the control filters: no outer hair cell is left."""


def widths_at_level(band_db_spl: NDArray, width: NDArray) -> NDArray:
    """Filters widen with level, from 50 dB SPL in the band to 100.

    Args:
        band_db_spl: Level in each band's control filter, shape (32,).
        width: Of each filter for soft sounds; 1 is a healthy filter, shape (32,).

    Returns:
        Widths at these levels, shape (32,).

    Example:
        >>> bool(np.all(widths_at_level(np.full(32, 100.0), np.ones(32)) == WIDEST))
        True
    """
    low, high = WIDENING_DB_SPL
    share = np.clip((band_db_spl - low) / (high - low), 0.0, 1.0)
    return width + share * (WIDEST - width)


@dataclass(frozen=True)
class Gammatone:
    """Coefficients of the 32 fourth-order gammatone filters around zero frequency.

    Attributes:
        taps: 4a, -6a², 4a³, -a⁴ (denominator) and 4a² (numerator), shape (5, 32).
        gain: Makes the gain at the centre frequency 2, shape (32,).
        delay: Group delay at the centre in whole samples, shape (32,).
    """

    taps: NDArray
    gain: NDArray
    delay: NDArray


def gammatone(width: NDArray) -> Gammatone:
    """Gammatone filters as wide as told.

    Each is (1 + 2a/z)^2 / (1 - a/z)^4 around zero frequency, to which the band is
    shifted first. The numerator is that of Kates's code: an impulse-invariant filter
    would have 1 + 4a/z + a^2/z^2.

    Args:
        width: How many times as wide as a healthy ear's, shape (32,).

    Returns:
        The filters' coefficients.

    Reference:
        Cooke, "Modelling auditory processing and organisation", 1993, for the shift to
        zero frequency.
    """
    a = np.exp(-width * (2 * np.pi / EAR_RATE_HZ) * ERB_HZ * POLE_ERB)
    taps = np.stack([4 * a, -6 * a * a, 4 * a * a * a, -a * a * a * a, 4 * a * a])
    gain = 2.0 * (1.0 - taps[:4].sum(0)) / (1.0 + taps[0] + taps[4])
    delay = 4 * a / (1 - a) + 4 * a / (1 + 2 * a)
    return Gammatone(taps, gain, np.rint(delay).astype(np.int64))


def carrier_step() -> NDArray:
    """How far each band's carrier turns from one sample to the next.

    Returns:
        Cosine and sine of the angle, shape (2, 32).
    """
    phase = 2 * np.pi / EAR_RATE_HZ * CENTRES_HZ
    return np.stack([np.cos(phase), np.sin(phase)])


def _adaptation() -> NDArray:
    """Numbers of the hair cells' adaptation: 2 ms and 60 ms, onsets doubled.

    Two voltages of a circuit of three resistors and two capacitors, stepped by
    backward differences: b = (r2 x + c1 v1, c2 v2), v = M b, output g1 (x - v1).
    """
    r1, tau1_s, tau2_s = 0.5, 0.002, 0.060
    r2 = r3 = 0.5 * (1.0 - r1)
    c1 = r1 * r2 * (tau1_s * (r1 + r2) / (r1 * r2)) * EAR_RATE_HZ
    c2 = r2 * r3 * (tau2_s / ((r1 + r2) * r3)) * EAR_RATE_HZ
    circuit = np.array([[r1 + r2 + c1, -r1], [-r3, r2 + r3 + c2]])
    return np.array([r2, c1, c2, *np.linalg.inv(circuit).ravel(), 1.0 / r1])


ADAPTATION = _adaptation()
