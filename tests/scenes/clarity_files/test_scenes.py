"""Scenes: what they hold, and the challenge's files."""

import copy
import json

import pytest

from clarity_lab.scenes.building.scene import HeadTurn, Interferer, Scene, Target
from clarity_lab.scenes.clarity_files.scenes import read_scenes, write_scenes

ENTRY = {
    "dataset": "dev",
    "room": "R1",
    "scene": "S1",
    "target": {"name": "T1", "time_start": 100, "time_end": 300},
    "duration": 400,
    "interferers": [
        {
            "position": 2,
            "time_start": 0,
            "time_end": 400,
            "type": "noise",
            "name": "fan.wav",
            "offset": 7,
        }
    ],
    "SNR": 2.5,
    "listener": {
        "rotation": [
            {"sample": 90.7142, "angle": -125.8235},
            {"sample": 110.7142, "angle": -112.0054},
        ],
        "hrir_filename": ["VP_N6-ED", "VP_N6-BTE_fr"],
    },
}
SCENE = Scene(
    "S1",
    "dev",
    "R1",
    Target("T1", start=100, end=300),
    (Interferer(2, "noise", "fan.wav", 7, start=0, end=400),),
    n_samples=400,
    snr_db=2.5,
    head_turn=HeadTurn(90.7142, 110.7142, -125.8235, -112.0054),
    microphones=("VP_N6-ED", "VP_N6-BTE_fr"),
)


def written(tmp_path, *entries):
    path = tmp_path / "scenes.json"
    path.write_text(json.dumps(entries), encoding="utf-8")
    return path


def changed(field, value):
    """The entry with a field changed; "a.0.b" is field b of the first in list a."""
    entry = copy.deepcopy(ENTRY)
    *way, last = [int(part) if part.isdigit() else part for part in field.split(".")]
    place = entry
    for part in way:
        place = place[part]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return entry


def test_a_scene_is_read_field_by_field(tmp_path):
    assert read_scenes(written(tmp_path, ENTRY)) == [SCENE]


def test_a_scene_is_written_in_the_challenge_s_words(tmp_path):
    write_scenes([SCENE], tmp_path / "scenes.json")
    text = (tmp_path / "scenes.json").read_text(encoding="utf-8")
    assert json.loads(text) == [ENTRY]


def test_the_published_scene_comes_back_word_for_word(cec2_room, tmp_path):
    published = cec2_room / "metadata/scenes.test.json"
    write_scenes(read_scenes(published), tmp_path / "scenes.json")
    ours = json.loads((tmp_path / "scenes.json").read_text(encoding="utf-8"))
    assert ours == json.loads(published.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("SNR", "loud", r"expected SNR as a finite number, got 'loud'"),
        ("SNR", ..., r"expected the field SNR, got only dataset, room"),
        ("SNR", float("nan"), r"expected SNR as a finite number, got nan"),
        ("SNR", 10**400, r"expected SNR as a finite number, got 1000"),
        ("room", 6001, r"expected room as a text, got 6001"),
        ("duration", 0, r"expected duration as a whole number of at least 1, got 0"),
        ("duration", 299, r"the target to end \(time_end\) .* sample 299 .*got 300"),
        ("target", "T1", r"expected target as a JSON object .*got 'T1'"),
        ("target.time_start", -1, r"target\.time_start as a whole .* got -1"),
        ("target.time_start", 1.5, r"target\.time_start as a whole .* got 1\.5"),
        ("target.time_end", True, r"target\.time_end as a whole .* got True"),
        (
            "target.time_end",
            100,
            r"target: expected start \(time_start\).* 100 and 100",
        ),
        ("target.tempo", 2, r"no field but .*, got also target\.tempo"),
        ("interferers", None, r"expected interferers as a list of objects, got None"),
        ("interferers.0.type", "talk", r"interferers\[0\]\.type as one of speech, noi"),
        ("interferers.0.type", [], r"interferers\[0\]\.type as one of speech, noi"),
        ("interferers.0.position", 0, r"interferers\[0\]\.position .* least 1, got 0"),
        ("interferers.0.offset", ..., r"the field interferers\[0\]\.offset, got only"),
        ("interferers.0.name", "", r"interferers\[0\]\.name as a text, got ''"),
        ("listener.rotation.1.sample", 90, r"listener: expected a head turn .*90\.7"),
        ("listener.rotation.1.angle", ..., r"field listener\.rotation\[1\]\.angle"),
        ("listener.rotation", [], r"listener\.rotation as two points, .*got '0 points"),
        ("listener.hrir_filename", "ED", r"listener\.hrir_filename as a list of texts"),
        ("listener.colour", 1, r"but rotation, hrir_filename, got also listener\.col"),
    ],
)
def test_bad_metadata_names_file_scene_field_and_what_came(
    tmp_path, field, value, message
):
    path = written(tmp_path, changed(field, value))
    with pytest.raises(ValueError, match=message) as raised:
        read_scenes(path)
    assert str(raised.value).startswith(f"scene S1 of {path}: ")


def test_two_interferers_cannot_stand_at_one_place(tmp_path):
    twice = changed("interferers", ENTRY["interferers"] * 2)
    with pytest.raises(ValueError, match=r"different positions, got \[2, 2\]"):
        read_scenes(written(tmp_path, twice))


def test_two_scenes_of_one_name_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"name that no other scene has, got 'S1'"):
        read_scenes(written(tmp_path, ENTRY, ENTRY))


def test_a_cut_file_says_that_its_end_may_be_missing(tmp_path):
    path = tmp_path / "scenes.json"
    path.write_text(json.dumps([ENTRY])[:-9], encoding="utf-8")
    with pytest.raises(ValueError, match=r"list of scenes in .*Is its end missing"):
        read_scenes(path)


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path):
    path = tmp_path / "scenes.json"
    write_scenes([SCENE], path)
    with pytest.raises(AttributeError):
        write_scenes([SCENE, "no scene"], path)
    assert read_scenes(path) == [SCENE]
    assert [found.name for found in tmp_path.iterdir()] == ["scenes.json"]
