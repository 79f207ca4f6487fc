"""From the naive mean to attention: how sharply a speller looks."""

from __future__ import annotations

import copy

import torch
from matplotlib.figure import Figure
from numpy.typing import ArrayLike
from torch import Tensor

from clarity_lab.metrics.text import word_errors
from clarity_lab.models.attention import Sharpened
from clarity_lab.models.characters import LETTERS, decode_tokens
from clarity_lab.models.conv_encoder import STRIDE
from clarity_lab.models.las import LAS
from clarity_lab.models.speech_features import FRAMES_PER_S
from clarity_lab.models.speller import spell_greedily
from clarity_lab.plots import figure_html, plot_attention
from clarity_lab.widgets.controls import slider
from clarity_lab.widgets.explorer import Explorer
from clarity_lab.widgets.marked import compared_html

FRAME_S = STRIDE / FRAMES_PER_S
MOST_LABELS = 120
SHARPEST = 5.0


def explore_attention(
    samples: ArrayLike, *, sample_rate: int, model: LAS, reference: str
) -> Explorer:
    """Move how sharply a speller looks: from the mean of all to one frame alone.

    Args:
        samples: A sentence, shape (samples,) or (channels, samples).
        sample_rate: In Hz.
        model: A trained speller of the letters of `models.characters`; a copy is used.
        reference: What was said.

    Returns:
        The widget; `.controls` holds `sharpness`, which multiplies the scores before
            the softmax, and `.view` what is written, against the reference, and where
            was looked for each letter.

    Raises:
        ValueError: If there is no sound, or the reference has no words.
    """
    model = copy.deepcopy(model).eval()
    model.attention = Sharpened(model.attention)
    memory, counts = model.listen_to(samples, sample_rate=sample_rate)
    word_errors("", reference=reference)

    def show(sharpness: float) -> str:
        model.attention.sharpness = sharpness
        [tokens] = spell_greedily(model, memory, counts, most_labels=MOST_LABELS)
        if not tokens:
            return "<p>Nothing is written.</p>"
        with torch.inference_mode():
            _, looked = model.spell(memory, counts, torch.tensor([tokens]))
        return _page(tokens, looked[0, :-1], reference)

    sharpness = slider("Sharpness", 1, low=0, high=SHARPEST, step=0.1)
    return Explorer(show, {"sharpness": sharpness}, busy="Writing …")


def _page(tokens: list[int], looked: Tensor, reference: str) -> str:
    """The text against the reference, and where was looked."""
    text = decode_tokens(tokens)
    figure = Figure(figsize=(9, 1 + 0.12 * len(tokens)))
    letters = [LETTERS[token - 1].replace(" ", "␣") for token in tokens]
    plot_attention(looked, letters=letters, frame_s=FRAME_S, ax=figure.subplots())
    picture = figure_html(figure, alt=f"Where was looked for each letter of: {text}")
    return compared_html(text, reference=reference) + picture
