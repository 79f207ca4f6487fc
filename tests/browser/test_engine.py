"""The engine as a reader hears it: a real clock, a real click, a real output."""

import numpy as np
import pytest

from tests.browser.engine_page import NEW, RATE, tone

pytestmark = pytest.mark.browser

ROUNDING = 1e-6


@pytest.fixture(autouse=True)
def no_engine_is_left(ears):
    yield
    ears.leave()


def loudest_kink(samples):
    return np.abs(np.diff(samples, 2)).max()


def windows_rms(samples, size=240):
    """RMS in each 5 ms."""
    return np.sqrt(
        np.mean(samples[: len(samples) // size * size].reshape(-1, size) ** 2, 1)
    )


def sounding(heard):
    """What lies between the first and the last sample that are not zero."""
    at = np.flatnonzero(heard)
    return heard[at[0] : at[-1] + 1]


def test_switching_makes_no_gap_and_no_click(ears):
    ears.give(loud=tone(440), soft=tone(440) / np.sqrt(2))
    set_up = NEW + "for (const [i, n] of [[0, 'loud'], [1, 'soft']])"
    set_up += "engine.setSound(i, await load(n));"
    still, _, _ = ears.hear(set_up, "await wait(0.8);")
    moved, _, _ = ears.hear(
        set_up,
        "for (let i = 1; i <= 20; i++) { await wait(0.04); engine.select(i % 2); }",
    )
    still, moved = sounding(still[0])[:-1_000], sounding(moved[0])[:-1_000]
    assert loudest_kink(moved) <= 1.5 * loudest_kink(still)
    # 6 dB below the softer of the two would be a hole.
    assert windows_rms(moved).min() > 0.5 * windows_rms(still).min() / np.sqrt(2)
    assert windows_rms(moved).min() < 0.8 * windows_rms(still).min()  # it did switch


def test_swapping_a_sound_while_it_plays_makes_no_gap_and_no_click(ears):
    ears.give(tone=tone(440))
    set_up = NEW + "window.sound = await load('tone'); engine.setSound(0, sound);"
    moved, _, _ = ears.hear(
        set_up,
        "for (let i = 0; i < 10; i++) { await wait(0.06); engine.setSound(0, sound); }",
    )
    moved = sounding(moved[0])[:-1_000]
    assert np.abs(moved - tone(440)[: len(moved)]).max() < ROUNDING


def test_stopping_and_starting_would_be_heard(ears):
    """The measure itself: what other players do leaves a hole and a click."""
    ears.give(tone=tone(440))
    set_up = NEW + "engine.setSound(0, await load('tone'));"
    still, _, _ = ears.hear(set_up, "await wait(0.4);")
    naive = "await wait(0.2); const end = [...ends].at(-1); end.disconnect();"
    naive += "await wait(0.02); end.connect(end.context.destination); await wait(0.2);"
    moved, _, _ = ears.hear(set_up, naive)
    still, moved = sounding(still[0])[:-1_000], sounding(moved[0])[:-1_000]
    assert loudest_kink(moved) > 10 * loudest_kink(still)
    assert windows_rms(moved).min() < 0.1 * windows_rms(still).min()


STORM = """
  const random = (n) => Math.floor(n * Math.random());
  const swap = (i) => engine.setSound(i, sounds[i]);
  await wait(0.1);
  const acts = [...Array(50).fill("switch"), ...Array(20).fill("swap"), ...LOOPS];
  while (acts.length) {
    const [act] = acts.splice(random(acts.length), 1);
    if (act === "switch") engine.select(random(sounds.length));
    else if (act === "swap") swap(random(sounds.length));
    else engine.setLoop(act);
    await wait(0.005 + 0.03 * Math.random());
  }
"""


def test_copies_stay_one_sound_through_switches_and_swaps(ears, rng):
    """Cross-fades of equal sounds add up to the sound only if all clocks agree."""
    noise = 0.1 * rng.standard_normal(RATE // 2)
    ears.give(noise=noise)
    set_up = NEW + "window.sounds = await Promise.all([..."
    set_up += "Array(5)].map(() => load('noise')));"
    set_up += "sounds.forEach((sound, i) => engine.setSound(i, sound));"
    set_up += "engine.setLoop({on: true});"
    loops = "[{on: true}, {on: true, start_s: 0}, {on: true, end_s: 0.5}]"
    heard, _, _ = ears.hear(set_up, STORM.replace("LOOPS", loops))
    heard = sounding(heard[0])[:-1_000]
    assert len(heard) > 1.5 * RATE
    ideal = np.resize(noise, len(heard))
    assert np.abs(heard - ideal).max() < ROUNDING


def test_all_clocks_agree_to_the_sample_after_switches_swaps_and_loops(ears, rng):
    noises = 0.1 * rng.standard_normal((4, RATE // 2))
    ears.give(noises=noises)
    set_up = NEW + "window.sounds = (await load('noises', 4)).map((one) => [one]);"
    set_up += "sounds.forEach((sound, i) => engine.setSound(i, sound));"
    set_up += "engine.setLoop({on: true});"
    loops = "[{on: true, start_s: 0.1, end_s: 0.4}, {on: true, start_s: 0.2},"
    loops += "{on: true, end_s: 0.3}, {on: true}]"
    visit = "engine.setLoop({on: true}); await wait(0.3); const marks = [];"
    visit += """for (let i = 0; i < 4; i++) {
      engine.select(i);
      await wait(0.1);
      marks.push(Math.round(engine.context.currentTime * 48000));
      await wait(0.12);
    } return marks;"""
    heard, first, marks = ears.hear(set_up, STORM.replace("LOOPS", loops) + visit)
    offsets = []
    for noise, mark in zip(noises, marks, strict=True):
        piece = heard[0, mark - first : mark - first + 2_400]
        spectrum = np.fft.rfft(noise) * np.conj(np.fft.rfft(piece, len(noise)))
        position = int(np.argmax(np.fft.irfft(spectrum, len(noise))))
        assert np.abs(np.roll(noise, -position)[:2_400] - piece).max() < ROUNDING
        offsets.append((position - mark) % len(noise))
    assert len(set(offsets)) == 1


@pytest.mark.parametrize("rate", [8_000, 96_000])
def test_a_page_plays_other_rates_as_they_are(ears, rng, rate):
    sound = 0.1 * rng.standard_normal((2, rate))
    ears.give(sound=sound)
    set_up = f"window.engine = new Engine({{sampleRate: {rate}}});"
    set_up += "engine.setSound(0, await load('sound', 2));"
    heard, _, _ = ears.hear(set_up, "await wait(0.3);")
    start = int(np.flatnonzero(heard[0])[0])
    n = rate // 5
    assert np.abs(heard[:, start : start + n] - sound[:, :n]).max() < ROUNDING


def test_a_filter_moved_by_a_slider_makes_no_click(ears):
    ears.give(tone=tone(440))
    set_up = NEW + "engine.setSound(0, await load('tone')); engine.select(1);"
    set_up += "window.filter = (g) => { const taps = new Float32Array(512);"
    set_up += (
        " taps[100] = g; engine.setFilter(1, {of: 0, taps: [taps]}); }; filter(1);"
    )
    still, _, _ = ears.hear(set_up, "await wait(0.6);")
    moves = (
        "for (let i = 0; i < 25; i++) { await wait(0.03); filter(1 - 0.3 * (i % 2)); }"
    )
    moved, _, _ = ears.hear(set_up, moves)
    still, moved = sounding(still[0])[100:-1_600], sounding(moved[0])[100:-1_600]
    assert loudest_kink(moved) <= 1.5 * loudest_kink(still)
    assert windows_rms(moved[2_000:]).min() > 0.5 * windows_rms(still[2_000:]).min()
    assert windows_rms(moved).min() < 0.8 * windows_rms(still[2_000:]).min()


def test_a_sound_that_comes_late_joins_in_at_the_same_moment(ears, rng):
    noise = 0.1 * rng.standard_normal(2 * RATE)
    ears.give(noise=noise)
    set_up = NEW + "window.sound = await load('noise'); engine.setSound(0, sound);"
    heard, _, _ = ears.hear(
        set_up,
        "await wait(0.1); engine.select(1); await wait(0.1);"
        "engine.setSound(1, sound); await wait(0.2);",
    )
    start = int(np.flatnonzero(heard[0])[0])
    n = min(len(noise), heard.shape[1] - start - 1_000)
    heard = heard[0, start : start + n]
    assert np.any(windows_rms(heard) == 0)  # nobody was there yet
    assert np.abs(heard[-4_800:] - noise[:n][-4_800:]).max() < ROUNDING


def test_a_player_that_is_taken_away_fades_out(ears):
    ears.give(tone=tone(440))
    set_up = NEW + "engine.setSound(0, await load('tone'));"
    heard, _, _ = ears.hear(
        set_up, "await wait(0.3); engine.destroy(); await wait(0.2);"
    )
    heard = heard[0]
    assert not heard[-2_400:].any()
    end = int(np.flatnonzero(heard)[-1])
    assert loudest_kink(heard[end - 2_400 : end + 100]) < 3 * loudest_kink(tone(440))
