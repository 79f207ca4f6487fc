"""Reverberation: exact decays, a peer, and the rooms that noise hides."""

import re

import numpy as np
import pytest

from clarity_lab import manifests
from clarity_lab.scenes.rooms.decay_curve import arrival, energy_decay_db
from clarity_lab.scenes.rooms.room_measures import (
    clarity_db,
    direct_to_reverberant_db,
    fitted_line,
    reverberation_time_s,
)

RATE = 16_000


def decaying(time_s, *, duration_s=None, rate=RATE):
    """An exact exponential decay by 60 dB in `time_s`."""
    times = np.arange(round((duration_s or time_s) * rate)) / rate
    return 10 ** (-3 * times / time_s)


@pytest.mark.parametrize("method", ["EDT", "T20", "T30"])
@pytest.mark.parametrize("time_s", [0.15, 0.5, 2.0])
def test_an_exact_decay_has_its_reverberation_time(method, time_s):
    measured = reverberation_time_s(decaying(time_s), sample_rate=RATE, method=method)
    assert measured == pytest.approx(time_s, rel=0.005)


@pytest.mark.parametrize("method", ["EDT", "T20", "T30"])
def test_noise_that_decays_has_its_reverberation_time(method, rng):
    noise = rng.standard_normal((20, RATE)) * decaying(0.5, duration_s=1)
    times = reverberation_time_s(noise, sample_rate=RATE, method=method)
    assert times.shape == (20,)
    assert times.mean() == pytest.approx(0.5, rel=0.02)


@pytest.mark.parametrize("floor_db", [-45, -55, -70])
def test_a_noise_floor_does_not_lengthen_the_decay(floor_db, rng):
    clean = rng.standard_normal(2 * RATE) * decaying(0.6, duration_s=2)
    noisy = clean + 10 ** (floor_db / 20) * rng.standard_normal(2 * RATE)
    kept = reverberation_time_s(noisy, sample_rate=RATE)
    spoilt = reverberation_time_s(noisy, sample_rate=RATE, truncate=False)
    assert kept == pytest.approx(0.6, rel=0.05)
    assert abs(spoilt - 0.6) > abs(kept - 0.6)


def test_a_noise_floor_within_the_range_is_refused(rng):
    noisy = decaying(0.6, duration_s=2) + 0.02 * rng.standard_normal(2 * RATE)
    with pytest.raises(ValueError, match=r"at least 40 dB for T30, got 3\d dB"):
        reverberation_time_s(noisy, sample_rate=RATE)
    assert reverberation_time_s(noisy, sample_rate=RATE, method="T20") == (
        pytest.approx(0.6, rel=0.1)
    )


def test_a_response_that_ends_too_early_is_refused():
    with pytest.raises(ValueError, match="Try a longer or cleaner response"):
        reverberation_time_s(decaying(1.0, duration_s=0.4), sample_rate=RATE)


def test_a_response_cut_off_late_enough_is_no_shorter():
    cut = decaying(1.0, duration_s=0.75)
    assert reverberation_time_s(cut, sample_rate=RATE) == pytest.approx(1.0, rel=0.02)


@pytest.mark.parametrize("method", ["EDT", "T20", "T30"])
def test_the_open_air_has_no_reverberation_time(method):
    with pytest.raises(ValueError, match="as in the open"):
        reverberation_time_s(np.eye(1, RATE, 40)[0], sample_rate=RATE, method=method)


def test_two_slopes_are_told_apart():
    both = np.sqrt(
        decaying(0.2, duration_s=2) ** 2 + 1e-3 * decaying(1, duration_s=2) ** 2
    )
    early = reverberation_time_s(both, sample_rate=RATE, method="EDT")
    late = reverberation_time_s(both, sample_rate=RATE, method="T30")
    assert early == pytest.approx(0.2, rel=0.1)
    assert late > 1.5 * early


def test_octaves_are_measured_apart(rng):
    from scipy.signal import butter, sosfilt

    noise = rng.standard_normal((2, 2 * RATE))
    low = sosfilt(butter(4, 700, "lowpass", fs=RATE, output="sos"), noise[0])
    high = sosfilt(butter(4, 2800, "highpass", fs=RATE, output="sos"), noise[1])
    both = low * decaying(1.0, duration_s=2) + high * decaying(0.4, duration_s=2)
    times = reverberation_time_s(both, sample_rate=RATE, bands_hz=[250, 4000])
    assert times == pytest.approx([1.0, 0.4], rel=0.1)


def test_an_octave_above_half_the_rate_is_refused():
    with pytest.raises(ValueError, match="reaches to 11313"):
        reverberation_time_s(decaying(0.5), sample_rate=RATE, bands_hz=[8000])


def test_the_peer_measures_the_same_times(rng):
    measure = pytest.importorskip("pyroomacoustics").experimental.measure_rt60
    noise = rng.standard_normal(RATE) * decaying(0.5, duration_s=1)
    for ir in (decaying(0.5, duration_s=1), noise):
        ours = reverberation_time_s(ir, sample_rate=RATE, truncate=False)
        assert ours == pytest.approx(measure(ir, fs=RATE, decay_db=30), rel=0.05)


def test_noise_alone_is_no_reverberation(rng):
    with pytest.raises(ValueError, match="drowns in noise"):
        reverberation_time_s(rng.standard_normal(RATE), sample_rate=RATE, method="EDT")


def test_a_gap_after_the_direct_sound_is_no_end(rng):
    """A wall 6 m behind: silence for 38 ms, then all of it."""
    tail = rng.standard_normal(2 * RATE) * decaying(1.0, duration_s=2)
    ir = np.concatenate([[5.0], np.zeros(600), 0.3 * tail])
    ir += 5e-3 * rng.standard_normal(len(ir))
    measured_s = reverberation_time_s(ir, sample_rate=RATE, method="T20")
    assert measured_s == pytest.approx(1.0, rel=0.1)


def test_the_decay_starts_at_0_db_and_never_rises(rng):
    decay = energy_decay_db(rng.standard_normal((3, 4000)), sample_rate=RATE)
    assert decay[:, 0] == pytest.approx(0)
    assert np.all(np.diff(decay[:, :3000]) <= 0)


def test_the_decay_of_an_exponential_is_a_straight_line():
    decay = energy_decay_db(decaying(0.5, duration_s=0.5), sample_rate=RATE)
    line = -60 * np.arange(len(decay)) / RATE / 0.5
    assert decay[:7000] == pytest.approx(line[:7000], abs=0.1)


def test_volume_and_delay_change_no_measure(rng):
    ir = rng.standard_normal(RATE) * decaying(0.4, duration_s=1)
    ir[0] = 20.0
    later = 0.01 * np.concatenate([np.zeros(500), ir])
    for measure in (reverberation_time_s, direct_to_reverberant_db, clarity_db):
        expected = measure(ir, sample_rate=RATE)
        assert measure(later, sample_rate=RATE) == pytest.approx(expected, rel=1e-3)


def test_direct_sound_and_echo_are_counted_to_their_sides():
    ir = np.zeros(RATE)
    ir[[100, 130, 900]] = 1.0, 0.5, 0.1  # 2 ms and 50 ms after the first
    assert direct_to_reverberant_db(ir, sample_rate=RATE) == pytest.approx(
        10 * np.log10(1.25 / 0.01)
    )
    assert direct_to_reverberant_db(ir, sample_rate=RATE, direct_ms=1) == pytest.approx(
        10 * np.log10(1 / 0.26)
    )
    assert clarity_db(ir, sample_rate=RATE, early_ms=80) == np.inf


def test_clarity_of_an_exponential_is_the_formula_of_the_textbooks():
    c50 = clarity_db(decaying(0.5, duration_s=2), sample_rate=RATE)
    assert c50 == pytest.approx(
        10 * np.log10(np.exp(13.8155 * 0.05 / 0.5) - 1), abs=0.02
    )


def test_the_arrival_is_the_first_loud_sample_not_the_loudest():
    assert arrival([0.0, 0.05, 0.2, 1.0]) == 2


@pytest.mark.parametrize(
    "measure",
    [energy_decay_db, reverberation_time_s, direct_to_reverberant_db, clarity_db],
)
def test_silence_is_refused(measure):
    with pytest.raises(ValueError, match="only zeros"):
        measure(np.zeros(100), sample_rate=RATE)


def test_an_unknown_method_is_refused():
    with pytest.raises(ValueError, match="EDT, T20, T30, got 'T60'"):
        reverberation_time_s(decaying(0.5), sample_rate=RATE, method="T60")


def test_the_time_of_a_noise_burst_is_that_of_the_impulse_response(rng):
    """Interrupted noise, the measurement before impulse responses could be had."""
    from scipy.signal import fftconvolve

    with np.load(manifests.fetch("samples", "rooms/surrey-a.npz")) as stored:
        ir, rate = stored["ir"][18, 0].astype(float), int(stored["sample_rate_hz"])
    expected = reverberation_time_s(ir, sample_rate=rate, method="T20")
    burst = rng.standard_normal((60, rate))
    heard = fftconvolve(burst, ir[None], axes=-1)[:, rate - 1 :]
    power_db = 10 * np.log10(np.mean(heard**2, axis=0))  # the mean over many bursts
    blocks = power_db[: len(power_db) // 160 * 160].reshape(-1, 160).mean(axis=-1)
    fitted = (blocks < blocks[0] - 5) & (blocks > blocks[0] - 25)
    first, last = np.flatnonzero(fitted)[[0, -1]]
    slope = np.polyfit(np.arange(first, last), blocks[first:last], 1)[0]
    assert -60 / slope * 160 / rate == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize("method", ["EDT", "T20", "T30"])
def test_the_fitted_line_lies_on_an_exact_decay(method):
    (start_s, end_s), (top_db, bottom_db) = fitted_line(
        decaying(0.5), sample_rate=RATE, method=method
    )
    assert bottom_db == -60
    assert end_s == pytest.approx(0.5, rel=0.005)
    assert start_s == pytest.approx(-top_db / 60 * 0.5, abs=0.002)


def fading_slowly_below_1_khz(rng):
    """25 dB within the response below, 60 dB above."""
    from scipy.signal import butter, sosfilt

    bass, treble = rng.standard_normal((2, RATE // 2))
    bass = sosfilt(butter(6, 300, fs=RATE, output="sos"), bass)
    treble = sosfilt(butter(6, 1200, "highpass", fs=RATE, output="sos"), treble)
    bass *= decaying(1.0, duration_s=0.5)
    return bass + treble * decaying(0.5, duration_s=0.5)


def test_the_message_names_every_octave_that_is_too_short_and_a_method(rng):
    ir = fading_slowly_below_1_khz(rng)
    octaves = [125, 250, 2000, 4000]
    with pytest.raises(ValueError, match=r"T30, got \d+ dB about 125, 250 Hz") as told:
        reverberation_time_s(ir, sample_rate=RATE, bands_hz=octaves)
    advised = re.search(r'method="(\w+)"', str(told.value)).group(1)
    times_s = reverberation_time_s(
        ir, sample_rate=RATE, bands_hz=octaves, method=advised
    )
    assert np.all(np.isfinite(times_s))
    assert times_s[:2].min() > 1.3 * times_s[2:].max()


def test_the_octaves_that_are_not_named_can_be_measured(rng):
    ir = fading_slowly_below_1_khz(rng)
    high_s = reverberation_time_s(ir, sample_rate=RATE, bands_hz=[2000, 4000])
    assert high_s == pytest.approx(0.5, rel=0.15)


def test_the_octaves_of_several_responses_are_judged_together(rng):
    both = np.stack([decaying(0.3, duration_s=0.5), decaying(1.0, duration_s=0.5)])
    noise = both * rng.standard_normal(both.shape)
    with pytest.raises(ValueError, match="about 1000, 2000 Hz before the response"):
        reverberation_time_s(noise, sample_rate=RATE, bands_hz=[1000, 2000])


def test_no_method_is_advised_where_none_would_do():
    with pytest.raises(ValueError, match=r"Try a longer or cleaner response\."):
        reverberation_time_s(decaying(5.0, duration_s=0.5), sample_rate=RATE)


def test_a_response_of_a_few_waves_is_refused_by_octave():
    with pytest.raises(ValueError, match=r"0.08 s for the octave about 125 Hz"):
        reverberation_time_s(decaying(0.05), sample_rate=RATE, bands_hz=[1000, 125])


def test_no_octave_at_all_is_refused(rng):
    with pytest.raises(ValueError, match="at least one octave"):
        reverberation_time_s(rng.standard_normal(99), sample_rate=8_000, bands_hz=[])
