"""Rooms as files: word for word the challenge's, and faults that are named."""

import json

import pytest

from clarity_lab.scenes.clarity_files.rooms import read_rooms, write_rooms
from clarity_lab.scenes.rooms.room import Room
from clarity_lab.scenes.rooms.source import Source

LISTENER = Source((0, 1, 1.2), view=(0, 1, 0))
TARGET = Source((0, 3, 1.2), view=(0, -1, 0))
ROOM = Room("R1", (5, 4, 2.5), LISTENER, TARGET, (Source((1, 2, 1.2)),))


def entry(**changes):
    position = {"position": [0.0, 1.0, 1.2]}
    good = {
        "name": "R1",
        "dimensions": "5x4x2.5",
        "target": position,
        "listener": position | {"view_vector": [0.0, 1.0, 0.0]},
        "interferers": [{"position": [1.0, 2.0, 1.2]}],
    }
    return good | changes


def written(tmp_path, *entries):
    path = tmp_path / "rooms.json"
    path.write_text(json.dumps(entries), encoding="utf-8")
    return path


def test_rooms_come_back_from_a_file_as_they_were(tmp_path, rng):
    exact = Source(tuple(rng.uniform(0, 1, 3)), view=tuple(rng.normal(size=3)))
    rooms = {"R1": ROOM, "R2": Room("R2", (4.43171234, 4.1, 2.6), exact, TARGET)}
    write_rooms(rooms, tmp_path / "rooms.json")
    assert read_rooms(tmp_path / "rooms.json") == rooms


def test_the_published_rooms_come_back_word_for_word(cec2_room, tmp_path):
    published = cec2_room / "metadata/rooms.train.json"
    write_rooms(read_rooms(published), tmp_path / "rooms.json")
    ours = json.loads((tmp_path / "rooms.json").read_text(encoding="utf-8"))
    assert ours == json.loads(published.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dimensions": "5x4"}, r"dimensions: .* joined by x, .* got '5x4'"),
        ({"dimensions": 5}, r"expected dimensions as a text, got 5"),
        ({"listener": {"position": [0, 1, 1]}}, r"view of the listener .* got None"),
        ({"target": {"position": [0, 1]}}, r"target.position as three .* got \[0, 1\]"),
        ({"target": {"place": 1}}, r"expected the field target.position, got only pla"),
        ({"interferers": [{"position": [0, 1, True]}]}, r"interferers\[0\].position"),
        ({"interferers": 3}, r"expected interferers as a list of objects, got 3"),
        ({"colour": "red"}, r"no field but name, .* got also colour"),
        ({"target": {"position": [9, 1, 1]}}, r"target inside room R1, x from -2 to 2"),
    ],
)
def test_bad_metadata_names_file_room_field_and_what_came(tmp_path, changes, message):
    path = written(tmp_path, entry(**changes))
    with pytest.raises(ValueError, match=message) as raised:
        read_rooms(path)
    assert f"room R1 of {path}" in str(raised.value)


def test_a_room_without_a_name_is_called_by_its_number(tmp_path):
    nameless = {k: v for k, v in entry().items() if k != "name"}
    with pytest.raises(ValueError, match=r"room number 2 of .* field name, got only"):
        read_rooms(written(tmp_path, entry(), nameless))


def test_two_rooms_of_one_name_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"name that no other room has, got 'R1'"):
        read_rooms(written(tmp_path, entry(), entry()))


@pytest.mark.parametrize("text", ["[{", "{}", "3", '["R1"]', "[NaN]"])
def test_what_is_no_list_of_rooms_is_refused(tmp_path, text):
    path = tmp_path / "rooms.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"expected .*got .*"):
        read_rooms(path)
