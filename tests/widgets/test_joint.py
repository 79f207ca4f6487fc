"""The explorer of joint decoding shows what the search finds with these weights."""

import re
from html import unescape

import pytest

torch = pytest.importorskip("torch", reason="needs the lessons' packages")
pytest.importorskip("jiwer", reason="needs the lessons' packages")

from clarity_lab.models.characters import decode_tokens  # noqa: E402
from clarity_lab.models.joint_decoding import Weights, joint_search  # noqa: E402
from clarity_lab.models.rnn_lm import RnnLM  # noqa: E402
from clarity_lab.widgets import explore_joint  # noqa: E402
from tests.models.sure_speller import sure_transformer  # noqa: E402

ROW = re.compile(
    r"text-align: left'>([^<]*)</td>" + r"<td>(-?[\d.]+|-inf)</td>" * 4 + "</tr>"
)


@pytest.fixture
def model():
    return sure_transformer()


@pytest.fixture
def language_model():
    torch.manual_seed(4)
    return RnnLM(size=8).eval()


@pytest.fixture
def features():
    return torch.randn(64, 32, generator=torch.Generator().manual_seed(5))


@pytest.fixture
def explorer(model, features, language_model):
    return explore_joint(
        model, features, language_model=language_model, reference="the cat"
    )


def moved(explorer, **values):
    """The rows of its table: text, speller, CTC, language model, sum."""
    for name, value in values.items():
        explorer.controls[name].value = value
    rows = ROW.findall(explorer.view.value)
    assert rows
    return [(unescape(text), *map(float, numbers)) for text, *numbers in rows]


@pytest.mark.parametrize("weights", [(0.6, 0.0, 0.0), (0.3, 0.5, 1.0), (0.8, 1.0, 2.0)])
def test_its_first_text_is_that_of_the_search(
    explorer, model, features, language_model, weights
):
    names = ("speller", "language_model", "letter")
    rows = moved(explorer, **dict(zip(names, weights, strict=True)))
    best = joint_search(
        model, features, weights=Weights(*weights), language_model=language_model
    )[0]
    assert rows[0][0] == decode_tokens(best.tokens)
    assert rows[0][-1] == pytest.approx(best.score, abs=0.06)


def test_the_columns_add_up_by_their_weights(explorer):
    share, gamma, bonus = 0.3, 0.4, 1.5
    rows = moved(explorer, speller=share, language_model=gamma, letter=bonus)
    for text, speller, ctc, letters, total in rows:
        weighed = share * speller + (1 - share) * ctc + gamma * letters
        assert weighed + bonus * len(text) == pytest.approx(total, abs=0.15)


def test_each_slider_changes_the_best_sum(explorer):
    there = {"speller": 0.6, "language_model": 0.0, "letter": 0.0}
    [_, *_, before] = moved(explorer, **there)[0]
    for name, value in (("speller", 0.1), ("language_model", 1.0), ("letter", 2.0)):
        [_, *_, after] = moved(explorer, **there | {name: value})[0]
        assert after != before, name


def test_the_best_text_is_marked_against_the_reference(explorer):
    assert "WER" in explorer.view.value
    assert "of 2)" in explorer.view.value
    assert re.search(r"<sup>[SDI]</sup>", explorer.view.value)


def test_a_batch_of_features_is_refused(model, features, language_model):
    with pytest.raises(ValueError, match=r"expected features of shape \(mels, frames"):
        explore_joint(
            model, features[None], language_model=language_model, reference="a"
        )


def test_a_reference_without_words_is_refused(model, features, language_model):
    with pytest.raises(ValueError, match="at least one word"):
        explore_joint(model, features, language_model=language_model, reference=" ")
