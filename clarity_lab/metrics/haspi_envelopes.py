"""HASPI's first half: envelopes of an estimate in given ears, nothing random yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clarity_lab.checks import require_samples
from clarity_lab.hearing import ear_model
from clarity_lab.hearing.audiogram import Audiogram
from clarity_lab.hearing.ear_model import EAR_RATE_HZ, EarBands, ear_bands
from clarity_lab.hearing.levels import DEFAULT_RMS_ONE_DB_SPL, level_db_spl
from clarity_lab.metrics.alignment import ReferenceSound, band_lags
from clarity_lab.metrics.arguments import as_ears, require_fitting, require_sound
from clarity_lab.metrics.cepstra import audible_frames

FRAME_HOP = 9
FRAME_RATE_HZ = EAR_RATE_HZ / FRAME_HOP
SMOOTHING_TAPS = 52  # 0.7 periods of 320 Hz
NORMAL_EAR = ear_bands(Audiogram((250, 6000), (0, 0)))


@dataclass(frozen=True)
class ReferenceEar:
    """Clean speech as a normal ear hears it, kept to score many estimates against.

    Made by `prepare_reference`; given to `haspi` in place of the reference.

    Attributes:
        sound: The speech at the ear's rate.
        sample_rate: Of the speech, in Hz.
        rms_one_db_spl: SPL in dB of a signal whose RMS is 1.
        n_samples: Of the speech as it came.
        outputs: Bands behind the outer hair cells, eight at a time.
        band_delay: Samples by which each band waits for the slowest one, shape (32,).
        envelopes_db: Above threshold, shape (frames, 32).
    """

    sound: ReferenceSound
    sample_rate: int
    rms_one_db_spl: float
    n_samples: int
    outputs: tuple[ear_model.BandOutput, ...]
    band_delay: NDArray
    envelopes_db: NDArray


def prepare_reference(
    reference: NDArray,
    *,
    sample_rate: int,
    rms_one_db_spl: float = DEFAULT_RMS_ONE_DB_SPL,
) -> ReferenceEar:
    """Hear clean speech with a normal ear, once for all estimates and listeners.

    Args:
        reference: Clean speech, shape (samples,).
        sample_rate: In Hz.
        rms_one_db_spl: SPL in dB of a signal whose RMS is 1.

    Returns:
        To be given to `haspi` as reference; 6 MB per second of speech.

    Raises:
        ValueError: As `haspi`.
    """
    samples = require_sound(
        reference,
        name="reference",
        sample_rate=sample_rate,
        rms_one_db_spl=rms_one_db_spl,
    )
    if samples.ndim != 1:
        raise ValueError(
            f"expected one reference of shape (samples,), got {samples.shape}. "
            "Choose a channel: reference[0]."
        )
    sound = ReferenceSound.of(samples, sample_rate=sample_rate)
    outputs, band_delay, envelopes_db = _in_a_normal_ear(sound, rms_one_db_spl)
    if np.count_nonzero(audible_frames(envelopes_db)) < 2:
        level = float(level_db_spl(samples, rms_one_db_spl=rms_one_db_spl))
        raise ValueError(
            "expected a reference that a normal ear hears, got one that stays below "
            f"threshold at {level:.0f} dB SPL. Scale it up, or raise "
            "rms_one_db_spl: conversation is near 65 dB SPL."
        )
    return ReferenceEar(
        sound=sound,
        sample_rate=sample_rate,
        rms_one_db_spl=rms_one_db_spl,
        n_samples=samples.shape[-1],
        outputs=outputs,
        band_delay=band_delay,
        envelopes_db=envelopes_db,
    )


def _in_a_normal_ear(
    sound: ReferenceSound, rms_one_db_spl: float
) -> tuple[tuple[ear_model.BandOutput, ...], NDArray, NDArray]:
    """The last three fields of `ReferenceEar`."""
    signal = ear_model.EarSignal(
        ear_model.middle_ear(sound.active_samples), rms_one_db_spl
    )
    delay = signal.tuned_to(NORMAL_EAR).delay
    band_delay = delay.max() - delay
    outputs, envelopes_db = [], []
    for group in ear_model.band_groups():
        outputs.append(
            ear_model.excite(signal, NORMAL_EAR, group, with_membrane_motion=False)
        )
        heard_db, _ = ear_model.auditory_nerve(
            outputs[-1], NORMAL_EAR, group, band_delay=band_delay[group]
        )
        envelopes_db.append(_smoothed(heard_db))
    return tuple(outputs), band_delay, np.concatenate(envelopes_db, axis=1)


@dataclass(frozen=True)
class Heard:
    """One estimate in one ear, beside its reference.

    Attributes:
        reference: What it is compared with.
        envelopes_db: Of the estimate, above threshold, shape (frames, 32).
        delay: Of the estimate as a whole, in samples at 24 kHz.
        band_lags: How late each band still was then, in samples, shape (32,).
    """

    reference: ReferenceEar
    envelopes_db: NDArray
    delay: int
    band_lags: NDArray


def envelopes_in_ears(
    estimate: NDArray,
    reference: NDArray | ReferenceEar,
    sample_rate: int,
    audiogram: Audiogram | Sequence[Audiogram],
    rms_one_db_spl: float,
) -> NDArray:
    """Hear every estimate with every ear.

    Args:
        estimate: As in `haspi`, as are all the others.
        reference: Clean speech, or what `prepare_reference` made of it.
        sample_rate: Of both, in Hz.
        audiogram: The ear, or several.
        rms_one_db_spl: SPL in dB of a signal whose RMS is 1.

    Returns:
        An object array of `Heard`, shape (...), for several ears (..., ears).

    Raises:
        TypeError: As `haspi`.
        ValueError: As `haspi`.
    """
    audiograms, several = as_ears(audiogram)
    ears = [ear_bands(one) for one in audiograms]
    estimate = require_sound(
        estimate,
        name="estimate",
        sample_rate=sample_rate,
        rms_one_db_spl=rms_one_db_spl,
    )
    references = _references(reference, estimate, sample_rate, rms_one_db_spl)
    heard = np.empty((*estimate.shape[:-1], len(ears)), dtype=object)
    for index in np.ndindex(estimate.shape[:-1]):
        heard[index] = _in_every_ear(estimate[index], references[index], ears)
    return heard if several else heard[..., 0]


def _references(
    reference: NDArray | ReferenceEar,
    estimate: NDArray,
    sample_rate: int,
    rms_one_db_spl: float,
) -> NDArray:
    """A prepared reference for each estimate: one for all, or one for each."""
    if isinstance(reference, ReferenceEar):
        prepared = (reference.sample_rate, reference.rms_one_db_spl)
        if prepared != (sample_rate, rms_one_db_spl):
            raise ValueError(
                "expected the sample_rate and rms_one_db_spl that the reference was "
                f"prepared with, {prepared}, got {(sample_rate, rms_one_db_spl)}."
            )
        require_fitting(estimate, reference_shape=(reference.n_samples,))
        one_for_all = reference
    else:
        reference = require_samples(reference, name="reference")
        require_fitting(estimate, reference_shape=reference.shape)
        rate_and_level = {"sample_rate": sample_rate, "rms_one_db_spl": rms_one_db_spl}
        if reference.ndim != 1:
            prepared = np.empty(estimate.shape[:-1], dtype=object)
            for index in np.ndindex(prepared.shape):
                prepared[index] = prepare_reference(reference[index], **rate_and_level)
            return prepared
        one_for_all = prepare_reference(reference, **rate_and_level)
    references = np.empty(estimate.shape[:-1], dtype=object)
    references.fill(one_for_all)
    return references


def _in_every_ear(
    estimate: NDArray, reference: ReferenceEar, ears: list[EarBands]
) -> list[Heard]:
    """One estimate in every ear; the reference's bands wait for all of them."""
    signal, delay = reference.sound.aligned(
        estimate,
        sample_rate=reference.sample_rate,
        rms_one_db_spl=reference.rms_one_db_spl,
    )
    shape = len(ears), len(reference.envelopes_db), len(reference.band_delay)
    envelopes_db, lags = np.empty(shape), np.empty((len(ears), shape[-1]), dtype=int)
    for group, clean in zip(ear_model.band_groups(), reference.outputs, strict=True):
        for n, ear in enumerate(ears):
            output = ear_model.excite(signal, ear, group, with_membrane_motion=False)
            lags[n, group] = band_lags(output.envelope, reference=clean.envelope)
            heard_db, _ = ear_model.auditory_nerve(
                output,
                ear,
                group,
                band_delay=reference.band_delay[group],
                envelope_lag=lags[n, group],
            )
            envelopes_db[n, :, group] = _smoothed(heard_db)
    return [Heard(reference, envelopes_db[n], delay, lags[n]) for n in range(len(ears))]


def _smoothed(heard_db: NDArray) -> NDArray:
    """Low-pass envelopes at 320 Hz with a Hann window, every ninth sample of them.

    Args:
        heard_db: Shape (samples, 8) at 24 kHz.

    Returns:
        Shape (frames, 8).
    """
    from clarity_lab.metrics import haspi_kernels as kernels

    window = np.hanning(SMOOTHING_TAPS + 2)[1:-1]
    smoothed = np.zeros((-(-len(heard_db) // FRAME_HOP), heard_db.shape[1]))
    first = 1 - SMOOTHING_TAPS // 2
    kernels.windowed_sums(heard_db, window / window.sum(), first, FRAME_HOP, smoothed)
    return smoothed
