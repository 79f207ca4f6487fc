"""The points of the audiogram editor: mouse, finger, keys and the way back."""

import pytest

from clarity_lab.hearing import Listener, standard_audiogram

pytest.importorskip("anywidget", reason="needs the lessons' packages")

from tests.browser.audiogram_page import (
    ANN,
    choose,
    drag,
    place,
    point,
    px_per_db,
    status,
    threshold,
)

pytestmark = pytest.mark.browser

# ---- with the mouse, with a finger ----


def test_a_dragged_point_moves_its_ear_only(open_editor):
    page, editor = open_editor()
    drag(page, "right", 2000, 20)
    assert threshold(editor, "right", 2000) == 65
    assert editor.left == ANN.left
    assert editor.name == "Ann, edited"
    assert status(page) == "right ear, 2000 Hz, 65 dB HL."


def test_a_drag_snaps_to_5_db_and_with_shift_to_1(open_editor):
    page, editor = open_editor()
    drag(page, "right", 2000, 13.2)
    assert threshold(editor, "right", 2000) == 60
    page.keyboard.down("Shift")
    drag(page, "right", 2000, 3.1)
    page.keyboard.up("Shift")
    assert threshold(editor, "right", 2000) == 63


def test_a_touch_that_does_not_move_changes_nothing(open_editor):
    page, editor = open_editor(standard_audiogram("N2"))  # 22.5 dB HL at 750 Hz
    drag(page, "right", 750, 0)
    assert editor.right == standard_audiogram("N2")


def test_with_both_chosen_the_ears_keep_their_distance(open_editor):
    page, editor = open_editor()
    page.get_by_text("○× Both").click()
    drag(page, "left", 1000, 25)
    assert threshold(editor, "left", 1000) == 45
    assert threshold(editor, "right", 1000) == 55
    assert editor.ear == "both"


def test_the_other_ear_is_chosen_by_taking_hold_of_it(open_editor):
    page, editor = open_editor()
    drag(page, "left", 1000, 10)
    assert editor.ear == "left"
    assert page.get_by_role("radio", name="Left").is_checked()
    assert threshold(editor, "left", 1000) == 30


def test_a_point_stays_inside_the_drawing(open_editor):
    page, editor = open_editor()
    drag(page, "right", 4000, 200)
    assert threshold(editor, "right", 4000) == 120
    drag(page, "right", 4000, -300)
    assert threshold(editor, "right", 4000) == -10


def test_where_the_ears_agree_the_chosen_one_is_taken(open_editor):
    page, editor = open_editor(Listener("x", left=ANN.left, right=ANN.left), ear="left")
    drag(page, "left", 1000, 10)
    assert threshold(editor, "left", 1000) == 30
    assert threshold(editor, "right", 1000) == 20
    page.get_by_role("radio", name="Right").check(force=True)
    drag(page, "right", 2000, 10)
    assert threshold(editor, "right", 2000) == 40
    assert threshold(editor, "left", 2000) == 30


def test_a_press_beside_the_points_brings_the_threshold_there(open_editor):
    page, editor = open_editor()
    x, y = place(page, "right", 500)
    page.mouse.click(x + 4, y + 40.9 * px_per_db(page))
    assert threshold(editor, "right", 500) == 65
    assert editor.left == ANN.left


def test_a_finger_drags_a_point(open_editor):
    page, editor = open_editor(has_touch=True, viewport={"width": 480, "height": 700})
    x, y = place(page, "right", 2000)
    touch = page.context.new_cdp_session(page)

    def finger(kind, *points):
        options = {"type": kind, "touchPoints": [{"x": x, "y": y} for y in points]}
        touch.send("Input.dispatchTouchEvent", options)

    finger("touchStart", y)
    for step in range(1, 6):
        finger("touchMove", y + step * 4 * px_per_db(page))
    finger("touchEnd")
    page.wait_for_function("document.querySelector('[role=status]').textContent")
    assert threshold(editor, "right", 2000) == 65
    assert page.evaluate("scrollY") == 0


# ---- with the keyboard ----


def test_keys_move_a_point_and_walk_along_the_ear(open_editor):
    page, editor = open_editor()
    point(page, "right", 250).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    assert threshold(editor, "right", 1000) == 36
    page.keyboard.press("ArrowUp")
    assert threshold(editor, "right", 1000) == 35
    page.keyboard.press("End")
    page.keyboard.press("PageUp")
    assert threshold(editor, "right", 8000) == 50
    assert editor.left == ANN.left


def test_tab_stops_once_at_each_ear(open_editor):
    page, _ = open_editor()
    point(page, "right", 250).focus()
    page.keyboard.press("ArrowRight")
    now = "document.activeElement.getAttribute('aria-label')"
    assert page.evaluate(now) == "right ear, 500 Hz"
    page.keyboard.press("Shift+Tab")  # the left ear lies below the chosen one
    assert page.evaluate(now) == "left ear, 250 Hz"
    page.keyboard.press("Tab")
    assert page.evaluate(now) == "right ear, 500 Hz"
    page.keyboard.press("Tab")
    assert page.evaluate(now) == "right ear, 250 Hz, dB HL"  # the table


def test_b_moves_both_ears_and_r_and_l_one(open_editor):
    page, editor = open_editor()
    point(page, "right", 1000).focus()
    page.keyboard.press("b")
    assert status(page) == "Moves both ears."
    page.keyboard.press("ArrowDown")
    assert threshold(editor, "right", 1000) == 35
    assert threshold(editor, "left", 1000) == 25
    page.keyboard.press("l")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == (
        "left ear, 1000 Hz"
    )
    page.keyboard.press("ArrowDown")
    assert threshold(editor, "left", 1000) == 30
    assert threshold(editor, "right", 1000) == 35


def test_each_point_says_ear_frequency_and_threshold(open_editor):
    page, _ = open_editor()
    spoken = [
        (
            one.get_attribute("aria-label"),
            one.get_attribute("aria-valuetext"),
            one.get_attribute("aria-valuenow"),
        )
        for one in page.get_by_role("slider").all()
    ]
    assert ("right ear, 2000 Hz", "45 dB HL", "45") in spoken
    assert ("left ear, 250 Hz", "10 dB HL", "10") in spoken
    assert len(spoken) == 16


def test_keys_stay_in_the_editor(open_editor):
    page, _ = open_editor()
    page.evaluate("document.addEventListener('keydown', () => (window.leaked = true))")
    point(page, "right", 250).focus()
    for key in ("ArrowDown", "b", "d", "d", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate("window.leaked") is None
    assert page.locator("[data-lm-suppress-shortcuts]").count() == 1


def test_the_focus_is_seen(open_editor):
    page, _ = open_editor()
    point(page, "right", 250).focus()
    page.keyboard.press("ArrowRight")
    ring = point(page, "right", 500).locator(".cl-ring")
    assert ring.evaluate("one => getComputedStyle(one).strokeWidth") == "3px"
    assert page.locator(".cl-readout").text_content() == "25 dB HL"


# ---- back ----


def test_undo_takes_back_one_gesture_at_a_time(open_editor):
    page, editor = open_editor()
    drag(page, "right", 2000, 20)
    drag(page, "right", 4000, -20)
    page.get_by_role("button", name="Undo").click()
    assert threshold(editor, "right", 4000) == 60
    assert threshold(editor, "right", 2000) == 65
    point(page, "right", 2000).focus()
    page.keyboard.press("Control+z")
    assert editor.listener == ANN
    assert page.get_by_role("button", name="Undo").is_disabled()


def test_presses_of_one_key_are_one_gesture(open_editor):
    page, editor = open_editor()
    point(page, "right", 2000).focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Undo").click()
    assert editor.listener == ANN


def test_what_changed_nothing_is_not_in_the_way_of_undo(open_editor, tmp_path):
    page, editor = open_editor()
    drag(page, "right", 2000, 20)
    drag(page, "right", 4000, 0)
    path = tmp_path / "bad.json"
    path.write_text("{", encoding="utf-8")
    page.locator("input[type=file]").set_input_files(path)
    page.wait_for_selector(".cl-alarm")
    page.get_by_role("button", name="Undo").click()
    assert editor.listener == ANN


def test_undo_brings_back_other_frequencies_too(open_editor):
    page, editor = open_editor(ear="both")
    choose(page, "N3 (mean 46 dB)")
    assert editor.right == standard_audiogram("N3")
    assert point(page, "right", 375).is_visible()
    page.get_by_role("button", name="Undo").click()
    assert editor.listener == ANN
    assert point(page, "right", 375).count() == 0
