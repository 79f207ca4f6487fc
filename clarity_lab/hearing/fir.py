"""FIR filters: drawn from a gain curve as MATLAB's fir2 does, and applied by FFT."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

N_GRID = 512  # fir2's interpolation grid for filters below 1024 taps


def fir_from_gains(
    frequency_re_nyquist: ArrayLike, gain: ArrayLike, *, window: NDArray
) -> NDArray:
    """Linear-phase FIR with a given gain curve, by frequency sampling.

    Args:
        frequency_re_nyquist: Break points, rising from 0 to 1 (half the sample rate).
        gain: Amplitude gain at each, joined by straight lines.
        window: Time window; its length is the number of taps, odd and below 1024.

    Returns:
        Taps, shape (len(window),), delaying by (len(window) - 1) / 2 samples.

    Raises:
        ValueError: If the number of taps is even, or 1024 and more.

    Reference:
        MATLAB's fir2, as pyclarity uses it: its grid points are rounded down, which
        moves every break point by up to 1/512 of the Nyquist frequency.

    Example:
        A flat gain is a pure delay:

        >>> fir_from_gains([0, 1], [1, 1], window=np.ones(3)).round(12) + 0.0
        array([0., 1., 0.])
    """
    n_taps = len(window)
    if n_taps % 2 == 0 or n_taps >= 1024:
        raise ValueError(f"expected an odd number of taps below 1024, got {n_taps}.")
    amplitude = _on_grid(np.asarray(frequency_re_nyquist), np.asarray(gain, float))
    turn = 0.5 * (n_taps - 1) * np.pi * np.arange(N_GRID + 1) / N_GRID
    half = amplitude * np.exp(-1j * turn)
    return np.fft.irfft(half, 2 * N_GRID)[:n_taps] * window


def _on_grid(frequency: NDArray, gain: NDArray) -> NDArray:
    amplitude = np.zeros(N_GRID + 1)
    amplitude[0] = gain[0]
    ends = np.fix(frequency[1:] * (N_GRID + 1)).astype(int) - 1
    begin = 0
    for end, low, high in zip(ends, gain[:-1], gain[1:], strict=True):
        n_steps = max(end - begin, 1)
        ramp = np.arange(end - begin + 1) / n_steps
        amplitude[begin : end + 1] = ramp * high + (1 - ramp) * low
        begin = end + 1
    return amplitude


def convolve(samples: NDArray, taps: NDArray) -> NDArray:
    """Filter along time, ends included.

    Args:
        samples: Shape (..., samples).
        taps: The filter, shape (taps,).

    Returns:
        Shape (..., samples + taps - 1).

    Example:
        >>> convolve(np.array([1.0, 0.0, 0.0]), np.array([1.0, 0.5])).round(12) + 0.0
        array([1. , 0.5, 0. , 0. ])
    """
    from scipy.signal import oaconvolve

    taps = taps.reshape((1,) * (samples.ndim - 1) + (-1,))
    return oaconvolve(samples, taps, axes=-1)


def convolve_causal(samples: NDArray, taps: NDArray) -> NDArray:
    """Filter along time, delay kept, the end cut off.

    Args:
        samples: Shape (..., samples).
        taps: The filter, shape (taps,).

    Returns:
        Shape (..., samples).

    Example:
        >>> taps = np.array([0.0, 1.0, 0.0])
        >>> late = convolve_causal(np.array([1.0, 2.0, 3.0]), taps)
        >>> late.round(12) + 0.0
        array([0., 1., 2.])
    """
    return convolve(samples, taps)[..., : samples.shape[-1]]


def convolve_centred(samples: NDArray, taps: NDArray) -> NDArray:
    """Filter along time, a linear-phase filter's delay taken out.

    Args:
        samples: Shape (..., samples).
        taps: The filter, shape (taps,), of odd length.

    Returns:
        Shape (..., samples).

    Example:
        >>> taps = np.array([0.0, 1.0, 0.0])
        >>> same = convolve_centred(np.array([1.0, 2.0, 3.0]), taps)
        >>> same.round(12) + 0.0
        array([1., 2., 3.])
    """
    delay = (taps.shape[-1] - 1) // 2
    return convolve(samples, taps)[..., delay : delay + samples.shape[-1]]
