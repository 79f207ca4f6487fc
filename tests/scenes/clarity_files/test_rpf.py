"""RAVEN project files: the geometry of one source and one receiver."""

import pytest

from clarity_lab.scenes.clarity_files.rooms import read_rooms
from clarity_lab.scenes.clarity_files.rpf import (
    read_rpf,
    read_rpf_folder,
    room_from_rpf,
)
from clarity_lab.scenes.rooms.source import Source

PROJECT = """# Raven-Config =
[Global]
ProjectName = CuboidRoom_5x4x2.5
[Rooms]
Model = e:/clarity files/R00007.ac
[PrimarySources]
sourcePositions = 0.500, 3.000, 1.200
sourceViewVectors = 0.000,-1.000,0.000
[Receiver]
receiverPositions = 0.500, 1.000, 1.200
receiverViewVectors = 0.000, 1.000, 0.000
"""


def project(folder, name, *, old="", new=""):
    path = folder / name
    path.write_bytes(PROJECT.replace(old, new).replace("\n", "\r\n").encode())
    return path


def test_the_published_projects_give_the_published_room(cec2_room):
    rooms = read_rpf_folder(cec2_room / "rooms/rpf")
    published = read_rooms(cec2_room / "metadata/rooms.train.json")
    assert list(rooms) == ["R00001", "R06001"]
    assert rooms["R06001"] == published["R06001"]


def test_a_project_tells_who_sounds_and_who_listens(tmp_path):
    read = read_rpf(project(tmp_path, "R00007_t.rpf"))
    assert (read.room, read.dimensions_m) == ("R00007", (5, 4, 2.5))
    assert read.source == Source((0.5, 3, 1.2), view=(0, -1, 0))
    assert read.receiver == Source((0.5, 1, 1.2), view=(0, 1, 0))


def test_windows_paths_name_the_room_too(tmp_path):
    old, new = "e:/clarity files/", "e:\\clarity\\"
    assert read_rpf(project(tmp_path, "a.rpf", old=old, new=new)).room == "R00007"


def test_ten_interferers_keep_their_places(tmp_path):
    project(tmp_path, "R00007_t.rpf")
    for place in range(1, 11):
        name = f"R00007_i{place}.rpf"
        project(tmp_path, name, old="0.500, 3.000", new=f"0.500, 3.{place:03d}")
    room = read_rpf_folder(tmp_path)["R00007"]
    assert [source.position_m[1] for source in room.interferers] == [
        pytest.approx(3 + place / 1000) for place in range(1, 11)
    ]
    assert all(source.view is None for source in room.interferers)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("sourcePositions", "#", r"line 'sourcePositions = \.\.\.' in .*bad\.rpf"),
        ("0.500, 3.000, 1.200", "0.5, 3", r"sourcePositions in .* got '0\.5, 3'"),
        ("CuboidRoom_5x4x2.5", "Cuboid", r"bad\.rpf: expected length.* got 'Cuboid'"),
        ("0.000, 1.000, 0.000", "0,0,0", r"bad\.rpf: expected view as a direction"),
    ],
)
def test_a_damaged_project_names_file_and_line(tmp_path, old, new, message):
    path = project(tmp_path, "bad.rpf", old=old, new=new)
    with pytest.raises(ValueError, match=message):
        read_rpf(path)


def test_projects_of_different_listeners_are_no_room(tmp_path):
    target = project(tmp_path, "R00007_t.rpf")
    moved = project(tmp_path, "R00007_i1.rpf", old="0.500, 1.000", new="0.500, 1.100")
    with pytest.raises(ValueError, match=r"expected the same receiver in .*_i1\.rpf"):
        room_from_rpf(target, [moved])


def test_a_folder_without_projects_says_so(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"project files as R00001_t\.rpf"):
        read_rpf_folder(tmp_path)


def test_a_gap_among_the_places_is_named(tmp_path):
    for name in ("R00007_t.rpf", "R00007_i1.rpf", "R00007_i3.rpf"):
        project(tmp_path, name)
    with pytest.raises(FileNotFoundError, match=r"expected R00007_i2\.rpf in"):
        read_rpf_folder(tmp_path)


def test_a_file_that_is_no_numbered_place_is_left_out(tmp_path):
    for name in ("R00007_t.rpf", "R00007_i1.rpf", "R00007_i1 copy.rpf"):
        project(tmp_path, name)
    assert len(read_rpf_folder(tmp_path)["R00007"].interferers) == 1
