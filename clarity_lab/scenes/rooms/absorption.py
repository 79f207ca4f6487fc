"""What the surfaces of a room and its air take from a sound.

Lesson: 10_scene_rendering.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

__all__ = ["AIR_DB_PER_M", "BANDS_HZ", "LIVING_ROOM", "Absorption"]

BANDS_HZ = (125, 250, 500, 1000, 2000, 4000, 8000)
"""Octave bands for which materials are described."""

AIR_DB_PER_M = (0.0004, 0.0013, 0.0027, 0.0047, 0.0099, 0.0297, 0.1053)
"""At 20 degrees Celsius, 50 % humidity and 101.325 kPa (ISO 9613-1), the air of CEC2's
room simulations."""


@dataclass(frozen=True)
class Absorption:
    """Absorption coefficients of the surfaces, in the octaves 125 Hz to 8 kHz.

    The coefficient is the part of the energy that does not come back: 0 from a rigid
    wall, 1 from an open window. One number stands for all seven octaves.

    Attributes:
        side_walls: The two walls left and right of the middle line, along the length.
        end_walls: The two walls at the ends of the room.
        floor: What one walks on.
        ceiling: What is above.

    Example:
        >>> Absorption.uniform(0.2).floor
        (0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2)
    """

    side_walls: tuple[float, ...] | float
    end_walls: tuple[float, ...] | float
    floor: tuple[float, ...] | float
    ceiling: tuple[float, ...] | float

    def __post_init__(self) -> None:
        for field in fields(self):
            given = getattr(self, field.name)
            coefficients = np.asarray(given, dtype=float)
            fits = coefficients.shape in {(), (len(BANDS_HZ),)}
            if not fits or not np.all((coefficients >= 0) & (coefficients <= 1)):
                raise ValueError(
                    f"expected {field.name} as one number or {len(BANDS_HZ)}, for the "
                    f"octaves {BANDS_HZ} Hz, each from 0 (rigid) to 1 (an open "
                    f"window), got {given}."
                )
            spread = np.broadcast_to(coefficients, len(BANDS_HZ))
            object.__setattr__(self, field.name, tuple(map(float, spread)))

    @classmethod
    def uniform(cls, coefficient: tuple[float, ...] | float) -> Absorption:
        """All surfaces of one material."""
        return cls(coefficient, coefficient, coefficient, coefficient)

    @property
    def of_six(self) -> NDArray:
        """Of the lower x, y, z, then the upper ones, shape (6, octaves)."""
        lower_x = upper_x = self.side_walls
        lower_y = upper_y = self.end_walls
        return np.array([lower_x, lower_y, self.floor, upper_x, upper_y, self.ceiling])


LIVING_ROOM = Absorption(
    side_walls=(0.06, 0.06, 0.07, 0.07, 0.08, 0.10, 0.12),
    end_walls=(0.55, 0.70, 0.70, 0.70, 0.75, 0.75, 0.75),
    floor=0.45,
    ceiling=0.98,
)
"""As CEC2's room R06001 sounds: bare side walls, a door and curtains at the ends.

Floor and ceiling were read from their first echoes in its published responses. The
walls were fitted to the energy decay of its three interferers in each octave, then set
a little higher: between flat walls low tones last longer than in a furnished room.

R06001's own T30 is longer, 0.75 s against 0.47 s in the mean of its four sources: after
0.25 s a few rays of its ray tracing are left between the side walls, with 12 dB more
energy from one place than from another; R00001, drier than this, has no such tail.
"""
