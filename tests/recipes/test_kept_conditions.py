"""What Whisper and PocketSphinx wrote is kept whole, and counts as it says."""

import pytest

pytest.importorskip("torch", reason="needs the lessons' packages")
pytest.importorskip("jiwer", reason="needs the lessons' packages")

from clarity_lab import manifests
from clarity_lab.metrics.spoken import spoken_words
from clarity_lab.metrics.text import word_errors
from clarity_lab.recipes.recognition.conditions import (
    CONDITIONS,
    KEYS,
    bundled_sentences,
    conditions,
    rates,
)
from clarity_lab.recipes.recognition.kept import kept_conditions

COUNTS = ["words", "substitutions", "deletions", "insertions"]


@pytest.fixture(scope="module")
def table():
    return kept_conditions()


def test_each_recogniser_is_there_with_each_sentence_in_each_condition(table):
    assert not table.duplicated(KEYS).any()
    assert set(table.recogniser) == {"whisper", "pocketsphinx"}
    assert list(dict.fromkeys(table.condition)) == list(CONDITIONS)
    assert len(table) == 2 * len(CONDITIONS) * len(bundled_sentences())


def test_what_was_wanted_is_what_the_sentences_say(table):
    said = {one.path.name: (one.text, one.dataset) for one in bundled_sentences()}
    kept = zip(table.file, table.wanted, table.set, strict=True)
    assert {(file, text, name) for file, text, name in kept} == {
        (file, *rest) for file, rest in said.items()
    }


def test_its_counts_are_those_of_its_texts(table):
    for row in table.itertuples():
        found = word_errors(
            spoken_words(row.written), reference=spoken_words(row.wanted)
        )
        counted = (found.n_reference, found.n_substitutions)
        counted += (found.n_deletions, found.n_insertions)
        assert counted == tuple(getattr(row, name) for name in COUNTS), row.written


def test_an_empty_text_is_kept_as_one(table):
    assert (table.written == "").any()
    assert table.written.map(type).eq(str).all()


def test_its_rates_are_read_like_those_of_a_new_table(table):
    assert rates(table).loc["clean"].round(3).to_dict() == {
        "whisper": 0.064,
        "pocketsphinx": 0.319,
    }


def test_whisper_still_writes_what_is_kept(table):
    if manifests.find("whisper-tiny-en") is None:
        pytest.skip("needs Whisper: clarity-lab data fetch whisper-tiny-en")
    from clarity_lab.models.whisper import load_whisper

    [first, *_] = bundled_sentences()
    now = conditions(
        {"whisper": load_whisper(device="cpu").transcribe},
        among={"clean": CONDITIONS["clean"]},
        sentences=[first],
        show=False,
    )
    kept = table[(table.recogniser == "whisper") & (table.file == first.path.name)]
    kept = kept.set_index("condition").written
    assert now.set_index("condition").written.to_dict() == {
        name: kept[name] for name in now.condition
    }
