"""The recipe on the challenge's own files: its room, its heads, its lists."""

import json
import shutil
from pathlib import Path

import pytest

from clarity_lab.recipes.cec2.find_heads import NO_HEADS, heads_in
from clarity_lab.recipes.cec2.folders import Folders
from clarity_lab.scenes.clarity_files.rendered import read_rendered
from clarity_lab.scenes.rendering.speech_weighting import speech_weighted_snr_db
from tests.recipes.small_cec2 import run


def metadata(root: Path) -> Path:
    return root / "clarity_data" / "metadata"


@pytest.fixture
def official(cec2_room, tmp_path):
    """The challenge's test scene as its package has it."""
    metadata(tmp_path).mkdir(parents=True)
    for theirs, name in (
        ("scenes.test.json", "scenes.dev.json"),
        ("rooms.train.json", "rooms.dev.json"),
    ):
        shutil.copy(cec2_room / "metadata" / theirs, metadata(tmp_path) / name)
    return tmp_path


def test_missing_head_responses_are_told_before_anything_is_rendered(
    official, cec2_room
):
    words = ["--dataset", "dev", "--data", str(cec2_room), "--parity"]
    status, said = run("render", official, *words)
    assert status == 1
    assert (
        "scene S06001: listener.hrir_filename: expected the head VP_N6-BTE_mid" in said
    )
    assert not (official / "clarity_data" / "dev").exists()


def test_the_challenges_scene_is_rendered_in_its_own_room(official, cec2_room):
    path = metadata(official) / "scenes.dev.json"
    (scene,) = json.loads(path.read_text(encoding="utf-8"))
    scene["listener"]["hrir_filename"] = ["VP_N6-ED", "VP_N6-BTE_fr"]
    path.write_text(json.dumps([scene]), encoding="utf-8")
    words = ["--dataset", "dev", "--data", str(cec2_room), "--parity"]
    status, said = run("render", official, *words)
    assert status == 0, said
    scenes = official / "clarity_data" / "dev" / "scenes"
    heard = read_rendered(scenes, "S06001", n_pairs=2)
    assert heard.target.shape[-1] >= scene["duration"]
    said = slice(scene["target"]["time_start"], scene["target"]["time_end"])
    snr_db = speech_weighted_snr_db(
        heard.target[1, :, said],
        noise=heard.interferer[1, :, said],
        sample_rate=heard.sample_rate,
    )
    assert snr_db == pytest.approx(scene["SNR"], abs=0.01)


def test_scenes_are_built_from_the_challenges_lists_rooms_and_heads(
    cec2_room, tmp_path
):
    words = [
        "--data",
        str(cec2_room),
        "--rooms",
        str(cec2_room / "metadata/rooms.train.json"),
    ]
    status, said = run("build", tmp_path, "--scenes", "5", *words)
    assert status == 0, said
    scenes = json.loads((metadata(tmp_path) / "scenes.train.json").read_text("utf-8"))
    assert [scene["room"] for scene in scenes][:1] == ["R06001"]
    assert scenes[0]["listener"]["hrir_filename"] == ["VP_N6-ED", "VP_N6-BTE_fr"]
    listed = json.loads(
        (cec2_room / "metadata/target_speech_list.json").read_text("utf-8")
    )
    names = {entry["wavfile"] for entry in listed}
    assert {scene["target"]["name"] for scene in scenes} <= names
    assert not (tmp_path / "clarity_data" / "train").exists()


def test_rooms_are_read_from_ravens_projects(cec2_room, tmp_path):
    words = ["--rooms", str(cec2_room / "rooms" / "rpf"), "--scenes", "2"]
    assert run("build", tmp_path, *words)[0] == 0
    rooms = json.loads((metadata(tmp_path) / "rooms.train.json").read_text("utf-8"))
    assert [one["name"] for one in rooms] == ["R00001", "R06001"]


def test_heads_with_all_microphones_are_preferred(tmp_path):
    folder = tmp_path / "clarity_data" / "hrir" / "HRIRs_MAT"
    folder.mkdir(parents=True)
    folders = Folders(tmp_path, "train")
    assert heads_in(folders) == ((NO_HEADS,), ("ED",))
    for name in ("A-ED", "A-BTE_fr", "B-ED", "B-BTE_fr", "C-ED"):
        (folder / f"{name}.mat").touch()
    assert heads_in(folders) == (("A", "B"), ("ED", "BTE_fr"))
    for name in ("B-BTE_mid", "B-BTE_rear"):
        (folder / f"{name}.sofa").touch()
    assert heads_in(folders) == (("B",), ("ED", "BTE_fr", "BTE_mid", "BTE_rear"))
