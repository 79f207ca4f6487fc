"""What Whisper looks at: half a minute of log-mel energies.

Lesson: 23_recognition_in_real_life.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from clarity_lab.models.speech_features import RATE_HZ

N_FFT, HOP = 400, 160
WINDOW_S = 30
WINDOW = WINDOW_S * RATE_HZ
"""Samples that Whisper takes at once; less is filled up with silence."""
SEARCHED_S, PAUSE_S = 5.0, 0.2
"""Behind a full window a pause is looked for in its last five seconds."""


def whisper_log_mel(sound: Tensor, *, n_mels: int = 80) -> Tensor:
    """Log energies in mel bands as Whisper was trained with, 100 frames a second.

    Nothing lies more than 80 dB below the loudest; a step of 1 is 40 dB.

    Args:
        sound: At 16 kHz, 30 s at most, shape (..., samples).
        n_mels: How many bands.

    Returns:
        Of the whole window of 30 s, shape (..., n_mels, 3000).

    Raises:
        ValueError: If it is longer than 30 s.

    Reference:
        Radford et al., "Robust speech recognition via large-scale weak supervision",
        ICML 2023, section 2.2; the constants are those of OpenAI's code.
    """
    if sound.shape[-1] > WINDOW:
        raise ValueError(
            f"expected at most {WINDOW_S} s at 16 kHz, {WINDOW} samples, got "
            f"{sound.shape[-1]}. Try windows_of(sound)."
        )
    sound = torch.nn.functional.pad(sound, (0, WINDOW - sound.shape[-1]))
    spectrum = torch.stft(
        sound.reshape(-1, WINDOW),
        N_FFT,
        HOP,
        window=torch.hann_window(N_FFT, dtype=sound.dtype, device=sound.device),
        return_complex=True,
    )[..., :-1]
    power = spectrum.real**2 + spectrum.imag**2
    energy = (_filters(n_mels).to(power) @ power).clamp_min(1e-10).log10()
    energy = torch.maximum(energy, energy.amax((-2, -1), keepdim=True) - 8)
    return ((energy + 4) / 4).reshape(*sound.shape[:-1], n_mels, -1)


@lru_cache(maxsize=2)
@torch.inference_mode(False)  # kept for those who want gradients, too
def _filters(n_mels: int) -> Tensor:
    import librosa

    return torch.from_numpy(librosa.filters.mel(sr=RATE_HZ, n_fft=N_FFT, n_mels=n_mels))


def windows_of(sound: Tensor) -> list[tuple[int, Tensor]]:
    """Cut a long recording into windows, where it is softest: no word is to be torn.

    Args:
        sound: At 16 kHz, shape (samples,).

    Returns:
        For each window the sample where it starts, and its sound of 30 s at most.
    """
    windows, start = [], 0
    while len(sound) - start > WINDOW:
        end = start + _pause(sound[start : start + WINDOW])
        windows.append((start, sound[start:end]))
        start = end
    return [*windows, (start, sound[start:])]


def _pause(sound: Tensor) -> int:
    """The middle of the softest 0.2 s of the last 5 s."""
    width = round(PAUSE_S * RATE_HZ)
    first = len(sound) - round(SEARCHED_S * RATE_HZ)
    energy = sound[first:].double().square().cumsum(0)
    softest = (energy[width:] - energy[:-width]).argmin()
    return first + int(softest) + width // 2
