"""Exercises of lesson 22: counting errors, perplexity, judges, back-off, edit costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from clarity_lab.exercises.cases import grade_cases
from clarity_lab.exercises.verdicts import Verdict, graded, right, try_this

# -- 1. Count --------------------------------------------------------------------------
Pairs = Sequence[tuple[str, str]]
ALIGNED = [("we", "we"), ("saw", ""), ("two", "to"), ("", "old"), ("", "a"), ("of", "")]
ALIGNED += [("them", "")]
RATES = {
    6 / 7: "you divided by the pairs, those of insertions among them.",
    6 / 4: "you divided by the words heard: then who writes much looks good.",
    6.0: "that is the number of errors: over how many words?",
    120.0: "give it as a number: 1 is 100 %.",
}


def solution_error_counts(pairs: Pairs) -> tuple[int, int, int, float]:
    """Substitutions, deletions, insertions, and the word error rate.

    Example:
        >>> solution_error_counts([("a", "a"), ("cat", "bat"), ("", "now")])
        (1, 0, 1, 1.0)
    """
    substituted = sum(bool(a and b and a != b) for a, b in pairs)
    deleted, inserted = sum(not b for _, b in pairs), sum(not a for a, _ in pairs)
    n_said = len(pairs) - inserted
    rate = (substituted + deleted + inserted) / n_said
    return substituted, deleted, inserted, rate


@graded
def check_error_counts(attempt: Callable) -> Verdict:
    """An alignment with a different number of each kind, then one without errors."""
    answer = attempt(list(ALIGNED))
    if np.size(answer) != 4:
        return try_this(
            "give four numbers, S, D, I and the rate: return S, D, I, (S + D + I) / N."
        )
    *counts, rate = (float(one) for one in np.ravel(answer))
    *expected, expected_rate = solution_error_counts(ALIGNED)
    if counts != expected:
        return try_this(
            f"expected S, D, I = {expected}, got {[int(one) for one in counts]}: "
            f"{_counts_hint(*counts)}"
        )
    if not np.isclose(rate, expected_rate):
        wrong = [hint for slip, hint in RATES.items() if np.isclose(rate, slip)]
        hint = wrong[0] if wrong else "six errors over the words that were said."
        return try_this(f"the counts are right; your rate is {rate:g}: {hint}")
    if not np.allclose(np.ravel(attempt([("a", "a"), ("b", "b")])), 0):
        return try_this("two right words have no errors, and a rate of 0.")
    return right("1 S, 3 D, 2 I over five words: a rate of 120 %, and above 1.")


def _counts_hint(s: float, d: float, i: float) -> str:
    if (d, i) == (2, 3):
        return "a deleted word was said and not heard, ('saw', '')."
    if s == 6:
        return "a word against nothing is no substitution."
    return "go through the pairs one by one: are they equal? Which side is empty?"


# -- 2. Perplexity ---------------------------------------------------------------------
def solution_perplexity(log_probs: ArrayLike) -> float:
    """How many equally likely ones the next is drawn from.

    Example:
        Two letters of 1/2 and 1/8: as if of 1/4 each.

        >>> round(solution_perplexity(np.log([1 / 2, 1 / 8])), 6)
        4.0
    """
    return float(np.exp(-np.mean(log_probs)))


@graded
def check_perplexity(attempt: Callable) -> Verdict:
    """Four letters whose probabilities are powers of a half; then one that is sure."""
    probs = np.array([1 / 2, 1 / 8, 1 / 32, 1 / 2])
    logs, nats = np.log(probs), -float(np.log(probs).mean())
    return grade_cases(
        attempt,
        [
            ("probabilities of 1/2, 1/8, 1/32 and 1/2", (logs,), 2.0**2.5),
            ("three of 1/10", (np.log(np.full(3, 0.1)),), 10.0),
            ("a model that is sure of each", (np.zeros(5),), 1.0),
        ],
        slips={
            float(np.exp(logs.mean())): "there is a minus in the exponent.",
            float(np.exp(-logs.sum())): "that grows with each letter: take the mean.",
            2.0**nats: "these are natural logarithms: exp, not 2 to the power.",
            nats: "that is the cross-entropy, in nats. Take it into the exponent.",
            1 / float(probs.mean()): "take the mean of the logarithms, and exp after.",
        },
        shows="a model that knows nothing of 28 letters has 28.",
        unit="",
        tolerance=1e-3,
    )


# -- 3. Judge again --------------------------------------------------------------------
Candidates = Sequence[tuple[str, float, float]]
CANDIDATES = [
    ("he wus nougt", -3.0, -30.0),
    ("he was not", -7.0, -12.0),
    ("he was", -16.0, -7.0),
    ("he was not at a", -11.0, -19.0),
]
JUDGEMENTS = {
    (0.0, 0.0): "a weight of 0 asks nobody: the best by CTC.",
    (0.5, 0.0): "CTC counts once, the language model as much as its weight says.",
    (2.5, 0.0): "the language model counts more than CTC: the shortest wins.",
    (0.5, 2.0): "each letter adds its bonus, spaces too: 15 in 'he was not at a'.",
    (0.5, 0.6): "10 letters at 0.6 add 6, and 12 add 7.2: what stands in your sum?",
}


def solution_best_text(candidates: Candidates, weight: float, bonus: float) -> str:
    """The text of which CTC and the language model together think most.

    Example:
        >>> solution_best_text([("wus", -1.0, -9.0), ("was", -3.0, -4.0)], 1.0, 0.0)
        'was'
    """
    return max(
        candidates, key=lambda one: one[1] + weight * one[2] + bonus * len(one[0])
    )[0]


@graded
def check_best_text(attempt: Callable) -> Verdict:
    """Weights that turn the order over, and a bonus that turns it back."""
    for (weight, bonus), hint in JUDGEMENTS.items():
        expected = solution_best_text(CANDIDATES, weight, bonus)
        answer = attempt(list(CANDIDATES), weight, bonus)
        if isinstance(answer, tuple) and answer and answer[0] == expected:
            return try_this("that is the candidate. Give its text alone: [0].")
        if not isinstance(answer, str):
            return try_this(f"expected one of the texts, got {type(answer).__name__}.")
        if answer != expected:
            return try_this(
                f"with weight {weight} and bonus {bonus} expected {expected!r}, got "
                f"{answer!r}: {hint}"
            )
    return right("a beam does the same at each frame, with all that is left.")


# -- 4. Back off -----------------------------------------------------------------------
TEXT = "< the cat sat < the cat ran < the old cat sat < a dog sat <"
ASKED = (
    ("cat", "the", 0.5),
    ("dog", "the", 0.5),
    ("sat", "dog", 0.5),
    ("cat", "the", 0.9),
)


def solution_back_off(
    word: str, before: str, pairs: Mapping[tuple[str, str], int], discount: float
) -> float:
    """p(word | word before): counts less a discount, the rest by single words.

    Example:
        b followed a in one of two cases; a half of each goes to the single words.

        >>> solution_back_off("b", "a", Counter({("a", "b"): 1, ("a", "c"): 1}), 0.5)
        0.5
    """
    alone = sum(n for (_, second), n in pairs.items() if second == word)
    alone /= sum(pairs.values())
    follows = [n for (first, _), n in pairs.items() if first == before]
    if not follows:
        return alone
    kept = max(pairs.get((before, word), 0) - discount, 0)
    return (kept + discount * len(follows) * alone) / sum(follows)


@graded
def check_back_off(attempt: Callable) -> Verdict:
    """Seen pairs, one never seen, another discount, a word never seen before."""
    pairs = Counter(pairwise(TEXT.split()))
    for word, before, discount in ASKED:
        answer = attempt(word, before, Counter(pairs), discount)
        answer = float(np.asarray(answer).item())
        expected = solution_back_off(word, before, pairs, discount)
        if not np.isclose(answer, expected):
            hint = _back_off_hint(answer, (before, word), pairs, discount)
            return try_this(
                f"p({word} | {before}) with a discount of {discount}: expected "
                f"{expected:.4f}, got {answer:.4f}: {hint}"
            )
    unseen = float(attempt("cat", "zebra", Counter(pairs), 0.5))
    alone = solution_back_off("cat", "zebra", pairs, 0.5)
    if not np.isclose(unseen, alone):
        return try_this(
            f"nothing ever followed 'zebra': then p(cat) alone, {alone:.4f}, is left. "
            f"You got {unseen:.4f}."
        )
    return right(
        "all of it adds up to 1, and nothing that was seen once is impossible."
    )


def _back_off_hint(answer: float, pair: tuple, pairs: Counter, discount: float) -> str:
    follows = [n for (first, _), n in pairs.items() if first == pair[0]]
    total, n, different = sum(follows), pairs[pair], len(follows)
    alone = solution_back_off(pair[1], "nobody", pairs, 0)
    kept = max(n - discount, 0)
    slips = {
        n: "that is the count alone. Where does the discount go?",
        kept: "what the discounts left must go to the single words.",
        kept + discount * alone: "each different word that followed lost a discount.",
        n
        - discount
        + discount * different * alone: "0 has nothing to lose: max(..., 0).",
        kept + total * alone: "the single words get only what the discounts left.",
        alone * total: "this word did follow: its count comes first.",
        kept + discount * total * alone: "count the different words that followed.",
    }
    for wrong, hint in slips.items():
        if np.isclose(answer, wrong / total):
            return hint
    return (
        "(count - d, plus d times the different words times p(word)) over the counts."
    )


# -- 5. What an error costs ------------------------------------------------------------
def solution_edit_cost(
    said: Sequence[str],
    heard: Sequence[str],
    substituted: float,
    deleted: float,
    inserted: float,
) -> float:
    """The cheapest way from the words said to the words heard.

    Example:
        >>> solution_edit_cost(["a", "b"], ["b"], 1, 5, 1)
        5.0
    """
    row = np.arange(len(heard) + 1.0) * inserted
    for word in said:
        above, row = row, np.empty_like(row)
        row[0] = above[0] + deleted
        for j, other in enumerate(heard, 1):
            row[j] = min(
                above[j - 1] + substituted * (word != other),
                above[j] + deleted,
                row[j - 1] + inserted,
            )
    return float(row[-1])


COSTLY = [
    ("the cat", "the cat", (1, 1, 1), 0, "equal words cost nothing."),
    ("", "so", (1, 3, 2), 2, "a word too many: who inserts, and who deletes?"),
    ("so it is", "", (1, 3, 2), 9, "nothing was heard: all three are deleted."),
    ("the cat sat", "cat sat", (1, 3, 2), 3, "one is missing: a deletion."),
    ("cat", "bat", (9, 2, 3), 5, "to delete and insert is cheaper: the least of 3."),
    ("we saw two cats", "we two a cat", (2, 1.5, 1), 4.5, "which way is the least?"),
    ("a b a c", "b a c c", (1, 1, 1), 2, "each cell needs its left neighbour, too."),
]
"""Said, heard, the costs of S, D and I, the least sum, a hint."""


@graded
def check_edit_cost(attempt: Callable) -> Verdict:
    """Nothing said, nothing heard, dear substitutions, all three errors at once."""
    for said, heard, costs, expected, hint in COSTLY:
        answer = attempt(said.split(), heard.split(), *costs)
        if np.size(answer) != 1:
            return try_this(
                f"expected one number, got shape {np.shape(answer)}: the last corner "
                "of the table, table[-1, -1]."
            )
        answer = float(np.asarray(answer).item())
        if not np.isclose(answer, expected):
            return try_this(
                f"said {said!r}, heard {heard!r}, costs of S, D, I {costs}: expected "
                f"{expected:g}, got {answer:g}: {hint}"
            )
    return right("with costs of 1 it is the number of errors, and over N the WER.")
