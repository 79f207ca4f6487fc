"""Exercises of lesson 21: attend, causal mask, teacher forcing, pyramid, heads."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from clarity_lab.exercises.verdicts import Verdict, graded, right, try_this


# -- 1. Attention ----------------------------------------------------------------------
def solution_attend(query: NDArray, keys: NDArray, values: NDArray) -> NDArray:
    """A mean of the values; each counts by how well its key fits the query.

    Args:
        query: Shape (size,).
        keys: Shape (frames, size).
        values: Shape (frames, any).

    Example:
        Keys that fit alike: the plain mean.

        >>> solution_attend(np.zeros(2), np.eye(2), np.array([[1.0], [3.0]]))
        array([2.])
    """
    scores = keys @ query / np.sqrt(len(query))
    weights = np.exp(scores - scores.max())
    return weights / weights.sum() @ values


@graded
def check_attend(attempt: Callable) -> Verdict:
    """Random vectors, the plain mean, and scores too large for exp."""
    rng = np.random.default_rng(21)
    query, keys, values = (
        rng.normal(size=4),
        rng.normal(size=(6, 4)),
        rng.random((6, 3)),
    )
    expected = solution_attend(query, keys, values)
    answer = attempt(query.copy(), keys.copy(), values.copy())
    if isinstance(answer, tuple):
        return try_this("give back one thing alone: what is found, without weights.")
    answer = np.asarray(answer, dtype=float)
    if answer.shape != (3,):
        return try_this(f"expected shape (3,), like one value, got {answer.shape}.")
    if not np.allclose(answer, expected):
        return try_this(_attend_hint(answer, query, keys, values))
    large = np.asarray(attempt(1000 * query, keys.copy(), values.copy()), dtype=float)
    if not np.isfinite(large).all():
        return try_this(
            "right for small scores, but exp(1000) is infinite: subtract the largest "
            "score first, which changes nothing else."
        )
    return right("with a large query it is a look-up, with a small one a mean.")


def _attend_hint(
    answer: NDArray, query: NDArray, keys: NDArray, values: NDArray
) -> str:
    scores = keys @ query
    weights = np.exp(scores)
    if np.allclose(answer, values.mean(0)):
        return "that is the plain mean. Weigh the values by softmax(scores)."
    if np.allclose(answer, weights / weights.sum() @ values):
        return "nearly: divide the scores by the root of the query's size, here 2."
    if np.allclose(answer, np.exp(scores / 2) @ values):
        return "the weights do not add up to 1: divide by their sum."
    if np.allclose(answer, scores / 2 @ values):
        return "scores may be negative: the softmax makes weights of them."
    return "scores = keys @ query / sqrt(size), weights = softmax(scores), then a mean."


# -- 2. Do not look ahead --------------------------------------------------------------
def solution_causal(scores: NDArray) -> NDArray:
    """Weights of each letter's look at the letters up to itself, and none behind it.

    Args:
        scores: Entry [n, m]: how well letter m fits what letter n asks, (n, n).

    Example:
        >>> solution_causal(np.zeros((2, 2)))
        array([[1. , 0. ],
               [0.5, 0.5]])
    """
    seen = np.tril(np.ones_like(scores, dtype=bool))
    scores = np.where(seen, scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


@graded
def check_causal(attempt: Callable) -> Verdict:
    """Random scores; nothing ahead, rows that add up to 1."""
    scores = np.random.default_rng(22).normal(size=(4, 4))
    expected = solution_causal(scores)
    answer = np.asarray(attempt(scores.copy()), dtype=float)
    if answer.shape != (4, 4):
        return try_this(f"expected shape (4, 4), got {answer.shape}.")
    if np.allclose(answer, expected):
        return right("now all letters can be learnt at once, and none sees its answer.")
    if np.allclose(answer, solution_causal(scores[::-1, ::-1])[::-1, ::-1]):
        return try_this("each letter looks ahead: row n may see the columns up to n.")
    if np.allclose(np.nan_to_num(np.diag(answer)), 0):  # the first has nothing: NaN
        return try_this("a letter may see itself, too.")
    if np.any(np.abs(np.triu(answer, 1)) > 1e-9):
        return try_this("a letter sees what comes after it: those weights must be 0.")
    if np.allclose(answer.sum(axis=0), 1):
        return try_this("each row must add up to 1: the softmax runs along the row.")
    if not np.allclose(answer.sum(axis=-1), 1):
        return try_this(
            "the rows do not add up to 1: put minus infinity in place of the scores "
            "that must not count *before* the softmax, not zeros after it."
        )
    return try_this("which scores count in row n? The softmax runs along the columns.")


# -- 3. Teacher forcing ----------------------------------------------------------------
def solution_forced(text: str) -> tuple[str, str]:
    """What the speller is told, and what it is to say; "$" begins and ends a text.

    Example:
        >>> solution_forced("ab")
        ('$ab', 'ab$')
    """
    return f"${text}", f"{text}$"


@graded
def check_forced(attempt: Callable) -> Verdict:
    """A word, one letter, nothing."""
    for text in ("dinner", "a", ""):
        answer = attempt(text)
        if not isinstance(answer, tuple) or len(answer) != 2:
            return try_this(f"expected a pair (told, wanted), got {answer!r}.")
        told, wanted = answer
        if text and told == wanted:
            return try_this(
                "it is told what it is to say: it would learn to repeat. The letter "
                "before is what it is told."
            )
        if text and (told, wanted) == solution_forced(text)[::-1]:
            return try_this("the wrong way round: it is told the *last* letter.")
        if (told, wanted) == (f"${text}"[:-1], text):
            return try_this("when does it stop? It must learn to say the end as well.")
        if (told, wanted) != solution_forced(text):
            return try_this(
                f'for "{text}" expected {solution_forced(text)}, got {answer!r}.'
            )
    return right("one step for each letter and one for the end, all known beforehand.")


# -- 4. The pyramid --------------------------------------------------------------------
def solution_pairs(frames: NDArray) -> NDArray:
    """Neighbours side by side: half as many frames, twice as large.

    Args:
        frames: Shape (frames, size); if their number is odd, zeros follow the last.

    Example:
        >>> solution_pairs(np.array([[1.0], [2.0], [3.0]]))
        array([[1., 2.],
               [3., 0.]])
    """
    if len(frames) % 2:
        frames = np.concatenate([frames, np.zeros((1, frames.shape[1]))])
    return frames.reshape(len(frames) // 2, -1)


@graded
def check_pairs(attempt: Callable) -> Verdict:
    """Even and odd."""
    even, odd = np.arange(12.0).reshape(4, 3), np.arange(15.0).reshape(5, 3)
    answer = np.asarray(attempt(even.copy()))
    if answer.shape == (2, 3):
        return try_this(
            "half as many frames, but something is lost: keep both, (2, 6)."
        )
    if answer.shape == (4, 6):
        return try_this("twice as large, but not fewer: frames 0 and 1, then 2 and 3.")
    if answer.shape != (2, 6):
        return try_this(f"expected shape (2, 6) from (4, 3), got {answer.shape}.")
    if not np.array_equal(answer, solution_pairs(even)):
        return try_this("frames 0 and 1 stand side by side, not 0 and 2.")
    try:
        answer = np.asarray(attempt(odd.copy()))
    except Exception as error:  # already in words, with the line
        return try_this(f"right for 4 frames; of 5, add one of zeros: {error}")
    if answer.shape == (2, 6):
        return try_this("of 5 frames the last is lost: add one of zeros.")
    if not np.array_equal(answer, solution_pairs(odd)):
        return try_this("of 5 frames the last must stand beside zeros.")
    return right(
        "three such layers make 100 frames a second 12.5: one a syllable or so."
    )


# -- 5. Heads --------------------------------------------------------------------------
def solution_heads(x: NDArray, n_heads: int) -> NDArray:
    """Each entry cut into parts, and each part a sequence of its own.

    Args:
        x: Shape (entries, size).
        n_heads: Divides the size.

    Returns:
        Shape (heads, entries, size / heads).
    """
    return np.moveaxis(x.reshape(len(x), n_heads, -1), 1, 0)


@graded
def check_heads(attempt: Callable) -> Verdict:
    """Three entries of six numbers, two heads."""
    x = np.arange(18.0).reshape(3, 6)
    answer = np.asarray(attempt(x.copy(), 2))
    if answer.shape == (3, 2, 3) and not np.array_equal(answer, solution_heads(x, 2)):
        return try_this("that is (entries, heads, part): the heads come first.")
    if answer.shape != (2, 3, 3):
        return try_this(f"expected (2, 3, 3), heads first, got {answer.shape}.")
    if np.array_equal(answer, x.reshape(2, 3, 3)):
        return try_this(
            "the numbers of one entry are now spread over several: reshape to "
            "(entries, heads, part) first, then move the axis."
        )
    if not np.array_equal(answer, solution_heads(x, 2)):
        return try_this("head 0 is x[:, :3], head 1 is x[:, 3:].")
    return right("two heads look in two places at once, at the price of one.")
