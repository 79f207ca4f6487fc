"""Modulation filters: how fast an envelope rises and falls, band by band."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

SPEECH_MODULATIONS_HZ = (2.0, 6.0, 10.0, 16.0, 25.0, 40.0, 64.0, 100.0, 160.0, 256.0)
"""Centres of HASPI's ten modulation bands; the first reaches down to 0 Hz."""

SPEECH_FRAME_RATE_HZ = 2560.0
"""The rate HASPI designs its filters for; its frames really come at 24000 / 9 Hz."""

MUSIC_EDGES_HZ = (4.0, 8.0, 12.5, 20.0, 32.0, 50.0, 80.0)
"""Between HAAQI's eight modulation bands."""

MUSIC_FRAME_RATE_HZ = 250.0


@cache
def speech_filters() -> list[NDArray]:
    """HASPI's ten FIRs: Hann windows, the upper nine around their centre frequency.

    The longest lasts 0.24 s; from 10 Hz on the length falls as the frequency rises.
    """
    filters = []
    for centre_hz in SPEECH_MODULATIONS_HZ:
        length_s = 0.24 * 10.0 / max(centre_hz, 10.0)
        half = int(length_s * SPEECH_FRAME_RATE_HZ / 2)
        window = np.hanning(2 * half + 1)
        taps = window / np.sum(window)
        if centre_hz != SPEECH_MODULATIONS_HZ[0]:
            turns = np.arange(-half, half + 1) * centre_hz / SPEECH_FRAME_RATE_HZ
            taps = 2 * taps * np.cos(2 * np.pi * turns)
        filters.append(taps)
    return filters


@cache
def music_filters() -> list[NDArray]:
    """HAAQI's eight FIRs of 129 taps, low-pass to high-pass."""
    from scipy.signal import firwin

    edges = [*zip((0.0, *MUSIC_EDGES_HZ), (*MUSIC_EDGES_HZ, 0.0), strict=True)]
    filters = []
    for low, high in edges:
        kind = "bandpass" if low and high else "lowpass" if high else "highpass"
        cut = [low, high] if kind == "bandpass" else low or high
        filters.append(
            firwin(129, cut, window="hann", pass_zero=kind, fs=MUSIC_FRAME_RATE_HZ)
        )
    return filters


def filtered(signals: NDArray, taps: list[NDArray]) -> list[NDArray]:
    """Signals through each filter, as long as they were, not delayed.

    Args:
        signals: Shape (..., frames).
        taps: Filters of odd lengths.

    Returns:
        One array of the signals' shape per filter.

    Example:
        >>> filtered(np.array([1.0, 2.0, 3.0]), [np.array([0.0, 1.0, 0.0])])[0].round(9)
        array([1., 2., 3.])
    """
    from scipy import fft

    n_frames = signals.shape[-1]
    n_fft = fft.next_fast_len(n_frames + max(map(len, taps)) - 1, real=True)
    spectrum = fft.rfft(signals, n_fft)
    outputs = []
    for filter_taps in taps:
        whole = fft.irfft(spectrum * fft.rfft(filter_taps, n_fft), n_fft)
        delay = len(filter_taps) // 2
        outputs.append(whole[..., delay : delay + n_frames])
    return outputs
