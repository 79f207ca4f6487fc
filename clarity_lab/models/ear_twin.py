"""The ear of HASPI in torch: 32 bands from sound to nerve, with gradients.

The numbers are those of `hearing.ear_model`. Each band is shifted to zero frequency and
kept at 8 kHz instead of 24; its filters act on spectra and not sample by sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from clarity_lab.hearing.ear_model import EAR_RATE_HZ, middle_ear
from clarity_lab.hearing.ear_model import filters as ear
from clarity_lab.metrics.alignment import HIGHEST_BAND_LAG_S
from clarity_lab.metrics.haspi_envelopes import FRAME_HOP as EAR_FRAME_HOP
from clarity_lab.metrics.haspi_envelopes import SMOOTHING_TAPS
from clarity_lab.models import spectra

BAND_RATE_HZ = 8_000
FRAME_HOP = EAR_FRAME_HOP * BAND_RATE_HZ // EAR_RATE_HZ
SPARE_S = 0.4  # silence behind the sound: the hair cells' slow circuit has 60 ms
TINY = 1e-30


@dataclass(frozen=True)
class Excited:
    """Bands behind the outer hair cells, (..., 32, m), and what they lie on."""

    power: Tensor
    delay_s: Tensor  # of each band's filter, (..., 32, 1)
    n_kept: int  # the rest is silence
    grid: _Grid

    def envelope(self) -> Tensor:
        """Amplitudes, (..., 32, m), silent behind the sound; without a gradient."""
        heard = self.power.detach()[..., : self.n_kept].sqrt()
        return torch.nn.functional.pad(heard, (0, self.power.shape[-1] - self.n_kept))


def excite(
    sound: Tensor, sample_rate: int, bands: EarBands, rms_one_db_spl: float
) -> Excited:
    """Filter and compress sounds in 32 bands, as `ear_model.excite`.

    Args:
        sound: Shape (..., samples).
        sample_rate: In Hz.
        bands: The ear's, (..., 32) each.
        rms_one_db_spl: SPL in dB of a signal whose RMS is 1.

    Returns:
        What leaves the outer hair cells.
    """
    length = sound.shape[-1]
    n, m = spectra.lengths(
        length, sample_rate=sample_rate, other_rate=BAND_RATE_HZ, spare_s=SPARE_S
    )
    n_kept = -(-length * BAND_RATE_HZ // sample_rate)
    grid = _Grid.like(sound, m)
    around = _around_centres(torch.fft.rfft(sound, n) * (m / n), grid, m)
    control = _power(around * grid.control)
    control_db = 10 * control[..., :n_kept].mean(-1).clamp(min=TINY).log10()
    low, high = ear.WIDENING_DB_SPL
    share = ((control_db + rms_one_db_spl - low) / (high - low)).clamp(0, 1)
    width = bands.width + share * (spectra.like(ear.WIDEST, sound) - bands.width)
    response, delay_s = _gammatone(width.unsqueeze(-1), grid.angle)
    gain = _outer_gain(control, bands, rms_one_db_spl)
    gain = torch.fft.irfft(torch.fft.rfft(gain) * grid.gain_low_pass, m)
    power = _power(around * response) * gain**2
    return Excited(power, delay_s, n_kept, grid)


def lags_s(excited: Excited, reference_bands: Tensor) -> Tensor:
    """How late each band of the estimate is, at most 0.1 s, (..., 32, 1).

    Where the cross-correlation is largest, as in HASPI. A place has no gradient.

    Args:
        excited: Bands of the estimate.
        reference_bands: Spectra of the reference's envelopes, (..., 32, bins).

    Returns:
        Seconds, (..., 32, 1).
    """
    envelope = excited.envelope()
    spectrum = torch.fft.rfft(envelope) * reference_bands.conj()
    correlation = torch.fft.irfft(spectrum, envelope.shape[-1])
    reach = min(round(HIGHEST_BAND_LAG_S * BAND_RATE_HZ), excited.n_kept) - 1
    near = torch.cat([correlation[..., -reach:], correlation[..., : reach + 1]], -1)
    lags = near.argmax(-1, keepdim=True) - reach
    return lags.to(envelope.dtype) / BAND_RATE_HZ


def nerve_db(
    excited: Excited, bands: EarBands, band_delay_s: Tensor, rms_one_db_spl: float
) -> Tensor:
    """What reaches the auditory nerve, in frames, each band delayed as told.

    Args:
        excited: Bands behind the outer hair cells.
        bands: The ear's.
        band_delay_s: How long each band is to wait, (..., 32, 1).
        rms_one_db_spl: SPL in dB of a signal whose RMS is 1.

    Returns:
        dB above threshold, (..., 32, frames).
    """
    grid, m = excited.grid, excited.power.shape[-1]
    heard_db = 10 * excited.power.clamp(min=TINY).log10() + rms_one_db_spl
    heard_db = (heard_db - bands.inner_loss_db.unsqueeze(-1)).clamp(min=0)
    angle = -grid.turn * band_delay_s
    delay = torch.polar(torch.ones_like(angle), angle)
    nerve = torch.fft.rfft(heard_db) * (grid.adaptation * delay)
    adapted_db = torch.fft.irfft(nerve, m)[..., : excited.n_kept]
    return _smoothed(adapted_db.clamp(min=0))


@dataclass(frozen=True)
class EarBands:
    """`ear_model.EarBands` as tensors (..., 32): a loss shared between hair cells."""

    outer_loss_db: Tensor
    inner_loss_db: Tensor
    width: Tensor
    steepness: Tensor  # dB of gain lost per dB above the knee

    @classmethod
    def of(cls, thresholds_db_hl: Tensor, known_hz: NDArray) -> EarBands:
        """As `ear_model.ear_bands`, with a gradient.

        Args:
            thresholds_db_hl: Shape (..., frequencies).
            known_hz: Their frequencies, rising.

        Returns:
            The bands, (..., 32) each.
        """
        six_hz = np.array(ear.AUDIOGRAM_HZ)
        to_six = spectra.between(np.log(six_hz), np.log(known_hz))
        weights = to_six @ spectra.between(ear.CENTRES_HZ, six_hz)
        loss = (thresholds_db_hl @ spectra.like(weights, thresholds_db_hl)).clamp(min=0)
        most_shared_db, healthy_ratio = (
            spectra.like(numbers, loss)
            for numbers in (ear.MOST_SHARED_DB, ear.HEALTHY_RATIO)
        )
        outer = ear.OUTER_SHARE * torch.minimum(loss, most_shared_db)
        # 1 - 1 / ratio, where the ear's output still meets a healthy one's at 100 dB.
        span_db = ear.COMPRESSION_TOP_DB_SPL - ear.KNEE_DB_SPL
        steepness = (span_db - span_db / healthy_ratio - outer) / (span_db - outer)
        return cls(
            outer_loss_db=outer,
            inner_loss_db=loss - outer,
            width=ear.width_of(outer),
            steepness=steepness,
        )


def _outer_gain(control: Tensor, bands: EarBands, rms_one_db_spl: float) -> Tensor:
    """Amplitude gain of the outer hair cells for the control filters' power."""
    level_db = 10 * control.clamp(min=TINY).log10() + rms_one_db_spl
    outer, steepness = bands.outer_loss_db[..., None], bands.steepness[..., None]
    knee_db_spl = outer + ear.KNEE_DB_SPL
    over_db = (level_db - knee_db_spl).clamp(min=0)
    over_db = torch.minimum(over_db, ear.COMPRESSION_TOP_DB_SPL - knee_db_spl)
    return 10 ** (-0.05 * (outer + steepness * over_db))


def _power(spectrum: Tensor) -> Tensor:
    band = torch.fft.ifft(spectrum)
    return band.real**2 + band.imag**2


def _gammatone(width: Tensor, angle: Tensor) -> tuple[Tensor, Tensor]:
    """Response around the centres and delay in s, as `filters.gammatone`'s."""
    erb_hz = spectra.like(ear.ERB_HZ, width).unsqueeze(-1)
    a = torch.exp(-width * (2 * np.pi / EAR_RATE_HZ) * erb_hz * ear.POLE_ERB)
    z1 = torch.polar(torch.ones_like(angle), -angle)
    pole = (1 - a) / (1 - a * z1)
    response = 2 * (pole * pole * (1 + 2 * a * z1) / (1 + 2 * a)) ** 2
    return response, (4 * a / (1 - a) + 4 * a / (1 + 2 * a)) / EAR_RATE_HZ


@dataclass(frozen=True)
class _Grid:
    """Everything that depends only on how many band samples there are."""

    middle_ear: Tensor  # response, from 0 to 12 kHz
    angle: Tensor  # per 24 kHz sample, around each band's centre, (m,)
    control: Tensor  # the control filters' response there, (32, m)
    turn: Tensor  # angle per second of an envelope's frequencies
    adaptation: Tensor
    gain_low_pass: Tensor

    @classmethod
    def like(cls, sound: Tensor, m: int) -> _Grid:
        return cls(*(spectra.like(numbers, sound) for numbers in _grid_numbers(m)))


@lru_cache(maxsize=4)
def _grid_numbers(m: int) -> tuple[NDArray, ...]:
    bin_hz = BAND_RATE_HZ / m
    click = np.eye(1, m * EAR_RATE_HZ // BAND_RATE_HZ)[0]
    angle = 2 * np.pi * (np.arange(m) - m // 2) * bin_hz / EAR_RATE_HZ
    widest = torch.from_numpy(ear.WIDEST).unsqueeze(-1)
    control, _ = _gammatone(widest, torch.from_numpy(angle))
    turn = 2 * np.pi * np.arange(m // 2 + 1) * bin_hz
    z1 = np.exp(-1j * turn / EAR_RATE_HZ)
    warped = np.tan(np.pi * ear.GAIN_LOW_PASS_HZ / EAR_RATE_HZ)
    gain_low_pass = warped * (1 + z1) / (1 + warped - (1 - warped) * z1)
    return (
        np.fft.rfft(middle_ear(click)),
        angle,
        control.numpy(),
        turn,
        _adaptation(z1),
        gain_low_pass,
    )


def _adaptation(z1: NDArray) -> NDArray:
    """Response of the hair cells' circuit, `ear_model.filters.ADAPTATION`."""
    r2, c1, c2, m11, m12, m21, m22, g1 = ear.ADAPTATION
    # v1 = m11 (r2 x + c1 v1 z1) + m12 c2 v2 z1, and v2 with the second row.
    second = m21 / (1 - m22 * c2 * z1)  # v2 per (r2 x + c1 v1 z1)
    both = m11 + m12 * c2 * z1 * second  # v1 per the same
    return g1 * (1 - both * r2 / (1 - both * c1 * z1))


def _around_centres(spectrum: Tensor, grid: _Grid, m: int) -> Tensor:
    """Spectra 4 kHz to both sides of each centre: (..., bins) to (..., 32, m)."""
    n_ear = len(grid.middle_ear)
    upper = torch.nn.functional.pad(
        spectrum[..., :n_ear], (0, max(n_ear - spectrum.shape[-1], 0))
    )
    upper = upper * grid.middle_ear
    both = torch.cat([upper[..., 1:].flip(-1).conj(), upper], -1)  # 0 Hz at n_ear - 1
    centres = np.rint(ear.CENTRES_HZ * m / BAND_RATE_HZ).astype(int)
    starts = centres + (n_ear - 1) - m // 2
    return torch.stack([both[..., start : start + m] for start in starts], -2)


def _smoothed(adapted_db: Tensor) -> Tensor:
    """Hann low-pass at 320 Hz, every third sample: (..., 32, samples) to frames."""
    width = (SMOOTHING_TAPS + 1) * BAND_RATE_HZ / EAR_RATE_HZ  # HASPI's window
    half = int(width / 2)
    window = 1 + np.cos(2 * np.pi * np.arange(-half, half + 1) / width)
    taps = spectra.like(window / window.sum(), adapted_db)
    padded = torch.nn.functional.pad(adapted_db, (half, half))
    return padded.unfold(-1, len(taps), FRAME_HOP) @ taps
