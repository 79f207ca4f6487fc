"""The lattice explorer shows the sums that `models.ctc` finds."""

import re

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the lessons' packages")

from clarity_lab.models.ctc import ctc_loss, lattice  # noqa: E402
from clarity_lab.widgets import explore_lattice  # noqa: E402


@pytest.fixture
def log_probs(rng):
    return np.log(rng.dirichlet(np.ones(4), 6))


@pytest.fixture
def explorer(log_probs):
    return explore_lattice(log_probs, letters="-abc", text="ab")


def said(explorer):
    """The probability in the words below the picture."""
    return float(re.search(r"= ([\d.e-]+), the sum", explorer.view.value)[1])


def numbers(html):
    """The table's rows, as numbers."""
    rows = re.findall(r"<tr>(.*?)</tr>", html.partition("<tbody>")[2])
    return np.array([re.findall(r"<td>([^<]+)", row) for row in rows], dtype=float)


def test_it_says_the_probability_of_the_text(explorer, log_probs):
    given = torch.tensor(log_probs)[None], torch.tensor([[1, 2]])
    probability = float(torch.exp(-ctc_loss(*given, reduction="none")))
    assert said(explorer) == pytest.approx(probability, rel=0.01)


@pytest.mark.parametrize("frame", [1, 2, 5])
def test_the_table_multiplies_what_comes_with_what_is_said(explorer, log_probs, frame):
    explorer.controls["frame"].value = frame
    come, own, value = numbers(explorer.view.value).T
    np.testing.assert_allclose(come * own, value, rtol=0.02)
    sums = lattice(torch.tensor(log_probs)[None], torch.tensor([[1, 2]]))
    alpha = sums.log_alpha[0, frame - 1].exp().numpy()
    np.testing.assert_allclose(value, alpha[alpha > 0], rtol=0.01)


@pytest.mark.parametrize("shown", ["backward", "both"])
def test_backward_and_both_change_the_picture_and_need_no_table(explorer, shown):
    before = explorer.view.value
    explorer.controls["shown"].value = shown
    assert explorer.view.value.split("<p>")[0] != before.split("<p>")[0]
    assert "<table>" not in explorer.view.value


def test_the_best_path_is_drawn_when_it_is_wanted(explorer):
    before = explorer.view.value
    explorer.controls["best_path"].value = True
    assert explorer.view.value != before


def test_a_text_that_needs_more_frames_is_explained(explorer):
    explorer.controls["text"].value = "aaaa"
    assert "needs 7 frames, there are 6" in explorer.view.value


@pytest.mark.parametrize("where", [2, (slice(None), 1)])
def test_a_text_that_is_impossible_is_explained(log_probs, where):
    log_probs[where] = -np.inf
    explorer = explore_lattice(log_probs, letters="-abc", text="ab")
    explorer.controls["best_path"].value = True
    assert "P(“ab”) = 0" in explorer.view.value


def test_the_empty_text_is_all_blanks(explorer, log_probs):
    explorer.controls["text"].value = ""
    assert said(explorer) == pytest.approx(np.exp(log_probs[:, 0].sum()), rel=0.01)


@pytest.mark.parametrize("text", ["abx", "a-b", "abcabcabcab"])
def test_a_text_of_other_letters_or_too_many_is_refused(explorer, text):
    with pytest.raises(ValueError, match="expected at most 10 of the letters 'abc'"):
        explorer.controls["text"].value = text


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"letters": "-ab"}, "expected 4 different letters"),
        ({"letters": "-aab"}, "expected 4 different letters"),
        ({"text": "x"}, "expected at most 10"),
    ],
)
def test_what_does_not_fit_is_refused_at_once(log_probs, given, match):
    with pytest.raises(ValueError, match=match):
        explore_lattice(log_probs, **{"letters": "-abc", "text": "a"} | given)


@pytest.mark.parametrize("n_frames", [1, 25])
def test_what_cannot_be_read_is_refused(n_frames):
    with pytest.raises(ValueError, match="2 to 24 frames"):
        explore_lattice(np.zeros((n_frames, 1)), letters="-", text="")
