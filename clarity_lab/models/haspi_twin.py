"""An objective like HASPI in torch: how well an ear follows speech, with a gradient.

The score of `metrics.haspi` from the same numbers, on what the ear of `ear_twin` hears.

Lesson: 12_hearing_aid.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from clarity_lab.hearing import ear_filters as ear
from clarity_lab.hearing.levels import DEFAULT_RMS_ONE_DB_SPL
from clarity_lab.models import spectra
from clarity_lab.models.ear_twin import EarBands, excite, lags_s, nerve_db

LEAST_S = 0.25
AUDIBLE_DB = 2.5
TINY = 1e-30
MODULATIONS_HZ = (2.0, 6.0, 10.0, 16.0, 25.0, 40.0, 64.0, 100.0, 160.0, 256.0)
MODULATION_RATE_HZ = 2560.0


@dataclass(frozen=True)
class HeardReference:
    """Clean speech as a normal ear hears it, kept while an estimate learns.

    Attributes:
        cepstra: Of the audible frames, the others zero and last, (..., 1, 5, frames).
        order: Which frame stands where, audible ones first, (..., frames).
        audible: 1 where an audible frame stands, else 0, (..., frames).
        bands: Spectra of the envelopes behind the outer hair cells, (..., 32, bins).
        late_s: How long each band waits for the slowest one, (..., 32, 1).
        n_samples: Of the speech.
    """

    cepstra: Tensor
    order: Tensor
    audible: Tensor
    bands: Tensor
    late_s: Tensor
    n_samples: int


def hear_reference(
    reference: Tensor,
    *,
    sample_rate: int,
    rms_one_db_spl: float = DEFAULT_RMS_ONE_DB_SPL,
) -> HeardReference:
    """Hear clean speech with a normal ear, once for all steps of a training.

    Args:
        reference: Clean speech, shape (..., samples).
        sample_rate: In Hz.
        rms_one_db_spl: SPL in dB of a signal whose RMS is 1.

    Returns:
        To be given to `haspi_like` as reference; without a gradient.

    Raises:
        TypeError: If it is no floating-point tensor.
        ValueError: If it is shorter than 0.25 s, not finite, or a normal ear hears
            next to nothing of it.
    """
    spectra.require_sound(
        reference, name="reference", sample_rate=sample_rate, least_s=LEAST_S
    )
    with torch.no_grad():
        six_hz = np.array(ear.AUDIOGRAM_HZ)
        normal = EarBands.of(reference.new_zeros(len(six_hz)), six_hz)
        excited = excite(reference, sample_rate, normal, rms_one_db_spl)
        late_s = excited.delay_s.amax(-2, keepdim=True) - excited.delay_s
        frames = nerve_db(excited, normal, late_s, rms_one_db_spl)
        loudness_db = 20 * torch.log10((10 ** (frames / 20)).mean(-2))
        audible, order = (loudness_db > AUDIBLE_DB).sort(
            dim=-1, descending=True, stable=True
        )
        if bool((audible.sum(-1) < 2).any()):
            raise ValueError(
                "expected a reference that a normal ear hears, got one that stays "
                "below threshold. Scale it up, or raise rms_one_db_spl."
            )
        audible = audible.to(reference.dtype)
        kept = _cepstra(frames, order, audible)
        bands = torch.fft.rfft(excited.envelope())
    n_samples = reference.shape[-1]
    return HeardReference(kept, order, audible, bands, late_s, n_samples)


def haspi_like(
    estimate: Tensor,
    *,
    reference: Tensor | HeardReference,
    sample_rate: int,
    thresholds_db_hl: Tensor,
    frequencies_hz: ArrayLike,
    rms_one_db_spl: float = DEFAULT_RMS_ONE_DB_SPL,
) -> Tensor:
    """Predict which share of sentences an ear understands, with a gradient.

    Close to `metrics.haspi`, higher is better; report that one. Gradients reach the
    estimate and the thresholds. Where each band of the estimate lies best in time is
    searched as in HASPI, within 0.1 s, and has no gradient.

    Left out: the cut of silent ends and the delay of the whole, searched before;
    rounding of 44.1 to 44 kHz; the nerve's jitter; and what a band holds more than 4
    kHz from its centre. On two talkers in rain (-6 to 40 dB SNR, 65 and 85 dB SPL, four
    ears from normal to severe, 2 s, 80 scores) it lies 0.026 from HASPI on average and
    0.24 at most, Pearson and Spearman correlations are 0.99. The largest differences
    are noisy bands whose best place in time is a toss-up.

    Args:
        estimate: What the ear gets, hearing aid included, shape (..., samples).
        reference: Clean speech without any gain, shape (samples,) or that of estimate;
            or what `hear_reference` made of it.
        sample_rate: Of both, in Hz.
        thresholds_db_hl: Of the ear, shape (frequencies,); or, an ear for each sound,
            (..., frequencies).
        frequencies_hz: Of the thresholds, rising.
        rms_one_db_spl: SPL in dB of a signal whose RMS is 1.

    Returns:
        0 to 1, shape (...). A silent estimate scores about 0 and has no gradient.

    Raises:
        TypeError: If sounds or thresholds are no floating-point tensors.
        ValueError: If a sound is shorter than 0.25 s or not finite, lengths differ, or
            the reference is too soft for a normal ear.

    Reference:
        Kates & Arehart, "The Hearing-Aid Speech Perception Index (HASPI) Version 2",
        Speech Communication 131, 2021; a differentiable HASPI was first trained with
        by Tu, Ma & Barker, "DHASP", ICASSP 2021.

    Example:
        A pulsating noise is its own perfect estimate:

        >>> noise = torch.randn(8_000, generator=torch.Generator().manual_seed(0))
        >>> noise *= 0.02 * torch.sin(torch.arange(8_000) / 800)
        >>> score = haspi_like(
        ...     noise, reference=noise, sample_rate=16_000,
        ...     thresholds_db_hl=torch.zeros(2), frequencies_hz=(250, 6000))
        >>> bool(score > 0.99)
        True
    """
    features = modulation_correlations(
        estimate,
        reference=reference,
        sample_rate=sample_rate,
        thresholds_db_hl=thresholds_db_hl,
        frequencies_hz=frequencies_hz,
        rms_one_db_spl=rms_one_db_spl,
    )
    hidden, output, normalisation = _networks()
    hidden, output = (spectra.like(x, features) for x in (hidden, output))
    units = torch.einsum("...i,nij->...nj", features, hidden[:, 1:]) + hidden[:, 0]
    answers = (units.sigmoid() * output[:, 1:]).sum(-1) + output[:, 0]
    return answers.sigmoid().mean(-1) / normalisation


def modulation_correlations(
    estimate: Tensor,
    *,
    reference: Tensor | HeardReference,
    sample_rate: int,
    thresholds_db_hl: Tensor,
    frequencies_hz: ArrayLike,
    rms_one_db_spl: float = DEFAULT_RMS_ONE_DB_SPL,
) -> Tensor:
    """How well an ear follows slow to fast changes of speech: HASPI's ten inputs.

    Their mean is a gentler objective than the score, which flattens out at both ends.
    Arguments and errors are those of `haspi_like`.

    Returns:
        0 to 1 for modulations of 2 to 256 Hz, shape (..., 10).
    """
    spectra.require_sound(
        estimate, name="estimate", sample_rate=sample_rate, least_s=LEAST_S
    )
    known_hz = spectra.require_per_frequency(
        thresholds_db_hl, frequencies_hz, name="thresholds_db_hl"
    )
    if not isinstance(reference, HeardReference):
        reference = hear_reference(
            reference, sample_rate=sample_rate, rms_one_db_spl=rms_one_db_spl
        )
    if reference.n_samples != estimate.shape[-1]:
        raise ValueError(
            f"expected estimate and reference of one length, got {estimate.shape[-1]} "
            f"and {reference.n_samples} samples. Trim the longer one."
        )
    bands = EarBands.of(thresholds_db_hl.to(estimate), known_hz)
    excited = excite(estimate, sample_rate, bands, rms_one_db_spl)
    late_s = reference.late_s - lags_s(excited, reference.bands)
    frames = nerve_db(excited, bands, late_s, rms_one_db_spl)
    given = _modulated(_cepstra(frames, reference.order, reference.audible))
    clean = _modulated(reference.cepstra)
    return _correlations(given, clean, reference.audible[..., None, None, :]).mean(-1)


def _cepstra(frames: Tensor, order: Tensor, audible: Tensor) -> Tensor:
    """Cepstra two to six of audible frames without their means, (..., 1, 5, frames)."""
    angles = np.outer(np.arange(1, 6), np.arange(ear.N_BANDS)) * np.pi
    bases = np.cos(angles / (ear.N_BANDS - 1))
    bases /= np.linalg.norm(bases, axis=1, keepdims=True)
    coefficients = spectra.like(bases, frames) @ frames
    where = order[..., None, :].expand(*coefficients.shape[:-1], -1)
    kept = coefficients.gather(-1, where)
    return _centred(kept, audible[..., None, :]).unsqueeze(-3)


def _centred(values: Tensor, audible: Tensor) -> Tensor:
    """Without the mean over audible frames, and nothing elsewhere."""
    mean = (values * audible).sum(-1, keepdim=True) / audible.sum(-1, keepdim=True)
    return (values - mean) * audible


def _modulated(cepstra: Tensor) -> Tensor:
    """Cepstra (..., 1, 5, frames) through ten filters, (..., 10, 5, frames)."""
    n_frames = cepstra.shape[-1]
    n_fft, responses = _modulation_responses(n_frames)
    responses = spectra.like(responses, cepstra).unsqueeze(-2)
    filtered = torch.fft.irfft(torch.fft.rfft(cepstra, n_fft) * responses, n_fft)
    return filtered[..., :n_frames]


@lru_cache(maxsize=4)
def _modulation_responses(n_frames: int) -> tuple[int, NDArray]:
    """A fast length, and each filter's response there, (10, bins), not delayed."""
    from scipy.fft import next_fast_len

    n_fft = next_fast_len(n_frames + 307, real=True)
    impulses = np.zeros((len(MODULATIONS_HZ), n_fft))
    for impulse, centre_hz in zip(impulses, MODULATIONS_HZ, strict=True):
        half = int(2.4 / max(centre_hz, 10.0) * MODULATION_RATE_HZ / 2)
        window = np.hanning(2 * half + 1)
        turns = np.arange(-half, half + 1) * centre_hz / MODULATION_RATE_HZ
        carrier = (
            1.0 if centre_hz == MODULATIONS_HZ[0] else 2 * np.cos(2 * np.pi * turns)
        )
        impulse[: 2 * half + 1] = window / window.sum() * carrier
        impulse[:] = np.roll(impulse, -half)
    return n_fft, np.fft.rfft(impulses).real


def _correlations(given: Tensor, clean: Tensor, audible: Tensor) -> Tensor:
    """Size of the normalised covariance over audible frames; 0 for a constant."""
    given, clean = _centred(given, audible), _centred(clean, audible)
    product = (given * clean).sum(-1).abs()
    energies = given.square().sum(-1) * clean.square().sum(-1)
    return product / energies.clamp(min=TINY).sqrt()


@cache
def _networks() -> tuple[NDArray, NDArray, float]:
    """HASPI's networks: hidden units (10, 11, 4), outputs (10, 5), and the scale."""
    table = (
        resources.files("clarity_lab") / "metrics" / "tables" / "haspi_networks.json"
    )
    weights = json.loads(table.read_text(encoding="utf-8"))
    hidden = np.array([network["hidden"] for network in weights["networks"]])
    output = np.array([network["output"] for network in weights["networks"]])
    return hidden, output, weights["normalisation"]
