"""Spectra as the twins use them: resampling, interpolation, refusals."""

import numpy as np
import pytest
import torch

from clarity_lab.models import spectra


@pytest.mark.parametrize("to", [600, 1000, 1500])
def test_a_resampled_spectrum_is_that_of_the_same_tone(to):
    def tone(n):
        return torch.sin(2 * torch.pi * 37 * torch.arange(n).double() / n)

    there = spectra.resampled(torch.fft.rfft(tone(1000)), n=1000, to=to)
    torch.testing.assert_close(torch.fft.irfft(there, to), tone(to))


@pytest.mark.parametrize(("rate", "other"), [(16_000, 24_000), (44_100, 24_000)])
def test_both_lengths_last_equally_long_and_spare_what_is_asked(rate, other):
    n, n_other = spectra.lengths(
        12_345, sample_rate=rate, other_rate=other, spare_s=0.3
    )
    assert n * other == n_other * rate
    assert 12_345 / rate + 0.3 <= n / rate < 12_345 / rate + 0.4


def test_between_interpolates_and_stays_flat_beyond_the_ends(rng):
    known_hz, values = np.array([250.0, 1000.0, 4000.0]), rng.uniform(0, 80, 3)
    wanted_hz = np.array([100.0, 250.0, 700.0, 3000.0, 9000.0])
    np.testing.assert_allclose(
        values @ spectra.between(wanted_hz, known_hz),
        np.interp(wanted_hz, known_hz, values),
    )


@pytest.mark.parametrize("example", [torch.float32, torch.float64])
def test_an_array_takes_the_precision_of_the_example_and_stays_complex(example):
    real = spectra.like(np.ones(3), torch.zeros(1, dtype=example))
    turned = spectra.like(1j * np.ones(3), torch.zeros(1, dtype=example))
    assert real.dtype == example
    assert turned.dtype == example.to_complex()
    assert turned.imag.tolist() == [1, 1, 1]


def test_half_a_second_is_asked_in_samples_of_the_sounds_own_rate():
    for n_samples, rate in ((3999, 8000), (7999, 16_000)):
        with pytest.raises(ValueError, match=f"at least {n_samples + 1} sample"):
            spectra.require_sound(
                torch.ones(n_samples), name="sound", sample_rate=rate, least_s=0.5
            )
        spectra.require_sound(
            torch.ones(n_samples + 1), name="sound", sample_rate=rate, least_s=0.5
        )
