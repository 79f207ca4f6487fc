"""Move the weights of three judges of a sound, and watch the text change.

Lesson: 22_decoding_and_wer.
"""

from __future__ import annotations

from functools import lru_cache

from torch import Tensor

from clarity_lab.metrics.text import word_errors
from clarity_lab.models.characters import decode_tokens
from clarity_lab.models.joint_decoding import Spelled, Weights, joint_search
from clarity_lab.models.speller import SpeechSpeller, Speller
from clarity_lab.widgets.controls import slider
from clarity_lab.widgets.explorer import Explorer
from clarity_lab.widgets.marked import best_texts_html, compared_html

N_BEST = 4


def explore_joint(
    model: SpeechSpeller,
    features: Tensor,
    *,
    language_model: Speller,
    reference: str,
) -> Explorer:
    """Weigh a speller, CTC and a language model against each other.

    Args:
        model: LAS or TransformerASR, in eval mode, over the tokens of
            `models.characters`.
        features: Of one utterance, shape (mels, frames).
        language_model: An `RnnLM` over the same tokens.
        reference: What was said.

    Returns:
        The widget; `.controls` holds `speller` (lambda; CTC has the rest),
            `language_model` (gamma), `letter`, what each letter adds, and `beam_size`;
            `.view` the best text word by word against the reference, its error rates,
            and the next best texts with what each judge says of them.

    Raises:
        ValueError: If the features are of another shape, or the reference has no words.
    """
    if features.ndim != 2:
        raise ValueError(
            f"expected features of shape (mels, frames), got {tuple(features.shape)}. "
            "Try log_mel(sound, sample_rate=...) of one recording."
        )
    word_errors("", reference=reference)  # says what is wrong with a reference

    @lru_cache(maxsize=256)
    def search(weights: Weights, beam_size: int) -> list[Spelled]:
        return joint_search(
            model,
            features,
            weights=weights,
            language_model=language_model,
            beam_size=beam_size,
            n_best=N_BEST,
        )

    def show(
        speller: float, language_model: float, letter: float, beam_size: float
    ) -> str:
        weights = Weights(speller, language_model, letter)
        return _page(search(weights, int(beam_size)), reference)

    return Explorer(
        show,
        {
            "speller": slider("λ: speller", 0.6, low=0, high=1, step=0.1),
            "language_model": slider("γ: LM", 0.0, low=0, high=1, step=0.1),
            "letter": slider("Bonus", 0.0, low=0, high=2, step=0.1),
            "beam_size": slider("Beam", 8, low=1, high=16, step=1),
        },
        busy="Searching …",
    )


def _page(found: list[Spelled], reference: str) -> str:
    """The best text against the reference, and what each judge says of the others."""
    rows = [
        (
            decode_tokens(one.tokens),
            *(f"{says:.1f}" for says in (one.speller, one.ctc, one.language_model)),
            f"{one.score:.1f}",
        )
        for one in found
    ]
    best = rows[0][0] if rows else ""
    table = best_texts_html(("Speller", "CTC", "Language model", "Sum"), rows)
    return compared_html(best, reference=reference) + table
