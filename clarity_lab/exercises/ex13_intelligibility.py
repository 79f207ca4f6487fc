"""Exercises of lesson 13: calibration, correlation, better ear, fit, disjointness."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.exercises.cases import grade_cases
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
    """Ask for a sound of RMS 0.02 and peak 0.04, and for one ten times as strong."""
    sound = np.array([0.0, 0.04, 0.0, 0.0])  # RMS 0.02, -33.98 dB
    return grade_cases(
        attempt,
        [
            ("an RMS of 0.02 at 65 dB SPL", (sound, 65.0), 98.98),
            ("an RMS of 0.02 at 75 dB SPL", (sound, 75.0), 108.98),
            ("an RMS of 0.2 at 70 dB SPL", (10 * sound, 70.0), 83.98),
        ],
        slips={
            65.0: "that plays an RMS of 1 at 65 dB SPL, and this sound 34 dB below: "
            "the trap of issue 428. Take the level of the sound into account.",
            31.02: "the sign: a softer recording needs a higher calibration.",
            92.96: "that is from the peak; level is counted from the RMS.",
            81.99: "10 log10 is for powers; an RMS is an amplitude.",
            105.0: "RMS: square, mean, root; you took the plain mean.",
            132.96: "RMS: square, mean, root; the root is missing.",
            104.0: "is 34 written into your function? It belongs to *one* sound.",
            143.24: "decibels have log10, not the natural log.",
            -33.98: "that is the level of the sound re an RMS of 1. Where are the 65?",
            98.98: "it must be 10 dB more than for 65 dB SPL: use level_db_spl.",
        },
        shows="65 - 20 log10(RMS): what the maintainers answer in issue 428.",
        unit="dB SPL",
    )


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
    half = _number(attempt(np.array([1.0, -1.0, 0.0]), np.array([1.0, 0.0, -1.0])))
    if abs(half - 0.25) < 1e-9:
        return try_this("that is r squared: divide by the *root* of both energies.")
    if abs(half - 0.5) > 1e-9:
        return try_this(f"for (1, -1, 0) and (1, 0, -1) expected 0.5, got {half:.3f}.")
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
    scores = np.array([[0.1, 0.9], [0.6, 0.2], [0.3, 0.3]])
    return grade_cases(
        attempt,
        [("[[0.1, 0.9], [0.6, 0.2], [0.3, 0.3]]", (scores,), 0.6)],
        slips={
            0.4: "that is the mean over both ears: a listener turns to the better one.",
            0.4667: "that is the better of the two means. Choose anew for each "
            "sentence.",
            0.3333: "that is the left ear alone.",
            0.9: "that is the best of all. Take the maximum of each row (axis=-1).",
            0.75: "that is the maximum of each column: ears stand in the last axis.",
            1.8: "that is the sum over the sentences.",
            0.2: "that is the worse ear.",
        },
        shows="first the better ear of each sentence, then the mean.",
        unit="",
        tolerance=1e-4,
    )


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
            f"{_off_the_midpoint(half)}"
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


def _off_the_midpoint(half: float) -> str:
    if abs(half - 18.39) < 0.01:
        return "midpoint and slope have changed places."
    return "Brackets: slope * (haspi - midpoint)."


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
    return float(np.asarray(answer).item())
