"""Rooms from above, how they decay, and how a head turns."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Arc, Circle, Polygon, Rectangle
from numpy.typing import ArrayLike, NDArray

from clarity_lab.checks import require_mono, require_number, require_sample_rate
from clarity_lab.plots.style import axes_or_new, time_axis
from clarity_lab.scenes.building.scene import SAMPLE_RATE, HeadTurn
from clarity_lab.scenes.rendering.head_turn import head_turn_path
from clarity_lab.scenes.rooms.decay_curve import energy_decay_db
from clarity_lab.scenes.rooms.room import Room
from clarity_lab.scenes.rooms.room_measures import fitted_line, reverberation_time_s
from clarity_lab.scenes.rooms.source import Source, azimuth_of, direction_deg

HEAD_RADIUS_M = 0.16
ARC_RADIUS_M = 0.75
ARC_STYLE = {"color": "#0072B2", "linestyle": "-", "linewidth": 2}
LISTENER_COLOUR = "#000000"
LISTENER_STYLE = {
    "color": LISTENER_COLOUR,
    "marker": "o",
    "markerfacecolor": "white",
    "markeredgewidth": 1.8,
    "linestyle": "none",
}
TARGET_STYLE = {"color": "#009E73", "marker": "o", "markersize": 15}
INTERFERER_STYLE = {"color": "#D55E00", "marker": "s", "markersize": 15}


def plot_room(
    room: Room,
    *,
    head_turn: HeadTurn | None = None,
    now_s: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a room from above: walls, listener, target talker and interferers.

    Args:
        room: What to draw. Views are drawn as dashed lines; a talker's ends in an
            arrow.
        head_turn: Draws the nose where the turn starts, and an arrow to where it ends.
        now_s: The moment of the head turn at which to draw the head, in seconds.
        ax: Where to draw. Default: a new figure.

    Returns:
        The axes, in metres, as long across as up.

    Raises:
        ValueError: If `now_s` is given without a head turn, or below 0.
    """
    facing_deg = _facing_deg(room, head_turn, now_s)
    ax = axes_or_new(ax, figsize=(5.2, 5.2))
    (left, near, _), (right, far, _) = room.lower_corner_m, room.upper_corner_m
    walls = Rectangle(
        (left, near), right - left, far - near, fill=False, linewidth=3, zorder=1
    )
    ax.add_patch(walls)
    _draw_talker(ax, room.target)
    for place, interferer in enumerate(room.interferers, start=1):
        _draw_named(ax, interferer, str(place), INTERFERER_STYLE, "interferer")
    if head_turn is not None:
        _draw_turn(ax, room.listener, head_turn)
    _draw_head(ax, room.listener, facing_deg)
    ax.set_aspect("equal")
    ax.set(xlabel="x (m)", ylabel="y (m)", title=f"Room {room.name} from above")
    ax.set_xlim(left - 0.3, right + 0.3)
    ax.set_ylim(near - 0.3, far + 0.3)
    _legend_beside(ax)
    return ax


def plot_decay(
    ir: ArrayLike,
    *,
    sample_rate: int,
    method: str = "T30",
    label: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how a room decays, and the line that gives its reverberation time.

    Args:
        ir: Impulse response of one channel, shape (samples,).
        sample_rate: In Hz.
        method: Which part of the decay the line is fitted to: "T30", "T20" or "EDT".
        label: Name of the curve, for the legend.
        ax: Where to draw; a second response may go into the same. Default: a new
            figure.

    Returns:
        The axes; the legend tells the reverberation time.

    Raises:
        TypeError: If the response holds integers.
        ValueError: If it has several channels, is silent or its decay is too short.

    Reference:
        `clarity_lab.scenes.rooms.room_measures`.
    """
    ir = require_mono(ir, name="ir")
    time_s = float(reverberation_time_s(ir, sample_rate=sample_rate, method=method))
    line = fitted_line(ir, sample_rate=sample_rate, method=method)
    decay_db = energy_decay_db(ir, sample_rate=require_sample_rate(sample_rate))
    times_s = np.arange(len(ir)) / sample_rate
    ax = axes_or_new(ax)
    [curve] = ax.plot(times_s, decay_db, label=label or "energy still to come")
    ax.plot(
        *line,
        color=curve.get_color(),
        linestyle=":",
        linewidth=2.5,
        label=f"{method} = {time_s:.2f} s",
    )
    ax.set_ylabel("Energy still to come (dB)")
    ax.set_ylim(-65, 3)
    time_axis(ax)
    ax.set_xlim(0, None)
    ax.legend(loc="upper right")
    return ax


def plot_head_turn(
    head_turn: HeadTurn, *, room: Room, duration_s: float, ax: Axes | None = None
) -> Axes:
    """Draw where the nose points over time, and where the target talker is.

    Args:
        head_turn: The turn.
        room: Of the scene; 0 degrees is the listener's view in it.
        duration_s: Of the scene.
        ax: Where to draw. Default: a new figure.

    Returns:
        The axes; up is to the left.

    Raises:
        TypeError: If the duration is no number.
        ValueError: If it is below one sample.
    """
    duration_s = require_number(
        duration_s, name="duration_s", minimum=1 / SAMPLE_RATE, unit="s"
    )
    n_samples = round(duration_s * SAMPLE_RATE)
    view = room.listener.view
    nose_deg = np.degrees(head_turn_path(head_turn, view=view, n_samples=n_samples))
    ax = axes_or_new(ax)
    ax.plot(np.arange(n_samples) / SAMPLE_RATE, nose_deg, label="nose")
    target_deg = azimuth_of(room.target, seen_from=room.listener)
    ax.axhline(target_deg, color="#009E73", linestyle="--", label="target")
    ax.set_ylabel("Angle (degrees, left is up)")
    ax.margins(y=0.15)
    ax.legend()
    time_axis(ax, duration_s)
    return ax


def _facing_deg(room: Room, head_turn: HeadTurn | None, now_s: float | None) -> float:
    """Where the nose points, in the room's axes."""
    if head_turn is None:
        if now_s is not None:
            raise ValueError("expected a head_turn to go with now_s, got none.")
        return direction_deg(room.listener.view)
    if now_s is None:
        return head_turn.start_deg
    now = round(require_number(now_s, name="now_s", minimum=0, unit="s") * SAMPLE_RATE)
    path = head_turn_path(head_turn, view=(1, 0, 0), n_samples=now + 1)
    return float(np.degrees(path[-1]))


def _draw_head(ax: Axes, listener: Source, facing_deg: float) -> None:
    """A circle with a nose, and a dashed line of sight."""
    centre = np.array(listener.position_m[:2])
    nose = np.array([_towards(facing_deg + turn) for turn in (-25, 0, 25)])
    nose *= HEAD_RADIUS_M * np.array([[0.95], [1.55], [0.95]])
    filled = {"facecolor": "white", "edgecolor": LISTENER_COLOUR, "linewidth": 1.8}
    ax.add_patch(Polygon(centre + nose, closed=True, zorder=4, **filled))
    ax.add_patch(Circle(centre, HEAD_RADIUS_M, zorder=5, **filled))
    sight = centre + np.outer([1.6, 8.0], HEAD_RADIUS_M * _towards(facing_deg))
    ax.plot(*sight.T, color=LISTENER_COLOUR, linestyle="--", linewidth=1, zorder=2.5)
    ax.plot([], [], label="listener", **LISTENER_STYLE)  # for the legend


def _draw_talker(ax: Axes, target: Source) -> None:
    if target.view is not None:
        start = np.array(target.position_m[:2])
        tip = start + 0.55 * _towards(direction_deg(target.view))
        arrow = {"arrowstyle": "->", "color": TARGET_STYLE["color"], "linewidth": 1.8}
        ax.annotate("", tip, start, arrowprops=arrow, zorder=2)
    _draw_named(ax, target, "T", TARGET_STYLE, "target talker")


def _draw_named(ax: Axes, source: Source, name: str, style: dict, kind: str) -> None:
    """A marker with a name in it; the first of its kind goes into the legend."""
    x, y, _ = source.position_m
    known = kind in ax.get_legend_handles_labels()[1]
    label = None if known else kind
    ax.plot(x, y, linestyle="none", label=label, zorder=3, **style)
    ax.text(
        x, y, name, ha="center", va="center_baseline", color="white", fontsize=9,
        weight="bold", zorder=4,
    )  # fmt: skip


def _draw_turn(ax: Axes, listener: Source, head_turn: HeadTurn) -> None:
    """An arc from the first to the last angle, with an arrow head."""
    centre = np.array(listener.position_m[:2])
    low, high = sorted((head_turn.start_deg, head_turn.end_deg))
    size = 2 * ARC_RADIUS_M
    ax.add_patch(
        Arc(centre, size, size, theta1=low, theta2=high, zorder=4, **ARC_STYLE)
    )
    end, before = head_turn.end_deg, 0.9 * head_turn.end_deg + 0.1 * head_turn.start_deg
    tip, tail = (centre + ARC_RADIUS_M * _towards(angle) for angle in (end, before))
    arrow = {"arrowstyle": "-|>", "mutation_scale": 8, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", tip, tail, arrowprops=arrow | ARC_STYLE, zorder=4)
    ax.plot([], [], label="head turn", **ARC_STYLE)  # an arc has no line in a legend


def _legend_beside(ax: Axes) -> None:
    legend = ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    for handle in legend.legend_handles:
        handle.set_markersize(10)


def _towards(angle_deg: float) -> NDArray:
    return np.array([np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))])
