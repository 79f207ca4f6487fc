"""Which levels warn."""

import warnings

import numpy as np
import pytest

from clarity_lab.hearing.levels import LevelWarning, warn_of_implausible_level


def test_a_plausible_level_does_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error", LevelWarning)
        warn_of_implausible_level(
            np.full((2, 10), 0.01), rms_one_db_spl=100.0, name="estimate"
        )


def test_one_absurd_channel_is_enough_to_warn():
    sounds = np.stack([np.full(10, 0.01), np.full(10, 100.0)])
    with pytest.warns(LevelWarning, match=r"140 dB SPL.*: here 25 would give 65"):
        warn_of_implausible_level(sounds, rms_one_db_spl=100.0, name="estimate")
