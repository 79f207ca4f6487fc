"""A sound around a head: time and level between the ears, and moving without clicks."""

from dataclasses import replace

import numpy as np
import pytest

from clarity_lab.scenes.spatial.binaural import move, place
from clarity_lab.scenes.spatial.hrir import kemar
from clarity_lab.scenes.spatial.hrir_interpolation import hrir_at
from clarity_lab.scenes.spatial.interaural import ild_db, itd_s

RATE = 44_100
HEAD_RADIUS_M = 0.0875


@pytest.fixture(scope="module")
def head():
    return kemar()


def around(head, azimuth_deg, elevation_deg=0.0):
    return place(
        [1.0],
        azimuth_deg=azimuth_deg,
        elevation_deg=elevation_deg,
        head=head,
        sample_rate=RATE,
    )


def measured(head, azimuth_deg):
    away = np.abs((head.azimuth_deg - azimuth_deg + 180) % 360 - 180)
    return int(np.argmin(away + np.abs(head.elevation_deg)))


def thinned(head):
    """Every second direction at the height of the ears left out."""
    odd = np.round(head.azimuth_deg) % 10 == 5
    kept = ~(odd & (head.elevation_deg == 0))
    return replace(
        head,
        irs=head.irs[kept],
        azimuth_deg=head.azimuth_deg[kept],
        elevation_deg=head.elevation_deg[kept],
    )


@pytest.mark.parametrize("azimuth_deg", [0, 30, 90, 180, 270, -45])
def test_in_a_measured_direction_the_measured_response_is_heard(head, rng, azimuth_deg):
    sound = rng.standard_normal(1000)
    ears = place(sound, azimuth_deg=azimuth_deg, head=head, sample_rate=RATE)
    hrir = head.irs[measured(head, azimuth_deg)]
    expected = np.stack([np.convolve(sound, ear) for ear in hrir])
    assert ears == pytest.approx(expected, abs=1e-12)


def test_the_greatest_delay_between_the_ears_is_that_of_a_head(head):
    delays_s = [itd_s(around(head, a), sample_rate=RATE) for a in range(0, 360, 5)]
    assert 0.00065 < max(delays_s) < 0.00075
    assert np.argmax(delays_s) * 5 == pytest.approx(90, abs=10)
    assert np.argmin(delays_s) * 5 == pytest.approx(270, abs=10)


@pytest.mark.parametrize("azimuth_deg", [15, 30, 45, 60, 75, 90])
def test_the_delay_lies_between_those_of_high_and_low_tones_at_a_sphere(
    head, azimuth_deg
):
    """Woodworth 1938: a ray around it; Kuhn, JASA 62 (1977): waves longer than it."""
    angle = np.radians(azimuth_deg)
    high_s = HEAD_RADIUS_M / 344 * (angle + np.sin(angle))
    low_s = HEAD_RADIUS_M / 344 * 3 * np.sin(angle)
    assert high_s < itd_s(around(head, azimuth_deg), sample_rate=RATE) < low_s


@pytest.mark.parametrize("azimuth_deg", [0, 180])
def test_ahead_and_behind_both_ears_hear_the_same(head, azimuth_deg):
    assert itd_s(around(head, azimuth_deg), sample_rate=RATE) == 0
    assert ild_db(around(head, azimuth_deg)) == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("azimuth_deg", [20, 63, 90, 141])
def test_left_and_right_are_mirrored(head, azimuth_deg):
    left, right = around(head, azimuth_deg), around(head, -azimuth_deg)
    assert itd_s(left, sample_rate=RATE) == pytest.approx(
        -itd_s(right, sample_rate=RATE), abs=5e-6
    )
    assert ild_db(left) == pytest.approx(-ild_db(right), abs=0.1)
    assert ild_db(left) > 5


def test_above_there_is_hardly_any_difference(head):
    assert abs(itd_s(around(head, 90, 90), sample_rate=RATE)) < 50e-6


def test_between_directions_delay_and_spectrum_are_in_between(head):
    fewer = thinned(head)
    errors_db, errors_s = [], []
    for azimuth_deg in range(5, 360, 10):
        true = head.irs[measured(head, azimuth_deg)]
        guess = hrir_at(fewer, azimuth_deg)
        wrong = np.sum((guess - true) ** 2, axis=-1) / np.sum(true**2, axis=-1)
        errors_db.extend(10 * np.log10(wrong))
        difference = itd_s(guess, sample_rate=RATE) - itd_s(true, sample_rate=RATE)
        errors_s.append(abs(difference))
    assert np.mean(errors_db) < -20
    assert max(errors_s) < 30e-6


def test_a_mean_without_aligned_delays_would_be_worse(head):
    """What interpolating delay and response apart is for."""
    fewer, true = thinned(head), head.irs[measured(head, 45)]
    plain = (head.irs[measured(head, 40)] + head.irs[measured(head, 50)]) / 2
    error, plain_error = (
        np.sum((guess - true) ** 2) for guess in (hrir_at(fewer, 45), plain)
    )
    assert error < plain_error / 4


def test_a_path_that_stays_is_a_place(head, rng):
    sound = rng.standard_normal(5000)
    options = {"elevation_deg": 7, "head": head, "sample_rate": RATE}
    still = place(sound, azimuth_deg=33, **options)
    for path in (33, [33, 33, 33], np.full(5000, 33.0)):
        moved = move(sound, azimuth_deg=path, **options)
        assert moved == pytest.approx(still, abs=1e-9)


def test_a_path_starts_and_ends_where_it_says(head, rng):
    sound = rng.standard_normal(RATE)
    moved = move(sound, azimuth_deg=[80, -80], head=head, sample_rate=RATE)
    start = itd_s(moved[:, 500:2500], sample_rate=RATE)
    end = itd_s(moved[:, -3000:-1000], sample_rate=RATE)
    middle = itd_s(moved[:, RATE // 2 - 1000 :][:, :2000], sample_rate=RATE)
    assert start > 0.0006
    assert end < -0.0006
    assert middle == pytest.approx(0, abs=4e-5)


def test_a_moving_tone_does_not_click(head):
    """What lies far from the tone: a switch of place splashes, a movement does not."""
    tone = np.sin(2 * np.pi * 1000 * np.arange(2 * RATE) / RATE)
    turning = move(tone, azimuth_deg=[0, 360], head=head, sample_rate=RATE)
    left, right = (
        place(tone, azimuth_deg=azimuth_deg, head=head, sample_rate=RATE)[0]
        for azimuth_deg in (90, -90)
    )
    switched = np.concatenate([left[:RATE], right[RATE:]])
    assert _splash_db(turning[0]) < -60
    assert _splash_db(switched) > -45


def _splash_db(samples):
    part = samples[RATE // 4 : RATE * 7 // 4]
    power = np.abs(np.fft.rfft(part * np.hanning(len(part)))) ** 2
    hz = np.fft.rfftfreq(len(part), 1 / RATE)
    far = np.abs(hz - 1000) > 300
    return 10 * np.log10(power[far].sum() / power.sum())


def test_going_on_beyond_180_degrees_turns_on(head, rng):
    sound = rng.standard_normal(RATE // 2)
    on = move(sound, azimuth_deg=[170, 190], head=head, sample_rate=RATE)
    again = move(sound, azimuth_deg=[-190, -170], head=head, sample_rate=RATE)
    back = move(sound, azimuth_deg=[170, -170], head=head, sample_rate=RATE)
    assert on == pytest.approx(again, abs=1e-9)
    assert np.abs(on - back).max() > 0.1


@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_the_head_follows_the_sample_rate_of_the_sound(head, rate):
    click = np.zeros(200)
    click[50] = 1.0
    ears = place(click, azimuth_deg=60, head=head, sample_rate=rate)
    expected = itd_s(around(head, 60), sample_rate=RATE)
    assert itd_s(ears, sample_rate=rate) == pytest.approx(expected, abs=15e-6)
    assert ears.shape[0] == 2


@pytest.mark.parametrize("n_samples", [1, 2, 7, 220, 441])
def test_the_shortest_sounds_can_move(head, n_samples):
    ears = move(np.ones(n_samples), azimuth_deg=[0, 90], head=head, sample_rate=RATE)
    assert ears.shape == (2, n_samples + 511)
    assert np.all(np.isfinite(ears))


def test_what_cannot_be_heard_is_refused(head):
    with pytest.raises(ValueError, match="expected one channel"):
        place(np.zeros((2, 10)), azimuth_deg=0, head=head, sample_rate=RATE)
    with pytest.raises(ValueError, match="azimuth_deg as a finite number"):
        place(np.zeros(10), azimuth_deg=np.nan, head=head, sample_rate=RATE)
    with pytest.raises(ValueError, match="azimuth_deg as finite degrees"):
        move(np.zeros(10), azimuth_deg=[0, np.inf], head=head, sample_rate=RATE)


def test_a_head_measured_in_one_plane_says_so(head):
    level = head.elevation_deg == 0
    flat = replace(
        head,
        irs=head.irs[level],
        azimuth_deg=head.azimuth_deg[level],
        elevation_deg=head.elevation_deg[level],
    )
    with pytest.raises(ValueError, match="directions all around the head KEMAR"):
        place([1.0], azimuth_deg=7, head=flat, sample_rate=RATE)
