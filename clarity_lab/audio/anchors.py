"""Low-pass anchors of listening tests: known bad sounds that hold the scale in place.

Lesson: 14_music_quality.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.checks import require_number, require_sample_rate, require_samples

STOP_BAND_RATIO = 8 / 7
"""The stop band begins at 4 kHz for a 3.5 kHz anchor, at 8 kHz for a 7 kHz one."""

STOP_BAND_DB = 60.0
"""BS.1534 asks for 25 dB at 4 kHz and 50 dB at 4.5 kHz, with 0.1 dB of ripple below
3.5 kHz. A Kaiser window of 60 dB keeps all three: its ripple is 0.009 dB."""


def low_pass_anchor(
    samples: ArrayLike, *, sample_rate: int, cutoff_hz: float
) -> NDArray[np.floating]:
    """Make the anchor of a listening test: the same sound without its high tones.

    Args:
        samples: The reference, shape (samples,) or (channels, samples).
        sample_rate: In Hz, at least 16/7 of the cut-off.
        cutoff_hz: Upper end of what stays: 3500 for the low anchor, 7000 for the mid
            anchor. From 8/7 of it on everything is at least 50 dB softer.

    Returns:
        The anchor, same shape, in time with the reference.

    Raises:
        TypeError: If samples are integers or the cut-off is no number.
        ValueError: If the sample rate is too low to leave anything out, or the sound is
            empty or not finite.

    Reference:
        ITU-R BS.1534-3, "Method for the subjective assessment of intermediate quality
        level of audio systems", 2015, section 5.1. It gives limits for the 3.5 kHz
        filter only; the 7 kHz one has the same form, an octave up.

    Example:
        The fastest change there is, 8 kHz, is gone (seen away from the ends):

        >>> fastest = np.tile([1.0, -1.0], 800)
        >>> anchor = low_pass_anchor(fastest, sample_rate=16_000, cutoff_hz=3_500)
        >>> bool(np.all(np.abs(anchor[200:-200]) < 0.003))  # -50 dB
        True
    """
    from scipy import signal

    samples = require_samples(samples)
    sample_rate = require_sample_rate(sample_rate)
    cutoff_hz = require_number(cutoff_hz, name="cutoff_hz", minimum=1, unit="Hz")
    stop_hz = STOP_BAND_RATIO * cutoff_hz
    if sample_rate < 2 * stop_hz - 1e-6:
        raise ValueError(
            f"expected a sample rate of at least {2 * stop_hz:g} Hz for an anchor of "
            f"{cutoff_hz:g} Hz, got {sample_rate} Hz: the anchor would sound like the "
            "reference. Leave that anchor out, or take sounds of a higher sample rate."
        )
    width = (stop_hz - cutoff_hz) / (sample_rate / 2)
    n_taps, beta = signal.kaiserord(STOP_BAND_DB, width)
    taps = signal.firwin(
        n_taps | 1,  # odd: the delay is a whole number of samples, and taken away
        (cutoff_hz + stop_hz) / 2,
        window=("kaiser", beta),
        fs=sample_rate,
    )
    taps = taps.astype(samples.dtype).reshape((1,) * (samples.ndim - 1) + (-1,))
    delay = taps.shape[-1] // 2
    filtered = signal.oaconvolve(samples, taps, axes=-1)
    return filtered[..., delay : delay + samples.shape[-1]]
