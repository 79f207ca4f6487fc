"""Random rooms: what the challenge documents, and what its published rooms show."""

import math

import numpy as np
import pytest
from scipy import stats

from clarity_lab.scenes.clarity_files.rooms import read_rooms, write_rooms
from clarity_lab.scenes.rooms.random_rooms import random_room, random_rooms
from clarity_lab.scenes.rooms.source import azimuth_of, distance_m

N = 1_000


@pytest.fixture(scope="module")
def rooms():
    return random_rooms(N, seed=440).values()


@pytest.fixture(scope="module")
def published(cec2_room):
    return read_rooms(cec2_room / "metadata/rooms.train.json").values()


def interferer_distances(room):
    return [distance_m(who, seen_from=room.listener) for who in room.interferers]


MEASURES = {
    "length": lambda room: [room.length_m],
    "width": lambda room: [room.width_m],
    "height": lambda room: [room.height_m],
    "area": lambda room: [room.length_m * room.width_m],
    "ear height": lambda room: [room.listener.position_m[2]],
    "listener across": lambda room: [room.listener.position_m[0]],
    "listener along": lambda room: [room.listener.position_m[1]],
    "target along": lambda room: [room.target.position_m[1]],
    "target distance": lambda room: [distance_m(room.target, seen_from=room.listener)],
    "interferer distance": interferer_distances,
}


@pytest.mark.parametrize("measure", MEASURES)
def test_the_rooms_are_distributed_as_the_fifty_published_ones(
    rooms, published, measure
):
    ours, theirs = (
        np.concatenate([MEASURES[measure](room) for room in some])
        for some in (rooms, published)
    )
    assert stats.ks_2samp(ours, theirs).pvalue > 0.05


def test_the_comparison_would_see_a_wrong_distribution(published):
    lengths = [room.length_m for room in published]
    assert stats.kstest(lengths, stats.uniform(3, 5).cdf).pvalue < 0.05


def test_a_room_is_as_large_as_the_challenge_allows(rooms):
    for room in rooms:
        assert 3 <= room.width_m <= room.length_m <= 8
        assert 2.1 <= room.height_m <= 3.5
    areas_m2 = [room.length_m * room.width_m for room in rooms]
    # A Gaussian of 17.7 and 5.5 m² without what lies below 3 m x 3 m.
    expected = stats.truncnorm((9 - 17.7) / 5.5, np.inf, 17.7, 5.5)
    assert np.mean(areas_m2) == pytest.approx(
        expected.mean(), abs=3 * 5.5 / math.sqrt(N)
    )


def test_everybody_keeps_a_metre_from_the_walls_and_from_the_listener(rooms):
    for room in rooms:
        for who, source in room.sources.items():
            x, y, z = source.position_m
            assert abs(x) <= room.width_m / 2 - 1 + 1e-9
            assert 1 <= y <= room.length_m - 1 + 1e-9
            assert z == room.listener.position_m[2] in (1.2, 1.6)
            if who != "listener":
                assert distance_m(source, seen_from=room.listener) >= 1 - 1e-9


def test_listener_and_target_look_at_each_other(rooms):
    for room in rooms:
        assert abs(azimuth_of(room.target, seen_from=room.listener)) < 0.06
        assert abs(azimuth_of(room.listener, seen_from=room.target)) < 0.06


def test_positions_lie_on_the_challenge_s_grid(rooms):
    for room in rooms:
        positions = np.array([who.position_m for who in room.sources.values()])
        np.testing.assert_array_equal(positions, np.round(positions, 1))


def test_interferers_come_from_both_sides_alike(rooms):
    azimuths = [
        azimuth_of(who, seen_from=room.listener)
        for room in rooms
        for who in room.interferers
    ]
    left = np.mean(np.array(azimuths) > 0)
    assert left == pytest.approx(0.5, abs=3 * 0.5 / math.sqrt(N))


def test_a_room_depends_on_seed_and_name_alone():
    many, few = random_rooms(20, seed=3), random_rooms(2, seed=3, first=7)
    assert few == {name: many[name] for name in ("R00007", "R00008")}
    assert random_rooms(1, seed=4)["R00001"] != many["R00001"]
    assert len({room.dimensions_m for room in many.values()}) == 20


def test_a_seed_gives_this_room_on_every_machine():
    room = random_rooms(1, seed=440)["R00001"]
    assert room.dimensions_m == (4.6, 3.8717, 3.1)
    assert room.listener.position_m == (-0.8, 3.1, 1.6)
    assert room.target.position_m == (0.5, 2.5, 1.6)
    places = [(0.6, 1.2, 1.6), (0.5, 3.0, 1.6), (0.5, 1.6, 1.6)]
    assert [who.position_m for who in room.interferers] == places


def test_the_smallest_room_still_finds_places():
    class Smallest:
        """A generator whose sizes are the least; the places stay random."""

        def __init__(self):
            self.rng = np.random.default_rng(0)

        def normal(self, mean, _):
            return 9.0 if mean > 10 else 2.1

        def uniform(self, low, _):
            return low

        def integers(self, *args, **kwargs):
            return self.rng.integers(*args, **kwargs)

    for _ in range(50):
        room = random_room("small", rng=Smallest())
        assert room.dimensions_m == (3, 3, 2.1)


def test_random_rooms_come_back_from_a_file(tmp_path):
    rooms = random_rooms(5, seed=1, n_interferers=4)
    write_rooms(rooms, tmp_path / "rooms.json")
    assert read_rooms(tmp_path / "rooms.json") == rooms
    assert all(len(room.interferers) == 4 for room in rooms.values())


@pytest.mark.parametrize("seed", [-1, 0.5, None, True])
def test_a_seed_is_a_whole_number_from_zero(seed):
    with pytest.raises(ValueError, match=r"seed as a whole number from 0, got"):
        random_rooms(1, seed=seed)
