"""Listeners survive files and text; a bad file says where the fault is."""

import pytest

from clarity_lab.hearing import (
    Audiogram,
    Listener,
    grade_of,
    listeners_as_text,
    listeners_from_text,
    read_listeners,
    write_listeners,
)

ANN = Listener("Ann", Audiogram((500, 1000), (10, 20)), Audiogram((500, 1000), (30, 4)))
TABLE = "name,frequency_hz,right_db_hl,left_db_hl\nBob,250,10,\nBob,1000,22.5,30\n"
BOB = Listener("Bob", Audiogram((1000,), (30,)), Audiogram((250, 1000), (10, 22.5)))


def test_what_is_written_is_read_again(tmp_path):
    write_listeners({"Ann": ANN}, tmp_path / "ann.json")
    assert read_listeners(tmp_path / "ann.json") == {"Ann": ANN}
    text = listeners_as_text({"Ann": ANN})
    assert listeners_from_text(text, filename="ann.json") == {"Ann": ANN}


def test_a_table_is_read_from_a_file_too_as_spreadsheets_write_it(tmp_path):
    path = tmp_path / "people.CSV"
    path.write_text(TABLE, encoding="utf-8-sig")
    assert read_listeners(path) == {"Bob": BOB}


def test_a_table_without_names_is_one_listener_called_as_the_file():
    text = "frequency;right;left\n1000;20;30\n"
    assert list(listeners_from_text(text, filename="Carl.csv")) == ["Carl"]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.json", "[1]", "a JSON object of listeners in a.json"),
        ("a.json", "{}", "at least one listener in a.json, got none"),
        ("a.json", '{"Bob": {}}', "expected listener Bob in a.json"),
        ("a.csv", "hz,right\n1,2\n", "the columns frequency_hz, right_db_hl"),
        ("a.csv", TABLE.replace("22.5", "NR"), "line 3 of a.csv, got 'NR'"),
    ],
)
def test_a_fault_is_named(name, text, words):
    with pytest.raises(ValueError, match=words):
        listeners_from_text(text, filename=name)


def test_bytes_that_are_no_text_are_explained(tmp_path):
    (tmp_path / "a.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match=r"a JSON object of listeners in .*a\.json"):
        read_listeners(tmp_path / "a.json")


@pytest.mark.parametrize(
    ("average_db_hl", "grade"),
    [
        (-20, "normal"),
        (19.9, "normal"),
        (20, "mild"),
        (65, "severe"),
        (130, "complete"),
    ],
)
def test_a_grade_begins_at_its_lower_end(average_db_hl, grade):
    assert grade_of(average_db_hl) == grade
