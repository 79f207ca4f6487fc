"""The ear model's inner loops, compiled by Numba: eight bands of the ear side by side.

Arrays are laid out (samples, LANES) or (rows, LANES), so that the innermost loop runs
over bands and the processor works on several at once. Importing this module compiles
the loops, or loads them from Numba's cache; so it is imported only when needed.

The number of lanes is read from an array although it is always LANES: unknown to the
compiler, the lane loop becomes vector instructions instead of eight copies of itself.
"""

from __future__ import annotations

import math

from numba import njit

from clarity_lab.hearing.power_kernels import exp2, log2

LANES = 8
"""Bands in one call; the ear's 32 are four calls."""

# Rows of `bands`, what a loop reads of each band. Filters take five: a1 to a4, b2.
CARRIER_STEP = 0  # cosine, sine
CONTROL_TAPS = 2
SIGNAL_TAPS = 7
LOWEST_POWER, HIGHEST_POWER, SLOPE, OFFSET_OCTAVES, SIGNAL_GAIN = range(12, 17)
SMOOTH_IN, SMOOTH_BACK = 17, 18
BAND_ROWS = 19

# Rows of `state`, what a loop keeps of each band. Filters take four.
CARRIER = 0  # cosine, sine
CONTROL_REAL, CONTROL_IMAG = 2, 6
CONTROL_STATE_ROWS = 10
SIGNAL_REAL, SIGNAL_IMAG = 10, 14
SMOOTHED, ENERGY, ENVELOPE_NOW, MOTION_NOW = range(18, 22)
COCHLEA_STATE_ROWS = 22

# Rows of `state` in `hair_cells`.
HEARD_NOW, MOVED_NOW, FIRST_VOLTAGE, SECOND_VOLTAGE = range(4)
HAIR_STATE_ROWS = 4

_DB_PER_OCTAVE = 20.0 * math.log10(2.0)
_TINY = 1e-30  # keeps the logarithm of silence finite, as in Kates's model


@njit(error_model="numpy")
def _gammatone(state, at, x, a1, a2, a3, a4, b2):
    """One sample through (1 + 2a/z)^2 / (1 - a/z)^4; `at` is the lane's first state.

    Transposed direct form II, summed in the order of scipy.signal.lfilter: a filter
    with four equal poles near 1 magnifies rounding, so we round as pyclarity does.
    """
    y = state[at] + x
    state[at] = state[at + LANES] + x * a1 + y * a1
    state[at + LANES] = state[at + 2 * LANES] + x * b2 + y * a2
    state[at + 2 * LANES] = state[at + 3 * LANES] + y * a3
    state[at + 3 * LANES] = y * a4
    return y


@njit(error_model="numpy")
def _taps(bands, at):
    """a1 to a4 and b2 of a filter; `at` is the lane's a1."""
    return (
        bands[at],
        bands[at + LANES],
        bands[at + 2 * LANES],
        bands[at + 3 * LANES],
        bands[at + 4 * LANES],
    )


@njit(error_model="numpy")
def _turn(state, bands, c):
    """Turn the lane's carrier on by one sample."""
    cos_step = bands[CARRIER_STEP * LANES + c]
    sin_step = bands[(CARRIER_STEP + 1) * LANES + c]
    cos, sin = state[CARRIER * LANES + c], state[(CARRIER + 1) * LANES + c]
    state[CARRIER * LANES + c] = cos * cos_step + sin * sin_step
    state[(CARRIER + 1) * LANES + c] = sin * cos_step - cos * sin_step


@njit(
    "void(float64[::1], float64[::1], float64[::1], float64[::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def control_energy(samples, bands, state, energy):
    """Add up each band's squared envelope in the control filters, before their gain.

    bands: rows up to the control filters' taps. state: CONTROL_STATE_ROWS.
    """
    n_lanes = len(energy)
    for t in range(len(samples)):
        sample = samples[t]
        for c in range(n_lanes):
            real = sample * state[CARRIER * LANES + c]
            imag = sample * state[(CARRIER + 1) * LANES + c]
            _turn(state, bands, c)
            a1, a2, a3, a4, b2 = _taps(bands, CONTROL_TAPS * LANES + c)
            u = _gammatone(state, CONTROL_REAL * LANES + c, real, a1, a2, a3, a4, b2)
            v = _gammatone(state, CONTROL_IMAG * LANES + c, imag, a1, a2, a3, a4, b2)
            energy[c] += u * u + v * v


@njit(
    "void(float64[::1], float64[::1], float64[::1], float64[:, ::1], float64[:, ::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def cochlea(samples, bands, state, envelope, motion):
    """Filter, compress, and write each band's envelope and the membrane's motion.

    The control filter's power sets the gain, 2 ** (offset - slope log2(power)); a
    first-order low-pass smooths it; the signal filter's output is multiplied by it.
    `motion` of length 0 is not written. ENERGY of `state` is the sum of squared
    envelopes before the gain.
    """
    n_lanes = envelope.shape[1]
    with_motion = motion.shape[0] > 0
    for t in range(len(samples)):
        sample = samples[t]
        for c in range(n_lanes):
            cos, sin = state[CARRIER * LANES + c], state[(CARRIER + 1) * LANES + c]
            real, imag = sample * cos, sample * sin
            _turn(state, bands, c)

            a1, a2, a3, a4, b2 = _taps(bands, CONTROL_TAPS * LANES + c)
            u = _gammatone(state, CONTROL_REAL * LANES + c, real, a1, a2, a3, a4, b2)
            v = _gammatone(state, CONTROL_IMAG * LANES + c, imag, a1, a2, a3, a4, b2)
            power = max(u * u + v * v, bands[LOWEST_POWER * LANES + c])
            power = min(power, bands[HIGHEST_POWER * LANES + c])
            offset, slope = bands[OFFSET_OCTAVES * LANES + c], bands[SLOPE * LANES + c]
            octaves = offset - slope * log2(power)
            smoothed = bands[SMOOTH_IN * LANES + c] * exp2(octaves)
            gain = state[SMOOTHED * LANES + c] + smoothed
            back = bands[SMOOTH_BACK * LANES + c]
            state[SMOOTHED * LANES + c] = smoothed + back * gain
            gain *= bands[SIGNAL_GAIN * LANES + c]

            a1, a2, a3, a4, b2 = _taps(bands, SIGNAL_TAPS * LANES + c)
            u = _gammatone(state, SIGNAL_REAL * LANES + c, real, a1, a2, a3, a4, b2)
            v = _gammatone(state, SIGNAL_IMAG * LANES + c, imag, a1, a2, a3, a4, b2)
            power = u * u + v * v
            state[ENERGY * LANES + c] += power
            state[ENVELOPE_NOW * LANES + c] = gain * math.sqrt(power)
            state[MOTION_NOW * LANES + c] = gain * (u * cos + v * sin)
        for c in range(n_lanes):
            envelope[t, c] = state[ENVELOPE_NOW * LANES + c]
        if with_motion:
            for c in range(n_lanes):
                motion[t, c] = state[MOTION_NOW * LANES + c]


@njit(
    "void(float64[:, ::1], float64[:, ::1], int64[:, ::1], float64[::1], float64[::1],"
    "float64[::1], float64[:, ::1], float64[:, ::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def hair_cells(
    envelope, motion, shifts, floor_db, circuit, state, heard_db, heard_motion
):
    """Shift each band, turn its envelope into dB above threshold and adapt it.

    Rows of `shifts`, in samples: how late the band's output starts; how far ahead its
    envelope is read, and the membrane's motion. `circuit` is `filters.ADAPTATION`.
    `state` is zero at first. The motion follows the envelope's gain and is added to
    what `heard_motion` holds.
    """
    n_samples, n_lanes = envelope.shape
    with_motion = motion.shape[0] > 0
    r2, c1, c2, m11, m12, m21, m22, g1 = circuit
    for t in range(n_samples):
        for c in range(n_lanes):
            start = t - shifts[0, c]
            ahead = start + shifts[1, c]
            there = start >= 0 and ahead >= 0 and ahead < n_samples
            state[HEARD_NOW * LANES + c] = envelope[ahead, c] if there else 0.0
        if with_motion:
            for c in range(n_lanes):
                start = t - shifts[0, c]
                ahead = start + shifts[2, c]
                there = start >= 0 and ahead >= 0 and ahead < n_samples
                state[MOVED_NOW * LANES + c] = motion[ahead, c] if there else 0.0
        for c in range(n_lanes):
            amplitude = state[HEARD_NOW * LANES + c] + _TINY
            level_db = floor_db[c] + _DB_PER_OCTAVE * log2(amplitude)
            level_db = max(level_db, 0.0)
            b1 = level_db * r2 + c1 * state[FIRST_VOLTAGE * LANES + c]
            b2 = c2 * state[SECOND_VOLTAGE * LANES + c]
            v1 = m11 * b1 + m12 * b2
            state[FIRST_VOLTAGE * LANES + c] = v1
            state[SECOND_VOLTAGE * LANES + c] = m21 * b1 + m22 * b2
            adapted_db = max((level_db - v1) * g1, 0.0)
            state[MOVED_NOW * LANES + c] *= (adapted_db + _TINY) / amplitude
            heard_db[t, c] = adapted_db
        if with_motion:
            for c in range(n_lanes):
                heard_motion[t, c] += state[MOVED_NOW * LANES + c]
