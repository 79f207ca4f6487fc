"""What a recogniser looks at: log-mel energies, without the channel they came through.

Lessons: 20_ctc, 21_attention_asr, 22_decoding_and_wer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

import torch
from numpy.typing import ArrayLike
from torch import Tensor

from clarity_lab.checks import require_sample_rate
from clarity_lab.models.spectra import require_sound

RATE_HZ = 16_000
FRAMES_PER_S = 100
N_MELS = 64
WINDOW, HOP, N_FFT = 400, 160, 512
RANGE_DB = 80.0
SCALE = 3.0
"""Natural logarithms of speech spread by about so much in each band."""


def log_mel(samples: Tensor, *, sample_rate: int) -> Tensor:
    """Log energy in 64 mel bands, 100 times a second, each band's mean taken away.

    What a microphone or a room does to all frames alike is a constant in each band, and
    so is the level of the recording: without the mean, neither is left. Nothing lies
    more than 80 dB below the loudest.

    Args:
        samples: One sound, or several of one length, shape (..., samples).
        sample_rate: In Hz; it must be 16 kHz.

    Returns:
        Shape (..., 64, frames); frame k is centred at k / 100 s.

    Raises:
        TypeError: If samples are no floating-point tensor.
        ValueError: If they are none, or not finite, or of another rate.

    Reference:
        Davis & Mermelstein, IEEE Trans. ASSP 28, 1980 (the bands); Atal, "Effectiveness
        of linear prediction ...", JASA 55, 1974 (the mean).
    """
    require_sound(samples, name="samples", sample_rate=sample_rate)
    if require_sample_rate(sample_rate) != RATE_HZ:
        raise ValueError(
            f"expected sounds at {RATE_HZ} Hz, got {sample_rate} Hz. "
            "Try audio.resample(samples, sample_rate=..., new_sample_rate=16_000)."
        )
    flat = samples.reshape(-1, samples.shape[-1])
    spectrum = torch.stft(
        torch.nn.functional.pad(flat, (N_FFT // 2, N_FFT // 2)),
        N_FFT,
        HOP,
        WINDOW,
        torch.hann_window(WINDOW, dtype=flat.dtype, device=flat.device),
        center=False,
        return_complex=True,
    )
    power = spectrum.real**2 + spectrum.imag**2
    energy = torch.log((_filters().to(power) @ power).clamp_min(1e-10))
    energy = energy.reshape(*samples.shape[:-1], N_MELS, -1)
    loudest = energy.amax((-2, -1), keepdim=True)
    energy = torch.maximum(energy, loudest - RANGE_DB / 10 * log(10))
    return (energy - energy.mean(-1, keepdim=True)) / SCALE


@lru_cache(maxsize=1)
@torch.inference_mode(False)  # kept for those who want gradients, too
def _filters() -> Tensor:
    import librosa

    return torch.from_numpy(librosa.filters.mel(sr=RATE_HZ, n_fft=N_FFT, n_mels=N_MELS))


@dataclass(frozen=True)
class Batch:
    """Utterances side by side, short ones with zeros behind them.

    Attributes:
        features: Shape (batch, mels, frames).
        n_frames: Frames of each that count, shape (batch,).
        targets: Tokens, shape (batch, labels).
        n_labels: Labels of each that count, shape (batch,).
    """

    features: Tensor
    n_frames: Tensor
    targets: Tensor
    n_labels: Tensor

    def to(self, device: torch.device | str) -> Batch:
        """The same batch on another device."""
        parts = (self.features, self.n_frames, self.targets, self.n_labels)
        return Batch(*(part.to(device) for part in parts))


def batch_of(
    features: Sequence[Tensor], targets: Sequence[Sequence[int]] = ()
) -> Batch:
    """Put utterances side by side.

    Args:
        features: Of each, shape (mels, its frames).
        targets: Tokens of each. Default: none are known.

    Returns:
        The batch, on the device of the first.

    Raises:
        ValueError: If there are none, or more of one than of the other.
    """
    targets = targets or [[]] * len(features)
    if not features or len(features) != len(targets):
        raise ValueError(
            "expected one or more utterances and as many targets, got "
            f"{len(features)} and {len(targets)}."
        )
    columns = [one.float().mT for one in features]
    tokens = [torch.as_tensor(list(one), dtype=torch.long) for one in targets]
    pad = torch.nn.utils.rnn.pad_sequence
    batch = Batch(
        pad(columns, batch_first=True).mT.contiguous(),
        torch.tensor([len(one) for one in columns]),
        pad(tokens, batch_first=True),
        torch.tensor([len(one) for one in tokens]),
    )
    return batch.to(features[0].device)


def as_sound(samples: ArrayLike, *, sample_rate: int) -> Tensor:
    """A recording as a recogniser wants it: one channel, 16 kHz, float32.

    Args:
        samples: Shape (samples,) or (channels, samples); channels are averaged.
        sample_rate: In Hz.

    Returns:
        Shape (samples,).

    Raises:
        TypeError: If samples are integers, or the rate is no whole number.
        ValueError: If there are none, or they are not finite.
    """
    from clarity_lab.audio import resample
    from clarity_lab.checks import require_mono_or_stereo

    samples = require_mono_or_stereo(samples)
    if samples.ndim == 2:
        samples = samples.mean(0)
    if require_sample_rate(sample_rate) != RATE_HZ:
        samples = resample(samples, sample_rate=sample_rate, new_sample_rate=RATE_HZ)
    return torch.from_numpy(samples.copy()).float()
