"""The recognisers that can be put beside each other: ours, and real ones."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from numpy.typing import ArrayLike

from clarity_lab.checks import require_choice
from clarity_lab.manifests.errors import DataError
from clarity_lab.models.shipped import FOLDER, load_shipped
from clarity_lab.models.speech_features import RATE_HZ, as_sound, log_mel
from clarity_lab.models.sphinx import load_sphinx, transcribe_with_sphinx
from clarity_lab.models.whisper import load_whisper
from clarity_lab.recipes.recognition import BESIDE
from clarity_lab.recipes.recognition.conditions import Recogniser
from clarity_lab.recipes.recognition.score import Reader, spelling_ways


def load_recogniser(name: str, *, folder: Path = FOLDER) -> Recogniser:
    """A recogniser, ready to listen.

    Args:
        name: One of `BESIDE`.
        folder: Where the weights of ours are.

    Returns:
        Called as f(samples, sample_rate=...), it gives a text.

    Raises:
        DataError: If Whisper's weights are not to be had.
        ModuleNotFoundError: If pocketsphinx is not installed.
        ValueError: If there are no weights of ours.
    """
    require_choice(name, name="name", choices=BESIDE)
    if name == "whisper":
        return load_whisper().transcribe
    if name == "pocketsphinx":
        load_sphinx()
        return transcribe_with_sphinx
    if name == "ctc":
        return load_shipped(name, folder=folder).transcribe
    model, lm = (load_shipped(one, folder=folder) for one in (name, "lm"))
    joint = spelling_ways(name, model, lm)[-1]
    return partial(_spelled, joint.read)


def _spelled(read: Reader, samples: ArrayLike, *, sample_rate: int) -> str:
    sound = as_sound(samples, sample_rate=sample_rate)
    return read(log_mel(sound, sample_rate=RATE_HZ))


def recognisers_here(
    names: Iterable[str] = BESIDE, *, folder: Path = FOLDER
) -> tuple[dict[str, Recogniser], dict[str, str]]:
    """The recognisers that can be had, and why the others cannot.

    Args:
        names: Of `BESIDE`.
        folder: Where the weights of ours are.

    Returns:
        here: By name.
        missing: By name, what to do.
    """
    here, missing = {}, {}
    for name in names:
        try:
            here[name] = load_recogniser(name, folder=folder)
        except (DataError, ModuleNotFoundError, ValueError) as error:
            missing[name] = str(error)
    return here, missing
