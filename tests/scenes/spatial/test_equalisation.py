from dataclasses import replace

import numpy as np
import pytest

from clarity_lab.scenes import free_field_equalised, kemar, read_head

CENTRES_HZ = 200 * 2 ** np.arange(0, 5.75, 0.5)
"""Half octaves from 200 Hz to 9 kHz."""


@pytest.fixture(scope="module")
def plain():
    return kemar()


@pytest.fixture(scope="module")
def equalised(plain):
    return free_field_equalised(plain)


def band_gains_db(head, azimuth_deg):
    """Of both ears in half octaves, shape (2, bands)."""
    turned = np.abs((head.azimuth_deg - azimuth_deg + 180) % 360 - 180)
    irs = head.irs[np.argmin(turned + np.abs(head.elevation_deg))]
    power = np.abs(np.fft.rfft(irs, 16_384)) ** 2
    hz = np.fft.rfftfreq(16_384, 1 / head.sample_rate)
    bands = [(hz >= c / 2**0.25) & (hz < c * 2**0.25) for c in CENTRES_HZ]
    return 10 * np.log10([power[:, band].mean(axis=-1) for band in bands]).T


def test_from_ahead_a_sound_arrives_as_without_a_head(plain, equalised):
    assert np.ptp(band_gains_db(plain, 0)) > 15  # the canals, before
    np.testing.assert_allclose(band_gains_db(equalised, 0), 0, atol=1)


def test_what_differs_between_the_ears_and_directions_stays(plain, equalised):
    before, after = (np.fft.rfft(head.irs, 2_048) for head in (plain, equalised))
    # One filter for all: before x after of another ear = after x before of it. Only the
    # equaliser's tail, cut at the length of the responses, differs.
    for other in (np.roll(np.arange(710), 100), np.arange(710)):
        crossed = before * after[other][:, ::-1], after * before[other][:, ::-1]
        error = np.linalg.norm(crossed[0] - crossed[1]) / np.linalg.norm(crossed[0])
        assert error < 0.02


def test_it_hears_about_as_a_microphone_behind_the_ear(equalised, cec2_room):
    aid = read_head(cec2_room / "hrir/HRIRs_MAT/VP_N6-BTE_fr.mat")
    to_3_khz = CENTRES_HZ < 3_000
    for azimuth_deg in (0, 60, 90, 180):
        ours, theirs = (band_gains_db(h, azimuth_deg) for h in (equalised, aid))
        # Two different heads: within 7 dB in each half octave, 3 dB on average.
        distance_db = np.abs(ours - theirs)[:, to_3_khz]
        assert distance_db.max() < 7
        assert distance_db.mean() < 3


def test_a_head_without_a_direction_ahead_is_told(plain):
    askew = replace(plain, azimuth_deg=plain.azimuth_deg + 1)
    with pytest.raises(
        ValueError, match=r"KEMAR to have a direction ahead.*710 others"
    ):
        free_field_equalised(askew)
