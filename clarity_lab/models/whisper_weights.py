"""Whisper's weights as OpenAI publishes them, under the names of our layers.

Lesson: 23_recognition_in_real_life.
"""

from __future__ import annotations

from pathlib import Path
from pickle import UnpicklingError

import torch
from torch import Tensor

from clarity_lab.models.whisper_network import WhisperSizes

THEIR_NAMES = {
    "encoder.conv1.": "first.",
    "encoder.conv2.": "second.",
    "encoder.positional_embedding": "times",
    "decoder.positional_embedding": "places",
    "decoder.token_embedding.": "embed.",
    "encoder.ln_post.": "encoder_norm.",
    "decoder.ln.": "decoder_norm.",
    ".blocks.": ".",
    ".attn_ln.": ".own_norm.",
    ".attn.": ".own.",
    ".cross_attn_ln.": ".heard_norm.",
    ".cross_attn.": ".heard.",
    ".mlp_ln.": ".thought.0.",
    ".mlp.0.": ".thought.1.",
    ".mlp.2.": ".thought.4.",
}
"""Parts of their names, and what these are called here."""


def read_openai_weights(path: str | Path) -> tuple[WhisperSizes, dict[str, Tensor]]:
    """Read a file of OpenAI's; code in it would not be run.

    Their keys have no bias. Ours have one, of zeros here: it would add the same to all
    scores of a query, and softmax does not mind.

    Args:
        path: As tiny.en.pt.

    Returns:
        sizes: Of the network.
        weights: What its `load_state_dict` takes.

    Raises:
        ValueError: If it is no such file.
    """
    try:
        stored = torch.load(path, weights_only=True, map_location="cpu")
        sizes, theirs = _sizes(stored["dims"]), stored["model_state_dict"]
    except (KeyError, TypeError, RuntimeError, UnpicklingError, EOFError) as error:
        raise ValueError(
            f"expected weights as OpenAI publishes Whisper's, got {path} ({error})."
        ) from error
    weights = {_our_name(name): value.float() for name, value in theirs.items()}
    keys = {name for name in weights if name.endswith(".key.weight")}
    return sizes, weights | {
        name.replace("weight", "bias"): torch.zeros(len(weights[name])) for name in keys
    }


def _sizes(dims: dict[str, int]) -> WhisperSizes:
    return WhisperSizes(
        n_tokens=dims["n_vocab"],
        n_mels=dims["n_mels"],
        n_frames=dims["n_audio_ctx"],
        n_places=dims["n_text_ctx"],
        size=dims["n_audio_state"],
        n_heads=dims["n_audio_head"],
        n_encoder_layers=dims["n_audio_layer"],
        n_decoder_layers=dims["n_text_layer"],
    )


def _our_name(name: str) -> str:
    for theirs, ours in THEIR_NAMES.items():
        name = name.replace(theirs, ours)
    return name
