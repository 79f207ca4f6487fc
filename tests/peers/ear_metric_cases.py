"""Real sounds and ears on which our metrics must agree with pyclarity's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from clarity_lab import audio, manifests
from clarity_lab.hearing import Audiogram, read_listeners

RATE = 44_100
HZ = (250, 500, 1000, 2000, 4000, 6000)


def at_level(samples: NDArray, level_db: float) -> NDArray:
    """Scale to an RMS in dB; 100 dB SPL is 0 dB."""
    return samples * (10 ** (level_db / 20) / np.sqrt(np.mean(samples**2)))


def recording(path: str, *, start_s: float, length_s: float) -> NDArray:
    """A piece of a bundled recording at 44.1 kHz and 65 dB SPL."""
    piece, _ = audio.load(
        manifests.fetch("samples", path),
        channel=0,
        start_s=start_s,
        duration_s=length_s,
        sample_rate=RATE,
    )
    return at_level(piece, -35.0)


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
    clean, noisy = speech_in_rain()
    return at_level(clean, 8.0), at_level(noisy, 8.0)


def very_soft() -> tuple[NDArray, NDArray]:
    clean, noisy = speech_in_rain()
    return at_level(clean, -75.0), at_level(noisy, -75.0)


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
