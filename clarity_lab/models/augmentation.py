"""More speakers than there are: features that are changed at random while training.

Lesson: 20_ctc.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from clarity_lab.models.speech_features import FRAMES_PER_S, N_MELS, RATE_HZ


def stretch(features: Tensor, *, tempo: float, pitch: float) -> Tensor:
    """Let somebody speak faster or slower, from a shorter or a longer vocal tract.

    Args:
        features: Log-mel energies of one utterance, shape (64, frames).
        tempo: Above 1 is faster.
        pitch: What all frequencies are multiplied with; above 1 is a smaller head.

    Returns:
        Shape (64, about frames / tempo).

    Raises:
        ValueError: If a factor is not between 0.5 and 2.

    Reference:
        Jaitly & Hinton, "Vocal tract length perturbation improves speech recognition",
        ICML workshop 2013; Ko et al., "Audio augmentation for speech recognition",
        Interspeech 2015 (speed: both at once).
    """
    for name, factor in (("tempo", tempo), ("pitch", pitch)):
        if not 0.5 <= factor <= 2:
            raise ValueError(f"expected {name} between 0.5 and 2, got {factor}.")
    lower, share = _rows_between(round(pitch, 3))
    moved = torch.lerp(
        features[lower], features[lower + 1], share[:, None].to(features)
    )
    n_frames = max(1, round(features.shape[-1] / tempo))
    linear = torch.nn.functional.interpolate
    return linear(moved[None], size=n_frames, mode="linear", align_corners=False)[0]


@lru_cache(maxsize=512)
@torch.inference_mode(False)  # kept for those who want gradients, too
def _rows_between(pitch: float) -> tuple[Tensor, Tensor]:
    """Between which rows the energy now lies that belongs into each row."""
    import librosa

    centres_hz = librosa.mel_frequencies(N_MELS + 2, fmin=0, fmax=RATE_HZ / 2)[1:-1]
    where = np.interp(centres_hz / pitch, centres_hz, np.arange(N_MELS))
    lower: NDArray = np.minimum(where.astype(int), N_MELS - 2)
    return torch.from_numpy(lower), torch.from_numpy(where - lower).float()


def hide_stripes(
    features: Tensor,
    *,
    generator: torch.Generator,
    n_mels: int = 12,
    n_frames: int = 20,
) -> Tensor:
    """Set two bands of mels, and about one stretch a second, to their mean: zero.

    What a recogniser cannot see it must guess from what is around it.

    Args:
        features: Of one utterance, shape (mels, frames).
        generator: Draws which.
        n_mels: Width of a hidden band, at most.
        n_frames: Length of a hidden stretch, at most.

    Returns:
        A copy, shape (mels, frames).

    Reference:
        Park et al., "SpecAugment", Interspeech 2019, section 2: frequency and time
        masking.
    """

    def stripe(size: int, most: int) -> slice:
        width, start = torch.rand(2, generator=generator).tolist()
        width = int(width * (min(most, size) + 1))
        first = int(start * (size - width + 1))
        return slice(first, first + width)

    features = features.clone()
    rows, columns = features.shape
    for _ in range(2):
        features[stripe(rows, n_mels)] = 0
    for _ in range(max(1, columns // FRAMES_PER_S)):
        features[:, stripe(columns, n_frames)] = 0
    return features
