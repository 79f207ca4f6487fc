"""Rooms: their axes, and who stands where."""

import re

import numpy as np
import pytest

from clarity_lab.scenes.clarity_files.rooms import read_rooms
from clarity_lab.scenes.rooms.room import Room
from clarity_lab.scenes.rooms.source import Source, azimuth_of, bearing_deg, distance_m

LISTENER = Source((0, 1, 1.2), view=(0, 1, 0))
TARGET = Source((0, 3, 1.2), view=(0, -1, 0))
ROOM = Room("R1", (5, 4, 2.5), LISTENER, TARGET, (Source((1, 2, 1.2)),))


def test_the_axes_are_those_of_the_room_s_own_geometry_file(cec2_room):
    room = read_rooms(cec2_room / "metadata/rooms.train.json")["R06001"]
    text = (cec2_room / "rooms/ac/R06001.ac").read_text(encoding="utf-8")
    three = r"^(-?\d+\.\d{4}) (-?\d+\.\d{4}) (-?\d+\.\d{4})$"
    corners = np.array(re.findall(three, text, re.MULTILINE), dtype=float)
    np.testing.assert_allclose(corners.min(axis=0), room.lower_corner_m)
    np.testing.assert_allclose(corners.max(axis=0), room.upper_corner_m)


def test_everybody_in_the_published_rooms_is_inside_under_our_reading_only(cec2_room):
    rooms = read_rooms(cec2_room / "metadata/rooms.train.json").values()
    assert len(rooms) == 50  # a Room refuses people outside

    def inside_if_swapped(room):
        half_m = room.length_m / 2
        return all(
            abs(x) <= half_m and y <= room.width_m
            for x, y, _ in (source.position_m for source in room.sources.values())
        )

    assert sum(map(inside_if_swapped, rooms)) == 30


def test_in_the_published_rooms_the_listener_faces_the_target(cec2_room):
    for room in read_rooms(cec2_room / "metadata/rooms.train.json").values():
        ahead = azimuth_of(room.target, seen_from=room.listener)
        assert ahead == pytest.approx(0, abs=0.06)  # views have three decimals
        back = azimuth_of(room.listener, seen_from=room.target)
        assert back == pytest.approx(0, abs=0.06)


@pytest.mark.parametrize(
    ("position", "azimuth"),
    [((0, 3, 1.2), 0), ((-2, 1, 1.2), 90), ((2, 1, 1.2), -90), ((0, 0, 1.2), 180)],
    ids=["ahead", "left", "right", "behind"],
)
def test_azimuth_is_positive_to_the_left_of_who_looks_along_y(position, azimuth):
    assert azimuth_of(Source(position), seen_from=LISTENER) == pytest.approx(azimuth)


def test_azimuth_turns_with_the_room(rng):
    angle = rng.uniform(-np.pi, np.pi)
    cos, sin = np.cos(angle), np.sin(angle)

    def turned(x, y, z):
        return (cos * x - sin * y, sin * x + cos * y, z)

    nose = Source(turned(1, 2, 0), view=turned(3, 1, 0))
    before = azimuth_of(Source((5, -1, 0)), seen_from=Source((1, 2, 0), (3, 1, 0)))
    assert azimuth_of(Source(turned(5, -1, 0)), seen_from=nose) == pytest.approx(before)


def test_azimuth_needs_somebody_who_looks_somewhere():
    with pytest.raises(ValueError, match=r"seen_from with a view, got None"):
        azimuth_of(LISTENER, seen_from=Source((0, 0, 0)))


def test_a_bearing_ignores_the_view_and_distance_counts_heights():
    there = Source((3, 5, 2.2))
    assert bearing_deg(there, seen_from=Source((3, 1, 1.2), view=(1, 0, 0))) == 90
    assert distance_m(Source((0, 0, 3)), seen_from=Source((0, 4, 0))) == 5


def test_a_room_refuses_people_behind_its_walls():
    with pytest.raises(ValueError, match=r"target inside room R1, x from -2 to 2 m"):
        Room("R1", (5, 4, 2.5), LISTENER, Source((2.1, 1, 1.2)))
    with pytest.raises(ValueError, match=r"interferer 2 inside .* got y = -1 m"):
        Room("R1", (5, 4, 2), LISTENER, TARGET, (TARGET, Source((0, -1, 1))))


def test_a_room_needs_a_listener_who_looks_somewhere():
    with pytest.raises(ValueError, match=r"view of the listener in room R1, got None"):
        Room("R1", (5, 4, 2.5), Source((0, 1, 1.2)), TARGET)


@pytest.mark.parametrize(
    "wrong",
    [
        {"position_m": (0, 1)},
        {"position_m": "abc"},
        {"position_m": (0, np.nan, 1)},
        {"position_m": (0, 0, 0), "view": (0, 0, 0)},
    ],
)
def test_a_source_needs_three_numbers_and_a_direction(wrong):
    with pytest.raises(ValueError, match=r"expected (position_m|view) "):
        Source(**wrong)


def test_a_listener_who_looks_straight_up_is_refused():
    with pytest.raises(ValueError, match="straight up or down"):
        Room("R", (5, 4, 3), Source((0, 1, 1), (0, 0, 1)), Source((0, 2, 1)))
