"""The loops of the compressors, compiled; functions import it when they need it."""

from __future__ import annotations

import numpy as np
from numba import float64, int64, njit, void

ROW = float64[::1]
ROWS = float64[:, ::1]
compiled = {"cache": True, "nogil": True, "error_model": "numpy"}


@njit(void(ROWS, int64, ROWS), **compiled)
def moving_sum(rows, width, sums):
    """Sum of the last `width` values, zeros before the first; nothing is subtracted.

    A window reaches from somewhere in one block of `width` values to somewhere in the
    next: what is left of the one, summed from its end, plus the start of the other.
    """
    n = rows.shape[1]
    rest = np.zeros(width + 1)  # rest[i]: sum of the previous block from i on
    for row in range(rows.shape[0]):
        rest[:] = 0.0
        for begin in range(0, n, width):
            end = min(begin + width, n)
            running = 0.0
            for i in range(begin, end):
                running += rows[row, i]
                sums[row, i] = running + rest[i - begin + 1]
            if end - begin == width:
                for i in range(width - 1, -1, -1):
                    rest[i] = rest[i + 1] + rows[row, begin + i]


@njit(void(ROWS, float64, float64, float64, float64, ROWS), **compiled)
def threshold_gain(rms, threshold, attenuation, attack, release, gain):
    """Gain of the CEC2 compressor, sample by sample."""
    for row in range(rms.shape[0]):
        g = 1.0
        for i in range(rms.shape[1]):
            if rms[row, i] > threshold:
                goal = rms[row, i] * attenuation + (1.0 - attenuation) * threshold
                g = g * (1.0 - attack) + goal * attack
            else:
                g = release + g * (1.0 - release)
            gain[row, i] = g


@njit(void(ROWS, ROW, ROW), **compiled)
def follow(levels, attack, release):
    """Smooth levels in place: rises with `attack`, falls with `release`, one a row."""
    for row in range(levels.shape[0]):
        level = levels[row, 0]
        for i in range(levels.shape[1]):
            x = levels[row, i]
            keep = attack[row] if x > level else release[row]
            level = x + keep * (level - x)
            levels[row, i] = level
