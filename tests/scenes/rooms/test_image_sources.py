"""Mirror images: where they stand, against a peer, and that picking is fair."""

import numpy as np
import pytest

from clarity_lab.scenes.rooms.image_sources import images_of
from clarity_lab.scenes.rooms.room import Room
from clarity_lab.scenes.rooms.source import Source

LISTENER = Source((-0.4, 1.1, 1.2), view=(0, 1, 0))
SOURCE = Source((0.6, 2.4, 1.5), view=(1, -1, 0))
ROOM = Room("box", (4.4, 4.1, 2.6), LISTENER, SOURCE)


def images(duration_s, rng, images_per_s=1e9):
    return images_of(
        SOURCE, room=ROOM, duration_s=duration_s, rng=rng, images_per_s=images_per_s
    )


def test_the_source_itself_is_among_its_images(rng):
    found = images(0.05, rng)
    nearest = np.argmin(found.distances_m)
    assert found.offsets_m[nearest] == pytest.approx([1.0, 1.3, 0.3])
    assert found.cells[nearest].tolist() == [0, 0, 0]
    assert found.n_reflections[nearest].tolist() == [0] * 6


def test_the_floor_mirrors_the_source_below(rng):
    found = images(0.05, rng)
    [below] = np.flatnonzero(np.all(found.cells == (0, 0, -1), axis=-1))
    assert found.offsets_m[below] == pytest.approx([1.0, 1.3, -1.5 - 1.2])
    assert found.n_reflections[below].tolist() == [0, 0, 1, 0, 0, 0]


def test_two_walls_in_turn_are_each_met_once(rng):
    found = images(0.05, rng)
    [twice] = np.flatnonzero(np.all(found.cells == (2, 0, 0), axis=-1))
    assert found.offsets_m[twice] == pytest.approx([1.0 + 2 * 4.1, 1.3, 0.3])
    assert found.n_reflections[twice].tolist() == [1, 0, 0, 1, 0, 0]


def test_places_and_losses_are_those_of_the_peer(rng):
    pra = pytest.importorskip("pyroomacoustics")
    kept = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])  # energy: x low, y, z, x high, ...
    walls = ["west", "south", "floor", "east", "north", "ceiling"]
    materials = {w: pra.Material(1 - k) for w, k in zip(walls, kept, strict=True)}
    box = pra.ShoeBox([4.1, 4.4, 2.6], fs=16_000, materials=materials, max_order=12)
    corner = np.array(ROOM.lower_corner_m)
    box.add_source(list(SOURCE.position_m - corner))
    box.add_microphone(list(LISTENER.position_m - corner))
    box.image_source_model()
    theirs = box.sources[0]
    offsets = theirs.images.T + corner - LISTENER.position_m
    near = np.linalg.norm(offsets, axis=-1) < 15

    found = images(15 / 344, rng)
    ours = {
        tuple(place): loss
        for place, loss in zip(
            found.offsets_m.round(3),
            np.prod(kept**found.n_reflections, axis=-1),
            strict=True,
        )
    }
    assert len(ours) == np.count_nonzero(near) > 250
    for place, amplitude in zip(
        offsets[near].round(3), theirs.damping[0][near], strict=True
    ):
        assert ours[tuple(place)] == pytest.approx(amplitude**2, rel=1e-5)


def test_an_image_sends_what_the_source_sends_the_other_way_round(rng):
    found = images(0.03, rng)
    [east] = np.flatnonzero(np.all(found.cells == (1, 0, 0), axis=-1))
    path = found.leaving()[east]
    assert path[0] > 0  # to the east wall first, though the listener is in the west
    assert path[1:] == pytest.approx(
        -found.offsets_m[east, 1:] / found.distances_m[east]
    )
    assert np.linalg.norm(found.leaving(), axis=-1) == pytest.approx(1)


@pytest.mark.parametrize("part", [0.02, 0.2, 0.5])
def test_picked_images_have_the_energy_of_all(part, rng):
    edges = np.arange(0, 0.26, 0.05)

    def energy(found):
        each = found.stands_for * (1 - part) ** found.n_reflections.sum(axis=-1)
        each /= found.distances_m**2
        return np.histogram(found.delays_s, edges, weights=each)[0]

    everything = energy(images(0.25, rng))
    picked = [energy(images(0.25, rng, images_per_s=50_000)) for _ in range(8)]
    assert 10 * np.log10(np.mean(picked, axis=0) / everything) == pytest.approx(
        0, abs=0.4
    )


def test_picked_images_stand_for_as_many_as_there_are(rng):
    expected = 4 / 3 * np.pi * (0.5 * 344) ** 3 / ROOM.volume_m3
    found = images(0.5, rng, images_per_s=50_000)
    assert found.stands_for.sum() == pytest.approx(expected, rel=0.01)


def test_a_response_shorter_than_the_first_picks_has_all_its_images(rng):
    assert np.all(images(0.02, rng, images_per_s=50_000).stands_for == 1)
