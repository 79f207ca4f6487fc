"""Real sounds and ears on which our metrics must agree with pyclarity's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from clarity_lab import manifests
from clarity_lab.audio import set_level
from clarity_lab.hearing import Audiogram, read_listeners
from tests.conftest import piece

RATE = 44_100
HZ = (250, 500, 1000, 2000, 4000, 6000)


def recording(path: str, *, start_s: float, length_s: float) -> NDArray:
    """A piece of a bundled recording at 44.1 kHz and 65 dB SPL."""
    return piece(path, sample_rate=RATE, start_s=start_s, duration_s=length_s)


def speech(length_s: float = 1.2) -> NDArray:
    return recording("speech/librispeech-1089.flac", start_s=1.0, length_s=length_s)


def speech_in_rain() -> tuple[NDArray, NDArray]:
    clean = speech()
    rain = recording("noise/rain.ogg", start_s=0.5, length_s=1.2)
    return clean, clean + 0.7 * rain[: len(clean)]


def clipped_music() -> tuple[NDArray, NDArray]:
    music = recording("music/brahms.ogg", start_s=5.0, length_s=1.5)
    limit = 1.5 * np.sqrt(np.mean(music**2))
    return music, np.clip(music, -limit, limit)


def silence_at_the_ends() -> tuple[NDArray, NDArray]:
    clean, noisy = speech_in_rain()
    quiet = np.zeros(RATE // 3)
    return tuple(np.concatenate([quiet, sound, quiet]) for sound in (clean, noisy))


def very_short() -> tuple[NDArray, NDArray]:
    clean, noisy = speech_in_rain()
    return clean[20_000:33_500], noisy[20_000:33_500]


def very_loud() -> tuple[NDArray, NDArray]:
    return tuple(set_level(sound, level_dbfs=8.0) for sound in speech_in_rain())


def very_soft() -> tuple[NDArray, NDArray]:
    return tuple(set_level(sound, level_dbfs=-75.0) for sound in speech_in_rain())


def late_and_coloured() -> tuple[NDArray, NDArray]:
    clean, noisy = speech_in_rain()
    late = np.concatenate([np.zeros(900), noisy[:-900]])
    later = np.concatenate([np.zeros(300), late[:-300]])
    return clean, -(late + 0.6 * later)


def with_a_dead_gap() -> tuple[NDArray, NDArray]:
    clean, noisy = speech_in_rain()
    noisy = noisy.copy()
    noisy[15_000:30_000] = 0.0
    return clean, noisy


def perfect_copy() -> tuple[NDArray, NDArray]:
    music, _ = clipped_music()
    return music, music


def speech_in_more_and_in_less_rain() -> tuple[NDArray, NDArray]:
    """Speech at 65 dB SPL, and the same at SNRs of 5 and 20 dB."""
    path = "speech/librispeech-1221.flac"
    clean = recording(path, start_s=1.0, length_s=1.7)
    rain = recording("noise/rain.ogg", start_s=0.0, length_s=1.7)
    return clean, clean + 10 ** (-np.array([[5], [20]]) / 20) * rain


SOUNDS: dict[str, Callable[[], tuple[NDArray, NDArray]]] = {
    made.__name__: made
    for made in (
        speech_in_rain,
        clipped_music,
        silence_at_the_ends,
        very_short,
        very_loud,
        very_soft,
        late_and_coloured,
        with_a_dead_gap,
    )
}


def ears() -> dict[str, Audiogram]:
    """Flat 0, steep, profound, and five ears of the Clarity listeners."""
    listeners = read_listeners(manifests.fetch("samples", "audiograms/clarity.json"))
    names = list(listeners)
    measured = {
        f"{name}-{side}": getattr(listeners[name], side)
        for name, side in zip(
            names[:: len(names) // 5], ["left", "right"] * 3, strict=False
        )
    }
    return {
        "flat-0": Audiogram(HZ, (0, 0, 0, 0, 0, 0)),
        "steep": Audiogram(HZ, (5, 5, 10, 50, 80, 95)),
        "profound": Audiogram(HZ, (80, 85, 90, 100, 110, 115)),
        **measured,
    }
