"""An objective like HASPI in torch: how well an ear follows speech, with a gradient.

The score of `metrics.haspi` from the same numbers, on what the ear of `ear_twin` hears.

Lesson: 12_hearing_aid.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from clarity_lab.hearing.ear_model import filters as ear
from clarity_lab.hearing.levels import DEFAULT_RMS_ONE_DB_SPL
from clarity_lab.metrics.arguments import MIN_DURATION_S
from clarity_lab.metrics.cepstra import AUDIBLE_DB, BASES
from clarity_lab.metrics.haspi_features import networks
from clarity_lab.metrics.modulations import speech_filters
from clarity_lab.models import spectra
from clarity_lab.models.ear_twin import EarBands, excite, lags_s, nerve_db

TINY = 1e-30


@dataclass(frozen=True)
class HeardReference:
    """Clean speech as a normal ear hears it, kept while an estimate learns.

    Attributes:
        cepstra: Of the audible frames, the others zero and last, (..., 1, 5, frames).
        order: Which frame stands where, audible ones first, (..., frames).
        audible: 1 where an audible frame stands, else 0, (..., frames).
        bands: Spectra of the envelopes behind the outer hair cells, (..., 32, bins).
        band_delay_s: How long each band waits for the slowest one, (..., 32, 1).
        n_samples: Of the speech.
    """

    cepstra: Tensor
    order: Tensor
    audible: Tensor
    bands: Tensor
    band_delay_s: Tensor
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
        reference, name="reference", sample_rate=sample_rate, least_s=MIN_DURATION_S
    )
    with torch.no_grad():
        six_hz = np.array(ear.AUDIOGRAM_HZ)
        normal = EarBands.of(reference.new_zeros(len(six_hz)), six_hz)
        excited = excite(reference, sample_rate, normal, rms_one_db_spl)
        band_delay_s = excited.delay_s.amax(-2, keepdim=True) - excited.delay_s
        frames = nerve_db(excited, normal, band_delay_s, rms_one_db_spl)
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
    return HeardReference(kept, order, audible, bands, band_delay_s, n_samples)


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
        Speech Communication 131, 2021, DOI 10.1016/j.specom.2020.05.001; a
        differentiable HASPI was first trained with by Tu, Ma & Barker, "DHASP", ICASSP
        2021, arXiv:2103.08569.

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
    hidden, output, normalisation = networks()
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

    Args:
        estimate: As in `haspi_like`, as are all the others.
        reference: Clean speech, or what `hear_reference` made of it.
        sample_rate: Of both, in Hz.
        thresholds_db_hl: Of the ear, shape (frequencies,) or (..., frequencies).
        frequencies_hz: Of the thresholds, rising.
        rms_one_db_spl: SPL in dB of a signal whose RMS is 1.

    Returns:
        0 to 1 for modulations of 2 to 256 Hz, shape (..., 10).

    Raises:
        TypeError: As `haspi_like`.
        ValueError: As `haspi_like`.
    """
    spectra.require_sound(
        estimate, name="estimate", sample_rate=sample_rate, least_s=MIN_DURATION_S
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
    band_delay_s = reference.band_delay_s - lags_s(excited, reference.bands)
    frames = nerve_db(excited, bands, band_delay_s, rms_one_db_spl)
    given = _modulated(_cepstra(frames, reference.order, reference.audible))
    clean = _modulated(reference.cepstra)
    return _correlations(given, clean, reference.audible[..., None, None, :]).mean(-1)


def _cepstra(frames: Tensor, order: Tensor, audible: Tensor) -> Tensor:
    """Cepstra two to six of audible frames without their means, (..., 1, 5, frames)."""
    coefficients = spectra.like(BASES[:, 1:].T, frames) @ frames
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

    filters = speech_filters()
    longest = max(map(len, filters))
    n_fft = next_fast_len(n_frames + longest // 2, real=True)
    impulses = np.zeros((len(filters), n_fft))
    for impulse, taps in zip(impulses, filters, strict=True):
        impulse[: len(taps)] = taps
        impulse[:] = np.roll(impulse, -(len(taps) // 2))
    return n_fft, np.fft.rfft(impulses).real


def _correlations(given: Tensor, clean: Tensor, audible: Tensor) -> Tensor:
    """Size of the normalised covariance over audible frames; 0 for a constant."""
    given, clean = _centred(given, audible), _centred(clean, audible)
    product = (given * clean).sum(-1).abs()
    energies = given.square().sum(-1) * clean.square().sum(-1)
    return product / energies.clamp(min=TINY).sqrt()
