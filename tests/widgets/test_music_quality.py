"""Each control of the HAAQI explorer changes the sound and the scores, at both ends."""

import re

import numpy as np
import pytest

pytest.importorskip("ipywidgets", reason="needs the lessons' packages")

from clarity_lab import audio, manifests, widgets
from clarity_lab.widgets.music_quality import DISTORTIONS, EARS

RATE = 24_000


@pytest.fixture(scope="module")
def music():
    path = manifests.fetch("samples", "music/brahms.ogg")
    stereo, _ = audio.load(path, sample_rate=RATE)
    return audio.set_level(stereo.mean(axis=0)[20 * RATE : 21 * RATE], level_dbfs=-30.0)


@pytest.fixture(scope="module")
def explorer(music):
    return widgets.explore_haaqi(music, sample_rate=RATE)


def played(explorer):
    """What is heard, the common gain included."""
    gain = 10 ** (explorer.player.gain_db / 20)
    return [gain * sound for sound in explorer.player.sounds.values()]


def scores(explorer):
    """Score of a perfect copy and of what is heard, for each ear."""
    cells = re.findall(r"<td>(\d\.\d\d)</td><td>(\d\.\d\d)</td>", explorer.view.value)
    return np.array(cells, dtype=float)


@pytest.mark.parametrize("distortion", DISTORTIONS)
def test_more_of_a_distortion_changes_the_sound_and_costs_quality(explorer, distortion):
    strength = explorer.controls["strength"]
    explorer.controls["distortion"].value = distortion
    heard, judged = [], []
    for end in (strength.min, strength.max):
        strength.value = end
        original, changed = played(explorer)
        assert not np.allclose(original, changed, atol=1e-3)
        heard.append(changed)
        judged.append(scores(explorer)[:, 1])
    assert not np.allclose(*heard, atol=1e-3)
    assert np.all(judged[1] < judged[0] - 0.05)


def test_loud_music_is_played_alike_in_every_position(music):
    loud = music / audio.peak(music)
    explorer = widgets.explore_haaqi(loud, sample_rate=RATE)
    explorer.controls["distortion"].value = "level"  # would fit without a common gain
    softer, _ = played(explorer)
    explorer.controls["distortion"].value = "noise"
    explorer.controls["strength"].value = 5
    noisy, mixture = played(explorer)
    assert np.array_equal(softer, noisy)
    assert audio.level_dbfs(noisy) < audio.level_dbfs(loud) - 1
    assert audio.peak(mixture) <= 1


def test_a_score_stands_for_each_ear_beside_that_of_a_copy(explorer):
    explorer.controls["distortion"].value = "noise"
    explorer.controls["strength"].value = 5
    table = scores(explorer)
    assert table.shape == (len(EARS), 2)
    assert np.all(table[:, 0] > 0.8)
    assert np.all(table[:, 1] < 0.5)


def test_the_level_control_turns_down_by_its_decibels(explorer):
    explorer.controls["distortion"].value = "level"
    explorer.controls["strength"].value = 5
    before, after = (float(audio.level_dbfs(sound)) for sound in played(explorer))
    assert before - after == pytest.approx(40, abs=0.5)  # 16-bit players
    assert "40 dB softer" in explorer.view.value


@pytest.mark.parametrize(
    "distortion", [name for name in DISTORTIONS if name != "level"]
)
def test_every_other_distortion_leaves_the_level(explorer, distortion):
    explorer.controls["distortion"].value = distortion
    explorer.controls["strength"].value = 5
    before, after = (float(audio.level_dbfs(sound)) for sound in played(explorer))
    assert after == pytest.approx(before, abs=0.1)  # 16-bit players


def test_the_strengths_are_told_with_their_unit(explorer):
    explorer.controls["distortion"].value = "bandwidth"
    explorer.controls["strength"].value = 3
    assert "up to 4000 Hz · <strong>up to 3000 Hz</strong>" in explorer.view.value


def test_music_up_to_3_khz_costs_s2_least_as_the_exercise_says(explorer):
    explorer.controls["distortion"].value = "bandwidth"
    explorer.controls["strength"].value = 3
    costs = dict(zip(EARS, -np.diff(scores(explorer))[:, 0], strict=True))
    assert min(costs, key=costs.get) == "S2"


def test_it_says_what_it_works_at(explorer):
    told = []
    explorer.status.observe(lambda change: told.append(change["new"]), names="value")
    strength = explorer.controls["strength"]
    strength.value = 1 if strength.value == 5 else 5
    assert "Scoring for three ears" in told[0]
    assert told[-1] == ""


def test_a_low_rate_and_stereo_are_refused(music):
    with pytest.raises(ValueError, match="Load the music at 24000 Hz"):
        widgets.explore_haaqi(music, sample_rate=8_000)
    with pytest.raises(ValueError, match="Choose a channel"):
        widgets.explore_haaqi(np.stack([music, music]), sample_rate=RATE)
