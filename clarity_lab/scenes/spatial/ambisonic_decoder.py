"""From an ambisonic sound field to two ears that rest.

Lesson: 10_scene_rendering.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from clarity_lab.scenes.spatial.ambisonics import ORDER, harmonics
from clarity_lab.scenes.spatial.hrir import Head

SMALLEST_PART = 0.1
"""A decoder leaves out singular values below this part of the largest: few heads are
measured from below, so some patterns hardly show in them at all."""


def decoder(head: Head, *, order: int = ORDER) -> NDArray[np.float64]:
    """What each ambisonic channel adds to each ear: one filter per channel and ear.

    It is the least-squares fit of the head by spherical harmonics; seen otherwise, a
    sphere of virtual loudspeakers, each heard through the head's response.

    A higher order is closer to the head over all its directions, but not in each of
    them. The bundled KEMAR's rings, one for each elevation, start up to 0.3 ms apart,
    which is nothing a low order could follow. So at ear height and below 1.5 kHz the
    error falls to -21 dB at order 6, then stays between -19 and -24 dB up to order 14,
    whichever patterns are left out. With nearly as many channels as directions (order
    8 for CEC2's 91) the decoder is right in those directions and wrong between them.

    Args:
        head: Any number of directions.
        order: Of the ambisonic signals.

    Returns:
        Filters at the head's rate, shape (channels, 2, taps). With order 6 and
            for sounds at ear height the time between the ears is right to 15 us and
            their level to 1 dB below 1.5 kHz (KEMAR and CEC2's VP_N6; KEMAR in all its
            directions: 26 us, 3.1 dB); from 4 kHz on, space is blurred.

    Raises:
        ValueError: If the order is negative.

    Example:
        >>> from clarity_lab.scenes import kemar
        >>> decoder(kemar(), order=1).shape
        (4, 2, 512)
    """
    fit = _fit(tuple(head.azimuth_deg), tuple(head.elevation_deg), order)
    return np.tensordot(fit, head.irs, axes=1)


@lru_cache(maxsize=8)
def _fit(
    azimuth_deg: tuple[float, ...], elevation_deg: tuple[float, ...], order: int
) -> NDArray[np.float64]:
    """From a value per direction to one per harmonic; heads often share directions."""
    patterns = harmonics(azimuth_deg, elevation_deg, order=order)
    return np.linalg.pinv(patterns, rcond=SMALLEST_PART)


def cec2_directions(head: Head) -> Head:
    """Those 79 of the 91 OlHeaD directions that CEC2 decodes to.

    They are the rings at 30 degrees' distance; the few between them are left out.
    """
    on_ring = np.asarray(head.elevation_deg) % 30 == 0
    return replace(
        head,
        irs=head.irs[on_ring],
        azimuth_deg=head.azimuth_deg[on_ring],
        elevation_deg=head.elevation_deg[on_ring],
    )


def decode(ambisonic: NDArray, *, filters: NDArray) -> NDArray:
    """Hear an ambisonic signal, or a room's response, through a head that rests.

    Args:
        ambisonic: Shape (..., channels, samples).
        filters: Of a `decoder`, shape (channels, ears, taps).

    Returns:
        Shape (..., ears, samples + taps - 1).

    Example:
        >>> decode(np.array([[1.0, 2.0]]), filters=np.array([[[1.0], [3.0]]])).round(9)
        array([[1., 2.],
               [3., 6.]])
    """
    from scipy.fft import irfft, next_fast_len, rfft

    *batch, n_channels, n = ambisonic.shape
    wanted, n_ears, taps = filters.shape
    if n_channels != wanted:
        raise ValueError(
            f"expected an ambisonic signal of {wanted} channels as the filters have, "
            f"shape ({wanted}, samples), got {ambisonic.shape}. Time is the last axis; "
            "decoder(head, order=...) makes filters of another order."
        )
    size = next_fast_len(4 * taps, real=True)
    hop = size - taps + 1
    n_blocks = -(-n // hop)
    padded = np.zeros((*batch, n_channels, n_blocks * hop))
    padded[..., :n] = ambisonic
    blocks = padded.reshape(-1, n_channels, n_blocks, hop)

    # For each frequency one product of matrices: (ears, channels) @ (channels, blocks).
    field = rfft(blocks, size).transpose(3, 1, 0, 2)  # (freqs, channels, batch, blocks)
    gains = rfft(filters, size).transpose(2, 1, 0)  # (freqs, ears, channels)
    heard = gains @ field.reshape(len(field), n_channels, -1)
    heard = heard.reshape(len(field), n_ears, -1, n_blocks).transpose(2, 1, 3, 0)
    return _overlapped(irfft(heard, size), hop)[..., : n + taps - 1].reshape(
        *batch, n_ears, -1
    )


def _overlapped(blocks: NDArray, hop: int) -> NDArray:
    """Add blocks (..., n_blocks, size), each a hop after the one before."""
    *batch, n_blocks, size = blocks.shape
    total = np.zeros((*batch, n_blocks + 1, hop))
    total[..., :-1, :] = blocks[..., :hop]
    total[..., 1:, : size - hop] += blocks[..., hop:]
    return total.reshape(*batch, -1)
