"""What happens to a sound before the ear's bands, on tones."""

import numpy as np
import pytest

from clarity_lab.hearing.ear_model import EAR_RATE_HZ as RATE
from clarity_lab.hearing.ear_model import middle_ear, to_ear_rate


def test_resampling_keeps_the_level_of_a_tone():
    t = np.arange(44_100) / 44_100
    sound = np.sin(2 * np.pi * 1000 * t)
    ear = to_ear_rate(sound, sample_rate=44_100)
    assert np.sqrt(np.mean(ear**2)) == pytest.approx(np.sqrt(0.5), rel=1e-3)
    assert len(ear) == pytest.approx(44_100 * 24 / 44, abs=1)


def test_the_middle_ear_favours_the_middle():
    def gain_db(hz):
        sound = np.sin(2 * np.pi * hz * np.arange(RATE) / RATE)
        heard = middle_ear(sound)[RATE // 2 :]
        return 20 * np.log10(np.std(heard) / np.std(sound))

    assert gain_db(350) == pytest.approx(-3, abs=0.1)
    assert gain_db(5000) == pytest.approx(-3, abs=0.1)
    assert gain_db(1500) > -0.5
