"""Which frames count in the published level, on frames of two levels."""

import numpy as np
import pytest

from clarity_lab.hearing.msbg.published_level import FRAME, to_published_level


def moved_by_db(samples):
    return 20 * np.log10(to_published_level(samples)[0] / samples[0])


@pytest.mark.parametrize(("soft_db", "counts"), [(-11.0, True), (-13.0, False)])
def test_frames_count_down_to_12_db_below_the_whole(soft_db, counts):
    # A loud and a soft half of powers 1 and p; the soft one soft_db re their mean.
    ratio = 10 ** (soft_db / 10)
    power = ratio / (2 - ratio)
    sound = np.repeat([1.0, np.sqrt(power)], 10 * FRAME)
    whole_re_loud_db = 10 * np.log10((1 + power) / 2)
    expected = 0 if counts else whole_re_loud_db
    assert moved_by_db(sound) == pytest.approx(expected, abs=0.01)


def test_frames_last_10_ms():
    # Pauses of 220 samples hide in frames of 441; those of 441 do not.
    for n, expected in ((220, 0.0), (FRAME, -3.01)):
        sound = np.tile(np.repeat([1.0, 0.0], n), 40)
        assert moved_by_db(sound) == pytest.approx(expected, abs=0.1)


def test_below_minus_80_db_nothing_is_active():
    for level_db, active in ((-79, True), (-81, False)):
        sound = np.full(4 * FRAME, 10 ** (level_db / 20))
        if active:
            assert moved_by_db(sound) == pytest.approx(0, abs=1e-6)
        else:
            with pytest.raises(ValueError, match="above -80 dB FS"):
                to_published_level(sound)


def test_less_than_a_frame_is_refused():
    with pytest.raises(ValueError, match="at least 10 ms"):
        to_published_level(np.full(FRAME - 1, 0.1))
