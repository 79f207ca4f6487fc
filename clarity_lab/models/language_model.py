"""How likely a text is: n-grams with Kneser-Ney smoothing, for letters or words.

Lesson: 22_decoding_and_wer.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

DISCOUNT = 0.75


class NGram:
    """Probabilities of the next token given the last few, interpolated Kneser-Ney.

    What was seen keeps its count less a discount; what the discounts leave goes to the
    shorter context, where a token counts by how many contexts it follows, not how often
    it comes.

    Args:
        counts: For each length of n-gram, 1 to the order, the n-grams and how often.
        n_tokens: How many tokens there are; the end of a text is one more.
        discount: What each count loses, between 0 and 1.

    Attributes:
        counts: As given.
        order: Tokens looked at, the next one included.
        n_tokens: How many tokens there are.

    Reference:
        Kneser and Ney, "Improved backing-off for m-gram language modeling", ICASSP
        1995; interpolated as in Chen and Goodman, "An empirical study of smoothing
        techniques for language modeling", 1999, eq. (16).
    """

    def __init__(
        self,
        counts: Sequence[dict[tuple[int, ...], int]],
        *,
        n_tokens: int,
        discount: float = DISCOUNT,
    ) -> None:
        self.order, self.n_tokens, self.discount = len(counts), n_tokens, discount
        self.counts = [dict(one) for one in counts]
        self._after = [_by_context(one) for one in _continuations(self.counts)]
        self.log_probs = lru_cache(maxsize=50_000)(self._log_probs)

    @property
    def end(self) -> int:
        """The token behind the last one of a text."""
        return self.n_tokens

    def context(self, tokens: Sequence[int]) -> tuple[int, ...]:
        """What of a text's beginning matters for its next token."""
        padded = (*[self.end] * (self.order - 1), *tokens)
        return tuple(padded[len(padded) - self.order + 1 :])

    def _log_probs(self, context: tuple[int, ...]) -> NDArray:
        """Log-probability of each next token, the end being the last of them.

        Args:
            context: The `order` - 1 tokens before it, as `context` gives them.

        Returns:
            Natural logarithms, shape (n_tokens + 1,); all are finite.
        """
        probs = np.full(self.n_tokens + 1, 1 / (self.n_tokens + 1))
        for after, length in zip(self._after, range(self.order), strict=True):
            seen = after.get(context[len(context) - length :])
            if seen is None:
                continue
            tokens, counts = seen
            kept = np.zeros_like(probs)
            kept[tokens] = np.maximum(counts - self.discount, 0)
            left = self.discount * np.count_nonzero(counts)
            probs = (kept + left * probs) / np.sum(counts)
        return np.log(probs)

    def log_prob(self, tokens: Sequence[int]) -> float:
        """Log-probability of a whole text, its end included, in nats.

        Raises:
            ValueError: If a token is out of range.
        """
        tokens = _known(tokens, self.n_tokens)
        return sum(
            float(self.log_probs(self.context(tokens[:i]))[token])
            for i, token in enumerate([*tokens, self.end])
        )

    def perplexity(self, texts: Iterable[Sequence[int]]) -> float:
        """How many equally likely tokens the next one seems to be drawn from.

        Args:
            texts: Never seen ones; each ends with the end of a text, which counts.

        Returns:
            At least 1, lower is better.

        Raises:
            ValueError: If there are no texts, or a token is out of range.
        """
        texts = [list(text) for text in texts]
        if not texts:
            raise ValueError("expected at least one text, got none.")
        n = sum(len(text) + 1 for text in texts)
        return math.exp(-sum(map(self.log_prob, texts)) / n)


def count_ngrams(
    texts: Iterable[Sequence[int]], *, order: int, n_tokens: int
) -> list[dict[tuple[int, ...], int]]:
    """Count n-grams of all lengths; texts begin behind an end, and end with one.

    Args:
        texts: Tokens from 0 to n_tokens - 1.
        order: The longest n-gram, 1 or more.
        n_tokens: How many tokens there are.

    Returns:
        For each length, the n-grams and how often they came.

    Raises:
        ValueError: If the order is below 1, or a token out of range.

    Example:
        >>> count_ngrams([[0, 1, 0]], order=2, n_tokens=2)[1]
        {(2, 0): 1, (0, 1): 1, (1, 0): 1, (0, 2): 1}
    """
    if order < 1:
        raise ValueError(f"expected an order of 1 or more, got {order}.")
    longest: Counter = Counter()
    for text in texts:
        tokens = _known(text, n_tokens)
        padded = [*[n_tokens] * (order - 1), *tokens, n_tokens]
        for stop in range(order, len(padded) + 1):
            longest[tuple(padded[stop - order : stop])] += 1
    return with_shorter(longest, order=order)


def _known(tokens: Sequence[int], n_tokens: int) -> list[int]:
    tokens = [int(token) for token in tokens]
    wrong = [token for token in tokens if not 0 <= token < n_tokens]
    if wrong:
        raise ValueError(f"expected tokens from 0 to {n_tokens - 1}, got {wrong[0]}.")
    return tokens


def with_shorter(
    longest: Mapping[tuple[int, ...], int], *, order: int
) -> list[dict[tuple[int, ...], int]]:
    """Counts of all lengths: each place in a text ends one n-gram of each length.

    Args:
        longest: The n-grams of `order` tokens, and how often they came.
        order: Their length.

    Returns:
        For each length from 1 on, the n-grams and how often they came.

    Example:
        >>> with_shorter({(2, 0): 1, (0, 1): 1, (1, 0): 1, (0, 2): 1}, order=2)[0]
        {(0,): 2, (1,): 1, (2,): 1}
    """
    counts = [dict(longest)]
    for _ in range(order - 1):
        shorter: Counter = Counter()
        for ngram, count in counts[0].items():
            shorter[ngram[1:]] += count
        counts.insert(0, dict(shorter))
    return counts


def _continuations(
    counts: Sequence[dict[tuple[int, ...], int]],
) -> list[dict[tuple[int, ...], int]]:
    """The longest n-grams as often as they came; shorter ones by what they follow."""
    shorter = [Counter(ngram[1:] for ngram in longer) for longer in counts[1:]]
    return [*shorter, counts[-1]]


def _by_context(
    counts: dict[tuple[int, ...], int],
) -> dict[tuple[int, ...], tuple[NDArray, NDArray]]:
    """Context to the tokens that followed it and their counts."""
    rows = defaultdict(list)
    for (*context, token), count in counts.items():
        rows[tuple(context)].append((token, count))
    return {
        context: (np.array([token for token, _ in row]), np.array([n for _, n in row]))
        for context, row in rows.items()
    }
