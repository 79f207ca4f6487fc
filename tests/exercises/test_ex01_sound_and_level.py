"""What the checks of lesson 01 say to mistakes that have a name."""

import numpy as np
import pytest

from clarity_lab.exercises import ex01_sound_and_level as ex


def in_place(samples):
    """The peak, by a way that spoils the sound it was given."""
    np.abs(samples, out=samples)
    loudest = np.max(samples)
    samples[:] = 1e-3
    return loudest


def test_an_attempt_that_overwrites_a_sound_is_still_graded_by_its_answers():
    def common_gain_db(first, second):
        return -20 * np.log10(max(in_place(first), in_place(second)))

    assert ex.check_common_gain_db(common_gain_db).startswith("✓")


def test_the_natural_logarithm_is_named_in_every_exercise():
    attempts = {
        ex.check_crest_factor_db: lambda x: 20 * np.log(2),
        ex.check_common_gain_db: lambda first, second: 20 * np.log(2),
        ex.check_combined_level_db: lambda levels: (
            10 * np.log(np.sum(10 ** (levels / 10)))
        ),
        ex.check_rms_one_db_spl: lambda x, spl: spl - 20 * np.log(0.1),
        ex.check_snr_db: lambda both, noise: (
            10 * np.log(10 ** ((both - noise) / 10) - 1)
        ),
    }
    for check, attempt in attempts.items():
        assert "np.log10" in check(attempt), check.__name__


@pytest.mark.parametrize("step_db", [3, 3.01])
def test_three_decibels_more_is_said_to_hold_for_two_equal_ones(step_db):
    verdict = ex.check_combined_level_db(lambda levels: max(levels) + step_db)
    assert "two equal ones only" in verdict


def test_a_missing_bracket_is_named():
    def snr_db(together_db, noise_db):
        together, noise = 10 ** (together_db / 10), 10 ** (noise_db / 10)
        return 10 * np.log10(together - noise / noise)

    assert "Brackets" in ex.check_snr_db(snr_db)
