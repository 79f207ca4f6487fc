"""Exercises of lesson 13: calibration, correlation, better ear, fit, disjointness."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.exercises.verdicts import Verdict, graded, right, try_this


# -- 1. Speech at 65 dB SPL ------------------------------------------------------------
def solution_haspi_level(samples: ArrayLike, level_db_spl: float) -> float:
    """The calibration with which a sound plays at a given level.

    Example:
        An RMS of 1/10 lies 20 dB below an RMS of 1:

        >>> float(solution_haspi_level([0.1, -0.1], 65.0))
        85.0
    """
    return level_db_spl - 10 * np.log10(np.mean(np.square(samples)))


@graded
def check_haspi_level(attempt: Callable) -> Verdict:
    """Ask for a sound of RMS 0.02 and peak 0.04."""
    sound = np.array([0.0, 0.04, 0.0, 0.0])  # RMS 0.02, -33.98 dB
    answer = _number(attempt(sound, 65.0))
    hints = {
        65.0: "that plays an RMS of 1 at 65 dB SPL, and this sound 34 dB below: the "
        "trap of issue 428. Take the level of the sound into account.",
        31.02: "the sign: a softer recording needs a higher calibration.",
        92.96: "that is from the peak; level is counted from the RMS.",
        81.99: "10 log10 is for powers; an RMS is an amplitude.",
        111.02: "RMS: square, mean, root; you took the plain mean.",
        143.24: "decibels have log10, not the natural log.",
        -33.98: "that is the level of the sound re an RMS of 1. Where are the 65?",
    }
    for slip, hint in hints.items():
        if abs(answer - slip) < 0.01:
            return try_this(hint)
    if abs(answer - 98.98) > 0.01:
        return try_this(
            f"expected 98.98 for an RMS of 0.02 at 65 dB SPL, got {answer:.2f}."
        )
    if abs(_number(attempt(sound, 75.0)) - 108.98) > 0.01:
        return try_this("for 75 dB SPL it must be 10 dB more: use level_db_spl.")
    return right("65 - 20 log10(RMS): what the maintainers answer in issue 428.")


# -- 2. The correlation of two envelopes -----------------------------------------------
def solution_correlation(x: ArrayLike, y: ArrayLike) -> float:
    """Size of the normalised correlation, the means removed.

    Example:
        >>> round(solution_correlation([1.0, 2.0, 3.0], [30.0, 20.0, 10.0]), 6)
        1.0
    """
    x, y = np.asarray(x) - np.mean(x), np.asarray(y) - np.mean(y)
    return float(abs(x @ y) / np.sqrt((x @ x) * (y @ y)))


@graded
def check_correlation(attempt: Callable) -> Verdict:
    """Ask with an offset, a scale, a sign, and for two that have nothing in common."""
    x, y = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, -1.0, -1.0, 1.0])
    lifted = _number(attempt(x, 3.0 * x + 50.0))
    if abs(lifted - 0.9233) < 0.001:
        return try_this("3 x + 50 goes with x entirely: remove both means first.")
    if abs(lifted - 1.0) > 1e-9:
        return try_this(
            f"3 x + 50 rises and falls with x, so expected 1, got {lifted:.3f}. "
            "Divide by the root of both energies, after the means are removed."
        )
    falling = _number(attempt(x, -x))
    if abs(falling + 1) < 1e-9:
        return try_this("HASPI takes the size: a mirrored envelope gives 1, not -1.")
    if abs(falling - 1) > 1e-9:
        return try_this(f"for x and -x expected 1, got {falling:.3f}.")
    if abs(_number(attempt(x, y))) > 1e-9:
        return try_this("a rise and a rise-after-fall share nothing: expected 0.")
    return right("blind to scale, offset and sign: it hears only the shape.")


# -- 3. The better ear, then the average -----------------------------------------------
def solution_mean_better_ear(scores: ArrayLike) -> float:
    """Mean over the sentences of the better ear's score.

    Example:
        Once the left ear hears, once the right:

        >>> float(solution_mean_better_ear([[1.0, 0.0], [0.0, 1.0]]))
        1.0
    """
    return np.mean(np.max(scores, axis=-1))


@graded
def check_mean_better_ear(attempt: Callable) -> Verdict:
    """Three sentences; another ear is better each time."""
    scores = np.array([[0.9, 0.1], [0.2, 0.6], [0.3, 0.3]])
    answer = attempt(scores.copy())
    if np.ndim(answer) != 0:
        return try_this(
            f"expected one number, got shape {np.shape(answer)}: average the sentences."
        )
    hints = {
        0.4: "that is the mean over both ears: a listener turns to the better one.",
        0.466667: "that is the better of the two means. Choose anew for each sentence.",
        0.9: "that is the best of all. Take the maximum of each row (axis=-1).",
        0.75: "that is the maximum of each column: ears stand in the last axis.",
        1.8: "that is the sum over the sentences.",
        0.2: "that is the worse ear.",
    }
    for slip, hint in hints.items():
        if abs(answer - slip) < 1e-5:
            return try_this(hint)
    if abs(answer - 0.6) > 1e-9:
        return try_this(f"expected 0.6, got {answer:.3f}: first max, then mean.")
    return right("first the better ear of each sentence, then the mean.")


# -- 4. From HASPI to words ------------------------------------------------------------
def solution_words_percent(haspi: ArrayLike, midpoint: float, slope: float) -> NDArray:
    """Words understood, from the fitted curve.

    Example:
        >>> float(solution_words_percent(0.36, 0.36, 4.5))
        50.0
    """
    return 100 / (1 + np.exp(-slope * (np.asarray(haspi) - midpoint)))


@graded
def check_words_percent(attempt: Callable) -> Verdict:
    """Ask at the midpoint, above it, and for many scores."""
    half, above = _number(attempt(0.36, 0.36, 4.5)), _number(attempt(0.86, 0.36, 4.5))
    if abs(half - 0.5) < 1e-9:
        return try_this("that is a share. In percent it is 100 times as much.")
    if abs(half - 50) > 1e-9:
        return try_this(
            f"at the midpoint half of the words are understood: 50, got {half:.2f}. "
            "Brackets: slope * (haspi - midpoint)."
        )
    if abs(above - 9.535) < 0.01:
        return try_this("more HASPI must mean more words: the exponent has a minus.")
    if abs(above - 90.465) > 0.01:
        return try_this(
            "expected 90.5 % at HASPI 0.86 with midpoint 0.36 and slope 4.5, "
            f"got {above:.2f}."
        )
    many = attempt(np.array([0.36, 0.86]), 0.36, 4.5)
    if not np.allclose(many, [50, 90.465], atol=0.01):
        return try_this("one score works, many do not: use np.exp, not math.exp.")
    return right("a HASPI of 0.86 means 90 % of the words, for these listeners.")


# -- 5. Which responses may one learn from ---------------------------------------------
def solution_may_train(
    system: NDArray, listener: NDArray, asked_system: str, asked_listener: str
) -> NDArray:
    """True where neither the system nor the listener is the asked one.

    Example:
        >>> system, listener = np.array(["A", "A", "B"]), np.array(["1", "2", "2"])
        >>> solution_may_train(system, listener, "A", "1")
        array([False, False,  True])
    """
    return (system != asked_system) & (listener != asked_listener)


@graded
def check_may_train(attempt: Callable) -> Verdict:
    """Two systems and two listeners, all four pairs."""
    system, listener = np.array(["A", "A", "B", "B"]), np.array(["1", "2", "1", "2"])
    answer = np.asarray(attempt(system, listener, "A", "1"))
    if answer.shape != (4,):
        return try_this(f"expected one True or False per response, got {answer!r}.")
    found = "".join("ny"[bool(one)] for one in answer)
    hints = {
        "nyyy": "that leaves out the asked pair alone: the same listener has taught "
        "you with another system. Neither may be shared: &, not |.",
        "nnyy": "the listener is still shared.",
        "nyny": "the system is still shared.",
        "ynnn": "that is the asked response itself, what one may not learn from.",
        "yyyn": "turned round: True where one may learn.",
        "yyyy": "with all responses you test on what you learnt.",
    }
    if found in hints:
        return try_this(hints[found])
    if found != "nnny":
        return try_this("of A1, A2, B1, B2 only B2 shares nothing with A1.")
    other = "".join("ny"[bool(x)] for x in attempt(system, listener, "B", "1"))
    if other != "nynn":
        return try_this("for B and 1 only A2 is left: use the asked names.")
    return right("only B2 shares nothing with A1: a quarter of the data is left.")


def _number(answer: ArrayLike) -> float:
    if answer is None:
        raise ValueError("your function gives nothing back: is there a return?")
    return float(np.asarray(answer).item())
