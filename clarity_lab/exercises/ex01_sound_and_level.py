"""Exercises of lesson 01: crest factor, one common gain, adding levels, calibration."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from clarity_lab.audio import level_dbfs, peak, rms
from clarity_lab.exercises.cases import grade_cases
from clarity_lab.exercises.verdicts import Verdict, graded
from clarity_lab.units import amplitude_to_db, db_to_power, power_to_db

NATURAL_LOG = "np.log is the natural logarithm. Decibels take np.log10."
RMS_IS_NO_LEVEL = (
    "the RMS is an amplitude, the calibrator's level is in dB: bring the RMS to dB "
    "(level_dbfs), then subtract."
)


@graded
def check_crest_factor_db(attempt: Callable) -> Verdict:
    """Grade `crest_factor_db(samples)`: how far the peak stands above the RMS."""
    click = np.array([0.0, 0.0, 0.0, -1.0])
    square = np.array([0.5, -0.5, 0.5, -0.5])
    return grade_cases(
        attempt,
        [("[0, 0, 0, -1]", (click,), 6.02), ("a square wave", (square,), 0.0)],
        slips={
            2.0: "that is the ratio of peak to RMS. Now say it in dB.",
            3.01: "peak and RMS are amplitudes: 20 log10, not 10 log10.",
            13.86: NATURAL_LOG,
            -6.02: "the sign: the peak stands above the RMS.",
            7.02: "the peak is an amplitude, the level is in dB: bring the peak to dB "
            "before you subtract.",
            0.5: "that is the difference of two amplitudes. Decibels count ratios.",
            -np.inf: "the peak is the largest distance from zero: abs() first.",
            1.0: "that is the peak alone. Compare it with the RMS, in dB.",
            0.0: "that is the peak alone, in dB. By how much is it above the RMS?",
        },
        shows="a click towers over its RMS by 6 dB here, a square wave not at all.",
    )


@graded
def check_common_gain_db(attempt: Callable) -> Verdict:
    """Grade `common_gain_db(first, second)`: the most gain both can take."""
    quiet, loud = np.array([0.05, -0.1]), np.array([0.5, -0.25])
    hot = np.array([0.2, -2.0])
    return grade_cases(
        attempt,
        [
            ("peaks 0.1 and 0.5", (quiet, loud), 6.02),
            ("peaks 0.5 and 0.1", (loud, quiet), 6.02),
            ("peaks 0.1 and 2.0", (quiet, hot), -6.02),
        ],
        slips={
            20.0: "that is what the quiet sound can take: the loud one would clip.",
            -6.02: "the sign: 1.0 over the peak, not the peak over 1.0.",
            13.98: "the peak is the largest distance from zero: abs() first.",
            13.86: NATURAL_LOG,
            2.0: "that is the factor. Now say it in dB.",
            3.01: "a gain acts on amplitudes: 20 log10, not 10 log10.",
        },
        shows="the loudest peak decides for all. What is above full scale comes down.",
    )


@graded
def check_combined_level_db(attempt: Callable) -> Verdict:
    """Grade `combined_level_db(levels_db)`: independent sounds heard together."""
    return grade_cases(
        attempt,
        [
            ("60 and 60 dB", (np.array([60.0, 60.0]),), 63.01),
            ("70 and 60 dB", (np.array([70.0, 60.0]),), 70.41),
            ("ten times 50 dB", (np.full(10, 50.0),), 60.0),
        ],
        slips={
            120.0: "decibels do not add, powers do: dB to power, sum, back to dB.",
            60.0: "that is one of them, or their mean. Two are more than one.",
            145.09: NATURAL_LOG,
            73.01: "3 dB more than the loudest is right for two equal ones only. Add "
            "the powers, 10 ** (dB / 10), and go back to dB.",
            2e6: "that is the sum of the powers. Now back to dB: 10 log10.",
            6.3: "that is in bel. A decibel is a tenth: 10 log10.",
            66.02: "that adds amplitudes: right for two copies of one sound. "
            "Independent sounds add their powers: 10 ** (dB / 10).",
        },
        shows="two equal talkers: 3 dB more. Ten of them: 10 dB. A sound 10 dB weaker "
        "adds only 0.4 dB.",
    )


@graded
def check_rms_one_db_spl(attempt: Callable) -> Verdict:
    """Grade `rms_one_db_spl(recording, calibrator_db_spl)`: the calibration word."""
    square = np.tile([0.1, -0.1], 500)  # -20 dBFS, at any sample rate
    sine = 0.1 * np.sin(2 * np.pi * np.arange(1000) / 20)  # -23.01 dBFS
    return grade_cases(
        attempt,
        [
            ("RMS 0.1 at 94 dB SPL", (square, 94.0), 114.0),
            ("a sine, peak 0.1, at 94 dB SPL", (sine, 94.0), 117.01),
            ("RMS 0.5 at 114 dB SPL", (5 * square, 114.0), 120.02),
        ],
        slips={
            74.0: "the sign: an RMS of 1 is louder than this recording.",
            -114.0: "the sign: the calibrator's level minus the recording's.",
            104.0: "an RMS is an amplitude: 20 log10, not 10 log10.",
            140.05: NATURAL_LOG,
            940.0: RMS_IS_NO_LEVEL,
            93.9: RMS_IS_NO_LEVEL,
            -4.7: "levels are not divided: a ratio of sounds is their difference.",
            -20.0: "that is the level of the recording in dBFS. The word is the SPL "
            "that 0 dBFS would have.",
            100.02: "is 94 written into your function? Take calibrator_db_spl.",
            114.0: "a sine's peak is not its RMS: measure the RMS.",
            94.0: "that is the calibrator's level. Which SPL has a signal of RMS 1?",
        },
        shows="now every level in dBFS of this microphone is a level in dB SPL.",
    )


@graded
def check_snr_db(attempt: Callable) -> Verdict:
    """Grade `snr_db(together_db, noise_db)`: speech cannot be recorded alone."""
    return grade_cases(
        attempt,
        [
            ("63.01 dB together, 60 dB noise", (63.0103, 60.0), 0.0),
            ("70 dB together, 60 dB noise", (70.0, 60.0), 9.54),
            ("61 dB together, 60 dB noise", (61.0, 60.0), -5.87),
        ],
        slips={
            3.01: "that is together over noise. Take the noise out of the sum first, "
            "as powers.",
            -7.66: "powers, not amplitudes: 10 ** (dB / 10).",
            60.0: "that is the level of the speech. How far is it above the noise?",
            63.01: "that is the level together once more. Brackets: the division comes "
            "after the difference, (together - noise) / noise, in powers.",
            1.0: "that is the ratio of the powers. Now say it in dB: 10 log10.",
            21.97: NATURAL_LOG,
        },
        shows="3 dB more than the noise alone means an SNR of 0 dB, not of 3.",
    )


def solution_crest_factor_db(samples: ArrayLike) -> float:
    """Peak over RMS, in dB.

    Example:
        >>> round(float(solution_crest_factor_db([0.0, 0.0, 0.0, -1.0])), 2)
        6.02
    """
    return amplitude_to_db(peak(samples) / rms(samples))


def solution_common_gain_db(first: ArrayLike, second: ArrayLike) -> float:
    """The gain that lifts the larger of two peaks to full scale.

    Example:
        >>> round(float(solution_common_gain_db([0.1], [0.5])), 2)
        6.02
    """
    return -amplitude_to_db(np.maximum(peak(first), peak(second)))


def solution_combined_level_db(levels_db: ArrayLike) -> float:
    """Level of independent sounds together: their powers add.

    Example:
        >>> round(float(solution_combined_level_db([60.0, 60.0])), 2)
        63.01
    """
    return power_to_db(np.sum(db_to_power(levels_db)))


def solution_rms_one_db_spl(recording: ArrayLike, calibrator_db_spl: float) -> float:
    """The SPL that a signal of RMS 1 has, from a recorded tone of known SPL.

    Example:
        >>> float(solution_rms_one_db_spl([0.1, -0.1], 94.0))
        114.0
    """
    return calibrator_db_spl - level_dbfs(recording)


def solution_snr_db(together_db: float, noise_db: float) -> float:
    """SNR from the level with speech and the level without.

    Example:
        >>> round(float(solution_snr_db(63.0103, 60.0)), 2) + 0.0
        0.0
    """
    speech_power = db_to_power(together_db) - db_to_power(noise_db)
    return power_to_db(speech_power / db_to_power(noise_db))
