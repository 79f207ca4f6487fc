"""Move the weight of a language model, and watch the hypothesis change.

Lesson: 22_decoding_and_wer.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from numpy.typing import ArrayLike

from clarity_lab.metrics.text import word_errors
from clarity_lab.models.characters import N_TOKENS, decode_tokens
from clarity_lab.models.ctc_beam import Hypothesis, Scorer
from clarity_lab.models.ctc_checks import require_utterance
from clarity_lab.models.ctc_search import greedy_search, prefix_beam_search
from clarity_lab.models.ngram_files import TextModels
from clarity_lab.models.text_scorers import LetterScorer, WordScorer
from clarity_lab.widgets.controls import choice, slider
from clarity_lab.widgets.explorer import Explorer
from clarity_lab.widgets.marked import best_texts_html, compared_html

NOBODY, LETTERS, WORDS = "nobody", "letters", "words"
LEAST_LOG_PROB = -7.0
N_BEST = 4


def explore_decoding(
    log_probs: ArrayLike, *, texts: TextModels, reference: str
) -> Explorer:
    """Choose who judges the texts of a CTC search, and how much that counts.

    Args:
        log_probs: Log-probabilities of the tokens of `models.characters` in each frame,
            shape (frames, tokens).
        texts: Letters and words that were counted; `models.shipped.shipped_ngrams`.
        reference: What was said.

    Returns:
        The widget; `.controls` holds `judge` ("nobody", "letters", "words"), `weight`
            and `bonus`, what each letter or word adds, and `beam_size`; `.view` the
            best text word by word against the reference, the error rates, and the
            next best texts with what CTC and the judge say of each.

    Raises:
        TypeError: If log_probs are no floating-point numbers.
        ValueError: If their shape is another, or the reference has no words.
    """
    log_probs = torch.as_tensor(log_probs).detach().clone()
    require_utterance(log_probs, 0)
    if log_probs.shape[1] != N_TOKENS:
        raise ValueError(
            f"expected {N_TOKENS} tokens in each frame, got {log_probs.shape[1]}."
        )
    greedy = text_of(greedy_search(log_probs))
    first = word_errors(greedy, reference=reference)

    @lru_cache(maxsize=256)
    def search(judge: str, weight: float, bonus: float, beam_size: int) -> list:
        return prefix_beam_search(
            log_probs,
            scorer=_scorer(texts, judge, weight, bonus),
            beam_size=beam_size,
            n_best=N_BEST,
            least_log_prob=LEAST_LOG_PROB,
        )

    def show(judge: str, weight: float, bonus: float, beam_size: float) -> str:
        found = search(judge, weight, bonus, int(beam_size))
        return _page(found, reference, greedy, first.rate)

    return Explorer(
        show,
        {
            "judge": choice("Judge", (NOBODY, LETTERS, WORDS)),
            "weight": slider("Its weight", 0.5, low=0, high=2, step=0.1),
            "bonus": slider("Bonus", 0.5, low=0, high=3, step=0.1),
            "beam_size": slider("Beam", 16, low=1, high=64, step=1),
        },
        busy="Searching …",
    )


def text_of(found: Hypothesis) -> str:
    """What a search found, as a text."""
    return decode_tokens(found.tokens)


def _scorer(
    texts: TextModels, judge: str, weight: float, bonus: float
) -> Scorer | None:
    if judge == LETTERS:
        return LetterScorer(texts.letters, weight=weight, bonus=bonus)
    if judge == WORDS:
        return WordScorer(texts.words, weight=weight, bonus=bonus)
    return None


def _page(
    found: list[Hypothesis], reference: str, greedy: str, greedy_wer: float
) -> str:
    """The best text against the reference, and the others."""
    rows = [
        (
            text_of(one),
            f"{one.log_ctc:.1f}",
            f"{one.score - one.log_ctc:+.1f}",
            f"{one.score:.1f}",
        )
        for one in found
    ]
    best = rows[0][0] if rows else ""
    more = f" Greedy: {greedy_wer:.0%}, “{greedy}”."
    table = best_texts_html(("CTC", "Judge", "Sum"), rows)
    return compared_html(best, reference=reference, more=more) + table
