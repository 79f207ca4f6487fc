"""Every check passes its solution, fails wrong answers and waits for the others."""

import importlib
from pathlib import Path

import numpy as np
import pytest

import clarity_lab.exercises
from clarity_lab import audio
from clarity_lab.exercises import (
    ex00_start_here,
    ex23_recognition_in_real_life,
    ex90_whole_chain,
)
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
FUNCTION_CHECKS = [one for one in CHECKS if callable(one.values[1])]


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


@pytest.mark.parametrize(("check", "solution"), FUNCTION_CHECKS)
def test_an_attempt_that_crashes_is_told_with_its_line(check, solution):
    def crash(*arguments, **names):
        zero = 0
        return 1 / zero

    assert check(crash) == (
        "✗ your code raised ZeroDivisionError: division by zero "
        "(line 3 of your function: return 1 / zero)"
    )


@pytest.mark.parametrize(("check", "solution"), FUNCTION_CHECKS)
def test_a_function_without_return_is_asked_for_one(check, solution):
    def forgets(*arguments, **names):
        solution(*arguments, **names)

    assert "Is there a return?" in check(forgets)


@pytest.mark.parametrize(("check", "solution"), CHECKS)
def test_an_answer_of_none_is_asked_for_a_return(check, solution):
    assert "is there a return?" in check(None)


@pytest.mark.parametrize(("check", "solution"), FUNCTION_CHECKS)
def test_a_function_with_other_parameters_is_told_so(check, solution):
    def without():
        return 0.0

    def one_too_many(*arguments, extra):
        return 0.0

    for attempt, taken in ((without, "()"), (one_too_many, "(arguments, extra)")):
        assert f"your function takes {taken}, the exercise gives it" in check(attempt)
        assert "Leave the line with def as it was" in check(attempt)


@pytest.mark.parametrize(("check", "solution"), FUNCTION_CHECKS)
def test_a_name_that_was_not_written_is_asked_for(check, solution):
    def scales(*arguments, **names):
        return audio.set_level(np.ones(4), -20.0)

    assert check(scales).endswith("Write the names: set_level(samples, level_dbfs=...)")


@pytest.mark.parametrize(("check", "solution"), FUNCTION_CHECKS)
def test_an_ellipsis_given_back_is_no_attempt(check, solution):
    assert check(lambda *arguments, **names: ...).startswith("○ not attempted yet")


def test_a_wrong_call_of_an_own_function_shows_how_it_is_called():
    def loudness(samples, reference):
        return samples / reference

    verdict = ex00_start_here.check_halve(lambda samples: loudness(samples))
    assert "missing 1 required positional argument: 'reference'" in verdict
    assert verdict.endswith(". Call it so: loudness(samples, reference)")


def test_a_type_error_that_is_about_no_call_gets_no_advice_on_calls():
    verdict = ex00_start_here.check_halve(lambda samples: "0.5" + samples.tolist())
    assert "your code raised TypeError" in verdict
    assert "Call it so" not in verdict


def test_shapes_that_do_not_fit_are_told_of_keepdims():
    def loudness(sound):
        return np.sqrt(np.mean(sound**2, axis=-1))

    verdict = ex90_whole_chain.check_match_level(
        lambda anechoic, target: anechoic * loudness(target) / loudness(anechoic)
    )
    assert "could not be broadcast together" in verdict
    assert "keepdims=True beside axis=-1" in verdict


def test_shapes_that_do_not_fit_and_have_no_ears_are_told_of_none():
    wrong = ex23_recognition_in_real_life.check_drawn_wer(
        lambda errors, words, speakers, drawn: errors / words[: len(drawn)]
    )
    assert wrong.endswith(". The shapes do not fit")


def test_a_fault_in_a_function_that_the_attempt_calls_is_told_at_the_attempts_line():
    def halve(samples):
        return audio.level_dbfs(
            np.zeros(0),
        )

    verdict = ex00_start_here.check_halve(halve)
    assert "(line 2 of your function: return audio.level_dbfs(" in verdict


@pytest.mark.parametrize("answer", ["many", None, [1.0, 2.0], {}, 1j, np.zeros((3, 3))])
@pytest.mark.parametrize(("check", "solution"), CHECKS)
def test_nonsense_is_answered_and_not_called_a_crash_of_the_attempt(
    check, solution, answer
):
    attempt = (lambda *a, **keywords: answer) if callable(solution) else answer
    verdict = check(attempt)
    assert verdict.startswith("✗")
    assert "your code raised" not in verdict


def test_an_exception_without_words_is_answered():
    class MuteError(Exception):
        def __str__(self):
            raise RuntimeError

    def crash(*arguments, **names):
        raise MuteError

    verdict = ex00_start_here.check_halve(crash)
    assert verdict.startswith("✗ your code raised MuteError (line 2")


def test_no_two_lessons_name_a_check_alike():
    names = [param.id for param in CHECKS]
    assert len(names) == len(set(names)), "WRONG_ANSWERS goes by these names"


def test_every_lesson_has_exercises():
    lessons = Path(clarity_lab.exercises.__file__).parents[2] / "notebooks"
    stems = {f"ex{path.stem}" for path in lessons.glob("[0-9]*.ipynb")}
    modules = {module.__name__.split(".")[-1] for module in MODULES}
    assert stems == modules, "one module clarity_lab/exercises/exNN_name.py a lesson"
