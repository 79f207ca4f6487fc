"""n-grams in a file: what a decoder knows of texts, without the texts.

Lesson: 22_decoding_and_wer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clarity_lab.models.characters import N_TOKENS
from clarity_lab.models.language_model import NGram, with_shorter
from clarity_lab.models.text_scorers import WordModel, letter_ngram
from clarity_lab.models.weights import CARD, read_card
from clarity_lab.whole import write_whole

LETTER_ORDER, WORD_ORDER = 5, 2


@dataclass(frozen=True)
class TextModels:
    """What was counted in some texts.

    Attributes:
        letters: n-grams of letters.
        words: The list of words, and n-grams of them.
        card: Where the counts come from.
    """

    letters: NGram
    words: WordModel
    card: dict


def count_texts(texts: Sequence[str], *, card: Mapping | None = None) -> TextModels:
    """Count letters and words.

    Args:
        texts: In the letters of `models.characters`.
        card: What these texts are, as JSON.

    Returns:
        Both models.

    Raises:
        ValueError: If there are no words, or a text has other letters.
    """
    letters = letter_ngram(texts, order=LETTER_ORDER)
    return TextModels(letters, WordModel(texts, order=WORD_ORDER), dict(card or {}))


def save_ngrams(models: TextModels, path: str | Path) -> None:
    """Write the longest n-grams; the shorter ones are inside them.

    Args:
        models: What to write.
        path: A file; its folder must be there.

    Raises:
        OSError: If it cannot be written; an older file stays.
    """
    from safetensors.numpy import save

    words = " ".join(models.words.words).encode("ascii")
    arrays = {"words": np.frombuffer(words, dtype=np.uint8)}
    both = {"letters": models.letters, "words": models.words.ngram}
    for name, ngram in both.items():
        rows, counts = zip(*ngram.counts[-1].items(), strict=True)
        small = np.min_scalar_type(ngram.n_tokens)
        arrays[f"{name}.ngrams"] = np.array(rows, dtype=small)
        kind = np.min_scalar_type(max(counts))
        arrays[f"{name}.counts"] = np.array(counts, dtype=kind)
    content = save(arrays, metadata={CARD: json.dumps(models.card)})
    write_whole(Path(path), content)


def load_ngrams(path: str | Path) -> TextModels:
    """Read what `save_ngrams` wrote.

    Raises:
        ValueError: If it is no such file.
    """
    from safetensors.numpy import load_file

    card = read_card(path)
    arrays = load_file(str(path))
    try:
        words = arrays["words"].tobytes().decode("ascii").split(" ")
        letters = _ngram(arrays, "letters", n_tokens=N_TOKENS)
        model = WordModel.of(words, _ngram(arrays, "words", n_tokens=len(words)))
    except (KeyError, ValueError) as error:
        raise ValueError(
            f"expected n-grams as save_ngrams writes them, got {path} ({error})."
        ) from error
    return TextModels(letters, model, card=card)


def _ngram(arrays: Mapping[str, NDArray], name: str, *, n_tokens: int) -> NGram:
    rows, counts = arrays[f"{name}.ngrams"], arrays[f"{name}.counts"]
    longest = dict(zip(map(tuple, rows.tolist()), counts.tolist(), strict=True))
    return NGram(with_shorter(longest, order=rows.shape[1]), n_tokens=n_tokens)
