"""Spectra read the level that is there, where it is."""

import numpy as np
import pytest

from clarity_lab.audio import hann_blur, level_dbfs, spectrogram_dbfs, spectrum_dbfs


def test_a_tone_shows_its_level_at_its_frequency(tone):
    levels_dbfs, frequencies_hz = spectrum_dbfs(
        0.1 * tone(1000, sample_rate=16_000), sample_rate=16_000
    )
    assert frequencies_hz[np.argmax(levels_dbfs)] == pytest.approx(1000)
    assert np.max(levels_dbfs) == pytest.approx(-23.01, abs=0.01)


def test_a_constant_shows_its_level_at_0_hz():
    levels_dbfs, _ = spectrum_dbfs(np.full(4_000, 0.1), sample_rate=8_000)
    assert levels_dbfs[0] == pytest.approx(-20)


def test_a_constant_shows_its_level_in_a_spectrogram_too():
    levels_dbfs, *_ = spectrogram_dbfs(np.full(4_000, 0.1), sample_rate=8_000)
    assert levels_dbfs[0, levels_dbfs.shape[-1] // 2] == pytest.approx(-20)


def test_the_bins_of_a_noise_add_up_to_its_level(rng):
    noise = 0.1 * rng.standard_normal(160_000)
    levels_dbfs, _ = spectrum_dbfs(noise, sample_rate=16_000)
    total_dbfs = 10 * np.log10(np.sum(10 ** (levels_dbfs / 10)) / 1.5)  # Hann: 1.5 bins
    assert total_dbfs == pytest.approx(level_dbfs(noise), abs=0.1)


@pytest.mark.parametrize("window_ms", [16, 32, 64])
def test_a_steady_tone_reads_the_same_in_every_window(tone, window_ms):
    levels_dbfs, frequencies_hz, _ = spectrogram_dbfs(
        tone(1000, sample_rate=16_000), sample_rate=16_000, window_ms=window_ms
    )
    middle = levels_dbfs[:, levels_dbfs.shape[-1] // 2]
    assert frequencies_hz[np.argmax(middle)] == pytest.approx(1000)
    assert np.max(middle) == pytest.approx(-3.01, abs=0.01)


def test_a_click_shows_at_its_time():
    click = np.zeros(16_000)
    click[4_000] = 1.0
    levels_dbfs, _, times_s = spectrogram_dbfs(
        click, sample_rate=16_000, window_ms=8, hop_ms=1
    )
    assert times_s[np.argmax(levels_dbfs[20])] == pytest.approx(0.25)


def test_long_windows_part_tones_that_short_ones_merge(tone):
    two = tone(1000, sample_rate=16_000) + tone(1060, sample_rate=16_000)

    def dip_db(window_ms):
        levels_dbfs, frequencies_hz = spectrum_dbfs(
            two, sample_rate=16_000, window_ms=window_ms
        )
        at = np.interp([1000, 1030, 1060], frequencies_hz, levels_dbfs)
        return min(at[0], at[2]) - at[1]

    assert dip_db(128) > 20
    assert dip_db(16) < 3


def width_at_half_height(levels_db, *, step):
    """Width of a peak at -6.02 dB, between samples by a straight line."""
    above = levels_db - np.max(levels_db) + 20 * np.log10(2)
    first, *_, last = np.flatnonzero(above > 0)
    left = first - above[first] / (above[first] - above[first - 1])
    right = last + above[last] / (above[last] - above[last + 1])
    return (right - left) * step


@pytest.mark.parametrize("window_ms", [8, 32, 128])
def test_a_click_is_drawn_as_long_as_the_blur_says(window_ms):
    click = np.zeros(8_000)
    click[4_000] = 1.0
    levels_dbfs, *_ = spectrogram_dbfs(
        click, sample_rate=8_000, window_ms=window_ms, hop_ms=0.125
    )
    blur_ms, _ = hann_blur(window_ms)
    width_ms = width_at_half_height(levels_dbfs[3], step=0.125)
    assert width_ms == pytest.approx(blur_ms, rel=0.01)


@pytest.mark.parametrize("window_ms", [8, 32, 128])
def test_a_tone_is_drawn_as_wide_as_the_blur_says(window_ms):
    n_window, n_fft = 16 * window_ms, 2**18  # zeros draw the same peak finely
    tone = np.cos(2 * np.pi * 2_000 * np.arange(n_window) / 16_000)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_window) / n_window)
    levels_db = 20 * np.log10(np.abs(np.fft.rfft(window * tone, n_fft)) + 1e-9)
    width_hz = width_at_half_height(levels_db, step=16_000 / n_fft)
    assert width_hz == pytest.approx(hann_blur(window_ms)[1], rel=0.01)


def test_a_window_of_no_length_blurs_nothing_we_can_name():
    with pytest.raises(ValueError, match="window_ms as a finite number"):
        hann_blur(0)


def test_leading_axes_are_kept(rng):
    sounds = rng.standard_normal((2, 3, 1_600))
    levels_dbfs, frequencies_hz, times_s = spectrogram_dbfs(sounds, sample_rate=16_000)
    assert levels_dbfs.shape == (2, 3, len(frequencies_hz), len(times_s))
    alone, *_ = spectrogram_dbfs(sounds[1, 2], sample_rate=16_000)
    assert levels_dbfs[1, 2] == pytest.approx(alone)


def test_silence_reads_minus_infinity_without_a_warning():
    levels_dbfs, *_ = spectrogram_dbfs(np.zeros(800), sample_rate=8_000)
    assert np.all(levels_dbfs == -np.inf)


@pytest.mark.parametrize("n_samples", [2, 3, 511, 513])
def test_sounds_shorter_than_the_window_are_looked_at_whole(n_samples):
    levels_dbfs, *_ = spectrogram_dbfs(np.ones(n_samples), sample_rate=16_000)
    assert np.all(np.isfinite(levels_dbfs[0]))


def test_one_sample_has_no_spectrum():
    with pytest.raises(ValueError, match="at least 2 sample"):
        spectrum_dbfs([1.0], sample_rate=8_000)


def test_a_hop_of_less_than_a_sample_is_explained():
    with pytest.raises(ValueError, match=r"hop_ms of at least 0.125 ms .* got 0.01 ms"):
        spectrogram_dbfs(np.ones(100), sample_rate=8_000, hop_ms=0.01)
