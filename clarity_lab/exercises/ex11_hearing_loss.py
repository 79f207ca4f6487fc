"""Exercises of lesson 11: pure-tone average, octaves, recruitment, calibration."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from clarity_lab.audio import level_dbfs
from clarity_lab.exercises.cases import grade_cases
from clarity_lab.exercises.verdicts import Verdict, graded

HZ = np.array([250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0])
OUTER_HZ = np.array([500.0, 2000.0])
OUTER_DB_HL = np.array([20.0, 60.0])


@graded
def check_pure_tone_average(attempt: Callable) -> Verdict:
    """Grade `pure_tone_average(frequencies_hz, thresholds_db_hl)`."""
    sloping = np.array([10.0, 20.0, 30.0, 40.0, 50.0, 80.0])
    notched = np.array([0.0, 0.0, 0.0, 60.0])
    return grade_cases(
        attempt,
        [
            ("10, 20, 30, 40, 50, 80 dB HL", (HZ, sloping), 35.0),
            ("an audiogram that has the four only", (HZ[1:5], notched), 15.0),
        ],
        slips={
            38.33: "that is the mean of all six. Take 500, 1000, 2000 and 4000 Hz.",
            140.0: "that is the sum of the four. Now the mean.",
            23.33: "the two that do not count are zeros in your mean: choose the four "
            "first, thresholds_db_hl[counted], then take the mean.",
            0.67: "that is the mean of np.isin: how many count. Use it to choose from "
            "thresholds_db_hl, then take the mean.",
            50.0: "those are the last four. Take 500, 1000, 2000 and 4000 Hz.",
            25.0: "those are the first four. Take 500, 1000, 2000 and 4000 Hz.",
            30.0: "those are three frequencies. 4000 Hz counts too.",
            56.67: "that is what the simulation grades, 2 kHz and above. The average "
            "takes 500, 1000, 2000 and 4000 Hz.",
            0.0: "go by the frequencies, not by the places: here 500 Hz comes first. "
            "And take the mean, not the median.",
            20.0: "go by the frequencies, not by the places: here 500 Hz comes first.",
        },
        shows="one number for an ear. It says nothing about the slope: 15 dB HL can "
        "hide a loss of 60 at 4 kHz.",
    )


@graded
def check_threshold_between(attempt: Callable) -> Verdict:
    """Grade `threshold_between(frequency_hz, frequencies_hz, thresholds_db_hl)`."""
    upper = np.array([2000.0, 4000.0]), np.array([40.0, 60.0])
    return grade_cases(
        attempt,
        [
            ("1000 Hz", (1000.0, OUTER_HZ, OUTER_DB_HL), 40.0),
            ("3000 Hz", (3000.0, *upper), 51.70),
            ("250 Hz, below all", (250.0, OUTER_HZ, OUTER_DB_HL), 20.0),
        ],
        slips={
            33.33: "that is linear in Hz. From 500 to 1000 Hz is one octave, from 1000 "
            "to 2000 another: take the log of all frequencies first.",
            20.0: "that is the value at the left end: did you take log2 of *both*, "
            "the frequency asked and the measured ones? (Nor is it the nearest one.)",
            60.0: "that is the value at the right end: did you take log2 of *both*, "
            "the frequency asked and the measured ones? (Nor is it the nearest one.)",
            0.0: "outside the measured frequencies hold the end: no line goes on.",
            50.0: "right for 1000 Hz, but 3000 Hz is not in the middle between 2000 "
            "and 4000: count in octaves, log2.",
        },
        shows="the line you drew with the eye on the octave axis.",
    )


@graded
def check_attenuation_db(attempt: Callable) -> Verdict:
    """Grade `attenuation_db(level_db_spl, threshold_db_hl)`: what recruitment takes."""
    return grade_cases(
        attempt,
        [
            ("65 dB SPL, threshold 40", (65.0, 40.0), 24.62),
            ("60 dB SPL, threshold 60", (60.0, 60.0), 60.0),
            ("105 dB SPL, threshold 60", (105.0, 60.0), 0.0),
            ("110 dB SPL, threshold 60", (110.0, 60.0), 0.0),
        ],
        slips={
            40.38: "that is the level that is heard. By how much is it below 65?",
            40.0: "that is the threshold: right for a tone at threshold, too much for "
            "a louder one.",
            -24.62: "the sign: how many dB are lost? A loss is positive.",
            1.62: "that is r. The attenuation is (r - 1) times the way to 105 dB.",
            64.62: "that is r times the way to 105 dB: the normal way is still in it. "
            "Take r - 1.",
            0.62: "that is r - 1. Times what?",
            25.0: "that is the level above threshold, 65 - 40. Ask how far it is from "
            "105 dB SPL.",
            15.24: "r is 105 / (105 - threshold), above 1: yours looks turned over.",
            -15.24: "r is 105 / (105 - threshold), above 1: yours looks turned over.",
            0.0: "at 65 dB SPL a lot is lost. min keeps the smaller number: you want "
            "max(0, ...).",
            -6.67: "above 105 dB SPL an ear with recruitment hears as a normal one: "
            "nothing is added. max(0, ...)",
        },
        shows="at threshold all of it is lost, at 105 dB SPL nothing.",
    )


@graded
def check_calibration_db_spl(attempt: Callable) -> Verdict:
    """Grade `calibration_db_spl(samples, level_db_spl)`: rms_one_db_spl for a level."""
    clicks = np.array([0.2, 0.0, 0.0, 0.0, 0.2, 0.0, 0.0, 0.0])  # RMS 0.1
    hum = np.array([0.01, -0.01, 0.01, -0.01])
    return grade_cases(
        attempt,
        [
            ("RMS 0.1 to be heard at 65 dB SPL", (clicks, 65.0), 85.0),
            ("RMS 0.01 to be heard at 40 dB SPL", (hum, 40.0), 80.0),
        ],
        slips={
            45.0: "the sign: an RMS of 1 is louder than this sound.",
            -85.0: "the other way round: the level wanted minus the level in dBFS.",
            92.0: "that fits the lesson's speech at -27 dBFS. Measure this sound.",
            75.97: "that is the root of the sum of the squares. RMS takes their mean.",
            105.0: "that is the mean of the squares. RMS: now its root.",
            75.0: "an RMS is an amplitude: 20 log10, not 10 log10.",
            78.98: "that is the peak. The level goes by the RMS.",
            91.02: "that is the mean. RMS: square, mean, root.",
            111.05: "np.log is the natural logarithm. Decibels take np.log10.",
            64.9: "the RMS is an amplitude, 65 is in dB: bring the RMS to dB first "
            "(audio.level_dbfs).",
            -20.0: "that is the level in dBFS. Which SPL has a signal of RMS 1?",
            65.0: "that is the level of this sound. Which SPL has a signal of RMS 1?",
            100.0: "that is the default: right for one level only. Measure the sound.",
        },
        shows="the same file, told to be soft or loud: recruitment needs to know.",
    )


def solution_pure_tone_average(
    frequencies_hz: ArrayLike, thresholds_db_hl: ArrayLike
) -> float:
    """Mean threshold at 500, 1000, 2000 and 4000 Hz, in dB HL.

    Example:
        >>> float(solution_pure_tone_average([500, 1000, 2000, 4000], [0, 0, 0, 60]))
        15.0
    """
    counted = np.isin(frequencies_hz, [500, 1000, 2000, 4000])
    return np.mean(np.asarray(thresholds_db_hl)[counted])


def solution_threshold_between(
    frequency_hz: float, frequencies_hz: ArrayLike, thresholds_db_hl: ArrayLike
) -> float:
    """Threshold on the line drawn over octaves, flat beyond the ends.

    Example:
        >>> float(solution_threshold_between(1000, [500, 2000], [20, 60]))
        40.0
    """
    octaves = np.log2(frequencies_hz)
    return np.interp(np.log2(frequency_hz), octaves, thresholds_db_hl)


def solution_attenuation_db(level_db_spl: float, threshold_db_hl: float) -> float:
    """What recruitment takes from a tone: all of the threshold there, 0 at 105 dB SPL.

    Example:
        >>> [round(solution_attenuation_db(level, 60.0), 6) for level in (60.0, 105.0)]
        [60.0, 0.0]
    """
    expansion = 105 / (105 - threshold_db_hl)
    return max(0.0, (expansion - 1) * (105 - level_db_spl))


def solution_calibration_db_spl(samples: ArrayLike, level_db_spl: float) -> float:
    """The SPL of an RMS of 1 that brings this sound to a level.

    Example:
        >>> float(solution_calibration_db_spl([0.1, -0.1], 65.0))
        85.0
    """
    return level_db_spl - level_dbfs(samples)
