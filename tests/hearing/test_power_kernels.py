import os
import subprocess
import sys

import numpy as np

from clarity_lab.hearing import power_kernels as kernels


def test_logarithm_and_exponential_are_exact_to_the_last_digits(rng):
    from numba import njit

    @njit
    def both(x, y):
        return kernels.log2(x), kernels.exp2(y)

    x = 10.0 ** rng.uniform(-300, 300, 2000)
    y = rng.uniform(-900, 900, 2000)
    ours = np.array([both(*pair) for pair in zip(x, y, strict=True)])
    np.testing.assert_allclose(ours[:, 0], np.log2(x), rtol=4e-16, atol=3e-16)
    np.testing.assert_allclose(ours[:, 1], np.exp2(y), rtol=1e-15)
    assert both(1.0, 0.0) == (0.0, 1.0)


def test_they_run_uncompiled_too_for_a_debugger_with_the_same_result():
    compute = (
        "from clarity_lab.hearing import power_kernels as kernels;"
        "print(repr([float(f(x)) for f in (kernels.log2, kernels.exp2)"
        " for x in (1e-3, 0.7, 3.3, 40.0)]))"
    )
    uncompiled = subprocess.run(
        [sys.executable, "-c", compute],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    compiled = [
        float(f(x)) for f in (kernels.log2, kernels.exp2) for x in (1e-3, 0.7, 3.3, 40)
    ]
    assert uncompiled.stdout.strip() == repr(compiled)
