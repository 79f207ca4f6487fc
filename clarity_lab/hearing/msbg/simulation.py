"""The Cambridge MSBG model of one ear: outer ear, smearing, recruitment, and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clarity_lab.hearing.audiogram import Audiogram
from clarity_lab.hearing.fir import convolve_causal, convolve_centred
from clarity_lab.hearing.msbg.filterbank import (
    BandGain,
    Bank,
    bank_for,
    filter_and_sum,
)
from clarity_lab.hearing.msbg.outer_ear import to_cochlea_taps, to_field_taps
from clarity_lab.hearing.msbg.published_level import to_published_level
from clarity_lab.hearing.msbg.settings import FULL_RECRUITMENT_DB_SPL, MsbgSettings
from clarity_lab.hearing.msbg.smearing import (
    SMEARING,
    smear,
    smear_as_published,
    smearing_matrix,
)
from clarity_lab.units import db_to_amplitude

MARGIN = 2048  # silence around the sound: nothing of a filter's skirts is cut off


@dataclass(frozen=True)
class LossStages:
    """The sound after each stage, all at the input's sample rate, shape (..., samples).

    Attributes:
        source: What came in; with parity, its level moved.
        at_cochlea: Behind the outer and middle ear.
        smeared: With a smeared spectrum.
        recombined: Bands attenuated or expanded, and summed.
        output: Back in the sound field: what one plays.
    """

    source: NDArray
    at_cochlea: NDArray
    smeared: NDArray
    recombined: NDArray
    output: NDArray


def prepare(audiogram: Audiogram, settings: MsbgSettings) -> None:
    """Design filters and compile loops, before several threads would do it at once.

    Args:
        audiogram: The ear.
        settings: How it will be simulated.
    """
    from clarity_lab.hearing.msbg import kernels  # noqa: F401

    to_cochlea_taps(settings.field)
    to_field_taps(settings.field)
    bank_for(audiogram.severity)
    if audiogram.severity in SMEARING:
        smearing_matrix(*SMEARING[audiogram.severity])


def simulate_ear(
    samples: NDArray, audiogram: Audiogram, settings: MsbgSettings
) -> LossStages:
    """Simulate one ear.

    Args:
        samples: One signal, shape (samples,), at 44.1 kHz.
        audiogram: The ear.
        settings: How to simulate.

    Returns:
        The sound after each stage: aligned with the input, or with parity as late and
            as long as that of pyclarity 0.9.0.
    """
    simulate = _as_published if settings.parity else _aligned
    return simulate(samples, audiogram, settings)


def _aligned(
    samples: NDArray, audiogram: Audiogram, settings: MsbgSettings
) -> LossStages:
    """All delays taken out, with silence around the sound while it is filtered."""
    bank, gain = _bands(audiogram, settings)
    source = np.pad(samples, MARGIN)
    at_cochlea = convolve_centred(source, to_cochlea_taps(settings.field))
    smeared = at_cochlea
    if _smears(audiogram, settings):
        lower, upper = SMEARING[audiogram.severity]
        smeared = smear(at_cochlea, lower=lower, upper=upper)
    recombined = filter_and_sum(smeared, bank, gain)
    output = convolve_centred(recombined, to_field_taps(settings.field))
    sounds = source, at_cochlea, smeared, recombined, output
    return LossStages(*(sound[MARGIN:-MARGIN] for sound in sounds))


def _as_published(
    samples: NDArray, audiogram: Audiogram, settings: MsbgSettings
) -> LossStages:
    """Delays, start-up frames and lengths of pyclarity 0.9.0."""
    bank, gain = _bands(audiogram, settings)
    source = to_published_level(samples)
    at_cochlea = smeared = convolve_causal(source, to_cochlea_taps(settings.field))
    if _smears(audiogram, settings):
        lower, upper = SMEARING[audiogram.severity]
        smeared = smear_as_published(at_cochlea, lower=lower, upper=upper)
    recombined = filter_and_sum(smeared, bank, gain)
    output = convolve_causal(recombined, to_field_taps(settings.field))
    return LossStages(source, at_cochlea, smeared, recombined, output)


def _smears(audiogram: Audiogram, settings: MsbgSettings) -> bool:
    return "smearing" in settings.stages and audiogram.severity in SMEARING


def _bands(audiogram: Audiogram, settings: MsbgSettings) -> tuple[Bank, BandGain]:
    """The filters, and what each band's level does to its gain."""
    bank = bank_for(audiogram.severity)
    loss_db = np.interp(  # linear in Hz here, as in pyclarity 0.9.0
        bank.centre_hz, audiogram.frequencies_hz, audiogram.thresholds_db_hl
    )
    exponent, weight = np.zeros(bank.n_bands), np.ones(bank.n_bands)
    if "recruitment" in settings.stages:
        exponent = FULL_RECRUITMENT_DB_SPL / (FULL_RECRUITMENT_DB_SPL - loss_db) - 1
    if "threshold" in settings.stages:
        weight = db_to_amplitude(-loss_db)
    return bank, BandGain(exponent, weight, settings.ceiling)
