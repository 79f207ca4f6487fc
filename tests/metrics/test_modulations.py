"""The modulation filters and cepstra, on modulations of known rate."""

import numpy as np
import pytest

from clarity_lab.metrics import cepstra, modulations


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


def test_cepstra_ignore_the_level_but_not_the_shape(rng):
    frames = rng.uniform(10, 40, (50, 32))
    plain = cepstra.cepstra(frames)
    np.testing.assert_allclose(cepstra.cepstra(frames + 20), plain, atol=1e-9)
    assert not np.allclose(cepstra.cepstra(frames[:, ::-1]), plain, atol=1)


def test_a_frame_counts_if_its_mean_loudness_is_above_two_and_a_half_db():
    frames = np.zeros((3, 32))
    frames[1, :] = 2.6
    frames[2, 0] = 40.0  # one loud band of 32: mean amplitude (31 + 100) / 32
    assert cepstra.audible_frames(frames).tolist() == [False, True, True]


def test_correlation_ignores_gain_offset_and_sign_but_not_standstill(rng):
    x = rng.standard_normal((2, 100))
    y = np.stack([-3 * x[0] + 5, np.ones(100)])
    np.testing.assert_allclose(
        cepstra.correlations(y, reference=x), [1.0, 0.0], atol=1e-12
    )
