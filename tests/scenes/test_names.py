"""Names that lead out of a folder, or that no file can have, are refused early."""

import json
from dataclasses import replace

import numpy as np
import pytest

from clarity_lab.scenes.building.scene import HeadTurn, Interferer, Scene, Target
from clarity_lab.scenes.building.sounds import Sound
from clarity_lab.scenes.clarity_files.rendered import is_rendered
from clarity_lab.scenes.clarity_files.room_responses import (
    read_room_responses,
    write_room_responses,
)
from clarity_lab.scenes.clarity_files.scenes import read_scenes, write_scenes
from clarity_lab.scenes.names import require_file_name, require_inside
from clarity_lab.scenes.rooms.room import Room
from clarity_lab.scenes.rooms.room_responses import RoomResponses
from clarity_lab.scenes.rooms.source import Source

SCENE = Scene(
    name="S1",
    dataset="train",
    room="R1",
    target=Target("one", start=0, end=5),
    interferers=(Interferer(1, "noise", "fan.wav", offset=0, start=0, end=9),),
    n_samples=10,
    snr_db=0.0,
    head_turn=HeadTurn(1, 2, 0, 0),
    microphones=("KEMAR",),
)


@pytest.mark.parametrize("name", ["S06001", "Küche 2", "a.b", "VP_N6-ED", "S[1]"])
def test_usual_names_are_good(name):
    assert require_file_name(name, what="scene") == name
    assert require_inside(name, what="target") == name


@pytest.mark.parametrize(
    "name", ["", " ", "..", ".", "../x", "a/b", "a\\b", "C:x", "x\n", "what?", 5]
)
def test_a_name_that_no_file_can_have_is_refused(name):
    with pytest.raises(ValueError, match="expected a name of a scene"):
        require_file_name(name, what="scene")


def test_a_sound_may_lie_in_a_folder():
    assert require_inside("kitchen/fan.wav", what="noise") == "kitchen/fan.wav"


@pytest.mark.parametrize("name", ["", "../x", "a/../../x", "/etc/x", "..\\x", "C:\\x"])
def test_a_sound_outside_its_folder_is_refused(name):
    with pytest.raises(ValueError, match="below its folder"):
        require_inside(name, what="noise")


@pytest.mark.parametrize(
    "make",
    [
        lambda: replace(SCENE, name="../S1"),
        lambda: replace(SCENE, room="a/b"),
        lambda: replace(SCENE, microphones=("../KEMAR",)),
        lambda: Target("../one", start=0, end=5),
        lambda: replace(SCENE.interferers[0], name="/fan.wav"),
        lambda: Sound("../x.wav", "noise", "Fan", "train", n_samples=1),
        lambda: Room("..", (5, 4, 3), Source((0, 1, 1), (0, 1, 0)), Source((0, 2, 1))),
        lambda: is_rendered("scenes", "../S1"),
        lambda: read_room_responses("rooms", "../R1"),
        lambda: write_room_responses(
            RoomResponses(np.ones((1, 1)), (), 44_100), "rooms", "../R1"
        ),
    ],
)
def test_everything_that_names_files_is_checked(make):
    with pytest.raises(ValueError, match=r"expected .* name"):
        make()


def test_a_file_of_scenes_names_the_scene_whose_name_is_bad(tmp_path):
    path = tmp_path / "scenes.json"
    write_scenes([SCENE], path)
    (entry,) = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps([entry | {"scene": "../../evil"}]), encoding="utf-8")
    with pytest.raises(
        ValueError, match=r"scene \.\./\.\./evil of .*scenes\.json: exp"
    ):
        read_scenes(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"microphones": ()}, "at least one pair of microphones"),
        ({"n_samples": 10**12}, "from 1 to 158760000, an hour, got 1000000000000"),
        ({"snr_db": -1e6}, "from -200 to 200 dB, got -1000000"),
    ],
)
def test_a_scene_that_cannot_be_rendered_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(SCENE, **change)


def test_a_file_from_windows_with_a_mark_at_its_start_is_read(tmp_path):
    path = tmp_path / "scenes.json"
    write_scenes([SCENE], path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_scenes(path) == [SCENE]


def test_every_digit_is_written_though_pyclarity_was_imported(tmp_path, monkeypatch):
    class RoundingFloat(float):  # what its scene builder puts into the json module
        __repr__ = staticmethod(lambda value: f"{value:.4f}")

    monkeypatch.setattr(json.encoder, "c_make_encoder", None)
    monkeypatch.setattr(json.encoder, "float", RoundingFloat, raising=False)
    path = tmp_path / "scenes.json"
    scene = replace(SCENE, snr_db=1.23456789)
    write_scenes([scene], path)
    assert read_scenes(path) == [scene]
    assert json.encoder.float is RoundingFloat
