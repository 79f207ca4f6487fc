"""Rooms and scenes beside pyclarity 0.9.0: files both ways, and the same draws."""

import importlib.util
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from clarity_lab.scenes.building.building import build_scenes
from clarity_lab.scenes.building.own_sounds import bundled_sounds, write_sounds
from clarity_lab.scenes.building.rules import SceneRules
from clarity_lab.scenes.building.sounds import Sound, SoundList
from clarity_lab.scenes.clarity_files.rooms import read_rooms, write_rooms
from clarity_lab.scenes.clarity_files.scenes import read_scenes, write_scenes
from clarity_lab.scenes.clarity_files.sound_lists import write_sound_lists
from clarity_lab.scenes.rooms.random_rooms import random_rooms
from clarity_lab.scenes.rooms.source import azimuth_of, bearing_deg, direction_deg

if importlib.util.find_spec("clarity") is None:
    pytest.skip(
        "the peer pyclarity 0.9.0 is not installed: python start.py test installs it",
        allow_module_level=True,
    )

N = 2_000
CHANCE = 0.001
ROOMS = random_rooms(150, seed=1)
ROOT = Path(__file__).parents[2]


def sound(name, kind, group="", n_samples=900_000):
    return Sound(name, kind, group or kind, "train", n_samples)


SOUNDS = SoundList(
    (
        *(sound(f"T{k:02d}", "target", n_samples=80_000 + k) for k in range(40)),
        *(sound(f"talker{k}.wav", "speech") for k in range(5)),
        *(sound(f"rare{k}.wav", "noise", "rare") for k in range(2)),
        *(sound(f"common{k}.wav", "noise", "common") for k in range(30)),
        *(sound(f"song{k}.mp3", "music") for k in range(5)),
    )
)


def run_peer(script: str, folder: Path) -> str:
    words = [sys.executable, "-m", f"tests.peers.{script}", str(folder)]
    places = os.pathsep.join([str(ROOT), *sys.path])
    env = os.environ | {"PYTHONPATH": places}
    env |= {"NUMBA_DISABLE_JIT": "1"}  # compiling takes 20 s, running 1 s
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Our rooms and sound lists, and what the peer made of them."""
    folder = tmp_path_factory.mktemp("peer")
    write_rooms(ROOMS, folder / "rooms.json")
    write_sound_lists(SOUNDS, folder)
    run_peer("scene_builder_peer", folder)
    return folder


@pytest.fixture(scope="module")
def theirs(folder):
    return read_scenes(folder / "scenes_theirs.json")


@pytest.fixture(scope="module")
def ours():
    return build_scenes(N, rooms=ROOMS, sounds=SOUNDS, dataset="train", seed=440)


def test_our_rooms_pass_through_the_peer_unchanged(folder):
    assert read_rooms(folder / "rooms_theirs.json") == ROOMS


def test_the_peer_s_scenes_come_back_word_for_word(folder, theirs, tmp_path):
    write_scenes(theirs, tmp_path / "scenes.json")
    ours = json.loads((tmp_path / "scenes.json").read_text(encoding="utf-8"))
    text = (folder / "scenes_theirs.json").read_text(encoding="utf-8")
    assert ours == json.loads(text)


def test_the_peer_s_scenes_name_our_rooms_and_sounds(theirs):
    assert [scene.name for scene in theirs] == [f"S{k:05d}" for k in range(1, N + 1)]
    for scene in theirs:
        assert scene.room in ROOMS
        assert SOUNDS.find(scene.target.name, kind="target")
        for who in scene.interferers:
            assert SOUNDS.find(who.name, kind=who.kind)


def target_deg(scene):
    room = ROOMS[scene.room]
    return bearing_deg(room.target, seen_from=room.listener)


MEASURES = {
    "snr": lambda s: [s.snr_db],
    "before the target": lambda s: [s.target.start],
    "after the target": lambda s: [s.n_samples - s.target.end],
    "number": lambda s: [len(s.interferers)],
    "offset": lambda s: [who.offset for who in s.interferers],
    "turn starts": lambda s: [s.head_turn.start - s.target.start],
    "turn lasts": lambda s: [s.head_turn.end - s.head_turn.start],
    "nose before": lambda s: [abs(s.head_turn.start_deg - target_deg(s))],
    "nose after": lambda s: [abs(s.head_turn.end_deg - target_deg(s))],
    "duration": lambda s: [s.n_samples],
}


def measured(scenes, measure):
    return np.concatenate([MEASURES[measure](scene) for scene in scenes])


@pytest.mark.parametrize("measure", MEASURES)
def test_our_numbers_are_distributed_as_the_peer_s(ours, theirs, measure):
    a, b = measured(ours, measure), measured(theirs, measure)
    # Bounds of four standard errors: of the mean, and of the deviation (kurtosis <= 3).
    error = np.hypot(a.std(), b.std()) / np.sqrt(N)
    assert abs(a.mean() - b.mean()) <= 4 * error
    assert abs(a.std() - b.std()) <= 4 * error / np.sqrt(2)
    assert stats.ks_2samp(a, b).pvalue > CHANCE


COUNTS = {
    "kinds": lambda s: ["+".join(who.kind for who in s.interferers)],
    "positions": lambda s: [str([who.position for who in s.interferers])],
    "noises": lambda s: [w.name[:4] for w in s.interferers if w.kind == "noise"],
    "talkers": lambda s: [w.name for w in s.interferers if w.kind == "speech"],
    "songs": lambda s: [w.name for w in s.interferers if w.kind == "music"],
    "heads": lambda s: [s.microphones[1]],
    "sides": lambda s: [str(s.head_turn.start_deg > target_deg(s))],
    "spans": lambda s: [str((w.start, w.end - s.n_samples)) for w in s.interferers],
    "targets": lambda s: [s.target.name],
    "rooms": lambda s: [s.room],
}


@pytest.mark.parametrize("count", COUNTS)
def test_our_choices_are_as_frequent_as_the_peer_s(ours, theirs, count):
    a, b = (
        Counter(word for scene in scenes for word in COUNTS[count](scene))
        for scenes in (ours, theirs)
    )
    assert set(a) == set(b)
    table = [[some[word] for word in a] for some in (a, b)]
    if len(a) > 1:
        assert stats.chi2_contingency(table).pvalue > CHANCE


def test_the_comparison_sees_a_rule_that_differs(theirs):
    rules = SceneRules(snr_db=(-11.0, 6.0), turn_from_deg=(24.0, 5.0))
    other = build_scenes(
        N, rooms=ROOMS, sounds=SOUNDS, dataset="train", seed=440, rules=rules
    )
    for measure in ("snr", "nose before"):
        pair = measured(other, measure), measured(theirs, measure)
        assert stats.ks_2samp(*pair).pvalue < CHANCE


def test_the_peer_s_renderer_opens_our_rooms_scenes_and_sounds(tmp_path):
    sounds = write_sounds(bundled_sounds().looped(11), tmp_path)
    rooms = random_rooms(4, seed=5)
    scenes = build_scenes(4, rooms=rooms, sounds=sounds, dataset="train", seed=5)
    write_rooms(rooms, tmp_path / "rooms.json")
    write_scenes(scenes, tmp_path / "scenes.json")
    (tmp_path / "hrir.json").write_text("{}", encoding="utf-8")
    found = json.loads(run_peer("scene_renderer_peer", tmp_path))
    for scene, (lengths, target, start, end) in zip(scenes, found, strict=True):
        room = rooms[scene.room]
        assert lengths == [who.n_samples for who in scene.interferers]
        assert tuple(target) == room.target.position_m
        view_deg = direction_deg(room.listener.view)
        turn = scene.head_turn
        assert np.rad2deg(start) == pytest.approx(turn.start_deg - view_deg, abs=0.1)
        assert np.rad2deg(end) == pytest.approx(turn.end_deg - view_deg, abs=0.1)
        assert abs(azimuth_of(room.target, seen_from=room.listener)) < 0.06
