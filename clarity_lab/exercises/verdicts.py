"""What a check answers: not attempted, try this, or right."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


class Verdict(str):
    """A sentence that a notebook shows without quotation marks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _not_attempted(what: str) -> Verdict:
    return Verdict(f"○ not attempted yet: replace {what}.")


def right(words: str) -> Verdict:
    """Return the verdict for a right answer, with what it shows.

    Example:
        >>> right("20 dB.")
        ✓ 20 dB.
    """
    return Verdict(f"✓ {words}")


def try_this(words: str) -> Verdict:
    """Return the verdict for a wrong answer, with a hint that helps.

    Example:
        >>> try_this("that is the sum: over how many?")
        ✗ that is the sum: over how many?
    """
    return Verdict(f"✗ {words}")


class _AttemptRaisedError(Exception):
    """The attempt itself raised; what it raised is the cause."""


def _watched(attempt: Callable) -> Callable:
    """The attempt, with its own faults marked: all others are of its answer."""

    @functools.wraps(attempt)
    def call(*arguments: Any, **keywords: Any) -> Any:
        try:
            return attempt(*arguments, **keywords)
        except NotImplementedError:
            raise
        except Exception as fault:
            raise _AttemptRaisedError from fault

    return call


def _in_words(fault: BaseException | None) -> str:
    try:
        return f"{type(fault).__name__}: {fault}"
    except Exception:  # an exception that cannot even be printed
        return type(fault).__name__


def graded(check: Callable[[Any], Verdict]) -> Callable[[Any], Verdict]:
    """Make a check answer instead of raise, whatever the attempt does.

    Args:
        check: Takes the attempt, a function or a value, and returns a verdict.

    Returns:
        The same check. An attempt that is `...` or raises NotImplementedError counts
        as not attempted; any other exception becomes the hint, and so does an answer
        that the check cannot read.

    Example:
        >>> @graded
        ... def check_sum(attempt):
        ...     return right("3.") if attempt(1, 2) == 3 else try_this("add them.")
        >>> check_sum(lambda a, b: a + b), check_sum(...), check_sum(lambda: 0)
        ... # doctest: +NORMALIZE_WHITESPACE
        (✓ 3., ○ not attempted yet: replace the ... by your answer.,
         ✗ your code raised TypeError: <lambda>() takes 0 positional arguments but
         2 were given)
    """

    @functools.wraps(check)
    def safe(attempt: Any) -> Verdict:
        if attempt is ...:
            return _not_attempted("the ... by your answer")
        try:
            return check(_watched(attempt) if callable(attempt) else attempt)
        except NotImplementedError:
            return _not_attempted("the raise by your code")
        except _AttemptRaisedError as marked:
            return try_this(f"your code raised {_in_words(marked.__cause__)}")
        except TypeError as fault:
            if "not callable" in str(fault) and not callable(attempt):
                return try_this("give the check the function itself, without brackets.")
            return try_this(f"your answer cannot be read ({_in_words(fault)})")
        except Exception as fault:
            return try_this(f"your answer cannot be read ({_in_words(fault)})")

    return safe
