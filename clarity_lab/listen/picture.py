"""A small picture of a sound, for places where nothing can be played."""

from __future__ import annotations

import base64
import html
import struct
import zlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

BLUE = (58, 125, 189)
"""Of a waveform: readable on a white and on a dark page."""

MOST_PICTURES = 24
"""A longer table goes on without pictures."""

SIZES = {6: (320, 36), 12: (160, 24), np.inf: (64, 18)}
"""Up to so many sounds: width and height in pixels."""


def wave_png(
    samples: NDArray, *, full_height: float = 1.0, width: int = 320, height: int = 36
) -> bytes:
    """Draw a waveform, blue on nothing, as a PNG of about a kilobyte.

    Args:
        samples: Shape (samples,) or (channels, samples); channels lie on each other.
        full_height: The sample value that reaches the edge.
        width: In pixels.
        height: In pixels.

    Returns:
        The bytes of a PNG file.

    Example:
        >>> wave_png(np.zeros(8))[1:4]
        b'PNG'
    """
    return _png_of(inked(np.atleast_2d(samples), full_height, (width, height)))


def inked(
    channels: NDArray, full_height: float, size: tuple[int, int]
) -> NDArray[np.bool_]:
    """Which pixels of a picture a waveform covers, shape (height, width).

    Example:
        >>> inked(np.array([[1.0, 0.5, -1.0]]), 1.0, (3, 5)).astype(int)
        array([[1, 0, 0],
               [0, 1, 0],
               [0, 0, 0],
               [0, 0, 0],
               [0, 0, 1]])
    """
    width, height = size
    lowest, highest = envelope(channels, n_bins=width)
    a_row = 2 * (full_height or 1.0) / (height - 1)  # in sample values
    middle = (height - 1) / 2
    level = (middle - np.arange(height)[:, None]) * a_row
    return (level <= highest + a_row / 2) & (level >= lowest - a_row / 2)


def envelope(channels: NDArray, *, n_bins: int) -> tuple[NDArray, NDArray]:
    """Lowest and highest value of each of `n_bins` pieces, over all channels.

    Example:
        >>> envelope(np.array([[1.0, 2.0, -1.0, 0.0]]), n_bins=2)
        (array([ 1., -1.]), array([2., 0.]))
    """
    length = channels.shape[-1]
    starts = (np.arange(n_bins) * length) // n_bins
    low = np.minimum.reduceat(channels.min(axis=0), starts)
    high = np.maximum.reduceat(channels.max(axis=0), starts)
    return low, high


def _png_of(inked: NDArray[np.bool_]) -> bytes:
    """One bit a pixel: clear or blue."""
    height, width = inked.shape
    packed = np.packbits(inked, axis=1)
    lines = b"".join(b"\0" + line.tobytes() for line in packed)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 3, 0, 0, 0)),
        (b"PLTE", bytes((*BLUE, *BLUE))),
        (b"tRNS", bytes((0, 255))),
        (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data))
        + name
        + data
        + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def preview_table(
    sounds: Mapping[str, NDArray],
    *,
    levels: Mapping[str, str],
    transcripts: Mapping[str, str],
    caption: str,
) -> str:
    """Write the sounds of a player as a table with small pictures, 15 kB at most.

    Args:
        sounds: Label to sound, shape (channels, samples).
        levels: Label to level, as shown.
        transcripts: Label to what is said.
        caption: What is compared, and the common gain.

    Returns:
        HTML.
    """
    pictures = _pictures(sounds)
    heads = ["Sound", "Level (dBFS)", "Waveform"] + ["Transcript"] * bool(transcripts)
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    rows = "".join(
        f'<tr><th scope="row">{html.escape(label)}</th><td>{levels[label]}</td>'
        f"<td>{pictures.get(label, '')}</td>"
        + (f"<td>{html.escape(transcripts.get(label, ''))}</td>" if transcripts else "")
        + "</tr>"
        for label in sounds
    )
    return (
        f"<table><caption>{html.escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        "<p><small>A picture of the player. Run the cell to listen.</small></p>"
    )


def _pictures(sounds: Mapping[str, NDArray]) -> dict[str, str]:
    """Image elements, all on one scale, so that a softer sound looks smaller."""
    loudest = max((float(np.max(np.abs(one))) for one in sounds.values()), default=1.0)
    size = next(size for most, size in SIZES.items() if len(sounds) <= most)
    width, height = size
    pictures = {}
    for label, samples in list(sounds.items())[:MOST_PICTURES]:
        png = wave_png(samples, full_height=loudest, width=width, height=height)
        uri = "data:image/png;base64," + base64.b64encode(png).decode()
        words = html.escape(f"Waveform of {label}")
        pictures[label] = (
            f'<img src="{uri}" alt="{words}" width="{width}" height="{height}">'
        )
    return pictures
