import numpy as np
import pytest

from clarity_lab.scenes.spatial.ambisonic_decoder import (
    cec2_directions,
    decode,
    decoder,
)
from clarity_lab.scenes.spatial.ambisonics import harmonics
from clarity_lab.scenes.spatial.hrir import Head, kemar
from clarity_lab.scenes.spatial.interaural import ild_db, itd_s

RATE = 44_100


def low_passed(sound, *, below_hz=1_000, sample_rate=RATE):
    from scipy.signal import butter, sosfiltfilt

    sos = butter(4, below_hz, fs=sample_rate, output="sos")
    return sosfiltfilt(sos, np.pad(sound, ((0, 0), (1_000, 1_000))))


@pytest.mark.parametrize("azimuth_deg", [-90, -30, 0, 45, 90, 130])
def test_the_decoder_gives_time_and_level_differences_of_the_head(azimuth_deg):
    head = kemar()
    level = head.elevation_deg == 0
    azimuths = (head.azimuth_deg - azimuth_deg + 180) % 360 - 180
    nearest = np.argmin(np.where(level, np.abs(azimuths), 999))
    ahead = harmonics(head.azimuth_deg[nearest], 0)
    heard = low_passed(np.tensordot(ahead, decoder(head), axes=1))
    expected = low_passed(head.irs[nearest])
    difference_s = itd_s(heard, sample_rate=RATE) - itd_s(expected, sample_rate=RATE)
    assert abs(difference_s) < 20e-6
    assert ild_db(heard) == pytest.approx(ild_db(expected), abs=0.3)


def test_a_low_order_blurs_what_a_high_order_keeps():
    head = kemar()
    errors = []
    for order in (1, 3, 6):
        heard = harmonics(head.azimuth_deg, head.elevation_deg, order=order)
        fitted = np.tensordot(heard, decoder(head, order=order), axes=1)
        errors.append(np.mean((fitted - head.irs) ** 2))
    assert errors[0] > 1.2 * errors[1] > 1.44 * errors[2]


def test_over_all_directions_each_order_is_closer_and_order_6_is_close_at_ear_height():
    head = kemar()
    below = np.fft.rfftfreq(1024, 1 / RATE) < 1_500
    truth = np.fft.rfft(head.irs, 1024)[..., below]
    level = head.elevation_deg == 0
    everywhere_db, level_db = [], []
    for order in range(1, 11):
        seen = harmonics(head.azimuth_deg, head.elevation_deg, order=order)
        heard = np.tensordot(seen, decoder(head, order=order), axes=1)
        wrong = np.abs(np.fft.rfft(heard, 1024)[..., below] - truth) ** 2
        right = np.abs(truth) ** 2
        everywhere_db.append(10 * np.log10(wrong.sum() / right.sum()))
        level_db.append(10 * np.log10(wrong[level].sum() / right[level].sum()))
    assert np.all(np.diff(everywhere_db) < 0)
    assert level_db[5] < -20 < min(level_db[:5])
    assert max(level_db[6:]) < -19


def test_cec2_leaves_out_directions_between_the_rings():
    elevation_deg = np.array([90.0, 60, 30, 20, 15, 10, 0, -10, -30])
    irs = np.arange(9.0)[:, None, None] * np.ones((9, 2, 4))
    head = cec2_directions(Head("x", irs, np.zeros(9), elevation_deg, RATE))
    np.testing.assert_array_equal(head.irs[:, 0, 0], [0, 1, 2, 6, 8])
    np.testing.assert_array_equal(head.elevation_deg, [90, 60, 30, 0, -30])


def test_decoding_is_a_convolution_for_each_channel_and_ear(rng):
    field, filters = rng.standard_normal((3, 4, 777)), rng.standard_normal((4, 2, 50))
    heard = decode(field, filters=filters)
    assert heard.shape == (3, 2, 826)
    expected = sum(np.convolve(field[1, c], filters[c, 0]) for c in range(4))
    np.testing.assert_allclose(heard[1, 0], expected, atol=1e-10)


def test_a_signal_that_does_not_fit_the_filters_is_refused():
    with pytest.raises(ValueError, match=r"shape \(4, samples\), got \(100, 4\)"):
        decode(np.ones((100, 4)), filters=np.ones((4, 2, 8)))
