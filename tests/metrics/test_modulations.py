"""The modulation filters, on modulations of known rate."""

import numpy as np
import pytest

from clarity_lab.metrics import modulations


def response(taps, hz, frame_rate_hz):
    """Gain of a linear-phase filter at a frequency, delay taken out."""
    n = np.arange(len(taps)) - len(taps) // 2
    return np.sum(taps * np.cos(2 * np.pi * n * hz / frame_rate_hz))


def test_speech_filters_have_the_published_lengths():
    lengths = [len(taps) - 1 for taps in modulations.speech_filters()]
    assert lengths == [614, 614, 614, 384, 244, 152, 96, 60, 38, 24]


def test_each_speech_filter_passes_its_own_rate_and_rejects_the_far_ones():
    centres_hz = modulations.SPEECH_MODULATIONS_HZ
    for n, taps in enumerate(modulations.speech_filters()):
        gains = [abs(response(taps, hz, 2560)) for hz in centres_hz]
        own = gains[n]
        assert own == pytest.approx(1, abs=0.15)
        assert all(
            gain < 0.2
            for hz, gain in zip(centres_hz, gains, strict=True)
            if not centres_hz[n] / 4 <= hz <= 4 * centres_hz[n]
        )


def test_music_filters_split_125_hz_into_eight_rising_bands():
    filters = modulations.music_filters()
    centres_hz = [0, 6, 10, 16, 26, 41, 65, 105]
    gains = np.array([[response(taps, f, 250) for f in centres_hz] for taps in filters])
    np.testing.assert_allclose(np.diag(gains), 1, atol=0.15)
    assert np.argmax(gains, axis=0).tolist() == list(range(8))


def test_filtering_keeps_time_and_length(rng):
    signal = rng.standard_normal((2, 300))
    for taps in modulations.music_filters():
        plain = [np.convolve(one, taps)[64:364] for one in signal]
        ours = modulations.filtered(signal, [taps])[0]
        np.testing.assert_allclose(ours, plain, atol=1e-12)
