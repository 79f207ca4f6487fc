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
from clarity_lab.hearing import msbg
from clarity_lab.hearing.audiogram import Audiogram, Listener
from clarity_lab.hearing.levels import (
    DEFAULT_RMS_ONE_DB_SPL,
    require_possible_peak,
    require_rms_one,
)
from clarity_lab.hearing.msbg import LossStages, Wishes
from clarity_lab.hearing.outer_ear import MODEL_SAMPLE_RATE

STAGES = ("threshold", "smearing", "recruitment")
HIGHEST_DB_HL = 100.0


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

    By default the sound comes back as long as it went in and in time with it, at the
    level that was given; clicks within 2 samples of 44.1 kHz, up to 1 ms early where
    the loss takes their high part, low tones up to 6 ms early, and phases changed, as
    the published filters have it. `parity=True` instead gives what the published
    program gives, sample by sample: 1078 samples late (1266 with smearing), up to 255
    samples longer, with its start-up frames, and first moved in level so that its
    active parts are as loud as the whole was with its pauses.

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
        parity: Reproduce the published program, one ear at a time.

    Returns:
        The sound as float64, shape (..., samples).

    Raises:
        TypeError: If the audiogram is none, or samples are integers.
        ValueError: If a stage is unknown or contradicts another, a threshold is above
            100 dB HL, channels and ears differ, or parity is asked of a sound that the
            published program cannot take: not at 44.1 kHz, shorter than 10 ms, silent.

    Reference:
        Moore & Glasberg, "Simulation of the effects of loudness recruitment and
        threshold elevation on the intelligibility of speech in quiet and in a
        background of speech", JASA 94, 1993; Baer & Moore, JASA 94, 1993. Constants as
        in pyclarity 0.9.0, without its optional calibration tone and noise.

    Example:
        Nothing is lost in silence:

        >>> ear = Audiogram((500, 4000), (20, 60))
        >>> silence = simulate_loss(np.zeros(100), sample_rate=44_100, audiogram=ear)
        >>> silence.shape, bool(np.max(np.abs(silence)) < 1e-20)
        ((100,), True)
    """
    wishes = _require_wishes(rms_one_db_spl, stages, field, parity)
    return _simulate(samples, sample_rate, audiogram, wishes, ["output"])["output"]


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
        parity: Reproduce the published program: stages then differ in delay and length.

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
    wishes = _require_wishes(rms_one_db_spl, stages, field, parity)
    names = [item.name for item in fields(LossStages)]
    return LossStages(**_simulate(samples, sample_rate, audiogram, wishes, names))


def _simulate(
    samples: ArrayLike,
    sample_rate: int,
    audiogram: Audiogram | Listener,
    wishes: Wishes,
    names: list[str],
) -> dict[str, NDArray]:
    """The sounds of those names, each channel through its ear."""
    samples, sample_rate = require_samples(samples), require_sample_rate(sample_rate)
    require_possible_peak(samples, name="samples")
    ears = _require_ears(audiogram, samples)
    if wishes.parity and sample_rate != MODEL_SAMPLE_RATE:
        raise ValueError(
            f"expected sample_rate 44100 with parity=True, got {sample_rate}: the "
            "published program takes no other. Resample first, or parity=False."
        )
    length = samples.shape[-1]
    channels = samples.reshape(-1, length).astype(np.float64)
    for ear in ears:
        msbg.prepare(ear, wishes)

    def hear(channel: int) -> dict[str, NDArray]:
        sound = _resampled(channels[channel], sample_rate, MODEL_SAMPLE_RATE)
        heard = msbg.hear(sound, ears[channel % len(ears)], wishes)
        return {name: back(getattr(heard, name)) for name in names}

    def back(sound: NDArray) -> NDArray:
        sound = _resampled(sound, MODEL_SAMPLE_RATE, sample_rate)
        return sound if wishes.parity else _as_long(sound, length)

    heard = _side_by_side(hear, range(len(channels)))
    return {
        name: np.stack([sounds[name] for sounds in heard]).reshape(
            *samples.shape[:-1], -1
        )
        for name in names
    }


def _require_ears(
    audiogram: Audiogram | Listener, samples: NDArray
) -> tuple[Audiogram, ...]:
    ears = audiogram.ears if isinstance(audiogram, Listener) else (audiogram,)
    for ear in ears:
        _require_simulable(ear)
    if len(ears) == 2 and (samples.ndim < 2 or samples.shape[-2] != 2):
        raise ValueError(
            "expected samples of shape (..., 2, samples) for a Listener, left ear "
            f"first, got {samples.shape}. For one ear give listener.left."
        )
    return ears


def _require_simulable(audiogram: Audiogram) -> None:
    if not isinstance(audiogram, Audiogram):
        raise TypeError(
            f"expected an Audiogram or a Listener, got {type(audiogram).__name__}. "
            "Try Audiogram(frequencies_hz, thresholds_db_hl)."
        )
    worst = max(audiogram.thresholds_db_hl)
    if worst > HIGHEST_DB_HL:
        raise ValueError(
            f"expected thresholds up to {HIGHEST_DB_HL:g} dB HL, got {worst:g}: near "
            "105 dB nothing is left to expand. Results above 80 are already doubtful."
        )


def _require_wishes(
    rms_one_db_spl: float, stages: Collection[str], field: str, parity: bool
) -> Wishes:
    return Wishes(
        require_rms_one(rms_one_db_spl), _require_stages(stages), field, parity
    )


def _require_stages(stages: Collection[str]) -> frozenset[str]:
    wanted = frozenset([stages] if isinstance(stages, str) else stages)
    if wanted - set(STAGES):
        raise ValueError(
            f"expected stages among {', '.join(STAGES)}, got {sorted(wanted)}."
        )
    if {"threshold", "recruitment"} <= wanted:
        raise ValueError(
            "expected threshold or recruitment, got both: recruitment raises the "
            "threshold already."
        )
    return wanted


def _side_by_side(hear: Callable, channels: range) -> list:
    """One thread a channel; the compiled loops and FFTs let the others run."""
    workers = min(len(channels), os.cpu_count() or 1)
    if workers == 1:
        return [hear(channel) for channel in channels]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(hear, channels))


def _resampled(samples: NDArray, sample_rate: int, new_sample_rate: int) -> NDArray:
    import soxr

    if sample_rate == new_sample_rate:
        return samples
    return soxr.resample(samples, sample_rate, new_sample_rate, quality="VHQ")


def _as_long(samples: NDArray, length: int) -> NDArray:
    """Rounding between two rates may lose or add a sample at the end."""
    return np.pad(samples, (0, max(length - len(samples), 0)))[:length]
