"""Ambisonics: the sound from all directions at one point, as spherical harmonics.

An ambisonic signal has one channel per spherical harmonic, shape (channels, samples).
Conventions: x ahead, y left, z up; channels in ACN order (degree l, then m from -l to
l); real harmonics in N3D normalisation, so the first channel of a sound is that sound.

Lesson: 10_scene_rendering.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

ORDER = 6
"""Highest degree in the Clarity scenes, which gives 49 channels."""

HIGHEST_ORDER = 60
"""Beyond about 80 the harmonics' parts overflow."""

TABLE_STEP_RAD = math.radians(0.1)
"""Between the angles at which pyClarity's renderer holds rotations."""


def n_channels(order: int) -> int:
    """How many harmonics there are up to an order.

    Raises:
        ValueError: If the order is negative.

    Example:
        >>> n_channels(6)
        49
    """
    if order != int(order) or not 0 <= order <= HIGHEST_ORDER:
        raise ValueError(
            f"expected an order from 0 to {HIGHEST_ORDER}, a whole number, got {order}."
        )
    return (order + 1) ** 2


def harmonics(
    azimuth_deg: ArrayLike, elevation_deg: ArrayLike = 0.0, *, order: int = ORDER
) -> NDArray[np.float64]:
    """How much of each harmonic a sound from one direction has.

    Args:
        azimuth_deg: 0 ahead, 90 left, -90 right; any shape.
        elevation_deg: 0 level, 90 above, -90 below; of a shape that fits.
        order: The highest degree; more is sharper in space.

    Returns:
        Gains, shape (..., (order + 1)**2). Times a sound, these are its channels.

    Raises:
        ValueError: If the order is negative or above 60, or an angle is not finite.

    Reference:
        Nachbar, Zotter, Deleflie and Sontacchi, "AmbiX - a suggested ambisonics
        format", Ambisonics Symposium 2011: ACN, eq. (2), and N3D; no Condon-Shortley
        sign.

    Example:
        From the left all of the sound is in W and Y, nothing in Z and X:

        >>> harmonics(90, 0, order=1).round(3) + 0.0
        array([1.   , 1.732, 0.   , 0.   ])
    """
    from scipy.special import gammaln, lpmv

    azimuth, elevation = np.broadcast_arrays(
        np.radians(azimuth_deg), np.radians(elevation_deg)
    )
    if not (np.all(np.isfinite(azimuth)) and np.all(np.isfinite(elevation))):
        raise ValueError(
            "expected finite azimuths and elevations, got NaN or infinity."
        )
    degree, m = _degrees(order)
    k = np.abs(m)
    norm = np.sqrt(
        (2 * degree + 1)
        * np.where(m == 0, 1, 2)
        * np.exp(gammaln(degree - k + 1) - gammaln(degree + k + 1))
    )
    # SciPy's Legendre functions carry the sign (-1)**k that ambisonics leaves out.
    height = (-1.0) ** k * lpmv(k, degree, np.sin(elevation)[..., None])
    around = k * azimuth[..., None]
    return norm * height * np.where(m < 0, np.sin(around), np.cos(around))


def rotate(
    ambisonic: ArrayLike, angle_rad: ArrayLike, *, parity: bool = False
) -> NDArray:
    """Turn a sound field about the vertical: what was ahead is then at this azimuth.

    A head that turns to the left hears the field turn to the right: minus its angle.

    Args:
        ambisonic: Shape (..., channels, samples).
        angle_rad: Positive to the left; one for all, or one per sample, (samples,).
        parity: Interpolate between rotations 0.1 degrees apart, as pyClarity does,
            instead of exactly: off by 2e-5 of the field at most.

    Returns:
        The turned field, shape (..., channels, samples).

    Raises:
        ValueError: If the number of channels is no square, or that of angles neither 1
            nor that of samples, or one is not finite.

    Example:
        A quarter turn moves a sound from ahead to the left:

        >>> ahead = harmonics(0, 0, order=1)[:, None]
        >>> rotate(ahead, np.pi / 2)[:, 0].round(3) + 0.0
        array([1.   , 1.732, 0.   , 0.   ])
    """
    ambisonic = np.asarray(ambisonic)
    degree, m = _degrees(order_of(ambisonic))
    angle_rad = np.asarray(angle_rad, dtype=np.float64)
    fits = angle_rad.size == 1 or angle_rad.shape == ambisonic.shape[-1:]
    if not fits or not np.all(np.isfinite(angle_rad)):
        raise ValueError(
            "expected one finite angle, or one for each of the "
            f"{ambisonic.shape[-1]} samples, got shape {angle_rad.shape}."
        )
    partner = degree**2 + degree - m  # the channel of -m
    cosine, sine = _cosines_and_sines(angle_rad, int(degree[-1]), parity=parity)
    k = np.abs(m)
    return (
        cosine[k] * ambisonic
        - (np.sign(m)[:, None] * sine[k]) * ambisonic[..., partner, :]
    )


def half_turn_about_x(ambisonic: NDArray) -> NDArray:
    """Exchange left with right and above with below; ahead stays ahead.

    This is half a turn about the axis of the nose, and what pyClarity's renderer does
    to a CEC2 room: its decoding matrix has the head's azimuths, which grow to the
    right, and the elevations with their sign changed.

    Args:
        ambisonic: Shape (..., channels, samples).

    Returns:
        The same shape, some channels with their sign changed.

    Example:
        >>> left_above = harmonics(30, 40)[:, None]
        >>> right_below = harmonics(-30, -40)[:, None]
        >>> np.allclose(half_turn_about_x(left_above), right_below)
        True
    """
    degree, m = _degrees(order_of(ambisonic))
    odd_in_y, odd_in_z = m < 0, (degree + m) % 2 == 1
    return np.where(odd_in_y ^ odd_in_z, -1.0, 1.0)[:, None] * ambisonic


def order_of(ambisonic: NDArray) -> int:
    """The order that a signal of shape (..., channels, samples) has.

    Raises:
        ValueError: If the number of channels is no square.

    Example:
        >>> order_of(np.zeros((49, 10)))
        6
    """
    channels = ambisonic.shape[-2] if ambisonic.ndim > 1 else 0
    order = math.isqrt(channels) - 1
    if order < 0 or n_channels(order) != channels:
        raise ValueError(
            "expected an ambisonic signal of shape (..., channels, samples) with 1, 4, "
            f"9, ... channels, got {ambisonic.shape}. Time is the last axis."
        )
    return order


def _degrees(order: int) -> tuple[NDArray, NDArray]:
    """Degree l and m of each channel in ACN order."""
    channel = np.arange(n_channels(order))
    degree = np.sqrt(channel).astype(int)
    return degree, channel - degree**2 - degree


def _cosines_and_sines(
    angle_rad: ArrayLike, order: int, *, parity: bool
) -> tuple[NDArray, NDArray]:
    """Of m times the angle, for m from 0 to the order: shape (order + 1, samples)."""
    angle = np.atleast_1d(np.asarray(angle_rad, dtype=np.float64))
    m = np.arange(order + 1)[:, None]
    if not parity:
        return np.cos(m * angle), np.sin(m * angle)
    step = np.floor(angle / TABLE_STEP_RAD)
    share = angle / TABLE_STEP_RAD - step
    low, high = m * (step * TABLE_STEP_RAD), m * ((step + 1) * TABLE_STEP_RAD)
    cosine = (1 - share) * np.cos(low) + share * np.cos(high)
    return cosine, (1 - share) * np.sin(low) + share * np.sin(high)
