"""Audiograms and listeners: between points, in grades, in files."""

import json

import numpy as np
import pytest

from clarity_lab.hearing import (
    Audiogram,
    Listener,
    read_listeners,
    standard_audiogram,
    write_listeners,
)
from clarity_lab.hearing.audiogram import STANDARD_THRESHOLDS_DB_HL
from clarity_lab.manifests import fetch


@pytest.fixture
def clarity_file():
    return fetch("samples", "audiograms/clarity.json", progress=False)


def test_thresholds_are_joined_by_straight_lines_over_octaves():
    ear = Audiogram((500, 2000), (20, 60))
    assert ear.threshold_at(1000).item() == pytest.approx(40)


def test_thresholds_stay_flat_beyond_the_ends():
    ear = Audiogram((500, 2000), (20, 60))
    assert ear.threshold_at([1, 20_000]).tolist() == [20, 60]


@pytest.mark.parametrize(
    ("level", "grade"),
    [
        (15, "nothing"),
        (15.5, "mild"),
        (35, "mild"),
        (35.5, "moderate"),
        (56, "moderate"),
        (56.5, "severe"),
    ],
)
def test_severity_changes_just_above_15_35_and_56(level, grade):
    assert Audiogram((250, 4000), (100, level)).severity == grade


def test_severity_counts_only_what_was_measured_from_2_to_8_khz():
    ear = Audiogram((1000, 2000, 8000, 9000), (100, 20, 40, 100))
    assert ear.severity == "mild"


@pytest.mark.parametrize(
    ("hz", "db_hl", "message"),
    [
        ((500, 1000), (20,), "one threshold per frequency"),
        ((1000, 500), (20, 20), "rising frequencies"),
        ((0, 500), (20, 20), "rising frequencies"),
        ((500, 1000), (20, float("nan")), "finite"),
        ((), (), "finite"),
        ((250, 500), (250, 500), "are these the frequencies"),
    ],
)
def test_a_faulty_audiogram_is_named(hz, db_hl, message):
    with pytest.raises(ValueError, match=message):
        Audiogram(hz, db_hl)


def test_an_audiogram_without_high_frequencies_has_no_severity():
    with pytest.raises(ValueError, match="2000 to 8000 Hz"):
        _ = Audiogram((250, 1000), (10, 10)).severity


def test_equal_audiograms_are_equal_and_can_be_looked_up():
    assert {Audiogram([500, 1000], [1, 2]), Audiogram((500, 1000), (1, 2))} == {
        Audiogram((500.0, 1000.0), (1.0, 2.0))
    }


def test_the_ten_standard_audiograms_get_worse_with_their_number():
    averages = [
        standard_audiogram(name).pure_tone_average_db_hl
        for name in STANDARD_THRESHOLDS_DB_HL
    ]
    assert averages[:7] == sorted(averages[:7])
    assert averages[7:] == sorted(averages[7:])
    assert len(averages) == 10


@pytest.mark.parametrize(
    ("name", "sum_db"),
    [
        ("N1", 165),
        ("N2", 307.5),
        ("N3", 455),
        ("N4", 625),
        ("N5", 750),
        ("N6", 875),
        ("N7", 1007.5),
        ("S1", 230),
        ("S2", 462.5),
        ("S3", 592.5),
    ],
)
def test_a_standard_audiogram_falls_towards_high_tones_and_adds_up(name, sum_db):
    thresholds = standard_audiogram(name).thresholds_db_hl
    assert len(thresholds) == 10
    assert np.all(np.diff(thresholds) >= 0)
    assert sum(thresholds) == sum_db


def test_an_unknown_standard_audiogram_is_answered_with_the_known():
    with pytest.raises(ValueError, match="N1, N2"):
        standard_audiogram("N8")


def test_the_clarity_file_has_83_listeners(clarity_file):
    listeners = read_listeners(clarity_file)
    assert len(listeners) == 83
    first = listeners["L0001"]
    assert first.left.thresholds_db_hl == (45, 45, 35, 45, 60, 65, 70, 65)
    assert first.right.threshold_at(250).item() == 40


def test_what_was_read_is_written_as_it_stood(clarity_file, tmp_path):
    copy = tmp_path / "copy.json"
    write_listeners(read_listeners(clarity_file), copy)
    original = json.loads(clarity_file.read_text(encoding="utf-8"))
    assert json.loads(copy.read_text(encoding="utf-8")) == original
    assert [path.name for path in tmp_path.iterdir()] == ["copy.json"]


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "listeners.json"
    path.write_text("old", encoding="utf-8")
    ears = Audiogram((500,), (1,)), Audiogram((600,), (1,))
    with pytest.raises(ValueError, match="same frequencies"):
        write_listeners({"x": Listener("x", *ears)}, path)
    assert path.read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize("text", ["[1]", "{", '{"L1": {}}', '{"L1": 3}'])
def test_a_file_that_holds_no_listeners_is_named(tmp_path, text):
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"other\.json"):
        read_listeners(path)


def test_a_listener_needs_two_audiograms():
    ear = Audiogram((500, 4000), (20, 60))
    with pytest.raises(TypeError, match="got NoneType"):
        Listener("L0001", left=None, right=ear)
    with pytest.raises(TypeError, match="got tuple"):
        Listener("L0001", left=ear, right=(20, 60))


@pytest.mark.parametrize("name", [None, "", 39])
def test_a_listener_needs_a_name(name):
    ear = Audiogram((500, 4000), (20, 60))
    with pytest.raises(TypeError, match=r"expected name as text, got .*Try Listener"):
        Listener(name, left=ear, right=ear)


def test_a_listener_whose_name_is_null_in_the_file_is_told_with_the_file(tmp_path):
    path = tmp_path / "listeners.json"
    levels = {"audiogram_levels_l": [20, 60], "audiogram_levels_r": [20, 60]}
    entry = {"name": None, "audiogram_cfs": [500, 4000], **levels}
    path.write_text(json.dumps({"L0001": entry}), encoding="utf-8")
    with pytest.raises(ValueError, match=r"L0001 in .*listeners\.json .*name as text"):
        read_listeners(path)
    del entry["name"]
    path.write_text(json.dumps({"L0001": entry}), encoding="utf-8")
    assert read_listeners(path)["L0001"].name == "L0001"
