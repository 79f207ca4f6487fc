"""What listeners said: means with their uncertainty, and who did not hear the test.

Every function takes a table with one row per rated sound: the `results` of
`clarity_lab.widgets.rate`, of one listener or of several put below each other.

Lesson: 12_hearing_aid.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pandas import DataFrame

LOW_ANCHOR = "low anchor (3.5 kHz)"
MID_ANCHOR = "mid anchor (7 kHz)"

GOOD_SCORE = 90
"""The hidden reference should not get less, the mid anchor not more."""

MOST_SLIPS_PERCENT = 15
"""Of a listener's trials."""

MOST_FOOLED_PERCENT = 25
"""Of the listeners: if more put an anchor above 90, the trial is to blame."""


def rating_summary(results: DataFrame, *, confidence: float = 0.95) -> DataFrame:
    """Mean score of each condition, with its confidence interval.

    Args:
        results: One row per rated sound, with the columns `condition` and `score`.
        confidence: How sure the interval is, between 0 and 1.

    Returns:
        One row per condition, best first: condition, n, mean, ci_low, ci_high, median.
            The interval is Student's t with n - 1 degrees of freedom and takes all
            scores as independent; of a single score it is unknown, NaN.

    Raises:
        ValueError: If a column is missing, or the confidence is not between 0 and 1.

    Reference:
        ITU-R BS.1534-3, 2015, section 10.3.

    Example:
        Scores 60 and 80: the mean is 70, its standard error 10, and t with one degree
        of freedom is 12.706, so the interval is 70 ± 127.06.

        >>> import pandas as pd
        >>> table = pd.DataFrame({"condition": ["aided"] * 2, "score": [60, 80]})
        >>> summary = rating_summary(table).round(2)
        >>> float(summary["mean"][0]), float(summary["ci_low"][0])
        (70.0, -57.06)
    """
    from scipy import stats

    _require_columns(results, "condition", "score")
    if not 0 < confidence < 1:
        raise ValueError(f"expected confidence between 0 and 1, got {confidence}.")
    groups = results.groupby("condition", sort=False)["score"]
    summary = groups.agg(["count", "mean", "std", "median"])
    n = summary["count"].to_numpy()
    t = stats.t.ppf((1 + confidence) / 2, np.maximum(n - 1, 1))
    half = np.where(n > 1, t * summary["std"].to_numpy() / np.sqrt(n), np.nan)
    summary = summary.assign(
        n=n, ci_low=summary["mean"] - half, ci_high=summary["mean"] + half
    )
    summary = summary.sort_values("mean", ascending=False, kind="stable").reset_index()
    return summary[["condition", "n", "mean", "ci_low", "ci_high", "median"]]


def excluded_listeners(results: DataFrame) -> dict[Hashable, str]:
    """Name the listeners whose MUSHRA scores should not count, each with the reason.

    Two rules: a hidden reference below 90 in more than 15 % of a listener's trials, or
    a mid anchor above 90 in more than 15 %. Trials in which more than a quarter of the
    listeners put the mid anchor above 90 are left out of the second rule: there the
    anchor itself was too good.

    Args:
        results: One row per rated sound of a MUSHRA test, with the columns listener,
            trial, condition, is_hidden_reference and score.

    Returns:
        Listener to reason, in words; empty if all stay.

    Raises:
        ValueError: If a column is missing.

    Reference:
        ITU-R BS.1534-3, 2015, section 4.1.2.

    Example:
        >>> import pandas as pd
        >>> table = pd.DataFrame({"listener": ["Ann", "Bo"], "trial": ["one", "one"],
        ...     "condition": ["clean", "clean"], "is_hidden_reference": [True, True],
        ...     "score": [100, 60]})
        >>> excluded_listeners(table)
        {'Bo': 'the hidden reference got less than 90 in 1 of 1 trials (100 %)'}
    """
    _require_columns(
        results, "listener", "trial", "condition", "is_hidden_reference", "score"
    )
    hidden = results[results["is_hidden_reference"].astype(bool)]
    reasons = _slips(
        hidden, hidden["score"] < GOOD_SCORE, "the hidden reference got less than 90"
    )
    anchors = _anchors_that_count(results)
    fooled = _slips(
        anchors, anchors["score"] > GOOD_SCORE, "the mid anchor got more than 90"
    )
    for listener, reason in fooled.items():
        reasons[listener] = "; ".join(filter(None, [reasons.get(listener), reason]))
    return reasons


def screened_ratings(results: DataFrame) -> DataFrame:
    """Leave out the listeners whom `excluded_listeners` names.

    Args:
        results: As for `excluded_listeners`.

    Returns:
        The rows of the others, in their order.

    Raises:
        ValueError: If a column is missing.
    """
    return results[~results["listener"].isin(list(excluded_listeners(results)))]


def _slips(rows: DataFrame, slipped, words: str) -> dict[Hashable, str]:
    """Listeners who slipped in more of their trials than the rule allows."""
    reasons = {}
    for listener, slips in slipped.groupby(rows["listener"], sort=False):
        n, n_slips = len(slips), int(slips.sum())
        if 100 * n_slips > MOST_SLIPS_PERCENT * n:
            share = f"{100 * n_slips / n:.0f} %"
            reasons[listener] = f"{words} in {n_slips} of {n} trials ({share})"
    return reasons


def _anchors_that_count(results: DataFrame) -> DataFrame:
    """The mid anchors' rows, without the trials that fooled too many listeners."""
    anchors = results[results["condition"] == MID_ANCHOR]
    share = (anchors["score"] > GOOD_SCORE).groupby(anchors["trial"]).mean()
    unfair = share.index[100 * share > MOST_FOOLED_PERCENT]
    return anchors[~anchors["trial"].isin(unfair)]


def _require_columns(results: DataFrame, *columns: str) -> None:
    missing = [name for name in columns if name not in getattr(results, "columns", [])]
    if missing:
        raise ValueError(
            f"expected a table of ratings with the column(s) {', '.join(missing)}. "
            "Try the .results of clarity_lab.widgets.rate, or read_ratings(path)."
        )
