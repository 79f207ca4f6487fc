"""What smearing must do to a spectrum."""

import numpy as np
import pytest

from clarity_lab.hearing import Audiogram, loss_stages
from clarity_lab.hearing.msbg.smearing import SMEARING, auditory_filters, smear

RATE = 44_100


def test_smearing_by_one_changes_nothing(rng):
    noise = 0.02 * rng.standard_normal(12_000)
    low = np.convolve(noise, np.hanning(32), "same")  # the last bins are mirrored
    same = smear(low, lower=1.0, upper=1.0)
    np.testing.assert_allclose(same, low, atol=1e-3 * np.max(np.abs(low)))


def test_smearing_fills_the_valleys_between_harmonics():
    t = np.arange(RATE) / RATE
    vowel = sum(np.sin(2 * np.pi * 400 * n * t) for n in range(1, 11))

    def valley_below_peak_db(samples):
        power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
        peak, valley = power[1950:2050].max(), power[2150:2250].max()
        return 10 * np.log10(peak / valley)

    depths = [valley_below_peak_db(vowel)] + [
        valley_below_peak_db(smear(vowel, lower=low, upper=high))
        for low, high in ((1.6, 1.1), (4.0, 2.0))
    ]
    assert depths[0] > depths[1] > depths[2]


@pytest.mark.parametrize(
    ("severity", "lower", "upper"),
    [("mild", 1.6, 1.1), ("moderate", 2.4, 1.6), ("severe", 4.0, 2.0)],
)
def test_each_side_of_a_filter_is_as_much_wider_as_published(severity, lower, upper):
    def sides(*broadening):
        """Bins above half the peak, below and above a centre near 5 kHz."""
        row = auditory_filters(*broadening)[60]
        fine = np.interp(np.linspace(0, 255, 25_501), np.arange(256), row)
        half = np.flatnonzero(fine > row[60] / 2)
        return np.array([6000 - half[0], half[-1] - 6000])

    wider = sides(*SMEARING[severity]) / sides(1.0, 1.0)
    assert wider == pytest.approx([lower, upper], rel=0.03)


@pytest.mark.parametrize("loss_db", [25, 45, 70])
def test_a_tone_spreads_upwards_at_every_severity(loss_db):
    # Filters with wide lower sides, centred above the tone, take it for their own.
    tone = 0.1 * np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE)
    smeared = loss_stages(
        tone,
        sample_rate=RATE,
        audiogram=Audiogram((250, 8000), (loss_db, loss_db)),
        stages=["smearing"],
    ).smeared
    power = np.abs(np.fft.rfft(smeared * np.hanning(RATE))) ** 2
    above, below = power[1100:2000].sum(), power[100:900].sum()
    assert 10 * np.log10(above / below) > 5
