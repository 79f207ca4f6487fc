import numpy as np
import pytest

from clarity_lab.scenes.building.scene import HeadTurn
from clarity_lab.scenes.rendering.head_turn import head_turn_path, moving_stretch

TURN = HeadTurn(start=1_000.5, end=9_800.5, start_deg=120.0, end_deg=95.0)
AHEAD = (0.0, 1.0, 0.0)  # 90 degrees in the room's axes


def path_deg(turn=TURN, *, view=AHEAD, n_samples=20_000, **options):
    path = head_turn_path(turn, view=view, n_samples=n_samples, **options)
    return np.degrees(path)


@pytest.mark.parametrize("parity", [False, True])
def test_the_head_rests_turns_one_way_and_rests(parity):
    angle_deg = path_deg(parity=parity)
    np.testing.assert_allclose(angle_deg[:1_001], 30.0)
    np.testing.assert_allclose(angle_deg[9_801:], 5.0, atol=25 / 20_000 + 1e-9)
    assert np.all(np.diff(angle_deg) <= 0)


def test_half_of_the_turn_is_done_in_half_of_the_time():
    turn = HeadTurn(start=0, end=1_000, start_deg=80.0, end_deg=100.0)
    assert path_deg(turn)[500] == pytest.approx(0.0)


def test_speed_starts_and_ends_at_zero_and_is_largest_in_the_middle():
    speed = np.abs(np.diff(path_deg()))[1_000:9_802]
    assert speed[0] < 1e-3 * speed.max()
    assert speed[-1] < 1e-3 * speed.max()
    assert abs(int(np.argmax(speed)) - 4_400) < 5
    assert speed.max() == pytest.approx(1.5 * 25 / 8_800, rel=1e-3)


def test_angles_count_from_the_view_and_grow_to_the_left():
    turn = HeadTurn(start=0, end=1, start_deg=-80.0, end_deg=-80.0)
    to_the_right = path_deg(turn, view=(1.0, 0.0, 0.0), n_samples=3)
    np.testing.assert_allclose(to_the_right, -80.0)


def test_parity_walks_in_equal_steps_and_stays_within_two():
    exact, stairs = path_deg(), path_deg(parity=True)
    step = 25 / 20_000
    n_steps = (30 - stairs) / step
    np.testing.assert_allclose(n_steps, np.rint(n_steps), atol=1e-6)
    assert np.max(np.abs(exact - stairs)) <= 2 * step
    assert np.max(np.abs(exact - stairs)) > 0.9 * step


@pytest.mark.parametrize("parity", [False, True])
def test_a_turn_by_nothing_is_no_turn(parity):
    turn = HeadTurn(start=5, end=9, start_deg=90.0, end_deg=90.0)
    path = head_turn_path(turn, view=AHEAD, n_samples=20, parity=parity)
    np.testing.assert_allclose(path, 0.0, atol=1e-12)
    assert moving_stretch(path) == (0, 0)


def test_a_turn_behind_the_end_of_the_scene_has_not_begun():
    assert moving_stretch(path_deg(n_samples=900)) == (0, 0)


def test_outside_the_moving_stretch_the_head_rests():
    angle = path_deg()
    first, last = moving_stretch(angle)
    assert np.all(angle[:first] == angle[0])
    assert np.all(angle[last:] == angle[-1])
    assert angle[first] != angle[0]
    assert angle[last - 1] != angle[-1]


def test_a_scene_without_samples_is_refused():
    with pytest.raises(ValueError, match="n_samples of 1 or more, got 0"):
        path_deg(n_samples=0)
