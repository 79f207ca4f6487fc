"""A resampled sound is the same sound."""

import numpy as np
import pytest

from clarity_lab.audio import level_dbfs, resample, spectrum_dbfs


@pytest.mark.parametrize(
    ("old", "new"), [(16_000, 48_000), (44_100, 16_000), (16_000, 8_000)]
)
def test_a_tone_keeps_its_frequency_and_level(tone, old, new):
    resampled = resample(
        tone(1000, sample_rate=old), sample_rate=old, new_sample_rate=new
    )
    expected = tone(1000, sample_rate=new)
    middle = slice(new // 4, -new // 4)  # the filter rings at the ends
    assert resampled[middle] == pytest.approx(expected[middle], abs=1e-5)


def test_what_the_new_rate_cannot_hold_is_gone(tone):
    resampled = resample(
        tone(5000, sample_rate=16_000), sample_rate=16_000, new_sample_rate=8_000
    )
    assert level_dbfs(resampled[2_000:-2_000]) < -120  # would alias to 3 kHz


def test_raising_the_rate_adds_no_mirror_image(tone):
    raised = resample(
        tone(7000, sample_rate=16_000), sample_rate=16_000, new_sample_rate=48_000
    )
    middle = raised[12_000:-12_000] * np.hanning(24_000)
    levels_dbfs, frequencies_hz = spectrum_dbfs(middle, sample_rate=48_000)
    assert np.max(levels_dbfs[frequencies_hz > 8_500]) < -120  # would stand at 9 kHz


def test_there_and_back_is_the_same_sound(rng):
    low = resample(
        rng.standard_normal(4_000), sample_rate=8_000, new_sample_rate=16_000
    )
    once = resample(low, sample_rate=16_000, new_sample_rate=48_000)
    back = resample(once, sample_rate=48_000, new_sample_rate=16_000)
    assert back[1_000:-1_000] == pytest.approx(low[1_000:-1_000], abs=1e-4)


def test_leading_axes_are_separate_sounds(rng):
    sounds = rng.standard_normal((3, 2, 800))
    together = resample(sounds, sample_rate=16_000, new_sample_rate=44_100)
    alone = resample(sounds[2, 1], sample_rate=16_000, new_sample_rate=44_100)
    assert together.shape == (3, 2, 2_205)
    assert together[2, 1] == pytest.approx(alone)


def test_the_same_rate_changes_nothing(rng):
    samples = rng.standard_normal(10)
    assert resample(samples, sample_rate=8_000, new_sample_rate=8_000) is samples


def test_float32_stays_float32():
    samples = np.zeros(100, dtype=np.float32)
    resampled = resample(samples, sample_rate=8_000, new_sample_rate=16_000)
    assert resampled.dtype == np.float32


def test_a_sound_too_short_to_leave_a_sample_is_refused():
    with pytest.raises(ValueError, match="nothing is left at 16000 Hz"):
        resample([0.5], sample_rate=44_100, new_sample_rate=16_000)


def test_a_rate_in_kilohertz_is_explained():
    with pytest.raises(TypeError, match="expected new_sample_rate as a whole number"):
        resample([0.5, 0.1], sample_rate=16_000, new_sample_rate=44.1)
