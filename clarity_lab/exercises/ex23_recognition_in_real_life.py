"""Exercises of lesson 23: fair texts, rates of sets, speakers, pairs, half of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from clarity_lab.exercises.cases import grade_cases
from clarity_lab.exercises.verdicts import Verdict, graded, right, try_this
from clarity_lab.metrics.text import plain_words

# -- 1. Fair texts ---------------------------------------------------------------------
UNFAIR = {
    "Yes, SIR!": "is the case still there, or punctuation?",
    "no   more": "more than one space is left between words.",
    "Don't go.": "an apostrophe inside a word belongs to it: don't is not dont.",
    "a well-known man": "a hyphen stands between two words: put a space there.",
    "It’s late": "’ is an apostrophe as well: make it the straight one.",
    "'Go,' she said": "these are quotation marks: they stand at a word's end.",
}


def solution_fair(text: str) -> str:
    """A text as it may be compared: its words alone.

    Example:
        >>> solution_fair("'Go,' she said; it's WELL-known.")
        "go she said it's well known"
    """
    text = text.lower().replace("’", "'")
    kept = "".join(one if one.isalnum() or one == "'" else " " for one in text)
    words = (word.strip("'") for word in kept.split())
    return " ".join(word for word in words if word)


@graded
def check_fair(attempt: Callable) -> Verdict:
    """Case, punctuation, spaces, apostrophes, hyphens."""
    for text, hint in UNFAIR.items():
        answer = attempt(text)
        if not isinstance(answer, str):
            kind = type(answer).__name__
            return try_this(f"expected a text, got {kind}. Try ' '.join(words).")
        if answer != plain_words(text):
            return try_this(
                f"for {text!r} expected {plain_words(text)!r}, got {answer!r}: {hint}"
            )
    return right(
        "`metrics.plain_words` does it. Numbers are left: `spoken_words` says them."
    )


# -- 2. The rate of a set --------------------------------------------------------------
def solution_set_wer(errors: NDArray, words: NDArray) -> float:
    """The word error rate of a set of sentences.

    Args:
        errors: Of each sentence, shape (sentences,).
        words: That were said in each, likewise.

    Example:
        One word wrong of one, none of nine: one in ten.

        >>> solution_set_wer(np.array([1, 0]), np.array([1, 9]))
        0.1
    """
    return float(np.sum(errors) / np.sum(words))


@graded
def check_set_wer(attempt: Callable) -> Verdict:
    """A short sentence that failed, and long ones that did not."""
    errors, words = np.array([3, 0, 2]), np.array([2, 18, 20])
    return grade_cases(
        attempt,
        [
            ("3, 0 and 2 errors in 2, 18 and 20 words", (errors, words), 0.125),
            ("5 errors in 4 words, 3 in 4", (np.array([5, 3]), np.array([4, 4])), 1.0),
        ],
        slips={
            float(np.mean(errors / words)): "that is the mean of three rates: the two "
            "words of the first count as much as the twenty of the last.",
            12.5: "a rate, not percent.",
            1.6667: "that is errors in a sentence. How many words were said?",
            0.875: "that is the part that is right.",
        },
        shows="a word is a word. And a rate may reach 1, or more.",
        unit="",
        tolerance=0.002,
        several="sum the errors, sum the words, then divide.",
    )


# -- 3. Draw speakers ------------------------------------------------------------------
def solution_drawn_wer(
    errors: NDArray, words: NDArray, speakers: Sequence[str], drawn: Sequence[str]
) -> float:
    """The rate over all sentences of the drawn speakers; who is drawn twice counts so.

    Args:
        errors: Of each sentence, shape (sentences,).
        words: That were said in each, likewise.
        speakers: Who said it, likewise.
        drawn: Names, with repetitions.

    Example:
        >>> given = np.array([1, 2, 0]), np.array([4, 4, 4]), ["a", "a", "b"]
        >>> solution_drawn_wer(*given, drawn=["a", "b", "b"])
        0.1875
    """
    whose = np.asarray(speakers)
    n_errors = sum(errors[whose == one].sum() for one in drawn)
    n_words = sum(words[whose == one].sum() for one in drawn)
    return float(n_errors / n_words)


@graded
def check_drawn_wer(attempt: Callable) -> Verdict:
    """Three speakers of one, two and three sentences."""
    errors, words = np.array([4, 1, 1, 0, 2, 0]), np.array([8, 5, 10, 6, 5, 9])
    speakers = np.array(["ann", "bob", "bob", "cem", "cem", "cem"])
    given = errors, words, speakers
    per_speaker = {"ann": 4 / 8, "bob": 2 / 15, "cem": 2 / 20}
    return grade_cases(
        attempt,
        [
            ("everybody once", (*given, ["ann", "bob", "cem"]), 8 / 43),
            ("ann, ann and cem", (*given, ["ann", "ann", "cem"]), 10 / 36),
            ("bob three times", (*given, ["bob"] * 3), 2 / 15),
        ],
        slips={
            float(np.mean(list(per_speaker.values()))): "that is the mean of the "
            "speakers' rates. Count errors and words first.",
            6 / 28: "who is drawn twice counts twice: go through `drawn`, not through "
            "the sentences.",
            8 / 43: "that is everybody. Only those drawn count.",
            0.2: "that is the mean of the sentences' rates. Count errors and words "
            "first.",
            5 / 19: "is only the first sentence of each speaker in it?",
        },
        shows="draw again and again: that is the interval over speakers.",
        unit="",
        tolerance=0.002,
        several="sum the errors and the words of all that are drawn, then divide.",
    )


# -- 4. Two recognisers, the same sentences --------------------------------------------
def solution_share_better(mine: NDArray, other: NDArray, draws: NDArray) -> float:
    """In how many draws one recogniser makes fewer errors than another.

    Args:
        mine: Errors of the one in each sentence, shape (sentences,).
        other: Errors of the other, likewise.
        draws: Numbers of sentences, shape (draws, sentences).

    Example:
        >>> draws = np.array([[0, 1], [0, 0], [1, 1]])
        >>> solution_share_better(np.array([0, 2]), np.array([1, 2]), draws=draws)
        0.6666666666666666
    """
    return float(np.mean(mine[draws].sum(1) < other[draws].sum(1)))


@graded
def check_share_better(attempt: Callable) -> Verdict:
    """Draws by hand, with a tie; then random ones."""
    mine, other = np.array([0, 2, 1, 3]), np.array([1, 2, 0, 5])
    draws = np.array([[0, 0, 1, 1], [2, 2, 1, 0], [1, 1, 1, 1], [3, 2, 2, 0]])
    draws = np.concatenate([draws, [[3, 3, 3, 3]]])
    rng = np.random.default_rng(23)
    many = rng.integers(4, size=(500, 4))
    hard = rng.integers(9, size=40)
    by_one = hard + (rng.random(40) < 0.3)
    at_random = hard, by_one, rng.integers(40, size=(500, 40))
    return grade_cases(
        attempt,
        [
            ("five draws by hand", (mine, other, draws), 3 / 5),
            ("500 draws of these four", (mine, other, many), _share(mine, other, many)),
            ("40 sentences of which 30 % differ", at_random, _share(*at_random)),
        ],
        slips={
            4 / 5: "a tie is not better: < , not <=.",
            1 / 5: "that is how often it is *worse*.",
            2
            / 5: "that is how often it is not better; or were the two asked different "
            "draws?",
            9 / 20: "that compares sentence by sentence. Sum over each draw first.",
            60.0: "a share from 0 to 1, not percent.",
            3.0: "that is how many draws. Of how many?",
            2 / 4: "that is the share of sentences. Sum over each draw first.",
            1.0: "that compares all sentences once. Take each row of draws.",
            _unpaired(hard, by_one, at_random[2]): "ask both the *same* draw.",
        },
        shows="both were asked the same draws: what was hard was hard for both.",
        unit="",
        tolerance=0.004,
        several="take their mean: the share that is True?",
    )


_share = solution_share_better


def _unpaired(mine: NDArray, other: NDArray, draws: NDArray) -> float:
    return float(np.mean(mine[draws].sum(1) < other[draws[::-1]].sum(1)))


# -- 5. Half the words -----------------------------------------------------------------
def solution_snr_at_half(snrs_db: NDArray, wers: NDArray) -> float:
    """The SNR at which the word error rate is one half, by straight lines between.

    Args:
        snrs_db: Rising or falling, in dB, shape (conditions,).
        wers: The rate at each; it falls where the SNR rises.

    Returns:
        In dB; NaN if one half lies below or above all rates.

    Example:
        >>> solution_snr_at_half(np.array([10, 0]), np.array([0.25, 0.75]))
        5.0
    """
    order = np.argsort(wers)
    rates, snrs_db = np.asarray(wers)[order], np.asarray(snrs_db)[order]
    return float(np.interp(0.5, rates, snrs_db, left=np.nan, right=np.nan))


@graded
def check_snr_at_half(attempt: Callable) -> Verdict:
    """Falling, rising, and never."""
    falling, rates = np.array([20, 10, 0, -10]), np.array([0.1, 0.3, 0.7, 0.9])
    verdict = grade_cases(
        attempt,
        [
            ("SNRs that fall", (falling, rates), 5.0),
            ("SNRs that rise", (falling[::-1], rates[::-1]), 5.0),
            ("uneven steps", (np.array([12, 4, 0]), np.array([0.2, 0.4, 0.8])), 3.0),
        ],
        slips={
            20.0: "np.interp wants its second argument to rise, and says nothing.",
            -10.0: "np.interp wants its second argument to rise, and says nothing.",
            6.0: "each rate belongs to its SNR: one np.argsort orders both.",
            0.0: "that is the first one beyond. Go back along the line to 0.5.",
            10.0: "that is the last one before. Go on along the line to 0.5.",
            4.0: "right for even steps only: how far from 0.4 to 0.8 is 0.5?",
            2.0: "that is the middle between two SNRs; 0.5 is nearer to one of them.",
        },
        shows="",
        tolerance=0.02,
    )
    if verdict.startswith("✗"):
        return verdict
    for words, all_rates in (("0.1 and 0.2", [0.1, 0.2]), ("0.6 and 0.9", [0.6, 0.9])):
        answer = attempt(np.array([10, 0]), np.array(all_rates))
        if not np.isnan(answer):
            return try_this(
                f"for rates of {words} expected nan, got {answer}: one half was never "
                "met, and nobody knows where it lies."
            )
    return right("for people the same point is the speech reception threshold (SRT).")
