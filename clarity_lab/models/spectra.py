"""Filters as factors of a spectrum: what makes the hearing models differentiable.

A recursive filter runs sample by sample, which no GPU likes and which float32 spoils.
Its frequency response is a formula. Multiplied with the spectrum of a sound that has
silence enough behind it, it does the same.
"""

from __future__ import annotations

from math import ceil, gcd

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from clarity_lab.checks import require_sample_rate


def require_sound(
    samples: Tensor, *, name: str, sample_rate: int, least_s: float = 0
) -> None:
    """Raise unless a tensor is a sound: floating-point, finite, long enough.

    Args:
        samples: Shape (..., samples).
        name: The argument's name, for the message.
        sample_rate: In Hz.
        least_s: How much sound the caller needs, in seconds.

    Raises:
        TypeError: If it is no floating-point tensor.
        ValueError: If it is too short, or not finite.
    """
    if not isinstance(samples, Tensor) or samples.dtype not in (
        torch.float32,
        torch.float64,
    ):
        kind = getattr(samples, "dtype", type(samples).__name__)
        raise TypeError(
            f"expected {name} as a float32 or float64 tensor, got {kind}. "
            "Try torch.from_numpy(samples)."
        )
    least = max(1, ceil(least_s * require_sample_rate(sample_rate)))
    if samples.ndim == 0 or samples.shape[-1] < least or samples.numel() == 0:
        raise ValueError(
            f"expected {name} of shape (..., samples) with at least {least} sample(s), "
            f"got {tuple(samples.shape)}. Time is the last axis: is it transposed?"
        )
    if not bool(torch.isfinite(samples.detach()).all()):
        raise ValueError(
            f"expected finite {name}, got NaN or infinity. In training: is a step too "
            "large? Clip gradients, or lower the learning rate."
        )


def require_per_frequency(
    values: Tensor, frequencies_hz: ArrayLike, *, name: str
) -> NDArray:
    """Return frequencies as an array, if each has one value on the last axis.

    Args:
        values: Shape (..., frequencies).
        frequencies_hz: Rising, above 0 Hz.
        name: The values' name, for the message.

    Returns:
        The frequencies, shape (frequencies,).

    Raises:
        TypeError: If the values are no floating-point tensor.
        ValueError: If numbers differ, frequencies do not rise, or a value is not
            finite.
    """
    if not isinstance(values, Tensor) or not values.is_floating_point():
        kind = getattr(values, "dtype", type(values).__name__)
        raise TypeError(
            f"expected {name} as a floating-point tensor, got {kind}. "
            "Try torch.tensor([20.0, 60.0])."
        )
    hz = np.asarray(frequencies_hz, dtype=float)
    if hz.ndim != 1 or values.ndim == 0 or values.shape[-1] != len(hz):
        raise ValueError(
            f"expected one of {name} per frequency, shape (..., {hz.size}), got "
            f"{tuple(values.shape)}."
        )
    if not np.all(np.diff(hz, prepend=0.0) > 0):
        raise ValueError(f"expected rising frequencies above 0 Hz, got {hz.tolist()}.")
    if not bool(torch.isfinite(values.detach()).all()):
        raise ValueError(f"expected finite {name}, got {values.tolist()}.")
    return hz


def lengths(
    n_samples: int, *, sample_rate: int, other_rate: int, spare_s: float
) -> tuple[int, int]:
    """One duration in samples of two rates: the sound, some silence, fast to transform.

    Args:
        n_samples: Of the sound.
        sample_rate: Of the sound, in Hz.
        other_rate: In Hz.
        spare_s: Silence needed behind the sound, in seconds.

    Returns:
        Samples at the sound's rate, and at the other.

    Example:
        >>> lengths(16_000, sample_rate=16_000, other_rate=8_000, spare_s=0.25)
        (20000, 10000)
    """
    from scipy.fft import next_fast_len

    common = gcd(sample_rate, other_rate)
    ticks = ceil((n_samples / sample_rate + spare_s) * common)
    ticks = next_fast_len(ticks, real=True)
    return ticks * sample_rate // common, ticks * other_rate // common


def resampled(spectrum: Tensor, *, n: int, to: int) -> Tensor:
    """The spectrum of a sound as that of the same sound at another rate.

    Args:
        spectrum: Of real samples, shape (..., n // 2 + 1).
        n: How many samples it is of.
        to: How many there are to be in the same time.

    Returns:
        Shape (..., to // 2 + 1).
    """
    n_bins = to // 2 + 1
    missing = max(n_bins - spectrum.shape[-1], 0)
    return torch.nn.functional.pad(spectrum[..., :n_bins], (0, missing)) * (to / n)


def between(frequency_hz: NDArray, known_hz: NDArray) -> NDArray:
    """Weights with which values at known frequencies give those between them.

    Args:
        frequency_hz: Where values are wanted, shape (wanted,).
        known_hz: Where they are known, rising, shape (known,).

    Returns:
        Shape (known, wanted): `values @ between(...)` is linear interpolation, flat
            beyond the ends.

    Example:
        >>> between(np.array([100.0, 150.0]), np.array([100.0, 200.0]))
        array([[1. , 0.5],
               [0. , 0.5]])
    """
    return np.stack(
        [np.interp(frequency_hz, known_hz, row) for row in np.eye(len(known_hz))]
    )


def like(array: ArrayLike, example: Tensor) -> Tensor:
    """An array as a tensor like another.

    Args:
        array: Real or complex numbers.
        example: A tensor.

    Returns:
        A tensor of the example's precision, on its device; complex if the array is.
    """
    tensor = torch.as_tensor(np.ascontiguousarray(array), device=example.device)
    kind = example.dtype.to_complex() if tensor.is_complex() else example.dtype
    return tensor.to(kind)
