"""Tables of scores on numbers one can add up, and the challenge's own averages."""

import shutil

import numpy as np
import pytest

from clarity_lab import manifests
from clarity_lab.cli import main
from clarity_lab.hearing import Audiogram, Listener
from clarity_lab.manifests import places
from clarity_lab.recipes.cec2.report import OFFICIAL_TABLES
from clarity_lab.recipes.cec2.scores import (
    OFFICIAL,
    by_listener,
    by_severity,
    by_snr,
    join,
    overall,
    read_scores,
)
from clarity_lab.scenes.building.scene import HeadTurn, Scene, Target
from tests.recipes.small_cec2 import run


def scene(name: str, snr_db: float) -> Scene:
    turn = HeadTurn(1, 2, 0, 0)
    target = Target("t", 0, 10)
    return Scene(name, "dev", "R1", target, (), 10, snr_db, turn, ("KEMAR",))


def listener(name: str, left_db_hl: float, right_db_hl: float) -> Listener:
    left, right = (Audiogram((250, 8000), (x, x)) for x in (left_db_hl, right_db_hl))
    return Listener(name, left=left, right=right)


LISTENERS = {"A": listener("A", 70, 20), "B": listener("B", 60, 65)}
SCENES = {name: scene(name, snr) for name, snr in (("S1", -9.0), ("S2", -6.1))}
SCENES["S3"] = scene("S3", 5.9)
PAIRS = [("S1", "A"), ("S1", "B"), ("S2", "A"), ("S3", "B")]


@pytest.fixture
def scores():
    without = dict(zip(PAIRS, (0.1, 0.2, 0.3, 0.4), strict=True))
    aided = {pair: value + 0.5 for pair, value in without.items()}
    tables = {"unprocessed": without, "aid": aided}
    return join(tables, listeners=LISTENERS, scenes=SCENES)


def test_the_mean_is_over_pairs(scores):
    total = overall(scores)
    assert total.n_pairs == 4
    assert total.mean == pytest.approx({"unprocessed": 0.25, "aid": 0.75})


def test_the_error_is_that_of_scenes_not_of_pairs():
    pairs = [(f"S{k}", name) for k in (1, 2, 3) for name in "AB"]
    values = dict(zip(pairs, (0.1, 0.1, 0.4, 0.4, 0.7, 0.7), strict=True))
    scores = join({"x": values}, listeners=LISTENERS, scenes=SCENES)
    of_three = np.std([0.1, 0.4, 0.7], ddof=1) / np.sqrt(3)
    assert overall(scores).error["x"] == pytest.approx(of_three)


def test_one_scene_has_no_standard_error(scores):
    assert np.isnan(by_snr(scores)[1].error["aid"])


def test_snrs_are_grouped_by_three_decibels(scores):
    groups = by_snr(scores)
    assert [group.name for group in groups] == ["-9 to -6 dB", "3 to 6 dB"]
    assert [group.n_pairs for group in groups] == [3, 1]
    assert groups[0].centre == -7.5
    assert groups[0].mean["unprocessed"] == pytest.approx(0.2)


def test_listeners_are_sorted_by_the_loss_of_their_better_ear(scores):
    groups = {group.name: group.n_pairs for group in by_severity(scores)}
    assert groups == {"mild": 2, "severe": 2}
    assert [group.centre for group in by_listener(scores)] == [20.0, 60.0]


def test_without_scenes_there_are_no_groups_by_snr():
    table = {("S1", "A"): 0.5}
    assert by_snr(join({"x": table}, listeners=LISTENERS, scenes=None)) == []


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"x": {("S1", "A"): 0.1}, "y": {("S1", "B"): 0.1}}, "the same pairs"),
        ({"x": {("S1", "Z"): 0.1}}, "listener Z"),
        ({"x": {("S9", "A"): 0.1}}, "scene S9"),
    ],
)
def test_what_does_not_fit_together_is_told(tables, words):
    with pytest.raises(ValueError, match=words):
        join(tables, listeners=LISTENERS, scenes=SCENES)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "a first line scene,listener,haspi"),
        ("scene,haspi\n", "a first line"),
        ("scene,listener,haspi\n", "got none"),
        ("scene,listener,haspi\nS1,A,high\n", "in line 2 of .*'S1,A,high'"),
        ("scene,listener,haspi\nS1,A,nan\n", "from 0 to 1.06"),
        ("scene,listener,haspi\nS1,A,1.07\n", "from 0 to 1.06"),
        ("scene,listener,haspi\nS1,A,0.1\nS1,A,0.2\n", "each pair once"),
    ],
)
def test_a_faulty_table_is_told_by_its_line(tmp_path, text, words):
    path = tmp_path / "si.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=words):
        read_scores(path)


def test_scores_that_are_not_there_are_told_with_what_makes_them(tmp_path):
    with pytest.raises(FileNotFoundError, match="cec2 evaluate"):
        read_scores(tmp_path / "si.csv")


# -- The challenge's own ---------------------------------------------------------------
@pytest.fixture(scope="module")
def official(tmp_path_factory):
    if manifests.find(OFFICIAL) is None:
        try:
            manifests.fetch(OFFICIAL, progress=False)
        except manifests.DataError as error:
            pytest.skip(f"the challenge's tables cannot be fetched: {error}")
    root = tmp_path_factory.mktemp("official")
    status, said = run("report", root, "--official")
    assert status == 0, said
    return root / "report_official", said


def test_the_official_tables_give_the_published_averages(official):
    _, said = official
    line = said.splitlines()[1]
    assert line.split()[:3] == ["all", "7500", "0.1615"]
    assert " 0.2492 " in line


def test_every_listener_and_grade_of_the_official_tables_is_reported(official):
    folder, _ = official
    lines = (folder / "report.csv").read_text(encoding="utf-8").splitlines()[1:]
    listeners = {line.split(",")[1] for line in lines if line.startswith("listener,")}
    assert len(listeners) == 83
    grades = [line.split(",") for line in lines if line.startswith("hearing loss,")]
    n_pairs = sum(int(row[3]) for row in grades if row[2] == "baseline")
    assert n_pairs == 7500


def test_it_is_told_that_the_official_snrs_are_not_here(official):
    folder, said = official
    assert "--scenes-file" in said
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "0.1615" in page
    assert "By SNR" not in page


@pytest.fixture
def offline(tmp_path, monkeypatch):
    """No network, an empty cache, no folder beside the checkout; one's own is empty."""
    data = tmp_path / "my data"
    data.mkdir()
    monkeypatch.setenv("CLARITY_LAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CLARITY_LAB_DATA", str(data))
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple/")
    monkeypatch.setattr(places, "own_folders", lambda: [data])
    return data


def test_without_network_it_is_told_what_to_fetch_and_where_to_put_it(
    offline, tmp_path, capsys
):
    words = ["cec2", "report", "--root", str(tmp_path / "root"), "--official"]
    assert main(words) == 1
    said = capsys.readouterr().err
    assert "pip download --no-deps pyclarity==0.9.0" in said
    assert "exp/si.csv is CEC2_baseline_haspi_nalr.csv" in said
    assert "exp/si_unproc.csv is CEC2_baseline_haspi_unprocessed.csv" in said
    assert str(offline / "clarity" / "tables" / "CEC2_baseline_haspi_nalr.csv") in said
    assert not (tmp_path / "root").exists()


def test_with_the_tables_in_ones_own_folder_no_network_is_needed(
    official, tmp_path, request, capsys
):
    tables = manifests.find(OFFICIAL)
    data = request.getfixturevalue("offline")
    (data / "clarity" / "tables").mkdir(parents=True)
    for name in OFFICIAL_TABLES.values():
        shutil.copy(tables / name, data / "clarity" / "tables" / name)
    words = ["cec2", "report", "--root", str(tmp_path / "root"), "--official"]
    assert main(words) == 0
    assert "0.1615" in capsys.readouterr().out
