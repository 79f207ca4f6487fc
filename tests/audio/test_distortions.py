"""Each flaw is as strong as it says, and leaves the rest alone."""

import numpy as np
import pytest

from clarity_lab import audio

RATE = 16_000


def test_hiss_lies_as_far_below_the_sound_as_asked_and_is_white(rng, tone):
    sound = tone(1000, sample_rate=RATE)
    hiss = audio.add_hiss(sound, snr_db=12.0, rng=rng) - sound
    assert audio.level_dbfs(sound) - audio.level_dbfs(hiss) == pytest.approx(12.0)
    halves = np.split(np.abs(np.fft.rfft(hiss)[1:]) ** 2, 2)
    assert halves[0].sum() == pytest.approx(halves[1].sum(), rel=0.1)


def test_each_ear_gets_a_hiss_of_its_own(rng):
    left, right = audio.add_hiss(np.ones((2, 8_000)), snr_db=0.0, rng=rng) - 1
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.1


@pytest.mark.parametrize("below_peak_db", [0, 6, 18])
def test_a_clipped_peak_lies_as_far_below_as_asked(rng, below_peak_db):
    sound = rng.standard_normal((2, 1_000))
    clipped = audio.clip_peaks(sound, below_peak_db=below_peak_db)
    fall_db = 20 * np.log10(np.max(np.abs(sound)) / np.max(np.abs(clipped)))
    assert fall_db == pytest.approx(below_peak_db)
    below = np.abs(sound) < np.max(np.abs(clipped))
    np.testing.assert_array_equal(clipped[below], sound[below])


def test_clipping_makes_odd_harmonics(tone):
    clipped = audio.clip_peaks(tone(500, sample_rate=RATE), below_peak_db=6)
    lines = np.abs(np.fft.rfft(clipped))[[500, 1000, 1500]]
    assert lines[2] > 0.05 * lines[0] > 1e6 * lines[1]


def test_a_negative_limit_is_refused():
    with pytest.raises(ValueError, match="below_peak_db"):
        audio.clip_peaks([1.0], below_peak_db=-3)


def test_a_limited_bandwidth_keeps_what_is_below_in_time_and_takes_what_is_above(tone):
    low, high = tone(1000, sample_rate=RATE), tone(5000, sample_rate=RATE)
    dull = audio.limit_bandwidth(low + high, sample_rate=RATE, highest_hz=3_000)
    middle = slice(2_000, -2_000)
    np.testing.assert_allclose(dull[middle], low[middle], atol=1e-4)


@pytest.mark.parametrize("highest_hz", [1_234.5, 8_000, 20_000])
@pytest.mark.parametrize("n_samples", [999, 1_000])
def test_a_limited_bandwidth_keeps_the_shape(rng, highest_hz, n_samples):
    sound = rng.standard_normal((2, n_samples))
    dull = audio.limit_bandwidth(sound, sample_rate=RATE, highest_hz=highest_hz)
    assert dull.shape == sound.shape
    if highest_hz >= RATE / 2:
        np.testing.assert_array_equal(dull, sound)


@pytest.mark.parametrize(
    ("hz", "gain_db"),
    [(100, -6), (250, -6), (500, -3), (1000, 0), (2000, 3), (8000, 9), (12_000, 9)],
)
def test_a_tilt_counts_octaves_from_1_khz_and_is_level_beyond_its_ends(
    tone, hz, gain_db
):
    sound = tone(hz, sample_rate=32_000)
    tilted = audio.tilt_spectrum(sound, sample_rate=32_000, db_per_octave=3)
    np.testing.assert_allclose(tilted, 10 ** (gain_db / 20) * sound, atol=1e-9)


def test_a_tilt_back_gives_the_sound_back(rng):
    sound = rng.standard_normal((2, 999))
    there = audio.tilt_spectrum(sound, sample_rate=RATE, db_per_octave=6)
    back = audio.tilt_spectrum(there, sample_rate=RATE, db_per_octave=-6)
    np.testing.assert_allclose(back, sound, atol=1e-12)
