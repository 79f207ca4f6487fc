"""Every choice of the chain's explorer changes what is heard and what is shown."""

import re

import ipywidgets
import numpy as np
import pytest

pytest.importorskip("ipywidgets", reason="needs the lessons' packages")
matplotlib = pytest.importorskip("matplotlib", reason="needs the lessons' packages")
matplotlib.use("Agg")

from clarity_lab import audio, widgets  # noqa: E402
from clarity_lab.hearing import Audiogram, Listener  # noqa: E402

SAMPLE_RATE = 44_100
SCENES = {"S1": "S1, quiet", "S2": "S2, <loud>"}
LISTENERS = {
    name: Listener(name, *[Audiogram((250, 8000), (loss, loss + 10))] * 2)
    for name, loss in {"L1": 20, "L2": 60}.items()
}
SYSTEMS = ("unprocessed", "louder", "loudest")
PAIRS = [(scene, name) for scene in SCENES for name in LISTENERS]


@pytest.fixture
def outputs(rng):
    noise = 0.01 * rng.standard_normal((2, SAMPLE_RATE // 5))
    return {
        system: {pair: 2.0**k * 3.0**n * noise for n, pair in enumerate(PAIRS)}
        for k, system in enumerate(SYSTEMS)
    }


@pytest.fixture
def scores():
    return {
        system: {pair: 0.1 * k + 0.01 * n for n, pair in enumerate(PAIRS)}
        for k, system in enumerate(SYSTEMS)
    }


@pytest.fixture
def explorer(outputs, scores):
    return explore(outputs, scores)


def explore(outputs, scores, listeners=LISTENERS):
    return widgets.explore_chain(
        outputs,
        scores=scores,
        scenes=SCENES,
        listeners=listeners,
        sample_rate=SAMPLE_RATE,
    )


def score(explorer):
    return float(re.search(r"HASPI ([\d.]+)<", explorer.view.value)[1])


def levels(explorer):
    """What is given, and what is heard of the first system and of the chosen one."""
    return [
        float(audio.level_dbfs(sound.ravel())) + explorer.player.gain_db
        for sound in explorer.player.sounds.values()
    ]


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("listener", LISTENERS)
@pytest.mark.parametrize("system", SYSTEMS)
def test_score_and_sound_are_those_of_the_choice(
    explorer, outputs, scores, scene, listener, system
):
    choice = {"scene": scene, "listener": listener, "system": system}
    for name, value in choice.items():
        explorer.controls[name].value = value
    assert score(explorer) == pytest.approx(scores[system][scene, listener])
    first = next(iter(outputs))
    reference_db = float(audio.level_dbfs(outputs[first]["S1", "L1"].ravel()))
    expected_db = float(audio.level_dbfs(outputs[system][scene, listener].ravel()))
    played = levels(explorer)
    explorer.controls["system"].value = first
    explorer.controls["scene"].value, explorer.controls["listener"].value = "S1", "L1"
    # One gain for the whole widget: levels differ by what the sounds differ by.
    assert played[0] - levels(explorer)[0] == pytest.approx(
        expected_db - reference_db, abs=0.1
    )


def test_all_is_chosen_by_buttons_which_keys_can_reach(explorer):
    """In a drop-down list JupyterLab takes the arrow keys for itself."""
    kinds = {type(control) for control in explorer.controls.values()}
    assert kinds == {ipywidgets.ToggleButtons}


def test_a_loss_makes_it_softer_and_a_larger_one_more(explorer):
    out, _, heard = levels(explorer)
    assert heard < out - 5
    explorer.controls["listener"].value = "L2"
    louder_out, _, softer_heard = levels(explorer)
    assert softer_heard - louder_out < heard - out - 10


def test_another_system_is_compared_with_the_first_through_the_same_ear(explorer):
    _, first_heard, heard = levels(explorer)
    assert heard == first_heard
    explorer.controls["system"].value = "louder"
    _, still_heard, heard = levels(explorer)
    assert still_heard == first_heard < heard - 3


def test_the_chosen_system_plays_at_first_and_its_name_stays(explorer):
    labels = list(explorer.player.sounds)
    assert explorer.player.selected == labels[-1] == "heard"
    explorer.player.selected = labels[0]
    for name, value in {"scene": "S2", "listener": "L2", "system": "louder"}.items():
        explorer.controls[name].value = value
    assert explorer.player.title == "S2, <loud>, L2, louder"
    assert list(explorer.player.sounds) == labels
    assert explorer.player.selected == labels[0]


def test_the_picture_says_all_scores_in_words_and_nothing_breaks_the_html(explorer):
    explorer.controls["scene"].value = "S2"
    alt = re.search(r'alt="([^"]+)"', explorer.view.value)[1]
    assert "unprocessed 0.02, louder 0.12, loudest 0.22" in alt
    assert "<loud>" not in explorer.view.value


def test_nothing_clips_at_full_scale(scores):
    time_s = np.arange(8_820) / SAMPLE_RATE
    full = np.tile(np.sign(np.sin(2 * np.pi * 200 * time_s)), (2, 1))
    outputs = {system: dict.fromkeys(PAIRS, full) for system in SYSTEMS}
    good = Audiogram((250, 8000), (0, 10))  # an ear that takes nothing away
    ears = {name: Listener(name, good, good) for name in LISTENERS}
    explorer = explore(outputs, scores, listeners=ears)
    explorer.controls["system"].value = "loudest"
    assert max(levels(explorer)) > -10
    assert 'role="alert"' not in explorer.view.value


def test_missing_sounds_and_scores_are_named(outputs, scores):
    del scores["louder"]["S2", "L1"]
    with pytest.raises(ValueError, match=r"a score of louder .* S2 and L1"):
        explore(outputs, scores)
    del scores["louder"]
    with pytest.raises(ValueError, match="not of louder"):
        explore(outputs, scores)
    with pytest.raises(ValueError, match="at least one system"):
        explore({}, {})


def test_what_is_done_to_arrays_and_scores_later_counts_for_nothing(outputs, scores):
    explorer = explore(outputs, scores)
    for system in SYSTEMS:
        for pair in PAIRS:
            outputs[system][pair][:] = np.nan
            scores[system][pair] = 0.9
    explorer.controls["system"].value = "louder"
    assert np.isfinite(levels(explorer)).all()
    assert score(explorer) == 0.1


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (float("nan"), ValueError, "finite number of at least 0, got nan"),
        (-0.1, ValueError, "at least 0, got -0.1"),
        (93, ValueError, "from 0 to 1, got 93"),
        ("0.9", TypeError, "as one number, got '0.9'"),
    ],
)
def test_a_score_is_a_number_from_0_to_1(outputs, scores, value, error, message):
    scores["louder"]["S2", "L1"] = value
    where = "expected the score of louder for S2 and L1 "
    with pytest.raises(error, match=where + ".*" + message[-20:]):
        explore(outputs, scores)


def test_a_dollar_in_a_name_is_no_formula(outputs, scores):
    ugly = "$x_{1$"
    outputs[ugly], scores[ugly] = outputs.pop("loudest"), scores.pop("loudest")
    ears = {
        name: Listener(ugly, ear.left, ear.right) for name, ear in LISTENERS.items()
    }
    explorer = explore(outputs, scores, listeners=ears)
    explorer.controls["system"].value = ugly
    assert score(explorer) == 0.2
