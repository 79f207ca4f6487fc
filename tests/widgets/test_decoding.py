"""The decoding explorer shows what the search finds with this judge."""

import re

import pytest

torch = pytest.importorskip("torch", reason="needs the lessons' packages")
pytest.importorskip("jiwer", reason="needs the lessons' packages")

from clarity_lab.metrics.text import word_errors  # noqa: E402
from clarity_lab.models.characters import encode_text  # noqa: E402
from clarity_lab.models.ngram_files import count_texts  # noqa: E402
from clarity_lab.widgets import explore_decoding  # noqa: E402
from clarity_lab.widgets.marked import marked_html  # noqa: E402

TEXTS = ["the cat sat", "the cat ran", "a dog sat", "the dog"]
HEARD = "the cet sat"


@pytest.fixture
def log_probs():
    """Letter by letter, a blank between; where e was heard, a was likely as well."""
    tokens = [token for letter in encode_text(HEARD) for token in (letter, 0)]
    probs = torch.full((len(tokens), 29), 1e-3)
    probs[range(len(tokens)), tokens] = 1.0
    where = 2 * HEARD.index("cet") + 2
    probs[where, encode_text("e")[0]], probs[where, encode_text("a")[0]] = 0.6, 0.39
    return (probs / probs.sum(-1, keepdim=True)).log()


@pytest.fixture
def explorer(log_probs):
    return explore_decoding(
        log_probs, texts=count_texts(TEXTS), reference="the cat sat"
    )


def texts(explorer):
    return re.findall(r"<td style='text-align: left'>([^<]*)", explorer.view.value)


def test_nobody_judges_at_first(explorer):
    assert texts(explorer)[0] == HEARD
    assert "WER 33%" in explorer.view.value


@pytest.mark.parametrize("judge", ["letters", "words"])
def test_a_judge_of_texts_finds_the_word_that_there_is(explorer, judge):
    explorer.controls["judge"].value = judge
    explorer.controls["weight"].value = 1.0
    assert texts(explorer)[0] == "the cat sat"
    assert "WER 0%" in explorer.view.value


def test_a_judge_whose_weight_is_nothing_leaves_what_was_heard(explorer):
    explorer.controls["judge"].value = "letters"
    explorer.controls["weight"].value = 0.0
    assert texts(explorer)[0] == HEARD


def test_ctc_and_judge_add_up(explorer):
    explorer.controls["judge"].value = "letters"
    rows = re.findall(r"<td>([-+.\d]+)</td>" * 3, explorer.view.value)
    assert rows
    for ctc, judge, total in rows:
        assert float(ctc) + float(judge) == pytest.approx(float(total), abs=0.11)


def test_errors_are_marked_by_letters_not_by_colour_alone():
    page = marked_html(word_errors("a cat <sat> on", reference="the cat on it"))
    assert page.count("<sup>S</sup>") + page.count("<sup>I</sup>") >= 1
    assert "<sup>D</sup>" in page
    assert "<sat>" not in page
    assert "&lt;sat&gt;" in page


def test_other_tokens_are_refused(log_probs):
    with pytest.raises(ValueError, match="expected 29 tokens"):
        explore_decoding(
            log_probs[:, :5].log_softmax(-1), texts=count_texts(TEXTS), reference="a"
        )


def test_a_reference_without_words_is_refused(log_probs):
    with pytest.raises(ValueError, match="at least one word"):
        explore_decoding(log_probs, texts=count_texts(TEXTS), reference="")
