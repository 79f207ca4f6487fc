"""Filters from gain curves, and three ways to cut what a convolution adds."""

import numpy as np
import pytest

from clarity_lab.hearing.fir import (
    convolve,
    convolve_causal,
    convolve_centred,
    fir_from_gains,
)


def test_a_filter_has_the_gains_it_was_drawn_from():
    break_points, gains = [0, 0.25, 0.5, 0.75, 1], [1, 4, 0.5, 2, 1]
    taps = fir_from_gains(break_points, gains, window=np.hamming(401))
    response = np.abs(np.fft.rfft(taps, 8192))
    between = np.linspace(0.05, 0.95, 50)
    got = np.interp(between, np.linspace(0, 1, 4097), response)
    wanted = np.interp(between, break_points, gains)
    np.testing.assert_allclose(got, wanted, atol=0.06)
    np.testing.assert_allclose(taps, taps[::-1], atol=1e-12)


@pytest.mark.parametrize("n_taps", [10, 1024, 1025])
def test_even_and_long_filters_are_refused(n_taps):
    with pytest.raises(ValueError, match="odd number of taps below 1024"):
        fir_from_gains([0, 1], [1, 1], window=np.ones(n_taps))


def test_convolutions_differ_only_in_what_they_cut(rng):
    samples, taps = rng.standard_normal((2, 3, 500)), rng.standard_normal(41)
    whole = np.apply_along_axis(np.convolve, -1, samples, taps)
    np.testing.assert_allclose(convolve(samples, taps), whole, atol=1e-11)
    np.testing.assert_allclose(
        convolve_causal(samples, taps), whole[..., :500], atol=1e-11
    )
    np.testing.assert_allclose(
        convolve_centred(samples, taps), whole[..., 20:520], atol=1e-11
    )
