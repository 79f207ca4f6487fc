"""What the shipped recognisers reach on speakers they never heard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd
import torch
from torch import Tensor
from tqdm.auto import tqdm

from clarity_lab.metrics.text import cer, wer
from clarity_lab.models.characters import decode_tokens
from clarity_lab.models.ctc_recogniser import CtcRecogniser
from clarity_lab.models.ctc_search import greedy_search, prefix_beam_search
from clarity_lab.models.joint_decoding import Weights, joint_search
from clarity_lab.models.ngram_files import TextModels
from clarity_lab.models.shipped import load_shipped, shipped_ngrams
from clarity_lab.models.speller import spell_greedily
from clarity_lab.models.text_scorers import LetterScorer, WordScorer
from clarity_lab.models.weights import read_card, write_card
from clarity_lab.recipes.recognition.data import Utterance, features_of, utterances

BEAM = 24
Reader = Callable[[Tensor], str]
"""From the features of one utterance to its text."""


@dataclass(frozen=True)
class Way:
    """One way to decode with one model.

    Attributes:
        model: Name of the recogniser.
        decoding: In words.
        read: Reads an utterance.
    """

    model: str
    decoding: str
    read: Reader


def ctc_ways(model: CtcRecogniser, texts: TextModels) -> list[Way]:
    """Greedy, by beam, and with letters or words as judges.

    Args:
        model: The recogniser.
        texts: What is known of texts.

    Returns:
        The ways, from the plainest on.
    """

    def read(features: Tensor, search: Callable) -> str:
        n_frames = torch.tensor([features.shape[-1]])
        with torch.inference_mode():
            log_probs, _ = model(features[None], n_frames)
        found = search(log_probs[0])
        return decode_tokens(found.tokens)

    def beam(log_probs: Tensor, **options: object) -> object:
        return prefix_beam_search(
            log_probs, beam_size=BEAM, least_log_prob=-7.0, **options
        )[0]

    letters = LetterScorer(texts.letters, weight=0.7, bonus=0.9)
    words = WordScorer(texts.words, weight=1.0, bonus=2.0)
    searches = {
        "greedy": greedy_search,
        "beam": beam,
        f"beam, {texts.letters.order}-gram of letters": partial(beam, scorer=letters),
        "beam, list of words and their bigrams": partial(beam, scorer=words),
    }
    return [
        Way("ctc", name, partial(read, search=search))
        for name, search in searches.items()
    ]


def spelling_ways(name: str, model: torch.nn.Module, lm: torch.nn.Module) -> list[Way]:
    """The speller alone, CTC alone, both, and both with the language model.

    A speller alone finds short texts best, so in a beam each letter needs a bonus.

    Args:
        name: Of the recogniser.
        model: It.
        lm: The language model.

    Returns:
        The ways.
    """
    weights = {
        "speller alone, beam": Weights(1.0, letter=0.5),
        "its CTC alone": Weights(0.0),
        "joint": Weights(0.7),
        "joint, with LM": Weights(0.7, language_model=0.6, letter=0.8),
    }

    def greedy(features: Tensor) -> str:
        n_frames = torch.tensor([features.shape[-1]])
        with torch.inference_mode():
            heard = model.listen(features[None], n_frames)
        return decode_tokens(spell_greedily(model, *heard)[0])

    def read(features: Tensor, weights: Weights) -> str:
        lm_or_none = lm if weights.language_model else None
        found = joint_search(
            model, features, weights=weights, language_model=lm_or_none, beam_size=8
        )
        return decode_tokens(found[0].tokens) if found else ""

    return [
        Way(name, "speller alone, greedy", greedy),
        *(
            Way(name, words, partial(read, weights=one))
            for words, one in weights.items()
        ),
    ]


def score(
    folder: Path,
    *,
    part: str = "eval",
    names: Sequence[str] = ("ctc", "attention", "transformer"),
    most: int | None = None,
    show: bool = True,
) -> pd.DataFrame:
    """Word and character error rates of each way to decode.

    Args:
        folder: Of the weights; features are kept there.
        part: "eval" or "dev": speakers that were not trained with.
        names: Of the recognisers.
        most: Sentences of each set, spread over all. Default: all.
        show: Whether to show a bar.

    Returns:
        One row per way and set: model, decoding, set, wer, cer, words, speakers.

    Raises:
        ValueError: If weights are not there, or damaged.
    """
    ways = []
    for name in names:
        model = load_shipped(name, folder=folder)
        if name == "ctc":
            ways += ctc_ways(model, shipped_ngrams(folder=folder))
        else:
            ways += spelling_ways(name, model, load_shipped("lm", folder=folder))
    sentences = _chosen([one for one in utterances() if one.part == part], most)
    kept_in = folder / f"features-{part}.pt"
    features = [
        one.float() for one in features_of(sentences, kept_in=kept_in, show=show)
    ]
    rows = []
    for way in tqdm(ways, desc="ways to decode", disable=not show):
        found = [way.read(one) for one in features]
        rows += _rows(way, sentences, found)
    return pd.DataFrame(rows)


def note_scores(table: pd.DataFrame, folder: Path) -> None:
    """Write onto each model's card what it reached on speakers it never heard.

    Args:
        table: From `score`, of all sentences of the part "eval".
        folder: Of the weights.
    """
    for name, rows in table.groupby("model", sort=False):
        path = folder / f"{name}.safetensors"
        scores = rows.drop(columns="model").round(4).to_dict("records")
        write_card(path, read_card(path) | {"eval": scores})


def _chosen(sentences: list[Utterance], most: int | None) -> list[Utterance]:
    if most is None:
        return sentences
    chosen = []
    for name in dict.fromkeys(one.dataset for one in sentences):
        these = [one for one in sentences if one.dataset == name]
        chosen += these[:: -(-len(these) // most)]
    return chosen


def _rows(way: Way, sentences: list[Utterance], found: list[str]) -> list[dict]:
    rows = []
    for name in dict.fromkeys(one.dataset for one in sentences):
        pairs = [
            (text, one)
            for text, one in zip(found, sentences, strict=True)
            if one.dataset == name
        ]
        texts, wanted = [text for text, _ in pairs], [one.text for _, one in pairs]
        rows.append(
            {
                "model": way.model,
                "decoding": way.decoding,
                "set": name,
                "wer": wer(texts, reference=wanted),
                "cer": cer(texts, reference=wanted),
                "words": sum(len(text.split()) for text in wanted),
                "speakers": len({one.speaker for _, one in pairs}),
            }
        )
    return rows
