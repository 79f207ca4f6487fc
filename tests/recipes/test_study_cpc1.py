"""The study on a table one can solve, and its answer on the real one."""

import csv
import json
import re

import numpy as np
import pytest

from clarity_lab import manifests
from clarity_lab.cli import main
from clarity_lab.metrics.prediction import (
    Logistic,
    merit,
)
from clarity_lab.recipes import study_cpc1


# -- The join and the files, on a made table -------------------------------------------
@pytest.fixture
def tables(tmp_path):
    """Two systems, two listeners, six scenes; listener L9 has no HASPI."""
    folder = tmp_path / "tables"
    folder.mkdir()
    curve, answers, scores = Logistic(0.4, 6.0), [], []
    for system in ("E1", "E2"):
        for listener in ("L1", "L2", "L9"):
            for n in range(6):
                haspi = 0.1 + 0.15 * n
                answers.append(
                    {
                        "signal": f"S{n}_{listener}_{system}",
                        "scene": f"S{n}",
                        "listener": listener,
                        "system": system,
                        "correctness": float(curve(haspi)),
                    }
                )
                if listener != "L9":
                    name = f"CEC1_{system}_S{n}_{listener}"
                    scores.append(json.dumps({"signal": name, "haspi": haspi}))
    (folder / "CPC1.test.json").write_text(json.dumps(answers), encoding="utf-8")
    (folder / "CPC1.test_indep.json").write_text(
        json.dumps(answers[:4]), encoding="utf-8"
    )
    (folder / "CPC3.train.haspi.jsonl").write_text("\n".join(scores), encoding="utf-8")
    return folder


def test_each_answer_meets_the_haspi_of_its_own_sound(tables):
    found = study_cpc1.read_responses(tables)
    assert len(found.signal) == 24
    assert "L9" not in found.listener
    assert found.in_open_track.sum() == 4
    assert (found.n_asked, found.n_listeners_asked) == (36, 3)
    expected = Logistic(0.4, 6.0)(found.haspi)
    np.testing.assert_allclose(found.correct_percent, expected)


def test_where_haspi_explains_everything_no_error_is_left(tables):
    result = study_cpc1.study(study_cpc1.read_responses(tables))
    assert result.curve.midpoint == pytest.approx(0.4, abs=1e-6)
    for name in ("logistic, in sample", "logistic, disjoint"):
        assert result.merits[name].rmse == pytest.approx(0, abs=1e-4)
        assert result.merits[name].kt == pytest.approx(1)
    spread = np.std(result.responses.correct_percent)
    assert result.merits["constant"].rmse == pytest.approx(spread)


def test_tables_that_do_not_belong_together_are_told(tables):
    (tables / "CPC3.train.haspi.jsonl").write_text(
        '{"signal": "x", "haspi": 1}', encoding="utf-8"
    )
    with pytest.raises(ValueError, match="HASPI for some of 36 responses"):
        study_cpc1.read_responses(tables)


@pytest.fixture
def folder(tables, tmp_path, monkeypatch, capsys):
    """What the command writes for the made table."""
    pytest.importorskip("matplotlib", reason="needs the lessons' packages")
    monkeypatch.setattr(study_cpc1, "fetch_tables", lambda name: tables)
    output = tmp_path / "out"
    assert main(["study", "cpc1", "--output", str(output)]) == 0
    said = capsys.readouterr().out
    assert "three standard audiograms" in said
    assert "logistic, disjoint" in said
    return output


def test_the_command_writes_tables_picture_and_page_and_nothing_else(folder):
    names = ["fits.csv", "responses.csv", "scatter.png", "study.html"]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert (folder / "scatter.png").read_bytes().startswith(b"\x89PNG")


def test_the_figures_of_merit_can_be_had_from_the_written_responses(folder):
    with (folder / "responses.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    with (folder / "fits.csv").open(encoding="utf-8") as stream:
        fits = {row["fit"]: row for row in csv.DictReader(stream)}
    predicted = [float(row["predicted"]) for row in rows]
    found = merit(predicted, [float(row["correct_percent"]) for row in rows])
    written = fits["logistic, disjoint"]
    assert int(written["n"]) == found.n == 24
    assert float(written["RMSE (%)"]) == pytest.approx(found.rmse, abs=0.006)
    assert fits["constant"]["NCC"] == "-"


def test_the_page_says_which_audiograms_and_refers_to_no_other_file(folder):
    page = (folder / "study.html").read_text(encoding="utf-8")
    assert "three standard audiograms" in page
    assert "<td>24</td>" in page
    assert "1 of the 3 listeners have no value" in page
    assert "all 36 responses" in page
    targets = re.findall(r"(?:src|href)=[\"']?([^\"'> ]+)", page)
    assert targets
    assert all(target.startswith("data:") for target in targets)


@pytest.mark.parametrize("place", ["none/out", "taken"])
def test_a_place_where_nothing_can_be_written_is_told_first(tmp_path, capsys, place):
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    assert main(["study", "cpc1", "--output", str(tmp_path / place)]) == 1
    assert re.search("There is no folder|is a file", capsys.readouterr().out)
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "mine"


def test_a_folder_where_one_may_not_write_is_told(folder, monkeypatch, capsys):
    def denied(*words, **options):
        raise PermissionError(13, "Permission denied", "out")

    monkeypatch.setattr("clarity_lab.recipes.study_page.write", denied)
    assert main(["study", "cpc1", "--output", str(folder)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("clarity-lab: study: Permission denied: out. Choose")


# -- The real tables -------------------------------------------------------------------
@pytest.fixture(scope="module")
def real():
    here = manifests.find(study_cpc1.TABLES)
    if here is None:
        pytest.skip("no CPC1 tables here: clarity-lab data fetch cpc1-responses (2 MB)")
    return study_cpc1.study(study_cpc1.read_responses(here))


def test_2001_real_responses_have_a_haspi(real):
    assert len(real.responses.signal) == len(set(real.responses.signal)) == 2001
    assert len(set(real.responses.listener)) == 22
    assert len(set(real.responses.system)) == 10
    assert real.responses.in_open_track.sum() == 513
    assert real.responses.n_asked == 2421
    assert real.responses.n_listeners_asked == 27


def test_haspi_predicts_real_listeners_this_well(real):
    disjoint = real.merits["logistic, disjoint"]
    assert disjoint.rmse == pytest.approx(26.90, abs=0.006)
    assert disjoint.std == pytest.approx(0.601, abs=0.0006)
    assert disjoint.ncc == pytest.approx(0.680, abs=0.0006)
    assert disjoint.kt == pytest.approx(0.404, abs=0.0006)
    in_sample = real.merits["logistic, in sample"]
    assert in_sample.rmse == pytest.approx(26.26, abs=0.006)
    assert real.curve.midpoint == pytest.approx(0.3584, abs=0.0001)
    assert real.curve.slope == pytest.approx(4.4811, abs=0.0002)


def test_a_constant_predicts_them_worse(real):
    assert real.merits["constant"].rmse == pytest.approx(36.63, abs=0.006)
