"""The ear model's inner loops, compiled by Numba: eight bands of the ear side by side.

Arrays are laid out (samples, LANES) or (rows, LANES), so that the innermost loop runs
over bands and the processor works on several at once. Importing this module compiles
the loops, or loads them from Numba's cache; so it is imported only when needed.

The number of lanes is read from an array although it is always LANES: unknown to the
compiler, the lane loop becomes vector instructions instead of eight copies of itself.
"""

from __future__ import annotations

import math

import numpy as np
from llvmlite import ir
from numba import config, njit, types
from numba.extending import intrinsic

LANES = 8
"""Bands in one call; the ear's 32 are four calls."""

# Rows of `state` in `control_energy` and `cochlea`: the carrier, then two sections.
CARRIER_ROWS, SECTION_ROWS = 2, 4
CONTROL_STATE_ROWS = CARRIER_ROWS + 2 * SECTION_ROWS
COCHLEA_STATE_ROWS = CARRIER_ROWS + 4 * SECTION_ROWS + 4
ENERGY_ROW = COCHLEA_STATE_ROWS - 3

_TWO_52 = 2.0**52
_ROUNDER = 1.5 * 2.0**52  # adding it leaves a double no room for a fraction
_ROUNDER_BITS = int(np.float64(_ROUNDER).view(np.int64))
_SQRT_HALF_BITS = int(np.float64(math.sqrt(0.5)).view(np.int64))
_TWO_52_BITS = int(np.float64(_TWO_52).view(np.int64))
_LN2 = math.log(2.0)
_DB_PER_OCTAVE = 20.0 * math.log10(2.0)
_TINY = 1e-30  # keeps the logarithm of silence finite, as in Kates's model


@intrinsic
def _bits(typing_context, value):
    """The 64 bits of a float, as an integer."""

    def generate(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic
def _float(typing_context, bits):
    """The float that these 64 bits are."""

    def generate(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), generate


if config.DISABLE_JIT:  # plain Python, for a debugger, knows no intrinsics

    def _bits(value):
        return np.float64(value).view(np.int64)

    def _float(bits):
        return np.int64(bits).view(np.float64)


@njit(inline="always")
def log2(x):
    """Logarithm of a positive normal number, within one unit in the last place.

    x = m 2^k with m in [sqrt(1/2), sqrt(2)); log m = 2 artanh((m - 1) / (m + 1)), whose
    series needs ten terms there. No branch, no table: it vectorises.
    """
    bits = _bits(x)
    exponent = (bits - _SQRT_HALF_BITS) >> 52
    octaves = _float((exponent + 1023) | _TWO_52_BITS) - (_TWO_52 + 1023.0)
    m = _float(bits - (exponent << 52))
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    series = 1.0 / 19.0
    series = series * z + 1.0 / 17.0
    series = series * z + 1.0 / 15.0
    series = series * z + 1.0 / 13.0
    series = series * z + 1.0 / 11.0
    series = series * z + 1.0 / 9.0
    series = series * z + 1.0 / 7.0
    series = series * z + 1.0 / 5.0
    series = series * z + 1.0 / 3.0
    series = series * z + 1.0
    return octaves + (2.0 / _LN2) * s * series


@njit(inline="always")
def exp2(x):
    """Two to the power of x, |x| < 1000, within two units in the last place.

    x = n + f with |f| <= 1/2: the Taylor series of e^(f ln 2) up to degree 13, and n
    added to the bits of the exponent.
    """
    rounded = x + _ROUNDER
    y = (x - (rounded - _ROUNDER)) * _LN2
    series = 1.0 / 6227020800.0
    series = series * y + 1.0 / 479001600.0
    series = series * y + 1.0 / 39916800.0
    series = series * y + 1.0 / 3628800.0
    series = series * y + 1.0 / 362880.0
    series = series * y + 1.0 / 40320.0
    series = series * y + 1.0 / 5040.0
    series = series * y + 1.0 / 720.0
    series = series * y + 1.0 / 120.0
    series = series * y + 1.0 / 24.0
    series = series * y + 1.0 / 6.0
    series = series * y + 0.5
    series = series * y + 1.0
    series = series * y + 1.0
    return _float(_bits(series) + ((_bits(rounded) - _ROUNDER_BITS) << 52))


@njit(inline="always")
def _gammatone(state, at, x, a1, a2, a3, a4, b2):
    """One sample through (1 + 2a/z)^2 / (1 - a/z)^4; `at` is the lane's first state.

    Transposed direct form II, summed in the order of scipy.signal.lfilter: a filter
    with four equal poles near 1 magnifies rounding, so we round as the peer does.
    """
    y = state[at] + x
    state[at] = state[at + LANES] + x * a1 + y * a1
    state[at + LANES] = state[at + 2 * LANES] + x * b2 + y * a2
    state[at + 2 * LANES] = state[at + 3 * LANES] + y * a3
    state[at + 3 * LANES] = y * a4
    return y


@njit(inline="always")
def _turn(state, c, cos_step, sin_step):
    """Turn the lane's carrier, rows 0 and 1 of the state, on by one sample."""
    cos, sin = state[c], state[LANES + c]
    state[c] = cos * cos_step + sin * sin_step
    state[LANES + c] = sin * cos_step - cos * sin_step


@njit(
    "void(float64[::1], float64[::1], float64[::1], float64[::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def control_energy(samples, bands, state, energy):
    """Add up each band's squared envelope in the control filters, before their gain."""
    n_lanes = len(energy)
    for t in range(len(samples)):
        sample = samples[t]
        for c in range(n_lanes):
            real = sample * state[c]
            imag = sample * state[LANES + c]
            _turn(state, c, bands[c], bands[LANES + c])
            a1, a2 = bands[2 * LANES + c], bands[3 * LANES + c]
            a3, a4 = bands[4 * LANES + c], bands[5 * LANES + c]
            b2 = bands[6 * LANES + c]
            u = _gammatone(state, 2 * LANES + c, real, a1, a2, a3, a4, b2)
            v = _gammatone(state, 6 * LANES + c, imag, a1, a2, a3, a4, b2)
            energy[c] += u * u + v * v


@njit(
    "void(float64[::1], float64[::1], float64[::1], float64[:, ::1], float64[:, ::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def cochlea(samples, bands, state, envelope, motion):
    """Filter, compress and write each band's envelope, and its motion if there is room.

    The control filter's envelope sets the gain (rows 12-16 of `bands`), a first-order
    low-pass smooths it (rows 17, 18); the signal filter's output is multiplied by it.
    The last rows of `state` are the low-pass, the sum of squared envelopes before the
    gain, and this sample's outputs.
    """
    n_lanes = envelope.shape[1]
    with_motion = motion.shape[0] > 0
    for t in range(len(samples)):
        sample = samples[t]
        for c in range(n_lanes):
            cos, sin = state[c], state[LANES + c]
            real, imag = sample * cos, sample * sin
            _turn(state, c, bands[c], bands[LANES + c])

            a1, a2 = bands[2 * LANES + c], bands[3 * LANES + c]
            a3, a4 = bands[4 * LANES + c], bands[5 * LANES + c]
            b2 = bands[6 * LANES + c]
            u = _gammatone(state, 2 * LANES + c, real, a1, a2, a3, a4, b2)
            v = _gammatone(state, 6 * LANES + c, imag, a1, a2, a3, a4, b2)
            power = max(u * u + v * v, bands[12 * LANES + c])
            power = min(power, bands[13 * LANES + c])
            octaves = bands[15 * LANES + c] - bands[14 * LANES + c] * log2(power)
            smoothed = bands[17 * LANES + c] * exp2(octaves)
            gain = state[18 * LANES + c] + smoothed
            state[18 * LANES + c] = smoothed + bands[18 * LANES + c] * gain
            gain *= bands[16 * LANES + c]

            a1, a2 = bands[7 * LANES + c], bands[8 * LANES + c]
            a3, a4 = bands[9 * LANES + c], bands[10 * LANES + c]
            b2 = bands[11 * LANES + c]
            u = _gammatone(state, 10 * LANES + c, real, a1, a2, a3, a4, b2)
            v = _gammatone(state, 14 * LANES + c, imag, a1, a2, a3, a4, b2)
            power = u * u + v * v
            state[19 * LANES + c] += power
            state[20 * LANES + c] = gain * math.sqrt(power)
            state[21 * LANES + c] = gain * (u * cos + v * sin)
        for c in range(n_lanes):
            envelope[t, c] = state[20 * LANES + c]
        if with_motion:
            for c in range(n_lanes):
                motion[t, c] = state[21 * LANES + c]


@njit(
    "void(float64[:, ::1], float64[:, ::1], int64[:, ::1], float64[::1], float64[::1],"
    "float64[:, ::1], float64[:, ::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def hair_cells(envelope, motion, shifts, floor_db, circuit, heard_db, heard_motion):
    """Shift each band, turn its envelope into dB above threshold and adapt it.

    Rows of `shifts`, in samples: how late the band's output starts; how far ahead its
    envelope is read, and its motion. `circuit` is that of `ear_filters.adaptation`.
    The motion follows the envelope's gain and is added to what `heard_motion` holds.
    """
    n_samples, n_lanes = envelope.shape
    with_motion = motion.shape[0] > 0
    r2, c1, c2, m11, m12, m21, m22, g1 = circuit
    work = np.zeros(4 * LANES)  # envelope, motion, the circuit's two voltages
    for t in range(n_samples):
        for c in range(n_lanes):
            start = t - shifts[0, c]
            ahead = start + shifts[1, c]
            there = start >= 0 and ahead >= 0 and ahead < n_samples
            work[c] = envelope[ahead, c] if there else 0.0
        if with_motion:
            for c in range(n_lanes):
                start = t - shifts[0, c]
                ahead = start + shifts[2, c]
                there = start >= 0 and ahead >= 0 and ahead < n_samples
                work[LANES + c] = motion[ahead, c] if there else 0.0
        for c in range(n_lanes):
            level_db = floor_db[c] + _DB_PER_OCTAVE * log2(work[c] + _TINY)
            level_db = max(level_db, 0.0)
            b1 = level_db * r2 + c1 * work[2 * LANES + c]
            b2 = c2 * work[3 * LANES + c]
            v1 = m11 * b1 + m12 * b2
            work[2 * LANES + c] = v1
            work[3 * LANES + c] = m21 * b1 + m22 * b2
            adapted_db = max((level_db - v1) * g1, 0.0)
            work[LANES + c] *= (adapted_db + _TINY) / (work[c] + _TINY)
            heard_db[t, c] = adapted_db
        if with_motion:
            for c in range(n_lanes):
                heard_motion[t, c] += work[LANES + c]


@njit(
    "void(float64[:, ::1], float64[::1], int64, int64, float64[:, ::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def windowed_sums(samples, window, first, hop, sums):
    """Weigh and sum frames: frame k starts at sample first + k hop, zero outside."""
    n_samples, n_lanes = samples.shape
    for k in range(len(sums)):
        start = first + k * hop
        for c in range(n_lanes):
            sums[k, c] = 0.0
        for i in range(max(0, -start), min(len(window), n_samples - start)):
            weight = window[i]
            for c in range(n_lanes):
                sums[k, c] += weight * samples[start + i, c]
