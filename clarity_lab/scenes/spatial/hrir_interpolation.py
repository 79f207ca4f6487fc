"""What a head hears from directions in which nobody has measured it.

Lesson: 10_scene_rendering.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.scenes.spatial.hrir import Head

__all__ = ["hrir_at"]

STEPS = 16
"""Delays are told apart to so many parts of a sample."""


def hrir_at(head: Head, azimuth_deg: float, elevation_deg: float = 0.0) -> NDArray:
    """Head-related impulse response from any direction.

    Between the three measured directions around it, delay and response are interpolated
    apart: a mean of responses that start at different times would be two faint sounds.

    Args:
        head: With directions all around.
        azimuth_deg: 0 ahead, 90 to the left.
        elevation_deg: 0 level with the ears, 90 above.

    Returns:
        Left ear first, shape (2, taps). In a measured direction, the measured one.

    Raises:
        ValueError: If the head's directions do not surround it.

    Reference:
        Weights of a triangle's corners: Gamper, "Head-related transfer function
        interpolation in azimuth, elevation, and distance", JASA 134 (2013), EL547.
    """
    corners, weights = _around(head, azimuth_deg, elevation_deg)
    if weights.max() > 1 - 1e-6:
        return head.irs[corners[np.argmax(weights)]]
    delays = _delays(head, tuple(corners.tolist()))  # (corners, ears)
    shift = weights @ delays - delays
    n_fft = 2 * head.irs.shape[-1]  # room for what is moved
    turns = np.fft.rfftfreq(n_fft)
    spectra = np.fft.rfft(head.irs[corners], n_fft)
    spectra = spectra * np.exp(-2j * np.pi * turns * shift[..., None])
    moved = np.fft.irfft(spectra, n_fft)[..., : head.irs.shape[-1]]
    return np.tensordot(weights, moved, axes=1)


def _around(
    head: Head, azimuth_deg: float, elevation_deg: float
) -> tuple[NDArray, NDArray]:
    """The three measured directions around one, and how much each counts."""
    triangles, inverses = _triangles(head)
    weights = inverses @ _unit(azimuth_deg, elevation_deg)  # (triangles, 3)
    best = int(np.argmax(weights.min(axis=-1)))
    inside = np.maximum(weights[best], 0)
    return triangles[best], inside / inside.sum()


@lru_cache(maxsize=16)
def _triangles(head: Head) -> tuple[NDArray, NDArray]:
    """Triangles between directions, and what turns a direction into their weights."""
    from scipy.spatial import ConvexHull, QhullError

    directions = _unit(head.azimuth_deg, head.elevation_deg)
    try:
        triangles = ConvexHull(directions).simplices
    except (QhullError, ValueError) as error:
        raise ValueError(
            f"expected directions all around the head {head.name}, got "
            f"{len(directions)} that span no volume."
        ) from error
    corners = directions[triangles]  # (triangles, corners, xyz)
    solid = np.abs(np.linalg.det(corners)) > 1e-9  # not a plane through the centre
    triangles, corners = triangles[solid], corners[solid]
    return triangles, np.linalg.inv(np.swapaxes(corners, 1, 2))


@lru_cache(maxsize=4096)
def _delays(head: Head, corners: tuple[int, ...]) -> NDArray:
    """How much later than the first direction each ear hears the others, in samples.

    Shape (corners, ears): the shifts at which neighbours are most alike.
    """
    n_taps = head.irs.shape[-1]
    spectra = np.fft.rfft(head.irs[list(corners)], 2 * n_taps)
    alike = np.fft.irfft(spectra * np.conj(spectra[0]), STEPS * 2 * n_taps)
    reach = STEPS * n_taps // 2
    steps = np.arange(-reach, reach)
    return steps[np.argmax(alike[..., steps], axis=-1)] / STEPS


def _unit(azimuth_deg: ArrayLike, elevation_deg: ArrayLike) -> NDArray:
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    level = np.cos(elevation)
    x, y = level * np.cos(azimuth), level * np.sin(azimuth)
    return np.stack([x, y, np.broadcast_to(np.sin(elevation), np.shape(x))], axis=-1)
