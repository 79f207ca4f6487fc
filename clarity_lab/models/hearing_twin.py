"""Hearing loss and an equaliser in torch: differentiable, batched, on any device.

The same model as `hearing.simulate_loss`, from the same tables; filters act on spectra
and not sample by sample.

Lesson: 12_hearing_aid.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from clarity_lab.checks import require_sample_rate
from clarity_lab.hearing.audiogram import Audiogram
from clarity_lab.hearing.levels import DEFAULT_RMS_ONE_DB_SPL
from clarity_lab.hearing.msbg import smearing
from clarity_lab.hearing.msbg.filterbank import FLOOR, Bank, bank_for
from clarity_lab.hearing.msbg.outer_ear import to_cochlea_taps, to_field_taps
from clarity_lab.hearing.msbg.settings import (
    FULL_RECRUITMENT_DB_SPL,
    MODEL_SAMPLE_RATE,
    MsbgSettings,
    require_expandable,
    require_stages,
)
from clarity_lab.hearing.msbg.simulation import MARGIN
from clarity_lab.models import spectra

SPARE_S = 0.1  # silence behind the sound: filters ring out before they wrap around
TINY = 1e-30


def apply_band_gains_db(
    samples: Tensor,
    gains_db: Tensor,
    *,
    sample_rate: int,
    frequencies_hz: ArrayLike,
) -> Tensor:
    """Amplify a sound differently at each frequency: a hearing aid whose gains learn.

    Between the frequencies the gain in dB is linear in log-frequency, beyond the ends
    it is flat. Nothing is delayed.

    Args:
        samples: A sound, shape (..., samples).
        gains_db: Gain at each frequency in dB, shape (..., frequencies); leading axes
            as those of the sound, or none.
        sample_rate: In Hz.
        frequencies_hz: Where the gains are given, rising.

    Returns:
        The louder sound, on its device; shape (..., samples).

    Raises:
        TypeError: If samples or gains are no floating-point tensors.
        ValueError: If they are not finite, or gains and frequencies differ in number.

    Example:
        20 dB everywhere is ten times the amplitude:

        >>> sound = torch.tensor([0.01, -0.02, 0.03])
        >>> gains_db = torch.tensor([20.0, 20.0])
        >>> apply_band_gains_db(
        ...     sound, gains_db, sample_rate=16_000, frequencies_hz=(500, 4000))
        tensor([ 0.1000, -0.2000,  0.3000])
    """
    spectra.require_sound(samples, name="samples", sample_rate=sample_rate)
    known_hz = spectra.require_per_frequency(gains_db, frequencies_hz, name="gains_db")
    length = samples.shape[-1]
    n, _ = spectra.lengths(
        length, sample_rate=sample_rate, other_rate=sample_rate, spare_s=SPARE_S
    )
    hz = np.maximum(np.fft.rfftfreq(n, 1 / sample_rate), known_hz[0])
    weights = spectra.like(spectra.between(np.log(hz), np.log(known_hz)), samples)
    gain = 10 ** (gains_db.to(samples) @ weights / 20)
    return torch.fft.irfft(torch.fft.rfft(samples, n) * gain, n)[..., :length]


def simulate_loss_torch(
    samples: Tensor,
    *,
    sample_rate: int,
    thresholds_db_hl: Tensor,
    frequencies_hz: ArrayLike,
    rms_one_db_spl: float = DEFAULT_RMS_ONE_DB_SPL,
    stages: Collection[str] = ("smearing", "recruitment"),
    field: str = "free",
) -> Tensor:
    """Hear through impaired ears, and let gradients through.

    The twin of `hearing.simulate_loss`, in time with the sound as that is by default.
    Gradients reach the sound and the thresholds. Steps without a gradient are: the
    grade of the loss, which chooses filters and smearing; and the two ends of the
    recruitment's range. At 44.1 kHz it is the exact model (speech at 45 to 85 dB SPL,
    five ears: within 1e-7 of its RMS; in float32 1e-4). At other rates the resampling
    differs: within 1 % of its RMS, octave levels from 125 Hz to 4 kHz within 0.1 dB
    where they are within 40 dB of the strongest.

    Args:
        samples: A sound, shape (..., samples), float64 or float32.
        sample_rate: In Hz; the model lives at 44.1 kHz, others are resampled.
        thresholds_db_hl: Up to 100 dB HL, shape (frequencies,); or, an ear for each
            sound, (..., frequencies).
        frequencies_hz: Of the thresholds, rising, one at least from 2 to 8 kHz.
        rms_one_db_spl: The SPL in dB of a signal whose RMS is 1.
        stages: As in `simulate_loss`: "smearing", "recruitment" or "threshold".
        field: Where the sound is: "free", "diffuse" or "itu".

    Returns:
        The sound, on its device, shape (..., samples).

    Raises:
        TypeError: If samples or thresholds are no floating-point tensors.
        ValueError: If they are not finite or do not fit, a threshold is above 100 dB
            HL, or a stage is unknown or contradicts another.

    Reference:
        As `hearing.simulate_loss`.

    Example:
        >>> heard = simulate_loss_torch(
        ...     torch.zeros(100), sample_rate=44_100, frequencies_hz=(500, 4000),
        ...     thresholds_db_hl=torch.tensor([20.0, 60.0]))
        >>> heard.shape, bool(heard.abs().max() < 1e-20)
        (torch.Size([100]), True)
    """
    spectra.require_sound(samples, name="samples", sample_rate=sample_rate)
    known_hz = spectra.require_per_frequency(
        thresholds_db_hl, frequencies_hz, name="thresholds_db_hl"
    )
    sample_rate = require_sample_rate(sample_rate)
    settings = MsbgSettings(rms_one_db_spl, require_stages(stages), field, parity=False)
    shape = samples.shape
    sounds = samples.reshape(-1, shape[-1])
    thresholds = thresholds_db_hl.to(samples).expand(*shape[:-1], -1)
    thresholds = thresholds.reshape(len(sounds), -1)
    heard: list[Tensor] = [sounds[:0]] * len(sounds)
    for grade, rows in _rows_of_grade(thresholds, known_hz).items():
        bank = bank_for(grade)
        weights = spectra.like(spectra.between(bank.centre_hz, known_hz), sounds)
        outputs = _simulate_grade(
            sounds[rows], thresholds[rows] @ weights, grade, settings, sample_rate
        )
        for row, output in zip(rows, outputs, strict=True):
            heard[row] = output
    return torch.stack(heard).reshape(shape)


def _rows_of_grade(thresholds: Tensor, known_hz: NDArray) -> dict[str, list[int]]:
    """Which sounds are heard by ears of which grade."""
    rows: dict[str, list[int]] = {}
    for row, values in enumerate(thresholds.detach().cpu().double().tolist()):
        require_expandable(values)
        grade = Audiogram(tuple(known_hz), tuple(values)).severity
        rows.setdefault(grade, []).append(row)
    return rows


def _simulate_grade(
    sounds: Tensor,
    loss_db: Tensor,
    grade: str,
    settings: MsbgSettings,
    sample_rate: int,
) -> Tensor:
    """Sounds (batch, samples) through ears of one grade, losses (batch, bands)."""
    length = sounds.shape[-1]
    n, m = spectra.lengths(
        length, sample_rate=sample_rate, other_rate=MODEL_SAMPLE_RATE, spare_s=SPARE_S
    )
    to_cochlea, to_field = (
        spectra.like(_centred(taps(settings.field), m), sounds)
        for taps in (to_cochlea_taps, to_field_taps)
    )
    spectrum = spectra.resampled(torch.fft.rfft(sounds, n), n=n, to=m) * to_cochlea
    if "smearing" in settings.stages and grade in smearing.SMEARING:
        sharp = torch.fft.irfft(spectrum, m).roll(MARGIN, -1)
        smeared = _smear(sharp, *smearing.SMEARING[grade]).roll(-MARGIN, -1)
        spectrum = torch.fft.rfft(smeared)
    recombined = _weigh_bands(spectrum, m, loss_db.unsqueeze(-1), grade, settings)
    spectrum = spectra.resampled(torch.fft.rfft(recombined) * to_field, n=m, to=n)
    return torch.fft.irfft(spectrum, n)[..., :length]


def _weigh_bands(
    spectrum: Tensor, m: int, loss_db: Tensor, grade: str, settings: MsbgSettings
) -> Tensor:
    """Split into bands, lose (batch, bands, 1) dB as the stages have it, sum again."""
    band_filters, smoothers = (
        spectra.like(response, loss_db) for response in _responses(grade, m)
    )
    bands = torch.fft.irfft(spectrum.unsqueeze(1) * band_filters, m)
    if "recruitment" in settings.stages:
        envelope = torch.fft.irfft(torch.fft.rfft(bands.abs()) * smoothers, m)
        exponent = FULL_RECRUITMENT_DB_SPL / (FULL_RECRUITMENT_DB_SPL - loss_db) - 1
        held = envelope.clamp(FLOOR, settings.ceiling) / settings.ceiling
        bands = bands * held**exponent
    if "threshold" in settings.stages:
        bands = bands * 10 ** (-0.05 * loss_db)
    return bands.sum(1) * 10.0 ** (-0.05 * bank_for(grade).recombination_db)


def _centred(taps: NDArray, n: int) -> NDArray:
    """Response of a linear-phase filter without its delay, at the bins of n samples."""
    whole = np.zeros(max(n, len(taps)))
    whole[: len(taps)] = taps
    turns = np.fft.rfftfreq(n) * ((len(taps) - 1) // 2)
    return np.fft.rfft(_wrapped(whole, n)) * np.exp(2j * np.pi * turns)


def _wrapped(samples: NDArray, n: int) -> NDArray:
    """Samples added up modulo n, as the transform of n samples sees them."""
    return np.pad(samples, (0, -len(samples) % n)).reshape(-1, n).sum(0)


@lru_cache(maxsize=8)
def _responses(grade: str, n: int) -> tuple[NDArray, NDArray]:
    """Of the bands, not delayed, and of their envelopes' low-pass, run both ways."""
    bank = bank_for(grade)
    angle = 2 * np.pi * np.fft.rfftfreq(n)
    z1 = np.exp(-1j * angle)  # one sample's delay
    gammatone, high_pass, smooth, delay = _columns(bank)
    b0, b1, a1, a2 = gammatone
    section = (b0 + b1 * z1) / (1 + a1 * z1 + a2 * z1**2)
    bands = section**4 * _biquad(high_pass, z1) * np.exp(1j * angle * delay)
    return bands, np.abs(_biquad(smooth, z1)) ** 2


def _columns(bank: Bank) -> list[NDArray]:
    """The bank's numbers, each of shape (..., bands, 1), without the silent lanes."""
    rows = bank.gammatone, bank.high_pass, bank.smooth, bank.delay
    return [numbers[..., : bank.n_bands, None] for numbers in rows]


def _biquad(numbers: NDArray, z1: NDArray) -> NDArray:
    b0, b1, b2, a1, a2 = numbers
    return (b0 + b1 * z1 + b2 * z1**2) / (1 + a1 * z1 + a2 * z1**2)


def _smear(samples: Tensor, lower: float, upper: float) -> Tensor:
    """Smear spectra frame by frame, as `msbg.smearing.smear`; (batch, samples)."""
    frame, shift, n_fft = smearing.FRAME, smearing.SHIFT, smearing.N_FFT
    length, lead = samples.shape[-1], frame - shift
    padded = torch.nn.functional.pad(samples, (lead, lead + -length % shift))
    window = spectra.like(smearing.WINDOW, samples)
    matrix = spectra.like(smearing.smearing_matrix(lower, upper), samples)
    spectrum = torch.fft.rfft(padded.unfold(-1, frame, shift) * window, n_fft)
    low = spectrum[..., : smearing.N_BINS]  # (batch, frames, bins)
    power = low.real**2 + low.imag**2
    smeared = power @ matrix.T
    gain = (smeared.abs().clamp(min=TINY) / power.clamp(min=TINY)).sqrt()
    # A negative power turns the phase by 90 degrees, as in the model's own code.
    low = torch.where(smeared < 0, 1j * low, low) * gain
    frames = torch.fft.irfft(low, n_fft)[..., :frame] * window
    return _overlap_add(frames, shift)[..., lead : lead + length]


def _overlap_add(frames: Tensor, shift: int) -> Tensor:
    """Frames (batch, frames, samples) back to signals (batch, samples)."""
    n_parts = frames.shape[-1] // shift
    parts = frames.unflatten(-1, (n_parts, shift))  # (batch, frames, parts, shift)
    pad = torch.nn.functional.pad
    late = [
        pad(parts[:, :, part], (0, 0, part, n_parts - 1 - part))
        for part in range(n_parts)
    ]
    return torch.stack(late).sum(0).flatten(1)
