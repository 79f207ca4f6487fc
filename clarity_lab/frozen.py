"""Sounds that nobody can change: looked at once, and sent once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def is_frozen(samples: object) -> bool:
    """Whether nobody can change an array, nor what it is a part of.

    Example:
        >>> samples = np.zeros(4)
        >>> samples.flags.writeable = False
        >>> is_frozen(samples[1:]), is_frozen(np.broadcast_to(np.zeros(4), (2, 4)))
        (True, False)
    """
    while isinstance(samples, np.ndarray) and not samples.flags.writeable:
        if samples.base is None:
            return True
        samples = samples.base
    return False


def frozen(samples: ArrayLike) -> NDArray:
    """A sound as it is now: itself if nobody can change it, else a copy of that kind.

    Example:
        >>> samples = np.zeros(3)
        >>> kept = frozen(samples)
        >>> kept.flags.writeable, samples.flags.writeable, frozen(kept) is kept
        (False, True, True)
    """
    if is_frozen(samples):
        return samples
    samples = np.array(samples)
    samples.flags.writeable = False
    return samples
