"""The ear model's numbers, against formulas and SciPy."""

import numpy as np
import pytest
from scipy.signal import freqz, group_delay

from clarity_lab.hearing import Audiogram
from clarity_lab.hearing.ear_model import filters as filters

NORMAL = Audiogram((250, 6000), (0, 0))
CENTRES = filters.CENTRES_HZ


def polynomials(gammatone, band):
    a1, a2, a3, a4, b2 = gammatone.taps[:, band]
    return [1, a1, b2], [1, -a1, -a2, -a3, -a4]


def test_bands_run_from_80_to_8000_hz_evenly_in_erb():
    assert CENTRES[[0, -1]] == pytest.approx([80, 8000])
    erb_number = np.log(CENTRES + filters.EAR_Q * filters.MIN_BANDWIDTH_HZ)
    np.testing.assert_allclose(np.diff(erb_number, 2), 0, atol=1e-12)


@pytest.mark.parametrize("width", [1.0, 3.5])
def test_gammatones_have_gain_two_and_the_promised_delay_at_their_centre(width):
    tuned = filters.gammatone(np.full(32, width))
    for band in range(32):
        _, response = freqz(*polynomials(tuned, band), worN=[0.0])
        assert abs(response[0]) * tuned.gain[band] == pytest.approx(2)
        _, delay = group_delay(polynomials(tuned, band), w=[0.0])
        assert tuned.delay[band] == pytest.approx(delay[0], abs=0.5)


def test_four_poles_of_1019_erb_have_the_equivalent_rectangular_bandwidth():
    tuned = filters.gammatone(np.ones(32))
    hz = np.linspace(-12_000, 12_000, 48_001)
    for band in (5, 20):
        _, response = freqz(*polynomials(tuned, band), 2 * np.pi * hz / 24_000)
        power = np.abs(response * tuned.gain[band] / 2) ** 2
        width_hz = np.sum(power) * (hz[1] - hz[0])
        assert width_hz == pytest.approx(filters.ERB_HZ[band], rel=0.05)


def test_a_healthy_ear_compresses_from_125_to_35_and_loses_nothing():
    ear = filters.ear_bands(NORMAL)
    assert np.all(ear.outer_loss_db == 0)
    assert np.all(ear.inner_loss_db == 0)
    assert np.all(ear.width == 1)
    assert ear.ratio[[0, -1]] == pytest.approx([1.25, 3.5])


def test_outer_and_inner_loss_add_up_to_the_threshold():
    ear = filters.ear_bands(Audiogram((250, 1000, 6000), (10, 40, 90)))
    loss = ear.outer_loss_db + ear.inner_loss_db
    assert loss[0] == pytest.approx(10)
    assert loss[-1] == pytest.approx(90)
    assert np.all(ear.outer_loss_db <= 70)


def test_a_profound_loss_leaves_no_compression():
    ear = filters.ear_bands(Audiogram((250, 6000), (110, 110)))
    assert ear.ratio == pytest.approx(np.ones(32))
    np.testing.assert_allclose(ear.width, filters.WIDEST)


def test_better_than_normal_thresholds_count_as_normal():
    ear = filters.ear_bands(Audiogram((250, 6000), (-10, -5)))
    assert np.all(ear.inner_loss_db == 0)


def test_filters_widen_from_50_to_100_db_spl_only():
    levels = np.array([20.0, 50.0, 75.0, 100.0, 130.0])
    widths = [filters.widths_at_level(np.full(32, x), np.ones(32))[10] for x in levels]
    widest = filters.WIDEST[10]
    assert widths == pytest.approx([1, 1, (1 + widest) / 2, widest, widest])
