import numpy as np
import pytest

from clarity_lab.hearing import msbg_kernels as kernels


def test_the_quick_logarithm_is_exact_to_the_last_bits():
    for mantissa in np.linspace(1, 2, 1001):
        expected = np.log2(mantissa)
        assert kernels._log2(mantissa) == pytest.approx(expected, abs=2e-15)


def test_the_quick_power_is_exact_to_the_last_bits():
    for fraction in np.linspace(-0.5, 0.5, 1001):
        assert kernels._exp2(fraction) == pytest.approx(2**fraction, rel=2e-15)


@pytest.mark.parametrize("exponent", [-0.1, 0.0, 0.5, 3.0, 20.0])
def test_the_gain_of_a_band_is_the_power_of_its_envelope(rng, exponent):
    n, ceiling = 200, 0.2
    envelope = 10.0 ** rng.uniform(-12, 1, (n, 4))
    bands = rng.standard_normal((n, 4))
    as_it_is = np.zeros((5, 4))
    as_it_is[0] = 1.0
    law = np.stack([np.full(4, exponent), np.arange(1.0, 5.0)])
    summed = np.empty(n)
    state = np.zeros((2, 4))
    held = np.clip(envelope, 1e-9, ceiling)
    kernels.recruit_and_sum(
        bands, envelope, n, as_it_is, state, law, 1e-9, ceiling, summed
    )
    gains = law[1] * (held / ceiling) ** exponent
    np.testing.assert_allclose(summed, np.sum(bands * gains, axis=1), rtol=1e-11)
