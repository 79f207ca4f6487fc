"""The fit and the figures of merit, on tables one can solve."""

import numpy as np
import pytest

from clarity_lab.metrics.prediction import (
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
