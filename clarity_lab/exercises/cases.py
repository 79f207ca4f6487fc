"""A table of cases, and of the slips that are often made: one way to grade a number."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy

import numpy as np

from clarity_lab.exercises.verdicts import Verdict, right, try_this

WIDEST_SLIP = 0.05

Case = tuple[str, tuple, float]
"""What is asked in words, the arguments, what is expected."""


def grade_cases(
    attempt: Callable,
    cases: Sequence[Case],
    *,
    slips: Mapping[float, str],
    shows: str,
    unit: str = "dB",
    tolerance: float = 0.05,
    relative: bool = False,
    several: str = "take their mean?",
) -> Verdict:
    """Say that a function is right, or give a hint for its first wrong answer.

    Args:
        attempt: The student's function; it gets copies, whatever it does to them.
        cases: What to ask, in turn.
        slips: Wrong answers that are often given, to the hint for each. The nearest
            one is told if it is as near as the tolerance, 0.05 at most.
        shows: What the right answer teaches.
        unit: Of the answer; empty if it has none.
        tolerance: How far an answer may lie from the expected one.
        relative: Whether the tolerance is a part of the expected number.
        several: What to do if it gives several numbers.

    Returns:
        The verdict.

    Example:
        >>> two = [("1 and 2", (1, 2), 3.0), ("5 and 5", (5, 5), 10.0)]
        >>> slips = {2.0: "that is the product."}
        >>> grade_cases(lambda a, b: a * b, two, slips=slips, shows="a sum.", unit="")
        ✗ for 1 and 2 you got 2.00: that is the product.
    """
    distance = _part_between if relative else _distance
    for asked, arguments, expected in cases:
        answer = attempt(*map(copy, arguments))
        if np.size(answer) != 1:
            return try_this(
                f"your function gives several numbers ({np.size(answer)}) where one is "
                f"asked: {several}"
            )
        given = float(np.asarray(answer).item())
        if distance(given, expected) < tolerance:
            continue
        slip = min(slips, key=lambda known: distance(given, known))
        if distance(given, slip) < min(tolerance, WIDEST_SLIP):
            return try_this(f"for {asked} you got {given:.2f}: {slips[slip]}")
        wanted = f"{expected:.2f} {unit}".rstrip()
        return try_this(f"for {asked} expected {wanted}, got {given:.2f}.")
    return right(shows)


def _distance(value: float, other: float) -> float:
    """How far apart, also where both are infinite."""
    return 0.0 if value == other else abs(value - other)


def _part_between(value: float, other: float) -> float:
    """How far apart, as a part of the other."""
    return _distance(value, other) / abs(other)
