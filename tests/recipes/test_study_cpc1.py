"""The study's arithmetic on tables one can solve, and its answer on the real ones."""

import csv
import json
import re

import numpy as np
import pytest

from clarity_lab import manifests
from clarity_lab.cli import main
from clarity_lab.recipes import study_cpc1
from clarity_lab.recipes.prediction import (
    Logistic,
    fit_logistic,
    merit,
    predict_disjoint,
)

RISING = np.linspace(0, 1, 21)


# -- The fit ---------------------------------------------------------------------------
@pytest.mark.parametrize(("midpoint", "slope"), [(0.4, 6.0), (0.7, 2.0), (0.3, 20.0)])
def test_the_fit_finds_the_curve_that_made_the_data(midpoint, slope):
    fitted = fit_logistic(RISING, Logistic(midpoint, slope)(RISING))
    assert fitted.midpoint == pytest.approx(midpoint, abs=1e-6)
    assert fitted.slope == pytest.approx(slope, rel=1e-5)


def test_no_other_curve_nearby_has_a_smaller_error(rng):
    truth = np.clip(100 * RISING + 20 * rng.standard_normal(21), 0, 100)
    best = fit_logistic(RISING, truth)
    least = merit(best(RISING), truth).rmse
    for other in (
        Logistic(best.midpoint + 0.02, best.slope),
        Logistic(best.midpoint - 0.02, best.slope),
        Logistic(best.midpoint, 1.1 * best.slope),
        Logistic(best.midpoint, 0.9 * best.slope),
    ):
        assert merit(other(RISING), truth).rmse > least


def test_a_very_steep_curve_does_not_overflow():
    with np.errstate(all="raise"):
        assert Logistic(0.5, 1e6)([0.0, 1.0]).tolist() == [0.0, 100.0]


@pytest.mark.parametrize(
    ("scores", "correct", "words"),
    [
        ([0.5, 0.5, 0.5], [1, 2, 3], "different scores"),
        ([], [], "different scores"),
        ([0.1, 0.2, np.nan], [1, 2, 3], "finite scores"),
        ([0.1, 0.2, 0.3], [1, np.inf, 3], "finite correct_percent"),
        ([0.1, 0.2], [1, 2, 3], "equal shapes"),
        ([[0.1, 0.2]], [[1, 2]], r"\(responses,\)"),
    ],
)
def test_what_cannot_be_fitted_is_told(scores, correct, words):
    with pytest.raises(ValueError, match=words):
        fit_logistic(scores, correct)


# -- The figures of merit --------------------------------------------------------------
def test_a_constant_error_is_all_rmse_and_no_spread():
    found = merit([20.0, 50.0, 70.0], [10.0, 40.0, 60.0])
    assert (found.n, found.rmse, found.std) == (3, 10.0, 0.0)
    assert found.ncc == pytest.approx(1)


def test_kendalls_tau_counts_pairs_in_the_right_order():
    """Of the six pairs of four responses one is the wrong way round: (5 - 1) / 6."""
    assert merit([1, 2, 3, 4], [10, 20, 40, 30]).kt == pytest.approx(4 / 6)


def test_the_correlation_is_blind_to_scale_and_offset_but_the_error_is_not():
    truth = np.array([0.0, 30.0, 100.0])
    found = merit(0.1 * truth + 5, truth)
    assert found.ncc == pytest.approx(1)
    assert found.rmse > 40


def test_a_constant_prediction_has_no_correlation_and_the_spread_as_error():
    found = merit([50.0, 50.0], [0.0, 100.0])
    assert found.rmse == 50
    assert np.isnan(found.ncc)
    assert np.isnan(found.kt)


# -- Disjoint --------------------------------------------------------------------------
def two_by_two(curve_of):
    """Systems A and B, listeners 1 and 2: 21 responses each, a curve for each pair."""
    pairs = [(system, listener) for system in "AB" for listener in "12"]
    truth = np.concatenate([curve_of(pair)(RISING) for pair in pairs])
    system, listener = np.repeat(pairs, len(RISING), axis=0).T
    return np.tile(RISING, 4), truth, system, listener


def test_a_response_is_predicted_from_the_other_system_and_the_other_listener():
    curves = {
        ("A", "1"): Logistic(0.2, 8.0),
        ("A", "2"): Logistic(0.4, 8.0),
        ("B", "1"): Logistic(0.6, 8.0),
        ("B", "2"): Logistic(0.8, 8.0),
    }
    scores, truth, system, listener = two_by_two(curves.get)
    predicted = predict_disjoint(scores, truth, system=system, listener=listener)
    opposite = {"A": "B", "B": "A", "1": "2", "2": "1"}
    for one, other in [(pair, tuple(map(opposite.get, pair))) for pair in curves]:
        asked = (system == one[0]) & (listener == one[1])
        expected = curves[other](RISING)
        np.testing.assert_allclose(predicted[asked], expected, atol=1e-3)


def test_what_a_system_or_a_listener_did_does_not_leak_into_its_own_prediction(rng):
    scores, truth, system, listener = two_by_two(lambda pair: Logistic(0.5, 6.0))
    before = predict_disjoint(scores, truth, system=system, listener=listener)
    touched = np.where(
        (system == "A") | (listener == "1"), rng.permutation(truth), truth
    )
    after = predict_disjoint(scores, touched, system=system, listener=listener)
    asked = (system == "A") & (listener == "1")
    np.testing.assert_array_equal(after[asked], before[asked])
    assert not np.allclose(after[~asked], before[~asked])


def test_one_system_alone_leaves_nothing_to_learn_from():
    with pytest.raises(ValueError, match="nothing to learn from for system A"):
        predict_disjoint([0.1, 0.9], [10, 90], system=["A", "A"], listener=["1", "2"])


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
    monkeypatch.setattr(study_cpc1.manifests, "fetch", lambda name: tables)
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
    targets = re.findall(r"(?:src|href)=[\"']?([^\"'> ]+)", page)
    assert targets
    assert all(target.startswith("data:") for target in targets)


@pytest.mark.parametrize("place", ["none/out", "taken"])
def test_a_place_where_nothing_can_be_written_is_told_first(tmp_path, capsys, place):
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    assert main(["study", "cpc1", "--output", str(tmp_path / place)]) == 1
    assert re.search("There is no folder|is a file", capsys.readouterr().out)
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "mine"


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
