"""From a score to words understood: the logistic fit, and how well it predicts.

Lesson: 13_intelligibility.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.checks import require_same_shape

FIRST_GUESS = (0.5, 1.0)  # midpoint, slope: where the search begins


@dataclass(frozen=True)
class Logistic:
    """An S-shaped curve from a score to the percentage of words understood.

    Attributes:
        midpoint: The score at which half of the words are understood.
        slope: How steep it is there, per unit of the score.
    """

    midpoint: float
    slope: float

    def __call__(self, scores: ArrayLike) -> NDArray:
        """Percentage of words understood, 0 to 100, one per score.

        Example:
            >>> float(Logistic(midpoint=0.4, slope=5.0)(0.4))
            50.0
        """
        from scipy.special import expit

        return 100.0 * expit(self.slope * (np.asarray(scores) - self.midpoint))


def fit_logistic(scores: ArrayLike, correct_percent: ArrayLike) -> Logistic:
    """The curve with the smallest squared error.

    Args:
        scores: Of a metric, shape (responses,).
        correct_percent: Words understood, 0 to 100, same shape.

    Returns:
        The fitted curve.

    Raises:
        ValueError: If the shapes differ, a value is not finite, all scores are equal,
            or no curve fits.

    Reference:
        Least squares from the start (0.5, 1), as in the baselines of the second and
        third Clarity Prediction Challenges.

    Example:
        Half of the words at 0.4, and 73.1 %, 100 / (1 + 1 / e), one tenth above:

        >>> fitted = fit_logistic([0.4, 0.5, 0.3], [50.0, 73.10586, 26.89414])
        >>> round(fitted.midpoint, 3), round(fitted.slope, 3)
        (0.4, 10.0)
    """
    from scipy.optimize import curve_fit

    scores, correct = _finite(scores=scores, correct_percent=correct_percent)
    if len(np.unique(scores)) < 2:
        raise ValueError(
            f"expected different scores to fit a curve to, got {len(scores)} times the "
            "same or none. Take more systems or listeners."
        )

    def curve(x: NDArray, midpoint: float, slope: float) -> NDArray:
        return Logistic(midpoint, slope)(x)

    try:
        (midpoint, slope), _ = curve_fit(curve, scores, correct, FIRST_GUESS)
    except RuntimeError as error:
        raise ValueError(
            f"expected scores that tell good from bad, but no curve fits: {error} "
            "Plot them against the words understood first."
        ) from error
    return Logistic(float(midpoint), float(slope))


@dataclass(frozen=True)
class Merit:
    """How well predictions meet what listeners did.

    Attributes:
        n: Number of responses.
        rmse: Root of the mean squared error, in percent of words; lower is better.
        std: Standard error of the error, in percent of words: how sure the mean error
            is. The challenges print it as Std.
        ncc: Normalised cross-correlation (Pearson's), -1 to 1; NaN for a constant.
        kt: Kendall's tau, -1 to 1: whether the order is right; NaN for a constant.
    """

    n: int
    rmse: float
    std: float
    ncc: float
    kt: float


def merit(predicted_percent: ArrayLike, correct_percent: ArrayLike) -> Merit:
    """The four figures by which the Clarity challenges compare predictions.

    Args:
        predicted_percent: Words understood, as predicted, shape (responses,).
        correct_percent: As counted, same shape.

    Returns:
        The figures.

    Raises:
        ValueError: If the shapes differ, a value is not finite, or there are fewer
            than two.

    Example:
        Errors of -10, 10, 10 and -10 in the right order:

        >>> found = merit([10.0, 40.0, 60.0, 90.0], [20.0, 30.0, 50.0, 100.0])
        >>> found.n, found.rmse, found.std, round(found.kt, 6)
        (4, 10.0, 5.0, 1.0)
    """
    from scipy.stats import kendalltau, pearsonr

    predicted, correct = _finite(
        predicted_percent=predicted_percent, correct_percent=correct_percent
    )
    if len(predicted) < 2:
        raise ValueError(f"expected two responses or more, got {len(predicted)}.")
    errors = predicted - correct
    moving = np.ptp(predicted) > 0 and np.ptp(correct) > 0
    return Merit(
        n=len(errors),
        rmse=float(np.sqrt(np.mean(errors**2))),
        std=float(np.std(errors) / np.sqrt(len(errors))),
        ncc=float(pearsonr(predicted, correct).statistic) if moving else np.nan,
        kt=float(kendalltau(predicted, correct).statistic) if moving else np.nan,
    )


def predict_disjoint(
    scores: ArrayLike,
    correct_percent: ArrayLike,
    *,
    system: ArrayLike,
    listener: ArrayLike,
) -> NDArray:
    """Predict each response from others that share neither system nor listener.

    Args:
        scores: Of a metric, shape (responses,).
        correct_percent: Words understood, 0 to 100, same shape.
        system: Which hearing aid was heard, same shape.
        listener: Who heard it, same shape.

    Returns:
        Predicted words understood, 0 to 100, same shape.

    Raises:
        ValueError: If the shapes differ, or too little is left to fit a curve to.

    Reference:
        The rule of the second and third Clarity Prediction Challenges' baselines.
    """
    scores, correct = _finite(scores=scores, correct_percent=correct_percent)
    system, listener = np.asarray(system), np.asarray(listener)
    require_same_shape(scores=scores, system=system, listener=listener)
    predicted = np.full(len(scores), np.nan)
    for one in sorted({*zip(system.tolist(), listener.tolist(), strict=True)}):
        asked = (system == one[0]) & (listener == one[1])
        others = (system != one[0]) & (listener != one[1])
        try:
            fitted = fit_logistic(scores[others], correct[others])
        except ValueError as error:
            raise ValueError(
                f"nothing to learn from for system {one[0]} and listener {one[1]}, "
                f"once their responses are set aside: {error}"
            ) from error
        predicted[asked] = fitted(scores[asked])
    return predicted


def _finite(**columns: ArrayLike) -> list[NDArray]:
    """The columns as numbers of one length, or an error that names the wrong one."""
    arrays = {name: np.asarray(column, float) for name, column in columns.items()}
    require_same_shape(**arrays)
    for name, array in arrays.items():
        if array.ndim != 1:
            raise ValueError(
                f"expected {name} of shape (responses,), got {array.shape}."
            )
        if not np.all(np.isfinite(array)):
            count = int(np.sum(~np.isfinite(array)))
            raise ValueError(f"expected finite {name}, got {count} NaN or infinite.")
    return list(arrays.values())
