"""The loops of the MSBG gammatone bank, compiled: samples down, bands across.

Importing this module compiles, or reads, the machine code: functions import it when
they need it. Bands lie side by side, so that the processor filters several at once.
"""

# The compiler turns plain loops over bands into vector code; keep them plain.

from __future__ import annotations

import numpy as np
from numba import float64, int64, njit, void

from clarity_lab.hearing.power_kernels import exp2, log2

ROW = float64[::1]
TABLE = float64[:, ::1]
compiled = {"cache": True, "nogil": True, "error_model": "numpy"}
BLOCK = 64  # rows at a time

DENORMAL_GUARD = 1e-30
"""Added to every sample (-600 dB): a filter that rings out in digital silence would
else reach numbers so small that the processor handles them a hundred times slower."""


@njit(void(ROW, TABLE, TABLE, int64[::1], int64, TABLE), **compiled)
def gammatone(samples, filters, state, delay, first_row, bands):
    """Four equal two-pole sections a band; sample n lands on row first_row + n - delay.

    filters: (4, bands) b0, b1, a1, a2. state: (8, bands), kept from call to call.
    """
    n_bands = bands.shape[1]
    row = np.empty(n_bands)
    for n in range(len(samples)):
        sample = samples[n] + DENORMAL_GUARD
        for k in range(n_bands):
            b0, b1 = filters[0, k], filters[1, k]
            a1, a2 = filters[2, k], filters[3, k]
            y1 = b0 * sample + state[0, k]
            state[0, k] = b1 * sample - a1 * y1 + state[1, k]
            state[1, k] = -a2 * y1
            y2 = b0 * y1 + state[2, k]
            state[2, k] = b1 * y1 - a1 * y2 + state[3, k]
            state[3, k] = -a2 * y2
            y3 = b0 * y2 + state[4, k]
            state[4, k] = b1 * y2 - a1 * y3 + state[5, k]
            state[5, k] = -a2 * y3
            y4 = b0 * y3 + state[6, k]
            state[6, k] = b1 * y3 - a1 * y4 + state[7, k]
            state[7, k] = -a2 * y4
            row[k] = y4
        for k in range(n_bands):
            target = first_row + n - delay[k]
            if target >= 0:
                bands[target, k] = row[k]


@njit(void(TABLE, TABLE, int64, int64, TABLE, TABLE, TABLE, TABLE), **compiled)
def high_pass_and_envelope(
    bands, envelope, low, high, high_pass, high_pass_state, smooth, smooth_state
):
    """High-pass rows low..high in place, rectify them, smooth them forwards.

    high_pass and smooth: (5, bands) b0, b1, b2, a1, a2; their states (2, bands).
    """
    n_bands = bands.shape[1]
    for n in range(low, high):
        for k in range(n_bands):
            x = bands[n, k]
            y = high_pass[0, k] * x + high_pass_state[0, k]
            high_pass_state[0, k] = (
                high_pass[1, k] * x - high_pass[3, k] * y + high_pass_state[1, k]
            )
            high_pass_state[1, k] = high_pass[2, k] * x - high_pass[4, k] * y
            bands[n, k] = y
        for k in range(n_bands):
            x = abs(bands[n, k]) + DENORMAL_GUARD
            y = smooth[0, k] * x + smooth_state[0, k]
            smooth_state[0, k] = (
                smooth[1, k] * x - smooth[3, k] * y + smooth_state[1, k]
            )
            smooth_state[1, k] = smooth[2, k] * x - smooth[4, k] * y
            envelope[n, k] = y


@njit(void(TABLE, TABLE, int64, TABLE, TABLE, TABLE, float64, float64, ROW), **compiled)
def recruit_and_sum(
    bands,
    envelope,
    top,
    smooth,
    state,
    exponent_and_weight,
    floor,
    ceiling,
    recombined,
):
    """Smooth rows top..0 backwards; weigh each band by its envelope; sum the bands.

    Gain = weight * (envelope / ceiling) ** exponent, the envelope held in
    floor..ceiling. exponent_and_weight: (2, bands). smooth: as in
    high_pass_and_envelope; its state (2, bands) is that behind row top.
    """
    n_bands = bands.shape[1]
    gain = np.empty(BLOCK * n_bands)
    exponent, weight = np.empty(BLOCK * n_bands), exponent_and_weight[1]
    for i in range(len(exponent)):
        exponent[i] = exponent_and_weight[0, i % n_bands]
    octaves_to_ceiling = np.log2(ceiling)
    stop = top
    while stop > 0:
        start = max(stop - BLOCK, 0)
        for n in range(stop - 1, start - 1, -1):
            for k in range(n_bands):
                x = envelope[n, k]
                y = smooth[0, k] * x + state[0, k]
                state[0, k] = smooth[1, k] * x - smooth[3, k] * y + state[1, k]
                state[1, k] = smooth[2, k] * x - smooth[4, k] * y
                gain[(n - start) * n_bands + k] = min(max(y, floor), ceiling)
        size = (stop - start) * n_bands if start < len(recombined) else 0
        for i in range(size):
            octaves = exponent[i] * (log2(gain[i]) - octaves_to_ceiling)
            gain[i] = exp2(max(octaves, -900.0))
        for n in range(start, min(stop, len(recombined))):
            total = 0.0
            for k in range(n_bands):
                total += weight[k] * bands[n, k] * gain[(n - start) * n_bands + k]
            recombined[n] = total
        stop = start
