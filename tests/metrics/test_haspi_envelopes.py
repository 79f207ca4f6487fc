"""How HASPI smooths envelopes, on tones of known modulation."""

import numpy as np
import pytest

from clarity_lab.metrics.haspi_envelopes import _smoothed

RATE = 24_000


@pytest.mark.parametrize(
    ("hz", "gain"),
    [(0, 1), (320, 0.72), (RATE * 2 / 53, 0), (2000, 0)],
)
def test_smoothing_is_3_db_down_at_320_hz(hz, gain):
    # 52 taps of a Hann window span T = 53 / 24000 s: |sinc(f T) / (1 - (f T)^2)|,
    # with its first zero at f T = 2.
    wave = np.cos(2 * np.pi * hz * np.arange(4800) / RATE)
    smoothed = _smoothed(np.tile(30 + 10 * wave[:, None], 8))[10:-10]
    swing = np.max(np.abs(smoothed - np.mean(smoothed) * (hz > 0) - 30 * (hz == 0)))
    assert swing == pytest.approx(10 * gain, abs=0.1)


def test_every_ninth_sample_is_kept_and_an_onset_stays_in_its_place():
    steps = np.repeat([0.0, 40.0], 900)
    smoothed = _smoothed(np.tile(steps[:, None], 8))
    assert smoothed.shape == (200, 8)
    assert np.all(np.diff(smoothed[:-3], axis=0) >= -1e-12)
    np.testing.assert_allclose(smoothed[100], 20, atol=2)
