"""Sounds as the bytes of WAV files, and 16 bit as the Clarity challenges round it."""

from __future__ import annotations

import io

import numpy as np
import soundfile
from numpy.typing import ArrayLike, NDArray


def pcm16(samples: ArrayLike, *, full_scale: float) -> NDArray[np.int16]:
    """Turn samples into 16-bit numbers, digits behind the point dropped.

    Args:
        samples: Of any shape, full scale at 1.0.
        full_scale: The number that 1.0 becomes: 32767, or 32768 less the last step.

    Returns:
        The same shape; what is beyond 16 bit is clipped.

    Example:
        >>> pcm16([0.5, -2.0], full_scale=32_767).tolist()
        [16383, -32768]
    """
    scaled = full_scale * np.asarray(samples)
    return np.clip(scaled, -32_768, 32_767).astype(np.int16)


def wav_bytes(samples: NDArray, *, sample_rate: int) -> bytes:
    """The bytes of a WAV file that keeps the samples exactly.

    Args:
        samples: Shape (samples,) or (channels, samples): 16-bit numbers, or floating
            point, which is kept in 64 bit.
        sample_rate: In Hz.

    Returns:
        All of the file.
    """
    subtype = "PCM_16" if samples.dtype == np.int16 else "DOUBLE"
    file = io.BytesIO()
    soundfile.write(file, samples.T, sample_rate, subtype=subtype, format="WAV")
    return file.getvalue()
