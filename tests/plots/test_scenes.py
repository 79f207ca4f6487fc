"""Rooms from above, decays and head turns show the numbers they were given."""

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib", reason="needs the lessons' packages")
matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.patches import Arc, Circle, Polygon, Rectangle  # noqa: E402

from clarity_lab import plots  # noqa: E402
from clarity_lab.scenes.building.scene import SAMPLE_RATE, HeadTurn  # noqa: E402
from clarity_lab.scenes.rooms.room import Room  # noqa: E402
from clarity_lab.scenes.rooms.source import Source  # noqa: E402

ROOM = Room(
    "R1",
    (5, 4, 2.5),
    Source((0, 1, 1.2), view=(0, 1, 0)),
    Source((0, 3, 1.2), view=(0, -1, 0)),
    (Source((1, 2, 1.2)), Source((-1.5, 4, 1.2))),
)
TURN = HeadTurn(start=SAMPLE_RATE, end=1.2 * SAMPLE_RATE, start_deg=120, end_deg=95)
DECAY = 10 ** (-3 * np.arange(16_000) / 16_000 / 0.5)


def patches(ax, kind):
    return [patch for patch in ax.patches if type(patch) is kind]


def nose_deg(ax):
    """Where the tip of the nose is, seen from the middle of the head."""
    [circle], [nose] = patches(ax, Circle), patches(ax, Polygon)
    tips = nose.get_xy() - circle.center
    return np.degrees(np.arctan2(*tips[np.argmax(np.hypot(*tips.T))][::-1]))


def test_the_walls_are_the_rooms_size_in_metres():
    ax = plots.plot_room(ROOM)
    [walls] = patches(ax, Rectangle)
    assert walls.get_bbox().bounds == pytest.approx((-2, 0, 4, 5))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x (m)", "y (m)")
    assert ax.get_aspect() == 1


def test_everybody_stands_in_place_and_has_a_name():
    ax = plots.plot_room(ROOM)
    named = {text.get_text(): text.get_position() for text in ax.texts}
    assert {name: named[name] for name in "T12"} == {
        "T": (0, 3),
        "1": (1, 2),
        "2": (-1.5, 4),
    }
    [circle] = patches(ax, Circle)
    assert circle.center == pytest.approx((0, 1))


def test_target_and_interferers_differ_in_shape_not_only_in_colour():
    ax = plots.plot_room(ROOM)
    markers = {line.get_label(): line.get_marker() for line in ax.lines}
    assert markers["target talker"] != markers["interferer"]
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert sorted(labels) == ["interferer", "listener", "target talker"]


@pytest.mark.parametrize(
    ("now_s", "expected"), [(None, 120), (0.0, 120), (1.1, 107.5), (3.0, 95)]
)
def test_the_nose_points_where_the_turn_has_come_to(now_s, expected):
    ax = plots.plot_room(ROOM, head_turn=TURN, now_s=now_s)
    assert nose_deg(ax) == pytest.approx(expected, abs=0.1)


def test_without_a_turn_the_nose_points_along_the_view():
    assert nose_deg(plots.plot_room(ROOM)) == pytest.approx(90)


def test_the_arc_goes_from_the_first_to_the_last_angle():
    [arc] = patches(plots.plot_room(ROOM, head_turn=TURN), Arc)
    assert (arc.theta1, arc.theta2) == (95, 120)


def test_a_moment_without_a_turn_is_refused():
    with pytest.raises(ValueError, match="head_turn to go with now_s"):
        plots.plot_room(ROOM, now_s=1.0)


def test_a_room_is_drawn_where_it_is_asked_to():
    _, ax = plt.subplots()
    assert plots.plot_room(ROOM, ax=ax) is ax
    ax.figure.canvas.draw()


def test_a_decay_and_its_line_fall_together():
    ax = plots.plot_decay(DECAY, sample_rate=16_000)
    curve, line = ax.lines
    at_s, level_db = curve.get_data()
    assert level_db[4000] == pytest.approx(-30, abs=0.1)
    assert at_s[4000] == pytest.approx(0.25)
    (start_s, end_s), (top_db, bottom_db) = line.get_data()
    assert (top_db, bottom_db) == (-5, -60)
    assert (start_s, end_s) == pytest.approx((5 / 120, 0.5), abs=0.003)
    assert ax.get_legend().get_texts()[1].get_text() == "T30 = 0.50 s"
    assert (ax.get_xlabel(), ax.get_ylabel()) == (
        "Time (s)",
        "Energy still to come (dB)",
    )


def test_two_decays_in_one_plot_keep_their_names():
    ax = plots.plot_decay(DECAY, sample_rate=16_000, label="hall")
    plots.plot_decay(DECAY**2, sample_rate=16_000, label="booth", method="EDT", ax=ax)
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["hall", "T30 = 0.50 s", "booth", "EDT = 0.25 s"]


def test_ambisonic_responses_are_told_to_choose_a_channel():
    with pytest.raises(ValueError, match=r"Choose a channel: ir\[0\]"):
        plots.plot_decay(np.ones((49, 100)), sample_rate=16_000)


def test_a_head_turn_is_drawn_over_seconds_against_the_target():
    ax = plots.plot_head_turn(TURN, room=ROOM, duration_s=3.0)
    nose, target = ax.lines
    angles = nose.get_ydata()
    assert (angles[0], angles[-1]) == pytest.approx((30, 5))
    assert angles[round(1.1 * SAMPLE_RATE)] == pytest.approx(17.5, abs=0.1)
    assert target.get_ydata() == pytest.approx([0, 0])
    assert nose.get_linestyle() != target.get_linestyle()
    assert ax.get_ylabel() == "Angle (degrees, left is up)"
