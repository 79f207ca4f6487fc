"""What the checks of lesson 12 say to mistakes that have a name."""

import numpy as np
import pytest

from clarity_lab.exercises import ex12_hearing_aid as ex
from tests.exercises.wrong_answers import ex12_at, ex12_attack_ms, ex12_factor


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (lambda x, level: x / np.max(np.abs(x)) * 10 ** (level / 20), "the *peak*"),
        (lambda x, level: ex12_at(x, 2 * level), "amplitudes take 20"),
        (lambda x, level: x * ex12_factor(x, level) ** 2, "amplitudes take 20"),
        (lambda x, level: x * 10 ** (level / 20), "a level of its own"),
        (lambda x, level: x, "at the level of the file"),
    ],
)
def test_each_wrong_way_to_the_level_has_its_own_hint(before, words):
    def attempt(recording, level_db_spl, rms_one_db_spl, aid):
        return aid(before(recording, level_db_spl - rms_one_db_spl))

    assert words in ex.check_aid_at_level(attempt)


def test_an_aid_that_is_never_asked_is_told_apart_from_one_that_is_undone():
    never = ex.check_aid_at_level(lambda x, level, one, aid: ex12_at(x, level - one))
    undone = ex.check_aid_at_level(
        lambda x, level, one, aid: ex12_at(aid(x), level - one)
    )
    assert "never asks the aid" in never
    assert "The aid's gain is gone" in undone


def test_a_share_of_the_factor_is_not_taken_for_a_share_of_the_decibels():
    def of_the_factor(gain_db, sample_rate):
        return ex12_attack_ms(10 ** (gain_db / 20), sample_rate)

    def a_third(gain_db, sample_rate):
        return ex12_attack_ms(gain_db, sample_rate, share=0.37)

    assert "of the *factor*" in ex.check_attack_ms(of_the_factor)
    assert "37 %" in ex.check_attack_ms(a_third)


def test_all_moments_below_the_mark_are_told_to_take_the_first():
    verdict = ex.check_attack_ms(lambda gain_db, rate: np.where(gain_db < -12)[0])
    assert verdict.endswith("take the first of them?")
