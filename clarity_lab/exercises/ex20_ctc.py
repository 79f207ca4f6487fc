"""Exercises of lesson 20: collapse, frames needed, forward, greedy, beam."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from clarity_lab.exercises.verdicts import Verdict, graded, right, try_this


# -- 1. What a path says ---------------------------------------------------------------
def solution_collapse(path: str) -> str:
    """Merge repeats, then drop the blanks "-".

    Example:
        >>> solution_collapse("--dd-in-nn-e-r")
        'dinner'
    """
    merged = [
        letter
        for place, letter in enumerate(path)
        if place == 0 or letter != path[place - 1]
    ]
    return "".join(merged).replace("-", "")


@graded
def check_collapse(attempt: Callable) -> Verdict:
    """Ask for repeats, for blanks between equal letters, and for nothing."""
    answer = attempt("din-ner")
    if answer == "diner":
        return try_this(
            'for "din-ner" you got "diner": the blanks went first, and two n became '
            "neighbours. Merge repeats before you drop blanks."
        )
    if answer == "din-ner" or "-" in str(answer):
        return try_this(f'for "din-ner" you got "{answer}": a blank says nothing.')
    if answer != "dinner":
        return try_this(f'for "din-ner" expected "dinner", got {answer!r}.')
    for path, text in (("ddiinneerr", "diner"), ("a-a", "aa"), ("---", ""), ("", "")):
        answer = attempt(path)
        if answer != text:
            return try_this(f'for "{path}" expected "{text}", got {answer!r}.')
    return right("dinner keeps its two n only if a blank stands between them.")


# -- 2. How short can it be? -----------------------------------------------------------
def solution_n_frames_needed(text: str) -> int:
    """One frame a letter, and a blank between equal neighbours.

    Example:
        >>> solution_n_frames_needed("dinner")
        7
    """
    return len(text) + sum(a == b for a, b in pairwise(text))


@graded
def check_n_frames_needed(attempt: Callable) -> Verdict:
    """Ask for words with and without doubled letters."""
    words = {"diner": 5, "dinner": 7, "aaa": 5, "banana": 6, "": 0}
    for text, expected in words.items():
        answer = attempt(text)
        if answer == len(text) and expected != len(text):
            return try_this(
                f'for "{text}" you got {answer}, one frame a letter: where would the '
                "path need a blank?"
            )
        if expected < answer:
            return try_this(
                f'for "{text}" expected {expected}, got {answer}: a path need not say '
                "a blank, but between two equal letters that are neighbours."
            )
        if answer != expected:
            return try_this(f'for "{text}" expected {expected}, got {answer}.')
    return right("7 frames for the 6 letters of dinner: 0.28 s at 25 frames a second.")


# -- 3. The forward recursion ----------------------------------------------------------
def solution_forward(probs: NDArray, labels: Sequence[int]) -> float:
    """Sum of the probabilities of all paths that say the labels; 0 is the blank.

    Args:
        probs: Of each token in each frame, shape (frames, tokens).
        labels: Without blanks.

    Example:
        Two frames, two tokens, one label: "aa", "a-" and "-a" of four equal paths.

        >>> solution_forward(np.full((2, 2), 0.5), [1])
        0.75
    """
    states = [0]
    for label in labels:
        states += [label, 0]
    alpha = np.zeros(len(states))
    alpha[:2] = probs[0, states[:2]]
    for frame in probs[1:]:
        before = alpha
        alpha = before.copy()
        alpha[1:] += before[:-1]
        for s in range(2, len(states)):
            if states[s] not in (0, states[s - 2]):
                alpha[s] += before[s - 2]
        alpha = alpha * frame[states]
    return float(alpha[-2:].sum())


def _by_counting(probs: NDArray, labels: Sequence[int]) -> float:
    """The same by going through every path."""
    total = 0.0
    for path in product(range(probs.shape[1]), repeat=len(probs)):
        merged = [k for n, k in enumerate(path) if n == 0 or k != path[n - 1]]
        if [k for k in merged if k] == list(labels):
            total += float(np.prod(probs[range(len(probs)), path]))
    return total


@graded
def check_forward(attempt: Callable) -> Verdict:
    """Compare with the sum over all paths of small lattices."""
    rng = np.random.default_rng(20)
    probs = rng.dirichlet(np.ones(3), 4)
    cases = ([1], [1, 2], [1, 1], [2, 1, 2], [])
    for labels in cases:
        expected = _by_counting(probs, labels)
        answer = attempt(probs.copy(), list(labels))
        if np.size(answer) != 1:
            return try_this(
                f"expected one number, got shape {np.shape(answer)}: add the last two "
                "states, the text may end with its last label or with a blank."
            )
        answer = float(np.asarray(answer).item())
        if np.isclose(answer, expected):
            continue
        return try_this(_forward_hint(probs, labels, answer, expected))
    longest = attempt(probs.copy(), [1, 1, 1])  # needs five frames, has four
    if longest != 0:
        return try_this(
            f"three equal labels need 5 frames. In 4 they are impossible, you got "
            f"{longest}: may a path jump from a label to its like?"
        )
    return right("one pass over the lattice sums as many paths as there are: here 81.")


def _with_slip(probs: NDArray, labels: Sequence[int], slip: str) -> float:
    """The forward recursion with one mistake in it."""
    states = [0]
    for label in labels:
        states += [label, 0]
    alpha = np.zeros(len(states))
    alpha[:2] = 1 if slip == "first" else probs[0, states[:2]]
    alpha[1:] *= slip != "begin"
    for frame in probs[1:]:
        before = alpha if slip == "in place" else alpha.copy()
        for s, state in enumerate(states):
            come = [before[s] * (slip != "stay")]
            if s > 0:
                come.append(before[s - 1] * (slip != "on"))
            if s > 1 and (slip == "blank" or state not in (0, states[s - 2])):
                come.append(before[s - 2])
            alpha[s] = max(come) if slip == "best" else sum(come)
            alpha[s] *= 1 if slip == "says" else frame[state]
    last = {"letter": alpha[-2:-1], "end": alpha[-1:]}.get(slip, alpha[-2:])
    return float(last.sum())


FORWARD_SLIPS = {
    "first": "the first frame counts as well: begin with its probabilities.",
    "begin": "a path may begin with the blank or with the first label.",
    "letter": "a path may end in the last label, but also in the blank after it.",
    "end": "a path may end in the last blank, but also in the label before it.",
    "stay": "a path may also stay where it was.",
    "on": "a path may also go on, from a label to a blank and from a blank to a label.",
    "in place": "the new column changes while you read the old one. Copy it first.",
    "best": "that is max; the ways that come to a state *add up*.",
    "says": "each step is multiplied by what the state says in this frame.",
    "blank": "no path skips a label: from one blank to the next there is no step.",
}


def _forward_hint(
    probs: NDArray, labels: Sequence[int], answer: float, expected: float
) -> str:
    told = f"for the labels {list(labels)} expected {expected:.4f}, got {answer:.4f}: "
    if np.isclose(np.exp(answer), expected):
        return f"{told}that is its logarithm. Give the probability."
    for slip, hint in FORWARD_SLIPS.items():
        if np.isclose(answer, _with_slip(probs, labels, slip)):
            return f"{told}{hint}"
    if answer > expected and any(a == b for a, b in pairwise(labels)):
        return f"{told}two equal labels may not follow each other without a blank."
    if answer < expected and len(labels) > 1:
        return f"{told}from one label to a different one the blank may be skipped."
    return f"{told}go through two frames by hand: which states can follow which?"


# -- 4. Greedy -------------------------------------------------------------------------
def solution_greedy(probs: NDArray, letters: str) -> str:
    """The best token of each frame, collapsed; letters[0] is the blank.

    Example:
        >>> solution_greedy(np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]]), "-a")
        'aa'
    """
    path = "".join(letters[k] for k in np.argmax(probs, axis=1))
    return solution_collapse(path.replace(letters[0], "-"))


@graded
def check_greedy(attempt: Callable) -> Verdict:
    """A path with repeats and a blank between equal letters."""
    letters = "-abn"
    path = "bb-aannn-nna"
    probs = np.full((len(path), 4), 0.1)
    for place, letter in enumerate(path):
        probs[place, letters.index(letter)] = 0.7
    answer = attempt(probs, letters)
    if not isinstance(answer, str):
        return try_this(
            f"expected a text, got {type(answer).__name__}: letters[k] is what token k "
            "says, and ''.join makes one text of many."
        )
    if answer == path:
        return try_this("that is the best path. Now collapse it.")
    if answer == "bana":
        return try_this('"bana" has lost an n: merge repeats before you drop blanks.')
    if answer != "banna":
        return try_this(f'expected "banna" from the path "{path}", got {answer!r}.')
    return right("the best path of each frame by itself, and what it says.")


# -- 5. A beam that adds up paths ------------------------------------------------------
def solution_beam(probs: NDArray, letters: str, beam_size: int) -> str:
    """Prefix beam search: labellings, each with the sum of its paths so far.

    Example:
        The best path says nothing, with 0.36; "a" has 0.24 + 0.24 + 0.16.

        >>> solution_beam(np.array([[0.6, 0.4], [0.6, 0.4]]), "-a", 2)
        'a'
    """
    beam = {"": (1.0, 0.0)}  # of the paths that end in a blank, in the last letter
    for frame in probs:
        after = defaultdict(lambda: [0.0, 0.0])
        for text, (blank, letter) in beam.items():
            after[text][0] += (blank + letter) * frame[0]
            for k in range(1, len(letters)):
                if text and text[-1] == letters[k]:
                    after[text][1] += letter * frame[k]
                    after[text + letters[k]][1] += blank * frame[k]
                else:
                    after[text + letters[k]][1] += (blank + letter) * frame[k]
        best = sorted(after, key=lambda text: -sum(after[text]))[:beam_size]
        beam = {text: tuple(after[text]) for text in best}
    return max(beam, key=lambda text: sum(beam[text]))


@graded
def check_beam(attempt: Callable) -> Verdict:
    """Where the best path and the best text differ; then a doubled letter."""
    two = np.array([[0.6, 0.4], [0.6, 0.4]])
    answer = attempt(two.copy(), "-a", 2)
    if not isinstance(answer, str):
        return try_this(f"expected the best text alone, got {answer!r}.")
    if answer == "":
        return try_this(
            'two frames, "-" with 0.6 and "a" with 0.4 in each: "" has one path, 0.36; '
            '"a" has three, 0.64 together. Do paths that say the same join in the beam?'
        )
    if answer != "a":
        return try_this(f'of "-" 0.6 and "a" 0.4, twice, expected "a", got {answer!r}.')
    doubled = np.array([[0.1, 0.9], [0.9, 0.1], [0.1, 0.9]])
    answer = attempt(doubled.copy(), "-a", 10)
    if answer != "aa":
        return try_this(
            f'three frames, likely "a", "-", "a": expected "aa", got {answer!r}. After '
            "a blank the last letter may come again, as a new one."
        )
    rng = np.random.default_rng(7)
    for _ in range(20):
        probs = rng.dirichlet(np.full(3, 0.6), 5)
        texts = ["".join(t) for n in range(6) for t in product("ab", repeat=n)]
        best = max(
            texts, key=lambda t: _by_counting(probs, [" ab".index(k) for k in t])
        )
        answer = attempt(probs.copy(), "-ab", 100)
        if answer != best:
            hint = "which sums grow when a letter comes once more: with a blank before?"
            if solution_collapse(best) != best:
                hint = "a doubled letter needs a blank between: only those paths go on."
            return try_this(
                f"expected {best!r} by counting all paths, got {answer!r}: {hint}"
            )
    return right("the beam adds up the paths that greedy search never looks at.")
