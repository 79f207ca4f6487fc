"""The compass: each control changes what is heard, at both ends; the map moves too."""

import re

import numpy as np
import pytest

pytest.importorskip("ipywidgets", reason="needs the lessons' packages")
matplotlib = pytest.importorskip("matplotlib", reason="needs the lessons' packages")
matplotlib.use("Agg")

from clarity_lab import audio, manifests, scenes, widgets  # noqa: E402
from clarity_lab.widgets import scene as compass  # noqa: E402
from clarity_lab.widgets.scene_map import PIXELS_PER_M  # noqa: E402

SPEECH = "speech/librispeech-1272-135031-0011.flac"
RATE = 16_000


@pytest.fixture(scope="module")
def head():
    return scenes.kemar()


@pytest.fixture(scope="module")
def speech():
    return audio.load(manifests.fetch("samples", SPEECH), duration_s=1)[0]


@pytest.fixture
def explorer(speech, head, rng):
    hiss = 0.05 * rng.standard_normal(RATE)
    return widgets.explore_scene(speech, hiss, sample_rate=RATE, head=head)


def played(explorer):
    """Both together and the talker alone, at the levels they had."""
    sounds = explorer.player.sounds
    assert list(sounds) == ["the talker alone", "both"]
    return np.array([sounds["both"], sounds["the talker alone"]])


def shown_db(explorer):
    """SNR at the left ear, at the right, at the better."""
    return [float(x) for x in re.findall(r"([+-][\d.]+) dB", explorer.player.title)]


def turn(explorer, **values):
    for name, value in values.items():
        explorer.controls[name].value = value
    return explorer


@pytest.mark.parametrize("end", ["min", "max"])
@pytest.mark.parametrize("name", ["head_deg", "target_deg", "interferer_deg", "snr_db"])
def test_each_slider_changes_the_sound_at_both_ends(explorer, name, end):
    before = played(explorer)[0]
    control = explorer.controls[name]
    control.value = getattr(control, end)
    assert audio.level_dbfs(np.ravel(played(explorer)[0] - before)) > -50


def test_the_talker_is_heard_where_he_stands_seen_from_the_nose(explorer, head):
    turn(explorer, target_deg=60)
    for nose_deg, azimuth_deg in ((0, 60), (60, 0), (120, -60)):
        turn(explorer, head_deg=nose_deg)
        there = scenes.place(
            [1.0], azimuth_deg=azimuth_deg, head=head, sample_rate=RATE
        )
        assert scenes.itd_s(played(explorer)[1], sample_rate=RATE) == pytest.approx(
            scenes.itd_s(there, sample_rate=RATE), abs=40e-6
        )


@pytest.mark.parametrize("room", [compass.DRY, compass.FURNISHED])
@pytest.mark.parametrize("snr_db", [-12, 12])
def test_the_snr_is_that_of_the_slider_while_the_nose_is_ahead(explorer, room, snr_db):
    turn(explorer, room=room, snr_db=snr_db)
    both, talker = played(explorer)
    measured_db = scenes.speech_weighted_snr_db(
        talker, noise=both - talker, sample_rate=RATE
    )
    assert measured_db == pytest.approx(snr_db, abs=0.2)
    assert shown_db(explorer)[2] == pytest.approx(snr_db, abs=0.06)


def test_its_numbers_can_be_asked_for_and_nothing_moves(explorer):
    turn(explorer, interferer_deg=90)
    before = explorer.player.title, explorer.view.value
    asked_db = explorer.ears_db(head_deg=30, room=compass.FURNISHED)
    assert (explorer.player.title, explorer.view.value) == before
    turn(explorer, head_deg=30, room=compass.FURNISHED)
    assert shown_db(explorer)[:2] == pytest.approx(asked_db, abs=0.06)
    assert explorer.ears_db() == asked_db


def test_a_room_is_simulated_once_also_if_a_slider_is_off_by_a_hair(
    explorer, monkeypatch
):
    turn(explorer, interferer_deg=-30)
    monkeypatch.setattr(compass, "_responses", None)
    turn(explorer, head_deg=45, interferer_deg=-29.99999999999997)


def test_turning_the_head_changes_the_snr_but_no_source(explorer):
    turn(explorer, interferer_deg=90, head_deg=30)
    left_db, right_db, better_db = shown_db(explorer)
    assert better_db == right_db > 3 > 0 > left_db
    turn(explorer, interferer_deg=0, head_deg=90)
    left_db, right_db, better_db = shown_db(explorer)
    assert abs(left_db) < 2 > abs(right_db)  # both come from one place


def test_the_furnished_room_rings_on_and_fills_the_shadow(explorer):
    turn(explorer, target_deg=90)
    dry_db = scenes.ild_db(played(explorer)[1])
    turn(explorer, room=compass.FURNISHED)
    assert 1 < scenes.ild_db(played(explorer)[1]) < dry_db - 1


def test_one_gain_for_every_snr_and_lowered_for_good_where_it_is_louder(explorer):
    gain_db = explorer.player.gain_db
    for snr_db in (-12, 0, 12):
        turn(explorer, snr_db=snr_db)
        assert explorer.player.gain_db == gain_db
    turn(explorer, snr_db=-12, target_deg=90, head_deg=0)  # noise before the far ear
    lowered_db = explorer.player.gain_db
    assert lowered_db < gain_db - 1
    loudest = np.max(np.abs(played(explorer))) * 10 ** (lowered_db / 20)
    assert 10 ** (-0.2 / 20) < loudest <= 1
    turn(explorer, snr_db=0, target_deg=0)
    assert explorer.player.gain_db == lowered_db


def test_the_map_shows_where_the_nose_points_and_who_is_where(explorer):
    turn(explorer, head_deg=45, target_deg=90, interferer_deg=0)
    picture = explorer.view.value
    assert "nose at 135 degrees" in picture
    assert "rotate(-135.0)" in picture
    places = dict(
        zip(
            ("listener", "target", "interferer"),
            (map(float, xy) for xy in re.findall(r"translate\((.*?),(.*?)\)", picture)),
            strict=True,
        )
    )
    x, y = places["listener"]
    target, interferer = places["target"], places["interferer"]
    reach = compass.DISTANCE_M * PIXELS_PER_M
    assert list(target) == pytest.approx([x - reach, y], abs=0.2)  # left
    assert list(interferer) == pytest.approx([x, y - reach], abs=0.2)  # ahead is up


def test_what_is_done_to_the_arrays_later_is_not_heard(speech, head, rng):
    given, hiss = speech.copy(), 0.05 * rng.standard_normal(RATE)
    explorer = widgets.explore_scene(given, hiss, sample_rate=RATE, head=head)
    given[:] = hiss[:] = np.nan
    turn(explorer, head_deg=30)
    assert np.isfinite(played(explorer)).all()


def test_silence_and_stereo_are_refused(speech, head):
    for target, disturbance, words in (
        (np.zeros(800), speech, "expected target to sound"),
        (speech, np.zeros(800), "expected interferer to sound"),
        (np.ones((2, 800)), speech, "Choose a channel"),
    ):
        with pytest.raises(ValueError, match=words):
            widgets.explore_scene(target, disturbance, sample_rate=RATE, head=head)
