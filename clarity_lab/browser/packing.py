"""Sounds as they travel: 16 bits of their own peak, and small pictures of them."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.checks import require_mono_or_stereo

TOP = 32_767
SILENT = 1e-30
"""A peak below this is 600 dB below full scale: nothing that a page could play."""

BLOCK = 1 << 18
N_BINS = 1_000
WINDOW = 1_024
N_FRAMES, N_ROWS = 320, 128
FLOOR_DB, CEILING_DB = -95.0, -15.0
"""What a spectrogram shows, in dB re a full-scale sine: fixed, so sounds compare."""
MOST_WINDOWS = 6
TOP_OF_HANN = WINDOW / 4
"""What the spectrum of a full-scale sine reaches."""


class Packed:
    """One sound in 16 bits that span its own peak, so that a soft one keeps them all.

    Args:
        samples: Shape (samples,) or (channels, samples), one or two channels.

    Attributes:
        steps: Shape (channels, samples), whole numbers from -32767 to 32767.
        scale: What one step is worth; the page multiplies by it.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If the sound is empty, not finite or has more than two channels.

    Example:
        >>> sound = Packed([0.5, -0.25])
        >>> sound.steps.tolist(), round(float(sound.steps[0, 0] * sound.scale), 9)
        ([[32767, -16384]], 0.5)
    """

    def __init__(self, samples: ArrayLike) -> None:
        rows = np.atleast_2d(require_mono_or_stereo(samples))
        peak = max(float(rows.max()), -float(rows.min()))
        self.scale = peak / TOP if peak > SILENT else 0.0
        self.steps = np.zeros(rows.shape, dtype="<i2")
        if self.scale == 0:
            return
        for start in range(0, rows.shape[1], BLOCK):
            block = slice(start, start + BLOCK)
            steps = np.divide(rows[:, block], self.scale, dtype=np.float64)
            self.steps[:, block] = np.rint(steps, out=steps)

    def same(self, other: Packed) -> bool:
        """Whether the page would hear the same."""
        return self.scale == other.scale and np.array_equal(self.steps, other.steps)

    @cached_property
    def envelope(self) -> NDArray[np.int8]:
        """Lowest and highest value of each piece; 127 is the sound's own peak.

        Shape (channels, pieces, 2), up to 1,000 pieces; rounded away from zero, so that
        what sounds is seen.
        """
        n_samples = self.steps.shape[1]
        starts = np.arange(min(N_BINS, n_samples)) * n_samples // min(N_BINS, n_samples)
        lowest = np.minimum.reduceat(self.steps, starts, axis=1)
        highest = np.maximum.reduceat(self.steps, starts, axis=1)
        pairs = [np.floor(lowest * (127 / TOP)), np.ceil(highest * (127 / TOP))]
        return np.clip(np.stack(pairs, axis=-1), -127, 127).astype(np.int8)

    @cached_property
    def spectrogram(self) -> NDArray[np.uint8]:
        """The strongest of the levels in each of 128 bands of frequency, over time.

        Shape (128, frames), from 0 to half the sample rate: 0 is -95 dB or less, 255 is
        -15 dB or more, re a full-scale sine. Powers are averaged over the channels and,
        in a long sound, over some moments of each frame.
        """
        moments = _moments(self.steps.shape[1])
        power = [_row_powers(self.steps, at) for at in moments]
        full_scale = (TOP_OF_HANN / self.scale) ** 2 if self.scale else np.inf
        with np.errstate(divide="ignore"):
            level_db = 10 * np.log10(np.mean(power, axis=0) / full_scale)
        shown = (level_db - FLOOR_DB) / (CEILING_DB - FLOOR_DB)
        return np.rint(255 * np.clip(shown, 0, 1)).astype(np.uint8)


def filtered(samples: NDArray, taps: NDArray) -> NDArray:
    """What a page makes of a sound and a filter, shape (channels, samples).

    Args:
        samples: Shape (channels, samples).
        taps: Shape (1 or channels, taps).

    Example:
        >>> filtered(np.array([[1.0, 2.0, 0.0]]), np.array([[0.0, 0.5]]))
        array([[0. , 0.5, 1. ]])
    """
    from scipy.signal import oaconvolve

    n_channels = max(len(samples), len(taps))
    shape = (n_channels, samples.shape[-1])
    whole = oaconvolve(np.broadcast_to(samples, shape), taps, mode="full", axes=-1)
    return whole[:, : samples.shape[-1]]


def behind_filter(sound: Packed, taps: NDArray) -> Packed:
    """Write what the page makes of a sound with a filter, for a picture of it.

    Example:
        >>> behind_filter(Packed([0.5, 0.25]), np.array([[0.0, 0.5]])).envelope[0, 1]
        array([127, 127], dtype=int8)
    """
    return Packed(filtered(sound.steps.astype(np.float32), sound.scale * taps))


def _moments(n_samples: int) -> NDArray:
    """First samples of the windows, shape (windows per frame, frames)."""
    hop = max(WINDOW // 4, -(-n_samples // N_FRAMES))
    n_frames = -(-n_samples // hop)
    n_windows = min(MOST_WINDOWS, -(-hop // WINDOW))
    inside = hop * np.arange(n_windows) // n_windows
    return inside[:, None] + hop * np.arange(n_frames) - WINDOW // 4


def _row_powers(steps: NDArray, starts: NDArray) -> NDArray:
    """Largest power of the four bins of each row, shape (rows, frames).

    The power of a bin is its mean over the channels.
    """
    at = starts[:, None] + np.arange(WINDOW)
    n_samples = steps.shape[1]
    windows = steps[:, np.clip(at, 0, n_samples - 1)] * ((at >= 0) & (at < n_samples))
    spectra = np.fft.rfft(windows * np.hanning(WINDOW).astype(np.float32), axis=-1)
    power = np.mean(np.abs(spectra[..., 1:]) ** 2, axis=0)
    return power.reshape(len(at), N_ROWS, -1).max(axis=-1).T
