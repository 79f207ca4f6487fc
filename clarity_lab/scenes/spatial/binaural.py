"""Put a sound somewhere around a head, for headphones, without a room.

Lesson: 10_scene_rendering.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.checks import (
    require_mono,
    require_number,
    require_sample_rate,
)
from clarity_lab.scenes.spatial.hrir import Head
from clarity_lab.scenes.spatial.hrir_interpolation import hrir_at

__all__ = ["move", "place"]

BLOCK_S = 0.005
"""How often a moving source gets a new place: 200 times a second."""


def place(
    samples: ArrayLike,
    *,
    azimuth_deg: float,
    elevation_deg: float = 0.0,
    head: Head,
    sample_rate: int,
) -> NDArray:
    """Let a sound come from one direction.

    Args:
        samples: Mono, shape (samples,).
        azimuth_deg: 0 ahead, 90 to the left, -90 to the right.
        elevation_deg: 0 level with the ears, 90 above.
        head: Whose ears; resampled to the sound's rate if needed.
        sample_rate: Of the sound, in Hz.

    Returns:
        What both ears hear, left first, shape (2, samples + taps - 1).

    Raises:
        TypeError: If the samples are integers or an angle is no number.
        ValueError: If there are several channels, none, or one is not finite.

    Example:
        From the left it is louder in the left ear:

        >>> from clarity_lab.scenes import kemar
        >>> ears = place([1.0], azimuth_deg=90, head=kemar(), sample_rate=44_100)
        >>> left, right = np.sum(ears**2, axis=-1)
        >>> bool(left > 10 * right)
        True
    """
    from scipy.signal import oaconvolve

    samples = require_mono(samples)
    azimuth_deg = require_number(azimuth_deg, name="azimuth_deg", unit="degrees")
    elevation_deg = require_number(elevation_deg, name="elevation_deg", unit="degrees")
    head = _at_rate(head, require_sample_rate(sample_rate))
    hrir = hrir_at(head, azimuth_deg, elevation_deg)
    return oaconvolve(samples[None], hrir, axes=-1)


def move(
    samples: ArrayLike,
    *,
    azimuth_deg: ArrayLike,
    elevation_deg: ArrayLike = 0.0,
    head: Head,
    sample_rate: int,
) -> NDArray:
    """Let a sound move around the head, without clicks.

    Every 5 ms the response for the place of that moment takes over, faded in while the
    one before is faded out.

    Args:
        samples: Mono, shape (samples,).
        azimuth_deg: A path: one angle per sample, or two or more evenly spread over the
            sound, joined by straight lines. It may go beyond 180: 350, 360, 370 goes on
            turning left, 350 and 10 goes back all the way to the right.
        elevation_deg: One, or a path too.
        head: Whose ears; resampled to the sound's rate if needed.
        sample_rate: Of the sound, in Hz.

    Returns:
        What both ears hear, left first, shape (2, samples + taps - 1).

    Raises:
        TypeError: If the samples are integers.
        ValueError: If there are several channels or none, or an angle is not finite.

    Example:
        Half a turn, from the left over the front to the right:

        >>> from clarity_lab.scenes import kemar
        >>> noise = np.random.default_rng(0).standard_normal(4410)
        >>> ears = move(noise, azimuth_deg=[90, -90], head=kemar(), sample_rate=44_100)
        >>> ears.shape
        (2, 4921)
    """
    from scipy.fft import irfft, next_fast_len, rfft

    samples = require_mono(samples)
    head = _at_rate(head, require_sample_rate(sample_rate))
    hop = max(1, round(BLOCK_S * sample_rate))
    n_blocks = -(-len(samples) // hop) + 1
    middles = np.arange(n_blocks) * hop  # where each block is heard alone
    azimuths = _on_path(azimuth_deg, middles, len(samples), "azimuth_deg")
    elevations = _on_path(elevation_deg, middles, len(samples), "elevation_deg")
    n_taps = head.irs.shape[-1]
    n_fft = next_fast_len(2 * hop + n_taps - 1, real=True)

    padded = np.pad(samples.astype(float), (hop, n_blocks * hop - len(samples)))
    # With the fade of the next block this adds up to 1.
    fade = np.sin(np.pi * np.arange(2 * hop) / (2 * hop)) ** 2
    heard = np.zeros((2, (n_blocks + 1) * hop + n_fft))
    for n, start in enumerate(middles):
        block = rfft(padded[start : start + 2 * hop] * fade, n_fft)
        hrir = hrir_at(head, azimuths[n], elevations[n])
        heard[:, start : start + n_fft] += irfft(block * rfft(hrir, n_fft), n_fft)
    return heard[:, hop : hop + len(samples) + n_taps - 1]


def _on_path(path: ArrayLike, samples: NDArray, n_samples: int, name: str) -> NDArray:
    """Angles at some samples, of a path spread over all."""
    angles = np.atleast_1d(np.asarray(path, dtype=float))
    if angles.ndim != 1 or angles.size == 0 or not np.all(np.isfinite(angles)):
        raise ValueError(
            f"expected {name} as finite degrees, one or a path of shape (points,), got "
            f"{np.shape(path)}, {np.count_nonzero(~np.isfinite(angles))} not finite."
        )
    where = np.linspace(0, max(n_samples - 1, 1), len(angles))
    return np.interp(samples, where, angles)


@lru_cache(maxsize=8)
def _at_rate(head: Head, sample_rate: int) -> Head:
    """The same head object for the same rate, so that its tables are made once."""
    return head if head.sample_rate == sample_rate else head.at_rate(sample_rate)
