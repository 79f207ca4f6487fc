"""Filterbanks that take a sound apart into channels: as the ear, a recogniser, an aid.

Each is a set of FIR filters that let their centres pass at 0 dB, so that a choice of
channels is heard through the sum of their taps.

Lesson: 02_speech_features.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.checks import require_mono_or_stereo, require_sample_rate
from clarity_lab.hearing.ear_model.filters import (
    EAR_Q,
    HIGHEST_HZ,
    LOWEST_HZ,
    MIN_BANDWIDTH_HZ,
)
from clarity_lab.hearing.octaves import BAND_CENTRES_HZ, split_octaves
from clarity_lab.units import hz_to_mel, mel_to_hz, power_to_db

FILTER_S = 0.064
"""Length of every filter: an 80 Hz gammatone has faded by 50 dB."""

LOWEST_SAMPLE_RATE = 16_000
FRAME_MS = 10.0


def gammatone_filters(
    n_channels: int, *, sample_rate: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Filters of the shape and width that a healthy ear has, evenly along its ERBs.

    The impulse response at centre f is t^3 exp(-2 pi 1.019 ERB(f) t) cos(2 pi f t),
    with ERB(f) = 24.7 Hz + f / 9.26449. It begins with the sound, so low channels peak
    some milliseconds after high ones, as in the ear.

    Args:
        n_channels: From 80 Hz to 8000 Hz, or to 0.45 times a low sample rate.
        sample_rate: In Hz, at least 16 kHz.

    Returns:
        taps: Shape (channels, taps), 64 ms.
        centres_hz: Shape (channels,), rising.

    Raises:
        ValueError: If there is no channel, or the sample rate is too low.

    Reference:
        Patterson, Nimmo-Smith, Holdsworth & Rice, "An efficient auditory filterbank
        based on the gammatone function", APU report 2341, 1987; Glasberg & Moore,
        "Derivation of auditory filter shapes from notched-noise data", Hear. Res.
        47(1-2), 1990, for the width, as Slaney writes it (Apple technical report 35,
        1993, where the 1.019 is, too). The taps are SciPy's.

    Example:
        >>> taps, centres_hz = gammatone_filters(3, sample_rate=24_000)
        >>> taps.shape, centres_hz.round()
        ((3, 1536), array([  80., 1365., 8000.]))
    """
    from scipy.signal import gammatone

    _require(n_channels, sample_rate)
    offset_hz = EAR_Q * MIN_BANDWIDTH_HZ
    ends_hz = np.array([LOWEST_HZ, min(HIGHEST_HZ, 0.45 * sample_rate)]) + offset_hz
    centres_hz = np.geomspace(*ends_hz, n_channels) - offset_hz
    about = {"order": 4, "numtaps": round(FILTER_S * sample_rate), "fs": sample_rate}
    taps = [gammatone(hz, "fir", **about)[0] for hz in centres_hz]
    return np.array(taps), centres_hz


def mel_filters(
    n_channels: int, *, sample_rate: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Triangles at equal steps in mel, as recognisers have them.

    From the first centre to the last they add up to one.

    Args:
        n_channels: From 0 Hz to half the sample rate.
        sample_rate: In Hz, at least 16 kHz.

    Returns:
        taps: Shape (channels, taps), 64 ms, linear phase: 32 ms late.
        centres_hz: Shape (channels,), rising.

    Raises:
        ValueError: If there is no channel, or the sample rate is too low.

    Reference:
        Davis & Mermelstein, "Comparison of parametric representations for monosyllabic
        word recognition", IEEE TASSP 28(4), 1980; the mel scale of `units.hz_to_mel`.

    Example:
        >>> taps, centres_hz = mel_filters(3, sample_rate=16_000)
        >>> taps.shape, hz_to_mel(centres_hz).round()  # of 2840 mel at 8 kHz
        ((3, 1025), array([ 710., 1420., 2130.]))
    """
    from scipy.signal import firwin2

    _require(n_channels, sample_rate)
    nyquist_hz = sample_rate / 2
    edges_hz = mel_to_hz(np.linspace(0, hz_to_mel(nyquist_hz), n_channels + 2))
    edges_hz[[0, -1]] = 0, nyquist_hz
    n_taps = 2 * round(FILTER_S * sample_rate / 2) + 1
    triangles = np.eye(n_channels + 2)[1:-1]
    taps = [firwin2(n_taps, edges_hz, one, fs=sample_rate) for one in triangles]
    return np.array(taps), edges_hz[1:-1]


def octave_filters(
    *, sample_rate: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The six octaves of the compressor, which add up to one.

    Args:
        sample_rate: In Hz, at least 16 kHz.

    Returns:
        taps: Shape (6, taps), 64 ms, linear phase: 32 ms late.
        centres_hz: 250 to 8000 Hz, shape (6,).

    Raises:
        ValueError: If the sample rate is too low.

    Example:
        >>> taps, centres_hz = octave_filters(sample_rate=16_000)
        >>> click = np.eye(1024)[512]
        >>> centres_hz[0], bool(np.allclose(taps.sum(axis=0), click))
        (np.float64(250.0), True)
    """
    _require(1, sample_rate)
    n_taps = round(FILTER_S * sample_rate)
    click = np.eye(n_taps)[n_taps // 2]
    return split_octaves(click, sample_rate=sample_rate), np.array(BAND_CENTRES_HZ)


def channel_levels_dbfs(
    samples: ArrayLike, *, taps: NDArray, sample_rate: int, frame_ms: float = FRAME_MS
) -> NDArray[np.float64]:
    """How loud each channel of a filterbank is, frame by frame.

    Args:
        samples: A sound, shape (samples,) or (2, samples), whose mean is looked at.
        taps: Of the filterbank, shape (channels, taps).
        sample_rate: In Hz.
        frame_ms: Length of a frame in ms; what is left over at the end is left out.

    Returns:
        Level in dBFS, minus infinity for silence, shape (channels, frames). A sound
        shorter than a frame is one frame.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If the sound is empty, not finite or has many channels.

    Example:
        >>> click = np.eye(2, 8)
        >>> channel_levels_dbfs(np.ones(40), taps=click, sample_rate=2_000).shape
        (2, 2)
    """
    from scipy.signal import oaconvolve

    mixed = np.atleast_2d(require_mono_or_stereo(samples)).mean(axis=0)
    hop = max(1, round(frame_ms / 1000 * sample_rate))
    n_frames = max(1, mixed.size // hop)
    powers = np.empty((len(taps), n_frames))
    for power, one in zip(powers, taps, strict=True):
        heard = oaconvolve(mixed, one)[: min(mixed.size, n_frames * hop)]
        power[:] = np.mean(heard.reshape(n_frames, -1) ** 2, axis=-1)
    with np.errstate(divide="ignore"):
        return power_to_db(powers)


def _require(n_channels: int, sample_rate: int) -> None:
    if require_sample_rate(sample_rate) < LOWEST_SAMPLE_RATE:
        raise ValueError(
            f"expected sample_rate of {LOWEST_SAMPLE_RATE} Hz or more, got "
            f"{sample_rate}: the channels reach up to {HIGHEST_HZ:.0f} Hz."
        )
    if n_channels < 1:
        raise ValueError(f"expected n_channels of 1 or more, got {n_channels}.")
