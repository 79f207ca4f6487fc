"""n-grams in a file are those that were counted."""

from collections import Counter

import numpy as np
import pytest

pytest.importorskip("safetensors", reason="needs the lessons' packages")

from safetensors.numpy import save_file

from clarity_lab.models.characters import encode_text
from clarity_lab.models.language_model import count_ngrams, with_shorter
from clarity_lab.models.ngram_files import (
    count_texts,
    load_ngrams,
    save_ngrams,
)
from clarity_lab.models.text_scorers import WordModel
from clarity_lab.models.weights import CARD

TEXTS = ["the cat sat", "the dog", "it's the cat's hat", "a cat", "a"]


@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_shorter_ngrams_are_inside_the_longest(order):
    tokens = [encode_text(text) for text in TEXTS]
    counts = count_ngrams(tokens, order=order, n_tokens=29)
    assert with_shorter(counts[-1], order=order) == counts
    for length, counted in enumerate(counts, start=1):
        padded = [[*[29] * (length - 1), *text, 29] for text in tokens]
        in_texts = Counter(
            tuple(text[k : k + length])
            for text in padded
            for k in range(len(text) - length + 1)
        )
        assert counted == in_texts


def test_a_file_gives_back_the_same_probabilities(tmp_path):
    given = count_texts(TEXTS, card={"data": "five texts"})
    save_ngrams(given, tmp_path / "x.safetensors")
    read = load_ngrams(tmp_path / "x.safetensors")
    assert read.card == {"data": "five texts"}
    assert read.words.words == given.words.words
    for text in (*TEXTS, "the hat sat", ""):
        tokens = encode_text(text)
        assert read.letters.log_prob(tokens) == given.letters.log_prob(tokens)
    numbers = np.arange(3)
    assert read.words.ngram.log_prob(numbers) == given.words.ngram.log_prob(numbers)


def test_a_damaged_file_is_refused(tmp_path):
    path = tmp_path / "x.safetensors"
    save_ngrams(count_texts(TEXTS), path)
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(ValueError, match="Is the download whole"):
        load_ngrams(path)


def test_a_file_of_something_else_is_refused(tmp_path):
    arrays = {"words": np.zeros(3, dtype=np.uint8)}
    path = tmp_path / "x.safetensors"
    save_file(arrays, path, metadata={CARD: "{}"})
    with pytest.raises(ValueError, match="n-grams as save_ngrams writes them"):
        load_ngrams(path)


def test_ngrams_over_other_words_are_refused():
    ngram = count_texts(TEXTS).words.ngram
    with pytest.raises(ValueError, match="over 2 words"):
        WordModel.of(["a", "b"], ngram)
