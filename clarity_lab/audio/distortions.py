"""Ways to spoil a sound: to hear what a flaw is like, or to test a metric with it.

Each changes the level too; `set_level` brings it back.

Lesson: 14_music_quality.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.audio.levels import mix_at_snr, peak
from clarity_lab.audio.rates import resample
from clarity_lab.checks import require_number, require_sample_rate, require_samples
from clarity_lab.units import db_to_amplitude

TILT_RANGE_HZ = (250.0, 8000.0)
TILT_CENTRE_HZ = 1000.0


def add_hiss(
    samples: ArrayLike, *, snr_db: float, rng: np.random.Generator
) -> NDArray[np.floating]:
    """Add white noise, `snr_db` below the sound.

    Args:
        samples: A sound, shape (samples,) or (channels, samples); each channel gets a
            noise of its own.
        snr_db: Signal-to-noise ratio in dB.
        rng: Where the noise comes from.

    Returns:
        The sound with its noise, same shape. Its peak may lie above 1.0.

    Raises:
        TypeError: If samples are integers or the SNR is no number.
        ValueError: If the sound is silent, empty or not finite.

    Example:
        >>> hissing = add_hiss(np.ones(8), snr_db=20.0, rng=np.random.default_rng(0))
        >>> float(np.mean((hissing - 1) ** 2).round(6))  # a hundredth of the power
        0.01
    """
    hiss = rng.standard_normal(np.shape(samples))
    return mix_at_snr(samples, hiss, snr_db=snr_db)[0]


def clip_peaks(samples: ArrayLike, *, below_peak_db: float) -> NDArray[np.floating]:
    """Cut off what lies above a limit, as an amplifier does that is driven too hard.

    Args:
        samples: A sound, shape (samples,) or (channels, samples).
        below_peak_db: How far the limit lies below the largest peak, 0 or more, in dB.

    Returns:
        The clipped sound, same shape; one limit for all channels.

    Raises:
        TypeError: If samples are integers or the limit is no number.
        ValueError: If the limit is negative, or the sound empty or not finite.

    Example:
        A limit of 20 dB below the peak is a tenth of it:

        >>> clip_peaks([1.0, -0.5, 0.05], below_peak_db=20.0)
        array([ 0.1 , -0.1 ,  0.05])
    """
    samples = require_samples(samples)
    below_peak_db = require_number(
        below_peak_db, name="below_peak_db", minimum=0, unit="dB"
    )
    limit = float(np.max(peak(samples))) * db_to_amplitude(-below_peak_db)
    return np.clip(samples, -limit, limit)


def limit_bandwidth(
    samples: ArrayLike, *, sample_rate: int, highest_hz: float
) -> NDArray[np.floating]:
    """Take away what lies above a frequency, as a low sample rate would.

    Args:
        samples: A sound, shape (..., samples).
        sample_rate: In Hz.
        highest_hz: What lies above is gone; above half the sample rate all is kept.

    Returns:
        The dull sound, same shape and sample rate, in time with what came.

    Raises:
        TypeError: If samples are integers or the frequency is no number.
        ValueError: If the frequency is below 1 Hz, or the sound empty or not finite.

    Example:
        The fastest change there is, 8 kHz, lies above the limit (seen away from the
        ends, where it begins and stops):

        >>> dull = limit_bandwidth(
        ...     np.tile([1.0, -1.0], 800), sample_rate=16_000, highest_hz=4_000)
        >>> bool(np.all(np.abs(dull[400:-400]) < 1e-6))
        True
    """
    samples = require_samples(samples)
    sample_rate = require_sample_rate(sample_rate)
    highest_hz = require_number(highest_hz, name="highest_hz", minimum=1, unit="Hz")
    low_rate = min(round(2 * highest_hz), sample_rate)
    low = resample(samples, sample_rate=sample_rate, new_sample_rate=low_rate)
    back = resample(low, sample_rate=low_rate, new_sample_rate=sample_rate)
    missing = max(0, samples.shape[-1] - back.shape[-1])
    back = np.pad(back, [(0, 0)] * (samples.ndim - 1) + [(0, missing)])
    return back[..., : samples.shape[-1]]


def tilt_spectrum(
    samples: ArrayLike, *, sample_rate: int, db_per_octave: float
) -> NDArray[np.floating]:
    """Make a sound brighter or darker: so many dB more with each octave upwards.

    Args:
        samples: A sound, shape (..., samples).
        sample_rate: In Hz.
        db_per_octave: Positive: brighter. 1 kHz keeps its level; below 250 Hz and
            above 8 kHz the gain stays what it is there.

    Returns:
        The tilted sound, same shape. Its peak may lie above 1.0.

    Raises:
        TypeError: If samples are integers or the tilt is no number.
        ValueError: If the sound is empty or not finite.

    Example:
        A constant lies below 250 Hz, two octaves under 1 kHz:

        >>> tilt_spectrum([1.0, 1.0], sample_rate=16_000, db_per_octave=10.0)
        array([0.1, 0.1])
    """
    samples = require_samples(samples)
    db_per_octave = require_number(db_per_octave, name="db_per_octave", unit="dB")
    length = samples.shape[-1]
    hz = np.fft.rfftfreq(length, 1 / require_sample_rate(sample_rate))
    octaves = np.log2(np.clip(hz, *TILT_RANGE_HZ) / TILT_CENTRE_HZ)
    gains = db_to_amplitude(db_per_octave * octaves)
    return np.fft.irfft(np.fft.rfft(samples) * gains, n=length)
