"""Exercises of lesson 00_start_here."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from clarity_lab.exercises.verdicts import Verdict, graded, right, try_this
from clarity_lab.units import amplitude_to_db

solution_n_samples = 2 * 16_000
solution_fall_db = float(amplitude_to_db(2.0))


@graded
def check_n_samples(attempt: int) -> Verdict:
    """Check the number of samples in two seconds at 16 000 Hz."""
    if attempt == solution_n_samples:
        return right("32 000: seconds times numbers per second.")
    if isinstance(attempt, str):
        return try_this("that is text: write the number without quotation marks.")
    if attempt == 16_000:
        return try_this("that is one second.")
    if attempt == 8_000:
        return try_this("you divided: twice the time needs more numbers, not fewer.")
    return try_this(f"16 000 each second, for two seconds; you say {attempt!r}.")


@graded
def check_halve(attempt: Callable[[NDArray], NDArray]) -> Verdict:
    """Check a function that halves the amplitude of a sound."""
    samples = np.array([0.5, -0.25, 0.0, 1.0])
    before = samples.copy()
    answer = attempt(samples)
    if not np.array_equal(samples, before):
        return try_this("you changed the sound you were given: return a new one.")
    if np.shape(answer) == (2,):
        return try_this("that is half the sound: keep all samples, halve each number.")
    if np.allclose(answer, samples / 2):
        return right("half the amplitude; exercise 3 asks how many decibels that is.")
    return try_this(f"for [0.5, -0.25, 0, 1] you return {np.asarray(answer)}.")


def solution_halve(samples: NDArray) -> NDArray:
    """Return the sound with half the amplitude."""
    return 0.5 * samples


@graded
def check_fall_db(attempt: float) -> Verdict:
    """Check by how many decibels the level falls at half the amplitude."""
    answer = float(attempt)
    if abs(answer - solution_fall_db) < 0.05:
        return right("6.02 dB: a factor of two in amplitude, at any volume.")
    if abs(answer + solution_fall_db) < 0.05:
        return try_this("the size is right; a fall *by* so much is a positive number.")
    if abs(answer - solution_fall_db / 2) < 0.05:
        return try_this("3 dB is half the power; half the amplitude is a quarter.")
    return try_this(f"measure it with level_dbfs; you say {answer:g} dB.")
