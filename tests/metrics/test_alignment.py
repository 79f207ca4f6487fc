"""How late an estimate is, band by band, against a plain correlation."""

import numpy as np
import pytest

from clarity_lab.metrics.alignment import advanced, band_lags


@pytest.mark.parametrize("n_samples", [3000, 11_584, 30_000])
def test_band_lags_are_those_of_a_plain_correlation(rng, n_samples):
    reference = np.abs(rng.standard_normal((n_samples, 8)))
    shifts = rng.integers(-2000, 2000, 8)
    estimate = np.stack(
        [advanced(reference[:, band], by=-shift) for band, shift in enumerate(shifts)],
        axis=1,
    )
    estimate += 0.1 * np.abs(rng.standard_normal(estimate.shape))
    lags = band_lags(estimate, reference=reference)
    padded = np.pad(estimate, ((2400, 2400), (0, 0)))
    for band in range(8):
        plain = np.correlate(padded[:, band], reference[:, band], "valid")
        assert lags[band] == np.argmax(plain) - 2400


def test_lags_beyond_a_tenth_of_a_second_are_not_looked_for(rng):
    reference = np.abs(rng.standard_normal((20_000, 8)))
    estimate = np.roll(reference, 3000, axis=0)
    lags = band_lags(estimate, reference=reference)
    assert np.all(np.abs(lags) <= 2400)
