"""Exercises of lesson 90: reference, two ears, noise gain, fair gain, your own aid."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.exercises.verdicts import Verdict, graded, right, try_this
from clarity_lab.hearing import Audiogram, Listener, cec2_hearing_aid

SAMPLE_RATE = 44_100
SPOKEN_FROM = 66_150  # samples: in CEC2 nobody speaks before 1.5 s
WANTED_GAIN_DB = 3.0
LATEST = 1_000  # samples that an aid may come late
NORMAL = Listener("normal", *[Audiogram((250, 8000), (0, 0))] * 2)
IMPAIRED = Listener("impaired", *[Audiogram((250, 8000), (50, 70))] * 2)


# -- 1. The reference ------------------------------------------------------------------
def solution_match_level(anechoic: ArrayLike, target: ArrayLike) -> NDArray:
    """The anechoic target, each ear with the RMS of the target in the room.

    Example:
        >>> solution_match_level([[1.0, -1.0], [2.0, -2.0]], [[3.0, -3.0], [1.0, 1.0]])
        array([[ 3., -3.],
               [ 1., -1.]])
    """
    there, wanted = (
        np.sqrt(np.mean(np.square(sound), axis=-1, keepdims=True))
        for sound in (anechoic, target)
    )
    return np.asarray(anechoic) * wanted / there


@graded
def check_match_level(attempt: Callable) -> Verdict:
    """Grade `match_level(anechoic, target)`, both of shape (2, samples)."""
    anechoic = np.array([[4.0, -4.0, 4.0, -4.0], [1.0, 1.0, -1.0, -1.0]])
    target = np.array([[0.0, 2.0, 0.0, 0.0], [0.0, 0.0, 3.0, 3.0]])
    answer = _array(attempt(anechoic.copy(), target.copy()))
    expected = solution_match_level(anechoic, target)
    alike = np.sqrt(np.mean(target**2) / np.mean(anechoic**2))
    factors = expected[:, 0] / anechoic[:, 0]
    peaks = anechoic * np.array([[2 / 4], [3.0]])
    if answer.shape != anechoic.shape:
        return try_this(
            f"expected shape (2, 4) as it came, got {answer.shape}: scale the sound, "
            "with keepdims=True for one factor per ear."
        )
    hints = [
        (anechoic * alike, "that is one factor for both ears: axis=-1, each its own."),
        (target, "that is the reverberant target: its level only is wanted."),
        (peaks, "those are the peaks' ratios; level is the RMS."),
        (anechoic * factors[:, None] ** 2, "that is the ratio of powers: the root."),
        (anechoic / factors[:, None], "upside down: target over anechoic."),
        (anechoic, "nothing has changed."),
    ]
    for wrong, hint in hints:
        if np.allclose(answer, wrong):
            return try_this(hint)
    if not np.allclose(answer, expected):
        return try_this(
            "each ear of the anechoic sound must end up with the RMS of the target "
            "there: np.sqrt(np.mean(sound**2, axis=-1, keepdims=True))."
        )
    return right("dry as the anechoic file, loud as the room: CEC2's reference.")


# -- 2. Two microphones, one on each side of the head ----------------------------------
def solution_both_summed(mix: ArrayLike) -> NDArray:
    """The mean of both ears, given to both.

    Example:
        >>> solution_both_summed([[1.0, 2.0], [3.0, -2.0]])
        array([[2., 0.],
               [2., 0.]])
    """
    return np.stack([np.mean(mix, axis=0)] * 2)


@graded
def check_both_summed(attempt: Callable) -> Verdict:
    """Grade `both_summed(mix)`: the mean of both ears, to both."""
    mix = np.array([[1.0, 3.0, -2.0], [1.0, -3.0, 0.0]])
    given = mix.copy()
    answer = _array(attempt(given))
    if answer.shape != mix.shape:
        return try_this(
            f"expected both ears, shape (2, 3), got {answer.shape}: np.stack puts the "
            "same sound at both, time last."
        )
    hints = [
        (mix[:1] + mix[1:], "that is the sum: a talker ahead would be 6 dB louder."),
        ((mix[:1] - mix[1:]) / 2, "the difference: it takes away what is ahead."),
        (mix[::-1], "left and right are exchanged, nothing is added."),
        (mix, "nothing has changed."),
        (mix[:1], "that is one ear. Its noise gets no softer: np.mean(mix, axis=0)."),
        (mix.mean(axis=1, keepdims=True), "that is a mean over time: axis=0."),
    ]
    for wrong, hint in hints:
        if np.allclose(answer, np.broadcast_to(wrong, answer.shape)):
            return try_this(hint)
    if not np.allclose(answer, solution_both_summed(mix)):
        got = answer[0, :2].round(2)
        return try_this(f"of 1 and 1, then 3 and -3, expected [1 0], got {got}.")
    if not np.array_equal(given, mix):
        return try_this("your function changes the mix it was given. Make a new array.")
    return right("what comes from ahead stays; what differs at the ears gets softer.")


# -- 3. How much of a spot is speech ---------------------------------------------------
def solution_noise_gain(power: ArrayLike, noise_power: float, floor: float) -> NDArray:
    """The part of the power that is not noise, never below a floor.

    Example:
        >>> solution_noise_gain([4.0, 1.0, 0.0], 1.0, 0.1)
        array([0.75, 0.1 , 0.1 ])
    """
    power = np.maximum(power, 1e-12)
    return np.maximum(1 - noise_power / power, floor)


@graded
def check_noise_gain(attempt: Callable) -> Verdict:
    """Grade `noise_gain(power, noise_power, floor)`; one power is 0."""
    power = np.array([10.0, 4.0, 2.0, 1.0])
    expected = np.array([0.8, 0.5, 0.2, 0.2])
    answer = _array(attempt(power.copy(), 2.0, 0.2))
    if answer.shape != power.shape:
        return try_this(f"expected a gain for each of 4 powers, got {answer.shape}.")
    hints = {
        -1.0: "power below the noise gives a negative gain: np.maximum(..., floor).",
        1 / 3: "that is P / (P + N). P has the noise in it already: 1 - N / P.",
        1.0: "that is no gain but a power, or one that lets all through.",
        2.0: "that is N / P: it lets the noise through. 1 minus it.",
        0.0: "the floor is an argument: a gain of 0 leaves holes that tinkle.",
    }
    for slip, hint in hints.items():
        if abs(answer[-1] - slip) < 1e-6:
            return try_this(f"for P = 1, N = 2, floor 0.2 you got {slip:.2g}: {hint}")
    if np.allclose(answer[:2] ** 2, expected[:2]):
        return try_this("that is the root: spectral subtraction. No root here.")
    if np.allclose(answer, np.maximum(1 - 2 / power, 0) + 0.2):
        return try_this("you add the floor. Take the larger: np.maximum(..., floor).")
    if not np.allclose(answer, expected):
        return try_this(f"expected {expected} for P = {power}, N = 2, got {answer}.")
    if not np.allclose(attempt(power.copy(), 2.0, 0.3), np.maximum(expected, 0.3)):
        return try_this("right for a floor of 0.2, wrong for 0.3: use the argument.")
    with np.errstate(all="ignore"):
        silent = _array(attempt(np.array([0.0, 0.0]), 0.0, 0.2))
    if not np.all(np.isfinite(silent)):
        return try_this(
            f"where all is silent you got {silent[0]}: 0 / 0. One NaN spoils the "
            "whole file: divide by np.maximum(power, 1e-12)."
        )
    return right("speech stands out, noise goes to the floor, silence makes no NaN.")


# -- 4. Is it better, and how sure is that? --------------------------------------------
def solution_gain_and_error(system: ArrayLike, other: ArrayLike) -> tuple[float, float]:
    """Mean gain of one system over another, and its standard error from scene to scene.

    Example:
        >>> gain, error = solution_gain_and_error([[0.5], [0.3]], [[0.0], [0.0]])
        >>> round(float(gain), 3), round(float(error), 3)
        (0.4, 0.1)
    """
    by_scene = np.mean(np.subtract(system, other), axis=1)
    return np.mean(by_scene), np.std(by_scene, ddof=1) / np.sqrt(len(by_scene))


@graded
def check_gain_and_error(attempt: Callable) -> Verdict:
    """Grade `gain_and_error(system, other)` on 3 scenes and 2 listeners."""
    other = np.array([[0.1, 0.2], [0.5, 0.4], [0.7, 0.9]])
    system = other + np.array([[0.1, 0.3], [0.0, 0.2], [0.5, 0.7]])
    answer = attempt(system.copy(), other.copy())
    if np.size(answer) != 2:
        return try_this(f"expected two numbers, gain and error, got {answer!r}.")
    gain, error = (float(one) for one in np.ravel(answer))
    if abs(gain + 0.3) < 1e-6:
        return try_this("the sign: a better system has a positive gain.")
    if abs(gain - 0.3) > 1e-6:
        return try_this(f"the mean gain over all six pairs is 0.3, got {gain:.3g}.")
    by_scene, pairs = np.array([0.2, 0.1, 0.6]), (system - other).ravel()
    unpaired = np.hypot(*(np.std(x.mean(1), ddof=1) for x in (system, other)))
    hints = {
        np.std(by_scene, ddof=1): "that is the spread of the scenes. The mean of n "
        "scenes is surer: divide by the root of n.",
        np.std(by_scene) / np.sqrt(3): "ddof=1: the mean came from the same scenes.",
        np.std(pairs, ddof=1) / np.sqrt(6): "six pairs are no six proofs: listeners of "
        "one scene share its luck. First the mean of each scene.",
        unpaired / np.sqrt(3): "first the difference of each pair, then the spread: "
        "both systems heard the same scenes.",
        np.std(by_scene, ddof=1) / 3: "over the root of 3, not over 3.",
        np.std((system - other).mean(0), ddof=1)
        / np.sqrt(2): "those are the listeners. Mean over listeners: axis=1.",
    }
    for slip, hint in hints.items():
        if abs(error - slip) < 1e-6:
            return try_this(f"gain right; error {error:.3f}: {hint}")
    if abs(error - (expected := np.std(by_scene, ddof=1) / np.sqrt(3))) > 1e-6:
        return try_this(
            f"gain right; expected an error of {expected:.4f}, got {error:.4f}."
        )
    return right("0.30 ± 0.15: with three scenes, not much is proven.")


# -- 5. Your own hearing aid -----------------------------------------------------------
def solution_enhance(
    mix: NDArray, *, sample_rate: int, listener: Listener
) -> NDArray[np.float64]:
    """Learn the noise before anybody speaks, take it out, then fit the listener."""
    from scipy.signal import istft, stft

    _, time_s, spectra = stft(mix, fs=sample_rate, nperseg=1024)
    power = np.abs(spectra) ** 2  # (2, frequencies, frames)
    noise_power = power[..., time_s < 1.4].mean(axis=-1, keepdims=True)
    gain = solution_noise_gain(power, noise_power, 0.2)
    _, cleaned = istft(gain * spectra, fs=sample_rate, nperseg=1024)
    cleaned = cleaned[:, : mix.shape[-1]]
    return cec2_hearing_aid(cleaned, sample_rate=sample_rate, audiogram=listener)


@graded
def check_enhance(attempt: Callable) -> Verdict:
    """Grade `enhance(mix, *, sample_rate, listener)` on hum in steady noise."""
    clean, mix = _hum_in_noise()
    outputs = []
    for listener in (NORMAL, IMPAIRED):
        given = attempt(mix.copy(), sample_rate=SAMPLE_RATE, listener=listener)
        wrong = _unplayable(given, mix)
        if wrong:
            return try_this(wrong)
        outputs.append(np.asarray(given))
    levels_db = [10 * np.log10(np.mean(output**2)) for output in outputs]
    if levels_db[1] < levels_db[0] + 6:
        return try_this(
            f"an ear with 50 to 70 dB HL gets {levels_db[1] - levels_db[0]:+.1f} dB "
            "against a normal one: fit the listener, for instance with "
            "hearing.cec2_hearing_aid(..., audiogram=listener)."
        )
    gain_db = _snr_db(outputs[0], clean) - _snr_db(mix, clean)
    if gain_db < WANTED_GAIN_DB:
        return try_this(
            f"it fits the listener, but speech is {gain_db:+.1f} dB clearer, expected "
            f"{WANTED_GAIN_DB:+.0f}. Before 1.5 s there is only noise: learn from it."
        )
    return right(
        f"fits the listener, and steady noise is {gain_db:.1f} dB further down."
    )


def _array(answer: ArrayLike) -> NDArray:
    return np.asarray(answer, dtype=float)


def _unplayable(given: ArrayLike, mix: NDArray) -> str:
    """What a listener could not be given, in words; "" if it is fine."""
    output = np.asarray(given)
    if output.dtype.kind != "f":
        return f"expected floating-point samples, got {output.dtype}."
    if output.ndim != 2 or abs(output.shape[-1] - mix.shape[-1]) > LATEST:
        return f"expected both ears, shape {mix.shape}, time last, got {output.shape}."
    if len(output) != 2:
        return f"expected two ears, got {len(output)}."
    if not np.all(np.isfinite(output)):
        return "NaN or infinity came out. Was something divided by 0?"
    loudest = np.max(np.abs(output))
    if loudest > 1:
        return f"too loud: {loudest:.2g}, and a file ends at 1. Try hearing.soft_clip."
    return "" if loudest > 0 else "silence came out."


@lru_cache(maxsize=1)
def _hum_in_noise() -> tuple[NDArray, NDArray]:
    """A voice-like hum ahead after 1.5 s, steady noise of its level at each ear."""
    rng = np.random.default_rng(90)
    time_s = np.arange(2 * SPOKEN_FROM) / SAMPLE_RATE
    hum = sum(np.sin(2 * np.pi * 150 * k * time_s) / k for k in range(1, 20))
    hum = hum * (1 + np.sin(2 * np.pi * 4 * time_s)) * (time_s >= 1.5)
    clean = 0.01 * hum / np.std(hum)
    return clean, clean + 0.01 * rng.standard_normal((2, len(clean)))


def _snr_db(output: NDArray, clean: NDArray) -> float:
    """Of the better ear, in time with the clean sound, whatever the level."""
    ratios = []
    for ear in output:
        n = min(len(ear), len(clean))
        late = np.fft.irfft(np.fft.rfft(ear, 2 * n) * np.fft.rfft(clean, 2 * n).conj())
        lag = int(np.argmax(np.abs(late[:LATEST])))
        heard, said = ear[lag:n][SPOKEN_FROM:], clean[: n - lag][SPOKEN_FROM:]
        part = (heard @ said) ** 2 / ((heard @ heard) * (said @ said))
        ratios.append(10 * np.log10(part / (1 - part)))
    return max(ratios)
