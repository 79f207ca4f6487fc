"""What a hearing aid gives back must be a sound that its listener can hear.

Lesson: 90_whole_chain.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LATEST_S = 0.1
"""So much longer or shorter than its input an output may be: filters have skirts."""


def require_playable(given: object, *, like: NDArray, sample_rate: int) -> NDArray:
    """Return what a hearing aid gave if a listener can hear it.

    Args:
        given: What came out.
        like: What went in, shape (2, samples).
        sample_rate: In Hz.

    Raises:
        TypeError: If it is nothing, or no floating-point numbers.
        ValueError: If its shape, its length or its level is wrong, or NaN is in it.

    Example:
        >>> require_playable(np.ones(8), like=np.ones((2, 8)), sample_rate=44_100)
        Traceback (most recent call last):
        ...
        ValueError: expected both ears, shape (2, 8), got (8,): one ear. Try
        np.stack([left, right]).
    """
    if given is None:
        raise TypeError("expected both ears back, got None. Is there a return?")
    output = np.asarray(given)
    if output.dtype.kind != "f":
        raise TypeError(
            f"expected floating-point samples, got {output.dtype}. Complex ones come "
            "out of an inverse FFT (take irfft or .real), integers out of rounding."
        )
    _require_shape(output, like=like, sample_rate=sample_rate)
    _require_numbers(output, sample_rate=sample_rate)
    loudest = float(np.max(np.abs(output)))
    if loudest > 1:
        raise ValueError(
            f"expected samples from -1 to 1, got {loudest:.3g}: too loud by "
            f"{20 * np.log10(loudest):.1f} dB. A file would clip it. Try "
            "hearing.soft_clip, or less gain; never scale to the peak, the score "
            "counts the level."
        )
    if loudest == 0:
        raise ValueError("expected sound, got silence at both ears.")
    return output


def _require_shape(output: NDArray, *, like: NDArray, sample_rate: int) -> None:
    wanted = f"expected both ears, shape {like.shape}, got {output.shape}"
    if output.ndim == 1:
        raise ValueError(f"{wanted}: one ear. Try np.stack([left, right]).")
    if output.ndim == 2 and output.shape[0] != 2 and output.shape[1] == 2:
        raise ValueError(f"{wanted}: time is the last axis here. Try output.T.")
    if output.ndim != 2 or len(output) != 2:
        raise ValueError(f"{wanted}. Print the shapes on the way.")
    too_long = output.shape[-1] - like.shape[-1]
    if abs(too_long) > LATEST_S * sample_rate:
        way = "longer" if too_long > 0 else "shorter"
        raise ValueError(
            f"{wanted}: {abs(too_long) / sample_rate:.2f} s {way}. Words must stay "
            "where they were: trim or pad the end, resample back to sample_rate."
        )


def _require_numbers(output: NDArray, *, sample_rate: int) -> None:
    bad = ~np.isfinite(output)
    if np.any(bad):
        first_s = np.argmax(bad.any(axis=0)) / sample_rate
        raise ValueError(
            f"expected finite samples, got {np.count_nonzero(bad)} that are NaN or "
            f"infinite, the first at {first_s:.2f} s. Something was divided by 0, or "
            "the log of 0 was taken, often in a silent frame: try "
            "np.maximum(power, 1e-12)."
        )
