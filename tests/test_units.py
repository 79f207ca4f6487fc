"""Decibels and scales against physics, standards and the peer library."""

import librosa
import numpy as np
import pytest

from clarity_lab import units


def test_ten_times_the_amplitude_is_twenty_decibels():
    assert units.amplitude_to_db(10.0) == pytest.approx(20.0)
    assert units.power_to_db(10.0) == pytest.approx(10.0)


def test_decibels_go_there_and_back(rng):
    level_db = rng.uniform(-100, 100, (3, 4))
    assert units.amplitude_to_db(units.db_to_amplitude(level_db)) == pytest.approx(
        level_db
    )
    assert units.power_to_db(units.db_to_power(level_db)) == pytest.approx(level_db)


def test_silence_is_minus_infinity_without_a_warning(recwarn):
    assert units.amplitude_to_db(0.0) == -np.inf
    assert not recwarn.list


@pytest.mark.parametrize("bad", [-1.0, np.nan, [1.0, -1e-9]])
def test_a_negative_or_missing_ratio_is_explained(bad):
    with pytest.raises(ValueError, match="RMS or the absolute value"):
        units.amplitude_to_db(bad)


def test_a_calibrator_of_one_pascal_reads_94_db_spl():
    assert units.pascal_to_db_spl(1.0) == pytest.approx(93.979, abs=1e-3)


def test_calibration_moves_levels_and_nothing_else():
    spl = units.dbfs_to_db_spl([-35.0, -20.0], rms_one_db_spl=100.0)
    assert spl == pytest.approx([65.0, 80.0])
    assert units.db_spl_to_dbfs(spl, rms_one_db_spl=100.0) == pytest.approx([-35, -20])


def test_mel_equals_librosas_htk_scale(rng):
    frequency_hz = rng.uniform(0, 20_000, 100)
    expected = librosa.hz_to_mel(frequency_hz, htk=True)
    assert units.hz_to_mel(frequency_hz) == pytest.approx(expected)
    assert units.mel_to_hz(expected) == pytest.approx(frequency_hz)


def test_a_weighting_equals_the_tabulated_values_of_iec_61672():
    frequency_hz = [31.5, 63, 125, 250, 500, 1000, 2000, 4000, 8000, 16000]
    table_db = [-39.4, -26.2, -16.1, -8.6, -3.2, 0.0, 1.2, 1.0, -1.1, -6.6]
    # The table is for exact base-ten frequencies and is rounded to 0.1 dB.
    exact_hz = 1000.0 * 10.0 ** (
        np.round(10 * np.log10(np.divide(frequency_hz, 1e3))) / 10
    )
    assert units.a_weighting_db(exact_hz) == pytest.approx(table_db, abs=0.051)


def test_a_weighting_follows_librosas_within_rounded_constants(rng):
    frequency_hz = rng.uniform(20, 20_000, 200)
    expected = librosa.A_weighting(frequency_hz, min_db=None)
    assert units.a_weighting_db(frequency_hz) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(
    "scale",
    [
        units.hz_to_mel,
        units.erb_bandwidth_hz,
        units.hz_to_erb_number,
        units.a_weighting_db,
    ],
)
@pytest.mark.parametrize("bad", [-1e-9, -1000.0, np.nan, np.inf, [100.0, -1.0]])
def test_a_frequency_that_cannot_be_is_refused(scale, bad):
    with pytest.raises(ValueError, match=r"frequencies of 0 Hz or more, got "):
        scale(bad)


def test_the_frequency_that_cannot_be_is_named():
    with pytest.raises(ValueError, match=r"got -800\."):
        units.hz_to_mel([100, -800])


def test_the_erb_number_counts_bandwidths():
    # One step on the ERB-number scale is one ERB: its slope is 1 / bandwidth. The
    # published constants are rounded, which leaves a third of a percent.
    frequency_hz = np.geomspace(50, 10_000, 30)
    step_hz = 1e-3
    slope = np.subtract(
        units.hz_to_erb_number(frequency_hz + step_hz),
        units.hz_to_erb_number(frequency_hz),
    )
    width_hz = step_hz / slope
    assert width_hz == pytest.approx(units.erb_bandwidth_hz(frequency_hz), rel=5e-3)
    assert units.erb_number_to_hz(units.hz_to_erb_number(440.0)) == pytest.approx(440.0)
