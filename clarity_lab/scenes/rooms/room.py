"""Rooms: who stands where, in metres, as the Clarity challenges store them.

The axes of a room are those of the second Clarity Enhancement Challenge (CEC2): the
origin lies on the floor, in the middle of one short wall. From there **x** runs along
that wall, half the width to either side of 0; **y** runs along the room, from 0 to its
length; **z** points up from the floor. They are right-handed: seen from above, angles
grow to the left, from 0 along x to 90 degrees along y.

A file gives the size as "length x width x height", the length first. So the extent in x
is the *second* number and the extent in y the *first*:

>>> listener = Source((-0.2, 3.4, 1.2), view=(-0.282, -0.959, 0.0))
>>> target = Source((-0.7, 1.7, 1.2), view=(0.282, 0.959, 0.0))
>>> room = Room("R06001", (4.4317, 4.1, 2.6), listener, target)
>>> room.length_m, room.width_m, room.height_m
(4.4317, 4.1, 2.6)
>>> room.lower_corner_m, room.upper_corner_m
((-2.05, 0.0, 0.0), (2.05, 4.4317, 2.6))

This was found out from room R06001 itself: the floor in its geometry file has corners
(-2.05, 0, 0) and (2.05, 4.4317, 0), and in all 50 rooms of the published example list
everybody stands inside under this reading, in 30 only under the other.

Lesson: 10_scene_rendering.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from clarity_lab.scenes.names import require_file_name
from clarity_lab.scenes.rooms.source import (
    Source,
    Vector,
    three_numbers,
)

__all__ = ["SPEED_OF_SOUND_M_S", "Room"]

SPEED_OF_SOUND_M_S = 344.0
"""As CEC2's renderer uses."""

TOLERANCE_M = 1e-4
"""Files round to four decimals: a source on the wall may seem that far behind it."""


@dataclass(frozen=True)
class Room:
    """A rectangular room with a listener, a target talker and places for interferers.

    Attributes:
        name: "R06001".
        dimensions_m: Length (along y), width (along x) and height (along z), in this
            order, as in CEC2's files.
        listener: Who hears; needs a view.
        target: The talker to be understood.
        interferers: Places for whatever else sounds; place 1 is the first.

    Example:
        >>> ear = Source((0, 1, 1.2), view=(0, 1, 0))
        >>> room = Room("mine", (5, 4, 2.5), listener=ear, target=Source((0, 3, 1.2)))
        >>> room.volume_m3
        50.0
    """

    name: str
    dimensions_m: Vector
    listener: Source
    target: Source
    interferers: tuple[Source, ...] = ()

    def __post_init__(self) -> None:
        require_file_name(self.name, what="room")
        dimensions_m = three_numbers(self.dimensions_m, "dimensions_m")
        if min(dimensions_m) <= 0:
            raise ValueError(
                f"expected dimensions_m of room {self.name} above 0 m, "
                f"got {dimensions_m}."
            )
        object.__setattr__(self, "dimensions_m", dimensions_m)
        object.__setattr__(self, "interferers", tuple(self.interferers))
        if self.listener.view is None:
            raise ValueError(
                f"expected a view of the listener in room {self.name}, got None. "
                "Azimuth 0 is where one looks: try Source(position, view=(0, 1, 0))."
            )
        if not any(self.listener.view[:2]):
            raise ValueError(
                f"expected a view of the listener in room {self.name} that is not "
                f"straight up or down, got {self.listener.view}: nothing is ahead then."
            )
        for who, source in self.sources.items():
            self._require_inside(source, who)

    @property
    def length_m(self) -> float:
        """Extent along y."""
        return self.dimensions_m[0]

    @property
    def width_m(self) -> float:
        """Extent along x, half of it on either side of 0."""
        return self.dimensions_m[1]

    @property
    def height_m(self) -> float:
        """Extent along z."""
        return self.dimensions_m[2]

    @property
    def volume_m3(self) -> float:
        """Length times width times height."""
        return math.prod(self.dimensions_m)

    @property
    def lower_corner_m(self) -> Vector:
        """The corner with the smallest x, y and z."""
        return (-self.width_m / 2, 0.0, 0.0)

    @property
    def upper_corner_m(self) -> Vector:
        """The corner with the largest x, y and z."""
        return (self.width_m / 2, self.length_m, self.height_m)

    @property
    def sources(self) -> dict[str, Source]:
        """Everybody by role: listener, target, interferer 1, interferer 2, ..."""
        people = {"listener": self.listener, "target": self.target}
        return people | {
            f"interferer {place}": source
            for place, source in enumerate(self.interferers, start=1)
        }

    def _require_inside(self, source: Source, who: str) -> None:
        corners = zip(self.lower_corner_m, self.upper_corner_m, strict=True)
        axes = zip("xyz", source.position_m, corners, strict=True)
        for axis, value, (lower, upper) in axes:
            if not lower - TOLERANCE_M <= value <= upper + TOLERANCE_M:
                raise ValueError(
                    f"expected the {who} inside room {self.name}, {axis} from "
                    f"{lower:g} to {upper:g} m, got {axis} = {value:g} m. x runs along "
                    "the width, 0 in its middle; y along the length from 0."
                )
