"""The four numbers of continual learning, on tables made by hand."""

import numpy as np
import pytest

from clarity_lab.metrics.continual import (
    average_wer,
    backward_transfer,
    forward_transfer,
    intransigence,
)

NAN = np.nan
TABLE = [
    [0.02, NAN, NAN],
    [0.40, 0.04, NAN],
    [0.60, 0.50, 0.10],
]


def test_on_a_table_made_by_hand():
    np.testing.assert_allclose(average_wer(TABLE), [0.02, 0.22, 0.40])
    np.testing.assert_allclose(backward_transfer(TABLE), [-0.38, -0.52])
    np.testing.assert_allclose(intransigence(TABLE, joint=[0.02, 0.04]), [0.02, 0.06])
    np.testing.assert_allclose(
        forward_transfer(TABLE, single=[0.04, 0.2]), [0, 0.1], atol=1e-12
    )


def test_who_forgets_nothing_has_a_backward_transfer_of_zero(rng):
    learnt = rng.random(5)
    np.testing.assert_array_equal(backward_transfer(np.tile(learnt, (5, 1))), 0)


def test_who_gets_better_at_the_old_has_a_positive_one():
    assert backward_transfer([[0.5, NAN], [0.25, 0.1]]) == 0.25


def test_what_has_not_been_learnt_yet_does_not_count(rng):
    wers = rng.random((4, 4))
    other = np.where(np.tri(4, dtype=bool), wers, NAN)
    for metric in (average_wer, backward_transfer):
        np.testing.assert_array_equal(metric(wers), metric(other))
    refs = rng.random(3)
    np.testing.assert_array_equal(
        intransigence(wers, joint=refs), intransigence(other, joint=refs)
    )


def test_who_learns_as_well_as_all_at_once_is_not_intransigent():
    assert intransigence(TABLE, joint=[0.04, 0.10]).tolist() == [0, 0]


def test_with_the_same_reference_the_two_transfers_of_the_new_are_opposite(rng):
    refs = rng.random(2)
    np.testing.assert_allclose(
        intransigence(TABLE, joint=refs), -forward_transfer(TABLE, single=refs)
    )


@pytest.mark.parametrize(
    ("wers", "told"),
    [
        ([0.1, 0.2], "a row for what was learnt last"),
        ([[0.1]], "two or more"),
        ([[0.1, 0.2, 0.3], [0.1, 0.2, 0.3]], "got \\(2, 3\\)"),
        (np.transpose(TABLE), "swapped"),
        ([[0.1, NAN], [-0.1, 0.2]], "negative"),
    ],
)
def test_what_is_no_table_is_told(wers, told):
    with pytest.raises(ValueError, match=told):
        average_wer(wers)


def test_a_reference_too_many_is_told():
    with pytest.raises(ValueError, match="one error rate for each"):
        intransigence(TABLE, joint=[0.1, 0.2, 0.3])
    with pytest.raises(ValueError, match="one error rate for each"):
        forward_transfer(TABLE, single=[0.1, NAN])
