"""What the answers of an ABX test are worth, in words and against guessing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb

CONFIDENCES = ("guess", "think so", "sure")
UNLIKELY = 0.05
"""A score that guessing reaches no more often than this is called heard."""


@dataclass(frozen=True)
class Trial:
    """One answered trial; the fields are the columns of `BlindTest.results`.

    Attributes:
        trial: Its number, from 1.
        x: What X was, "A" or "B".
        answer: What the reader said it was.
        correct: Whether that is the same.
        confidence: "guess", "think so" or "sure".
        seconds: From the trial's start to its answer.
        n_switches: How often another sound was chosen.
    """

    trial: int
    x: str
    answer: str
    correct: bool
    confidence: str
    seconds: float
    n_switches: int


def guessing_share(n_correct: int, n_trials: int) -> float:
    """How often pure guessing gets at least so many right: the binomial tail.

    Args:
        n_correct: Right answers.
        n_trials: Answers, each right with probability 1/2.

    Returns:
        The p value, 0 to 1.

    Example:
        Two of two come by luck in a quarter of all tries.

        >>> guessing_share(2, 2)
        0.25
    """
    ways = sum(comb(n_trials, k) for k in range(n_correct, n_trials + 1))
    return ways / 2**n_trials


def score_in_words(n_correct: int, n_trials: int) -> str:
    """The score, and what it is worth.

    Example:
        >>> score_in_words(8, 10)
        '8 of 10; by guessing alone one gets that far in 5.5 % of tries.'
    """
    if n_trials == 0:
        return "No trial is answered yet."
    percent = 100 * guessing_share(n_correct, n_trials)
    share = f"{percent:.0f} %" if percent >= 10 else f"{percent:.1f} %"
    if percent < 0.1:
        share = "less than 0.1 %"
    return (
        f"{n_correct} of {n_trials}; by guessing alone one gets that far in "
        f"{share} of tries."
    )


def by_confidence(answered: Sequence[Trial]) -> list[str]:
    """One sentence on what the score says, one on each confidence that was used."""
    n_correct = sum(trial.correct for trial in answered)
    verdict = _verdict(n_correct, len(answered))
    parts = []
    for confidence in reversed(CONFIDENCES):
        right = [t.correct for t in answered if t.confidence == confidence]
        if right:
            parts.append(f"{confidence}: {sum(right)} of {len(right)}")
    return [verdict, f"Right when you said {', '.join(parts)}."]


def _verdict(n_correct: int, n_trials: int) -> str:
    """What the score says; so many wrong ones are as odd as so many right ones.

    Example:
        >>> _verdict(1, 10)
        'So few right are seldom luck either: did you swap A and B?'
    """
    if guessing_share(n_correct, n_trials) <= UNLIKELY:
        return "You most likely hear the difference."
    if guessing_share(n_trials - n_correct, n_trials) <= UNLIKELY:
        return "So few right are seldom luck either: did you swap A and B?"
    return "That is no sign that you hear a difference, and no proof that you do not."


def told(trial: Trial, names: Mapping[str, str]) -> str:
    """The verdict on one trial.

    Example:
        >>> told(Trial(1, "A", "B", False, "sure", 3.0, 2), {"A": "dry", "B": "wet"})
        'Trial 1: X was A (dry); you said B. Wrong.'
    """
    said = "Right." if trial.correct else "Wrong."
    return (
        f"Trial {trial.trial}: X was {trial.x} ({names[trial.x]}); "
        f"you said {trial.answer}. {said}"
    )
