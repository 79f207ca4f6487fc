"""From sounds, a room and a turning head to what the ears hear, fast.

While the head rests, room and head are one filter per ear (a binaural room impulse
response): 2 channels to filter instead of 49. Only around a head turn the sound field
itself is needed. Cut in the right places, both give the same sound, to rounding.

Lesson: 10_scene_rendering.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from clarity_lab.scenes.rendering.head_turn import moving_stretch
from clarity_lab.scenes.spatial.ambisonic_decoder import decode
from clarity_lab.scenes.spatial.ambisonics import rotate

TURN_BLOCK = 32_768
"""So many samples of the sound field at a time: it is large."""


def filter_stretch(
    sounds: NDArray, *, responses: NDArray, start: int, stop: int
) -> NDArray:
    """A stretch of the sum of all sounds, each through a response of its own.

    Args:
        sounds: Shape (sounds, samples).
        responses: Shape (sounds, channels, taps).
        start: First sample wanted; before the sounds there is silence.
        stop: The sample after the last one; so is behind them.

    Returns:
        Shape (channels, stop - start).

    Example:
        >>> echo = np.array([[[1.0, 0.5]]])
        >>> filter_stretch(np.array([[4.0, 0.0, 2.0]]), responses=echo, start=1, stop=4)
        array([[2., 2., 1.]])
    """
    from scipy.fft import irfft, next_fast_len, rfft

    _, n_channels, taps = responses.shape
    longest = max(round(2.5 * taps), 16_384)
    size = next_fast_len(min(longest, stop - start + taps - 1), real=True)
    spectra = rfft(responses, size)
    out = np.zeros((n_channels, stop - start))
    for a, b in _blocks(start, stop, size - taps + 1):
        heard = _cut(sounds, a - taps + 1, b)
        if np.any(heard):  # most talkers are silent for a while
            field = np.einsum("scf,sf->cf", spectra, rfft(heard, size))
            out[:, a - start : b - start] = irfft(field, size)[:, taps - 1 :][
                :, : b - a
            ]
    return out


def listen_in(
    sounds: NDArray,
    *,
    responses: NDArray,
    head_turn_rad: NDArray,
    filters: NDArray,
    parity: bool = False,
) -> NDArray:
    """What the ears hear of sounds in a room while the head turns.

    Args:
        sounds: In time with the scene, shape (sounds, samples).
        responses: The room's, shape (sounds, channels, taps).
        head_turn_rad: Where the nose points, positive to the left, shape (samples,).
        filters: Of a `decoder`, shape (channels, ears, taps).
        parity: Turn as pyClarity does (see `rotate`), and keep the last taps - 1
            samples, in which the head's responses fade away behind the scene's end.

    Returns:
        Shape (ears, samples), with parity (ears, samples + taps - 1).

    Example:
        An ear that hears only what is on its left, a head that turns to the right:

        >>> left_ear = np.array([0.5, 0.5 / np.sqrt(3), 0.0, 0.0]).reshape(4, 1, 1)
        >>> ahead = np.array([1.0, 0.0, 0.0, np.sqrt(3)]).reshape(1, 4, 1)
        >>> turn = np.array([0.0, -np.pi / 2])
        >>> sound = np.ones((1, 2))
        >>> listen_in(
        ...     sound, responses=ahead, head_turn_rad=turn, filters=left_ear).round(3)
        array([[0.5, 1. ]])
    """
    n, tail = len(head_turn_rad), filters.shape[-1] - 1
    first, last = moving_stretch(head_turn_rad)
    settled = min(last + tail, n) if last else 0
    ends = head_turn_rad[[0, -1]]
    before, after = _at_rest(responses, ends, filters=filters, parity=parity)
    heard = np.empty((filters.shape[1], n + tail if parity else n))
    for brirs, start, stop in ((before, 0, first), (after, settled, n)):
        heard[:, start:stop] = filter_stretch(
            sounds, responses=brirs, start=start, stop=stop
        )
    for a, b in ((first, settled), (n, heard.shape[-1])):
        for start, stop in _blocks(a, b, TURN_BLOCK):
            # The decoder looks `tail` samples back; behind the end there is no sound.
            begin, end = max(start - tail, 0), min(stop, n)
            field = filter_stretch(sounds, responses=responses, start=begin, stop=end)
            field = rotate(field, -head_turn_rad[begin:end], parity=parity)
            ears = decode(field, filters=filters)
            heard[:, start:stop] = ears[:, start - begin : stop - begin]
    return heard


def _at_rest(
    responses: NDArray, angles_rad: NDArray, *, filters: NDArray, parity: bool
) -> list[NDArray]:
    """Binaural room responses for each angle: turn the head's filters, not the room."""
    by_ear = filters.swapaxes(0, 1)
    turned = [rotate(by_ear, angle, parity=parity) for angle in angles_rad]
    ears = decode(responses, filters=np.concatenate(turned).swapaxes(0, 1))
    return np.split(ears, len(angles_rad), axis=1)


def _blocks(start: int, stop: int, hop: int) -> Iterator[tuple[int, int]]:
    for a in range(start, stop, hop):
        yield a, min(a + hop, stop)


def _cut(sounds: NDArray, start: int, stop: int) -> NDArray:
    """Samples start to stop, silence where there are none."""
    inside = sounds[:, max(start, 0) : max(stop, 0)]
    before = min(max(-start, 0), stop - start)
    after = stop - start - before - inside.shape[1]
    return np.pad(inside, ((0, 0), (before, after)))
