import numpy as np
import pytest

from clarity_lab.scenes.rendering.speech_weighting import (
    speech_weighted_snr_db,
    weighting_taps,
)

RATE = 44_100


def tone(hz: float, *, sample_rate: int = RATE) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(sample_rate) / sample_rate)


def gain_db(hz: float, sample_rate: int) -> float:
    taps = weighting_taps(sample_rate)
    turn = np.exp(-2j * np.pi * hz * np.arange(len(taps)) / sample_rate)
    return 20 * np.log10(abs(taps @ turn))


def test_the_weighting_passes_what_speech_is_understood_by():
    for hz in (500, 1_000, 2_000, 4_000):
        assert abs(gain_db(hz, RATE)) < 1.5
    assert gain_db(100, RATE) < -15
    assert gain_db(12_000, RATE) < -40


def test_low_noise_hardly_counts():
    speech, hum = tone(1_000), tone(100)
    ratio_db = speech_weighted_snr_db(speech, noise=hum, sample_rate=RATE)
    assert ratio_db == pytest.approx(gain_db(1_000, RATE) - gain_db(100, RATE), abs=0.1)


def test_ten_times_the_noise_is_20_db_less(rng):
    speech, noise = rng.standard_normal((2, 2, 5_000))
    once = speech_weighted_snr_db(speech, noise=noise, sample_rate=RATE)
    louder = speech_weighted_snr_db(speech, noise=10 * noise, sample_rate=RATE)
    assert once - louder == pytest.approx(20)


def test_the_better_ear_counts(rng):
    speech, noise = rng.standard_normal((2, 4_000))
    both = np.stack([speech, speech]), np.stack([noise, 0.1 * noise])
    ratio_db = speech_weighted_snr_db(both[0], noise=both[1], sample_rate=RATE)
    right = speech_weighted_snr_db(speech, noise=0.1 * noise, sample_rate=RATE)
    assert ratio_db == pytest.approx(right)


@pytest.mark.parametrize("sample_rate", [16_000, 48_000])
def test_the_weighting_is_the_same_at_other_sample_rates(sample_rate):
    for hz in (300, 1_000, 4_000):
        assert gain_db(hz, sample_rate) == pytest.approx(gain_db(hz, RATE), abs=0.05)


def test_noise_that_is_silent_leaves_an_infinite_ratio(rng):
    speech = rng.standard_normal(1_000)
    silence = np.zeros(1_000)
    assert speech_weighted_snr_db(speech, noise=silence, sample_rate=RATE) == np.inf


def test_an_ear_in_silence_does_not_spoil_the_other(rng):
    speech, noise = rng.standard_normal((2, 2, 1_000))
    speech[0] = noise[0] = 0.0
    alone = speech_weighted_snr_db(speech[1], noise=noise[1], sample_rate=RATE)
    both = speech_weighted_snr_db(speech, noise=noise, sample_rate=RATE)
    assert both == pytest.approx(alone)


def test_silent_speech_is_refused():
    with pytest.raises(ValueError, match="expected a target that sounds, got silence"):
        speech_weighted_snr_db(np.zeros(100), noise=np.ones(100), sample_rate=RATE)


def test_different_lengths_are_explained():
    with pytest.raises(ValueError, match=r"target \(10,\), noise \(9,\)"):
        speech_weighted_snr_db(np.ones(10), noise=np.ones(9), sample_rate=RATE)
