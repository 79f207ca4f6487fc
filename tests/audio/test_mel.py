"""Mel bands read the level that is there, in the band where it is."""

import numpy as np
import pytest

from clarity_lab.audio import level_dbfs, mel_spectrogram_dbfs
from clarity_lab.units import hz_to_mel


def middle_of(samples, **settings):
    levels_dbfs, centres_hz, _ = mel_spectrogram_dbfs(samples, **settings)
    return levels_dbfs[:, levels_dbfs.shape[-1] // 2], centres_hz


@pytest.mark.parametrize("window_ms", [16, 32, 64, 128])
@pytest.mark.parametrize("n_mels", [13, 40, 80])
def test_a_tone_at_a_centre_reads_its_level_in_every_window(tone, n_mels, window_ms):
    settings = {"sample_rate": 16_000, "n_mels": n_mels, "window_ms": window_ms}
    _, centres_hz = middle_of(np.zeros(1_600), **settings)
    for band in (n_mels // 4, n_mels // 2, n_mels - 2):
        sound = tone(centres_hz[band], sample_rate=16_000)
        levels_dbfs, _ = middle_of(sound, **settings)
        assert np.argmax(levels_dbfs) == band
        assert levels_dbfs[band] == pytest.approx(-3.01, abs=0.02)


@pytest.mark.parametrize("window_ms", [16, 32, 64, 128])
def test_a_tone_anywhere_reads_at_most_3_db_less(tone, rng, window_ms):
    for frequency_hz in rng.uniform(200, 7_700, 20):
        sound = tone(frequency_hz, sample_rate=16_000)
        levels_dbfs, _ = middle_of(sound, sample_rate=16_000, window_ms=window_ms)
        assert -3.01 - 3.02 < np.max(levels_dbfs) < -3.01 + 0.02


def test_white_noise_rises_with_the_width_of_the_bands(rng):
    noise = 0.1 * rng.standard_normal(320_000)
    levels_dbfs, centres_hz, _ = mel_spectrogram_dbfs(
        noise, sample_rate=16_000, n_mels=20, window_ms=64
    )
    power = np.mean(10 ** (levels_dbfs / 10), axis=-1)
    steps_hz = np.diff(centres_hz)
    width_hz = (steps_hz[4:-1] + steps_hz[5:]) / 2  # a triangle: half its foot
    expected_dbfs = level_dbfs(noise) + 10 * np.log10(width_hz / 8_000)
    assert 10 * np.log10(power[5:-1]) == pytest.approx(expected_dbfs, abs=0.5)


def test_centres_lie_at_equal_steps_in_mel():
    _, centres_hz, _ = mel_spectrogram_dbfs(np.zeros(800), sample_rate=8_000, n_mels=39)
    steps = np.diff(hz_to_mel([0, *centres_hz, 4_000]))
    assert steps == pytest.approx(np.full(40, hz_to_mel(4_000) / 40))


@pytest.mark.parametrize("n_mels", [80, 256])
@pytest.mark.parametrize("window_ms", [4, 32])
def test_no_band_is_empty_however_short_the_window(rng, n_mels, window_ms):
    noise = rng.standard_normal(4_000)
    levels_dbfs, *_ = mel_spectrogram_dbfs(
        noise, sample_rate=16_000, n_mels=n_mels, window_ms=window_ms
    )
    assert np.all(np.isfinite(levels_dbfs))


def test_leading_axes_are_kept(rng):
    sounds = rng.standard_normal((2, 3, 1_600))
    levels_dbfs, centres_hz, times_s = mel_spectrogram_dbfs(sounds, sample_rate=16_000)
    assert levels_dbfs.shape == (2, 3, len(centres_hz), len(times_s))
    alone, *_ = mel_spectrogram_dbfs(sounds[1, 2], sample_rate=16_000)
    assert levels_dbfs[1, 2] == pytest.approx(alone)


def test_silence_reads_minus_infinity_without_a_warning():
    levels_dbfs, *_ = mel_spectrogram_dbfs(np.zeros(800), sample_rate=8_000)
    assert np.all(levels_dbfs == -np.inf)


@pytest.mark.parametrize("n_mels", [0, 2.5, 513])
def test_a_number_of_filters_that_cannot_be_is_explained(n_mels):
    with pytest.raises(ValueError, match="expected n_mels as a"):
        mel_spectrogram_dbfs(np.zeros(800), sample_rate=8_000, n_mels=n_mels)
