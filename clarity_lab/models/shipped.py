"""The recognisers that come with the package, ready to listen.

Lessons: 20_ctc, 21_attention_asr, 22_decoding_and_wer, 23_recognition_in_real_life.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import nn

from clarity_lab.checks import require_choice
from clarity_lab.models.borrowed import Borrowed
from clarity_lab.models.conv_encoder import ConvEncoder
from clarity_lab.models.ctc_recogniser import CtcRecogniser
from clarity_lab.models.las import LAS, ReadOver
from clarity_lab.models.ngram_files import TextModels, load_ngrams
from clarity_lab.models.rnn_lm import RnnLM
from clarity_lab.models.transformer_asr import TransformerASR
from clarity_lab.models.weights import fingerprint, load_weights, read_card

FOLDER = Path(__file__).parents[1] / "weights"


NAMES = ("ctc", "attention", "transformer", "lm")


def make(name: str, *, folder: str | Path = FOLDER, **sizes: Any) -> nn.Module:
    """A model that knows nothing yet.

    Args:
        name: One of `NAMES`.
        folder: Where the CTC recogniser is from whom spellers borrow the encoder.
        **sizes: Of `ConvEncoder`, `RnnLM` or the speller.

    Returns:
        The model.

    Raises:
        ValueError: If there is no such model, or nobody to borrow from.
    """
    require_choice(name, name="name", choices=NAMES)
    if name == "ctc":
        return CtcRecogniser(ConvEncoder(**sizes))
    if name == "lm":
        return RnnLM(**sizes)
    ears = Borrowed(load_shipped("ctc", folder=folder).encoder)
    return SPELLERS[name](ears, **sizes)


def _las(ears: nn.Module, *, listener: int, **sizes: Any) -> nn.Module:
    return LAS(ReadOver(ears, size=listener), **sizes)


SPELLERS = {"attention": _las, "transformer": TransformerASR}
"""They hear with the encoder of the CTC recogniser, and learn to spell."""


def load_shipped(name: str, *, folder: str | Path = FOLDER) -> nn.Module:
    """A trained model.

    Args:
        name: "ctc", "attention", "transformer" or "lm".
        folder: Where the weights are. Default: in the package.

    Returns:
        In eval mode; `.card` says how it was trained and what it reached.

    Raises:
        ValueError: If there is no such model, its file is damaged or of another, or it
            learnt to spell with another encoder than the folder's.
    """
    require_choice(name, name="name", choices=NAMES)
    path = _file(name, Path(folder))
    card = read_card(path)
    try:
        model = make(name, folder=folder, **card["sizes"])
        learnt_with = card["encoder"] if name in SPELLERS else None
    except (KeyError, TypeError) as error:
        raise ValueError(
            f"expected weights of the model {name!r} in {path}, got those of another "
            f"({error})."
        ) from error
    if learnt_with and learnt_with != encoder_of(folder):
        raise ValueError(
            f"expected the ctc.safetensors that {path} learnt with ({learnt_with}), "
            f"got {encoder_of(folder)}. Take both files from one place, or run: "
            f"clarity-lab recognition train {name}"
        )
    model.card = load_weights(model, path)
    return model


def encoder_of(folder: str | Path) -> str:
    """By what to know the CTC recogniser of a folder, from whom spellers borrow."""
    return fingerprint(_file("ctc", Path(folder)))


def shipped_ngrams(*, folder: str | Path = FOLDER) -> TextModels:
    """Letters and words, counted in the texts that the recognisers were trained with.

    Args:
        folder: Where the file is. Default: in the package.

    Returns:
        Both models.

    Raises:
        ValueError: If the file is not there, or damaged.
    """
    return load_ngrams(_file("ngrams", Path(folder)))


def _file(name: str, folder: Path) -> Path:
    path = folder / f"{name}.safetensors"
    if not path.exists():
        raise ValueError(
            f"expected weights in {path}, got no such file. Copy them from {FOLDER}, "
            f"or run: clarity-lab recognition train {name}"
        )
    return path
