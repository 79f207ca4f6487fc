"""What is known of texts: added up letter by letter, it is what the models say."""

from itertools import product
from math import inf

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the lessons' packages")

from clarity_lab.models.characters import decode_tokens, encode_text  # noqa: E402
from clarity_lab.models.ctc_search import prefix_beam_search  # noqa: E402
from clarity_lab.models.text_scorers import (  # noqa: E402
    LetterScorer,
    WordModel,
    WordScorer,
    letter_ngram,
)

TEXTS = ["to be or not to be", "not to do", "tea or toes", "be"]


def total(scorer, text):
    """All that a scorer adds on the way through a text."""
    state, score = scorer.start(), 0.0
    for token in encode_text(text):
        score += scorer.scores(state)[token]
        if score == -inf:
            return score
        state = scorer.after(state, token)
    return score + scorer.end(state)


@pytest.mark.parametrize("text", ["to be", "tea", "", "zzz"])
def test_letters_cost_what_their_model_says(text):
    ngram = letter_ngram(TEXTS, order=3)
    scorer = LetterScorer(ngram, weight=0.4, bonus=0.1)
    wanted = 0.4 * ngram.log_prob(encode_text(text)) + 0.1 * len(text)
    assert total(scorer, text) == pytest.approx(wanted)


@pytest.mark.parametrize("text", ["to be", "tea or not", "be", "toes", ""])
def test_words_cost_what_their_model_says_whatever_was_charged_ahead(text):
    model = WordModel(TEXTS, order=2)
    scorer = WordScorer(model, weight=0.7, bonus=0.2)
    numbers = [model.words.index(word) for word in text.split()]
    wanted = 0.7 * model.ngram.log_prob(numbers) + 0.2 * len(numbers)
    assert total(scorer, text) == pytest.approx(wanted)


@pytest.mark.parametrize("text", ["to b", "toe", "zoo", " to", "to ", "to  be"])
def test_no_other_words_may_be_said(text):
    assert total(WordScorer(WordModel(TEXTS)), text) == -inf


def test_more_words_may_be_named_than_were_counted():
    model = WordModel(TEXTS, words=["toad"])
    assert total(WordScorer(model), "toad") > -inf


def test_texts_or_words_are_needed():
    with pytest.raises(ValueError, match="expected texts or words"):
        WordModel([])
    with pytest.raises(ValueError, match="at least one text"):
        letter_ngram([])


def test_a_wide_search_finds_the_best_of_all_sentences(rng):
    model = WordModel(["to be", "be to", "to to", "bet"], order=2)
    scorer = WordScorer(model, weight=1.0, bonus=0.5)
    used = [0, *sorted(set(encode_text("to be")))]
    scores = torch.full((9, 29), -30.0, dtype=torch.double)
    scores[:, used] = torch.from_numpy(rng.normal(0, 1.5, (9, len(used))))
    log_probs = scores.log_softmax(-1)
    sentences = [
        " ".join(words) for n in range(4) for words in product(model.words, repeat=n)
    ]

    def score(text):
        targets = torch.tensor([encode_text(text)], dtype=torch.long)
        ctc = torch.nn.functional.ctc_loss(
            log_probs[:, None],
            targets,
            torch.tensor([9]),
            torch.tensor([targets.shape[1]]),
            reduction="sum",
        )
        return total(scorer, text) - float(ctc)

    best = max(sentences, key=score)
    found = prefix_beam_search(log_probs, beam_size=2_000, scorer=scorer)[0]
    assert decode_tokens(found.tokens) == best
    assert found.score == pytest.approx(score(best), rel=1e-9)


def test_a_language_model_mends_spelling():
    # What a recogniser hears as "tee or nut": a vowel is nearly as likely as its like.
    heard = "tee or nut"
    log_probs = torch.full((2 * len(heard), 29), -9.0)
    for place, (token, letter) in enumerate(
        zip(encode_text(heard), heard, strict=True)
    ):
        log_probs[2 * place, token] = 0
        log_probs[2 * place + 1, 0] = 0
        if letter in "eu":
            log_probs[2 * place, encode_text("ao")] = -1.0
    log_probs = log_probs.log_softmax(-1)
    plain = prefix_beam_search(log_probs)[0]
    helped = prefix_beam_search(log_probs, scorer=WordScorer(WordModel(TEXTS)))[0]
    assert decode_tokens(plain.tokens) == heard
    assert decode_tokens(helped.tokens) == "tea or not"
    assert np.isfinite(helped.score)
