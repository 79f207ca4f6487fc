"""The quality metrics' inner loop; importing compiles it: import it when needed."""

from __future__ import annotations

from numba import njit

LANES = 8  # bands side by side


@njit(error_model="numpy")
def _windowed_sums(x, window, first, start, stop, sums):
    """Add up a windowed segment, band by band; its sample i is row first + i of x."""
    for i in range(start, stop):
        for c in range(len(sums)):
            sums[c] += window[i] * x[first + i, c]


@njit(error_model="numpy")
def _without_mean(x, window, first, start, stop, sums, ahead, segment, powers):
    """Write a windowed segment less its mean, bands first, `ahead` samples later."""
    share = 1.0 / (stop - start)
    for i in range(start, stop):
        for c in range(len(sums)):
            here = window[i] * x[first + i, c] - sums[c] * share
            powers[c] += here * here
            segment[c, ahead + i] = here


@njit(error_model="numpy")
def _products(xs, ys, start, stop, at_lag):
    """Add up products of one band at each lag, four samples at a time."""
    for i in range(start, stop, 4):
        x0, x1, x2, x3 = xs[i], xs[i + 1], xs[i + 2], xs[i + 3]
        ahead = ys[i:]
        for lag in range(len(at_lag)):
            at_lag[lag] += (x0 * ahead[lag] + x1 * ahead[lag + 1]) + (
                x2 * ahead[lag + 2] + x3 * ahead[lag + 3]
            )


@njit(
    "void(float64[:, ::1], float64[:, ::1], float64[::1], int64, float64[:, ::1],"
    "float64[:, ::1], float64[:, ::1], float64[:, :, ::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def segment_covariance(x, y, window, reach, xs, ys, totals, covariance):
    """Covariance of x and y in each segment, at lags from -reach on.

    Segments overlap by half; the first holds the falling half of the window, the last
    one the rising half. Rows of `totals`, all zero before: sums of x and of y, 8 each,
    then the powers of both without their means. `covariance` (segments, 8, lags) is
    zero before, too; its lags are filled up to a multiple of 4. `xs` and `ys` are room
    for one segment, bands first; `ys` with as many zeros more as there are lags.
    """
    n_segments, n_lanes, _ = covariance.shape
    whole = len(window)
    hop = whole // 2
    for k in range(n_segments):
        start = hop if k == 0 else 0
        stop = hop if k == n_segments - 1 else whole
        first = k * hop - start
        x_sums, y_sums = totals[k, :LANES], totals[k, LANES : 2 * LANES]
        x_powers = totals[k, 2 * LANES : 3 * LANES]
        y_powers = totals[k, 3 * LANES :]
        _windowed_sums(x, window, first, start, stop, x_sums)
        _windowed_sums(y, window, first, start, stop, y_sums)
        _without_mean(x, window, first, start, stop, x_sums, 0, xs, x_powers)
        _without_mean(y, window, first, start, stop, y_sums, reach, ys, y_powers)
        for c in range(n_lanes):
            ys[c, reach + stop : reach + whole] = 0.0
            _products(xs[c], ys[c], start, stop, covariance[k, c])
