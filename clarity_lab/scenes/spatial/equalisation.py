"""A head without its ear canals: what direction alone does to a sound.

Lesson: 90_whole_chain.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve

from clarity_lab.scenes.spatial.hrir import Head

MOST_GAIN_DB = 20.0
"""No more than this is added where a head, or its measurement, has a deep notch."""
LOWEST_HZ = 150.0
"""A loudspeaker near a head has no bass; below this the head is taken to do nothing."""
QUEFRENCY_S = 3e-3
"""Ripples of the spectrum finer than 1 / this, 330 Hz, are left alone."""


def free_field_equalised(head: Head) -> Head:
    """Filter a head so that a sound from ahead arrives as it would without the head.

    One filter for both ears and all directions, so the differences between ears and
    between directions stay as they are. What goes is what all directions share: the
    canal's resonance, for one, that a hearing aid's microphone does not have.

    Args:
        head: With a direction ahead (azimuth 0, elevation 0).

    Returns:
        The head with responses as long as before, named "KEMAR, equalised". From ahead
            the gain is 0 dB within 1 dB from 200 Hz to 10 kHz (the bundled KEMAR).

    Raises:
        ValueError: If no direction of the head is ahead.

    Reference:
        Møller, Fundamentals of binaural technology, Applied Acoustics 36, 1992:
        free-field equalisation.

    Example:
        >>> from clarity_lab.scenes import kemar
        >>> free_field_equalised(kemar()).name
        'KEMAR, equalised'
    """
    equaliser = _inverse(head.ahead, head.sample_rate)
    irs = fftconvolve(head.irs, equaliser[None, None], axes=-1)
    n_taps = head.irs.shape[-1]
    return replace(head, name=f"{head.name}, equalised", irs=irs[..., :n_taps])


def _inverse(irs: NDArray, sample_rate: int) -> NDArray:
    """The minimum-phase filter that undoes both ears' mean gain, smoothly."""
    n_fft = 8 * irs.shape[-1]
    power = np.mean(np.abs(np.fft.rfft(irs, n_fft)) ** 2, axis=0)
    power[: int(LOWEST_HZ * n_fft / sample_rate)] = 1.0
    floor = 10 ** (-MOST_GAIN_DB / 10)
    cepstrum = np.fft.irfft(-0.5 * np.log(np.maximum(power, floor)))
    n_kept = int(QUEFRENCY_S * sample_rate)
    cepstrum[1:n_kept] *= 2  # minimum phase: the two halves folded into one
    cepstrum[n_kept:] = 0
    return np.fft.irfft(np.exp(np.fft.rfft(cepstrum)))[: irs.shape[-1]]
