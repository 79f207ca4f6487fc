"""Exercises of lesson 10: delay, ITD, reverberation time, SNR at two ears, rotation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.exercises.cases import grade_cases
from clarity_lab.exercises.verdicts import Verdict, graded, right, try_this
from clarity_lab.scenes import SPEED_OF_SOUND_M_S, harmonics

TOLERANCE_DB = 0.05
SOUND = np.array([1.0, -0.5, 0.25])
WHOLE = "keep the fraction: sound does not wait for the next sample."
LOUDEST = "the better ear has the best *ratio*: divide in each ear, then take max."
DIRECT = "start where it reaches -5 dB: the direct sound tells nothing of the decay."


@graded
def check_delay_samples(attempt: Callable) -> Verdict:
    """Grade `delay_samples(distance_m, sample_rate)`: how late the direct sound is."""
    return grade_cases(
        attempt,
        [
            ("3.44 m at 1000 Hz", (3.44, 1000), 10.0),
            ("1.72 m at 44100 Hz", (1.72, 44_100), 220.5),
        ],
        unit="samples",
        tolerance=0.001,
        relative=True,
        slips={
            0.01: "those are seconds. How many samples is that?",
            10.0 * 344 / 343: "that is with 343 m/s. Here sound travels 344 m/s.",
            3440.0: "divide by the speed of sound, 344 m/s.",
            1e5: "upside down: metres by metres per second are seconds.",
            1e-5: "seconds *times* samples per second are samples.",
            220.0: WHOLE,
            221.0: WHOLE,
        },
        shows="a metre is 2.9 ms, 128 samples at 44.1 kHz.",
    )


@graded
def check_itd_us(attempt: Callable) -> Verdict:
    """Grade `itd_us(azimuth_deg, radius_m)`: the time between the ears of a sphere."""
    full, part = np.pi / 2 + 1, np.pi / 6 + 0.5
    unit_us = 0.0875 / SPEED_OF_SOUND_M_S * 1e6
    return grade_cases(
        attempt,
        [
            ("90 degrees, 8.75 cm", (90.0, 0.0875), full * unit_us),
            ("30 degrees, 8.75 cm", (30.0, 0.0875), part * unit_us),
            ("-30 degrees, 5 cm", (-30.0, 0.05), -part * unit_us * 0.05 / 0.0875),
        ],
        unit="µs",
        tolerance=0.001,
        relative=True,
        slips={
            (90 + np.sin(90)) * unit_us: "NumPy counts in radians: np.radians first.",
            (np.pi / 2 + np.sin(90)) * unit_us: "np.sin takes radians, not degrees.",
            full * unit_us / 1e6: "those are seconds. A microsecond is a millionth.",
            unit_us: "that is the sine's part alone: the way around the head is "
            "missing, the angle times the radius.",
            np.pi / 2 * unit_us: "that is the angle's part alone: add its sine.",
            np.pi / 2 * unit_us + 1: "radius by speed is for both: use brackets.",
            -full * unit_us: "from the left the sign is positive.",
            2 * full * unit_us: "the radius, not the diameter.",
            2 * unit_us: "that is the straight way through the head, 2 r sin: sound "
            "goes around it.",
            part * unit_us * 0.05 / 0.0875: "from the right the sign is negative.",
            -part * unit_us: "is the radius written into your function? Take radius_m.",
        },
        shows="with both ears open, a sound from the side is two thirds of a "
        "millisecond late in the far one.",
    )


@graded
def check_t30_s(attempt: Callable) -> Verdict:
    """Grade `t30_s(decay_db, sample_rate)`: reverberation time from a decay curve."""
    straight = -60 * np.arange(800) / 1000 / 0.5
    step = -4.5 - 60 * np.arange(1600) / 1000 / 0.8
    step[0] = 0.0
    bent = np.maximum(straight, -12.5 - 30 * np.arange(800) / 1000)
    fast = -60 * np.arange(4000) / 8000 / 0.3
    return grade_cases(
        attempt,
        [
            ("60 dB in 0.5 s, at 1000 Hz", (straight, 1000), 0.5),
            ("a direct sound of 4.5 dB, then 60 dB in 0.8 s", (step, 1000), 0.8),
            ("a tail that fades more slowly", (bent, 1000), 2 * (0.75 - 0.042)),
            ("60 dB in 0.3 s, at 8000 Hz", (fast, 8000), 0.3),
        ],
        unit="s",
        tolerance=0.005,
        relative=True,
        slips={
            0.25: "that is the time for 30 dB. Reverberation time is for 60.",
            500.0: "those are samples. Divide by the sample rate.",
            0.292: "that is the time from 0 to -35 dB.",
            0.584: DIRECT,
            0.741: DIRECT,
            0.682: DIRECT,
            -0.5: "which comes first, -5 or -35 dB?",
            1.125: "that looks at -5 to -25 dB: T30 goes on to -35.",
            2.4: "is 1000 written into your function? Take sample_rate.",
        },
        shows="30 dB are enough to tell 60, where the rest drowns in noise.",
    )


@graded
def check_interferer_at_snr(attempt: Callable) -> Verdict:
    """Grade `interferer_at_snr(target, interferer, snr_db)` at the better ear."""
    n = np.arange(400)
    target = np.stack([np.sin(0.3 * n), 0.5 * np.sin(0.3 * n)])
    noise = np.stack([0.2 * np.cos(0.7 * n), 0.8 * np.cos(0.7 * n)])
    cases = [
        ("a quieter right ear, 6 dB", target, noise, 6.0),
        ("ears exchanged, -3 dB", target[::-1], noise[::-1], -3.0),
        ("a louder noise, 0 dB", target, 10 * noise, 0.0),
        ("a talker at the noisy ear, 6 dB", target, noise * [[4.0], [0.1]], 6.0),
    ]
    for asked, speech, disturbance, snr_db in cases:
        answer = attempt(speech.copy(), disturbance.copy(), snr_db)
        answer = np.asarray(answer, dtype=float)
        if answer.shape != disturbance.shape:
            return try_this(
                f"expected the scaled interferer, shape {disturbance.shape}, got shape "
                f"{answer.shape}. Give back both ears."
            )
        verdict = _scaled_right(asked, speech, disturbance, answer, snr_db)
        if verdict is not None:
            return verdict
    return right("one gain for both ears: where things are stays as it was.")


def _scaled_right(
    asked: str, speech: NDArray, noise: NDArray, answer: NDArray, snr_db: float
) -> Verdict | None:
    """What is wrong with a scaled interferer; None if nothing is."""
    gains = np.sum(answer * noise, axis=-1) / np.sum(noise**2, axis=-1)
    if gains[0] <= 0 or not _same(answer, gains[:, None] * noise):
        return try_this("only scale the interferer: do not add the target to it.")
    if not np.isclose(*gains, rtol=1e-3):
        return try_this("both ears need one gain, or the interferer moves elsewhere.")
    own_db = 10 * np.log10(np.sum(speech**2, axis=-1) / np.sum(noise**2, axis=-1))
    got_db = own_db - 20 * np.log10(gains[0])
    better_db = float(np.max(got_db))
    if abs(better_db - snr_db) < TOLERANCE_DB:
        return None
    own_better_db, gain_db = float(np.max(own_db)), 20 * np.log10(gains[0])
    pooled_db = 10 * np.log10(np.sum(speech**2) / np.sum(noise**2))
    target_db = 10 * np.log10(np.max(np.sum(speech**2, axis=-1)))
    noises_db = 10 * np.log10(np.sum(noise**2, axis=-1))
    slips = {
        float(np.min(own_db)) - snr_db: "you set the SNR at the worse ear: take max.",
        float(np.mean(own_db)) - snr_db: "that is the mean of the ears: take max.",
        pooled_db - snr_db: "that is both ears in one. Measure each (axis=-1), "
        "take the better.",
        target_db - float(np.max(noises_db)) - snr_db: LOUDEST,
        target_db - float(np.min(noises_db)) - snr_db: LOUDEST,
        snr_db - own_better_db: "the sign: an interferer that is too soft must grow.",
        2 * (own_better_db - snr_db): "a gain on amplitudes: 10 ** (dB / 20).",
        -snr_db: "that forgets the SNR they have already.",
        0.0: "that is the interferer as it was.",
        own_better_db + snr_db: "the sign of snr_db: a higher SNR, less interferer.",
    }
    for slip_db, hint in slips.items():
        if abs(gain_db - slip_db) < TOLERANCE_DB:
            return try_this(f"for {asked} you got {better_db:.1f} dB: {hint}")
    return try_this(
        f"for {asked} expected {snr_db:.1f} dB at the better ear, got {better_db:.1f}."
    )


@graded
def check_turn_field(attempt: Callable) -> Verdict:
    """Grade `turn_field(field, angle_deg)`: a first-order sound field, to the left."""
    for azimuth_deg, elevation_deg, angle_deg in ((30, 20, 40), (90, 0, -90)):
        was, left, right_ = (
            harmonics(azimuth_deg + turn, elevation_deg, order=1)[:, None] * SOUND
            for turn in (0, angle_deg, -angle_deg)
        )
        answer = attempt(was.copy(), float(angle_deg))
        answer = np.asarray(answer, dtype=float)
        if answer.shape != left.shape:
            return try_this(
                "expected four channels W, Y, Z, X, shape (4, samples), got "
                f"{answer.shape}. np.stack joins them."
            )
        strength = [np.hypot(field[1], field[3]) for field in (answer, left)]
        hints = {
            "that is the field as it was.": _same(answer, was),
            "that turns to the right: exchange the signs of the sines.": _same(
                answer, right_
            ),
            "the order of the channels is W, Y, Z, X.": _same(
                answer[[0, 3, 2, 1]], left
            ),
            "W has no direction: it stays as it is.": not _same(answer[0], left[0]),
            "Z is up and down: turning about the vertical leaves it.": not _same(
                answer[2], left[2]
            ),
            "Y and X together must stay as strong as they were. Are both new ones made "
            "of the *old* Y and X, with one minus between them?": not _same(*strength),
            "the angle is wrong: NumPy counts in radians, np.radians.": True,
        }
        if not _same(answer, left):
            hint = next(hint for hint, fits in hints.items() if fits)
            return try_this(f"from {azimuth_deg} degrees, turned {angle_deg}: {hint}")
    return right("two channels turn, two rest. A head to the left: minus its angle.")


def _same(one: NDArray, other: NDArray) -> bool:
    return np.allclose(one, other, atol=1e-6)


def solution_delay_samples(distance_m: float, sample_rate: int) -> float:
    """How late the direct sound is, in samples.

    Example:
        >>> solution_delay_samples(3.44, 1000)
        10.0
    """
    return distance_m / SPEED_OF_SOUND_M_S * sample_rate


def solution_itd_us(azimuth_deg: float, radius_m: float) -> float:
    """Woodworth's time between the ears of a sphere, in microseconds.

    Example:
        >>> round(float(solution_itd_us(90, 0.0875)))
        654
    """
    azimuth = np.radians(azimuth_deg)
    return 1e6 * radius_m / SPEED_OF_SOUND_M_S * (azimuth + np.sin(azimuth))


def solution_t30_s(decay_db: ArrayLike, sample_rate: int) -> float:
    """Twice the time from -5 to -35 dB, in seconds.

    Example:
        >>> float(solution_t30_s(-np.arange(61.0), 100))
        0.6
    """
    start, stop = (np.argmax(np.asarray(decay_db) <= level) for level in (-5, -35))
    return 2 * (stop - start) / sample_rate


def solution_interferer_at_snr(
    target: ArrayLike, interferer: ArrayLike, snr_db: float
) -> NDArray:
    """The interferer, scaled alike at both ears to an SNR at the better one.

    Example:
        >>> solution_interferer_at_snr(np.ones((2, 2)), np.ones((2, 2)), 20.0)
        array([[0.1, 0.1],
               [0.1, 0.1]])
    """
    powers = [np.mean(np.square(sound), axis=-1) for sound in (target, interferer)]
    better_db = np.max(10 * np.log10(powers[0] / powers[1]))
    return np.asarray(interferer) * 10 ** ((better_db - snr_db) / 20)


def solution_turn_field(field: NDArray, angle_deg: float) -> NDArray:
    """A first-order field, W, Y, Z, X, turned to the left.

    Example:
        >>> ahead = np.array([[1.0], [0.0], [0.0], [2.0]])
        >>> solution_turn_field(ahead, 90.0)[:, 0].round(6) + 0.0
        array([1., 2., 0., 0.])
    """
    w, y, z, x = field
    cosine, sine = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    return np.stack([w, cosine * y + sine * x, z, cosine * x - sine * y])
