"""Sounds that a page makes with filters: heard, drawn and saved."""

import numpy as np
import pytest

from clarity_lab import listen
from tests.browser.player_page import (
    GAIN,
    RATE,
    choose,
    kernel_is_busy,
    picture_of,
    press,
    save,
    three_noises,
    wait_for_picture,
    wait_until_loaded,
)
from tests.browser.recording import heard_as_db

pytestmark = pytest.mark.browser


@pytest.fixture
def long_sounds(rng):
    """So long that they travel when the page asks for them, and not before."""
    a, b, c = 0.1 * rng.standard_normal((3, 40 * RATE))
    return {"a": a, "b": 0.3 * b, "c": 1.5 * c}


def test_a_filter_is_heard_drawn_and_saved(open_players, rng):
    sounds = three_noises(rng)
    player = listen.Player(sounds, sample_rate=RATE, gain_db=-6)
    shown = open_players().show(player, "player")
    wait_until_loaded(shown.page)
    press(shown, "Play")
    choose(shown, 2)
    taps = np.zeros(64)
    taps[63] = 0.25
    player.set_filter("b", of="a", taps=taps)
    assert heard_as_db(shown.page, GAIN * 0.25 * sounds["a"]) < -60
    assert np.abs(save(shown) - GAIN * player.sounds["b"][0]).max() < 1.1 / 32_768


def wait_for_filter(shown, n):
    """Until the page had the time to draw what it knows after its n-th filter."""
    shown.page.wait_for_function(
        "n => models.one.received.filter((one) => one.kind === 'filter').length === n",
        arg=n,
    )
    shown.page.evaluate("new Promise((done) => setTimeout(done, 400))")


def test_a_filter_that_is_there_before_its_source_is_drawn(open_players, long_sounds):
    player = listen.Player(long_sounds, sample_rate=RATE, spectrogram=True)
    player.selected = "b"
    player.set_filter("b", of="a", taps=[1.0])
    with kernel_is_busy(player, kinds=["want"]):
        shown = open_players().show(player, "player")
        wait_for_filter(shown, 1)
    shown.settle()
    wait_until_loaded(shown.page)
    for canvas in (".cl-wave", ".cl-spectrogram"):
        picture = picture_of(shown, 1, canvas)
        assert picture != picture_of(shown, 3, canvas)
        wait_for_picture(shown, 2, picture, canvas)
    press(shown, "Play")
    assert heard_as_db(shown.page, long_sounds["a"]) < -60


def test_a_filter_is_drawn_afresh_with_a_new_source(open_players, long_sounds):
    player = listen.Player(long_sounds, sample_rate=RATE, gain_db=0, spectrogram=True)
    player.selected = "b"
    shown = open_players().show(player, "player")
    wait_until_loaded(shown.page)
    player.set_filter("b", of="a", taps=[0.5])
    assert np.abs(save(shown) - 0.5 * long_sounds["a"]).max() < 1.1 / 32_768
    other = 0.3 * long_sounds["a"][::-1]
    with kernel_is_busy(player):
        player.update({**long_sounds, "a": other})
        player.set_filter("b", of="a", taps=[1.0])
        wait_for_filter(shown, 2)
    shown.settle()
    wait_until_loaded(shown.page)
    assert np.abs(save(shown) - other).max() < 1.1 / 32_768
    for canvas in (".cl-wave", ".cl-spectrogram"):
        wait_for_picture(shown, 2, picture_of(shown, 1, canvas), canvas)
