"""A listening test on a page, both halves: clicked, dragged, typed into, and heard."""

import numpy as np
import pytest

pytest.importorskip("anywidget", reason="needs the lessons' packages")

from clarity_lab.widgets.rate import rate
from tests.browser.bridge import Bridge
from tests.browser.recording import WATCH, ears_of, heard_as_db, place_in

pytestmark = pytest.mark.browser

RATE = 16_000
FADE = RATE * 5 // 1000
RISE = 0.5 - 0.5 * np.cos(np.pi * np.arange(FADE + 1) / FADE)
NAMES = ["xylophone", "yodelling", "zither"]


@pytest.fixture
def open_page(strict_chromium):
    """open_page(widget) is a fresh visit: it may come after another one."""
    pages = []

    def open_(widget, *, look="light", width=1_000):
        page = strict_chromium.new_page(viewport={"width": width, "height": 900})
        pages.append(page)
        page.add_init_script(WATCH)
        shown = Bridge(page, look=look).show(widget, "rating")
        page.wait_for_selector("text=/0:00.0 of|What you rated/")
        return shown

    yield open_
    for page in pages:
        page.close()


def noises(rng, seconds, n_trials=1):
    return {
        f"trial {n}": {
            name: 0.1 * rng.standard_normal(round(seconds * RATE)) for name in NAMES
        }
        for n in range(n_trials)
    }


def mushra_of(trials):
    return rate(trials, sample_rate=RATE, seed=3, reference="zither", anchors=["low"])


@pytest.fixture
def mushra(rng):
    return mushra_of(noises(rng, 4, n_trials=2))


@pytest.fixture
def brief(rng):
    """Sounds that are heard in no time."""
    return mushra_of(noises(rng, 0.1, n_trials=2))


@pytest.fixture
def acr(rng):
    return rate(noises(rng, 0.6), sample_rate=RATE, seed=3, method="acr")


def hidden(test, letter):
    """The sound behind a letter."""
    return test._screens[test.screen].playable()[letter]


def press(shown, name):
    shown.page.get_by_role("button", name=name, exact=True).click()


def slider(shown, letter):
    return shown.page.get_by_label(f"Score of {letter}", exact=True)


def assert_hears(shown, sound):
    """Once the switch is over, this sound is heard and nothing else."""
    assert heard_as_db(shown.page, looped(sound)) < -60


def looped(sound):
    """Three rounds; the ends fade (BS.1534-3, 5.3)."""
    sound = sound.copy()
    sound[: FADE + 1] *= RISE
    sound[-FADE:] *= RISE[FADE - 1 :: -1]
    return np.tile(sound, 3)


def wait_for_kernel(shown, is_so):
    """Until the messages of the page have arrived."""
    for _ in range(200):
        if is_so():
            return
        shown.page.wait_for_timeout(50)
    raise AssertionError("the kernel did not hear of it within 10 s")


def status(shown):
    return shown.page.get_by_role("status").inner_text()


def hear_and_rate_all(shown, test, keys="ArrowUp"):
    press(shown, "Play")
    for letter in list(test.answers):
        shown.page.keyboard.press(letter.lower())
        wait_for_kernel(shown, lambda letter=letter: test.answers[letter]["heard"])
        shown.page.keyboard.press(keys)
    press(shown, "Pause")


# ---------------------------------------------------------------- what is heard


def test_nothing_sounds_before_a_click(mushra, open_page):
    shown = open_page(mushra)
    shown.page.keyboard.press("1")
    assert shown.page.evaluate("contexts.length") == 0
    press(shown, "Play")
    shown.page.wait_for_function("contexts.at(-1)?.state === 'running'")
    assert shown.errors == []


def test_the_chosen_letter_is_what_sounds(mushra, open_page):
    shown = open_page(mushra)
    press(shown, "Play")
    for letter in "CADB":
        shown.page.keyboard.press(str("ABCD".index(letter) + 1))
        assert_hears(shown, hidden(mushra, letter))
    press(shown, "Reference")
    assert_hears(shown, hidden(mushra, "Reference"))


def recorded_while(shown, act):
    """One ear, from well before to well after something is done."""
    page = shown.page
    for _ in range(3):
        page.evaluate("async () => (window.scribe = await startRecording())")
        page.wait_for_function("scribe.blocks.length > 20")
        act()
        n_blocks = page.evaluate("scribe.blocks.length")
        page.wait_for_function(f"scribe.blocks.length > {n_blocks + 60}")
        heard = page.evaluate("scribe.stop()")
        if heard["whole"]:
            return ears_of(heard)[0]
    raise AssertionError("the recording itself has a hole")


def apart(before, after, switch):
    """What BS.1534-3, 5.3 asks for: 5 ms down from there, then 5 ms up."""
    rise = np.zeros(len(before))
    rise[switch + FADE :] = 1
    rise[switch + FADE : switch + 2 * FADE + 1] = RISE
    fall = np.ones(len(before))
    fall[switch:] = 0
    fall[switch : switch + FADE + 1] = RISE[::-1]
    return fall * before + rise * after


def test_one_sound_fades_out_before_the_next_one_fades_in(mushra, open_page):
    shown = open_page(mushra)
    press(shown, "Play")
    letters = ["A", "B"]

    def switch():
        letters.reverse()
        shown.page.keyboard.press(letters[0].lower())

    shown.page.keyboard.press("a")
    assert_hears(shown, hidden(mushra, "A"))
    heard = recorded_while(shown, switch)
    after, before = (looped(hidden(mushra, one)) for one in letters)
    place = place_in(before, heard[:2000])
    before, after = (one[place : place + len(heard)] for one in (before, after))
    changed = int(np.flatnonzero(np.abs(heard - before) > 1e-4)[0])
    worst = min(
        np.abs(heard - apart(before, after, switch)).max()
        for switch in range(changed - FADE, changed + 1)
    )
    assert worst < 1e-4


def test_all_sounds_are_turned_down_by_the_gain_that_is_shown(rng, open_page):
    sounds = {name: 0.4 * rng.standard_normal(4 * RATE) for name in NAMES}
    test = rate(sounds, sample_rate=RATE, seed=3, reference="zither", anchors=())
    shown = open_page(test)
    assert test.gain_db < -2
    assert f"All played {test.gain_db:.1f} dB" in shown.page.inner_text("main")
    press(shown, "Play")
    shown.page.keyboard.press("b")
    assert_hears(shown, 10 ** (test.gain_db / 20) * hidden(test, "B"))
    test.gain_db = -20.0
    shown.page.wait_for_selector("text=All played -20.0 dB")
    assert_hears(shown, 0.1 * hidden(test, "B"))


def test_the_loop_stays_in_its_region_and_is_never_too_short(mushra, open_page):
    shown = open_page(mushra)
    end = shown.page.get_by_label("Loop to", exact=True)
    end.fill("0.1")
    assert "0.0 s to 0.5 s" in shown.page.inner_text("main")
    press(shown, "Play")
    shown.page.keyboard.press("1")
    region = looped(hidden(mushra, "A")[: RATE // 2])
    assert heard_as_db(shown.page, region, seconds=0.6) < -60  # its seam is in it


# ---------------------------------------------------------------- what is answered


def test_a_slider_is_dragged_and_only_that_of_the_chosen_sound(mushra, open_page):
    shown = open_page(mushra)
    assert all(slider(shown, letter).is_disabled() for letter in "ABCD")
    press(shown, "Sound B")
    box = slider(shown, "B").bounding_box()
    x = box["x"] + box["width"] / 2
    shown.page.mouse.move(x, box["y"] + box["height"] / 2)
    shown.page.mouse.down()
    shown.page.mouse.move(x, box["y"] + 0.2 * box["height"], steps=6)
    shown.page.mouse.up()
    wait_for_kernel(shown, lambda: 75 <= (mushra.answers["B"]["score"] or 0) <= 88)
    score = mushra.answers["B"]["score"]
    assert slider(shown, "B").input_value() == str(score)
    assert [mushra.answers[letter]["score"] for letter in "ACD"] == [None] * 3
    assert slider(shown, "A").is_disabled()


def test_a_press_on_another_track_chooses_that_sound(mushra, open_page):
    shown = open_page(mushra)
    press(shown, "Sound B")
    box = slider(shown, "D").bounding_box()
    shown.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 20)
    assert slider(shown, "D").is_enabled()
    assert slider(shown, "B").is_disabled()
    assert mushra.answers["D"]["score"] is None


def test_keys_choose_play_and_rate_and_go_no_further(mushra, open_page):
    shown = open_page(mushra)
    page = shown.page
    page.evaluate("document.addEventListener('keydown', () => (window.leaked = true))")
    page.get_by_role("button", name="Play").focus()
    for name in ("ArrowUp", "2", "ArrowUp", "ArrowUp", "PageDown", "d", "Home"):
        page.keyboard.press(name)
    wait_for_kernel(shown, lambda: mushra.answers["D"]["score"] == 0)
    wait_for_kernel(shown, lambda: mushra.answers["B"]["score"] == 42)
    page.keyboard.press("Space")
    wait_for_kernel(shown, lambda: mushra.answers["D"]["n_plays"] == 1)
    page.keyboard.press("b")
    page.keyboard.press("d")
    wait_for_kernel(shown, lambda: mushra.answers["D"]["n_plays"] == 2)
    page.keyboard.press("Space")
    page.get_by_role("button", name="Play").wait_for()
    assert page.evaluate("window.leaked") is None


def test_the_reference_has_no_score_and_a_key_says_so(mushra, open_page):
    shown = open_page(mushra)
    shown.page.get_by_role("button", name="Play").focus()
    shown.page.keyboard.press("0")
    shown.page.keyboard.press("ArrowUp")
    assert "reference is not rated" in status(shown)


def test_next_says_what_is_missing_and_goes_on_when_nothing_is(brief, open_page):
    shown = open_page(brief)
    page = shown.page
    assert "Trial 1 of 2" in page.inner_text("main")
    forward = page.get_by_role("button", name="Next")
    assert forward.is_disabled()
    assert "Not heard yet: A, B, C, D; not rated yet: A, B" in page.inner_text("main")
    forward.click(force=True)
    assert status(shown).startswith("Not finished: not heard yet: A")
    hear_and_rate_all(shown, brief)
    assert forward.is_enabled()
    forward.click()
    page.wait_for_selector("text=Trial 2 of 2")
    assert brief.results["score"].tolist() == [51] * 4
    assert brief.results["n_plays"].min() >= 1
    assert page.evaluate("document.activeElement.textContent") == "Play"
    assert shown.errors == []


def test_what_was_missing_is_no_longer_said_once_it_is_there(brief, open_page):
    shown = open_page(brief)
    shown.page.get_by_role("button", name="Next").click(force=True)
    assert "Not finished" in status(shown)
    hear_and_rate_all(shown, brief)
    assert status(shown) == ""


def test_the_scale_and_the_edges_of_the_loop_are_labelled(brief, open_page):
    page = open_page(brief).page
    ticks = page.locator(".cl-rating-numbers span")
    assert ticks.all_inner_texts() == ["100", "80", "60", "40", "20", "0"]
    assert page.locator(".cl-rating-edge").all_inner_texts() == ["from", "to"]
    track = page.locator(".cl-rating-track").first.bounding_box()
    top, *_, bottom = (tick.bounding_box()["y"] for tick in ticks.all())
    assert top == pytest.approx(track["y"], abs=2)
    assert bottom == pytest.approx(track["y"] + track["height"], abs=2)


def test_after_next_the_sounds_are_those_of_the_next_trial(mushra, open_page):
    shown = open_page(mushra)
    hear_and_rate_all(shown, mushra)
    press(shown, "Next")
    shown.page.wait_for_selector("text=Trial 2 of 2")
    shown.page.wait_for_selector("text=0:00.0 of")
    press(shown, "Play")
    shown.page.keyboard.press("c")
    assert_hears(shown, hidden(mushra, "C"))


def test_a_page_that_comes_back_still_has_the_answers(brief, open_page):
    shown = open_page(brief)
    press(shown, "Play")
    shown.page.keyboard.press("2")
    shown.page.keyboard.press("PageUp")
    wait_for_kernel(shown, lambda: brief.answers["B"]["heard"])
    wait_for_kernel(shown, lambda: brief.answers["B"]["score"] == 60)
    shown.page.close()
    again = open_page(brief)
    assert slider(again, "B").input_value() == "60"
    assert slider(again, "B").get_attribute("aria-valuetext") == "60, good"
    assert slider(again, "A").get_attribute("aria-valuetext") == "not rated yet"
    assert "Not heard yet: A, C, D;" in again.page.inner_text("main")
    hear_and_rate_all(again, brief)
    press(again, "Next")
    again.page.wait_for_selector("text=Trial 2 of 2")
    assert sorted(brief.results["score"]) == [51, 51, 51, 61]


def test_a_test_that_is_shown_twice_shows_the_same_answers(brief, open_page):
    shown = open_page(brief)
    shown.page.evaluate("addView('one')")
    first, other = (shown.page.locator(view) for view in ("#one", "#one-1"))
    first.get_by_role("button", name="Play", exact=True).click()
    shown.page.keyboard.press("b")
    for key in ("PageUp", "PageUp", "ArrowDown"):
        shown.page.keyboard.press(key)
    wait_for_kernel(shown, lambda: brief.answers["B"]["score"] == 69)
    wait_for_kernel(shown, lambda: brief.answers["B"]["heard"])
    shown.page.wait_for_selector("#one-1 [aria-valuetext='69, good']")
    assert "Not heard yet: A, C, D;" in other.inner_text()
    assert first.get_by_label("Score of B", exact=True).input_value() == "69"
    assert shown.errors == []


def test_the_page_learns_the_names_only_at_the_end(brief, open_page):
    shown = open_page(brief)
    everything = (
        "JSON.stringify([document.documentElement.outerHTML, models.one.state])"
    )
    for number in (1, 2):
        hear_and_rate_all(shown, brief)
        told = shown.page.evaluate(everything)
        assert [name for name in [*NAMES, "anchor"] if name in told] == []
        press(shown, "Next" if number == 1 else "Finish")
        if number == 1:
            shown.page.wait_for_selector("text=Trial 2 of 2")
    table = shown.page.get_by_role("table", name="What you rated")
    table.wait_for()
    assert sorted(table.get_by_role("rowheader").all_inner_texts()) == [
        "low anchor (3.5 kHz)",
        *NAMES,
    ]
    assert "Thank you" in status(shown)


# ---------------------------------------------------------------- one at a time


def test_an_answer_counts_only_after_the_whole_sound(rng, open_page):
    acr = rate(noises(rng, 2), sample_rate=RATE, seed=3, method="acr")
    shown = open_page(acr)
    page = shown.page
    page.get_by_role("button", name="Play").focus()
    page.keyboard.press("4")
    assert status(shown) == "Listen to the whole sound first."
    assert page.get_by_role("radio", name="4 good").is_disabled()
    page.keyboard.press("Space")
    page.wait_for_selector("text=/0:00.[1-9] of/")
    page.keyboard.press("Space")  # a pause is not the end
    page.get_by_role("button", name="Play").wait_for()
    assert page.get_by_role("radio", name="4 good").is_disabled()
    page.keyboard.press("Space")
    wait_for_kernel(shown, lambda: acr.answers["A"]["heard"])
    page.keyboard.press("4")
    assert page.get_by_role("radio", name="4 good").is_checked()
    wait_for_kernel(shown, lambda: acr.answers["A"]["score"] == 4)


def test_an_acr_test_is_taken_with_keys_only(acr, open_page):
    shown = open_page(acr)
    page = shown.page
    page.get_by_role("button", name="Play").focus()
    for number, score in enumerate((1, 5, 3), start=1):
        page.wait_for_selector(f"text=Sound {number} of 3")
        page.wait_for_selector("text=0:00.0 of")
        page.keyboard.press("Space")
        wait_for_kernel(shown, lambda: acr.answers["A"]["heard"])
        page.get_by_role("radio", name=str(score)).focus()
        page.keyboard.press(str(score))
        page.keyboard.press("Enter")
    page.get_by_role("table", name="What you rated").wait_for()
    assert acr.results["score"].tolist() == [1, 5, 3]
    assert acr.results["order"].tolist() == [1, 2, 3]
    assert shown.errors == []


@pytest.mark.parametrize("width", [360, 480, 1300])
def test_twelve_sounds_stay_within_the_page(rng, open_page, width):
    sounds = {f"sound {n}": 0.1 * rng.standard_normal(800) for n in range(12)}
    test = rate(sounds, sample_rate=RATE, seed=0, reference="sound 0", anchors=())
    shown = open_page(test, width=width)
    page = shown.page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Play").focus()
    page.keyboard.press("l")  # the twelfth
    assert slider(shown, "L").is_enabled()
    box = page.get_by_role("button", name="Sound L").bounding_box()
    board = page.locator(".cl-rating-board").bounding_box()
    assert box["x"] + box["width"] <= board["x"] + board["width"]
