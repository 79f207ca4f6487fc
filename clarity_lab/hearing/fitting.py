"""How much a linear hearing aid should amplify: the NAL-R prescription.

Lesson: 12_hearing_aid.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.checks import require_sample_rate, require_samples
from clarity_lab.hearing.audiogram import Audiogram, require_audiogram
from clarity_lab.hearing.fir import convolve, convolve_centred, fir_from_gains
from clarity_lab.hearing.levels import require_possible_peak
from clarity_lab.units import db_to_amplitude

NAL_R_FREQUENCIES_HZ = (250.0, 500.0, 1000.0, 2000.0, 4000.0, 6000.0)
NAL_R_BIAS_DB = (-17.0, -8.0, 1.0, -1.0, -2.0, -2.0)
NAL_R_ORDER = 220


def nalr_gains_db(audiogram: Audiogram) -> NDArray[np.float64]:
    """Gain that makes every band of conversational speech about equally loud.

    Args:
        audiogram: The ear.

    Returns:
        Insertion gain in dB at 250, 500, 1000, 2000, 4000 and 6000 Hz, shape (6,),
            never negative; zero everywhere if no threshold there is above 0 dB HL.

    Reference:
        Byrne & Dillon, "The National Acoustic Laboratories' (NAL) new procedure for
        selecting the gain and frequency response of a hearing aid", Ear and Hearing 7,
        1986. Above a summed loss of 180 dB at 500, 1000 and 2000 Hz as in pyclarity.

    Example:
        X = 0.05 (40 + 40 + 40) = 6 dB, plus 0.31 * 40 = 12.4 dB, plus 1 dB at 1 kHz:

        >>> flat = Audiogram((250, 8000), (40, 40))
        >>> nalr_gains_db(flat).round(6)
        array([ 1.4, 10.4, 19.4, 17.4, 16.4, 16.4])
    """
    loss_db = require_audiogram(audiogram).threshold_at(NAL_R_FREQUENCIES_HZ)
    if np.max(loss_db) <= 0:
        return np.zeros(len(NAL_R_FREQUENCIES_HZ))
    speech_loss_db = loss_db[1] + loss_db[2] + loss_db[3]  # 500, 1000, 2000 Hz
    common_db = 0.05 * min(speech_loss_db, 180) + 0.116 * max(speech_loss_db - 180, 0)
    return np.maximum(common_db + 0.31 * loss_db + np.array(NAL_R_BIAS_DB), 0.0)


def nalr_filter(
    audiogram: Audiogram, *, sample_rate: int, order: int = NAL_R_ORDER
) -> NDArray[np.float64]:
    """The prescription as a linear-phase FIR filter.

    Args:
        audiogram: The ear.
        sample_rate: In Hz, above 12 kHz.
        order: Taps less one, even, below 1023; the delay is half of it in samples.

    Returns:
        Taps, shape (order + 1,); a pure delay if there is nothing to amplify.

    Raises:
        ValueError: If the order is odd or too large, or the sample rate too low.

    Example:
        >>> taps = nalr_filter(Audiogram((250, 8000), (0, 0)), sample_rate=44_100)
        >>> int(np.argmax(taps)), float(taps.sum())
        (110, 1.0)
    """
    sample_rate = require_sample_rate(sample_rate)
    highest_hz = NAL_R_FREQUENCIES_HZ[-1]
    if sample_rate <= 2 * highest_hz:
        raise ValueError(
            f"expected sample_rate above 12000, got {sample_rate}: NAL-R prescribes a "
            "gain at 6 kHz. Resample the sound first."
        )
    if order % 2 or not 2 <= order < 1023:
        raise ValueError(f"expected an even order from 2 to 1022, got {order}.")
    if max(require_audiogram(audiogram).threshold_at(NAL_R_FREQUENCIES_HZ)) <= 0:
        return np.eye(order + 1)[order // 2]
    gains_db = nalr_gains_db(audiogram)
    nyquist_hz = sample_rate / 2
    known_hz = [0.0, *NAL_R_FREQUENCIES_HZ, nyquist_hz]
    known_db = [gains_db[0], *gains_db, gains_db[-1]]
    position = np.linspace(0, 1, order + 1)
    dense_db = np.interp(position * nyquist_hz, known_hz, known_db)
    return fir_from_gains(
        position, db_to_amplitude(dense_db), window=np.hamming(order + 1)
    )


def apply_nalr(
    samples: ArrayLike,
    *,
    sample_rate: int,
    audiogram: Audiogram,
    parity: bool = False,
) -> NDArray[np.float64]:
    """Amplify a sound as NAL-R prescribes for an ear.

    Args:
        samples: A sound, shape (..., samples).
        sample_rate: Its sample rate in Hz, above 12 kHz.
        audiogram: The ear; for a Listener call it once an ear.
        parity: Keep the filter's delay of 110 samples and its 220 samples of skirt, as
            the CEC2 baseline does. Default: in time and as long as the input.

    Returns:
        The louder sound as float64, shape (..., samples), with parity 220 more.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If the samples are none or not finite, or the rate too low.

    Example:
        A normal ear is given no gain:

        >>> ear = Audiogram((250, 8000), (0, 0))
        >>> aided = apply_nalr(np.ones(3), sample_rate=44_100, audiogram=ear)
        >>> aided.round(9)
        array([1., 1., 1.])
    """
    samples = require_samples(samples).astype(np.float64)
    require_possible_peak(samples, name="samples")
    taps = nalr_filter(audiogram, sample_rate=sample_rate)
    return (convolve if parity else convolve_centred)(samples, taps)
