"""Logarithm and power of two for compiled loops: no branch, no table; they vectorise.

Numba's cache notices when a loop's own file changes, not when this one does: after an
edit here delete the `__pycache__` folder beside it.
"""

from __future__ import annotations

import math

import numpy as np
from llvmlite import ir
from numba import config, njit, types
from numba.extending import intrinsic

_TWO_52 = 2.0**52
_ROUNDER = 1.5 * 2.0**52  # adding it leaves a double no room for a fraction
_ROUNDER_BITS = int(np.float64(_ROUNDER).view(np.int64))
_SQRT_HALF_BITS = int(np.float64(math.sqrt(0.5)).view(np.int64))
_TWO_52_BITS = int(np.float64(_TWO_52).view(np.int64))
_LN2 = math.log(2.0)


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


@njit(error_model="numpy")
def log2(x):
    """Logarithm of a positive normal number, within one unit in the last place.

    x = m 2^k with m in [sqrt(1/2), sqrt(2)); log m = 2 artanh((m - 1) / (m + 1)), whose
    series needs ten terms there.
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


@njit(error_model="numpy")
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
