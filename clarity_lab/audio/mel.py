"""The level in mel bands: what most recognisers of speech are given."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.audio.spectra import frame_power
from clarity_lab.checks import require_number, require_sample_rate, require_samples
from clarity_lab.units import hz_to_mel, mel_to_hz, power_to_db

MAX_MELS = 512
"""More filters than this are narrower than any window of a second tells apart."""


def mel_spectrogram_dbfs(
    samples: ArrayLike,
    *,
    sample_rate: int,
    n_mels: int = 80,
    window_ms: float = 32.0,
    hop_ms: float = 8.0,
) -> tuple[NDArray, NDArray, NDArray]:
    """Level in each mel band and at each time: narrow bands below, wide ones above.

    Triangular filters, centres at equal steps in mel from 0 Hz to half the sample rate.
    Each is calibrated with a tone: one at its centre shows the tone's level, one
    halfway between two centres up to 3 dB less.

    Args:
        samples: Sounds, shape (..., samples), full scale at 1.0.
        sample_rate: In Hz.
        n_mels: Number of filters.
        window_ms: Length of one frame, at most the whole sound.
        hop_ms: Time from one frame to the next.

    Returns:
        levels_dbfs: Shape (..., mels, frames), -inf where there is nothing.
        centres_hz: Centre of each filter, shape (mels,).
        times_s: Shape (frames,), the middle of each frame.

    Raises:
        TypeError: If the samples are integers, or a setting is no number.
        ValueError: If the samples are none or not finite, or a setting is impossible.

    Reference:
        Davis & Mermelstein, "Comparison of parametric representations for monosyllabic
        word recognition", IEEE Trans. ASSP 28, 1980; the scale is `units.hz_to_mel`.

    Example:
        6300 Hz are 2595 mel; one filter has its centre at half of that, where
        1 + f / 700 is the root of 10:

        >>> levels_dbfs, centres_hz, _ = mel_spectrogram_dbfs(
        ...     np.zeros(1260), sample_rate=12_600, n_mels=1, hop_ms=10
        ... )
        >>> levels_dbfs.shape, centres_hz.round()
        ((1, 11), array([1514.]))
    """
    samples = require_samples(samples, min_samples=2)
    sample_rate = require_sample_rate(sample_rate)
    edges_hz = _mel_edges_hz(_require_n_mels(n_mels), sample_rate)
    power, bins_hz, times_s = frame_power(
        samples,
        sample_rate=sample_rate,
        window_ms=window_ms,
        hop_ms=hop_ms,
        widest_bin_hz=edges_hz[1],  # the lowest filter is the narrowest
    )
    window_s = min(window_ms * 1e-3, samples.shape[-1] / sample_rate)
    filters = _triangles(edges_hz, bins_hz)
    filters /= _tone_at_centre(filters, edges_hz[1:-1], bins_hz, window_s=window_s)
    return power_to_db(filters @ power), edges_hz[1:-1], times_s


def _mel_edges_hz(n_mels: int, sample_rate: int) -> NDArray:
    """Edges at equal steps in mel, two more than there are filters."""
    return mel_to_hz(np.linspace(0, hz_to_mel(sample_rate / 2), n_mels + 2))


def _triangles(edges_hz: NDArray, bins_hz: NDArray) -> NDArray:
    """One triangle for each three neighbouring edges, height 1: (filters, freqs)."""
    three = zip(edges_hz[:-2], edges_hz[1:-1], edges_hz[2:], strict=True)
    return np.stack([np.interp(bins_hz, edges, [0, 1, 0]) for edges in three])


def _tone_at_centre(
    filters: NDArray, centres_hz: NDArray, bins_hz: NDArray, *, window_s: float
) -> NDArray:
    """What each filter adds up from a tone of power 1 at its centre: (filters, 1)."""
    distance = (bins_hz - centres_hz[:, np.newaxis]) * window_s  # in 1 / window
    shape = np.sinc(distance)
    shape += 0.5 * (np.sinc(distance - 1) + np.sinc(distance + 1))  # Hann's transform
    return np.sum(filters * shape**2, axis=1, keepdims=True)


def _require_n_mels(n_mels: int) -> int:
    n_mels = require_number(n_mels, name="n_mels", minimum=1)
    if not (n_mels.is_integer() and n_mels <= MAX_MELS):
        raise ValueError(
            f"expected n_mels as a whole number from 1 to {MAX_MELS}, got {n_mels:g}. "
            "40 and 80 are common."
        )
    return int(n_mels)
