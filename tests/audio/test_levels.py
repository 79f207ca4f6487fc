"""Levels obey the physics they name."""

import numpy as np
import pytest

from clarity_lab import audio


def test_a_full_scale_sine_lies_3_db_below_an_rms_of_one(tone):
    sine = tone(1000, sample_rate=16_000)
    assert audio.level_dbfs(sine) == pytest.approx(-3.0103, abs=1e-4)


def test_half_the_amplitude_is_6_db_less(rng):
    noise = rng.standard_normal(8_000)
    difference_db = audio.level_dbfs(noise) - audio.level_dbfs(noise / 2)
    assert difference_db == pytest.approx(6.0206, abs=1e-4)


def test_independent_noises_add_in_power(rng):
    first, second = rng.standard_normal((2, 400_000))
    both_db = audio.level_dbfs(first + second)
    assert both_db == pytest.approx(audio.level_dbfs(first) + 3.01, abs=0.05)


def test_levels_treat_leading_axes_as_separate_sounds(rng):
    sounds = rng.standard_normal((3, 2, 1_000)) * [[[1.0], [0.1]]]
    levels_dbfs = audio.level_dbfs(sounds)
    assert levels_dbfs.shape == (3, 2)
    assert levels_dbfs[1, 1] == pytest.approx(audio.level_dbfs(sounds[1, 1]))


def test_silence_has_no_level_and_gives_no_warning():
    assert audio.level_dbfs(np.zeros(10)) == -np.inf


def test_one_sample_has_a_level():
    assert audio.level_dbfs([0.1]) == pytest.approx(-20)


def test_a_negative_sample_can_be_the_peak():
    assert audio.peak([[0.2, -0.9], [0.3, 0.1]]) == pytest.approx([0.9, 0.3])


def test_headroom_is_what_brings_the_peak_to_full_scale(rng):
    sounds = rng.standard_normal((2, 3, 500)) * [[[0.01], [1.0], [5.0]]] * 2
    gains = 10 ** (audio.headroom_db(sounds) / 20)
    assert audio.peak(sounds * gains[..., np.newaxis]) == pytest.approx(np.ones((2, 3)))
    assert audio.headroom_db([0.0, -2.0]) == pytest.approx(-6.0206, abs=1e-4)


def test_silence_has_endless_headroom():
    assert audio.headroom_db(np.zeros(10)) == np.inf


def test_quiet_float32_sounds_keep_their_level():
    quiet = np.full(1_000, 1e-30, dtype=np.float32)  # squares vanish in float32
    assert audio.level_dbfs(quiet) == pytest.approx(-600, abs=1e-3)


@pytest.mark.parametrize(
    ("frequency_hz", "weight_db"),
    [(100, -19.1), (250, -8.6), (1000, 0.0), (2500, 1.3), (8000, -1.1)],
)  # IEC 61672-1:2013, table 3, at exact frequencies close to these
def test_a_weighted_tones_follow_the_standard(tone, frequency_hz, weight_db):
    sine = tone(frequency_hz, sample_rate=48_000)
    weighted_db = audio.level_db_a(sine, sample_rate=48_000)
    assert weighted_db - audio.level_dbfs(sine) == pytest.approx(weight_db, abs=0.1)


def test_a_weighting_keeps_leading_axes(rng):
    sounds = rng.standard_normal((2, 3, 999))
    assert audio.level_db_a(sounds, sample_rate=16_000).shape == (2, 3)


def test_set_level_sets_the_level(rng):
    changed = audio.set_level(rng.standard_normal(8_000), level_dbfs=-30)
    assert audio.level_dbfs(changed) == pytest.approx(-30)


def test_set_level_keeps_the_difference_between_the_ears(rng):
    ears = rng.standard_normal((2, 8_000)) * [[1.0], [0.1]]
    before = np.diff(audio.level_dbfs(ears))
    after = np.diff(audio.level_dbfs(audio.set_level(ears, level_dbfs=-40)))
    assert after == pytest.approx(before)


@pytest.mark.parametrize("snr_db", [-20, 0, 12.5])
def test_a_mixture_has_the_snr_that_was_asked_for(rng, snr_db):
    target, interferer = rng.standard_normal((2, 2, 8_000))
    mixture, scaled = audio.mix_at_snr(target, interferer, snr_db=snr_db)
    powers = [np.mean(sound**2) for sound in (mixture - scaled, scaled)]
    assert 10 * np.log10(powers[0] / powers[1]) == pytest.approx(snr_db)
    assert mixture - scaled == pytest.approx(target)


def test_mixing_leaves_its_inputs_alone(rng):
    target, interferer = rng.standard_normal((2, 100))
    copies = target.copy(), interferer.copy()
    audio.mix_at_snr(target, interferer, snr_db=-10)
    assert np.array_equal(target, copies[0])
    assert np.array_equal(interferer, copies[1])


def test_silence_cannot_be_brought_to_a_level():
    with pytest.raises(ValueError, match="got silence: every sample is 0"):
        audio.set_level(np.zeros(10), level_dbfs=-20)


@pytest.mark.parametrize("silent", ["target", "interferer"])
def test_a_silent_part_of_a_mixture_is_named(rng, silent):
    parts = {"target": rng.standard_normal(9), "interferer": rng.standard_normal(9)}
    parts[silent] = np.zeros(9)
    with pytest.raises(ValueError, match=f"expected {silent} that can be heard"):
        audio.mix_at_snr(**parts, snr_db=0)


def test_a_mixture_of_unequal_lengths_is_explained(rng):
    with pytest.raises(ValueError, match=r"target \(9,\), interferer \(8,\)"):
        audio.mix_at_snr(rng.standard_normal(9), rng.standard_normal(8), snr_db=0)


@pytest.mark.parametrize("level", [np.nan, np.inf])
def test_an_impossible_level_is_refused(level):
    with pytest.raises(ValueError, match="expected level_dbfs as a finite number"):
        audio.set_level([1.0, -1.0], level_dbfs=level)


@pytest.mark.parametrize("function", [audio.rms, audio.peak, audio.level_dbfs])
def test_integers_have_no_full_scale(function):
    with pytest.raises(TypeError, match="floating-point"):
        function(np.array([1, 2, 3], dtype=np.int16))


def test_a_not_a_number_is_found():
    with pytest.raises(ValueError, match=r"1 NaN .* at sample 1"):
        audio.rms([0.0, np.nan])


def test_a_gain_that_changes_is_measured_frame_by_frame(rng):
    before = rng.standard_normal((2, 1_600))
    gains = np.repeat([1.0, 0.1], 800)
    times_s, gains_db = audio.measured_gain_db(
        before, gains * before, sample_rate=16_000
    )
    np.testing.assert_allclose(times_s, np.arange(10) / 100)
    np.testing.assert_allclose(gains_db, [np.repeat([0.0, -20.0], 5)] * 2, atol=1e-9)


def test_silence_in_has_no_gain_and_silence_out_has_gained_minus_infinity():
    silent_then_on, on = np.repeat([0.0, 1.0], 160), np.ones(320)
    asked = {"sample_rate": 16_000}
    assert np.isnan(audio.measured_gain_db(silent_then_on, on, **asked)[1][0])
    assert audio.measured_gain_db(on, silent_then_on, **asked)[1][0] == -np.inf


def test_what_is_left_over_after_the_last_frame_is_left_out(rng):
    sound = rng.standard_normal(100)
    times_s, _ = audio.measured_gain_db(sound, sound, sample_rate=1_000, frame_ms=30)
    np.testing.assert_allclose(times_s, [0.0, 0.03, 0.06])


def test_a_sound_shorter_than_a_frame_and_one_that_was_delayed_are_refused():
    with pytest.raises(ValueError, match="at least 160 samples for a frame of 10 ms"):
        audio.measured_gain_db(np.ones(99), np.ones(99), sample_rate=16_000)
    with pytest.raises(ValueError, match=r"equal shapes.*before \(999,\), after"):
        audio.measured_gain_db(np.ones(999), np.ones(998), sample_rate=16_000)
