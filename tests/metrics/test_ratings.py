"""Means of ratings, their intervals, and the two rules of BS.1534-3 for listeners."""

import numpy as np
import pytest

pd = pytest.importorskip("pandas", reason="needs the lessons' packages")

from clarity_lab.metrics.ratings import (  # noqa: E402
    MID_ANCHOR,
    excluded_listeners,
    rating_summary,
    screened_ratings,
)


def answers(listener, *, reference=(), anchor=()):
    """A listener's scores of the hidden reference and the mid anchor, by trial."""
    rows = [
        {
            "listener": listener,
            "trial": f"trial {number}",
            "condition": condition,
            "is_hidden_reference": condition == "clean",
            "score": score,
        }
        for condition, scores in (("clean", reference), (MID_ANCHOR, anchor))
        for number, score in enumerate(scores)
    ]
    return pd.DataFrame(rows)


def test_a_mean_has_the_interval_of_students_t():
    """Mean 3, standard deviation 1.5811, n = 5: 2.776 * 1.5811 / sqrt(5) = 1.963."""
    table = pd.DataFrame({"condition": "aided", "score": [1, 2, 3, 4, 5]})
    summary = rating_summary(table).loc[0]
    assert summary["n"] == 5
    assert summary["mean"] == summary["median"] == 3
    assert summary["ci_high"] - 3 == pytest.approx(1.963, abs=1e-3)
    assert 3 - summary["ci_low"] == pytest.approx(1.963, abs=1e-3)


def test_95_of_100_intervals_hold_the_true_mean(rng):
    table = pd.DataFrame(
        {
            "condition": np.repeat(np.arange(2_000), 8),
            "score": rng.normal(50, 10, 16_000),
        }
    )
    summary = rating_summary(table)
    inside = (summary["ci_low"] < 50) & (summary["ci_high"] > 50)
    assert inside.mean() == pytest.approx(0.95, abs=0.015)


def test_the_best_condition_comes_first():
    table = pd.DataFrame({"condition": ["a", "b", "c"], "score": [20, 90, 50]})
    assert list(rating_summary(table)["condition"]) == ["b", "c", "a"]


def test_a_single_score_has_a_mean_but_no_interval():
    summary = rating_summary(pd.DataFrame({"condition": ["a"], "score": [7]})).loc[0]
    assert summary["mean"] == 7
    assert np.isnan(summary["ci_low"])
    assert np.isnan(summary["ci_high"])


def test_15_percent_of_slips_are_allowed_and_one_more_is_not():
    at_the_limit = answers("Ann", reference=[89] * 3 + [90] * 17)
    over_it = answers("Bo", reference=[89] * 4 + [100] * 16)
    assert excluded_listeners(pd.concat([at_the_limit, over_it])) == {
        "Bo": "the hidden reference got less than 90 in 4 of 20 trials (20 %)"
    }


def test_a_mid_anchor_above_90_excludes_unless_many_are_fooled_by_it():
    ears = [answers(f"good {n}", reference=[100], anchor=[50]) for n in range(3)]
    fooled = answers("fooled", reference=[100], anchor=[91])
    assert excluded_listeners(pd.concat([*ears, fooled])) == {
        "fooled": "the mid anchor got more than 90 in 1 of 1 trials (100 %)"
    }
    assert excluded_listeners(pd.concat([*ears[:2], fooled])) == {}  # 33 % are fooled


def test_a_listener_who_breaks_both_rules_hears_both_reasons():
    ears = [answers(f"good {n}", reference=[100], anchor=[50]) for n in range(4)]
    careless = answers("careless", reference=[10], anchor=[100])
    reason = excluded_listeners(pd.concat([*ears, careless]))["careless"]
    assert "hidden reference" in reason
    assert "mid anchor" in reason


def test_screening_leaves_the_rows_of_the_others_in_order():
    table = pd.concat(
        [answers("Ann", reference=[100, 95]), answers("Bo", reference=[10, 20])]
    )
    assert screened_ratings(table)["score"].tolist() == [100, 95]


def test_a_table_without_scores_is_explained():
    with pytest.raises(ValueError, match=r"column\(s\) condition, score"):
        rating_summary(pd.DataFrame({"level": [1]}))
