"""Exercises of lesson 14: who loses what, HAAQI's last step, a fair comparison."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from clarity_lab.audio import level_dbfs, peak, set_level
from clarity_lab.exercises.verdicts import Verdict, graded, right, try_this
from clarity_lab.hearing import Audiogram, apply_nalr
from clarity_lab.metrics import haaqi

TOLERANCE = 1e-4

# -- 1. Who misses the treble least? ---------------------------------------------------
solution_least_bothered = "S2"


@graded
def check_least_bothered(attempt: str) -> Verdict:
    """Grade the name of the ear that loses least when music ends at 3 kHz."""
    hints = {
        "HEALTHY": "a healthy ear hears all that was taken away.",
        "N3": "go to the two audiograms of Other ears: at 4 kHz N3 starts to hear at "
        "60 dB HL. Which ear needs more, and has less to miss?",
    }
    if not isinstance(attempt, str):
        return try_this("write one name with its quotes: 'healthy', 'N3' or 'S2'.")
    answer = attempt.strip()
    if answer.upper() == "S2":
        return right(
            "at 3 kHz its threshold is 75, at 4 kHz 95 dB HL: one hardly misses what "
            "one hardly had. "
            "The same sound is spoilt for one ear and whole for another."
        )
    hint = hints.get(answer.upper(), "answer with one name: 'healthy', 'N3' or 'S2'.")
    return try_this(hint)


# -- 2. The last step ------------------------------------------------------------------
def solution_haaqi_score(nonlinear: float, linear: float) -> float:
    """HAAQI from its two terms.

    Example:
        >>> round(solution_haaqi_score(0.5, 1.0), 5)
        0.45525
    """
    score = 0.336 * nonlinear + 0.001 * linear
    return score + 0.501 * nonlinear**2 + 0.161 * linear**2


@graded
def check_haaqi_score(attempt: Callable) -> Verdict:
    """Ask at values that tell the powers, the weights and the two terms apart."""
    answer = attempt(0.5, 0.8)
    score = float(answer)
    hints = {
        0.336 * 0.5 + 0.001 * 0.8 + 0.501 * 0.5 + 0.161 * 0.8: "the last two terms are "
        "squares: nonlinear**2, linear**2.",
        solution_haaqi_score(
            0.8, 0.5
        ): "nonlinear (N) and linear (L) are swapped in your formula.",
        0.336 * 0.5 + 0.001 * 0.8 + 0.501 * 0.8**2 + 0.161 * 0.5**2: "the squares are "
        "swapped: 0.501 belongs to nonlinear**2, 0.161 to linear**2.",
        0.336 * 0.8 + 0.001 * 0.5 + 0.501 * 0.5**2 + 0.161 * 0.8**2: "the first two "
        "terms are swapped: 0.336 belongs to nonlinear, 0.001 to linear.",
        0.336 * 0.5 + 0.001 * 0.8: "that is the first half. Add the two squares.",
        0.501 * 0.5**2 + 0.161 * 0.8**2: "that is the second half. Add the first.",
        0.336 * 0.5
        + 0.001 * 0.8
        + (0.501 * 0.5) ** 2
        + (0.161 * 0.8)
        ** 2: "square the term, not the weight: 0.501 * (nonlinear**2).",
        0.5 * 0.8: "the product is HASQI's way, for speech. HAAQI adds four terms.",
    }
    for slip, hint in hints.items():
        if abs(score - slip) < TOLERANCE:
            return try_this(f"for N = 0.5 and L = 0.8 you got {score:.4f}: {hint}")
    if abs(score - solution_haaqi_score(0.5, 0.8)) > TOLERANCE:
        return try_this(f"for N = 0.5 and L = 0.8 expected 0.3971, got {score:.4f}.")
    lowest = float(attempt(0.0, 1.0))
    if abs(lowest - 0.162) > TOLERANCE:
        return try_this(f"for N = 0 and L = 1 expected 0.162, got {lowest:.4f}.")
    return right(
        "with N = 0 the best spectrum earns 0.162; with L = 0 the cleanest "
        "sound can still earn 0.837. HAAQI cares most about noise and distortion."
    )


# -- 3. The volume knob ----------------------------------------------------------------
def solution_as_loud_as(estimate: NDArray, reference: NDArray) -> NDArray:
    """The estimate at the reference's level.

    Example:
        >>> solution_as_loud_as(np.array([0.1, -0.1]), np.array([0.5, -0.5]))
        array([ 0.5, -0.5])
    """
    return set_level(estimate, level_dbfs=float(level_dbfs(reference)))


@graded
def check_as_loud_as(attempt: Callable) -> Verdict:
    """Ask with a square wave and a click: their RMS and peaks tell mistakes apart."""
    estimate = np.array([0.1, -0.1, 0.1, -0.1])
    reference = np.array([0.8, 0.0, 0.0, 0.0])  # RMS 0.4, four times the estimate's
    answer = attempt(estimate.copy(), reference.copy())
    answer = np.asarray(answer, dtype=float)
    if answer.ndim == 0:
        return try_this(
            f"you gave one number, {float(answer):.3g}. Give back the estimate, times "
            "the factor."
        )
    if answer.shape != estimate.shape:
        return try_this(
            f"expected a sound of shape {estimate.shape}, got {answer.shape}."
        )
    by_hints = {
        1.0: "that is the estimate as it was.",
        peak(reference) / peak(estimate): "that makes the peaks alike. A level is an "
        "RMS.",
        16.0: "that is the ratio of the powers. An RMS is an amplitude: take the root "
        "(from dB: 10 ** (dB / 20), not / 10).",
        0.25: "the other way round: the reference's RMS over the estimate's.",
        2.0: "one root too many: the RMS has its root already.",
    }
    for factor, hint in by_hints.items():
        if np.allclose(answer, factor * estimate):
            return try_this(hint)
    gain_db = float(level_dbfs(reference) - level_dbfs(estimate))
    for slip in (estimate * gain_db, estimate + gain_db):
        if np.allclose(answer, slip):
            return try_this("that is dB, not a factor: times 10 ** (dB / 20).")
    if np.allclose(answer, reference) or np.allclose(answer, reference / 4):
        return try_this("that is the reference. Change the estimate.")
    if not np.allclose(answer, 4 * estimate):
        return try_this(
            f"for {estimate} and {reference} expected {4 * estimate}, got {answer}."
        )
    return right("now a score tells of the sound, not of the volume knob.")


# -- 4. A fair score -------------------------------------------------------------------
def solution_fair_haaqi(
    estimate: NDArray, reference: NDArray, sample_rate: int, ear: Audiogram
) -> float:
    """Level first, then the gain that the ear needs, then the score."""
    level = solution_as_loud_as(estimate, reference)
    aided = apply_nalr(level, sample_rate=sample_rate, audiogram=ear)
    return _haaqi(aided, reference, sample_rate, ear)


def _haaqi(
    estimate: NDArray, reference: NDArray, sample_rate: int, ear: Audiogram
) -> float:
    return haaqi(estimate, reference=reference, sample_rate=sample_rate, audiogram=ear)


def _slips(
    estimate: NDArray, reference: NDArray, sample_rate: int, ear: Audiogram
) -> dict[str, float]:
    """What comes out of the mistakes that are often made, by their hints."""
    asked = {"sample_rate": sample_rate, "audiogram": ear}
    level = solution_as_loud_as(estimate, reference)
    aided = apply_nalr(level, **asked)
    undone = solution_as_loud_as(apply_nalr(estimate, **asked), reference)
    ends = sample_rate, ear
    return {
        "the ear has a loss and got no gain: apply_nalr, on the estimate.": _haaqi(
            level, reference, *ends
        ),
        "the volume knob is still in the score: level first.": _haaqi(
            apply_nalr(estimate, **asked), reference, *ends
        ),
        "neither the level nor the ear's gain is there yet.": _haaqi(
            estimate, reference, *ends
        ),
        "levelling after NAL-R takes its gain away again. Level first.": _haaqi(
            undone, reference, *ends
        ),
        "haaqi amplifies the reference itself: give it as it is.": _haaqi(
            aided, apply_nalr(reference, **asked), *ends
        ),
        "estimate and reference are swapped.": _haaqi(reference, aided, *ends),
        "that is the score of a healthy ear: pass the audiogram on.": _haaqi(
            level, reference, sample_rate, Audiogram((250, 6000), (0, 0))
        ),
    }


@graded
def check_fair_haaqi(attempt: Callable) -> Verdict:
    """Ask with a hiss, made softer and noisier, for an ear with a loss."""
    rate, ear = 24_000, Audiogram((250, 1000, 4000, 6000), (30, 40, 60, 65))
    rng = np.random.default_rng(14)
    beat = 1 + np.sin(2 * np.pi * 5 * np.arange(rate // 2) / rate)
    reference = 0.03 * beat * rng.standard_normal(rate // 2)
    estimate = 0.2 * (reference + 0.01 * rng.standard_normal(rate // 2))
    answer = attempt(estimate.copy(), reference.copy(), rate, ear)
    score = float(answer)
    wanted = solution_fair_haaqi(estimate, reference, rate, ear)
    if abs(score - wanted) < TOLERANCE:
        return right(
            "level, then the ear's gain, then the score. Another order answers another "
            "question."
        )
    for hint, slip in _slips(estimate, reference, rate, ear).items():
        if abs(score - slip) < TOLERANCE:
            return try_this(f"expected {wanted:.3f}, got {score:.3f}: {hint}")
    return try_this(
        f"expected {wanted:.3f}, got {score:.3f}. Steps: level, NAL-R, haaqi."
    )
