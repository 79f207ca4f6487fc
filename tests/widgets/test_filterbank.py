"""The filterbank's explorer: what is chosen is heard, what is mute is not."""

import numpy as np
import pytest

pytest.importorskip("ipywidgets", reason="needs the lessons' packages")
matplotlib = pytest.importorskip("matplotlib", reason="needs the lessons' packages")
matplotlib.use("Agg")

from clarity_lab import audio, widgets  # noqa: E402
from clarity_lab.widgets import filterbank  # noqa: E402
from clarity_lab.widgets.filterbank import (  # noqa: E402
    ALL_BUT,
    OUTPUT,
    channel_filters,
)

RATE = 16_000


def tones(*frequencies_hz, seconds=0.5):
    times_s = np.arange(round(seconds * RATE)) / RATE
    return 0.05 * sum(np.sin(2 * np.pi * hz * times_s) for hz in frequencies_hz)


@pytest.fixture
def explorer():
    return widgets.explore_filterbank(tones(250, 4000), sample_rate=RATE)


def heard(explorer):
    return np.atleast_2d(explorer.player.sounds[OUTPUT])


def level_at(samples, hz):
    levels_dbfs, bins_hz = audio.spectrum_dbfs(samples, sample_rate=RATE)
    return levels_dbfs[np.argmin(np.abs(bins_hz - hz))]


def test_one_channel_lets_its_tone_through_and_keeps_the_other_away(explorer):
    explorer.controls["bank"].value = "octaves"
    explorer.controls["channels"].value = (1, 1)  # around 250 Hz
    alone = heard(explorer)[0, RATE // 8 :]
    assert level_at(alone, 250) - level_at(alone, 4000) > 40
    explorer.controls["heard"].value = ALL_BUT
    others = heard(explorer)[0, RATE // 8 :]
    assert level_at(others, 4000) - level_at(others, 250) > 20


def test_the_ends_of_the_slider_choose_all_channels(explorer):
    explorer.controls["bank"].value = "mel"
    everything = heard(explorer)
    channels = explorer.controls["channels"]
    assert channels.value == (channels.min, channels.max) == (1, 16)
    taps, _ = channel_filters("mel", 16, RATE)
    expected = np.convolve(tones(250, 4000), taps.sum(axis=0))[: everything.size]
    np.testing.assert_allclose(everything[0], expected, atol=1e-9)


@pytest.mark.parametrize("n_channels", filterbank.CHANNELS_RANGE)
def test_the_number_of_channels_can_be_chosen_and_all_are_heard_then(
    explorer, n_channels
):
    explorer.controls["channels"].value = (2, 3)
    explorer.controls["n_channels"].value = n_channels
    assert explorer.controls["channels"].value == (1, n_channels)
    assert f"1 to {n_channels} of {n_channels}" in explorer.view.value


def test_a_number_that_the_page_has_rounded_changes_nothing(explorer):
    explorer.controls["n_channels"].value = 15.999999999999998
    assert explorer.controls["channels"].value == (1, 16)
    assert "1 to 16 of 16" in explorer.view.value


def test_octaves_are_six_and_their_number_rests(explorer):
    explorer.controls["bank"].value = "octaves"
    assert explorer.controls["n_channels"].disabled
    assert explorer.controls["n_channels"].value == 6
    assert explorer.controls["channels"].max == 6
    explorer.controls["bank"].value = "gammatone"
    assert not explorer.controls["n_channels"].disabled
    assert explorer.controls["n_channels"].value == 16
    assert explorer.controls["channels"].max == 16


def test_nothing_is_left_when_all_channels_are_mute(explorer):
    explorer.controls["heard"].value = ALL_BUT
    assert not heard(explorer).any()
    assert "<img" in explorer.view.value


def test_of_a_move_only_the_filter_travels(explorer):
    explorer.player._handle_custom_msg({"kind": "ready"}, [])
    before = explorer.player.bytes_sent
    explorer.controls["channels"].value = (3, 5)
    taps, _ = channel_filters("gammatone", 16, RATE)
    assert explorer.player.bytes_sent - before == 4 * taps.shape[1]


def test_stereo_stays_stereo(rng):
    both = 0.05 * rng.standard_normal((2, RATE // 4))
    explorer = widgets.explore_filterbank(both, sample_rate=RATE)
    assert heard(explorer).shape == both.shape


def test_the_shortest_sound_can_be_explored():
    explorer = widgets.explore_filterbank(np.array([0.5]), sample_rate=RATE)
    assert heard(explorer).shape == (1, 1)


def test_a_low_rate_and_many_channels_are_refused():
    with pytest.raises(ValueError, match="16000 Hz or more"):
        widgets.explore_filterbank(tones(250), sample_rate=8_000)
    with pytest.raises(ValueError, match="Choose channels"):
        widgets.explore_filterbank(np.zeros((8, 100)), sample_rate=RATE)
