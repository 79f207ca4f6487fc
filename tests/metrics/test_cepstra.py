"""Cepstra across the bands: what they see, and what not."""

import numpy as np

from clarity_lab.metrics import cepstra


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
