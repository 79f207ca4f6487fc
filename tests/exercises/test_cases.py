"""One table of cases grades a number, whatever the number is."""

import numpy as np
import pytest

from clarity_lab.exercises.cases import grade_cases

CASES = [("1", (1.0,), 1.0), ("2", (2.0,), 2.0)]
SLIPS = {0.0: "nothing.", 0.04: "hardly anything.", np.inf: "no end.", 1.0: "always 1."}


def grade(attempt, **wishes):
    return grade_cases(attempt, CASES, slips=SLIPS, shows="itself.", **wishes)


def test_a_right_answer_is_told_what_it_shows():
    assert grade(lambda x: x) == "✓ itself."


@pytest.mark.parametrize(
    ("given", "hint"),
    [(0.01, "nothing."), (0.03, "hardly anything."), (np.inf, "no end.")],
)
def test_the_nearest_slip_is_told(given, hint):
    assert grade(lambda x: given).endswith(hint)


def test_a_slip_that_is_right_for_one_case_is_told_in_the_next():
    assert grade(lambda x: 1.0) == "✗ for 2 you got 1.00: always 1."


def test_an_unknown_mistake_is_told_what_was_expected_with_its_unit():
    assert grade(lambda x: 7.0) == "✗ for 1 expected 1.00 dB, got 7.00."
    assert grade(lambda x: 7.0, unit="") == "✗ for 1 expected 1.00, got 7.00."


def test_no_number_at_all_is_wrong():
    assert grade(lambda x: np.nan).startswith("✗ for 1 expected")


def test_the_tolerance_decides():
    assert grade(lambda x: x + 0.3).startswith("✗")
    assert grade(lambda x: x + 0.3, tolerance=0.4).startswith("✓")
    assert "nothing" not in grade(lambda x: 0.3, tolerance=0.4), "a slip stays narrow"


def test_an_attempt_cannot_spoil_the_next_case():
    sound = np.ones(2)

    def spoils(samples):
        samples[:] = 0
        return 5.0

    cases = [("a", (sound,), 5.0), ("b", (sound,), 5.0)]
    grade_cases(spoils, cases, slips={0.0: "?"}, shows="5.")
    assert sound.sum() == 2


def test_many_numbers_are_not_one():
    assert "several numbers (3)" in grade(lambda x: np.arange(3))
