"""What differs between the ears: time and level.

Lesson: 10_scene_rendering.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.checks import (
    require_sample_rate,
    require_samples,
)

LARGEST_ITD_S = 0.001
ITD_BELOW_HZ = 1500
ITD_STEPS = 16


def itd_s(binaural: ArrayLike, *, sample_rate: int) -> float:
    """Interaural time difference: how much later the right ear hears it.

    It is the shift at which both ears are most alike below 1.5 kHz, where hearing
    itself compares them.

    Args:
        binaural: Left ear first, shape (2, samples): a sound or an impulse response.
        sample_rate: In Hz.

    Returns:
        Seconds, positive from the left, within a millisecond.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If there are not two channels, or one is silent.

    Example:
        The right ear hears it three samples later:

        >>> ears = np.zeros((2, 100))
        >>> ears[0, 40] = ears[1, 43] = 1.0
        >>> round(itd_s(ears, sample_rate=10_000), 6)
        0.0003
    """
    from scipy.fft import irfft, next_fast_len, rfft, rfftfreq

    ears = _two_ears(binaural)
    sample_rate = require_sample_rate(sample_rate)
    reach = int(LARGEST_ITD_S * sample_rate * ITD_STEPS)
    n_fft = next_fast_len(max(2 * ears.shape[-1], reach), real=True)
    left, right = rfft(ears, n_fft)
    cross = np.conj(left) * right * (rfftfreq(n_fft, 1 / sample_rate) < ITD_BELOW_HZ)
    alike = irfft(cross, ITD_STEPS * n_fft)  # at fractions of a sample
    steps = np.arange(-reach, reach + 1)
    return float(steps[np.argmax(alike[steps])] / (ITD_STEPS * sample_rate))


def ild_db(binaural: ArrayLike) -> float:
    """Interaural level difference: how much louder it is in the left ear.

    Args:
        binaural: Left ear first, shape (2, samples): a sound or an impulse response.

    Returns:
        dB, positive from the left.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If there are not two channels, or one is silent.

    Example:
        >>> round(ild_db([[1.0, 0.0], [0.0, 0.1]]), 6)
        20.0
    """
    left, right = np.sum(_two_ears(binaural) ** 2, axis=-1)
    return float(10 * np.log10(left / right))


def _two_ears(binaural: ArrayLike) -> NDArray:
    ears = require_samples(binaural, name="binaural").astype(float)
    if ears.ndim != 2 or len(ears) != 2:
        raise ValueError(
            "expected binaural of shape (2, samples), left ear first, "
            f"got {ears.shape}."
        )
    if not np.all(np.any(ears, axis=-1)):
        raise ValueError("expected a sound in both ears, got silence in one.")
    return ears
