"""The ear's own noise: how strong it is, how late, and in which order it is drawn."""

import numpy as np
import pytest

from clarity_lab.metrics.inner_noise import (
    ThresholdNoise,
    as_rng,
    skip_unused_draws,
    with_firing_jitter,
)

NO_WAIT = np.zeros(8, dtype=int)


def noise_of(rng, n_samples=20_000, rms_one_db_spl=100.0):
    return ThresholdNoise(rng, n_samples=n_samples, rms_one_db_spl=rms_one_db_spl)


def test_nerves_jitter_by_a_tenth_of_a_decibel(rng):
    jitter_db = with_firing_jitter(np.full((2000, 32), 30.0), rng) - 30
    assert np.std(jitter_db) == pytest.approx(0.1, rel=0.02)
    assert np.mean(jitter_db) == pytest.approx(0, abs=0.002)


@pytest.mark.parametrize("rms_one_db_spl", [65.0, 100.0])
@pytest.mark.parametrize("seeded", [np.random.default_rng, np.random.RandomState])
def test_the_noise_lies_10_db_below_threshold_in_every_band(seeded, rms_one_db_spl):
    noise = noise_of(seeded(1), rms_one_db_spl=rms_one_db_spl)
    for bands in (noise.for_reference(NO_WAIT), noise.for_estimate(NO_WAIT)):
        level_db_spl = 20 * np.log10(np.std(bands, axis=0)) + rms_one_db_spl
        np.testing.assert_allclose(level_db_spl, -10, atol=0.15)


def test_the_noise_waits_with_its_band():
    wait = 10 * np.arange(8)
    plain = noise_of(np.random.RandomState(3), 200).for_reference(NO_WAIT)
    late = noise_of(np.random.RandomState(3), 200).for_reference(wait)
    for band, samples in enumerate(wait):
        np.testing.assert_array_equal(late[:samples, band], 0)
        np.testing.assert_array_equal(
            late[samples:, band], plain[: 200 - samples, band]
        )


def test_a_legacy_generator_draws_all_of_the_reference_then_all_of_the_estimate():
    rng, plain = np.random.RandomState(3), np.random.RandomState(3)
    noise = noise_of(rng, 100)
    sides = [
        (noise.for_reference(NO_WAIT), noise.for_estimate(NO_WAIT)) for _ in "1234"
    ]
    drawn = np.hstack([np.hstack(side) for side in zip(*sides, strict=True)])
    expected = plain.standard_normal((64, 100)).T
    np.testing.assert_allclose(drawn / np.std(drawn), expected / np.std(expected))
    assert rng.random_sample() == plain.random_sample()


def test_a_generator_draws_other_noise_for_each_sound_and_band(rng):
    noise = noise_of(rng)
    bands = np.hstack([noise.for_reference(NO_WAIT), noise.for_estimate(NO_WAIT)])
    assert np.max(np.abs(np.corrcoef(bands.T) - np.eye(16))) < 0.05


def test_without_rng_there_is_no_noise():
    levels_db = np.ones((3, 32))
    assert with_firing_jitter(levels_db, None) is levels_db
    assert noise_of(None).for_reference(NO_WAIT) is None
    assert noise_of(None).for_estimate(NO_WAIT) is None


def test_only_a_legacy_generator_is_moved_past_unused_draws():
    legacy, plain = np.random.RandomState(3), np.random.RandomState(3)
    skip_unused_draws(legacy, n_per_band=7)
    plain.standard_normal(2 * 32 * 7)
    assert legacy.random_sample() == plain.random_sample()
    modern = np.random.default_rng(3)
    skip_unused_draws(modern, n_per_band=7)
    assert modern.random() == np.random.default_rng(3).random()


def test_a_seed_seeds_a_legacy_generator():
    assert as_rng(5).random_sample() == np.random.RandomState(5).random_sample()
    assert as_rng(None) is None


@pytest.mark.parametrize(
    ("wrong", "error"), [(-1, ValueError), (2**32, ValueError), (True, TypeError)]
)
def test_what_is_no_seed_is_refused(wrong, error):
    with pytest.raises(error, match="rng"):
        as_rng(wrong)
