"""What is known of texts, said letter by letter to a CTC search.

Lesson: 22_decoding_and_wer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import inf

import numpy as np
from numpy.typing import NDArray

from clarity_lab.models.characters import N_TOKENS, SPACE, encode_text
from clarity_lab.models.language_model import NGram, count_ngrams

Letters = tuple[int, ...]


def letter_ngram(texts: Iterable[str], *, order: int = 6) -> NGram:
    """A language model of letters.

    Args:
        texts: In the letters of `models.characters`.
        order: The longest n-gram.

    Returns:
        Over the tokens of `models.characters`; its end is `N_TOKENS`.

    Raises:
        ValueError: If a text has other letters, or there are none.
    """
    tokens = [encode_text(text) for text in texts]
    if not tokens:
        raise ValueError("expected at least one text to count in, got none.")
    return NGram(
        count_ngrams(tokens, order=order, n_tokens=N_TOKENS), n_tokens=N_TOKENS
    )


class LetterScorer:
    """An n-gram of letters as a judge: `Scorer` says what its methods do."""

    def __init__(self, ngram: NGram, *, weight: float, bonus: float = 0.0) -> None:
        """Take a model of letters.

        Args:
            ngram: Over the tokens of `models.characters`.
            weight: What its log-probabilities are multiplied with.
            bonus: What each letter adds: long texts are not to lose by their length.
        """
        self._ngram, self._weight, self._bonus = ngram, weight, bonus
        self.scores = lru_cache(maxsize=20_000)(self._scores)

    def start(self) -> Letters:
        """Nothing was said."""
        return self._ngram.context(())

    def _scores(self, state: Letters) -> NDArray:
        log_probs = self._ngram.log_probs(state)[: self._ngram.n_tokens]
        return self._weight * log_probs + self._bonus

    def after(self, state: Letters, token: int) -> Letters:
        """The last few letters."""
        return self._ngram.context((*state, token))

    def end(self, state: Letters) -> float:
        """How likely a text ends here."""
        return self._weight * float(self._ngram.log_probs(state)[self._ngram.end])


class WordModel:
    """A vocabulary, and how likely each word is after the last few.

    Attributes:
        words: In the order of their numbers.
        ngram: Over these numbers.
    """

    def __init__(
        self, texts: Sequence[str], *, order: int = 2, words: Iterable[str] = ()
    ) -> None:
        """Count in texts.

        Args:
            texts: Words parted by single spaces.
            order: The longest n-gram of words.
            words: More words that may be said.

        Raises:
            ValueError: If there are no words, or a word has other letters.
        """
        parted = [text.split() for text in texts]
        counted = Counter(word for text in parted for word in text)
        self.words = sorted({*counted, *words})
        if not self.words:
            raise ValueError("expected texts or words, got none.")
        number = {word: n for n, word in enumerate(self.words)}
        tokens = [[number[word] for word in text] for text in parted]
        n = len(self.words)
        self.ngram = NGram(count_ngrams(tokens, order=order, n_tokens=n), n_tokens=n)

    @classmethod
    def of(cls, words: Sequence[str], ngram: NGram) -> WordModel:
        """A model that was counted before.

        Raises:
            ValueError: If the n-grams are not over these words.
        """
        if ngram.n_tokens != len(words):
            raise ValueError(
                f"expected n-grams over {len(words)} words, got {ngram.n_tokens}."
            )
        model = cls.__new__(cls)
        model.words, model.ngram = list(words), ngram
        return model


class WordScorer:
    """Only words of a list may be said; each costs what the word model says.

    On the way through a word its letters are charged with the best that can still come
    of them, so that a beam does not fill up with beginnings of unlikely words.

    Reference:
        Ortmanns et al., "Language-model look-ahead for large vocabulary speech
        recognition", ICSLP 1996 (with unigrams).
    """

    def __init__(
        self, model: WordModel, *, weight: float = 1.0, bonus: float = 0.0
    ) -> None:
        """Take a vocabulary and its model.

        Args:
            model: Words and how likely they are.
            weight: What its log-probabilities are multiplied with; 0 leaves the list.
            bonus: What each word adds.
        """
        self._ngram, self._weight, self._bonus = model.ngram, weight, bonus
        unigram = model.ngram.log_probs(())
        self._children: list[dict[int, int]] = [{}]
        self._word: list[int | None] = [None]
        self._ahead = [-inf]
        for number, word in enumerate(model.words):
            self._grow(word, number, float(unigram[number]))
        self._ahead[0] = 0.0
        self.scores = lru_cache(maxsize=20_000)(self._scores)

    def _grow(self, word: str, number: int, log_prob: float) -> None:
        node = 0
        for letter in encode_text(word):
            if letter not in self._children[node]:
                self._children[node][letter] = len(self._children)
                self._children.append({})
                self._word.append(None)
                self._ahead.append(-inf)
            node = self._children[node][letter]
            self._ahead[node] = max(self._ahead[node], log_prob)
        self._word[node] = number

    def start(self) -> tuple[int, Letters]:
        """Before the first letter: the root of the tree, no words."""
        return 0, self._ngram.context(())

    def _scores(self, state: tuple[int, Letters]) -> NDArray:
        node, context = state
        scores = np.full(N_TOKENS, -inf)
        for letter, child in self._children[node].items():
            scores[letter] = self._weight * (self._ahead[child] - self._ahead[node])
        if self._word[node] is not None:
            scores[SPACE] = self._word_score(node, context)
        return scores

    def _word_score(self, node: int, context: Letters) -> float:
        log_prob = float(self._ngram.log_probs(context)[self._word[node]])
        return self._weight * (log_prob - self._ahead[node]) + self._bonus

    def after(self, state: tuple[int, Letters], token: int) -> tuple[int, Letters]:
        """One letter further down the tree, or back at its root with one word more."""
        node, context = state
        if token == SPACE:
            return 0, self._ngram.context((*context, self._word[node]))
        return self._children[node][token], context

    def end(self, state: tuple[int, Letters]) -> float:
        """A text ends behind a whole word, or is empty; not behind a space."""
        node, context = state
        if state == self.start():
            return self._weight * float(self._ngram.log_probs(context)[self._ngram.end])
        if self._word[node] is None:
            return -inf
        last = self._ngram.context((*context, self._word[node]))
        ends = float(self._ngram.log_probs(last)[self._ngram.end])
        return self._word_score(node, context) + self._weight * ends
