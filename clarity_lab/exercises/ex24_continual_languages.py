"""Exercises of lesson 24: forgetting, Fisher information, springs, rehearsal, LwF."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from clarity_lab.exercises.cases import grade_cases
from clarity_lab.exercises.verdicts import Verdict, graded, right, try_this

WERS = np.array([[0.02, np.nan, np.nan], [0.40, 0.04, np.nan], [0.60, 0.50, 0.10]])
SLOPES = np.array([[1.0, 2.0], [-1.0, 4.0], [3.0, 0.0]])


# -- 1. How much was forgotten? --------------------------------------------------------
def solution_backward_transfer(wers: NDArray) -> float:
    """Mean over the old languages: error when it was new, less error at the end.

    Example:
        >>> round(solution_backward_transfer(WERS), 2)
        -0.52
    """
    return float(np.mean(np.diag(wers)[:-1] - wers[-1, :-1]))


@graded
def check_backward_transfer(attempt: Callable) -> Verdict:
    """A table of three languages, and one in which nothing is forgotten."""
    cases = [
        ("the table of three languages", (WERS,), -0.52),
        ("one in which nothing was forgotten", (np.tile([0.1, 0.3, 0.2], (3, 1)),), 0),
    ]
    slips = {
        0.52: "the sign is turned: forgetting is negative.",
        -1.04: "that is the sum over the old languages. Take their mean.",
        -1.04 / 3: "you divide by all languages; the last has had no time to be "
        "forgotten. How many are old?",
        -0.38: "that is after the second language. Ask after the last: wers[-1].",
        -0.45: "that is the mean over both stages: only after the last language.",
        -0.58: "that is the first language alone. Take the mean over all that are old.",
        -0.55: "that is how the old are now. How were they when they were new? "
        "np.diag(wers).",
        0.55: "that is how the old are now. How were they when they were new? "
        "np.diag(wers).",
        0.03: "that is how well the old were learnt when they were new. How are they "
        "now? wers[-1].",
        0.40: "that is the mean error of the whole last row. Compare each with what "
        "it was when it was new: np.diag(wers).",
    }
    if np.any(np.isnan(attempt(WERS.copy()))):
        return try_this(
            "you got nan: above the diagonal of the table the languages are not learnt "
            "yet. When was each new? np.diag(wers)."
        )
    return grade_cases(
        attempt,
        cases,
        slips=slips,
        shows="-0.52: of 100 words 52 more are wrong than when they were new.",
        unit="",
        tolerance=0.005,
        several="one number, after the last language: take the mean?",
    )


# -- 2. Which weights matter? ----------------------------------------------------------
def solution_fisher(slopes: NDArray) -> NDArray:
    """Mean over the rows of the squared gradient, one number a weight.

    Args:
        slopes: Gradients of log p, shape (rows, weights).

    Example:
        >>> solution_fisher(np.array([[1.0, 2.0], [-1.0, 4.0]]))
        array([ 1., 10.])
    """
    return np.mean(slopes**2, axis=0)


@graded
def check_fisher(attempt: Callable) -> Verdict:
    """Gradients of three rows for two weights."""
    answer = np.asarray(attempt(SLOPES.copy()), dtype=float)
    if answer.shape != (2,):
        return try_this(
            f"expected one number a weight, shape (2,), got {answer.shape}: the mean "
            "goes over the rows, axis=0."
        )
    slips = [
        (np.mean(SLOPES, 0) ** 2, "first square, then take the mean: the gradients "
         "1 and -1 do not mean that a weight does not matter."),
        (np.mean(np.abs(SLOPES), 0), "squares, not absolute values."),
        (np.sum(SLOPES**2, 0), "that is the sum: over how many rows?"),
        (np.sqrt(np.mean(SLOPES**2, 0)), "no root: the Fisher information is the mean "
         "square itself."),
        (np.var(SLOPES, 0), "the variance takes the mean away first. Do not."),
    ]  # fmt: skip
    for slip, hint in slips:
        if np.allclose(answer, slip):
            return try_this(hint)
    if not np.allclose(answer, solution_fisher(SLOPES)):
        return try_this(
            "for the gradients 1, -1, 3 of the first weight expected 11/3 = 3.67, got "
            f"{answer[0]:.2f}."
        )
    return right("weights whose gradient is large, up or down, are the ones to hold.")


# -- 3. A spring at each weight --------------------------------------------------------
def solution_spring_energy(
    theta: NDArray, anchor: NDArray, fisher: NDArray, strength: float
) -> float:
    """Half the strength times the sum of Fisher times squared way.

    Example:
        >>> one = np.ones(1)
        >>> solution_spring_energy(3 * one, anchor=one, fisher=one, strength=0.5)
        1.0
    """
    return float(strength / 2 * np.sum(fisher * (theta - anchor) ** 2))


@graded
def check_spring_energy(attempt: Callable) -> Verdict:
    """Two weights that have moved, then two that have not."""
    theta, anchor = np.array([1.0, 4.0]), np.array([3.0, 1.0])
    fisher = np.array([0.5, 2.0])
    cases = [
        ("two weights that moved by -2 and 3", (theta, anchor, fisher, 3.0), 30.0),
        ("two weights that have not moved", (anchor, anchor, fisher, 3.0), 0.0),
    ]
    slips = {
        60.0: "the half is missing.",
        10.0: "where is the strength?",
        20.0: "where are the strength and the half?",
        19.5: "each squared way counts times its Fisher information.",
        7.5: "square the ways: now a way back makes up for a way forth.",
        15.0: "that is the mean over the weights: add them up.",
        55.5: "square the ways alone, not the Fisher information with them.",
        37.5: "square each way, then add: a way back would make up for a way forth.",
        48.75: "a spring is at rest at its anchor, not at 0: take theta - anchor.",
    }
    return grade_cases(
        attempt,
        cases,
        slips=slips,
        shows="0.5 · 3 · (0.5 · 4 + 2 · 9): the stiff spring holds most of it.",
        unit="",
        several="add the energies of all springs.",
    )


# -- 4. What to keep -------------------------------------------------------------------
def solution_rehearsal(rows: Sequence, share: float, rng: np.random.Generator) -> list:
    """A share of the rows, chosen by chance, none twice.

    Example:
        >>> len(set(solution_rehearsal(range(40), 0.1, np.random.default_rng(0))))
        4
    """
    chosen = rng.choice(len(rows), round(share * len(rows)), replace=False)
    return [rows[k] for k in chosen]


@graded
def check_rehearsal(attempt: Callable) -> Verdict:
    """Ask for ten of a hundred rows, then for sixty, then with another chance."""
    rows = [f"row {k}" for k in range(100)]
    few, many, other = (
        [str(row) for row in attempt(list(rows), share, np.random.default_rng(seed))]
        for share, seed in ((0.1, 1), (0.6, 1), (0.6, 2))
    )
    for kept, wanted in ((few, 10), (many, 60)):
        if not set(kept) <= set(rows):
            return try_this(
                f"expected some of the rows that were given, got {kept[:1]}: give the "
                "rows themselves, not their numbers."
            )
        if len(kept) != wanted:
            return try_this(f"expected {wanted} of 100 rows, got {len(kept)}.")
        if len(set(kept)) < len(kept):
            return try_this(
                "a row was kept twice, another not at all: rng.choice has "
                "replace=False."
            )
    if set(many) == set(other):
        return try_this(
            "whatever the generator, the same rows are kept. What comes first may be "
            "all of one voice: choose by rng."
        )
    return right("ten rows of a hundred are cheap to keep, if one may keep them.")


# -- 5. What the old network says ------------------------------------------------------
def solution_distillation(old: NDArray, new: NDArray, temperature: float) -> float:
    """Kullback-Leibler divergence of two softened distributions.

    Example:
        >>> same = np.array([0.25, 0.75])
        >>> solution_distillation(same, same, 2.0)
        0.0
    """
    soft_old, soft_new = (p ** (1 / temperature) for p in (old, new))
    soft_old, soft_new = soft_old / soft_old.sum(), soft_new / soft_new.sum()
    return float(np.sum(soft_old * np.log(soft_old / soft_new)))


@graded
def check_distillation(attempt: Callable) -> Verdict:
    """Two distributions over two tokens, then equal ones."""
    old, new = np.array([0.96, 0.04]), np.array([0.5, 0.5])
    solve, warm = solution_distillation, 2.0
    soft, even = np.sqrt(old) / np.sqrt(old).sum(), new
    cases = [
        (
            "old (0.96, 0.04), new (0.5, 0.5)",
            (old, new, warm),
            solve(old, new, warm),
        ),
        ("equal ones", (old, old, warm), 0.0),
    ]
    cross = -float(np.sum(soft * np.log(even)))
    unscaled = float(np.sum(np.sqrt(old) * np.log(np.sqrt(old) / np.sqrt(new))))
    slips = {
        solve(old, new, 1.0): "that is without a temperature: take both to the power "
        "1 / temperature first.",
        solve(new, old, warm): "old and new have changed places: the old network is "
        "the teacher, its probabilities are the weights of the sum.",
        cross: "that is the cross entropy, which is above 0 even for equal outputs. "
        "Take the teacher's own entropy away.",
        unscaled: "after the power the probabilities no longer sum to 1: divide each "
        "by its sum.",
        solve(old, new, 0.5): "to the power 1 / temperature, not to the power of it.",
        -solve(old, new, warm): "the sign is turned: log(old / new).",
        solve(old, new, warm) / 2: "that is the mean over the tokens: add them up.",
        solve(old, new, warm) * 4: "that is temperature² times it, as others have it. "
        "Here it is without.",
        solve(old, new, warm) / np.log(2): "that is in bits: take np.log.",
        solve(*np.exp([old, new]), warm): "they are probabilities already: no softmax.",
    }
    return grade_cases(
        attempt,
        cases,
        slips=slips,
        shows="nothing if nothing has changed; softened, the small ones count, too.",
        unit="",
        tolerance=0.002,
        several="sum over the tokens.",
    )
