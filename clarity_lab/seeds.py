"""A generator of its own for each named thing, from one seed."""

from __future__ import annotations

import numpy as np


def named_rng(seed: int, *names: str) -> np.random.Generator:
    """A generator that belongs to a seed and a name, and to nothing else.

    What is drawn for one scene then depends neither on which others were drawn, nor on
    their order.

    Args:
        seed: A whole number from 0.
        names: What the numbers are for: "train", "S00001".

    Returns:
        A fresh generator, the same on every machine.

    Raises:
        ValueError: If the seed is below 0.

    Example:
        >>> one, again, other = (named_rng(7, name) for name in ("a", "a", "b"))
        >>> draw = one.random()
        >>> draw == again.random(), draw == other.random()
        (True, False)
    """
    letters = "/".join(names).encode("utf-8")
    return np.random.default_rng(np.random.SeedSequence([require_seed(seed), *letters]))


def require_seed(seed: int) -> int:
    """Return a seed as an int, or say why it cannot be one.

    Raises:
        ValueError: If it is no whole number from 0.

    Example:
        >>> require_seed(np.int64(7))
        7
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(f"expected seed as a whole number from 0, got {seed!r}.")
    return int(seed)
