"""The blind test on a page: X keeps its secret, answers arrive, a reload goes on."""

import re

import pytest

from clarity_lab.widgets import compare
from tests.browser.recording import heard_as_db

pytestmark = pytest.mark.browser

RATE = 16_000


@pytest.fixture
def pair(rng):
    a, b = 0.1 * rng.standard_normal((2, 8 * RATE))
    return {"plain": a, "hissy": 0.5 * b}


@pytest.fixture
def open_page(open_players):
    def open_(test, *, look="light"):
        bridge = open_players(look=look).show(test, "blind_test")
        wait_until_loaded(bridge)
        return bridge

    return open_


def wait_until_loaded(bridge):
    """Until the sounds of the present trial are there."""
    bridge.settle()
    bridge.page.wait_for_function("document.querySelector('progress').hidden")


def radio(page, name):
    return page.get_by_role("radio", name=name, exact=True)


def answer(bridge, letter, how_sure="I am sure"):
    """Listen to A, B and X for a moment, then answer."""
    page = bridge.page
    page.get_by_role("button", name="Play").click()
    for sound in "abx":
        page.keyboard.press(sound)
    page.get_by_role("button", name="Pause").click()
    radio(page, letter).check()
    radio(page, how_sure).check()
    page.get_by_role("button", name="Answer").click()
    wait_until_loaded(bridge)


def test_x_is_heard_as_what_the_results_say_in_each_trial(open_page, pair):
    test = compare(pair, sample_rate=RATE, blind=True, seed=1, n_trials=3)
    bridge = open_page(test)
    page = bridge.page
    for x in test._order:
        page.get_by_role("button", name="X A or B?").click()
        page.get_by_role("button", name="Play").click()
        assert heard_as_db(page, pair["plain" if x == "A" else "hissy"]) < -60
        page.get_by_role("button", name="Pause").click()
        answer(bridge, "A")
    assert set(test.results["x"]) == {"A", "B"}


def test_switching_goes_to_the_other_sound(open_page, pair):
    page = open_page(compare(pair, sample_rate=RATE, blind=True)).page
    page.get_by_role("button", name="A plain").click()
    page.get_by_role("button", name="Play").click()
    assert heard_as_db(page, pair["plain"]) < -60
    page.keyboard.press("b")
    assert heard_as_db(page, pair["hissy"]) < -60


def test_the_page_looks_the_same_whatever_x_is(open_page, pair):
    seen = {"A": set(), "B": set()}
    for seed in range(3):
        test = compare(pair, sample_rate=RATE, blind=True, n_trials=1, seed=seed)
        page = open_page(test).page
        source = page.evaluate("document.documentElement.outerHTML")
        source = re.sub(r'name="cl-(answer|confidence)-[a-z0-9]+"', "", source)
        state = page.evaluate("JSON.stringify(models.one.state)")
        page.close()
        test.answer("A", confidence="guess")
        seen[test.results["x"][0]].add((source, state))
    assert seen["A"] == seen["B"] != set()


def test_one_must_have_heard_a_b_and_x_and_chosen_before_answering(open_page, pair):
    bridge = open_page(compare(pair, sample_rate=RATE, blind=True))
    page = bridge.page
    button = page.get_by_role("button", name="Answer")
    radio(page, "A").check()
    radio(page, "a guess").check()
    assert button.is_disabled()
    assert page.get_by_text("Listen to A and B and X first.").is_visible()
    page.get_by_role("button", name="Play").click()
    assert page.get_by_text("Listen to B and X first.").is_visible()
    page.keyboard.press("x")
    assert button.is_disabled()
    page.keyboard.press("b")
    page.wait_for_function("!document.querySelector('[type=submit]').disabled")
    button.click()
    page.get_by_text("Trial 2 of 10").wait_for()
    wait_until_loaded(bridge)
    assert page.get_by_text("Listen to X first.").is_visible()


def test_a_whole_test_by_keyboard(open_page, pair):
    test = compare(pair, sample_rate=RATE, blind=True, n_trials=2)
    bridge = open_page(test)
    page = bridge.page
    page.get_by_role("button", name="A plain").focus()
    for trial in (1, 2):
        assert page.get_by_text(f"Trial {trial} of 2").is_visible()
        page.keyboard.press(" ")
        page.wait_for_function("models.one.state.playing")
        page.keyboard.press("b")
        page.keyboard.press("x")
        radio(page, "B").focus()
        page.keyboard.press(" ")
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowRight")  # from the first to the second
        page.keyboard.press("Enter")
        page.wait_for_function(
            "n => models.one.state.trial > n || models.one.state.phase === 'done'",
            arg=trial,
        )
        wait_until_loaded(bridge)
    assert list(test.results["answer"]) == ["B", "B"]
    assert list(test.results["confidence"]) == ["think so"] * 2
    assert list(test.results["n_switches"]) == [2, 2]
    assert all(test.results["seconds"] > 0)
    status = page.get_by_role("status").inner_text()
    assert status == test.verdict
    assert "by guessing alone" in status
    assert page.get_by_role("row").count() == 3
    focused = page.evaluate("document.activeElement.textContent")
    assert focused == "Start again"
    page.keyboard.press("Enter")
    page.wait_for_function("models.one.state.phase === 'asking'")
    assert len(test.results) == 0
    assert bridge.errors == []


def test_with_feedback_each_verdict_is_read_out(open_page, pair):
    test = compare(pair, sample_rate=RATE, blind=True, n_trials=2, feedback="each")
    bridge = open_page(test)
    page = bridge.page
    answer(bridge, "A")
    page.get_by_role("button", name="Next trial").wait_for()
    told = page.get_by_role("status").inner_text()
    assert told == test.verdict
    assert told.startswith("Trial 1: X was ")
    page.get_by_role("button", name="Next trial").click()
    wait_until_loaded(bridge)
    answer(bridge, "B", "a guess")
    page.get_by_role("button", name="See the score").click()
    page.get_by_role("button", name="Start again").wait_for()
    assert "of 2; by guessing alone" in page.get_by_role("status").inner_text()


def test_after_a_reload_it_goes_on_where_it_was(open_page, pair):
    test = compare(pair, sample_rate=RATE, blind=True, n_trials=3)
    bridge = open_page(test)
    answer(bridge, "A")
    bridge.page.get_by_text("Trial 2 of 3").wait_for()
    bridge.page.close()
    bridge = open_page(test)
    page = bridge.page
    assert page.get_by_text("Trial 2 of 3").is_visible()
    answer(bridge, "B")
    page.get_by_text("Trial 3 of 3").wait_for()
    assert list(test.results["answer"]) == ["A", "B"]
