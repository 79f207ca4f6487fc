"""Hear sounds side by side, with or without knowing which is which."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from clarity_lab.listen import Player
from clarity_lab.widgets.blind_test import BlindTest


def compare(
    sounds: Mapping[str, ArrayLike],
    *,
    sample_rate: int | Mapping[str, int],
    title: str | None = None,
    blind: bool = False,
    gain_db: float | None = None,
    transcripts: Mapping[str, str] | None = None,
    seed: int = 0,
    n_trials: int = 10,
    feedback: str = "end",
    loop: bool = False,
    spectrogram: bool = False,
) -> Player | BlindTest:
    """Switch between sounds while they play; or, blind, find out whether you hear it.

    All sounds are scaled by one common gain that is shown, never one of them alone.

    Args:
        sounds: Label to sound, each (samples,) or (2, samples), full scale at 1.0;
            exactly two of them for a blind test.
        sample_rate: In Hz, of all, or label to rate: they are then resampled to the
            highest.
        title: What is compared.
        blind: Ask in each trial whether X is the first sound or the second.
        gain_db: The common gain. Default: 0, or as much below as the loudest needs.
        transcripts: Label to what is said; not in a blind test.
        seed: Draws what X is (blind test).
        n_trials: How many trials, 1 to 200 (blind test).
        feedback: "end" or "each": when you learn what X was (blind test).
        loop: Start again at the end.
        spectrogram: Show one; not in a blind test.

    Returns:
        A `Player`; or a `BlindTest` with `.results`, `.score` and `.reset()`.

    Raises:
        TypeError: If samples are integers, or `blind` is neither True nor False.
        ValueError: If a sound cannot be played, `gain_db` would clip one, or a blind
            test has not two sounds.
    """
    if not isinstance(blind, bool | np.bool_):
        raise TypeError(f"expected blind as True or False, got {blind!r}.")
    about = {
        "sample_rate": sample_rate,
        "title": title,
        "gain_db": gain_db,
        "loop": loop,
    }
    if blind:
        return BlindTest(
            sounds, **about, seed=seed, n_trials=n_trials, feedback=feedback
        )
    return Player(sounds, **about, transcripts=transcripts, spectrogram=spectrogram)
