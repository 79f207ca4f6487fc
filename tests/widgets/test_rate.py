"""A listening test in Python: what is played, when, and what the page knows."""

import json
import re

import numpy as np
import pytest

pytest.importorskip("anywidget", reason="needs the lessons' packages")
pytest.importorskip("pandas", reason="needs the lessons' packages")

from clarity_lab.metrics.ratings import LOW_ANCHOR, MID_ANCHOR
from clarity_lab.widgets.rate import rate

SAMPLE_RATE = 16_000
CONDITIONS = ["clean speech", "noisy speech", "aided speech"]


@pytest.fixture
def sounds(rng):
    """Three conditions of half a second, each with a noise of its own."""
    return {name: 0.1 * rng.standard_normal(8_000) for name in CONDITIONS}


@pytest.fixture
def trials(rng):
    return {
        f"sentence {n}": {name: 0.1 * rng.standard_normal(1_600) for name in CONDITIONS}
        for n in range(4)
    }


def mushra(trials, **options):
    options = {"reference": "clean speech", "seed": 1, **options}
    return rate(trials, **({"sample_rate": SAMPLE_RATE} | options))


def acr(trials, **options):
    options = {"method": "acr", "seed": 1, **options}
    return rate(trials, sample_rate=SAMPLE_RATE, **options)


def say(test, kind, sound=None, **more):
    """Deliver a message as the page does."""
    content = {"kind": kind, "sound": sound, "screen": test.screen, **more}
    test._handle_custom_msg(content, [])


def hidden_names(test):
    """Letter to condition of the screen that is shown: what no listener can see."""
    stimuli = test._screens[test.screen].stimuli
    return dict(zip(test.answers, (one.condition for one in stimuli), strict=True))


def answer(test, score=70):
    """Hear and rate everything on the screen; `score` may ask for the condition."""
    for letter, condition in hidden_names(test).items():
        say(test, "played", letter)
        say(test, "heard", letter)
        value = score(condition) if callable(score) else score
        say(test, "score", letter, score=value)
    say(test, "next")


def take(test, score=70):
    for _ in range(test.screen, test.n_screens):
        answer(test, score)
    assert test.status == "done"


# ---------------------------------------------------------------- what is played


def test_a_mushra_trial_hides_the_reference_and_both_anchors(sounds):
    test = mushra(sounds)
    assert test.labels == ["Reference", *"ABCDE"]
    assert sorted(hidden_names(test).values()) == sorted(
        [*CONDITIONS, LOW_ANCHOR, MID_ANCHOR]
    )
    played = test._screens[0].playable()
    hidden = {condition: letter for letter, condition in hidden_names(test).items()}
    np.testing.assert_array_equal(played["Reference"], sounds["clean speech"])
    np.testing.assert_array_equal(
        played[hidden["noisy speech"]], sounds["noisy speech"]
    )
    np.testing.assert_array_equal(played[hidden["clean speech"]], played["Reference"])


@pytest.mark.parametrize(
    ("anchor", "cutoff_hz"), [(LOW_ANCHOR, 3_500), (MID_ANCHOR, 7_000)]
)
def test_an_anchor_is_the_reference_without_its_high_tones(sounds, anchor, cutoff_hz):
    test = mushra(sounds)
    stimulus = next(one for one in test._screens[0].stimuli if one.condition == anchor)
    powers = np.abs(np.fft.rfft([sounds["clean speech"], stimulus.samples])) ** 2
    hz = np.fft.rfftfreq(8_000, 1 / SAMPLE_RATE)
    low = powers[:, hz < cutoff_hz - 100].sum(axis=1)
    high = powers[:, hz > cutoff_hz * 8 / 7].sum(axis=1) + 1e-12
    assert low[1] == pytest.approx(low[0], rel=0.01)
    assert high[1] < 0.001 * high[0] + 1e-9


def test_one_gain_for_a_trial_keeps_the_loudest_sound_from_clipping(sounds):
    loudest = max(np.max(np.abs(samples)) for samples in sounds.values())
    loud = {name: 2 * samples / loudest for name, samples in sounds.items()}
    assert mushra(loud, anchors=()).gain_db == -6.1
    assert mushra(sounds).gain_db == 0


def test_an_acr_test_plays_each_sound_once_under_one_gain(trials):
    trials["sentence 2"]["aided speech"] = 2 * np.ones(1_600)
    test = acr(trials)
    assert (test.n_screens, test.labels) == (12, ["A"])
    assert {screen.gain_db for screen in test._screens} == {-6.1}
    played = {(one.trial, one.stimuli[0].condition) for one in test._screens}
    assert len(played) == 12


# ---------------------------------------------------------------- the order


def orders(test):
    return [[one.condition for one in screen.stimuli] for screen in test._screens]


def test_the_same_seed_and_listener_get_the_same_order(trials):
    assert orders(mushra(trials)) == orders(mushra(trials))


@pytest.mark.parametrize("other", [{"seed": 2}, {"listener": "Ann"}])
def test_another_seed_or_listener_gets_another_order(trials, other):
    assert orders(mushra(trials)) != orders(mushra(trials, **other))


def test_each_letter_hides_each_condition_equally_often(sounds):
    """A chi-square of 16 degrees of freedom lies below 39.3 in 999 of 1000 cases."""
    names = sorted([*CONDITIONS, LOW_ANCHOR, MID_ANCHOR])
    counts = np.zeros((5, 5))
    for seed in range(200):
        for place, name in enumerate(orders(mushra(sounds, seed=seed))[0]):
            counts[place, names.index(name)] += 1
    assert np.sum((counts - 40) ** 2 / 40) < 39.3


# ---------------------------------------------------------------- what the page knows


def without_programs(state):
    """The state without the module and the style sheet, the same for every test."""
    return {k: v for k, v in state.items() if k not in ("_esm", "_css")}


@pytest.fixture
def sent(monkeypatch):
    """Everything that any widget has for the page, as text."""
    from ipywidgets import Widget

    messages = []
    notify_change, send = Widget.notify_change, Widget.send

    def keep_change(widget, change):
        if change["name"] in widget.keys:  # ipywidgets 7 sends it in a kernel only
            messages.append(repr(change["new"]))
        return notify_change(widget, change)

    def keep(widget, content, buffers=None):
        messages.append(repr(content) + repr([bytes(one) for one in buffers or []]))
        return send(widget, content, buffers)

    monkeypatch.setattr(Widget, "notify_change", keep_change)
    monkeypatch.setattr(Widget, "send", keep)
    return messages


@pytest.mark.parametrize("start", [mushra, acr])
def test_names_of_conditions_reach_the_page_only_after_the_last_answer(
    trials, sent, start
):
    test = start(trials)
    words = [*CONDITIONS, *trials, "anchor", "hidden"]
    for _ in range(test.n_screens - 1):
        answer(test, 3)
    state = repr(without_programs(test.get_state()))
    told = "".join([*sent, state, test.preview_html()])
    assert [word for word in words if word in told] == []
    assert len(sent) > 10  # so it was not deaf
    answer(test, 3)
    assert test.status == "done"
    assert [name for name in CONDITIONS if name not in "".join(sent)] == []


def test_the_outcome_is_shown_at_the_end_best_first(sounds):
    test = mushra(sounds, anchors=())
    scores = dict(zip(CONDITIONS, [100, 20, 60], strict=True))
    take(test, scores.get)
    assert [row["condition"] for row in test.outcome] == [
        "clean speech",
        "aided speech",
        "noisy speech",
    ]
    assert [row["rank"] for row in test.outcome] == [1, 2, 3]
    assert "aided speech" in test.preview_html()


def test_equal_scores_share_a_rank(sounds):
    test = mushra(sounds, anchors=())
    take(test, dict(zip(CONDITIONS, [60, 60, 20], strict=True)).get)
    assert [row["rank"] for row in test.outcome] == [1, 1, 3]


def test_one_is_told_how_to_keep_the_answers(sounds):
    test = mushra(sounds, anchors=())
    take(test, dict.fromkeys(CONDITIONS, 95).get)
    assert "run rating.save('mine.csv') in a new cell" in test.message
    assert "hidden original" not in test.message


def test_one_is_told_when_the_hidden_original_was_missed(sounds):
    test = mushra(sounds, anchors=())
    take(test, dict(zip(CONDITIONS, [89, 20, 60], strict=True)).get)
    assert "The hidden original got less than 90 from you." in test.message


# ---------------------------------------------------------------- the answers


def test_results_tell_for_each_sound_what_was_heard_and_said(sounds):
    test = mushra(sounds, listener="Ann", seed=7)
    scores = {
        LOW_ANCHOR: 5,
        MID_ANCHOR: 40,
        **dict(zip(CONDITIONS, (95, 30, 60), strict=True)),
    }
    take(test, scores.get)
    results = test.results
    assert results["order"].tolist() == [1, 2, 3, 4, 5]
    assert dict(zip(results["condition"], results["score"], strict=True)) == scores
    hidden = results.loc[results["is_hidden_reference"], "condition"]
    assert hidden.tolist() == ["clean speech"]
    anchors = results.loc[results["is_anchor"], "condition"]
    assert sorted(anchors) == [LOW_ANCHOR, MID_ANCHOR]
    assert set(results["listener"]) == {"Ann"}
    assert set(results["seed"]) == {7}
    assert set(results["n_plays"]) == {1}
    assert results["seconds"].between(0, 60).all()


def test_a_finished_trial_counts_and_the_one_that_is_open_does_not(trials):
    test = mushra(trials)
    assert test.results.empty
    answer(test)
    say(test, "score", "A", score=10)
    assert len(test.results) == 5


def test_the_next_trial_waits_until_all_are_heard_and_rated(sounds):
    test = mushra(sounds)
    for letter in "ABCDE":
        if letter != "B":
            say(test, "heard", letter)
        if letter != "D":
            say(test, "score", letter, score=50)
    say(test, "next")
    assert test.message == "Not heard or not rated yet: B, D."
    assert test.status == "rating"


@pytest.mark.parametrize("score", [-1, 101, 50.5, "50", None, float("nan"), True])
def test_a_score_outside_the_scale_is_not_taken(sounds, score):
    test = mushra(sounds)
    say(test, "score", "A", score=score)
    assert test.answers["A"]["score"] is None


def test_late_news_of_the_screen_before_is_not_taken(trials):
    test = mushra(trials)
    answer(test)
    say(test, "score", "A", score=3, screen=0)
    assert test.answers["A"]["score"] is None


def test_an_unknown_sound_is_no_answer(sounds):
    test = mushra(sounds)
    before = dict(test.answers)
    for sound in ("Z", "Reference", None, "__class__"):
        say(test, "score", sound, score=3)
    assert test.answers == before


def test_summary_and_screening_are_those_of_the_results(trials):
    test = mushra(trials)
    take(test, lambda condition: 50)
    assert test.summary()["mean"].tolist() == [50] * 5
    assert list(test.excluded) == ["me"]
    assert "4 of 4 trials" in test.excluded["me"]
    assert test.screened().empty


def test_nobody_is_excluded_from_an_acr_test(trials):
    test = acr(trials, reference="clean speech")
    take(test, lambda condition: 1)
    assert test.excluded == {}
    assert len(test.screened()) == 12
    assert test.results["is_hidden_reference"].sum() == 4


def test_sounds_that_change_later_are_played_as_they_were_given(trials):
    test = mushra(trials)
    for sounds in trials.values():
        for sound in sounds.values():
            sound[:] = np.nan
    for screen in test._screens:
        assert all(np.isfinite(sound).all() for sound in screen.playable().values())
    take(test)
    assert len(test.results) == 4 * 5


def test_a_screen_is_shown_whole_or_not_at_all_and_answers_count_once(
    trials, monkeypatch
):
    test = mushra(trials)
    shown = (test.screen, test.labels)
    with monkeypatch.context() as patch:

        def fail(*_, **__):
            raise MemoryError

        patch.setattr("clarity_lab.browser.wire.Packed", fail)
        answer(test)
    assert (test.screen, test.labels) == shown
    assert {one["score"] for one in test.answers.values()} == {70}
    say(test, "next")
    assert test.screen == 1
    assert len(test.results) == 5


def test_a_gain_that_is_set_by_code_must_not_clip(sounds):
    test = mushra(sounds)
    test.gain_db = -6
    for gain_db in (40, np.nan):
        with pytest.raises(ValueError, match=r"above full scale|finite number"):
            test.gain_db = gain_db
    assert test.gain_db == -6


# ---------------------------------------------------------------- what is refused


WRONG = {
    "no reference": ({}, {"reference": None}, "one of clean speech, noisy speech"),
    "another reference": (
        {},
        {"reference": "dry"},
        "'dry' among the conditions of 'tr",
    ),
    "unknown method": ({}, {"method": "mos"}, "acr, mushra, got 'mos'"),
    "unknown anchor": ({}, {"anchors": ["high"]}, "low, mid, got 'high'"),
    "negative seed": ({}, {"seed": -1}, "seed as a whole number from 0"),
    "other lengths": (
        {"more": np.zeros(800)},
        {},
        "one length in 'trial 1'.*more 0.05 s",
    ),
    "too many": (
        {f"c{n}": np.zeros(8_000) for n in range(8)},
        {},
        "2 to 12 sounds.*13",
    ),
    "taken name": ({MID_ANCHOR: np.zeros(8_000)}, {}, "other names of conditions"),
    "not finite": ({"bad": np.full(8_000, np.nan)}, {}, "finite trial 1, bad"),
    "too low a rate": ({}, {"sample_rate": 4_000}, "8000 to 96000 Hz, got 4000. Resam"),
    "too high a rate": ({}, {"sample_rate": 192_000}, "got 192000. Resample first"),
    "half a letter": ({}, {"listener": "a\ud800"}, "listener as text that a file can"),
    "half a condition": (
        {"\ud800": np.zeros(8_000)},
        {},
        "condition as text that a file can hold.*at place 0",
    ),
    "mixed": ({"deep": {"a": np.zeros(80)}}, {}, "sounds and trials mixed"),
}


@pytest.mark.parametrize(("more", "options", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_argument_is_explained(sounds, more, options, message):
    with pytest.raises(ValueError, match=message):
        mushra(sounds | more, **options)


@pytest.mark.parametrize(
    ("trials", "message"),
    [([1, 2], "got a list"), ({1: np.zeros(80)}, "condition as text, got 1")],
)
def test_trials_of_another_kind_are_explained(trials, message):
    with pytest.raises(TypeError, match=message):
        mushra(trials)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"reference": ["clean speech"]}, r"reference as text, got \['clean speech'\]"),
        ({"anchors": 5}, "anchors as a list of low, mid, got 5"),
        ({"save_to": 5}, "save_to as a path, got 5"),
        ({"question": 5}, "question as text, got 5"),
        ({"listener": 5}, "listener as text, got 5"),
    ],
)
def test_an_argument_of_another_kind_is_explained(sounds, options, message):
    with pytest.raises(TypeError, match=message):
        mushra(sounds, **options)


def test_integers_are_refused_with_the_name_of_their_sound(sounds):
    with pytest.raises(TypeError, match="trial 1, loud as floating-point"):
        mushra(sounds | {"loud": np.ones(8_000, dtype=np.int16)})


def test_no_trials_are_refused():
    with pytest.raises(ValueError, match="got none"):
        mushra({})


def test_an_anchor_needs_a_reference(trials):
    with pytest.raises(ValueError, match="a reference to make the anchors from"):
        acr(trials, anchors=["low"])


def test_the_preview_asks_and_is_safe_html(sounds):
    shown = mushra(sounds, question="Is <b>this</b> good?").preview_html()
    assert "Is &lt;b&gt;this&lt;/b&gt; good?" in shown
    assert not re.search("clean|noisy|aided", shown)


def test_what_the_page_gets_can_be_written_as_json(sounds):
    state = mushra(sounds).get_state()
    json.dumps({name: value for name, value in state.items() if name != "layout"})
