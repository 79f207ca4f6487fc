"""Probabilities of texts: they sum to one, and Kneser-Ney's own example holds."""

import itertools
import math

import numpy as np
import pytest

from clarity_lab.models.language_model import NGram, count_ngrams

TEXTS = [[0, 1, 2], [0, 1, 1], [2, 0, 1, 2], [1]]


def model(order, texts=TEXTS, n_tokens=3):
    counts = count_ngrams(texts, order=order, n_tokens=n_tokens)
    return NGram(counts, n_tokens=n_tokens)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_the_next_token_is_one_of_them_in_every_context(order):
    lm = model(order)
    for context in itertools.product(range(4), repeat=order - 1):
        log_probs = lm.log_probs(context)
        assert np.all(np.isfinite(log_probs))
        assert np.exp(log_probs).sum() == pytest.approx(1)


def test_all_texts_together_have_at_most_probability_one():
    lm = model(2)
    texts = [t for n in range(9) for t in itertools.product(range(3), repeat=n)]
    total = sum(math.exp(lm.log_prob(text)) for text in texts)
    assert 0.9 < total < 1  # longer ones are missing


def test_a_bigram_by_hand():
    # After 0: three times 1, and nothing else. Before a 1 stand 0, 1 and the start,
    # before a 2 the start and 1, before a 0 the start and 2, before the end 1 and 2.
    lm = model(2)
    continues = np.array([2, 3, 2, 2])
    unigram = (continues - 0.75 + 4 * 0.75 / 4) / continues.sum()
    expected = 0.75 / 3 * unigram
    expected[1] += (3 - 0.75) / 3
    np.testing.assert_allclose(np.exp(lm.log_probs((0,))), expected)


def test_a_word_that_follows_one_word_only_is_unlikely_elsewhere():
    # "francisco" comes more often than "glasses", but after "san" alone.
    san, francisco, my, glasses, reading = range(5)
    texts = [[san, francisco]] * 9 + [[my, glasses], [reading, glasses], [glasses]]
    lm = model(2, texts, n_tokens=5)
    after_my = lm.log_probs((francisco,))
    assert after_my[glasses] > after_my[francisco]


def test_more_context_predicts_a_grammar_better():
    rng = np.random.default_rng(0)
    texts = [[0, 1, int(rng.integers(2, 4)), 0, 1] for _ in range(200)]
    perplexities = [model(n, texts, 4).perplexity(texts[:20]) for n in (1, 2, 3)]
    assert perplexities == sorted(perplexities)[::-1]
    # Behind 0, 1 comes the end or one of two, which costs 1 and 2 bits; the other four
    # of six steps cost nothing.
    assert perplexities[-1] == pytest.approx(2 ** (3 / 6), abs=0.02)


def test_perplexity_of_a_fair_die_is_its_sides():
    texts = [[0], [1], [2]]
    lm = NGram(count_ngrams(texts, order=1, n_tokens=3), n_tokens=3, discount=0)
    # Tokens: 0, 1, 2 once each, the end three times.
    bits = 3 * math.log(6) + 3 * math.log(2)
    assert lm.perplexity(texts) == pytest.approx(math.exp(bits / 6))


def test_wrong_input_is_told():
    with pytest.raises(ValueError, match="tokens from 0 to 2, got 3"):
        count_ngrams([[3]], order=2, n_tokens=3)
    with pytest.raises(ValueError, match="order of 1 or more"):
        count_ngrams([[1]], order=0, n_tokens=3)
    with pytest.raises(ValueError, match="at least one text"):
        model(2).perplexity([])
    with pytest.raises(ValueError, match="got -1"):
        model(2).log_prob([0, -1])
