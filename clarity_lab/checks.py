"""Guards whose messages teach: what was expected, what came, what to do."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray


def require_same_shape(**arrays: ArrayLike) -> None:
    """Raise unless all arrays, given by their argument names, share one shape.

    Raises:
        ValueError: If two shapes differ; the message lists every shape by name.

    Example:
        >>> require_same_shape(estimate=[1, 2], reference=[3, 4])
    """
    shapes = {name: np.shape(array) for name, array in arrays.items()}
    if len(set(shapes.values())) > 1:
        listing = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(
            f"expected equal shapes (..., samples), got {listing}. "
            "Is one of them stereo, or still padded? Select a channel or trim it."
        )


MOST_CHANNELS = 8
"""A last axis of up to this many may be channels; 50 times longer ones are time."""


def require_samples(
    samples: ArrayLike,
    *,
    name: str = "samples",
    min_samples: int = 1,
    time_last: bool = True,
) -> NDArray:
    """Return a sound as a floating-point array, or say what is wrong with it.

    Args:
        samples: A sound, shape (..., samples), real numbers in full-scale units.
            Integers are refused: their full scale cannot be seen.
        name: The argument's name, for the message.
        min_samples: How many samples the caller needs at least.
        time_last: Refuse what looks like (samples, channels): a last axis of 8 or less,
            50 times shorter than another. False for tables of few frames.

    Returns:
        The same values as float32 or float64, shape (..., samples). An array that
        already is one of these is returned as it is, not copied.

    Raises:
        TypeError: If the values are not floating-point numbers, or a torch tensor needs
            a gradient or lies on a GPU.
        ValueError: If there are too few samples, or a NaN or infinity among them, or
            time is not the last axis, or the parts of a list differ in length.

    Example:
        >>> require_samples([0.0, 0.5]).shape
        (2,)
    """
    array = _as_array(samples, name)
    if array.dtype.kind != "f":
        raise TypeError(
            f"expected {name} as floating-point numbers, full scale at 1.0, "
            f"got {array.dtype}. Try clarity_lab.audio.load, "
            "or divide 16-bit integers by 32768."
        )
    if array.dtype not in (np.float32, np.float64):
        array = array.astype(np.float64)
    if time_last:
        _require_time_last(array, name)
    length = array.shape[-1] if array.ndim else 0
    if array.size == 0 or length < min_samples:
        raise ValueError(
            f"expected {name} of shape (..., samples) with at least {min_samples} "
            f"sample(s), got shape {array.shape}. Time is the last axis: is it "
            "transposed, or an empty cut?"
        )
    bad = np.count_nonzero(~np.isfinite(array))
    if bad:
        first = int(np.flatnonzero(~np.isfinite(array).ravel())[0]) % length
        raise ValueError(
            f"expected finite {name}, got {bad} NaN or infinite value(s), the first "
            f"at sample {first}. Look for a division by zero or a log of silence."
        )
    return array


def _as_array(samples: ArrayLike, name: str) -> NDArray:
    try:
        return np.asarray(samples)
    except ValueError as error:
        raise ValueError(
            f"expected {name} as one array, got a {type(samples).__name__} of parts "
            "that differ in length. Unpack what load returns: "
            "samples, sample_rate = load(...). Cut two channels to one length."
        ) from error
    except (TypeError, RuntimeError) as error:  # how torch answers NumPy
        raise TypeError(
            f"expected {name} as an array, got a {type(samples).__name__} that NumPy "
            f"cannot read: {error} Try {name}.detach().cpu().float().numpy(); for a "
            "score with a gradient see clarity_lab.models."
        ) from error


def _require_time_last(array: NDArray, name: str) -> None:
    longest = int(np.argmax(array.shape)) if array.ndim > 1 else 0
    n_last = array.shape[-1] if array.ndim > 1 else 0
    if not 0 < n_last <= MOST_CHANNELS or array.shape[longest] < 50 * n_last:
        return
    turned = f"{name}.T" if array.ndim == 2 else f"np.moveaxis({name}, {longest}, -1)"
    raise ValueError(
        f"expected {name} of shape (..., samples), got {array.shape}: time is the last "
        f"axis, try {turned}."
    )


def require_sample_rate(sample_rate: int, *, name: str = "sample_rate") -> int:
    """Return a sample rate in Hz as an int, or say why it cannot be one.

    Raises:
        TypeError: If it is no whole number.
        ValueError: If it is not between 1 Hz and 1 MHz; 44.1 (kHz) is the usual slip.

    Example:
        >>> require_sample_rate(16_000)
        16000
    """
    if isinstance(sample_rate, bool) or not isinstance(sample_rate, int | np.integer):
        raise TypeError(
            f"expected {name} as a whole number of Hz, got {sample_rate!r}. "
            "Try sample_rate=44100, not 44.1 or '44100'."
        )
    if not 1 <= sample_rate <= 1_000_000:
        raise ValueError(
            f"expected {name} between 1 and 1000000 Hz, got {sample_rate}. "
            "Sample rates are in Hz: CD quality is 44100."
        )
    return int(sample_rate)


def require_choice(value: str, *, name: str, choices: Iterable[str]) -> str:
    """Return `value` if it is one of `choices`, else name them all.

    Raises:
        ValueError: If it is none of them.

    Example:
        >>> require_choice("left", name="ear", choices=["left", "right"])
        'left'
    """
    choices = sorted(choices)
    if value not in choices:
        raise ValueError(
            f"expected {name} to be one of {', '.join(choices)}, got {value!r}."
        )
    return value


def require_number(
    value: float, *, name: str, minimum: float = -np.inf, unit: str = ""
) -> float:
    """Return one finite number of at least `minimum`, or say why it is none.

    Args:
        value: What came.
        name: The argument's name, for the message.
        minimum: The smallest that makes sense to the caller.
        unit: Of the value, for the message: "s", "dB".

    Raises:
        TypeError: If it is no single real number.
        ValueError: If it is NaN, infinite or below the minimum.

    Example:
        >>> require_number(3, name="start_s", minimum=0)
        3.0
    """
    in_unit = f" in {unit}" if unit else ""
    array = np.asarray(value)
    if array.ndim or array.dtype.kind not in "iuf":
        raise TypeError(f"expected {name} as one number{in_unit}, got {value!r}.")
    if not np.isfinite(array) or array < minimum:
        least = "" if minimum == -np.inf else f" of at least {minimum:g}"
        raise ValueError(
            f"expected {name} as a finite number{least}{in_unit}, got {value}."
        )
    return float(array)


def require_mono(samples: ArrayLike, *, name: str = "samples") -> NDArray:
    """Return a sound of one channel, shape (samples,), or say how to get one.

    Raises:
        TypeError: If the values are not floating-point numbers.
        ValueError: If there are several channels, no samples, or a NaN.

    Example:
        >>> require_mono([0.0, 0.5]).shape
        (2,)
    """
    array = require_samples(samples, name=name)
    if array.ndim != 1:
        raise ValueError(
            f"expected one channel, {name} of shape (samples,), got {array.shape}. "
            f"Choose a channel: {name}[0]."
        )
    return array


def require_mono_or_stereo(samples: ArrayLike, *, name: str = "samples") -> NDArray:
    """Return a sound of one or two channels, or say how to get one.

    Raises:
        TypeError: If the values are not floating-point numbers.
        ValueError: If there are more channels or axes, no samples, or a NaN.

    Example:
        >>> require_mono_or_stereo([[0.0, 0.5], [0.0, 0.1]]).shape
        (2, 2)
    """
    array = require_samples(samples, name=name)
    if array.ndim != 1 and array.shape[:-1] not in {(1,), (2,)}:
        raise ValueError(
            f"expected {name} of shape (samples,) or (2, samples), left ear first, "
            f"got {array.shape}. Choose channels: {name}[:2]; or, if time is the first "
            f"axis, {name}.T."
        )
    return array
