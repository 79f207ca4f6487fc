"""What the checks of lesson 13 say to mistakes that have a name."""

import math

import numpy as np

from clarity_lab.exercises import ex13_intelligibility as ex


def test_the_level_of_one_sound_is_no_answer_for_all():
    assert "is 34 written" in ex.check_haspi_level(lambda x, level: level + 34)


def test_a_squared_correlation_is_named():
    verdict = ex.check_correlation(lambda x, y: np.corrcoef(x, y)[0, 1] ** 2)
    assert "r squared" in verdict


def test_one_ear_alone_is_not_taken_for_the_better_mean():
    assert "left ear" in ex.check_mean_better_ear(lambda s: s[:, 0].mean())
    assert "better of the two means" in ex.check_mean_better_ear(
        lambda s: s.mean(axis=0).max()
    )


def test_midpoint_and_slope_in_each_others_place_are_named():
    def swapped(haspi, slope, midpoint):
        return 100 / (1 + np.exp(-slope * (haspi - midpoint)))

    assert "changed places" in ex.check_words_percent(swapped)


def test_math_exp_is_sent_to_numpy():
    def one_score(haspi, midpoint, slope):
        return 100 / (1 + math.exp(-slope * (haspi - midpoint)))

    assert "np.exp" in ex.check_words_percent(one_score)


def test_and_and_missing_brackets_are_answered_with_how_arrays_are_compared():
    def spelled_out(system, listener, asked, who):
        return system != asked and listener != who

    def without_brackets(system, listener, asked, who):
        return system != asked & listener != who

    for attempt in (spelled_out, without_brackets):
        assert "(a > 1) & (b > 2)" in ex.check_may_train(attempt)
