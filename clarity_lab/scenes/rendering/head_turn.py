"""How a head turns: an angle for each sample.

Lesson: 10_scene_rendering.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from clarity_lab.scenes.building.scene import HeadTurn
from clarity_lab.scenes.rooms.source import Vector, direction_deg


def head_turn_path(
    head_turn: HeadTurn, *, view: Vector, n_samples: int, parity: bool = False
) -> NDArray[np.float64]:
    """Where the nose points in each sample, relative to the view the room was made for.

    The head rests, turns softly (its speed starts and ends at 0), and rests again.

    Args:
        head_turn: From when to when, from where to where, in the room's axes.
        view: Where the listener looks in the room, x, y, z.
        n_samples: Length of the scene.
        parity: Walk in `n_samples` equal steps as pyClarity does, which never quite
            reaches the last angle.

    Returns:
        Angles in radians, positive to the left, shape (samples,).

    Raises:
        ValueError: If there are no samples.

    Reference:
        The smoothstep 3 x^2 - 2 x^3 of `clarity.data.HOA_tools_cec2`.

    Example:
        >>> turn = HeadTurn(start=1, end=3, start_deg=90, end_deg=60)
        >>> np.degrees(head_turn_path(turn, view=(0, 1, 0), n_samples=5)).round(3) + 0.0
        array([  0.,   0., -15., -30., -30.])
    """
    if n_samples < 1:
        raise ValueError(f"expected n_samples of 1 or more, got {n_samples}.")
    view_rad = math.radians(direction_deg(view))
    start = math.radians(head_turn.start_deg) - view_rad
    end = math.radians(head_turn.end_deg) - view_rad
    duration = head_turn.end - head_turn.start
    x = np.clip((np.arange(n_samples) - head_turn.start) / duration, 0, 1)
    progress = (3 - 2 * x) * x**2
    if not parity or start == end:
        return start + (end - start) * progress
    step = abs(start - end) / n_samples * np.sign(end - start)
    stairs = np.arange(start, end, step)
    return stairs[np.floor(progress * (n_samples - 1)).astype(int)]


def moving_stretch(angle_rad: NDArray) -> tuple[int, int]:
    """Between which samples the head moves.

    Args:
        angle_rad: One angle per sample, shape (samples,).

    Returns:
        first and last: before `first` all angles are that of sample 0, from `last` on
            all are that of the last sample. Both 0 if the head rests throughout.

    Example:
        >>> moving_stretch(np.array([7.0, 7.0, 8.0, 9.0, 9.0]))
        (2, 3)
    """
    moved = np.flatnonzero(angle_rad != angle_rad[0])
    if not moved.size:
        return 0, 0
    still_to_move = np.flatnonzero(angle_rad != angle_rad[-1])
    return int(moved[0]), int(still_to_move[-1]) + 1
