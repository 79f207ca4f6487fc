import numpy as np
import pytest

from clarity_lab.hearing import (
    Audiogram,
    Listener,
    cec2_compress,
    cec2_gain_and_rms,
    cec2_hearing_aid,
    soft_clip,
    standard_audiogram,
)

RATE = 44_100


@pytest.fixture
def loud_and_soft(rng):
    loudness = np.repeat([0.05, 0.9, 0.2], RATE // 4)
    return loudness * rng.standard_normal(3 * (RATE // 4))


def test_the_rms_is_that_of_the_last_window(rng):
    sound = rng.standard_normal(5000)
    _, rms = cec2_gain_and_rms(sound, sample_rate=1000, window_s=0.3)
    padded = np.concatenate([np.zeros(299), sound])
    for n in (0, 1, 298, 299, 300, 301, 4999):
        expected = np.sqrt(np.mean(padded[n : n + 300] ** 2) + 1e-8)
        assert rms[n] == pytest.approx(expected, rel=1e-12)


def test_a_sound_shorter_than_the_window_has_an_rms_too():
    _, rms = cec2_gain_and_rms(np.ones(10), sample_rate=1000, window_s=0.1)
    np.testing.assert_allclose(rms**2, np.arange(1, 11) / 100 + 1e-8)


def test_the_gain_falls_with_the_attack_and_recovers_with_the_release():
    steps = np.repeat([1.0, 0.0], [RATE, 2 * RATE])
    gain, _ = cec2_gain_and_rms(
        steps, sample_rate=RATE, window_s=1 / RATE, attenuation=0.0
    )
    fall = (gain[int(0.05 * RATE)] - 0.35) / (1 - 0.35)
    assert fall == pytest.approx(np.exp(-1), abs=0.002)  # after 50 ms
    bottom = gain[RATE - 1]
    rise = (1 - gain[2 * RATE - 1]) / (1 - bottom)
    assert rise == pytest.approx(np.exp(-1), abs=0.002)  # after 1000 ms


def test_however_loud_the_gain_heads_for_the_threshold():
    for amplitude in (0.5, 1.0):
        steady = np.full(RATE, amplitude)
        gain, _ = cec2_gain_and_rms(steady, sample_rate=RATE)
        assert gain[-1] == pytest.approx(0.1 * amplitude + 0.9 * 0.35, abs=1e-6)


@pytest.mark.parametrize(
    ("knob", "low", "high"),
    [
        ("threshold", 0.1, 0.6),
        ("attenuation", 0.0, 0.9),
        ("attack_ms", 1.0, 500.0),
        ("release_ms", 10.0, 3000.0),
        ("window_s", 0.001, 0.3),
    ],
)
def test_every_knob_changes_the_sound_at_both_ends(loud_and_soft, knob, low, high):
    middle = cec2_compress(loud_and_soft, sample_rate=RATE)
    for value in (low, high):
        turned = cec2_compress(loud_and_soft, sample_rate=RATE, **{knob: value})
        assert np.std(turned - middle) > 0.01 * np.std(middle), (knob, value)


def test_channels_are_compressed_each_for_itself(rng):
    sound = rng.standard_normal((2, 3, 4000))
    together = cec2_compress(sound, sample_rate=RATE)
    alone = cec2_compress(sound[1, 2], sample_rate=RATE)
    np.testing.assert_array_equal(together[1, 2], alone)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"attack_ms": 0.0}, "attack_ms of at least one sample"),
        ({"window_s": 0.0}, "window_s"),
        ({"threshold": -1.0}, "threshold"),
    ],
)
def test_settings_that_make_no_sense_are_explained(changes, message):
    with pytest.raises(ValueError, match=message):
        cec2_gain_and_rms(np.ones(9), sample_rate=RATE, **changes)


def test_the_soft_clip_holds_everything_within_full_scale():
    clipped = soft_clip(np.linspace(-50, 50, 101))
    assert np.max(np.abs(clipped)) <= 1
    assert np.all(np.diff(clipped) >= 0)
    assert soft_clip([1e-3])[0] == pytest.approx(1e-3, rel=1e-6)


def test_the_soft_clip_takes_one_sample_and_any_shape():
    assert soft_clip(0.5) == pytest.approx(np.tanh(0.5))
    assert np.shape(soft_clip(0.5)) == ()
    assert soft_clip(np.zeros((2, 3, 40))).shape == (2, 3, 40)


@pytest.mark.parametrize("sound", [[0.0, np.nan], [np.inf], np.nan])
def test_the_soft_clip_passes_no_nan_on(sound):
    with pytest.raises(ValueError, match="expected finite samples, got 1 NaN or inf"):
        soft_clip(sound)


@pytest.mark.parametrize("sound", [None, [None, 0.5], "loud"])
def test_the_soft_clip_makes_no_sound_of_nothing(sound):
    with pytest.raises(TypeError, match="expected samples as floating-point numbers"):
        soft_clip(sound)


def test_the_aid_fits_each_ear(rng):
    sound = 0.01 * rng.standard_normal((2, 8000))
    listener = Listener("x", Audiogram((250, 8000), (0, 0)), standard_audiogram("N3"))
    aided = cec2_hearing_aid(sound, sample_rate=RATE, audiogram=listener)
    assert aided.shape == sound.shape
    assert np.std(aided[0]) == pytest.approx(np.std(sound[0]), rel=0.01)
    assert np.std(aided[1]) > 3 * np.std(sound[1])
    with pytest.raises(ValueError, match="2, samples"):
        cec2_hearing_aid(sound[0], sample_rate=RATE, audiogram=listener)


def test_it_matters_not_how_the_channels_lie_in_memory(loud_and_soft):
    stereo = np.stack([loud_and_soft, 0.5 * loud_and_soft])
    as_read_from_a_file = np.asfortranarray(stereo)
    assert np.array_equal(
        cec2_compress(as_read_from_a_file, sample_rate=RATE),
        cec2_compress(stereo, sample_rate=RATE),
    )
