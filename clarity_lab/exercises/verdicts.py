"""What a check answers: not attempted, try this, or right."""

from __future__ import annotations

import functools
import inspect
import linecache
import re
import sys
import traceback
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


class _FaultOfTheAttemptError(Exception):
    """The attempt itself went wrong, in words; all else is about its answer."""


def _watched(attempt: Callable) -> Callable:
    """The attempt, with what goes wrong inside it told in words."""

    @functools.wraps(attempt)
    def call(*arguments: Any, **keywords: Any) -> Any:
        _require_parameters(attempt, arguments, keywords)
        try:
            answer = attempt(*arguments, **keywords)
        except NotImplementedError:
            raise
        except Exception as fault:
            place = _line_in_words(fault, attempt)
            advice = _call_in_words(fault) or _arrays_in_words(fault)
            raise _FaultOfTheAttemptError(
                f"your code raised {_in_words(fault)}{place}{advice}"
            ) from fault
        if answer is ...:
            raise NotImplementedError
        if answer is None:
            raise _FaultOfTheAttemptError(
                "your function gives nothing back. Is there a return?"
            )
        return answer

    return call


def _require_parameters(attempt: Callable, arguments: tuple, keywords: dict) -> None:
    try:
        signature = inspect.signature(attempt)
    except (TypeError, ValueError):  # written in C
        return
    try:
        signature.bind(*arguments, **keywords)
    except TypeError as fault:
        n_given = len(arguments) + len(keywords)
        raise _FaultOfTheAttemptError(
            f"your function takes ({', '.join(signature.parameters)}), the exercise "
            f"gives it {n_given} value{'s' * (n_given != 1)}. Leave the line with def "
            "as it was."
        ) from fault


def _in_words(fault: BaseException) -> str:
    try:
        return f"{type(fault).__name__}: {fault}"
    except Exception:  # an exception that cannot even be printed
        return type(fault).__name__


def _line_in_words(fault: Exception, attempt: Callable) -> str:
    """The line of the attempt in which it went wrong, as far as it is known."""
    code = getattr(attempt, "__code__", None)
    steps = traceback.walk_tb(fault.__traceback__)
    numbers = [number for frame, number in steps if frame.f_code is code]
    if not numbers:
        return ""
    line = linecache.getline(code.co_filename, numbers[-1]).strip()
    place = f"line {numbers[-1] - code.co_firstlineno + 1} of your function"
    return f" ({place}: {line})" if line else f" ({place})"


def _call_in_words(fault: Exception) -> str:
    """How to call the function that the attempt called with unfitting arguments."""
    words = _in_words(fault)
    found = re.match(r"TypeError: (?:.*\.)?(\w+)\(\) (?:takes|got|missing) ", words)
    function = found and _function_named(found[1], fault)
    if not function:
        return ""
    parameters = inspect.signature(function).parameters.values()
    needed = [one for one in parameters if one.default is one.empty]
    named = [f"{one.name}=..." for one in needed if one.kind is one.KEYWORD_ONLY]
    first = [one.name for one in needed if one.kind is one.POSITIONAL_OR_KEYWORD]
    advice = "Write the names" if named else "Call it so"
    return f". {advice}: {found[1]}({', '.join(first + named)})"


ARRAYS = {
    "truth value of an array": "For arrays write & for and, | for or, with brackets "
    "around each comparison: (a > 1) & (b > 2)",
    "ufunc 'bitwise_": "Put brackets around each comparison: (a > 1) & (b > 2)",
    "could not be broadcast together": "The shapes do not fit",
    "can be converted to Python scalars": "For many numbers at once take np.exp, not "
    "math.exp, and so on",
}


EARS = (
    ". For one number per ear of (2, samples) write keepdims=True beside axis=-1: its "
    "shape is then (2, 1)"
)


def _arrays_in_words(fault: Exception) -> str:
    """What to write instead of what works for single numbers alone."""
    words = _in_words(fault)
    advice = [advice for known, advice in ARRAYS.items() if known in words]
    if re.search(r"broadcast .*\(2,\d", words):  # two ears
        advice[0] += EARS
    return f". {advice[0]}" if advice else ""


def _function_named(name: str, fault: Exception) -> Callable | None:
    """The function that the attempt means: its own, or one of the package."""
    *_, (frame, _) = traceback.walk_tb(fault.__traceback__)
    ours = [
        vars(module)
        for key, module in list(sys.modules.items())
        if key.startswith("clarity_lab.")
    ]
    for names in (frame.f_locals, frame.f_globals, *ours):
        if inspect.isfunction(names.get(name)):
            return names[name]
    return None


def graded(check: Callable[[Any], Verdict]) -> Callable[[Any], Verdict]:
    """Make a check answer instead of raise, whatever the attempt does.

    Args:
        check: Takes the attempt, a function or a value, and returns a verdict.

    Returns:
        The same check. An attempt that is `...` or raises NotImplementedError counts
        as not attempted. Its other faults become the hint: an exception, with the
        line; parameters that do not fit; no return; an answer that cannot be read.

    Example:
        >>> @graded
        ... def check_sum(attempt):
        ...     return right("3.") if attempt(1, 2) == 3 else try_this("add them.")
        >>> check_sum(lambda a, b: a + b), check_sum(...), check_sum(lambda: 0)
        ... # doctest: +NORMALIZE_WHITESPACE
        (✓ 3., ○ not attempted yet: replace the ... by your answer.,
         ✗ your function takes (), the exercise gives it 2 values. Leave the line with
         def as it was.)
    """

    @functools.wraps(check)
    def safe(attempt: Any) -> Verdict:
        if attempt is ...:
            return _not_attempted("the ... by your answer")
        if attempt is None:
            return try_this(
                "your answer is None, nothing at all. Write your answer there, or, if "
                "a function made it: is there a return?"
            )
        try:
            return check(_watched(attempt) if callable(attempt) else attempt)
        except NotImplementedError:
            return _not_attempted("the raise by your code")
        except _FaultOfTheAttemptError as fault:
            return try_this(str(fault))
        except TypeError as fault:
            if "not callable" in str(fault) and not callable(attempt):
                return try_this("give the check the function itself, without brackets.")
            return try_this(f"your answer cannot be read ({_in_words(fault)})")
        except Exception as fault:
            return try_this(f"your answer cannot be read ({_in_words(fault)})")

    return safe
