"""The blind test's Python half: X is hidden, the score is honest, nothing gets lost."""

import json

import numpy as np
import pytest

from clarity_lab import listen
from clarity_lab.widgets import BlindTest, compare
from clarity_lab.widgets.abx_score import by_confidence, guessing_share, score_in_words
from clarity_lab.widgets.blind_test import alike

RATE = 16_000
COLUMNS = ["trial", "x", "answer", "correct", "confidence", "seconds", "n_switches"]


@pytest.fixture
def pair(rng):
    return {"plain": 0.1 * rng.standard_normal(800), "hissy": 0.1 * np.ones(900)}


@pytest.fixture
def abx(pair):
    return compare(pair, sample_rate=RATE, blind=True, n_trials=6, seed=3)


def x_of(test):
    """What X is now: as a listener finds out, by comparing it with A and B."""
    sent = []
    test.send = lambda content, buffers=None: sent.append((content, buffers))
    test._handle_custom_msg({"kind": "ready"}, [])
    sounds = next(c["sounds"] for c, _ in sent if c["kind"] == "sounds")
    heard = {}
    for number, one in enumerate(sounds):
        want = {"kind": "want", "sound": number, "version": one["version"]}
        test._handle_custom_msg({**want, "start": 0, "stop": 10**6}, [])
        content, [data] = [s for s in sent if s[0]["kind"] == "chunk"][-1]
        assert content["sound"] == number
        heard["ABX"[number]] = bytes(data), one["scale"]
    return next(name for name in "AB" if heard[name] == heard["X"])


def wrong(letter):
    return "AB"["AB".index(letter) - 1]


def test_with_open_eyes_it_is_a_player(pair):
    player = compare(pair, sample_rate=RATE, title="Two", spectrogram=True)
    assert isinstance(player, listen.Player)
    assert (player.title, player.spectrogram) == ("Two", True)


def test_x_is_what_the_results_say_it_was(abx):
    heard = []
    for _ in range(6):
        heard.append(x_of(abx))
        abx.answer("A", confidence="guess")
    assert list(abx.results["x"]) == heard
    assert set(heard) == {"A", "B"}
    assert list(abx.results["correct"]) == [x == "A" for x in heard]


def test_the_results_are_a_table_of_the_answers(abx):
    abx.answer("B", confidence="sure", seconds=3.21, n_switches=4)
    abx.answer("A", confidence="guess")
    table = abx.results
    assert list(table.columns) == COLUMNS
    assert list(table["trial"]) == [1, 2]
    assert table.loc[0, ["answer", "confidence"]].tolist() == ["B", "sure"]
    assert (table.loc[0, "seconds"], table.loc[0, "n_switches"]) == (3.2, 4)


def test_before_the_first_answer_the_table_is_empty(abx):
    assert list(abx.results.columns) == COLUMNS
    assert len(abx.results) == 0
    assert abx.score == "No trial is answered yet."


def public(test):
    state = {k: v for k, v in test.get_state().items() if k not in ("_esm", "_css")}
    return json.dumps(state, default=str)


def test_nothing_that_is_synced_tells_what_x_is(pair):
    """With X as A and with X as B the page gets the same traits."""
    tests = [
        BlindTest(pair, sample_rate=RATE, n_trials=1, seed=seed) for seed in range(12)
    ]
    seen = {x_of(test): public(test) for test in tests}
    assert set(seen) == {"A", "B"}
    clean = [json.loads(state) for state in seen.values()]
    for state in clean:
        for name in ("layout", "_view_count", "tooltip"):
            state.pop(name, None)
    assert clean[0] == clean[1]


def test_an_x_that_stays_the_same_travels_all_the_same(abx):
    """Or its absence would tell that it is the X of the trial before."""
    sent = []
    abx.send = lambda content, buffers=None: sent.append(content)
    abx._handle_custom_msg({"kind": "ready"}, [])
    versions = []
    for _ in range(5):
        announced = [c for c in sent if c["kind"] == "sounds"][-1]
        versions.append(announced["sounds"][2]["version"])
        abx.answer("A", confidence="guess")
    assert len(set(versions)) == 5
    assert [one["version"] for one in announced["sounds"][:2]] == [1, 2]


def test_length_and_channels_do_not_tell(pair):
    a, b = alike(np.ones((1, 3)), np.array([[1.0, 2.0, 3.0, 4.0]] * 2))
    assert a.shape == b.shape == (2, 4)
    assert a[:, -1].tolist() == [0, 0]


def test_the_verdict_waits_for_the_end(abx):
    for _ in range(5):
        abx.answer("A", confidence="guess")
        assert (abx.verdict, abx.log, abx.phase) == ("", [], "asking")
    abx.answer("A", confidence="guess")
    assert abx.phase == "done"
    assert abx.verdict.startswith(abx.score)
    assert len(abx.log) == 6


def test_the_verdict_comes_after_each_trial_if_asked_for(pair):
    test = compare(pair, sample_rate=RATE, blind=True, n_trials=2, feedback="each")
    x = x_of(test)
    test.answer(wrong(x), confidence="sure")
    assert test.phase == "told"
    name = list(pair)["AB".index(x)]
    assert test.verdict == f"Trial 1: X was {x} ({name}); you said {wrong(x)}. Wrong."
    assert [one["trial"] for one in test.log] == [1]
    with pytest.raises(ValueError, match=r"on show. Try go_on\(\)"):
        test.answer("A", confidence="sure")
    test.go_on()
    assert (test.trial, test.phase, test.verdict) == (2, "asking", "")
    test.answer(x_of(test), confidence="sure")
    test.go_on()
    assert test.phase == "done"
    assert test.score.startswith("1 of 2")


def test_a_perfect_listener_is_believed_and_a_guesser_is_not(pair):
    test = compare(pair, sample_rate=RATE, blind=True)
    for _ in range(10):
        test.answer(x_of(test), confidence="sure")
    assert "10 of 10; by guessing alone" in test.verdict
    assert "less than 0.1 % of tries" in test.verdict
    assert "You most likely hear the difference." in test.verdict
    test.reset()
    for n in range(10):
        x = x_of(test)
        test.answer(x if n % 2 else wrong(x), confidence="guess")
    assert "5 of 10; by guessing alone one gets that far in 62 % of" in test.verdict
    assert "no sign that you hear a difference" in test.verdict


def test_who_is_always_wrong_is_asked_whether_a_and_b_were_swapped(pair):
    test = compare(pair, sample_rate=RATE, blind=True)
    for _ in range(10):
        test.answer(wrong(x_of(test)), confidence="sure")
    assert "0 of 10" in test.verdict
    assert "did you swap A and B?" in test.verdict


def test_the_first_trial_begins_on_a_and_the_others_on_x(pair):
    test = compare(pair, sample_rate=RATE, blind=True)
    assert test.selected == "A"
    test.answer("A", confidence="sure")
    assert test.selected == "X"


def test_the_score_is_split_by_how_sure_one_was(abx):
    for confidence in ("sure", "sure", "guess", "guess", "guess", "guess"):
        x = x_of(abx)
        abx.answer(x if confidence == "sure" else wrong(x), confidence=confidence)
    assert "Right when you said sure: 2 of 2, guess: 0 of 4." in abx.verdict
    assert len(by_confidence(abx._answered)) == 2


@pytest.mark.parametrize(
    ("n_correct", "n_trials", "share"),
    [(0, 7, 1), (7, 7, 1 / 128), (8, 10, 56 / 1024), (9, 16, 0.4018)],
)
def test_the_share_of_guessers_is_the_binomial_tail(n_correct, n_trials, share):
    assert guessing_share(n_correct, n_trials) == pytest.approx(share, abs=1e-4)


def test_guessing_gets_as_far_as_said(rng):
    right = rng.binomial(10, 0.5, size=100_000)
    assert np.mean(right >= 7) == pytest.approx(guessing_share(7, 10), abs=0.005)
    assert score_in_words(7, 10).endswith("in 17 % of tries.")


def test_the_seed_draws_x_and_a_reset_draws_anew(pair):
    def order(test):
        answers = []
        for _ in range(12):
            answers.append(x_of(test))
            test.answer("A", confidence="guess")
        return answers

    options = {"sample_rate": RATE, "blind": True, "n_trials": 12}
    first, again = (compare(pair, seed=1, **options) for _ in range(2))
    one = order(first)
    assert one == order(again)
    first.reset()
    assert (first.trial, first.phase, len(first.results)) == (1, "asking", 0)
    assert order(first) != one
    assert order(compare(pair, seed=2, **options)) != one


def test_an_answer_that_comes_twice_counts_once(abx):
    said = {"kind": "answer", "trial": 1, "answer": "A", "confidence": "sure"}
    said |= {"seconds": 1.0, "n_switches": 0}
    abx._handle_custom_msg(said, [])
    abx._handle_custom_msg(said, [])
    assert len(abx.results) == 1
    assert abx.trial == 2
    abx._handle_custom_msg({"kind": "reset"}, [])
    assert len(abx.results) == 0


def test_after_the_last_trial_there_is_nothing_to_answer(pair):
    test = compare(pair, sample_rate=RATE, blind=True, n_trials=1)
    test.answer("A", confidence="sure")
    with pytest.raises(ValueError, match=r"all are answered. Try reset\(\)"):
        test.answer("A", confidence="sure")


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"n_trials": 0}, ValueError, "n_trials from 1 to 200, got 0"),
        ({"n_trials": 2.5}, TypeError, "whole number, got 2.5"),
        ({"seed": -1}, ValueError, "seed as a whole number from 0, got -1"),
        ({"seed": 1.5}, ValueError, "seed as a whole number from 0, got 1.5"),
        ({"blind": "no"}, TypeError, "blind as True or False, got 'no'"),
        ({"feedback": "never"}, ValueError, "each, end, got 'never'"),
        ({"gain_db": 60}, ValueError, "above full scale"),
    ],
)
def test_wrong_options_say_what_is_right(pair, options, error, message):
    with pytest.raises(error, match=message):
        compare(pair, sample_rate=RATE, **({"blind": True} | options))


@pytest.mark.parametrize(
    ("told", "error", "message"),
    [
        ({"seconds": np.nan}, ValueError, "seconds as a finite number"),
        ({"seconds": -3}, ValueError, "at least 0 in s, got -3"),
        ({"n_switches": 2.7}, TypeError, "n_switches as a whole number, got 2.7"),
        ({"n_switches": -1}, ValueError, "n_switches as a finite number of at least 0"),
    ],
)
def test_what_is_told_of_an_answer_can_be(abx, told, error, message):
    with pytest.raises(error, match=message):
        abx.answer("A", confidence="sure", **told)
    assert abx.results.empty


def test_it_is_steered_like_a_player(abx):
    for name, value in {
        "selected": "plain",
        "loop_region": (2, 1),
        "position_s": np.nan,
    }.items():
        with pytest.raises(ValueError, match=f"expected {name}"):
            setattr(abx, name, value)
    abx.selected, abx.loop_region, abx.position_s = "B", (0.01, 0.02), 0.01
    assert abx.selected == "B"


def test_a_gain_that_is_set_by_code_is_checked_and_told(abx):
    abx.gain_db = -3
    assert abx.caption == "All played -3.0 dB"
    for gain_db in (60, np.nan):
        with pytest.raises(ValueError, match=r"above full scale|finite number"):
            abx.gain_db = gain_db
    assert abx.gain_db == -3


def test_the_sounds_are_kept_as_they_were_given(pair):
    test = compare(pair, sample_rate=RATE, blind=True, n_trials=2)
    pair["plain"][:] = np.nan
    test.answer("A", confidence="sure")
    assert test.trial == 2
    assert "Blind test" in test.preview_html()


def test_a_blind_test_has_exactly_two_sounds(pair):
    for sounds in ({"a": [0.1]}, {**pair, "third": [0.1]}):
        with pytest.raises(ValueError, match="exactly two sounds"):
            compare(sounds, sample_rate=RATE, blind=True)
    with pytest.raises(ValueError, match="expected answer to be one of A, B, got 'X'"):
        compare(pair, sample_rate=RATE, blind=True).answer("X", confidence="sure")


def test_its_picture_keeps_the_secret_and_shows_the_score(pair):
    test = compare(pair, sample_rate=RATE, blind=True, n_trials=1, title="Hiss?")
    page = test.preview_html()
    assert "Hiss?. Blind test" not in page  # no dot behind a question mark
    assert "Hiss? Blind test, 1 trial: is X A or B?" in page
    test.answer("A", confidence="sure")
    assert "of 1; by guessing alone" in test.preview_html()
