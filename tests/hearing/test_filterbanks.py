"""Filterbanks: where their channels lie, how wide they are, and what they add up to."""

import numpy as np
import pytest

from clarity_lab.hearing.ear_model import CENTRES_HZ
from clarity_lab.hearing.filterbanks import (
    channel_levels_dbfs,
    gammatone_filters,
    mel_filters,
    octave_filters,
)
from clarity_lab.units import hz_to_mel

RATE = 16_000
BANKS = {
    "gammatone": lambda: gammatone_filters(6, sample_rate=RATE),
    "mel": lambda: mel_filters(6, sample_rate=RATE),
    "octaves": lambda: octave_filters(sample_rate=RATE),
}


def gain_db(taps, hz):
    phase = np.exp(-2j * np.pi * hz / RATE * np.arange(len(taps)))
    return 20 * np.log10(abs(taps @ phase))


@pytest.mark.parametrize("bank", BANKS)
def test_each_channel_lets_its_centre_pass_as_it_is(bank):
    taps, centres_hz = BANKS[bank]()
    for one, hz in zip(taps, centres_hz, strict=True):
        if hz < 0.4 * RATE:
            assert gain_db(one, hz) == pytest.approx(0, abs=1)


@pytest.mark.parametrize("bank", BANKS)
def test_a_channel_keeps_what_lies_two_centres_away(bank):
    taps, centres_hz = BANKS[bank]()
    for one, hz in zip(taps, centres_hz[2:], strict=False):
        assert gain_db(one, hz) < -15


def test_the_gammatones_lie_where_those_of_the_ear_model_do():
    _, centres_hz = gammatone_filters(32, sample_rate=24_000)
    np.testing.assert_allclose(centres_hz, CENTRES_HZ, rtol=1e-9)


@pytest.mark.parametrize("channel", [0, 2, 4])
def test_the_gammatones_are_as_wide_as_a_healthy_ear(channel):
    taps, centres_hz = gammatone_filters(6, sample_rate=RATE)
    power = np.abs(np.fft.rfft(taps[channel], 1 << 16)) ** 2
    erb_hz = np.sum(power) / np.max(power) * RATE / (1 << 16)
    assert erb_hz == pytest.approx(24.7 + centres_hz[channel] / 9.26449, rel=0.05)


def test_low_gammatones_come_later_than_high_ones():
    taps, centres_hz = gammatone_filters(6, sample_rate=RATE)
    envelope = np.cumsum(taps**2, axis=1) / np.sum(taps**2, axis=1, keepdims=True)
    half_s = np.argmax(envelope > 0.5, axis=1) / RATE
    assert np.all(np.diff(half_s) < 0)
    # t^6 exp(-4 pi b t) has half of its energy before 6.67 / (4 pi b).
    width_hz = 1.019 * (24.7 + centres_hz / 9.26449)
    np.testing.assert_allclose(half_s, 6.67 / (4 * np.pi * width_hz), rtol=0.15)


def test_an_80_hz_gammatone_has_faded_by_50_db_at_its_end():
    taps, _ = gammatone_filters(1, sample_rate=RATE)
    end = abs(taps[0, -1] / np.cos(2 * np.pi * 80 * taps.shape[1] / RATE))
    assert end < 10 ** (-50 / 20) * np.max(np.abs(taps[0]))


@pytest.mark.parametrize(
    "filters", [mel_filters(12, sample_rate=RATE), octave_filters(sample_rate=RATE)]
)
def test_mel_triangles_and_octaves_add_up_to_the_sound(filters):
    taps, centres_hz = filters
    for hz in np.geomspace(2 * centres_hz[0], 0.8 * centres_hz[-1], 20):
        assert gain_db(taps.sum(axis=0), hz) == pytest.approx(0, abs=0.5)


def test_mel_centres_stand_at_equal_steps_and_triangles_end_at_their_neighbours():
    taps, centres_hz = mel_filters(12, sample_rate=RATE)
    steps = np.diff(hz_to_mel(centres_hz))
    np.testing.assert_allclose(steps, hz_to_mel(RATE / 2) / 13)
    assert gain_db(taps[6], centres_hz[5]) < -30
    assert gain_db(taps[6], centres_hz[7]) < -30
    half_hz = (centres_hz[6] + centres_hz[7]) / 2
    assert gain_db(taps[6], half_hz) == pytest.approx(-6.02, abs=0.3)


def test_the_level_of_a_channel_is_that_of_the_tone_in_it():
    taps, centres_hz = gammatone_filters(8, sample_rate=RATE)
    times_s = np.arange(RATE) / RATE
    tone = 0.1 * np.sqrt(2) * np.sin(2 * np.pi * centres_hz[4] * times_s)
    levels_dbfs = channel_levels_dbfs(tone, taps=taps, sample_rate=RATE)
    assert levels_dbfs.shape == (8, 100)
    np.testing.assert_allclose(levels_dbfs[4, 10:], -20, atol=0.3)
    assert np.all(np.delete(levels_dbfs, 4, axis=0)[:, 10:] < -35)


def test_of_two_ears_the_mean_is_looked_at(rng):
    taps, _ = octave_filters(sample_rate=RATE)
    both = rng.standard_normal((2, RATE // 4))
    about = {"taps": taps, "sample_rate": RATE}
    np.testing.assert_array_equal(
        channel_levels_dbfs(both, **about),
        channel_levels_dbfs(both.mean(axis=0), **about),
    )


def test_silence_and_the_shortest_sound_have_levels():
    taps, _ = octave_filters(sample_rate=RATE)
    about = {"taps": taps, "sample_rate": RATE}
    assert np.all(np.isneginf(channel_levels_dbfs(np.zeros(400), **about)))
    assert channel_levels_dbfs(np.array([0.5]), **about).shape == (6, 1)


@pytest.mark.parametrize("filters", [gammatone_filters, mel_filters])
def test_low_rates_and_no_channels_are_refused(filters):
    with pytest.raises(ValueError, match="16000 Hz or more, got 8000"):
        filters(4, sample_rate=8_000)
    with pytest.raises(ValueError, match="n_channels of 1 or more, got 0"):
        filters(0, sample_rate=RATE)
