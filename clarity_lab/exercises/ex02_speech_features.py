"""Exercises of lesson 02: frames, mel, MFCC distance, deltas, pitch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.exercises.verdicts import Verdict, graded, right, try_this

SAMPLE_RATE = 16_000


# -- 1. Frames -------------------------------------------------------------------------
def solution_n_frames(n_samples: int, n_window: int, n_hop: int) -> int:
    """How many whole windows fit into a sound, without padding.

    Example:
        Samples 0-3, 2-5 and 4-7 of eight:

        >>> solution_n_frames(8, 4, 2)
        3
    """
    if n_samples < n_window:
        return 0
    return 1 + (n_samples - n_window) // n_hop


@graded
def check_n_frames(attempt: Callable) -> Verdict:
    """Ask for sounds with and without a rest, and for one that is too short."""
    answer = attempt(16_000, 400, 160)
    hints = {
        40: "that is windows side by side. Here a new one begins each hop.",
        97: "the first frame also counts: add 1.",
        100: "the last windows reach beyond the end: leave room for a whole one.",
        101: "that is the count with padding at both ends. Here there is none.",
        98.5: "half a frame is no frame: round down, with //.",
    }
    if answer in hints:
        return try_this(hints[answer])
    if answer != 98:
        return try_this(
            f"expected 98 for 1 s at 16 kHz (windows of 400, hop 160), got {answer}. "
            "Draw 8 samples, windows of 4, hop 2: how many fit?"
        )
    if attempt(400, 400, 160) != 1:
        return try_this("a sound exactly as long as one window holds one frame.")
    if attempt(100, 400, 160) != 0:
        return try_this("a sound shorter than one window holds no frame at all.")
    return right("98 frames in one second: 100 a second, less what the end cuts off.")


# -- 2. From mel back to hertz ---------------------------------------------------------
def solution_mel_to_hz(mel: ArrayLike) -> NDArray:
    """Solve mel = 2595 log10(1 + f / 700) for f.

    Example:
        >>> float(solution_mel_to_hz(2595.0))  # log10(1 + f / 700) is 1
        6300.0
    """
    return 700 * (10 ** (np.asarray(mel) / 2595) - 1)


@graded
def check_mel_to_hz(attempt: Callable) -> Verdict:
    """Ask at the two places that can be computed on paper, then for an array."""
    with np.errstate(over="ignore"):  # 10 ** 2595 is answered below
        zero, decade = attempt(np.float64(0.0)), attempt(np.float64(2595.0))
    if np.isinf(decade):
        return try_this("brackets: all of mel / 2595 is the exponent, 10 ** (...).")
    if np.isclose(decade, 2595 * np.log10(1 + 2595 / 700)):
        return try_this("that is hertz to mel once more. Solve it for f.")
    if np.isclose(decade, 7000):
        return try_this("0 mel must be 0 Hz. Where did the 1 of 1 + f / 700 go?")
    if np.isclose(decade, 6999):
        return try_this("brackets: the 1 is taken away first, then comes times 700.")
    if np.isclose(decade, 9):
        return try_this("that is f / 700: what is f?")
    if np.isclose(decade, 700 * (np.e - 1)):
        return try_this("the formula has log10: its inverse is 10 ** x, not exp.")
    if not (np.isclose(zero, 0) and np.isclose(decade, 6300)):
        return try_this(
            f"expected 0 Hz at 0 mel and 6300 Hz at 2595 mel, got {zero} and {decade}. "
            "Divide by 2595 first, then undo the log10."
        )
    if not np.allclose(attempt(np.array([0.0, 2595.0])), [0, 6300]):
        return try_this("one number works, an array does not: use NumPy's operations.")
    return right("2595 mel are 6300 Hz, for one number or many.")


# -- 3. How far apart two sounds are ---------------------------------------------------
def solution_mfcc_distance(a: NDArray, b: NDArray) -> float:
    """Mean distance, frame by frame, of two MFCC tables, their level left out.

    Example:
        Two coefficients and one frame; C0 differs by 100, C1 by 3:

        >>> solution_mfcc_distance(np.array([[100.0], [3.0]]), np.array([[0.0], [0.0]]))
        3.0
    """
    return float(np.mean(np.linalg.norm(a[1:] - b[1:], axis=0)))


@graded
def check_mfcc_distance(attempt: Callable) -> Verdict:
    """Three coefficients, three frames: 5 apart in one, equal in the next, then 1."""
    a = np.array([[50.0, 50.0, 50.0], [3.0, 1.0, 1.0], [4.0, 1.0, 0.0]])
    b = np.array([[50.0, 50.0, 50.0], [0.0, 1.0, 0.0], [0.0, 1.0, 0.0]])
    louder = b + np.array([[60.0], [0.0], [0.0]])
    answer, moved = attempt(a.copy(), b.copy()), attempt(a.copy(), louder)
    if np.ndim(answer) != 0:
        return try_this(
            f"expected one number, got shape {np.shape(answer)}: average the frames."
        )
    if not np.isclose(answer, moved):
        return try_this("b became louder and the distance changed: leave out row 0.")
    if not np.isclose(answer, 2):
        return try_this(_distance_hint(answer))
    return right("2, and a louder copy has the same distance.")


def _distance_hint(answer: float) -> str:
    """What a wrong mean of the distances 5, 0 and 1 looks like."""
    each_frame = "first the distance of each frame (axis=0), then the mean over frames."
    hints = {
        6: "that is the sum over the frames: average.",
        np.sqrt(26): f"that is one norm of everything: {each_frame}",
        np.sqrt(26 / 6): f"that is the RMS over all numbers: {each_frame}",
        8 / 6: f"that averages over all numbers: {each_frame}",
        26 / 3: "that is the mean of squared distances: where is the root?",
        np.sqrt(26 / 3): "take the root in each frame, before the mean.",
        8 / 3: "that adds the sides: the distance is the root of 3² + 4² (Pythagoras).",
        (np.sqrt(10) + 4) / 2: "add the squares within each frame: axis=0, not 1.",
    }
    for value, hint in hints.items():
        if np.isclose(answer, value):
            return hint
    return f"the frames are 5, 0 and 1 apart: expected their mean, 2, got {answer}."


# -- 4. Deltas -------------------------------------------------------------------------
def solution_deltas(features: NDArray) -> NDArray:
    """Slope of each row over five frames; at the ends the last frame is repeated.

    Example:
        A row that rises by 3 in each frame has slope 3 inside:

        >>> float(solution_deltas(3.0 * np.arange(9.0)[np.newaxis])[0, 4])
        3.0
    """
    padded = np.pad(features, [(0, 0), (2, 2)], mode="edge")
    n_frames = features.shape[1]

    def moved(k: int) -> NDArray:  # the table k frames later
        return padded[:, 2 + k : 2 + k + n_frames]

    return (moved(1) - moved(-1) + 2 * (moved(2) - moved(-2))) / 10


@graded
def check_deltas(attempt: Callable) -> Verdict:
    """Look at a slope, at the ends, and at one lonely frame."""
    slope, one_frame = np.arange(9.0), np.eye(9)[4]
    answer = np.asarray(attempt(np.stack([3 * slope, one_frame])), dtype=float)
    if answer.shape != (2, 9):
        return try_this(
            f"expected a slope for each frame, shape (2, 9), got {answer.shape}: "
            "repeat the first and the last frame twice before you subtract."
        )
    inside = answer[0, 4]
    if not np.isclose(inside, 3):
        return try_this(_delta_hint(inside))
    if not np.allclose(answer[1, 2:7], [0.2, 0.1, 0, -0.1, -0.2]):
        return try_this(
            "a straight line is right, a single frame of 1 is not: it must give "
            "0.2, 0.1, 0, -0.1, -0.2 around it. Do all four neighbours count?"
        )
    if not np.allclose(answer[0, [0, 1, -1]], [1.5, 2.4, 1.5]):
        return try_this(
            f"right inside, wrong at the ends: got {answer[0, 0]:.3g} first. What lies "
            "beyond an end is a copy of the last frame (np.pad, mode='edge')."
        )
    return right("a slope in units per frame, as HTK computes it.")


def _delta_hint(inside: float) -> str:
    """What a wrong slope of a row that rises by 3 looks like."""
    hints = {
        -3.0: "the sign: what comes later minus what came before.",
        30.0: "divide by 2 (1² + 2²) = 10.",
        15.0: "divide by all of 2 (1² + 2²), 10, not by 2 alone.",
        75.0: "brackets: divide by (2 * (1² + 2²)), all of it.",
        0.6: "that is n = 1 alone: add n = 2, the frames two away.",
        1.8: "the n before the bracket: what lies two frames away counts twice.",
        6.0: "there is a 2 in front of the sum in the denominator: 2 (1² + 2²).",
        -11.0: "that is the slope from row to row. Time is the last axis.",
    }
    for value, hint in hints.items():
        if np.isclose(inside, value):
            return hint
    return f"a row that rises by 3 in each frame has slope 3, got {inside:.3g}."


# -- 5. Pitch from the cepstrum --------------------------------------------------------
def solution_pitch_hz(frame: NDArray, sample_rate: int) -> float:
    """Pitch of a voiced frame between 80 and 400 Hz: the peak of its cepstrum.

    Example:
        A click each 80 samples at 16 kHz is a buzz at 200 Hz:

        >>> clicks = np.zeros(1024)
        >>> clicks[::80] = 1.0
        >>> solution_pitch_hz(clicks, 16_000)
        200.0
    """
    power = np.abs(np.fft.rfft(frame * np.hanning(len(frame)))) ** 2
    cepstrum = np.fft.irfft(np.log(power + 1e-12))
    shortest, longest = sample_rate // 400, sample_rate // 80  # periods in samples
    period = shortest + np.argmax(cepstrum[shortest : longest + 1])
    return float(sample_rate / period)


def buzz(pitch_hz: float, *, sample_rate: int, n_samples: int = 1024) -> NDArray:
    """A vowel-like test frame: one click each period, rounded off by a resonance.

    Example:
        >>> buzz(100.0, sample_rate=16_000).shape
        (1024,)
    """
    period = round(sample_rate / pitch_hz)
    clicks = np.zeros(n_samples)
    clicks[::period] = 1.0
    seconds = np.arange(n_samples) / sample_rate
    ringing = np.exp(-600 * seconds) * np.cos(2 * np.pi * 700 * seconds)
    return np.convolve(clicks, ringing)[:n_samples]


@graded
def check_pitch_hz(attempt: Callable) -> Verdict:
    """Ask for three voices at two sample rates; the resonance is no pitch."""
    voices = [(125.0, SAMPLE_RATE), (200.0, SAMPLE_RATE), (320.0, SAMPLE_RATE)]
    for pitch_hz, sample_rate in [*voices, (100.0, 8_000)]:
        frame = buzz(pitch_hz, sample_rate=sample_rate)
        answer = float(attempt(frame, sample_rate))
        if np.isclose(answer, pitch_hz, rtol=0.02):
            continue
        return try_this(_pitch_hint(answer, pitch_hz, sample_rate))
    return right("100 to 320 Hz found, at two sample rates.")


def _pitch_hint(answer: float, pitch_hz: float, sample_rate: int) -> str:
    """What a wrong pitch looks like."""
    heard = f"expected {pitch_hz:g} Hz at {sample_rate} Hz, got {answer:.4g}. "
    if not np.isfinite(answer):
        return heard + "Index 0 of the cepstrum is the level: begin at the shortest."
    if np.isclose(answer, sample_rate / pitch_hz, rtol=0.02):
        return heard + "That is the period in samples: divide the sample rate by it."
    if sample_rate != SAMPLE_RATE and np.isclose(answer, 2 * pitch_hz, rtol=0.02):
        return heard + "Is a sample rate of 16000 written into your function?"
    if 600 < answer < 800:
        return (
            heard + "That is the resonance (a formant): limit the periods you search."
        )
    for factor in (2, 0.5):
        if np.isclose(answer, factor * pitch_hz, rtol=0.02):
            return heard + "An octave off: search periods of 80 to 400 Hz only."
    return heard + (
        "argmax counts from where your slice begins: add that again, and search "
        "periods from sample_rate // 400 to sample_rate // 80."
    )
