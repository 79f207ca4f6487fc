"""Hearing loss, simulated: the Cambridge MSBG model for one ear or two.

Moore, Stone, Baer and Glasberg let a normal ear hear what an impaired one does: take
the sound to the cochlea, smear its spectrum as broad auditory filters would, expand the
level of each band so that soft sounds vanish and loud ones stay loud, and take it back.

Lesson: 11_hearing_loss.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.checks import require_sample_rate, require_samples
from clarity_lab.hearing.audiogram import Audiogram, Listener, ears_of
from clarity_lab.hearing.levels import (
    DEFAULT_RMS_ONE_DB_SPL,
    require_possible_peak,
    require_rms_one,
)
from clarity_lab.hearing.msbg.settings import (
    MODEL_SAMPLE_RATE,
    MsbgSettings,
    require_expandable,
    require_stages,
)
from clarity_lab.hearing.msbg.simulation import LossStages, prepare, simulate_ear


def simulate_loss(
    samples: ArrayLike,
    *,
    sample_rate: int,
    audiogram: Audiogram | Listener,
    rms_one_db_spl: float = DEFAULT_RMS_ONE_DB_SPL,
    stages: Collection[str] = ("smearing", "recruitment"),
    field: str = "free",
    parity: bool = False,
) -> NDArray[np.float64]:
    """Hear through impaired ears.

    By default the sound comes back at the level that was given, as long as it went in
    and in time with it, but for what the filters do to phases:

    - clicks stay within 2 samples of 44.1 kHz without recruitment; up to 1 ms early
      where the loss takes their high part;
    - low tones come up to 6 ms early.

    `parity=True` gives what pyclarity 0.9.0 gives instead, sample by sample:

    - it is 1078 samples late (1266 with smearing), with start-up frames, and up to 255
      samples longer;
    - its level is moved first, so that its active parts are as loud as the whole was
      with its pauses.

    Args:
        samples: A sound, shape (..., samples). With a Listener (..., 2, samples), left
            ear first.
        sample_rate: Its sample rate in Hz. The model lives at 44.1 kHz: others are
            resampled to it and back.
        audiogram: The ear, for every channel; or the Listener whose two ears hear the
            two channels. Thresholds up to 100 dB HL.
        rms_one_db_spl: The SPL in dB of a signal whose RMS is 1.
        stages: What to simulate. "smearing" blurs the spectrum; "recruitment" expands
            levels below 105 dB SPL, which raises the threshold; "threshold" instead
            raises it alone: each band is softer by the threshold, at any level, as if
            the middle ear blocked the sound. Without any, the bands are only split and
            summed.
        field: Where the sound is: "free" (in front), "diffuse" or "itu" (at the ear).
        parity: Reproduce pyclarity 0.9.0, one ear at a time.

    Returns:
        The sound as float64, shape (..., samples).

    Raises:
        TypeError: If the audiogram is none, stages are no list, or samples integers.
        ValueError: If a stage is unknown or contradicts another, a threshold is above
            100 dB HL or none was measured from 2 to 8 kHz, channels and ears differ, or
            parity is asked of a sound that pyclarity cannot take: not at 44.1 kHz,
            shorter than 10 ms, silent.

    Reference:
        Moore & Glasberg, "Simulation of the effects of loudness recruitment and
        threshold elevation on the intelligibility of speech in quiet and in a
        background of speech", JASA 94(4), 1993; Baer & Moore, JASA 94(3), 1993, DOI
        10.1121/1.408176. Constants as in pyclarity 0.9.0, without its optional
        calibration tone and noise.

    Example:
        A tone of 30 dB SPL, 10 dB below an ear's threshold of 40 dB HL. It lies 75 dB
        below 105 dB SPL; recruitment makes 75 * 105 / (105 - 40) = 121 dB of them. 46
        dB are lost, give or take the ripple of the bands:

        >>> tone = np.sin(2 * np.pi * 2000 * np.arange(44_100) / 44_100)
        >>> tone *= np.sqrt(2) * 10 ** ((30 - 100) / 20)
        >>> ear = Audiogram((250, 8000), (40, 40))
        >>> heard = simulate_loss(
        ...     tone, sample_rate=44_100, audiogram=ear, stages=["recruitment"])
        >>> float(round(20 * np.log10(np.std(tone) / np.std(heard))))
        47.0
    """
    settings = _require_settings(rms_one_db_spl, stages, field, parity)
    return _simulate(samples, sample_rate, audiogram, settings, ["output"])["output"]


def loss_stages(
    samples: ArrayLike,
    *,
    sample_rate: int,
    audiogram: Audiogram | Listener,
    rms_one_db_spl: float = DEFAULT_RMS_ONE_DB_SPL,
    stages: Collection[str] = ("smearing", "recruitment"),
    field: str = "free",
    parity: bool = False,
) -> LossStages:
    """Look into the simulation: the sound after each of its stages.

    Args:
        samples: As in `simulate_loss`, as are all the others.
        sample_rate: Its sample rate in Hz.
        audiogram: The ear or the Listener.
        rms_one_db_spl: The SPL in dB of a signal whose RMS is 1.
        stages: What to simulate.
        field: Where the sound is.
        parity: Reproduce pyclarity 0.9.0: stages then differ in delay and length.

    Returns:
        The sounds, each of shape (..., samples); `output` is that of `simulate_loss`.

    Raises:
        TypeError: As `simulate_loss`.
        ValueError: As `simulate_loss`.

    Example:
        >>> ear = Audiogram((500, 4000), (20, 60))
        >>> seen = loss_stages(np.zeros(100), sample_rate=44_100, audiogram=ear)
        >>> seen.smeared.shape
        (100,)
    """
    settings = _require_settings(rms_one_db_spl, stages, field, parity)
    names = [item.name for item in fields(LossStages)]
    return LossStages(**_simulate(samples, sample_rate, audiogram, settings, names))


def _simulate(
    samples: ArrayLike,
    sample_rate: int,
    audiogram: Audiogram | Listener,
    settings: MsbgSettings,
    names: list[str],
) -> dict[str, NDArray]:
    """The sounds of those names, each channel through its ear."""
    samples, sample_rate = require_samples(samples), require_sample_rate(sample_rate)
    require_possible_peak(samples, name="samples")
    ears = ears_of(audiogram, samples)
    if settings.parity and sample_rate != MODEL_SAMPLE_RATE:
        raise ValueError(
            f"expected sample_rate 44100 with parity=True, got {sample_rate}: "
            "pyclarity takes no other. Resample first, or parity=False."
        )
    for ear in ears:
        require_expandable(ear.thresholds_db_hl)
        prepare(ear, settings)
    length = samples.shape[-1]
    channels = samples.reshape(-1, length).astype(np.float64)

    def through_its_ear(channel: int) -> dict[str, NDArray]:
        sound = _resampled(channels[channel], sample_rate, MODEL_SAMPLE_RATE)
        heard = simulate_ear(sound, ears[channel % len(ears)], settings)
        return {name: as_it_came(getattr(heard, name)) for name in names}

    def as_it_came(sound: NDArray) -> NDArray:
        sound = _resampled(sound, MODEL_SAMPLE_RATE, sample_rate)
        return sound if settings.parity else _as_long(sound, length)

    heard = _side_by_side(through_its_ear, range(len(channels)))
    return {
        name: np.stack([sounds[name] for sounds in heard]).reshape(
            *samples.shape[:-1], -1
        )
        for name in names
    }


def _require_settings(
    rms_one_db_spl: float, stages: Collection[str], field: str, parity: bool
) -> MsbgSettings:
    return MsbgSettings(
        require_rms_one(rms_one_db_spl), require_stages(stages), field, parity
    )


def _side_by_side(simulate: Callable, channels: range) -> list:
    """One thread a channel; the compiled loops and FFTs let the others run."""
    workers = min(len(channels), os.cpu_count() or 1)
    if workers == 1:
        return [simulate(channel) for channel in channels]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(simulate, channels))


def _resampled(samples: NDArray, sample_rate: int, new_sample_rate: int) -> NDArray:
    import soxr

    if sample_rate == new_sample_rate:
        return samples
    return soxr.resample(samples, sample_rate, new_sample_rate, quality="VHQ")


def _as_long(samples: NDArray, length: int) -> NDArray:
    """Rounding between two rates may lose or add a sample at the end."""
    return np.pad(samples, (0, max(length - len(samples), 0)))[:length]
