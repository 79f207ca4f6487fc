"""The Cambridge MSBG model of one ear: outer ear, smearing, recruitment, and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clarity_lab.hearing.audiogram import Audiogram
from clarity_lab.hearing.filterbank import BandGain, Bank, bank_for, filter_and_sum
from clarity_lab.hearing.fir import convolve_causal, convolve_centred
from clarity_lab.hearing.outer_ear import to_cochlea_taps, to_field_taps
from clarity_lab.hearing.published_level import to_published_level
from clarity_lab.hearing.smearing import (
    SMEARING,
    smear,
    smear_as_published,
    smearing_matrix,
)

CATCH_UP_DB_SPL = 105.0  # where an impaired ear is as loud as a normal one
MARGIN = 2048  # silence around the sound: nothing of a filter's skirts is cut off


@dataclass(frozen=True)
class LossStages:
    """The sound after each stage, all at the input's sample rate, shape (..., samples).

    Attributes:
        source: What came in; as published, with its level moved.
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


@dataclass(frozen=True)
class Wishes:
    """How to simulate; what each means stands at `simulate_loss`."""

    rms_one_db_spl: float
    stages: frozenset[str]
    field: str
    parity: bool


def prepare(audiogram: Audiogram, wishes: Wishes) -> None:
    """Design filters and compile loops, before several threads would do it at once."""
    from clarity_lab.hearing import msbg_kernels  # noqa: F401

    to_cochlea_taps(wishes.field), to_field_taps(wishes.field)
    bank_for(audiogram.severity)
    if audiogram.severity in SMEARING:
        smearing_matrix(*SMEARING[audiogram.severity])


def hear(samples: NDArray, audiogram: Audiogram, wishes: Wishes) -> LossStages:
    """Simulate one ear.

    Args:
        samples: One signal, shape (samples,), at 44.1 kHz.
        audiogram: The ear.
        wishes: How to simulate.

    Returns:
        The sound after each stage: aligned with the input, or as published.
    """
    simulate = _published if wishes.parity else _aligned
    return simulate(samples, audiogram, wishes)


def _aligned(samples: NDArray, audiogram: Audiogram, wishes: Wishes) -> LossStages:
    """All delays taken out, with silence around the sound while it is filtered."""
    bank, gain = _bands(audiogram, wishes)
    source = np.pad(samples, MARGIN)
    at_cochlea = convolve_centred(source, to_cochlea_taps(wishes.field))
    smeared = at_cochlea
    if _smears(audiogram, wishes):
        lower, upper = SMEARING[audiogram.severity]
        smeared = smear(at_cochlea, lower=lower, upper=upper)
    recombined = filter_and_sum(smeared, bank, gain)
    output = convolve_centred(recombined, to_field_taps(wishes.field))
    sounds = source, at_cochlea, smeared, recombined, output
    return LossStages(*(sound[MARGIN:-MARGIN] for sound in sounds))


def _published(samples: NDArray, audiogram: Audiogram, wishes: Wishes) -> LossStages:
    """Delays, start-up frames and lengths of the published program."""
    bank, gain = _bands(audiogram, wishes)
    source = to_published_level(samples)
    at_cochlea = smeared = convolve_causal(source, to_cochlea_taps(wishes.field))
    if _smears(audiogram, wishes):
        lower, upper = SMEARING[audiogram.severity]
        smeared = smear_as_published(at_cochlea, lower=lower, upper=upper)
    recombined = filter_and_sum(smeared, bank, gain)
    output = convolve_causal(recombined, to_field_taps(wishes.field))
    return LossStages(source, at_cochlea, smeared, recombined, output)


def _smears(audiogram: Audiogram, wishes: Wishes) -> bool:
    return "smearing" in wishes.stages and audiogram.severity in SMEARING


def _bands(audiogram: Audiogram, wishes: Wishes) -> tuple[Bank, BandGain]:
    """The filters, and what each band's level does to its gain."""
    bank = bank_for(audiogram.severity)
    loss_db = np.interp(  # linear in Hz here, as published
        bank.centre_hz, audiogram.frequencies_hz, audiogram.thresholds_db_hl
    )
    exponent, weight = np.zeros(bank.n_bands), np.ones(bank.n_bands)
    if "recruitment" in wishes.stages:
        exponent = CATCH_UP_DB_SPL / (CATCH_UP_DB_SPL - loss_db) - 1
    if "threshold" in wishes.stages:
        weight = 10.0 ** (-0.05 * loss_db)
    ceiling = 10.0 ** (0.05 * (CATCH_UP_DB_SPL - wishes.rms_one_db_spl))
    return bank, BandGain(exponent, weight, ceiling)
