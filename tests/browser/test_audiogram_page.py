"""The audiogram editor in a real browser, with its Python half behind it."""

import json

import pytest

from clarity_lab.hearing import Audiogram, Listener, standard_audiogram
from tests.browser.bridge import Bridge

pytest.importorskip("anywidget", reason="needs the lessons' packages")

from clarity_lab.widgets.audiogram_editor import audiogram_editor

pytestmark = pytest.mark.browser

HZ = (250, 500, 1000, 2000, 3000, 4000, 6000, 8000)
ANN = Listener(
    "Ann",
    left=Audiogram(HZ, (10, 15, 20, 30, 40, 50, 55, 60)),
    right=Audiogram(HZ, (20, 25, 30, 45, 50, 60, 65, 70)),
)


class Settled:
    """An editor that is asked only when each half knows all that the other one said."""

    def __init__(self, bridge, editor):
        self.__dict__.update(bridge=bridge, editor=editor)

    def __getattr__(self, name):
        self.bridge.settle()
        return getattr(self.editor, name)

    def __setattr__(self, name, value):
        setattr(self.editor, name, value)


@pytest.fixture
def show(chromium):
    """show(...) opens an editor on a page of its own: the page and the editor."""
    bridges = []

    def show_(listener=ANN, *, ear="right", **options):
        options = {"viewport": {"width": 1300, "height": 900}, **options}
        page = chromium.new_context(**options).new_page()
        editor = audiogram_editor(listener, ear=ear)
        bridges.append(Bridge(page).show(editor, "audiogram"))
        page.settle = bridges[-1].settle
        return page, Settled(bridges[-1], editor)

    yield show_
    for bridge in bridges:
        assert bridge.errors == []
        bridge.page.context.close()


def point(page, ear, hz):
    return page.get_by_role("slider", name=f"{ear} ear, {hz} Hz", exact=True)


def place(page, ear, hz):
    box = point(page, ear, hz).locator(".cl-hit").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def px_per_db(page):
    return page.evaluate(
        "3.2 * document.querySelector('.cl-plot svg').getScreenCTM().a"
    )


def drag(page, ear, hz, by_db, *, steps=6):
    x, y = place(page, ear, hz)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + by_db * px_per_db(page), steps=steps)
    page.mouse.up()


def threshold(editor, ear, hz):
    return float(getattr(editor, ear).threshold_at(hz))


def status(page):
    page.settle()
    return page.get_by_role("status").inner_text()


# ---- with the mouse, with a finger ----


def test_a_dragged_point_moves_its_ear_only(show):
    page, editor = show()
    drag(page, "right", 2000, 20)
    assert threshold(editor, "right", 2000) == 65
    assert editor.left == ANN.left
    assert editor.name == "Ann, edited"
    assert status(page) == "right ear, 2000 Hz, 65 dB HL."


def test_a_drag_snaps_to_5_db_and_with_shift_to_1(show):
    page, editor = show()
    drag(page, "right", 2000, 13.2)
    assert threshold(editor, "right", 2000) == 60
    page.keyboard.down("Shift")
    drag(page, "right", 2000, 3.1)
    page.keyboard.up("Shift")
    assert threshold(editor, "right", 2000) == 63


def test_a_touch_that_does_not_move_changes_nothing(show):
    page, editor = show(standard_audiogram("N2"))  # 22.5 dB HL at 750 Hz
    drag(page, "right", 750, 0)
    assert editor.right == standard_audiogram("N2")


def test_with_both_chosen_the_ears_keep_their_distance(show):
    page, editor = show()
    page.get_by_text("○× Both").click()
    drag(page, "left", 1000, 25)
    assert threshold(editor, "left", 1000) == 45
    assert threshold(editor, "right", 1000) == 55
    assert editor.ear == "both"


def test_the_other_ear_is_chosen_by_taking_hold_of_it(show):
    page, editor = show()
    drag(page, "left", 1000, 10)
    assert editor.ear == "left"
    assert page.get_by_role("radio", name="Left").is_checked()
    assert threshold(editor, "left", 1000) == 30


def test_a_point_stays_inside_the_drawing(show):
    page, editor = show()
    drag(page, "right", 4000, 200)
    assert threshold(editor, "right", 4000) == 120
    drag(page, "right", 4000, -300)
    assert threshold(editor, "right", 4000) == -10


def test_where_the_ears_agree_the_chosen_one_is_taken(show):
    page, editor = show(Listener("x", left=ANN.left, right=ANN.left), ear="left")
    drag(page, "left", 1000, 10)
    assert threshold(editor, "left", 1000) == 30
    assert threshold(editor, "right", 1000) == 20
    page.get_by_role("radio", name="Right").check(force=True)
    drag(page, "right", 2000, 10)
    assert threshold(editor, "right", 2000) == 40
    assert threshold(editor, "left", 2000) == 30


def test_a_press_beside_the_points_brings_the_threshold_there(show):
    page, editor = show()
    x, y = place(page, "right", 500)
    page.mouse.click(x + 4, y + 40.9 * px_per_db(page))
    assert threshold(editor, "right", 500) == 65
    assert editor.left == ANN.left


def test_a_finger_drags_a_point(show):
    page, editor = show(has_touch=True, viewport={"width": 480, "height": 700})
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


def test_keys_move_a_point_and_walk_along_the_ear(show):
    page, editor = show()
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


def test_tab_stops_once_at_each_ear(show):
    page, _ = show()
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


def test_b_moves_both_ears_and_r_and_l_one(show):
    page, editor = show()
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


def test_each_point_says_ear_frequency_and_threshold(show):
    page, _ = show()
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


def test_keys_stay_in_the_editor(show):
    page, _ = show()
    page.evaluate("document.addEventListener('keydown', () => (window.leaked = true))")
    point(page, "right", 250).focus()
    for key in ("ArrowDown", "b", "d", "d", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate("window.leaked") is None
    assert page.locator("[data-lm-suppress-shortcuts]").count() == 1


def test_the_focus_is_seen(show):
    page, _ = show()
    point(page, "right", 250).focus()
    page.keyboard.press("ArrowRight")
    ring = point(page, "right", 500).locator(".cl-ring")
    assert ring.evaluate("one => getComputedStyle(one).strokeWidth") == "3px"
    assert page.locator(".cl-readout").text_content() == "25 dB HL"


# ---- back ----


def test_undo_takes_back_one_gesture_at_a_time(show):
    page, editor = show()
    drag(page, "right", 2000, 20)
    drag(page, "right", 4000, -20)
    page.get_by_role("button", name="Undo").click()
    assert threshold(editor, "right", 4000) == 60
    assert threshold(editor, "right", 2000) == 65
    point(page, "right", 2000).focus()
    page.keyboard.press("Control+z")
    assert editor.listener == ANN
    assert page.get_by_role("button", name="Undo").is_disabled()


def test_presses_of_one_key_are_one_gesture(show):
    page, editor = show()
    point(page, "right", 2000).focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Undo").click()
    assert editor.listener == ANN


def test_what_changed_nothing_is_not_in_the_way_of_undo(show, tmp_path):
    page, editor = show()
    drag(page, "right", 2000, 20)
    drag(page, "right", 4000, 0)
    path = tmp_path / "bad.json"
    path.write_text("{", encoding="utf-8")
    page.locator("input[type=file]").set_input_files(path)
    page.wait_for_selector(".cl-alarm")
    page.get_by_role("button", name="Undo").click()
    assert editor.listener == ANN


def test_undo_brings_back_other_frequencies_too(show):
    page, editor = show(ear="both")
    choose(page, "N3 (mean 46 dB)")
    assert editor.right == standard_audiogram("N3")
    assert point(page, "right", 375).is_visible()
    page.get_by_role("button", name="Undo").click()
    assert editor.listener == ANN
    assert point(page, "right", 375).count() == 0


# ---- numbers ----


def cell(page, ear, hz):
    return page.get_by_role("textbox", name=f"{ear} ear, {hz} Hz, dB HL", exact=True)


def test_a_typed_number_moves_the_point(show):
    page, editor = show()
    cell(page, "left", 3000).fill("42,5")
    cell(page, "left", 3000).press("Enter")
    assert threshold(editor, "left", 3000) == 42.5
    assert point(page, "left", 3000).get_attribute("aria-valuenow") == "42.5"
    focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused == "left ear, 4000 Hz, dB HL"


def test_a_dragged_point_moves_the_number_and_the_mean(show):
    page, _ = show()
    drag(page, "right", 2000, 20)
    page.settle()
    assert cell(page, "right", 2000).input_value() == "65"
    means = page.locator("tfoot td").all_inner_texts()
    assert means == ["45", "29"]  # (25 + 30 + 65 + 60) / 4 and (15 + 20 + 30 + 50) / 4


@pytest.mark.parametrize("text", ["loud", "200", "-30", "NaN", "0x10", "4e1"])
def test_what_is_no_threshold_is_explained_and_the_old_one_kept(show, text):
    page, editor = show()
    cell(page, "right", 500).fill(text)
    cell(page, "right", 500).press("Enter")
    assert f"got “{text}”" in status(page)
    assert cell(page, "right", 500).input_value() == "25"
    assert editor.listener == ANN


def test_an_empty_cell_is_not_measured_and_can_be_filled(show):
    page, editor = show()
    assert page.get_by_role("button", name="Fill the gaps").count() == 0
    cell(page, "right", 500).fill("")
    cell(page, "right", 500).press("Enter")
    assert 500 not in editor.right.frequencies_hz
    assert point(page, "right", 500).count() == 0
    point(page, "right", 250).focus()
    page.keyboard.press("ArrowRight")
    assert point(page, "right", 1000).evaluate("one => one === document.activeElement")
    page.get_by_role("button", name="Fill the gaps").click()
    assert threshold(editor, "right", 500) == 25
    assert "right 500 Hz" in status(page)


def test_the_last_threshold_of_an_ear_cannot_be_emptied(show):
    ear = Audiogram((1000,), (20,))
    page, editor = show(Listener("one", ear, ear))
    cell(page, "left", 1000).fill("")
    cell(page, "left", 1000).press("Enter")
    assert "at least one measured threshold of the left ear" in status(page)
    assert editor.left == ear
    assert cell(page, "left", 1000).input_value() == "20"


# ---- whose ears ----


def choose(page, label):
    page.get_by_role("combobox", name="Ears of").select_option(label=label)


def test_a_preset_goes_to_the_chosen_ear(show):
    page, editor = show(ear="right")
    choose(page, "S2 (mean 49 dB)")
    assert editor.right == standard_audiogram("S2")
    assert editor.left == ANN.left
    assert page.get_by_role("slider").count() == 18


def test_the_arrows_walk_through_the_list_of_ears(show):
    page, editor = show(ear="right")
    people = page.get_by_role("combobox", name="Ears of")
    people.focus()
    for name in ("N1", "N2", "N3"):
        people.press("ArrowDown")
        page.wait_for_function(
            f"document.querySelector('[role=status]').innerText.includes('{name}')"
        )
        assert editor.right == standard_audiogram(name)
    drag(page, "right", 2000, 10)
    assert people.input_value() == ""  # nobody's ears any more


def test_a_listener_of_the_challenge_brings_both_ears(show):
    page, editor = show(ear="both")
    choose(page, "L0001 (right 49, left 48 dB)")
    assert editor.listener == audiogram_editor("L0001").listener
    assert page.get_by_role("textbox", name="Name").input_value() == "L0001"


def test_reset_begins_again(show):
    page, editor = show(ear="both")
    drag(page, "right", 2000, 20)
    page.get_by_role("button", name="Reset").click()
    assert editor.listener == ANN
    assert cell(page, "right", 2000).input_value() == "45"


def test_a_file_is_opened_and_saved(show, tmp_path):
    page, editor = show()
    path = tmp_path / "bob.csv"
    path.write_text("frequency,right,left\n500,10,20\n2000,30,40\n", encoding="utf-8")
    page.locator("input[type=file]").set_input_files(path)
    page.wait_for_function("window.models.one.state.name === 'bob'")
    bob = Listener(
        "bob", Audiogram((500, 2000), (20, 40)), Audiogram((500, 2000), (10, 30))
    )
    assert editor.listener == bob
    with page.expect_download() as download:
        page.get_by_role("button", name="Save JSON").click()
    assert download.value.suggested_filename == "bob.json"
    saved = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert saved["bob"]["audiogram_levels_r"] == [10, 30]


def test_a_bad_file_is_explained_and_the_ears_stay(show, tmp_path):
    page, editor = show()
    path = tmp_path / "picture.json"
    path.write_bytes(b"\x89PNG\r\n")
    page.locator("input[type=file]").set_input_files(path)
    page.wait_for_selector(".cl-alarm")
    assert "expected a JSON object of listeners in picture.json" in status(page)
    assert editor.listener == ANN
    path.write_bytes(b" " * 2_000_001)
    page.locator("input[type=file]").set_input_files(path)
    page.wait_for_function(
        "document.querySelector('.cl-alarm').innerText.includes('MB')"
    )
    assert editor.listener == ANN


def test_two_editors_do_not_share_their_radio_buttons(show):
    page, editor = show(ear="right")
    other = audiogram_editor(ANN, ear="left")
    editor.bridge.show(other, "audiogram", id_="two")
    assert page.locator("#one").get_by_role("radio", name="Right").is_checked()
    page.locator("#two").get_by_role("radio", name="Both").check(force=True)
    assert page.locator("#one").get_by_role("radio", name="Right").is_checked()
    assert (editor.ear, other.ear) == ("right", "both")


def test_what_python_sets_is_drawn(show):
    page, editor = show()
    editor.right = standard_audiogram("N7")
    page.settle()
    assert point(page, "right", 6000).get_attribute("aria-valuenow") == "105"
    assert cell(page, "right", 375).input_value() == "92.5"
    assert cell(page, "left", 375).input_value() == ""


def test_the_focus_survives_a_new_frame(show):
    page, editor = show()
    cell(page, "left", 8000).fill("130")
    point(page, "right", 500).focus()
    editor.left_db_hl = [*editor.left_db_hl[:-1], 130]
    page.settle()
    assert point(page, "right", 500).evaluate("one => one === document.activeElement")
    assert point(page, "right", 500).get_attribute("aria-valuemax") == "130"


def test_two_views_of_an_editor_stay_in_step_and_one_can_go(show):
    page, editor = show()
    page.evaluate("window.addView('one')")
    views = page.get_by_role("region", name="Audiogram editor")
    views.last.get_by_role("radio", name="Left").check(force=True)
    for one in views.all():
        assert one.get_by_role("radio", name="Left").is_checked()
    page.evaluate("window.models.one.views[0].cleanUp()")
    editor.right = standard_audiogram("N7")
    page.settle()
    assert point(page, "right", 6000).get_attribute("aria-valuenow") == "105"


# ---- the look ----


def test_20_db_are_as_long_as_an_octave_on_the_screen(show):
    page, _ = show(Listener("x", *[Audiogram((1000, 2000), (20, 40))] * 2))
    (x1, y1), (x2, y2) = (place(page, "right", hz) for hz in (1000, 2000))
    assert x2 - x1 == pytest.approx(y2 - y1, rel=0.01)


def test_the_ears_differ_in_form_not_only_in_colour(show):
    page, _ = show()
    assert page.locator(".cl-point.right circle.cl-symbol").count() == 8
    assert page.locator(".cl-point.left path.cl-symbol").count() == 8
    dashes = "one => getComputedStyle(one).strokeDasharray"
    assert page.locator(".cl-line.right").evaluate(dashes) == "none"
    assert page.locator(".cl-line.left").evaluate(dashes) != "none"


@pytest.mark.parametrize("width", [320, 480, 1300])
def test_nothing_is_wider_than_the_page(show, width):
    page, _ = show(viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
