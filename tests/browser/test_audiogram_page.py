"""The numbers, the presets, the files and the look of the audiogram editor."""

import json

import pytest

from clarity_lab.hearing import Audiogram, Listener, standard_audiogram

pytest.importorskip("anywidget", reason="needs the lessons' packages")

from clarity_lab.widgets.audiogram_editor import audiogram_editor
from tests.browser.audiogram_page import (
    ANN,
    cell,
    choose,
    drag,
    place,
    point,
    status,
    threshold,
)

pytestmark = pytest.mark.browser

# ---- numbers ----


def test_a_typed_number_moves_the_point(open_editor):
    page, editor = open_editor()
    cell(page, "left", 3000).fill("42,5")
    cell(page, "left", 3000).press("Enter")
    assert threshold(editor, "left", 3000) == 42.5
    assert point(page, "left", 3000).get_attribute("aria-valuenow") == "42.5"
    focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused == "left ear, 4000 Hz, dB HL"


def test_a_dragged_point_moves_the_number_and_the_mean(open_editor):
    page, _ = open_editor()
    drag(page, "right", 2000, 20)
    page.settle()
    assert cell(page, "right", 2000).input_value() == "65"
    means = page.locator("tfoot td").all_inner_texts()
    assert means == ["45", "29"]  # (25 + 30 + 65 + 60) / 4 and (15 + 20 + 30 + 50) / 4


@pytest.mark.parametrize("text", ["loud", "200", "-30", "NaN", "0x10", "4e1"])
def test_what_is_no_threshold_is_explained_and_the_old_one_kept(open_editor, text):
    page, editor = open_editor()
    cell(page, "right", 500).fill(text)
    cell(page, "right", 500).press("Enter")
    assert f"got “{text}”" in status(page)
    assert cell(page, "right", 500).input_value() == "25"
    assert editor.listener == ANN


def test_an_empty_cell_is_not_measured_and_can_be_filled(open_editor):
    page, editor = open_editor()
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


def test_the_last_threshold_of_an_ear_cannot_be_emptied(open_editor):
    ear = Audiogram((1000,), (20,))
    page, editor = open_editor(Listener("one", ear, ear))
    cell(page, "left", 1000).fill("")
    cell(page, "left", 1000).press("Enter")
    assert "at least one measured threshold of the left ear" in status(page)
    assert editor.left == ear
    assert cell(page, "left", 1000).input_value() == "20"


# ---- whose ears ----


def test_a_preset_goes_to_the_chosen_ear(open_editor):
    page, editor = open_editor(ear="right")
    choose(page, "S2 (mean 49 dB)")
    assert editor.right == standard_audiogram("S2")
    assert editor.left == ANN.left
    assert page.get_by_role("slider").count() == 18


def test_the_arrows_walk_through_the_list_of_ears(open_editor):
    page, editor = open_editor(ear="right")
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


def test_a_listener_of_the_challenge_brings_both_ears(open_editor):
    page, editor = open_editor(ear="both")
    choose(page, "L0001 (right 49, left 48 dB)")
    assert editor.listener == audiogram_editor("L0001").listener
    assert page.get_by_role("textbox", name="Name").input_value() == "L0001"


def test_reset_begins_again(open_editor):
    page, editor = open_editor(ear="both")
    drag(page, "right", 2000, 20)
    page.get_by_role("button", name="Reset").click()
    assert editor.listener == ANN
    assert cell(page, "right", 2000).input_value() == "45"


def test_a_file_is_opened_and_saved(open_editor, tmp_path):
    page, editor = open_editor()
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


def test_a_bad_file_is_explained_and_the_ears_stay(open_editor, tmp_path):
    page, editor = open_editor()
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


def test_two_editors_do_not_share_their_radio_buttons(open_editor):
    page, editor = open_editor(ear="right")
    other = audiogram_editor(ANN, ear="left")
    editor.bridge.show(other, "audiogram", id_="two")
    assert page.locator("#one").get_by_role("radio", name="Right").is_checked()
    page.locator("#two").get_by_role("radio", name="Both").check(force=True)
    assert page.locator("#one").get_by_role("radio", name="Right").is_checked()
    assert (editor.ear, other.ear) == ("right", "both")


def test_what_python_sets_is_drawn(open_editor):
    page, editor = open_editor()
    editor.right = standard_audiogram("N7")
    page.settle()
    assert point(page, "right", 6000).get_attribute("aria-valuenow") == "105"
    assert cell(page, "right", 375).input_value() == "92.5"
    assert cell(page, "left", 375).input_value() == ""


def test_the_focus_survives_a_new_frame(open_editor):
    page, editor = open_editor()
    cell(page, "left", 8000).fill("130")
    point(page, "right", 500).focus()
    editor.left_db_hl = [*editor.left_db_hl[:-1], 130]
    page.settle()
    assert point(page, "right", 500).evaluate("one => one === document.activeElement")
    assert point(page, "right", 500).get_attribute("aria-valuemax") == "130"


def test_two_views_of_an_editor_stay_in_step_and_one_can_go(open_editor):
    page, editor = open_editor()
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


def test_20_db_are_as_long_as_an_octave_on_the_screen(open_editor):
    page, _ = open_editor(Listener("x", *[Audiogram((1000, 2000), (20, 40))] * 2))
    (x1, y1), (x2, y2) = (place(page, "right", hz) for hz in (1000, 2000))
    assert x2 - x1 == pytest.approx(y2 - y1, rel=0.01)


def test_the_ears_differ_in_form_not_only_in_colour(open_editor):
    page, _ = open_editor()
    assert page.locator(".cl-point.right circle.cl-symbol").count() == 8
    assert page.locator(".cl-point.left path.cl-symbol").count() == 8
    dashes = "one => getComputedStyle(one).strokeDasharray"
    assert page.locator(".cl-line.right").evaluate(dashes) == "none"
    assert page.locator(".cl-line.left").evaluate(dashes) != "none"


@pytest.mark.parametrize("width", [320, 480, 1300])
def test_nothing_is_wider_than_the_page(open_editor, width):
    page, _ = open_editor(viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
