"""New rooms drawn as those of the second Clarity Enhancement Challenge were.

The challenge's page on its scenario documents: length uniform from 3 to 8 m; height
Gaussian, 2.7 m with a standard deviation of 0.8 m; floor area Gaussian, 17.7 m² with
5.5 m²; everybody at least 1 m from each wall, everybody else at least 1 m from the
listener; all at one height, 1.2 m (sitting) or 1.6 m (standing).

It does not say how the tails were cut. The 50 rooms of the published example list do:

* Both sides of the floor are at least 3 m (the smallest: 3.00) and, as the length, at
  most 8 m. An area is drawn first, then lengths until the other side fits. Drawing both
  again would favour large rooms (mean area 20.4 m², the list's: 18.8).
* Heights run from 2.1 to 3.5 m and are redrawn outside.
* Length, height and all positions lie on a grid of 0.1 m, areas on one of 0.01 m²; the
  file names the longer side first, whichever it was.
* Target and listener look at each other; views have three decimals.

Each of length, width, height, area and distances then agrees with the 50 rooms
(Kolmogorov-Smirnov, see the tests).

Reference:
    claritychallenge.org, second enhancement challenge, "Modelling the scenario".
"""

from __future__ import annotations

import math

import numpy as np

from clarity_lab.scenes.rooms.room import Room
from clarity_lab.scenes.rooms.source import Source, Vector
from clarity_lab.seeds import named_rng

SIDE_M = (3.0, 8.0)
HEIGHT_M = (2.1, 3.5)
HEIGHT_MEAN_M, HEIGHT_SD_M = 2.7, 0.8
AREA_MEAN_M2, AREA_SD_M2 = 17.7, 5.5
EAR_HEIGHTS_M = (1.2, 1.6)
FROM_WALL_M = 1.0
FROM_LISTENER_M = 1.0
GRID_M = 0.1


def random_rooms(
    n: int, *, seed: int, first: int = 1, n_interferers: int = 3
) -> dict[str, Room]:
    """Draw rooms R00001, R00002, ..., each from a generator of its own.

    Args:
        n: How many.
        seed: A whole number from 0; the same gives the same rooms on every machine.
        first: The number of the first room.
        n_interferers: Places for interferers in each.

    Returns:
        The rooms by name. A room does not depend on how many others are drawn.

    Raises:
        ValueError: If the seed is below 0.

    Example:
        >>> three, one = random_rooms(3, seed=1), random_rooms(1, seed=1, first=2)
        >>> three["R00002"] == one["R00002"]
        True
    """
    names = [f"R{number:05d}" for number in range(first, first + n)]
    return {
        name: random_room(
            name, rng=named_rng(seed, "room", name), n_interferers=n_interferers
        )
        for name in names
    }


def random_room(name: str, *, rng: np.random.Generator, n_interferers: int = 3) -> Room:
    """Draw one room as the challenge did: size, listener, target, interferers.

    Args:
        name: What to call it.
        rng: Where the random numbers come from.
        n_interferers: Places for interferers.

    Returns:
        A room in which listener and target look at each other.

    Example:
        >>> room = random_room("R1", rng=np.random.default_rng(0))
        >>> 3 <= room.width_m <= room.length_m <= 8
        True
    """
    length_m, width_m = _floor(rng)
    height_m = _redrawn(rng, HEIGHT_MEAN_M, HEIGHT_SD_M, HEIGHT_M, decimals=1)
    ear_m = EAR_HEIGHTS_M[rng.integers(2)]
    places = _places(length_m, width_m)
    listener, free = _listener(places, rng)
    others = free[rng.integers(len(free), size=1 + n_interferers)]
    target, *interferers = [(*_metres(place), ear_m) for place in others]
    ear = (*_metres(listener), ear_m)
    return Room(
        name,
        (length_m, width_m, height_m),
        listener=Source(ear, _view(ear, target)),
        target=Source(target, _view(target, ear)),
        interferers=tuple(map(Source, interferers)),
    )


def _floor(rng: np.random.Generator) -> tuple[float, float]:
    """The longer and the shorter side in metres."""
    smallest_m2, largest_m2 = SIDE_M[0] ** 2, SIDE_M[1] ** 2
    area_m2 = _redrawn(
        rng, AREA_MEAN_M2, AREA_SD_M2, (smallest_m2, largest_m2), decimals=2
    )
    while True:
        drawn_m = round(float(rng.uniform(*SIDE_M)), 1)
        other_m = round(area_m2 / drawn_m, 4)
        if SIDE_M[0] <= other_m <= SIDE_M[1]:
            return max(drawn_m, other_m), min(drawn_m, other_m)


def _redrawn(
    rng: np.random.Generator,
    mean: float,
    sd: float,
    limits: tuple[float, float],
    *,
    decimals: int,
) -> float:
    """A Gaussian number, rounded, drawn again until it is within limits."""
    while True:
        value = round(float(rng.normal(mean, sd)), decimals)
        if limits[0] <= value <= limits[1]:
            return value


def _places(length_m: float, width_m: float) -> np.ndarray:
    """Places of the grid away from the walls, (places, 2), counted in its steps."""
    wall = round(FROM_WALL_M / GRID_M)
    across = math.floor((width_m / 2 - FROM_WALL_M) / GRID_M + 1e-9)
    along = math.floor((length_m - FROM_WALL_M) / GRID_M + 1e-9)
    x, y = np.meshgrid(range(-across, across + 1), range(wall, along + 1))
    return np.stack([x.ravel(), y.ravel()], axis=-1)


def _listener(
    places: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """A place for the listener, and those far enough away for everybody else."""
    nearest = round(FROM_LISTENER_M / GRID_M)
    while True:  # in the smallest room nobody else fits if one listens in its middle
        listener = places[rng.integers(len(places))]
        free = places[np.sum((places - listener) ** 2, axis=-1) >= nearest**2]
        if len(free):
            return listener, free


def _metres(place: np.ndarray) -> tuple[float, float]:
    return round(int(place[0]) * GRID_M, 1), round(int(place[1]) * GRID_M, 1)


def _view(start: Vector, to: Vector) -> Vector:
    """The direction from one to the other, of length 1, to three decimals."""
    distance_m = math.dist(start, to)
    x, y, z = (round((b - a) / distance_m, 3) for a, b in zip(start, to, strict=True))
    return x, y, z
