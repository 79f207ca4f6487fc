"""A machine that reads aloud, in a hundred languages and as many voices.

eSpeak NG makes speech from rules, without a recording of anybody: the robot voice of
screen readers. It is small, fast (hundreds of times faster than it speaks), and plainly
not a person: say so wherever it is heard. It is a program of its own, under the GPL 3,
that pip fetches if you ask for it; nothing of it is in here.

Lesson: 24_continual_languages.
"""

from __future__ import annotations

import ctypes
import os
import threading
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clarity_lab.checks import require_number

SLOWEST_WPM, FASTEST_WPM = 80, 450
HIGHEST_PITCH = 100

# From espeak-ng/speak_lib.h.
RETRIEVE_SOUND, DO_NOT_EXIT = 2, 0x8000  # gives samples back; opens no sound device
RATE, PITCH = 1, 3
UTF_8, FROM_CHARACTER = 1, 1
SEED = 1  # of the noise in voices that breathe
CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)

_ONE_AT_A_TIME = threading.Lock()
"""The engine has one voice, one text and one listener at any time."""


def speak(
    text: str,
    *,
    language: str,
    voice: str = "",
    words_per_minute: float = 175,
    pitch: float = 50,
) -> tuple[NDArray[np.float32], int]:
    """Let a machine read a text aloud; nothing is played.

    The same words in the same order, from the start of Python, give the same samples.
    Said once more, a word sounds alike, with other phases and other noise.

    Args:
        text: To read, in the language's own letters.
        language: As eSpeak NG calls it: "en", "fr", "it", "ru", "cmn".
        voice: One of `voices()`, for any language. Default: the usual one.
        words_per_minute: From 80 to 450.
        pitch: Of the voice, from 0 to 100.

    Returns:
        samples: Synthetic speech, shape (samples,), float32, full scale at 1.0.
        sample_rate: In Hz.

    Raises:
        ModuleNotFoundError: If espeakng-loader is not installed.
        ValueError: If there is nothing to say, the language or the voice is unknown,
            or a number is out of its range.
    """
    if not text.strip():
        raise ValueError("expected a text to read, got nothing.")
    if voice and voice not in voices():
        raise ValueError(
            f"expected a voice that there is, got {voice!r}. See audio.voices()."
        )
    rate = _within(words_per_minute, SLOWEST_WPM, FASTEST_WPM, "words_per_minute")
    height = _within(pitch, 0, HIGHEST_PITCH, "pitch")
    engine = _engine()
    with _ONE_AT_A_TIME:
        engine.choose(language, voice)
        engine.set(RATE, rate)
        engine.set(PITCH, height)
        pcm = engine.read(text)
    samples = np.frombuffer(pcm, dtype=np.int16).astype(np.float32) / 32_768
    if not samples.any():
        raise ValueError(
            f"expected a text that can be said in {language!r}, got {text!r}, of which "
            "nothing is heard."
        )
    return samples, engine.sample_rate


def voices() -> list[str]:
    """The names of all voices; each can speak every language.

    Raises:
        ModuleNotFoundError: If espeakng-loader is not installed.
    """
    return sorted(path.name for path in (_data_path() / "voices" / "!v").iterdir())


class _Engine:
    """The library in our process, and what it has said so far."""

    def __init__(self, library: ctypes.CDLL, data_path: Path) -> None:
        self._library, self._said = library, []
        self._listener = CALLBACK(self._listen)  # kept: the library only borrows it
        where = os.fsencode(data_path)
        self.sample_rate = library.espeak_Initialize(
            RETRIEVE_SOUND, 0, where, DO_NOT_EXIT
        )
        if self.sample_rate <= 0:
            raise OSError(
                f"expected eSpeak NG's data in {data_path}, which it cannot read. "
                "Try: pip install --force-reinstall espeakng-loader"
            )
        library.espeak_SetSynthCallback(self._listener)
        library.espeak_ng_SetRandSeed(ctypes.c_long(SEED))

    def choose(self, language: str, voice: str) -> None:
        name = f"{language}+{voice}" if voice else language
        if self._library.espeak_SetVoiceByName(name.encode()):
            raise ValueError(
                f"expected a language that eSpeak NG speaks, got {language!r}. "
                'Try "en", "fr", "it", "ru", "cmn".'
            )

    def set(self, what: int, value: int) -> None:
        self._library.espeak_SetParameter(what, value, 0)

    def read(self, text: str) -> bytes:
        self._said.clear()
        given = text.encode()
        self._library.espeak_Synth(
            given,
            ctypes.c_size_t(len(given) + 1),
            0,
            FROM_CHARACTER,
            0,
            UTF_8,
            None,
            None,
        )
        self._library.espeak_Synchronize()
        return b"".join(self._said)

    def _listen(self, samples: object, n_samples: int, events: object) -> int:
        if samples and n_samples > 0:
            self._said.append(ctypes.string_at(samples, 2 * n_samples))
        return 0  # go on


@lru_cache(maxsize=1)
def _engine() -> _Engine:
    library = ctypes.CDLL(_loader().get_library_path())
    return _Engine(library, _data_path())


@lru_cache(maxsize=1)
def _data_path() -> Path:
    return Path(_loader().get_data_path())


def _loader() -> object:
    try:
        import espeakng_loader
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "expected espeakng-loader to be installed (eSpeak NG, a machine that reads "
            'aloud; GPL 3), got none. Try: pip install "clarity-lab[voices]", or '
            "pip install espeakng-loader.",
            name="espeakng_loader",
        ) from error
    return espeakng_loader


def _within(value: float, least: float, most: float, name: str) -> int:
    value = require_number(value, name=name)
    if not least <= value <= most:
        raise ValueError(
            f"expected {name} from {least} to {most}, got {value:g}. "
            "For other speeds and pitches change the samples."
        )
    return round(value)
