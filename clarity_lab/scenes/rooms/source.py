"""Somebody in a room, and where another one stands from there.

Lesson: 10_scene_rendering.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Vector = tuple[float, float, float]
"""A place in metres or a direction: x, y, z."""


@dataclass(frozen=True)
class Source:
    """Somebody or something in a room; a talker and a listener look somewhere.

    Attributes:
        position_m: Where, in metres: x across the room, y along it, z up.
        view: The direction of the face, of any length; None radiates alike all around.

    Example:
        >>> Source((0, 1, 1.2), view=(0, 2, 0)).view
        (0.0, 2.0, 0.0)
    """

    position_m: Vector
    view: Vector | None = None

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "position_m", three_numbers(self.position_m, "position_m")
        )
        if self.view is None:
            return
        view = three_numbers(self.view, "view")
        if not any(view):
            raise ValueError(
                "expected view as a direction, got (0, 0, 0). Who looks nowhere has "
                "view=None."
            )
        object.__setattr__(self, "view", view)


def distance_m(source: Source, *, seen_from: Source) -> float:
    """How far one is from the other, in metres.

    Example:
        >>> distance_m(Source((3, 4, 1.2)), seen_from=Source((0, 0, 1.2)))
        5.0
    """
    return math.dist(source.position_m, seen_from.position_m)


def bearing_deg(source: Source, *, seen_from: Source) -> float:
    """Direction from one to the other in the room's axes, as head turns are stored.

    Args:
        source: Who is looked at.
        seen_from: Who looks, wherever the face points to.

    Returns:
        Degrees in (-180, 180]: 0 along x, 90 along y, whatever the heights.

    Example:
        >>> bearing_deg(Source((0, 5, 1)), seen_from=Source((0, 2, 1)))
        90.0
    """
    return direction_deg(_difference(source.position_m, seen_from.position_m))


def direction_deg(view: Vector) -> float:
    """Angle of a direction about the vertical in the room's axes, in (-180, 180].

    Example:
        >>> direction_deg((-1.0, 0.0, 0.0))
        180.0
    """
    # Adding 0.0 turns -0.0 into 0.0: atan2 would answer -180 for the same direction.
    return math.degrees(math.atan2(view[1] + 0.0, view[0] + 0.0))


def azimuth_of(source: Source, *, seen_from: Source) -> float:
    """How far to the left of somebody's nose another one stands.

    Args:
        source: Who is looked at.
        seen_from: Who looks; needs a view.

    Returns:
        Degrees in (-180, 180]: 0 ahead, 90 to the left, -90 to the right.

    Raises:
        ValueError: If `seen_from` has no view.

    Example:
        >>> listener = Source((0, 1, 1.2), view=(0, 1, 0))
        >>> azimuth_of(Source((-2, 1, 1.2)), seen_from=listener)
        90.0
    """
    if seen_from.view is None:
        raise ValueError(
            "expected seen_from with a view, got None. Ahead is where one looks: "
            "try Source(position, view=(0, 1, 0))."
        )
    turn = bearing_deg(source, seen_from=seen_from) - direction_deg(seen_from.view)
    return -((180.0 - turn) % 360.0 - 180.0)


def three_numbers(values: Sequence[float], name: str) -> Vector:
    """Return a vector of finite numbers, or say which argument is none."""
    try:
        x, y, z = map(float, values)
    except (TypeError, ValueError):
        raise ValueError(
            f"expected {name} as three numbers x, y, z, got {values!r}."
        ) from None
    if not all(map(math.isfinite, (x, y, z))):
        raise ValueError(f"expected {name} finite, got {values!r}.")
    return x, y, z


def _difference(to: Vector, start: Vector) -> Vector:
    return (to[0] - start[0], to[1] - start[1], to[2] - start[2])
