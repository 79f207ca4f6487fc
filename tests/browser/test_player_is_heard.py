"""What a player in a page lets one hear: recorded, and compared with what is meant."""

import time

import numpy as np
import pytest

from clarity_lab import listen
from tests.browser.player_page import (
    GAIN,
    RATE,
    choose,
    drag,
    kernel_is_busy,
    key,
    press,
    wait_until_loaded,
)
from tests.browser.recording import cross_fade, ears_of, heard_as_db, place_in

pytestmark = pytest.mark.browser


def test_before_a_click_there_is_no_sound_and_after_it_there_is(shown, player):
    page = shown.page
    assert page.evaluate("contexts.length") == 0
    press(shown, "Play")
    page.wait_for_function("contexts.at(-1)?.state === 'running'")
    before = page.evaluate("contexts.at(-1).currentTime")
    page.wait_for_function("t => contexts.at(-1).currentTime > t + 0.1", arg=before)
    assert player.playing
    press(shown, "Pause")
    assert not player.playing
    assert player.position_s > 0.1
    assert shown.errors == []


def test_python_cannot_sound_before_a_click_and_the_page_says_so(
    open_players, player, sounds
):
    shown = open_players().show(player, "player", wait=False)
    player.playing = True
    until = time.monotonic() + 20
    while player.playing and time.monotonic() < until:  # until the page says no
        time.sleep(0.02)
    page, told = shown.page, "The browser keeps sound off until you click"
    assert page.evaluate("contexts.map((one) => one.state)") == ["suspended"]
    assert page.get_by_role("status").filter(has_text=told).is_visible()
    assert not player.playing
    press(shown, "Play")
    assert heard_as_db(page, GAIN * sounds["a"]) < -60
    assert page.evaluate("contexts.map((one) => one.state)") == ["running"]
    assert page.get_by_text(told).is_hidden()
    assert player.playing


def test_a_page_that_comes_back_is_silent_and_python_knows(open_players, player):
    player.playing = True  # in a page that is gone
    shown = open_players().show(player, "player")
    shown.settle()
    assert not player.playing
    assert shown.page.evaluate("contexts.length") == 0


def test_what_is_heard_is_the_chosen_sound_at_the_common_gain(shown, sounds):
    press(shown, "Play")
    assert heard_as_db(shown.page, GAIN * sounds["a"]) < -60  # one channel to both ears


def test_after_switching_the_other_sound_is_heard(shown, sounds):
    press(shown, "Play")
    assert heard_as_db(shown.page, GAIN * sounds["a"]) < -60
    key(shown, "3")
    assert heard_as_db(shown.page, *(GAIN * sounds["both"])) < -60


def test_a_switch_is_a_cross_fade_at_the_same_moment(shown, sounds):
    """No gap, no click, and the new sound goes on where the old one was."""
    press(shown, "Play")
    heard = record_while(shown, "await wait(0.2); press('3'); await wait(0.2);")
    start = place_in(GAIN * sounds["a"], heard[0][: RATE // 10])
    now = slice(start, start + heard.shape[1])
    for ear, one in zip(heard, sounds["both"], strict=True):
        before, after = GAIN * sounds["a"][now], GAIN * one[now]
        ideal, _ = cross_fade(ear, before, after, n_fade=round(0.008 * RATE))
        # A sound travels in steps of its own peak / 32767.
        assert np.abs(ear - ideal).max() < 1e-5


RECORDED = """async () => {
  const recorder = await startRecording();
  const context = contexts.at(-1);
  const wait = async (seconds) => {
    const until = context.currentTime + seconds;
    while (context.currentTime < until) await new Promise((go) => setTimeout(go, 5));
  };
  const press = (key) => document.querySelector(".cl-timeline")
    .dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  %s
  return recorder.stop();
}"""


def record_while(shown, act):
    """What is heard while the page does something, from the first sound on."""
    for _ in range(3):
        choose(shown, 1)
        assert heard_as_db(shown.page, GAIN * shown.widgets["one"].sounds["a"]) < -60
        heard = shown.page.evaluate(RECORDED % act)
        if heard["whole"]:
            return ears_of(heard)
    raise AssertionError("the recording itself has a hole")


def test_a_dragged_region_is_looped(shown, player, sounds):
    drag(shown, 2.0, 2.5)
    start, end = player.loop_region
    assert (start, end) == pytest.approx((2.0, 2.5), abs=0.05)
    assert player.loop
    press(shown, "Play")
    region = GAIN * sounds["a"][round(start * RATE) : round(end * RATE)]
    around = np.tile(region, 4)
    assert heard_as_db(shown.page, around, seconds=1.2) < -60


@pytest.mark.parametrize(("ear", "side"), [("Left", 0), ("Right", 1)])
def test_one_ear_hears_its_channel_and_the_other_nothing(
    shown, player, sounds, ear, side
):
    choose(shown, 3)
    press(shown, "Play")
    press(shown, ear)
    ears = GAIN * sounds["both"]
    silent = np.zeros_like(ears)
    silent[side] = ears[side]
    assert heard_as_db(shown.page, *silent) < -60
    assert player.ear == ear.lower()
    press(shown, "Both")
    assert heard_as_db(shown.page, *ears) < -60


def test_python_can_play_switch_and_jump(shown, player, sounds):
    press(shown, "Play")
    player.selected = "b"
    player.position_s = 1.0
    assert heard_as_db(shown.page, GAIN * sounds["b"]) < -60
    player.playing = False
    shown.settle()
    shown.page.get_by_role("button", name="Play", exact=True).wait_for()
    shown.settle()
    assert 1 < player.position_s < 3


def test_an_update_is_heard_without_a_press(shown, player, sounds):
    press(shown, "Play")
    player.update({**sounds, "a": sounds["b"]})
    assert heard_as_db(shown.page, GAIN * sounds["b"]) < -60
    assert player.playing


def test_a_click_before_the_sounds_are_there_is_not_lost(open_players, sounds):
    player = listen.Player(sounds, sample_rate=RATE)
    with kernel_is_busy(player):
        bridge = open_players().show(player, "player")
        bridge.page.locator(".cl-play").click()
        assert bridge.page.locator(".cl-play").inner_text() == "Loading …"
        bridge.settle()
    bridge.settle()
    bridge.page.get_by_role("button", name="Pause").wait_for()
    assert heard_as_db(bridge.page, sounds["a"]) < -60


def test_starting_one_player_pauses_the_others(open_players, sounds):
    bridge = open_players()
    first, second = (listen.Player(sounds, sample_rate=RATE) for _ in range(2))
    bridge.show(first, "player", id_="first").show(second, "player", id_="second")
    wait_until_loaded(bridge.page)
    bridge.page.locator("#first .cl-play").click()
    bridge.settle()
    assert first.playing
    bridge.page.locator("#second .cl-play").click()
    bridge.settle()
    assert (first.playing, second.playing) == (False, True)


def test_two_views_of_one_player_are_one_player(shown, player):
    page = shown.page
    page.evaluate("addView('one')")
    page.locator("#one-1 .cl-play").click()
    shown.settle()
    assert player.playing
    assert page.locator("#one .cl-play").inner_text() == "Pause"
    page.evaluate("models.one.views[1].cleanUp()")
    shown.settle()
    assert player.playing
    page.evaluate("models.one.views[0].cleanUp()")
    shown.settle()
    assert not player.playing
    assert heard_as_db(page, np.zeros(1)) == -np.inf


def test_when_the_first_view_goes_the_second_follows_python_and_sounds(
    shown, player, sounds
):
    page = shown.page
    page.evaluate("addView('one')")
    press_play = page.locator("#one-1 .cl-play").click
    page.evaluate("models.one.views[0].cleanUp()")
    player.selected = "b"
    shown.settle()
    assert page.locator("#one-1 [aria-pressed=true] .cl-digit").inner_text() == "2"
    press_play()
    assert heard_as_db(page, GAIN * sounds["b"]) < -60
    player.update({**sounds, "b": sounds["a"]})
    assert heard_as_db(page, GAIN * sounds["a"]) < -60
    assert player.playing


def test_a_view_that_comes_after_the_last_one_has_gone_asks_again(
    shown, player, sounds
):
    page = shown.page
    page.evaluate("models.one.views[0].cleanUp(); addView('one')")
    wait_until_loaded(page)
    page.locator("#one-1 .cl-play").click()
    assert heard_as_db(page, GAIN * sounds["a"]) < -60


COUNT = """(() => {
  window.held = 0;
  const Native = window.AudioBuffer;
  window.AudioBuffer = class extends Native {
    constructor(options) {
      super(options);
      window.held += options.length * (options.numberOfChannels ?? 1);
    }
  };
})();"""


def test_a_page_holds_each_sound_once_for_all_ears(open_players, player, sounds):
    shown = open_players(before=COUNT).show(player, "player")
    wait_until_loaded(shown.page)
    for name in ("Play", "Left", "Right", "Both"):
        press(shown, name)
    assert shown.page.evaluate("held") == sum(one.size for one in sounds.values())


@pytest.mark.slow
def test_ten_minutes_are_played_too(open_players, rng):
    long = 0.1 * rng.standard_normal(600 * 8_000)
    player = listen.play(long, sample_rate=8_000, title="long")
    bridge = open_players().show(player, "player")
    bridge.page.locator(".cl-play").click()
    bridge.page.get_by_role("button", name="Pause").wait_for(timeout=60_000)
    assert heard_as_db(bridge.page, long[: 60 * 8_000]) < -60
