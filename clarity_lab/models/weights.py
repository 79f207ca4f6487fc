"""Trained weights: files that say what they are and where they come from.

Lesson: 20_ctc.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn

from clarity_lab.whole import write_whole

CARD = "clarity_lab"
"""Under this name a file holds its card; other readers skip it."""


def save_weights(model: nn.Module, path: str | Path, *, card: Mapping) -> None:
    """Write weights in half precision, with a card.

    Args:
        model: Whose weights.
        path: A file; its folder must be there.
        card: What they are, as JSON: how the model was made and trained, what it
            reached.

    Raises:
        FloatingPointError: If a weight is not finite, or becomes so in half precision.
        OSError: If it cannot be written; an older file stays.
    """
    from safetensors.torch import save

    halves = {
        name: value.detach().cpu().half().contiguous()
        for name, value in model.state_dict().items()
    }
    for name, value in halves.items():
        if not bool(torch.isfinite(value).all()):
            raise FloatingPointError(
                f"expected finite weights, got {name} with NaN, infinity or more than "
                "65504. Train again with a lower learning rate."
            )
    content = save(halves, metadata={CARD: json.dumps(card)})
    write_whole(Path(path), content)


def read_card(path: str | Path) -> dict:
    """The card of a file of weights.

    Raises:
        ValueError: If it is no such file.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(path), framework="pt") as file:
            return json.loads((file.metadata() or {})[CARD])
    except (SafetensorError, KeyError, json.JSONDecodeError) as error:
        raise ValueError(
            f"expected weights with a card, as save_weights writes them, got {path} "
            f"({error}). Is the download whole?"
        ) from error


def write_card(path: str | Path, card: Mapping) -> None:
    """Give a file of weights another card; the weights stay as they are.

    Args:
        path: What `save_weights` wrote.
        card: The new card, as JSON.

    Raises:
        ValueError: If it is no such file.
        OSError: If it cannot be written; the older file stays.
    """
    from safetensors.torch import load_file, save

    read_card(path)
    content = save(load_file(str(path)), metadata={CARD: json.dumps(card)})
    write_whole(Path(path), content)


def fingerprint(path: str | Path) -> str:
    """By what to know weights again, whatever their card says.

    Args:
        path: What `save_weights` wrote.

    Returns:
        16 letters and digits.

    Raises:
        ValueError: If it is no such file.
    """
    from safetensors.numpy import load_file

    read_card(path)
    digest = hashlib.sha256()
    for name, value in sorted(load_file(str(path)).items()):
        digest.update(name.encode() + value.tobytes())
    return digest.hexdigest()[:16]


def load_weights(model: nn.Module, path: str | Path) -> dict:
    """Give a model the weights of a file.

    Args:
        model: Made as the card says; changed in place, and left in eval mode.
        path: What `save_weights` wrote.

    Returns:
        The card.

    Raises:
        ValueError: If it is no such file, or the weights are of another model.
    """
    from safetensors.torch import load_file

    card = read_card(path)
    weights = {name: value.float() for name, value in load_file(str(path)).items()}
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        raise ValueError(
            f"expected a model as {Path(path).name} has it ({card.get('sizes')}): "
            f"{error}"
        ) from error
    model.eval()
    return card
