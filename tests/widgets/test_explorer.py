"""An explorer follows a hand in a thread and code at once; the newest move wins."""

import contextlib
import threading
import types

import numpy as np
import pytest

ipywidgets = pytest.importorskip("ipywidgets", reason="needs the lessons' packages")
pytest.importorskip("anywidget", reason="needs the lessons' packages")

from clarity_lab.frozen import frozen  # noqa: E402
from clarity_lab.widgets import explorer as explorer_module  # noqa: E402
from clarity_lab.widgets import moves  # noqa: E402
from clarity_lab.widgets.controls import rest_while, slider, switch  # noqa: E402
from clarity_lab.widgets.explorer import Explorer, Heard  # noqa: E402
from clarity_lab.widgets.live_player import Filtered  # noqa: E402

RATE = 16_000
PATIENCE_S = 20
TONE = 0.1 * np.sin(np.arange(800) / 5)


def knob(value=1, low=-100, high=100):
    return slider("Knob", value, low=low, high=high, step=1)


def heard(x, **more):
    return Heard({"tone": TONE, "times x": x * TONE}, RATE, **more)


@pytest.fixture
def by_hand(monkeypatch):
    """From here on every change seems to come from the page."""
    monkeypatch.setattr(explorer_module, "moved_by_hand", lambda: True)


class Slow:
    """A function that waits at its door until it is let in; it notes who came."""

    def __init__(self):
        self.came, self.open = [], threading.Event()
        self.open.set()
        self.entered = threading.Event()

    def __call__(self, x):
        self.came.append((x, threading.current_thread()))
        self.entered.set()
        assert self.open.wait(PATIENCE_S)
        return heard(x, picture=lambda: f"x is {x:g}")


def test_set_by_code_all_is_done_when_the_line_returns():
    slow = Slow()
    explorer = Explorer(slow, {"x": knob()})
    explorer.controls["x"].value = 3
    assert explorer.view.value == "x is 3"
    np.testing.assert_array_equal(explorer.player.sounds["times x"], 3 * TONE)
    assert {thread for _, thread in slow.came} == {threading.current_thread()}


def test_moved_by_hand_the_line_returns_at_once_and_a_thread_does_the_work(by_hand):
    slow = Slow()
    explorer = Explorer(slow, {"x": knob()})
    slow.open.clear()
    explorer.controls["x"].value = 3  # would wait for its door for ever
    assert explorer.view.value == "x is 1"
    slow.open.set()
    assert explorer.wait(PATIENCE_S)
    assert explorer.view.value == "x is 3"
    assert slow.came[-1][1] is not threading.current_thread()


def test_the_newest_move_wins_and_what_it_overtook_is_neither_heard_nor_seen(by_hand):
    slow = Slow()
    explorer = Explorer(slow, {"x": knob()})
    seen, played = [], []
    explorer.view.observe(lambda change: seen.append(change["new"]), names="value")
    explorer.player.follow = lambda sounds, **_: played.append(sounds["times x"])
    slow.open.clear()
    slow.entered.clear()
    for x in range(2, 10):
        explorer.controls["x"].value = x
        assert slow.entered.wait(PATIENCE_S)  # the first of them is at work
    slow.open.set()
    assert explorer.wait(PATIENCE_S)
    assert [x for x, _ in slow.came] == [1, 2, 9]
    assert seen == ["x is 9"]
    np.testing.assert_array_equal(played, [9 * TONE])


def test_a_live_explorer_sounds_on_the_way_and_draws_at_the_end(by_hand):
    slow = Slow()
    explorer = Explorer(slow, {"x": knob()}, live=True)
    seen, played = [], []
    explorer.view.observe(lambda change: seen.append(change["new"]), names="value")
    explorer.player.follow = lambda sounds, **_: played.append(sounds["times x"])
    slow.open.clear()
    slow.entered.clear()
    for x in (2, 3):
        explorer.controls["x"].value = x
        assert slow.entered.wait(PATIENCE_S)
    slow.open.set()
    assert explorer.wait(PATIENCE_S)
    np.testing.assert_array_equal(played, [2 * TONE, 3 * TONE])
    assert seen == ["x is 3"]


def test_code_overtakes_a_hand(by_hand, monkeypatch):
    slow = Slow()
    explorer = Explorer(slow, {"x": knob()})
    slow.open.clear()
    slow.entered.clear()
    explorer.controls["x"].value = 2
    assert slow.entered.wait(PATIENCE_S)
    monkeypatch.setattr(explorer_module, "moved_by_hand", lambda: False)
    threading.Timer(0.1, slow.open.set).start()
    explorer.controls["x"].value = 3
    assert explorer.view.value == "x is 3"
    assert explorer.wait(PATIENCE_S)
    assert explorer.view.value == "x is 3"
    assert explorer.status.value == ""


def test_the_sound_is_there_before_the_picture_is_drawn():
    order = []

    def show(x):
        order.append(f"sound {x:g}")
        return heard(x, picture=lambda: order.append(f"picture {x:g}") or "")

    explorer = Explorer(show, {"x": knob()})
    follow = explorer.player.follow
    explorer.player.follow = lambda *a, **k: order.append("plays") or follow(*a, **k)
    order.clear()
    explorer.controls["x"].value = 2
    assert order == ["sound 2", "plays", "picture 2"]


def test_it_says_that_it_works_until_it_shows():
    told = []
    explorer = Explorer(lambda x: str(x), {"x": knob()}, busy="Working & thinking …")
    explorer.status.observe(lambda change: told.append(change["new"]), names="value")
    explorer.controls["x"].value = 3
    mark = '<span role="status">Working &amp; thinking …</span>'
    assert told == [mark, ""]


def test_a_live_explorer_needs_no_mark():
    told = []
    explorer = Explorer(heard, {"x": knob()}, live=True)
    explorer.status.observe(lambda change: told.append(change["new"]), names="value")
    explorer.controls["x"].value = 3
    assert told == []


def invert(x):
    if x < 0:
        raise ValueError("x < 0")
    return "fine"


def test_an_error_by_code_is_shown_and_raised_and_the_next_move_is_fine():
    explorer = Explorer(invert, {"x": knob()})
    with pytest.raises(ValueError, match="x < 0"):
        explorer.controls["x"].value = -1
    assert explorer.view.value.endswith("ValueError: x &lt; 0</strong></p>")
    assert 'role="alert"' in explorer.view.value
    assert explorer.status.value == ""
    explorer.controls["x"].value = 1
    assert explorer.view.value == "fine"


def test_an_error_by_hand_is_shown_and_logged_and_the_next_move_is_fine(
    by_hand, caplog
):
    explorer = Explorer(invert, {"x": knob()})
    explorer.controls["x"].value = -1
    assert explorer.wait(PATIENCE_S)
    assert "ValueError: x &lt; 0" in explorer.view.value
    assert 'role="alert"' in explorer.view.value
    assert explorer.status.value == ""
    assert "x < 0" in caplog.text
    explorer.controls["x"].value = 1
    assert explorer.wait(PATIENCE_S)
    assert explorer.view.value == "fine"


def test_an_error_at_first_is_raised_where_the_explorer_is_made():
    with pytest.raises(ValueError, match="x < 0"):
        Explorer(invert, {"x": knob(-1)})


def test_two_controls_that_move_together_are_shown_once():
    came = []
    one, other = knob(), knob()
    ipywidgets.dlink((one, "value"), (other, "value"))
    Explorer(lambda **both: came.append(both) or "", {"one": one, "other": other})
    one.value = 5
    assert came[1:] == [{"one": 5, "other": 5}]


def test_a_sound_that_would_clip_lowers_the_gain_for_good():
    explorer = Explorer(heard, {"x": knob()})
    explorer.controls["x"].value = 40  # peak 4
    assert explorer.player.gain_db == pytest.approx(-12.1, abs=0.11)
    explorer.controls["x"].value = 1
    assert explorer.player.gain_db == pytest.approx(-12.1, abs=0.11)


def test_a_gain_that_moves_by_itself_keeps_what_clipping_took_off():
    explorer = Explorer(lambda x: heard(x, gain_db=x), {"x": knob(0, high=40)})
    explorer.controls["x"].value = 12  # 0.1 * 12 * 4
    lowered = explorer.player.gain_db - 12
    assert lowered == pytest.approx(-13.6, abs=0.11)
    explorer.controls["x"].value = 1
    assert explorer.player.gain_db == pytest.approx(1 + lowered)


def test_without_a_gain_each_position_gets_the_room_it_needs():
    explorer = Explorer(lambda x: heard(x, gain_db=None), {"x": knob()})
    explorer.controls["x"].value = 40
    assert explorer.player.gain_db < -12
    explorer.controls["x"].value = 1
    assert explorer.player.gain_db == 0


def test_the_changed_sound_is_selected_at_first_and_a_choice_stays():
    explorer = Explorer(heard, {"x": knob()})
    assert explorer.player.selected == "times x"
    explorer.player.selected = "tone"
    explorer.controls["x"].value = 2
    assert explorer.player.selected == "tone"


FROZEN = frozen(0.5 * TONE[::-1])


def filtered_by(x):
    return Heard({"tone": TONE, "out": Filtered("tone", np.array([x, 0.5]))}, RATE)


def test_of_a_filter_only_the_taps_travel():
    explorer = Explorer(filtered_by, {"x": knob()})
    explorer.player._handle_custom_msg({"kind": "ready"}, [])
    before = explorer.player.bytes_sent
    explorer.controls["x"].value = 2
    assert explorer.player.bytes_sent - before == 2 * 4
    expected = np.convolve(TONE, [2, 0.5])[: len(TONE)]
    np.testing.assert_allclose(explorer.player.sounds["out"][0], expected, atol=1e-12)


def made_of_noise(x):
    made = {"out": Filtered("noise", np.array([x])), "sum": TONE + x * FROZEN}
    return Heard(made, RATE, sources={"noise": FROZEN})


def test_a_sound_without_a_row_is_there_for_filters_and_nobody_sees_it():
    explorer = Explorer(made_of_noise, {"x": knob()})
    explorer.controls["x"].value = 2
    player = explorer.player
    assert list(player.sounds) == [row["label"] for row in player.rows]
    assert list(player.sounds) == ["out", "sum"]
    assert "noise" not in player.preview_html()
    np.testing.assert_allclose(player.sounds["out"][0], 2 * FROZEN, atol=1e-12)
    np.testing.assert_array_equal(player.sounds["sum"], TONE + 2 * FROZEN)


def test_what_has_not_changed_does_not_travel_again():
    explorer = Explorer(made_of_noise, {"x": knob()})
    explorer.player._handle_custom_msg({"kind": "ready"}, [])
    before = explorer.player.bytes_sent
    explorer.controls["x"].value = 2
    assert explorer.player.bytes_sent - before == 4 + 2 * len(TONE)


@pytest.mark.parametrize("keep", [np.array, frozen])
def test_a_sound_that_was_changed_in_place_is_heard_changed(keep):
    sound = keep(TONE)
    explorer = Explorer(
        lambda x: Heard({"a": x * TONE, "b": sound}, RATE), {"x": knob()}
    )
    levels = [row["level"] for row in explorer.player.rows]
    with contextlib.suppress(ValueError):  # nobody can change what is frozen
        sound *= 0.5
    explorer.controls["x"].value = 1.5
    after = [row["level"] for row in explorer.player.rows]
    assert (after[1] == levels[1]) == (keep is frozen)
    np.testing.assert_array_equal(explorer.player.sounds["b"], sound)
    packed = explorer.player._held["b"].sound
    np.testing.assert_allclose(packed.steps[0] * packed.scale, sound, atol=1e-4)


def test_a_gain_of_its_player_that_would_clip_is_refused_and_moves_go_on():
    """The page's gain may rise with softer sounds, or fall before louder ones come."""

    def show(x):
        return Heard({"a": 10 ** (-x / 20) * TONE}, RATE, gain_db=x)

    explorer = Explorer(show, {"x": knob(0)})
    with pytest.raises(ValueError, match="above full scale"):
        explorer.player.gain_db = 40
    for x in (60, -15, 60):
        explorer.controls["x"].value = x
        assert explorer.player.gain_db == x
        assert explorer.player.caption == f"Played {x:+.1f} dB"


def test_its_player_is_changed_by_the_controls_alone():
    explorer = Explorer(lambda x: Heard({"a": x / 100 * TONE}, RATE), {"x": knob()})
    with pytest.raises(TypeError, match=r"explorer.controls\[...\].value"):
        explorer.player.update({"b": TONE})
    assert list(explorer.player.sounds) == ["a"]


def test_a_filter_that_would_clip_lowers_the_gain():
    explorer = Explorer(filtered_by, {"x": knob()})
    explorer.controls["x"].value = 80
    loudest = np.max(np.abs(explorer.player.sounds["out"]))
    assert 0.9 < loudest * 10 ** (explorer.player.gain_db / 20) <= 1


def test_html_alone_makes_an_explorer_without_a_player():
    explorer = Explorer(lambda x: f"<b>{x:g}</b>", {"x": knob()})
    assert explorer.player is None
    assert explorer.view.value == "<b>1</b>"
    assert explorer.view in explorer.children


def kernel_at(message_type):
    def get_parent(channel):
        assert channel == "shell"
        return {"header": {"msg_type": message_type}}

    return types.SimpleNamespace(kernel=types.SimpleNamespace(get_parent=get_parent))


@pytest.mark.parametrize(
    ("message_type", "by_hand"), [("comm_msg", True), ("execute_request", False)]
)
def test_a_message_from_the_page_is_a_hand_and_a_running_cell_is_not(
    monkeypatch, message_type, by_hand
):
    monkeypatch.setattr("IPython.get_ipython", lambda: kernel_at(message_type))
    assert moves.moved_by_hand() is by_hand


def test_without_a_kernel_nobody_moves_by_hand():
    assert moves.moved_by_hand() is False


def test_on_paper_it_leaves_its_settings_levels_and_picture():
    explorer = Explorer(
        lambda x, on: heard(x, picture=lambda: "<b>A picture</b>"),
        {"x": knob(), "on": switch("Light", value=True)},
    )
    data = explorer._repr_mimebundle_()
    page = data["text/html"]
    assert "Knob: 1 · Light: on" in page
    assert "times x" in page
    assert "<b>A picture</b>" in page
    assert "<audio" not in page
    model = data["application/vnd.jupyter.widget-view+json"]
    assert model["model_id"] == explorer.model_id


def test_a_static_page_has_plain_players(monkeypatch):
    monkeypatch.setenv("CLARITY_LAB_STATIC", "1")
    explorer = Explorer(heard, {"x": knob()})
    assert explorer._repr_mimebundle_()["text/html"].count("<audio") == 2


def test_a_control_rests_while_another_leaves_it_without_effect():
    one, other = knob(), switch("on", value=True)
    rest_while(one, other, lambda on: not on)
    assert not one.disabled
    other.value = False
    assert one.disabled


def test_the_page_may_talk_while_a_thread_changes_the_sounds():
    explorer = Explorer(heard, {"x": knob()})
    player, errors, done = explorer.player, [], threading.Event()

    def talk():
        try:
            while not done.is_set():
                player._handle_custom_msg({"kind": "ready"}, [])
                player.set_state({"selected": "tone", "position_s": 0.01})
                player.set_state({"selected": "times x", "position_s": 0.02})
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=talk)
    thread.start()
    for x in range(2, 60):
        explorer.controls["x"].value = x
    done.set()
    thread.join(PATIENCE_S)
    assert errors == []
    np.testing.assert_array_equal(player.sounds["times x"], 59 * TONE)
