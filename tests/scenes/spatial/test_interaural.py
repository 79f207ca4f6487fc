import numpy as np
import pytest

from clarity_lab.scenes.spatial.interaural import ild_db, itd_s

RATE = 44_100


def test_a_late_right_ear_is_a_sound_from_the_left():
    ears = np.zeros((2, 400))
    ears[0, 100], ears[1, 120] = 1.0, 0.5
    assert itd_s(ears, sample_rate=RATE) == pytest.approx(20 / RATE, abs=1e-6)
    assert ild_db(ears) == pytest.approx(6.02, abs=0.01)


def test_what_is_not_heard_with_two_ears_is_refused():
    with pytest.raises(ValueError, match=r"shape \(2, samples\)"):
        itd_s(np.ones(10), sample_rate=RATE)
    with pytest.raises(ValueError, match="silence in one"):
        ild_db([[1.0, 0.0], [0.0, 0.0]])


@pytest.mark.parametrize("n", [1, 2, 10, 700])
def test_a_short_sound_has_an_interaural_time_difference(n):
    ears = np.zeros((2, n))
    ears[:, 0] = 1.0
    assert itd_s(ears, sample_rate=44_100) == 0.0
