"""The explorer of forgetting shows what was heard after each language, and no more."""

import re

import numpy as np
import pytest

pytest.importorskip("ipywidgets", reason="needs the lessons' packages")
pytest.importorskip("jiwer", reason="needs the lessons' packages")

from clarity_lab.widgets import explore_forgetting

SAID = {"English": ["one two", "three"], "Italian": ["due", "tre uno"]}
SOUNDS = {
    "English": [np.full(1_600, 0.1), np.full(1_600, 0.2)],
    "Italian": [np.full(1_600, 0.3), np.full(1_600, 0.4)],
}
HEARD = {
    "fine-tuning": [
        {"English": ["one two", "three"]},
        {"English": ["four", ""], "Italian": ["due", "tre uno"]},
    ],
    "rehearsal": [
        {"English": ["one two", "three"]},
        {"English": ["one two", "three"], "Italian": ["due", "tre"]},
    ],
}


def make(**changes):
    given = {"said": SAID, "sounds": SOUNDS} | changes
    return explore_forgetting(given.pop("heard", HEARD), **given, sample_rate=16_000)


@pytest.fixture
def explorer():
    return make()


def lines(explorer):
    """After which language, and the error rate."""
    return re.findall(r"scope='row'[^>]*>(\w+)<.*?<td>(\d+%)", explorer.view.value)


def test_a_language_is_read_after_itself_and_each_one_since(explorer):
    assert lines(explorer) == [("English", "0%"), ("Italian", "100%")]
    assert "<b>one two</b>" in explorer.view.value
    explorer.controls["language"].value = "Italian"
    assert lines(explorer) == [("Italian", "0%")]


def test_another_way_to_learn_hears_other_words(explorer):
    explorer.controls["by"].value = "rehearsal"
    assert lines(explorer) == [("English", "0%"), ("Italian", "0%")]


def test_at_the_end_of_the_slider_is_the_last_recording(explorer):
    number = explorer.controls["number"]
    number.value = number.max
    assert "<b>three</b>" in explorer.view.value
    explorer.controls["language"].value = "Italian"
    assert "<b>tre uno</b>" in explorer.view.value
    [played] = explorer.player.sounds.values()
    np.testing.assert_allclose(played, 0.4, atol=1e-3)


def test_a_word_that_is_missing_is_marked(explorer):
    explorer.controls["number"].value = 2
    assert "<sup>D</sup>" in explorer.view.value


def test_every_sound_is_called_synthetic(explorer):
    assert all("synthetic" in label for label in explorer.player.sounds)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"heard": {}}, "at least one way"),
        ({"said": SAID | {"Italian": ["due"]}}, "equally many"),
        ({"sounds": {"English": SOUNDS["English"]}}, "equally many"),
    ],
)
def test_what_does_not_fit_together_is_told(changes, told):
    with pytest.raises(ValueError, match=told):
        make(**changes)
