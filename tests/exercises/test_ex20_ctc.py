"""Lesson 20's hints name the mistake that was made."""

import numpy as np
import pytest

from clarity_lab.exercises import ex20_ctc as ex
from tests.exercises.wrong_answers import ex20_prefixes


@pytest.mark.parametrize("slip", ex.FORWARD_SLIPS)
def test_a_slip_in_the_forward_recursion_is_named(slip):
    verdict = ex.check_forward(lambda *given: ex._with_slip(*given, slip))
    assert verdict.endswith(ex.FORWARD_SLIPS[slip])


def test_without_a_slip_the_recursion_is_right():
    probs = np.random.default_rng(440).dirichlet(np.ones(3), 5)
    for labels in ([1, 2], [1, 1], []):
        assert ex._with_slip(probs, labels, "none") == pytest.approx(
            ex.solution_forward(probs, labels)
        )


def test_the_beam_of_the_wrong_answers_is_right_without_its_mistake():
    assert ex.check_beam(ex20_prefixes()).startswith("✓")
