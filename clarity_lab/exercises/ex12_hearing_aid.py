"""Exercises of lesson 12: ratio, static curve, attack time, calibrate before aid."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.audio import level_dbfs, set_level
from clarity_lab.exercises.cases import grade_cases
from clarity_lab.exercises.verdicts import Verdict, graded, right, try_this

RATE = 1_000


@graded
def check_compression_ratio(attempt: Callable) -> Verdict:
    """Grade `compression_ratio(soft_in, soft_out, loud_in, loud_out)`, all dB SPL."""
    return grade_cases(
        attempt,
        [
            ("50 -> 70 and 80 -> 85 dB SPL", (50.0, 70.0, 80.0, 85.0), 2.0),
            ("40 -> 60 and 95 -> 95 dB SPL", (40.0, 60.0, 95.0, 95.0), 55 / 35),
            ("50 -> 60 and 80 -> 90 dB SPL", (50.0, 60.0, 80.0, 90.0), 1.0),
        ],
        unit="",
        tolerance=0.01,
        slips={
            0.5: "upside down. Take dB more at the input for one more at the output.",
            -2.0: "take both differences the same way round, loud less soft.",
            4.0: "that is the ratio of the two gains, 20 over 5 dB. The ratio compares "
            "how far the inputs lie apart with how far the outputs do.",
            0.25: "that is the ratio of the two gains. Compare how far the inputs lie "
            "apart with how far the outputs do.",
            15.0: "that is a difference of gains in dB. A ratio has no unit. Divide.",
            30.0: "that is how far the inputs lie apart. And the outputs?",
            85 / 80: "that divides levels. 80 dB is no amount, it has no zero. Divide "
            "differences of levels.",
            80 / 85: "that divides levels. 80 dB is no amount, it has no zero. Divide "
            "differences of levels.",
        },
        shows="30 dB between soft and loud become 15: 2:1. At 1:1 nothing is "
        "compressed, whatever the gain.",
    )


@graded
def check_output_db_spl(attempt: Callable) -> Verdict:
    """Grade `output_db_spl(level_db_spl, gain_db, knee_db_spl, ratio)`."""
    return grade_cases(
        attempt,
        [
            ("30 dB SPL, 20 dB, knee 45, 3:1", (30.0, 20.0, 45.0, 3.0), 50.0),
            ("75 dB SPL, 20 dB, knee 45, 3:1", (75.0, 20.0, 45.0, 3.0), 75.0),
            ("45 dB SPL, 20 dB, knee 45, 3:1", (45.0, 20.0, 45.0, 3.0), 65.0),
        ],
        unit="dB SPL",
        tolerance=0.01,
        slips={
            45.0: "the ratio divides the part above the knee alone, 75 - 45 dB, not "
            "the whole level.",
            60.0: "below the knee the gain is full, not more. Use max(..., 0).",
            30.0: "and the gain?",
            20.0: "that is the gain. At which level does the sound leave?",
            95.0: "that is linear. Above the knee each dB in gives 1 / ratio dB out.",
            55.0: "and the gain? It is added below and above the knee.",
            85.0: "you left out a third of what is above the knee. Leave out "
            "(1 - 1 / ratio) of it; 1 / ratio of it stays.",
            0.0: "that is the gain above the knee, 20 - 20 dB. Add the level.",
            115.0: "the sign is wrong. (1 - 1 / ratio) of what is above the knee is "
            "taken away.",
            46.67: "the knee is at the input. Compare it with level_db_spl, before "
            "the gain.",
            10.0: "that is what stays above the knee. Add the knee and the gain.",
        },
        shows="30 dB above the knee leave as 10: at 75 dB SPL nothing is amplified.",
    )


@graded
def check_attack_ms(attempt: Callable) -> Verdict:
    """Grade `attack_ms(gain_db, sample_rate)`, of the gain from a step upwards on."""
    fall = -20 * (1 - np.exp(-np.arange(400) / 20))  # a time constant of 20 samples
    return grade_cases(
        attempt,
        [
            ("0 to -40 dB, 20 ms", (2 * fall, RATE), 20.0),
            ("10 to -10 dB, 20 ms", (fall + 10, RATE), 20.0),
            ("0 to -20 dB, 10 ms", (fall.copy(), 2 * RATE), 10.0),
        ],
        unit="ms",
        tolerance=1.01,  # a sample more or less
        several="take the first of them?",
        slips={
            0.02: "that is in seconds.",
            400.0: "that is the length of the curve, not when it has fallen.",
            14.0: "that is the time for half of the fall. The time constant takes "
            "63 %, 1 - 1/e.",
            10.0: "that is the time for 37 %. The time constant takes 63 %, 1 - 1/e, "
            "and 37 % are left.",
            5.0: "that is 63 % of the way of the *factor*. Stay in decibels.",
            3.0: "that is 63 % of the way of the *power*. Stay in decibels.",
            47.0: "that is the time for 90 % of the fall. The time constant takes "
            "63 %.",
            399.0: "that is when it has fallen altogether. The time constant takes "
            "63 %.",
            0.0: "the gain falls. Find the first sample *below* 63 % of its way down.",
            34.0: "the curve need not start at 0 dB. Take 63 % of the way from its "
            "first to its last value.",
            20.0: "are these samples? One sample lasts 1000 / sample_rate ms.",
        },
        shows="63 % of the way, wherever it starts, whatever the sample rate.",
    )


@graded
def check_aid_at_level(attempt: Callable) -> Verdict:
    """Grade `aid_at_level(recording, level_db_spl, rms_one_db_spl, aid)`."""
    recording = 0.5 * np.sin(np.arange(1_000))  # its peak is 3 dB above its RMS
    for level_db_spl, rms_one_db_spl in ((60.0, 100.0), (80.0, 120.0)):
        asked = f"{level_db_spl:g} dB SPL where an RMS of 1 is {rms_one_db_spl:g}"
        aided = []  # what the aid was given

        def aid(samples: NDArray, aided: list = aided) -> NDArray:
            aided.append(samples)
            return _an_aid(samples)

        given = attempt(recording.copy(), level_db_spl, rms_one_db_spl, aid)
        given = np.asarray(given, dtype=float)
        if given.shape != recording.shape:
            return try_this(
                f"expected one sound of shape {recording.shape}, got {given.shape}."
            )
        asked_for = recording, level_db_spl, rms_one_db_spl, _an_aid
        expected = level_dbfs(solution_aid_at_level(*asked_for))
        came, wanted_dbfs = level_dbfs(given), level_db_spl - rms_one_db_spl
        if abs(came - expected) < 0.01:
            continue
        if not aided:
            return try_this("your function never asks the aid. Return aid(...).")
        hints = _hints_on_level(recording, wanted_dbfs)
        for level, hint in hints.items():
            if abs(came - level) < 0.01:
                return try_this(f"for {asked}: {hint}")
        return try_this(
            f"for {asked} expected {expected:.1f} dBFS behind the aid, got {came:.1f}."
            " Which level in dBFS is that SPL? Set it, then give it to the aid."
        )
    return right("first the level, then the aid, and then hands off.")


def solution_compression_ratio(
    soft_in: float, soft_out: float, loud_in: float, loud_out: float
) -> float:
    """How far inputs lie apart, over how far outputs do.

    Example:
        >>> solution_compression_ratio(50, 70, 80, 85)
        2.0
    """
    return (loud_in - soft_in) / (loud_out - soft_out)


def solution_output_db_spl(
    level_db_spl: float, gain_db: float, knee_db_spl: float, ratio: float
) -> float:
    """Level plus gain, less what the ratio takes from the part above the knee.

    Example:
        >>> round(solution_output_db_spl(75.0, 20.0, 45.0, 3.0), 6)
        75.0
    """
    above_db = max(level_db_spl - knee_db_spl, 0.0)
    return level_db_spl + gain_db - (1 - 1 / ratio) * above_db


def solution_attack_ms(gain_db: ArrayLike, sample_rate: int) -> float:
    """Time until 63 % of the way is gone.

    Example:
        >>> solution_attack_ms([0.0, -5.0, -7.0, -10.0], 1_000)
        2.0
    """
    gain_db = np.asarray(gain_db)
    way = (gain_db - gain_db[0]) / (gain_db[-1] - gain_db[0])
    return 1000 * float(np.argmax(way >= 1 - 1 / np.e)) / sample_rate


def solution_aid_at_level(
    recording: NDArray, level_db_spl: float, rms_one_db_spl: float, aid: Callable
) -> NDArray:
    """Calibrate, then aid.

    Example:
        >>> half = lambda sound: 0.5 * sound
        >>> solution_aid_at_level(np.array([1.0, -1.0]), 80.0, 100.0, half)
        array([ 0.05, -0.05])
    """
    return aid(set_level(recording, level_dbfs=level_db_spl - rms_one_db_spl))


def _an_aid(samples: NDArray) -> NDArray:
    """Compress all levels 3:1 with 5 dB of gain: its place in the chain matters."""
    return set_level(samples, level_dbfs=_aided_dbfs(float(level_dbfs(samples))))


def _aided_dbfs(came_dbfs: float) -> float:
    return came_dbfs / 3 + 5


def _hints_on_level(recording: NDArray, wanted_dbfs: float) -> dict[float, str]:
    """What a wrong level behind the aid tells, in dBFS."""
    own_dbfs = float(level_dbfs(recording))
    peak_dbfs = 20 * np.log10(np.max(np.abs(recording)))
    aided_dbfs = _aided_dbfs(own_dbfs)
    set_by_power = "amplitudes take 20, as in 10 ** (level / 20). 10 is for powers."
    return {
        wanted_dbfs: "that is the level the speech came with. The aid's gain is gone. "
        "Calibrate before the aid, and leave the aid's output alone.",
        own_dbfs: "that is the level of the recording itself.",
        aided_dbfs: "the recording went into the aid at the level of the file. Set its "
        "level first.",
        aided_dbfs + wanted_dbfs - own_dbfs: "you aided the file and moved the result. "
        "This aid compresses. It must get the speech at the level of its arrival.",
        _aided_dbfs(-20.0): "is 100 written into your function? Take rms_one_db_spl.",
        _aided_dbfs(wanted_dbfs + own_dbfs - peak_dbfs): "that sets the *peak* to the "
        "level. A level is that of the RMS. Use audio.set_level.",
        _aided_dbfs(wanted_dbfs + own_dbfs): "the recording has a level of its own. "
        "Divide by its RMS first, or use audio.set_level.",
        _aided_dbfs(2 * wanted_dbfs): set_by_power,
        _aided_dbfs(2 * wanted_dbfs - own_dbfs): set_by_power,
    }
