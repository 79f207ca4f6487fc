"""Every check passes its solution, fails wrong answers and waits for the others."""

import importlib
from pathlib import Path

import numpy as np
import pytest

import clarity_lab.exercises
from clarity_lab.exercises import ex00_start_here
from tests.exercises.wrong_answers import WRONG_ANSWERS

FOLDER = Path(clarity_lab.exercises.__file__).parent
MODULES = [
    importlib.import_module(f"clarity_lab.exercises.{path.stem}")
    for path in sorted(FOLDER.glob("ex*.py"))
]
CHECKS = [
    pytest.param(
        getattr(module, name), getattr(module, f"solution_{name[6:]}"), id=name
    )
    for module in MODULES
    for name in vars(module)
    if name.startswith("check_")
]


def stub(*arguments, **keywords):
    raise NotImplementedError("your turn")


@pytest.mark.parametrize(("check", "solution"), CHECKS)
def test_the_solution_is_right(check, solution):
    assert check(solution).startswith("✓"), check(solution)


@pytest.mark.parametrize(("check", "solution"), CHECKS)
def test_an_unfinished_attempt_is_no_error(check, solution):
    assert check(...).startswith("○ not attempted yet: replace the ...")
    if callable(solution):
        assert check(stub).startswith("○ not attempted yet: replace the raise")


@pytest.mark.parametrize(("check", "solution"), CHECKS)
def test_wrong_answers_get_hints_and_not_all_the_same(check, solution):
    wrong = WRONG_ANSWERS.get(check.__name__, [])
    assert len(wrong) >= 2, (
        f"add wrong answers for {check.__name__} to tests/exercises/wrong_answers.py"
    )
    verdicts_given = [check(answer) for answer in wrong]
    assert all(verdict.startswith("✗") for verdict in verdicts_given), verdicts_given
    assert not [v for v in verdicts_given if "cannot be read" in v], (
        "the check itself fails on this answer"
    )
    assert len(set(verdicts_given)) > 1, (
        "the same hint for every mistake teaches little"
    )


@pytest.mark.parametrize(("check", "solution"), CHECKS)
def test_an_attempt_that_crashes_is_answered(check, solution):
    def crash(*arguments, **keywords):
        raise ZeroDivisionError("by zero")

    answer = check(crash)
    assert answer.startswith("✗")


@pytest.mark.parametrize("answer", ["many", None, [1.0, 2.0], {}, 1j, np.zeros((3, 3))])
@pytest.mark.parametrize(("check", "solution"), CHECKS)
def test_nonsense_is_answered_and_not_called_a_crash_of_the_attempt(
    check, solution, answer
):
    attempt = (lambda *arguments: answer) if callable(solution) else answer
    verdict = check(attempt)
    assert verdict.startswith("✗")
    assert "your code raised" not in verdict


def test_an_exception_without_words_is_answered():
    class MuteError(Exception):
        def __str__(self):
            raise RuntimeError

    def crash(*arguments):
        raise MuteError

    assert ex00_start_here.check_halve(crash) == "✗ your code raised MuteError"


def test_no_two_lessons_name_a_check_alike():
    names = [param.id for param in CHECKS]
    assert len(names) == len(set(names)), "WRONG_ANSWERS goes by these names"


def test_every_lesson_has_exercises():
    lessons = Path(clarity_lab.exercises.__file__).parents[2] / "notebooks"
    stems = {f"ex{path.stem}" for path in lessons.glob("[0-9]*.ipynb")}
    modules = {module.__name__.split(".")[-1] for module in MODULES}
    assert stems == modules, "one module clarity_lab/exercises/exNN_name.py a lesson"
