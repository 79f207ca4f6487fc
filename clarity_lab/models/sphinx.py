"""PocketSphinx: how speech was recognised before networks learned it end to end.

Hidden Markov models of phones in context, a dictionary of 130 000 words and a trigram
of them, trained apart and searched together: the 1990s and 2000s on 40 MB.

Lesson: 23_recognition_in_real_life.
"""

from __future__ import annotations

from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from clarity_lab.models.speech_features import RATE_HZ, as_sound

if TYPE_CHECKING:
    from pocketsphinx import Decoder

PEAK = 0.5
"""Of what it is given: it reads 16 bits, of which a soft sound would use few."""
TURN = Lock()
"""There is one decoder: who asks while it listens waits."""


def transcribe_with_sphinx(samples: ArrayLike, *, sample_rate: int) -> str:
    """Write down what is said, in words of American English.

    Args:
        samples: Shape (samples,) or (channels, samples); the level does not matter.
        sample_rate: In Hz; resampled to 16 kHz if it is another.

    Returns:
        The text in lower case, without punctuation; empty if nothing was found.

    Raises:
        ModuleNotFoundError: If pocketsphinx is not installed.
        TypeError: If samples are integers.
        ValueError: If there are none, or they are not finite.

    Reference:
        Huggins-Daines et al., "PocketSphinx: a free, real-time continuous speech
        recognition system for hand-held devices", ICASSP 2006.
    """
    sound = as_sound(samples, sample_rate=sample_rate).numpy()
    loudest = np.abs(sound).max()
    if loudest == 0:
        return ""
    pcm = np.round(sound * (PEAK / loudest * 32_767)).astype(np.int16)
    with TURN:
        decoder = load_sphinx()
        decoder.reinit_feat()  # forget the sound before: a sentence reads the same
        decoder.start_utt()
        decoder.process_raw(pcm.tobytes(), full_utt=True)
        decoder.end_utt()
        found = decoder.hyp()
    return found.hypstr if found else ""


@lru_cache(maxsize=1)
def load_sphinx() -> Decoder:
    """PocketSphinx with the model that comes in its package.

    Raises:
        ModuleNotFoundError: If it is not installed.
    """
    try:
        from pocketsphinx import Decoder
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "expected pocketsphinx to be installed, got none. Try: "
            'pip install "clarity-lab[recognisers]", or pip install pocketsphinx.',
            name="pocketsphinx",
        ) from error
    return Decoder(samprate=RATE_HZ, loglevel="FATAL")
