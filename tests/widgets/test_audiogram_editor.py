"""What the page sends becomes a listener; what it should not send becomes words."""

import json

import numpy as np
import pytest

pytest.importorskip("anywidget", reason="needs the lessons' packages")

from clarity_lab.hearing import (
    Audiogram,
    Listener,
    read_listeners,
    standard_audiogram,
    write_listeners,
)
from clarity_lab.widgets.audiogram_drawing import OCTAVE, Scale, frame_svg
from clarity_lab.widgets.audiogram_editor import AudiogramEditor, audiogram_editor

HZ = (500.0, 1000.0, 4000.0)
ANN = Listener(
    "Ann", left=Audiogram(HZ, (10, 20, 30)), right=Audiogram(HZ, (40, 50, 60))
)


@pytest.fixture
def editor(monkeypatch):
    """An editor of Ann's ears that keeps in `told` what it says to the page."""
    told = []
    monkeypatch.setattr(
        AudiogramEditor, "send", lambda _, content: told.append(content)
    )
    editor = audiogram_editor(ANN)
    editor.told = told
    return editor


def ask(editor, kind, **content):
    editor._handle_custom_msg({"kind": kind, **content}, [])


def seen(editor):
    listeners = []
    editor.observe(lambda change: listeners.append(change["new"]), names="listener")
    return listeners


# ---- the value ----


def test_a_listener_goes_in_and_comes_out(editor):
    assert editor.listener == ANN
    assert (editor.left, editor.right) == ANN.ears
    assert editor.left_db_hl == [10, 20, 30]


def test_a_move_in_the_page_is_one_new_listener(editor):
    listeners = seen(editor)
    editor.set_state({"right_db_hl": [45, 50, 60], "left_db_hl": [15, 20, 30]})
    assert [one.right.thresholds_db_hl[0] for one in listeners] == [45]
    assert listeners[0].left.thresholds_db_hl == (15, 20, 30)


def test_setting_the_listener_gives_the_page_its_rows(editor):
    listeners = seen(editor)
    editor.listener = Listener("N3", *[standard_audiogram("N3")] * 2)
    assert editor.frequencies_hz == [
        250,
        375,
        500,
        750,
        1000,
        1500,
        2000,
        3000,
        4000,
        6000,
    ]
    assert editor.right_db_hl[-1] == 65
    assert len(editor._drawing["x"]) == 10
    assert len(listeners) == 1


def test_one_ear_can_be_set_alone(editor):
    editor.left = standard_audiogram("S2")
    assert editor.left == standard_audiogram("S2")
    assert editor.right == ANN.right


def test_a_row_can_be_an_array(editor):
    editor.left_db_hl = np.array([5, 5, 25])
    assert editor.left.thresholds_db_hl == (5, 5, 25)


@pytest.mark.parametrize("missing", [None, np.nan])
def test_what_was_not_measured_is_no_part_of_the_ear(editor, missing):
    editor.left_db_hl = [10, missing, 30]
    assert editor.left == Audiogram((500, 4000), (10, 30))
    assert editor.left_db_hl == [10, None, 30]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ([1, 2], "expected 3 thresholds of the left ear, one per frequency, got 2"),
        ([10, 20, 200], "from -20 to 130 dB HL"),
        ([np.nan] * 3, "at least one measured threshold of the left ear"),
        ("abc", "left_db_hl as a row of numbers"),
        (7, "left_db_hl as a row of numbers"),
    ],
)
def test_an_impossible_row_is_refused_and_the_old_one_kept(editor, row, words):
    with pytest.raises(ValueError, match=words):
        editor.left_db_hl = row
    assert editor.listener == ANN
    assert editor.left_db_hl == [10, 20, 30]


def test_an_impossible_row_from_the_page_is_explained_there(editor):
    editor.set_state({"left_db_hl": [None, None, None]})
    assert editor.listener == ANN
    assert editor.told[-1]["alarm"]
    assert "at least one measured threshold" in editor.told[-1]["text"]


# ---- whose ears they are ----


def test_a_changed_listener_is_no_longer_called_by_the_old_name(editor):
    editor.left_db_hl = [10, 20, 35]
    assert editor.listener.name == "Ann, edited"
    editor.left_db_hl = [10, 20, 30]
    assert editor.listener.name == "Ann"


def test_a_name_of_ones_own_is_kept(editor):
    editor.name = "My guess"
    editor.left_db_hl = [10, 20, 35]
    assert editor.listener.name == "My guess"


def test_an_audiogram_without_a_person_can_be_drawn_freely():
    editor = audiogram_editor(Audiogram(HZ, (10, 20, 30)))
    editor.left_db_hl = [0, 0, 0]
    assert editor.name == "listener"


def test_a_standard_ear_is_loaded_exactly(editor):
    ask(editor, "choose", group="Standard ears", name="N5", ear="both")
    assert editor.listener == Listener("N5", *[standard_audiogram("N5")] * 2)


def test_a_loaded_ear_leaves_the_other_alone(editor):
    ask(editor, "choose", group="Standard ears", name="N5", ear="right")
    assert editor.right == standard_audiogram("N5")
    assert editor.left == ANN.left
    assert editor.name == "Ann, edited"


def test_every_listener_of_the_package_can_be_chosen(editor):
    offered = {group: dict(people) for group, people in editor._choices}
    assert len(offered["Clarity challenge listeners"]) == 83
    assert offered["Standard ears"]["N3"] == "N3 (mean 46 dB)"
    for name in offered["Clarity challenge listeners"]:
        ask(
            editor, "choose", group="Clarity challenge listeners", name=name, ear="both"
        )
        assert editor.listener.name == name


def test_reset_goes_back_to_how_it_began(editor):
    ask(editor, "choose", group="Standard ears", name="N5", ear="both")
    ask(editor, "reset", ear="both")
    assert editor.listener == ANN


def test_gaps_are_filled_between_their_neighbours(editor):
    editor.left_db_hl = [10, None, 40]
    ask(editor, "fill", ear="both")
    assert editor.left_db_hl == [10, 20, 40]  # 1 kHz: one octave of three
    assert "left 1000 Hz" in editor.told[-1]["text"]


# ---- files ----


def test_what_is_saved_can_be_opened_again(editor):
    ask(editor, "export")
    sent = editor.told[-1]
    assert sent["name"] == "Ann.json"
    ask(editor, "choose", group="Standard ears", name="N5", ear="both")
    ask(editor, "file", name=sent["name"], text=sent["text"])
    assert editor.listener == ANN


def test_a_saved_file_is_what_the_package_reads(editor, tmp_path):
    ask(editor, "export")
    path = tmp_path / "ann.json"
    path.write_text(editor.told[-1]["text"], encoding="utf-8")
    assert read_listeners(path) == {"Ann": ANN}


def test_a_file_name_is_safe_everywhere(editor):
    editor.name = 'C:/a "b"?'
    ask(editor, "export")
    assert editor.told[-1]["name"] == "C-a-b.json"


def test_the_listeners_of_a_file_can_be_chosen(editor, tmp_path):
    path = tmp_path / "two.json"
    write_listeners({"Ann": ANN, "Bob": Listener("Bob", *ANN.ears)}, path)
    ask(editor, "file", name="two.json", text=path.read_text(encoding="utf-8"))
    ask(editor, "choose", group="two.json", name="Bob", ear="both")
    assert editor.name == "Bob"


CSV = "name,frequency_hz,right_db_hl,left_db_hl\nBob,250,10,\nBob,1000,22.5,30\n"


@pytest.mark.parametrize(
    "text",
    [
        CSV,
        CSV.replace(",", "\t"),
        CSV.replace(",", ";").replace("22.5", "22,5"),
        CSV.replace("right_db_hl,left_db_hl", "Right, Left"),
        CSV.replace("\n", "\r\n"),
    ],
    ids=["comma", "tab", "semicolon", "short names", "Windows"],
)
def test_a_table_of_thresholds_is_read(editor, text):
    ask(editor, "file", name="bob.csv", text=text)
    bob = Listener("Bob", Audiogram((1000,), (30,)), Audiogram((250, 1000), (10, 22.5)))
    assert editor.listener == bob


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.json", "[1, 2]", "expected a JSON object of listeners in a.json"),
        ("a.json", "{", "expected a JSON object of listeners in a.json"),
        ("a.json", "{}", "at least one listener in a.json"),
        ("a.json", '{"Bob": {}}', "expected listener Bob in a.json"),
        ("a.csv", "", "the columns frequency_hz, right_db_hl, left_db_hl in a.csv"),
        ("a.csv", "hz,right\n1,2\n", "the columns frequency_hz, right_db_hl"),
        ("a.csv", CSV.replace("22.5", "NR"), "line 3 of a.csv, got 'NR'"),
        ("a.csv", CSV.replace("1000", "250"), "expected rising frequencies"),
        ("a.csv", CSV.replace("30", ""), "listener Bob of a.csv"),
    ],
)
def test_a_bad_file_is_explained_and_nothing_is_lost(editor, name, text, words):
    before = editor._choices
    ask(editor, "file", name=name, text=text)
    assert editor.told[-1]["alarm"]
    assert words in editor.told[-1]["text"]
    assert editor.listener == ANN
    assert editor._choices == before


def test_a_listener_with_gaps_is_not_saved_as_something_else(editor):
    editor.left_db_hl = [10, None, 30]
    ask(editor, "export")
    assert editor.told[-1]["alarm"]
    assert "fill the gaps first" in editor.told[-1]["text"]


@pytest.mark.parametrize("group", ["Standard ears", "Nobody's ears"])
def test_ears_that_are_not_in_the_list_are_answered_in_words(editor, group):
    ask(editor, "choose", group=group, name="N99", ear="both")
    assert editor.told[-1]["alarm"]
    assert "got 'N99'" in editor.told[-1]["text"]
    assert "Choose from the list" in editor.told[-1]["text"]
    assert editor.listener == ANN


def test_filling_where_there_are_no_gaps_changes_nothing_and_says_so(editor):
    ask(editor, "fill")
    assert "there are no gaps" in editor.told[-1]["text"]
    assert editor.listener == ANN


# ---- the drawing ----


def test_an_octave_is_as_long_as_20_db():
    scale = Scale.around(ANN)
    assert scale.x(2000) - scale.x(1000) == pytest.approx(OCTAVE)
    assert scale.y(60) - scale.y(40) == pytest.approx(OCTAVE)  # downwards


def test_the_axes_grow_for_what_lies_outside():
    ear = Audiogram((80, 16_000), (-15, 125))
    scale = Scale.around(Listener("wide", ear, ear))
    assert (scale.lowest_hz, scale.highest_hz) == (80, 16_000)
    assert (scale.lowest_db_hl, scale.highest_db_hl) == (-20, 130)


def test_every_measured_frequency_has_its_number():
    svg = frame_svg(Scale.around(ANN), [375, 500, 1500])
    assert all(f">{hz}</text>" in svg for hz in (125, 375, 1500, 3000, 6000, 8000))


@pytest.mark.parametrize(
    ("left", "right", "grade"),
    [
        (19, 19, "normal"),
        (20, 60, "mild"),
        (19, 35, "normal"),
        (64, 70, "moderately severe"),
        (125, 130, "complete"),
    ],
)
def test_the_grade_is_the_better_ears(left, right, grade):
    ears = (Audiogram((1000,), (db_hl,)) for db_hl in (left, right))
    assert audiogram_editor(Listener("x", *ears))._summary["grade"] == grade


def test_a_page_without_a_kernel_has_picture_and_numbers(editor):
    shown = editor.preview_html()
    assert '<img alt="Audiogram of Ann' in shown
    assert "<tr><th scope='row'>4000</th><td>60</td><td>30</td></tr>" in shown
    assert len(shown) < 15_000
    data, _ = editor._repr_mimebundle_()
    assert data["text/html"] == shown


def test_the_saved_state_is_small(editor):
    state = {k: v for k, v in editor.get_state().items() if k not in ("_esm", "_css")}
    assert len(json.dumps(state, default=str)) < 20_000


# ---- what one can begin with ----


def test_it_begins_with_normal_ears_that_move_together():
    editor = audiogram_editor()
    assert editor.ear == "both"
    assert set(editor.left_db_hl) == {0}


def test_different_ears_move_one_by_one():
    assert audiogram_editor("L0001").ear == "right"
    assert audiogram_editor("L0001", ear="both").ear == "both"


def test_somebody_unknown_is_explained():
    with pytest.raises(ValueError, match="N1 to N7 or S1 to S3"):
        audiogram_editor("N99")
    with pytest.raises(TypeError, match="got list"):
        audiogram_editor([1, 2])
    with pytest.raises(ValueError, match="one of both, left, right"):
        audiogram_editor(ear="middle")
