"""The outer ear's filters, against the curves they are drawn from."""

import numpy as np
import pytest

from clarity_lab.hearing.msbg.outer_ear import (
    FIELDS,
    cochlea_gain_db,
    to_cochlea_taps,
    to_field_taps,
)

RATE = 44_100


def gain_db(taps, hz):
    turns = np.outer(hz, np.arange(len(taps))) / RATE
    return 20 * np.log10(np.abs(np.exp(-2j * np.pi * turns) @ taps))


def test_the_cochlea_gets_no_change_at_1_khz_from_the_front_and_most_at_3_khz():
    hz, gains_db = cochlea_gain_db("free")
    assert np.interp(1000, hz, gains_db) == pytest.approx(0, abs=0.1)
    assert 2000 < hz[np.argmax(gains_db)] < 4500


@pytest.mark.parametrize("field", FIELDS)
def test_the_filter_follows_its_curve(field):
    octaves_hz = 500 * 2.0 ** np.arange(5)
    wanted_db = np.interp(octaves_hz, *cochlea_gain_db(field))
    np.testing.assert_allclose(
        gain_db(to_cochlea_taps(field), octaves_hz), wanted_db, atol=0.5
    )


@pytest.mark.parametrize("field", FIELDS)
def test_there_and_back_is_a_delay_up_to_the_low_pass_at_18_khz(field):
    both = np.convolve(to_cochlea_taps(field), to_field_taps(field))
    np.testing.assert_allclose(gain_db(both, np.arange(200, 6000, 50)), 0, atol=1.0)
    assert np.all(gain_db(both, np.arange(20_000, 22_000, 50)) < -50)
    assert np.argmax(np.abs(both)) == 507 + 507 + 66
