"""Mirror images of a source in the walls of a rectangular room.

A flat wall sounds as a mirror looks: behind it stands the room once more, turned
round, with the source in it. Two walls that face each other show a row of such rooms,
six walls a lattice of them, and in each stands one image of the source. What the
listener hears is all images at once, each as late and as soft as it is far.

Lesson: 10_scene_rendering.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clarity_lab.scenes.rooms.room import SPEED_OF_SOUND_M_S, Room
from clarity_lab.scenes.rooms.source import Source

__all__ = ["Images", "images_of"]


@dataclass(frozen=True)
class Images:
    """Images of one source, the source itself (cell 0, 0, 0) among them.

    Attributes:
        offsets_m: From the listener to each image, room axes, shape (images, 3).
        cells: Which mirrored room of the lattice each stands in, shape (images, 3).
        stands_for: How many images each stands for, shape (images,): 1 for the early
            ones, which are all there; more for those picked at random later on.
    """

    offsets_m: NDArray
    cells: NDArray
    stands_for: NDArray

    def __len__(self) -> int:
        return len(self.cells)

    @property
    def distances_m(self) -> NDArray:
        """From the listener, shape (images,)."""
        return np.linalg.norm(self.offsets_m, axis=-1)

    @property
    def delays_s(self) -> NDArray:
        """How long sound travels from each image, shape (images,)."""
        return self.distances_m / SPEED_OF_SOUND_M_S

    @property
    def n_reflections(self) -> NDArray:
        """How often sound met each surface: lower x, y, z, then upper; (images, 6)."""
        n = np.abs(self.cells)
        first, second = (n + 1) // 2, n // 2  # the first wall once more if odd
        up = self.cells > 0
        return np.hstack([np.where(up, second, first), np.where(up, first, second)])

    def leaving(self) -> NDArray:
        """Which way the sound left the source itself: unit vectors, (images, 3)."""
        to_listener = -self.offsets_m / self.distances_m[:, None]
        return to_listener * (1 - 2 * (self.cells % 2))  # mirrored as the room is


def images_of(
    source: Source,
    *,
    room: Room,
    duration_s: float,
    rng: np.random.Generator,
    images_per_s: float,
) -> Images:
    """Collect the images whose sound arrives within a time.

    The number of images that arrive per second grows with the square of time, soon
    beyond what an ear or a computer can follow. So all are collected until as many as
    `images_per_s` arrive per second. From there on that many are picked at random,
    evenly over time, and each stands for the others around it. Picking is free of bias:
    the expected energy at each time, from each side, over each wall is the exact one.

    Args:
        source: Whose images.
        room: With the listener.
        duration_s: Until when, from the moment the source sounds.
        rng: For picking.
        images_per_s: More are closer to all of them.

    Returns:
        The images, the early ones first.

    Reference:
        Allen and Berkley, "Image method for efficiently simulating small-room
        acoustics", JASA 65 (1979), 943-950.
    """
    end_m = duration_s * SPEED_OF_SOUND_M_S
    early_m = min(dense_from_s(room, images_per_s) * SPEED_OF_SOUND_M_S, end_m)
    early = _within(room, _cells_within(room, early_m), source)
    early = _between(early, 0, early_m)
    if early_m == end_m:
        return early
    late = _picked(source, room, (early_m, end_m), rng, images_per_s)
    return Images(
        np.concatenate([early.offsets_m, late.offsets_m]),
        np.concatenate([early.cells, late.cells]),
        np.concatenate([early.stands_for, late.stands_for]),
    )


def dense_from_s(room: Room, images_per_s: float) -> float:
    """When as many images arrive per second, after the source sounded."""
    # A shell of radius r and thickness c dt holds 4 pi r^2 c dt / volume images.
    square_s2 = images_per_s * room.volume_m3 / (4 * np.pi * SPEED_OF_SOUND_M_S**3)
    return float(np.sqrt(square_s2))


def _cells_within(room: Room, radius_m: float) -> NDArray:
    """All cells of the lattice that reach into a ball around the room."""
    reach = [int(radius_m // extent_m) + 2 for extent_m in _extent_m(room)]
    axes = np.meshgrid(*(np.arange(-n, n + 1) for n in reach), indexing="ij")
    return np.stack(axes, axis=-1).reshape(-1, 3)


def _within(
    room: Room, cells: NDArray, source: Source, stands_for: NDArray | None = None
) -> Images:
    """The image in each cell: odd cells are turned round."""
    extent_m = _extent_m(room)
    inside_m = np.array(source.position_m) - room.lower_corner_m
    inside_m = np.where(cells % 2, extent_m - inside_m, inside_m)
    positions_m = room.lower_corner_m + cells * extent_m + inside_m
    if stands_for is None:
        stands_for = np.ones(len(cells))
    return Images(positions_m - room.listener.position_m, cells, stands_for)


def _between(images: Images, nearest_m: float, farthest_m: float) -> Images:
    distances_m = images.distances_m
    kept = (distances_m > nearest_m) & (distances_m <= farthest_m)
    return Images(images.offsets_m[kept], images.cells[kept], images.stands_for[kept])


def _picked(
    source: Source,
    room: Room,
    shell_m: tuple[float, float],
    rng: np.random.Generator,
    images_per_s: float,
) -> Images:
    """Throw points into the shell, evenly over its radius; take the cells they hit."""
    longest_m = float(np.linalg.norm(room.dimensions_m))
    low_m, high_m = shell_m[0] - longest_m, shell_m[1] + longest_m  # cells at its rims
    low_m = max(low_m, 0.0)
    n_points = round(images_per_s * (high_m - low_m) / SPEED_OF_SOUND_M_S)
    step_m = (high_m - low_m) / n_points
    radius_m = low_m + step_m * (np.arange(n_points) + rng.random(n_points))
    direction = rng.standard_normal((n_points, 3))
    direction /= np.linalg.norm(direction, axis=-1, keepdims=True)
    points_m = room.listener.position_m + radius_m[:, None] * direction
    cells = np.floor((points_m - room.lower_corner_m) / _extent_m(room)).astype(int)
    # One point per step_m of radius: so much volume falls to each, so many cells.
    stands_for = 4 * np.pi * radius_m**2 * step_m / room.volume_m3
    return _between(_within(room, cells, source, stands_for), *shell_m)


def _extent_m(room: Room) -> NDArray:
    return np.subtract(room.upper_corner_m, room.lower_corner_m)
