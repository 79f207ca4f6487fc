"""Four languages in synthetic voices: who speaks where, and what is written down."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the lessons' packages")
pytest.importorskip("jiwer", reason="needs the lessons' packages")

from clarity_lab.models.continual import Rehearsal  # noqa: E402
from clarity_lab.models.polyglot import Task  # noqa: E402
from clarity_lab.recipes.recognition import languages  # noqa: E402
from clarity_lab.recipes.recognition.digits import DigitString  # noqa: E402
from clarity_lab.recipes.recognition.languages import (  # noqa: E402
    ENGLISH,
    FRENCH,
    ITALIAN,
    LANGUAGES,
    TEST_VOICES,
    TRAIN_VOICES,
)


@pytest.fixture
def heard(monkeypatch):
    """Who said what, instead of a machine that speaks: a tone for each digit."""
    calls = []

    def speak(text, *, language, voice, words_per_minute, pitch):
        calls.append((language, voice, text))
        [digits] = [one.digits for one in LANGUAGES if one.code == language]
        hz = 300 * 1.25 ** digits.index(text)
        return np.sin(2 * np.pi * hz * np.arange(3_200) / 16_000), 16_000

    monkeypatch.setattr(languages, "speak", speak)
    return calls


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(languages, "TRAIN_VOICES", TRAIN_VOICES[:2])
    monkeypatch.setattr(languages, "TEST_VOICES", TEST_VOICES[:2])
    monkeypatch.setattr(languages, "N_TRAIN", 20)
    monkeypatch.setattr(languages, "N_TEST", 6)


def test_no_voice_is_in_both_sets_and_every_one_exists():
    speaking = pytest.importorskip("clarity_lab.audio.speaking")
    assert not set(TRAIN_VOICES) & set(TEST_VOICES)
    assert len(set(TRAIN_VOICES)) == len(TRAIN_VOICES)
    try:
        there = set(speaking.voices())
    except ModuleNotFoundError as error:
        pytest.skip(str(error))
    assert {*TRAIN_VOICES, *TEST_VOICES} <= there


def test_every_language_has_ten_digits_that_differ():
    for language in LANGUAGES:
        assert len(set(language.digits)) == 10


def test_training_hears_the_voices_for_training_and_the_test_the_others(heard):
    languages.training_task(ITALIAN, seed=1)
    assert {voice for _, voice, _ in heard} == set(TRAIN_VOICES)
    heard.clear()
    languages.unheard_rows(ITALIAN, seed=1)
    assert {voice for _, voice, _ in heard} == set(TEST_VOICES)


def test_rehearsal_never_holds_a_test_voice(heard, small):
    task = languages.training_task(ENGLISH, seed=1)
    spoken_by = {voice for _, voice, _ in heard}
    by = Rehearsal(share=0.1)
    by.after(None, task)
    assert all(any(row is one for one in task.rows) for row in by.kept["English"])
    assert not spoken_by & set(TEST_VOICES)


def test_every_voice_says_every_digit_in_the_language_that_was_asked_for(heard):
    languages.spoken_digits(FRENCH, ["a", "b"], seed=0)
    assert heard == [("fr", voice, word) for voice in "ab" for word in FRENCH.digits]


def test_each_digit_is_said_at_one_level(heard):
    for one in languages.spoken_digits(FRENCH, ["a"], seed=0):
        assert float(one.samples.square().mean()) == pytest.approx(1, rel=1e-4)


def test_training_and_test_rows_are_drawn_apart_and_again_alike(heard, small):
    rows, again = (languages.unheard_rows(ENGLISH, seed=3) for _ in range(2))
    assert [row.digits for row in rows] == [row.digits for row in again]
    task = languages.training_task(ENGLISH, seed=3)
    learnt = [tuple(token - 1 for token in tokens) for _, tokens in task.rows]
    assert learnt[: len(rows)] != [row.digits for row in rows]


def test_two_languages_get_rows_of_their_own(heard, small):
    first, second = (
        [tokens for _, tokens in languages.training_task(one, seed=0).rows]
        for one in (ENGLISH, ITALIAN)
    )
    assert first != second


def test_batches_hold_every_row_once(heard, small):
    task = languages.training_task(ENGLISH, seed=0)
    batches = languages.make_batches(task.rows, np.random.default_rng(1))
    assert [len(batch.n_frames) for batch in batches] == [8, 8, 4]
    given = sorted(tuple(tokens) for _, tokens in task.rows)
    found = sorted(
        tuple(tokens[:n].tolist())
        for batch in batches
        for tokens, n in zip(batch.targets, batch.n_labels, strict=True)
    )
    assert found == given


def test_words_that_are_heard_are_compared_in_the_language(monkeypatch):
    row = DigitString((1, 2), torch.zeros(160))
    monkeypatch.setattr(languages, "read", lambda model, rows, language: ["uno tre"])
    found = languages.errors(None, [row], ITALIAN)
    assert found.rate == 0.5
    assert found.aligned[0] == (("uno", "uno", "equal"), ("due", "tre", "substitute"))


def test_reading_many_rows_at_once_is_reading_each(heard, small):
    rows = languages.unheard_rows(ENGLISH, seed=0)
    model = languages.new_model(seed=1)
    model.add(Task("English", 11, []))
    together = languages.read(model, rows, ENGLISH)
    assert together == [languages.read(model, [row], ENGLISH)[0] for row in rows]


def test_a_stage_is_asked_only_for_what_it_has_learnt(heard, small, monkeypatch):
    asked = []

    def errors(model, rows, language):
        asked.append((model, language.name))
        return type("Errors", (), {"rate": 0.25})

    monkeypatch.setattr(languages, "errors", errors)
    wers = languages.word_error_table(["a", "b"], [[], []], [ENGLISH, ITALIAN])
    assert asked == [("a", "English"), ("b", "English"), ("b", "Italian")]
    np.testing.assert_array_equal(wers, [[0.25, np.nan], [0.25, 0.25]])


def test_learning_in_turn_leaves_every_stage_as_it_was(heard, small):
    tasks = [languages.training_task(one, seed=0) for one in (ENGLISH, ITALIAN)]
    first = languages.new_model(seed=0)
    first.add(tasks[0])
    before = first.encoder.norm.weight.clone()
    by = Rehearsal(share=0.1)
    stages = languages.learn_in_turn(first, tasks, by=by, seed=0, show=False)
    assert [one.languages for one in stages] == [["English"], ["English", "Italian"]]
    torch.testing.assert_close(stages[0].encoder.norm.weight, before, rtol=0, atol=0)
    assert not torch.equal(stages[1].encoder.norm.weight, before)
    assert set(by.kept) == {"English", "Italian"}


@pytest.mark.slow
def test_fine_tuning_forgets_and_each_remedy_helps():
    pytest.importorskip("espeakng_loader", reason="pip install espeakng-loader")
    from clarity_lab.metrics.continual import backward_transfer
    from clarity_lab.models.continual import ElasticWeights, FineTuning, OldOutputs

    tasks = [languages.training_task(one, seed=0) for one in LANGUAGES]
    tests = [languages.unheard_rows(one, seed=0) for one in LANGUAGES]
    first = languages.learn_first(tasks[0], seed=0, show=False)
    kept = {}
    for by in (
        FineTuning(),
        Rehearsal(share=0.1),
        ElasticWeights(strength=300),
        OldOutputs(strength=10),
    ):
        stages = languages.learn_in_turn(first, tasks, by=by, seed=0, show=False)
        wers = languages.word_error_table(stages, tests)
        kept[type(by).__name__] = backward_transfer(wers).mean()
    assert kept["FineTuning"] < -0.3
    for name in ("Rehearsal", "ElasticWeights", "OldOutputs"):
        assert kept[name] > kept["FineTuning"] + 0.1
