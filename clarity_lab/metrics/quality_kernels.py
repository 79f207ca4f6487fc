"""The quality metrics' inner loop; importing compiles it: import it when needed."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

LANES = 8
_TINY = 1e-30


@njit(
    "void(float64[:, ::1], float64[:, ::1], float64[::1], float64[:, ::1],"
    "float64[::1], float64[:, ::1], float64[:, ::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def segment_covariance(x, y, window, lag_weights, power_weights, peak, power):
    """Largest normalised cross-covariance of each segment, and the power of x there.

    Segments overlap by half; the first and the last are half a window long. Row 0 of
    `lag_weights` and `power_weights` is for whole segments, row 1 for half ones.
    """
    n_lanes = x.shape[1]
    hop = len(window) // 2
    n_lags = lag_weights.shape[1]
    reach = n_lags // 2
    xs = np.zeros((LANES, 2 * hop))
    ys = np.zeros((LANES, 2 * hop + n_lags + 2 * LANES))
    totals = np.zeros(4 * LANES)  # sums, then powers, of x and of y
    sums = np.zeros(-(-n_lags // LANES) * LANES)
    for k in range(len(peak)):
        half = k == 0 or k == len(peak) - 1
        length = hop if half else 2 * hop
        from_window = hop if k == 0 else 0
        row = 1 if half else 0
        totals[:] = 0.0
        for i in range(length):
            weight = window[from_window + i]
            for c in range(n_lanes):
                totals[c] += weight * x[k * hop + i, c]
                totals[LANES + c] += weight * y[k * hop + i, c]
        for i in range(length):
            weight = window[from_window + i]
            for c in range(n_lanes):
                x_here = weight * x[k * hop + i, c] - totals[c] / length
                y_here = weight * y[k * hop + i, c] - totals[LANES + c] / length
                totals[2 * LANES + c] += x_here * x_here
                totals[3 * LANES + c] += y_here * y_here
                xs[c, i] = x_here
                ys[c, reach + i] = y_here
        for c in range(n_lanes):
            ys[c, reach + length :] = 0.0
            sums[:] = 0.0
            for i in range(0, length, 4):
                x0, x1, x2, x3 = xs[c, i], xs[c, i + 1], xs[c, i + 2], xs[c, i + 3]
                ahead = ys[c, i:]
                for lag in range(len(sums)):
                    sums[lag] += (x0 * ahead[lag] + x1 * ahead[lag + 1]) + (
                        x2 * ahead[lag + 2] + x3 * ahead[lag + 3]
                    )
            largest = 0.0
            for lag in range(n_lags):
                largest = max(largest, abs(sums[lag] * lag_weights[row, lag]))
            x_power = totals[2 * LANES + c] * power_weights[row]
            y_power = totals[3 * LANES + c] * power_weights[row]
            audible = x_power > _TINY and y_power > _TINY
            peak[k, c] = largest / math.sqrt(x_power * y_power) if audible else 0.0
            power[k, c] = x_power
