"""What the shipped recognisers learn from, and whom they never heard."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from tqdm.auto import tqdm

from clarity_lab import audio, manifests
from clarity_lab.metrics.text import plain_words
from clarity_lab.models.augmentation import hide_stripes, stretch
from clarity_lab.models.characters import encode_text
from clarity_lab.models.speech_features import (
    RATE_HZ,
    Batch,
    as_sound,
    batch_of,
    log_mel,
)
from clarity_lab.whole import write_whole

SETS = ("speechocean762", "librispeech")
FOLDS = 5
EVAL_FOLD, DEV_FOLD = 0, 1
"""Of the speakers in the publishers' test part, by the last digit of their numbers."""
MOST_CHANGE = 0.1
"""Of tempo and of pitch, while training."""


@dataclass(frozen=True)
class Utterance:
    """One sentence.

    Attributes:
        path: Where the recording is.
        dataset: Of which set.
        speaker: Who speaks.
        text: What is said, in the letters of `models.characters`.
        part: "train", "dev" or "eval"; no speaker is in two of them.
    """

    path: Path
    dataset: str
    speaker: str
    text: str
    part: str


def utterances(sets: Iterable[str] = SETS) -> list[Utterance]:
    """All that is transcribed in some sets, in the order of their tables.

    Raises:
        MissingDataError: If one of them is not here; says how to get it.
    """
    found = []
    for name in sets:
        rows = manifests.table(name).dropna(subset=["transcript"])
        found += [
            Utterance(row.path, name, str(row.speaker), text, part_of(row))
            for row in rows.itertuples()
            if (text := plain_words(row.transcript))
        ]
    return found


def part_of(row: object) -> str:
    """Whether a row of a set's table is there for training.

    speechocean762: its training half, and three fifths of the speakers of its test
    half, to learn from; a fifth to stop by; a fifth to report. Others as published.
    """
    if row.dataset == "speechocean762" and row.split == "test":
        return {EVAL_FOLD: "eval", DEV_FOLD: "dev"}.get(
            int(row.speaker) % FOLDS, "train"
        )
    return "train" if str(row.split).startswith("train") else "eval"


def features_of(
    sentences: Sequence[Utterance], *, kept_in: Path | None = None, show: bool = True
) -> list[Tensor]:
    """Log-mel energies of each recording, in half precision.

    Args:
        sentences: What to read.
        kept_in: A file that keeps them; it is used again for the same recordings, if
            none of them is newer.
        show: Whether to show a bar.

    Returns:
        For each, shape (mels, its frames).

    Raises:
        ValueError: If the file holds something else, or is damaged.
    """
    names = [str(one.path) for one in sentences]
    if kept_in is not None and kept_in.exists():
        of, features = _kept(kept_in)
        written = kept_in.stat().st_mtime
        if of == names and all(
            one.path.stat().st_mtime <= written for one in sentences
        ):
            return features
    features = []
    for one in tqdm(sentences, desc="features", disable=not show):
        samples, sample_rate = audio.load(one.path)
        sound = as_sound(samples, sample_rate=sample_rate)
        features.append(log_mel(sound, sample_rate=RATE_HZ).half())
    if kept_in is not None:
        content = io.BytesIO()
        torch.save({"names": names, "features": features}, content)
        write_whole(kept_in, content.getvalue())
    return features


def _kept(path: Path) -> tuple[list[str], list[Tensor]]:
    try:
        kept = torch.load(path, weights_only=True)
        return kept["names"], kept["features"]
    except Exception as error:  # torch raises whatever it likes
        raise ValueError(
            f"{path} holds no features, or is damaged ({error}). Delete it, and they "
            "are computed again."
        ) from error


class TrainingBatches:
    """The batches of each epoch: sentences of like length, each changed at random."""

    def __init__(
        self,
        sentences: Sequence[Utterance],
        features: Sequence[Tensor],
        *,
        seed: int,
        size: int = 16,
        encode: Callable[[str], list[int]] = encode_text,
    ) -> None:
        self._features = features
        self._targets = [encode(one.text) for one in sentences]
        self._seed, self._size = seed, size

    def __call__(self, epoch: int) -> _Epoch:
        """The batches of an epoch, made when they are asked for."""
        rng = np.random.default_rng([self._seed, epoch])
        lengths = np.array([one.shape[-1] for one in self._features], dtype=float)
        order = np.argsort(lengths + rng.normal(0, 30, len(lengths)))
        groups = np.split(order, range(self._size, len(order), self._size))
        rng.shuffle(groups)
        return _Epoch(self, groups, int(rng.integers(2**31)))

    def batch(self, which: Sequence[int], seed: int) -> Batch:
        """Some sentences, changed; the same seed changes them in the same way."""
        generator = torch.Generator().manual_seed(seed)
        changed = []
        for number in which:
            draws = torch.rand(2, generator=generator).tolist()
            tempo, pitch = (1 + MOST_CHANGE * (2 * draw - 1) for draw in draws)
            one = stretch(self._features[number].float(), tempo=tempo, pitch=pitch)
            changed.append(hide_stripes(one, generator=generator))
        return batch_of(changed, [self._targets[number] for number in which])


@dataclass
class _Epoch:
    """A list of batches, none of which exists before it is wanted."""

    batches: TrainingBatches
    groups: list
    seed: int

    def __len__(self) -> int:
        return len(self.groups)

    def __getitem__(self, number: int) -> Batch:
        return self.batches.batch(self.groups[number], self.seed + number)
