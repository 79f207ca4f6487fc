"""The engine without a clock: what it renders is what paper says, sample by sample."""

import numpy as np
import pytest

from tests.browser.engine_page import RATE, engine_page
from tests.browser.recording import cross_fade

pytestmark = pytest.mark.browser

FADE = 384  # 8 ms
ROUNDING = 1e-6


@pytest.fixture(scope="module")
def ears(chromium, site):
    with engine_page(chromium, site) as ears:
        yield ears


def beginning(heard):
    """The first sample that sounds."""
    return int(np.flatnonzero(np.any(heard, axis=0))[0])


SET = "engine.setSound({i}, await load('{name}', {channels}));"


def sets(**sounds):
    """JavaScript that loads sounds in their order."""
    return "".join(
        SET.format(i=i, name=name, channels=channels)
        for i, (name, channels) in enumerate(sounds.items())
    )


def test_a_switch_is_the_ideal_cross_fade(ears, rng):
    one, two = 0.1 * rng.standard_normal((2, RATE))
    ears.give(one=one, two=two)
    heard = ears.render(
        0.9, RATE, sets(one=1, two=1) + "engine.play();", [(0.3, "engine.select(1)")]
    )[0]
    start = beginning(heard[None])
    n = len(heard) - start
    ideal, switch = cross_fade(heard[start:], one[:n], two[:n], n_fade=FADE)
    assert np.abs(heard[start:] - ideal).max() < ROUNDING
    assert 0.3 <= (start + switch) / RATE < 0.33


def test_fifty_switches_are_fifty_ideal_cross_fades(ears, rng):
    """No sample is missing, and no sound has moved against another one."""
    noises = 0.1 * rng.standard_normal((3, 3 * RATE))
    names = dict(zip(("a", "b", "c"), noises, strict=True))
    ears.give(**names)
    times = 0.1 + 0.05 * np.arange(50)
    order = np.arange(51) % 3
    acts = [
        (round(float(t), 3), f"engine.select({n})")
        for t, n in zip(times, order[1:], strict=True)
    ]
    set_up = sets(a=1, b=1, c=1) + "engine.play();"
    heard = ears.render(2.7, RATE, set_up, acts)[0]
    start = beginning(heard[None])
    heard = heard[start:]
    ideal, now = noises[0, : len(heard)], 0
    for time, number in zip(times, order[1:], strict=True):
        earliest = round(time * RATE) - start
        after = noises[number, : len(heard)]
        ideal, now = cross_fade(heard, ideal, after, n_fade=FADE, earliest=earliest)
        assert 0 <= now + 1 - earliest < 0.03 * RATE
    assert np.abs(heard - ideal).max() < ROUNDING


def test_a_new_sound_takes_over_at_the_same_moment(ears, rng):
    old, new = 0.1 * rng.standard_normal((2, RATE))
    ears.give(old=old, new=new)
    heard = ears.render(
        0.9,
        RATE,
        "window.fresh = await load('new');" + sets(old=1) + "engine.play();",
        [(0.3, "engine.setSound(0, fresh)")],
    )[0]
    start = beginning(heard[None])
    n = len(heard) - start
    ideal, _ = cross_fade(heard[start:], old[:n], new[:n], n_fade=FADE)
    assert np.abs(heard[start:] - ideal).max() < ROUNDING


@pytest.mark.parametrize("rate", [8_000, 44_100, 96_000])
def test_a_sound_leaves_as_it_came(ears, rng, rate):
    sound = 1e-3 * rng.standard_normal((2, rate // 4))  # -60 dBFS
    ears.give(sound=sound)
    heard = ears.render(0.5, rate, sets(sound=2) + "engine.play();")
    start = beginning(heard)
    assert np.abs(heard[:, start : start + rate // 4] - sound).max() < 1e-9
    assert not heard[:, start + rate // 4 :].any()


def test_a_mono_sound_reaches_both_ears_at_its_level(ears, rng):
    mono, stereo = rng.uniform(-1, 1, 4_800), rng.uniform(-1, 1, (2, 4_800))
    ears.give(mono=mono, stereo=stereo)
    heard = ears.render(0.2, RATE, sets(mono=1, stereo=2) + "engine.play();")
    start = beginning(heard)
    left, right = heard[:, start : start + 4_800]
    assert np.abs(left - mono).max() < 1e-7
    assert np.array_equal(left, right)


def test_the_common_gain_is_a_factor(ears, rng):
    sound = rng.uniform(-1, 1, 4_800)
    ears.give(sound=sound)
    heard = ears.render(
        0.2, RATE, sets(sound=1) + "engine.setGain(0.25); engine.play();"
    )
    start = beginning(heard)
    assert np.abs(heard[0, start : start + 4_800] - 0.25 * sound).max() < 1e-7


def test_one_sample_sounds_once(ears):
    ears.give(click=[0.5])
    heard = ears.render(0.2, RATE, sets(click=1) + "engine.play();")
    assert np.count_nonzero(heard[0]) == 1
    assert heard[:, beginning(heard)] == pytest.approx([0.5, 0.5])


def test_silence_stays_silent(ears):
    ears.give(silence=np.zeros(4_800))
    heard = ears.render(0.2, RATE, sets(silence=1) + "engine.play();")
    assert not heard.any()


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000])
def test_a_loop_region_is_exact_for_sounds_of_any_length(ears, rng, rate):
    whole, shorter = rng.uniform(-1, 1, rate), rng.uniform(-1, 1, rate // 5)
    ears.give(whole=whole, shorter=shorter)
    first, end = rate // 7, rate // 3  # the shorter one ends within the region
    region = f"start_s: {first / rate!r}, end_s: {end / rate!r}"
    loop = f"engine.setLoop({{on: true, {region}}});"
    heard = ears.render(
        3,
        rate,
        sets(whole=1, shorter=1) + loop + "engine.play();",
        [(1.5, "engine.select(1)")],
    )[0]
    silent = np.concatenate([shorter, np.zeros(rate)])
    position, fade = first, round(0.008 * rate)
    start = int(np.flatnonzero(heard)[0]) - 1  # the fade begins at nothing
    frames = np.arange(len(heard) - start)
    at = first + (position - first + frames) % (end - first)
    middle = slice(fade, int(1.5 * rate) - start)
    late = slice(int(1.6 * rate) - start, None)
    assert np.abs(heard[start:] - whole[at])[middle].max() < ROUNDING
    assert np.abs(heard[start:] - silent[at])[late].max() < ROUNDING


def test_a_loop_region_behind_the_end_of_the_sound_is_the_whole_sound(ears, rng):
    ears.give(sound=rng.uniform(-1, 1, RATE // 4))
    play = sets(sound=1) + "engine.setLoop({on: true, REGION}); engine.play();"
    whole, behind = (
        ears.render(1, RATE, play.replace("REGION", region))
        for region in ("start_s: 0", "start_s: 7, end_s: 9")
    )
    np.testing.assert_array_equal(behind, whole)


def test_without_a_loop_the_whole_sounds_and_then_nothing(ears, rng):
    sound = rng.uniform(-1, 1, RATE // 4)
    ears.give(sound=sound)
    off = "engine.setLoop({on: false, start_s: 0.1, end_s: 0.2});"
    heard = ears.render(0.5, RATE, sets(sound=1) + off + "engine.play();")[0]
    start = int(np.flatnonzero(heard)[0])
    assert np.abs(heard[start : start + RATE // 4] - sound).max() < ROUNDING
    assert not heard[start + RATE // 4 :].any()


def test_a_jump_lands_on_its_sample(ears, rng):
    sound = rng.uniform(-1, 1, 2 * RATE)
    ears.give(sound=sound)
    position = 70_001
    heard = ears.render(
        0.8,
        RATE,
        sets(sound=1) + "engine.play();",
        [(0.3, f"engine.seek({position / RATE!r})")],
    )[0]
    start = int(np.flatnonzero(heard)[0])
    known = sound[: len(heard) - start]
    gone = np.flatnonzero(np.abs(heard[start:] - known) > 10 * ROUNDING)[0] - 1
    landed = heard[start + gone + FADE :]
    assert np.abs(landed - sound[position + FADE :][: len(landed)]).max() < ROUNDING


def test_a_filter_is_numpys_convolution(ears, rng):
    sound, taps = 0.1 * rng.standard_normal(RATE), 0.1 * rng.standard_normal((2, 700))
    ears.give(sound=sound, taps=taps)
    heard = ears.render(
        0.8,
        RATE,
        sets(sound=1)
        + "engine.setFilter(1, {of: 0, taps: await load('taps', 2)});"
        + "engine.select(1); engine.play();",
    )
    start = beginning(heard)
    ideal = np.array([np.convolve(sound, ear) for ear in taps])
    n = heard.shape[1] - start
    assert np.abs(heard[:, start:] - ideal[:, :n]).max() < 1e-5


def test_filters_are_exchanged_in_a_cross_fade_of_their_outputs(ears, rng):
    sound = 0.1 * rng.standard_normal(RATE)
    old, new = 0.1 * rng.standard_normal((2, 1_024))
    ears.give(sound=sound, old=old, new=new)
    heard = ears.render(
        0.9,
        RATE,
        sets(sound=1)
        + "window.fresh = await load('new');"
        + "engine.setFilter(1, {of: 0, taps: await load('old')});"
        + "engine.select(1); engine.play();",
        [(0.4, "engine.setFilter(1, {of: 0, taps: fresh})")],
    )[0]
    start = beginning(heard[None])
    n = len(heard) - start
    before, after = (np.convolve(sound, taps)[:n] for taps in (old, new))
    # The convolver's own rounding hides the first samples of the fade: find its middle.
    ideal, switch = best_fade(heard[start:], before, after)
    assert np.abs(heard[start:] - ideal).max() < 2e-5
    assert 0.4 <= (start + switch) / RATE < 0.45


def best_fade(heard, before, after):
    """The cross-fade between two known sounds that comes nearest."""
    gap = after - before
    share = np.clip(heard - before, -9, 9) * gap
    blocks = share[: len(gap) // 64 * 64].reshape(-1, 64).sum(1)
    blocks /= (gap**2)[: len(gap) // 64 * 64].reshape(-1, 64).sum(1)
    guess = 64 * int(np.argmax(blocks > 0.5)) - FADE // 2
    frames = np.arange(len(heard))
    best = (np.inf, heard, 0)
    for start in range(guess - 96, guess + 96):
        part = np.clip((frames - start) / FADE, 0, 1)
        ideal = before * (1 - part) + after * part
        best = min(
            best, (np.abs(heard - ideal).max(), ideal, start), key=lambda x: x[0]
        )
    return best[1:]


def test_a_pause_fades_out_and_play_goes_on_from_there(ears, rng):
    sound = rng.uniform(-1, 1, 2 * RATE)
    ears.give(sound=sound)
    heard = ears.render(
        1.0,
        RATE,
        sets(sound=1) + "engine.play();",
        [
            (0.3, "engine.pause(); window.at = engine.position_s"),
            (0.5, "engine.play()"),
        ],
    )[0]
    at = round(ears.run("return window.at") * RATE)
    start = int(np.flatnonzero(heard)[0])
    assert np.abs(heard[start : start + at] - sound[:at]).max() < ROUNDING
    assert not heard[start + at + FADE : RATE // 2].any()
    again = RATE // 2 + int(np.flatnonzero(heard[RATE // 2 :])[0]) - 1
    rest = heard[again + FADE :]
    assert np.abs(rest - sound[at + FADE :][: len(rest)]).max() < ROUNDING


ONCE = "engine.setLoop({on: false, once: true, start_s: %r, end_s: %r});"
FIRST, END = 20_000, 24_001  # a region in samples
REGION_ONCE = ONCE % (FIRST / RATE, END / RATE)


def faded(piece, after):
    """A piece that rises from nothing, and what is behind it sinking to nothing."""
    rise, fall = np.ones(len(piece)), 1 - np.arange(FADE) / FADE
    rise[:FADE] = np.arange(FADE) / FADE
    return np.concatenate([piece * rise, after[:FADE] * fall])


def sounding(heard):
    """What is heard from the first sample on, which a fade makes silent."""
    return heard[int(np.flatnonzero(heard)[0]) - 1 :]


def test_a_region_is_played_once_between_two_fades(ears, rng):
    sound = rng.uniform(-1, 1, RATE)
    ears.give(sound=sound)
    play = (
        sets(sound=1) + REGION_ONCE + f"engine.seek({FIRST / RATE!r}); engine.play();"
    )
    heard = sounding(ears.render(0.5, RATE, play)[0])
    ideal = faded(sound[FIRST:END], sound[END:])
    assert np.abs(heard[: len(ideal)] - ideal).max() < ROUNDING
    assert not heard[len(ideal) :].any()


def test_behind_a_region_played_once_it_goes_on(ears, rng):
    sound = rng.uniform(-1, 1, RATE)
    ears.give(sound=sound)
    play = (
        sets(sound=1) + REGION_ONCE + f"engine.seek({FIRST / RATE!r}); engine.play();"
    )
    acts = [(0.3, "window.told = [engine.state, engine.position_s]; engine.play()")]
    heard = ears.render(0.6, RATE, play, acts)[0][round(0.3 * RATE) :]
    assert ears.run("return window.told") == ["stopped", END / RATE]
    rest = sounding(heard)[FADE:]
    assert np.abs(rest - sound[END + FADE :][: len(rest)]).max() < ROUNDING


def test_what_passes_through_a_region_goes_on(ears, rng):
    """Even if a sound is exchanged meanwhile: nobody asked for the region."""
    sound = rng.uniform(-1, 1, RATE)
    ears.give(sound=sound)
    again = "window.fresh = await load('sound');"
    heard = ears.render(
        0.9,
        RATE,
        again + sets(sound=1) + REGION_ONCE + "engine.play();",
        [(0.45, "engine.setSound(0, fresh)")],
    )[0]
    heard = heard[beginning(heard[None]) :]
    assert np.abs(heard - sound[: len(heard)]).max() < ROUNDING


@pytest.mark.parametrize("act", ["jump", "end of the loop"])
def test_while_it_plays_a_region_can_be_asked_for_once(ears, rng, act):
    sound = rng.uniform(-1, 1, RATE)
    ears.give(sound=sound)
    jump = act == "jump"
    loop = "" if jump else REGION_ONCE.replace("false", "true")
    then = f"engine.seek({FIRST / RATE!r});" if jump else ""
    play = sets(sound=1) + loop + "engine.play();"
    heard = ears.render(0.6, RATE, play, [(0.3, REGION_ONCE + then)])[0]
    last = int(np.flatnonzero(heard)[-1]) - FADE + 1
    piece = slice(last - 1_000, last + 1)
    assert np.abs(heard[piece] - sound[END - 1_000 : END + 1]).max() < ROUNDING
    assert not heard[last + FADE :].any()
    assert last < 0.5 * RATE


@pytest.mark.parametrize("when", [0.05, 0.085])
def test_a_region_that_ends_before_what_plays_stops_it(ears, rng, when):
    """And who exchanges the sound just before the end does not let it run on."""
    sound = rng.uniform(-1, 1, RATE)
    ears.give(sound=sound)
    again = "window.fresh = await load('sound');"
    play = (
        sets(sound=1) + REGION_ONCE + f"engine.seek({FIRST / RATE!r}); engine.play();"
    )
    shorter = ONCE % (FIRST / RATE, (FIRST + 500) / RATE)
    act = shorter if when < 0.06 else "engine.setSound(0, fresh)"
    heard = ears.render(0.5, RATE, again + play, [(when, act)])[0]
    last = int(np.flatnonzero(heard)[-1])
    assert when * RATE < last < (when + 0.03) * RATE
    assert np.abs(heard).max() <= 1


@pytest.mark.parametrize("n", [1, 100, FADE])
def test_the_shortest_region_sounds_without_a_click(ears, n):
    ears.give(sound=np.ones(RATE))
    region = ONCE % (0.5, 0.5 + n / RATE)
    play = sets(sound=1) + region + "engine.seek(0.5); engine.play();"
    heard = ears.render(0.3, RATE, play)[0]
    assert 0 < np.abs(heard).max() <= 1
    assert np.abs(np.diff(heard)).max() < 1.01 / FADE
    assert np.count_nonzero(heard) <= n + FADE


def test_a_pause_within_the_last_fade_makes_no_click(ears):
    ears.give(sound=np.ones(RATE))
    play = sets(sound=1) + ONCE % (0.5, 0.55) + "engine.seek(0.5); engine.play();"
    acts = [(when / 1000, "engine.pause()") for when in range(44, 60, 5)]
    for act in acts:
        heard = ears.render(0.3, RATE, play, [act])[0]
        assert np.abs(np.diff(heard)).max() < 2.01 / FADE
        assert np.flatnonzero(heard)[-1] < 0.09 * RATE
