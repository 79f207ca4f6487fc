"""The recognisers that come with the package, ready to listen.

Lessons: 20_ctc, 21_attention_asr, 22_decoding_and_wer, 23_recognition_in_real_life.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from torch import nn

from clarity_lab.checks import require_choice
from clarity_lab.models.conv_encoder import ConvEncoder
from clarity_lab.models.ctc_recogniser import CtcRecogniser
from clarity_lab.models.las import LAS, Listener
from clarity_lab.models.ngram_files import TextModels, load_ngrams
from clarity_lab.models.rnn_lm import RnnLM
from clarity_lab.models.transformer_asr import TransformerASR
from clarity_lab.models.weights import load_weights, read_card

FOLDER = Path(__file__).parents[1] / "weights"


def _ctc(**sizes: int) -> nn.Module:
    return CtcRecogniser(ConvEncoder(**sizes))


def _las(*, listener: int, **sizes: int) -> nn.Module:
    return LAS(Listener(size=listener), **sizes)


MAKERS: dict[str, Callable[..., nn.Module]] = {
    "ctc": _ctc,
    "attention": _las,
    "transformer": TransformerASR,
    "lm": RnnLM,
}


def load_shipped(name: str, *, folder: str | Path = FOLDER) -> nn.Module:
    """A trained model.

    Args:
        name: "ctc", "attention", "transformer" or "lm".
        folder: Where the weights are. Default: in the package.

    Returns:
        In eval mode; `.card` says how it was trained and what it reached.

    Raises:
        ValueError: If there is no such model, or its file is damaged, or of another.
    """
    require_choice(name, name="name", choices=MAKERS)
    path = _file(name, Path(folder))
    try:
        model = MAKERS[name](**read_card(path)["sizes"])
    except (KeyError, TypeError) as error:
        raise ValueError(
            f"expected weights of the model {name!r} in {path}, got those of another "
            f"({error})."
        ) from error
    model.card = load_weights(model, path)
    return model


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
            f"expected weights in {path}, got no such file. Make them with: "
            f"clarity-lab recognition train {name}"
        )
    return path
