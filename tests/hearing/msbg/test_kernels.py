"""The compiled loops of the gammatone bank."""

import numpy as np
import pytest

from clarity_lab.hearing.msbg import bank_for, kernels


@pytest.mark.parametrize("exponent", [-0.1, 0.0, 0.5, 3.0, 20.0])
def test_the_gain_of_a_band_is_the_power_of_its_envelope(rng, exponent):
    n, ceiling = 200, 0.2
    envelope = 10.0 ** rng.uniform(-12, 1, (n, 4))
    bands = rng.standard_normal((n, 4))
    as_it_is = np.zeros((5, 4))
    as_it_is[0] = 1.0
    exponent_and_weight = np.stack([np.full(4, exponent), np.arange(1.0, 5.0)])
    summed = np.empty(n)
    state = np.zeros((2, 4))
    held = np.clip(envelope, 1e-9, ceiling)
    kernels.recruit_and_sum(
        bands, envelope, n, as_it_is, state, exponent_and_weight, 1e-9, ceiling, summed
    )
    gains = exponent_and_weight[1] * (held / ceiling) ** exponent
    np.testing.assert_allclose(summed, np.sum(bands * gains, axis=1), rtol=1e-11)


def test_filters_that_ring_out_in_silence_reach_no_subnormal_numbers():
    # Processors handle these a hundred times slower.
    bank = bank_for("severe")
    click = np.zeros(200_000)
    click[0] = 0.1
    width = bank.gammatone.shape[1]
    state, bands = np.zeros((8, width)), np.zeros((len(click), width))
    at_once = np.zeros(width, dtype=np.int64)
    kernels.gammatone(click, bank.gammatone, state, at_once, 0, bands)
    envelope, high_pass_state, smooth_state = (
        np.zeros(shape) for shape in (bands.shape, (2, width), (2, width))
    )
    kernels.high_pass_and_envelope(
        bands,
        envelope,
        0,
        len(click),
        bank.high_pass,
        high_pass_state,
        bank.smooth,
        smooth_state,
    )
    for numbers in (bands, envelope, state, high_pass_state, smooth_state):
        sizes = np.abs(numbers[..., : bank.n_bands])
        assert np.min(sizes[sizes > 0]) > np.finfo(float).tiny
