"""Train one of the shipped models, and write its weights with a card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from clarity_lab.metrics.text import cer
from clarity_lab.models.characters import decode_tokens, encode_text
from clarity_lab.models.ctc_recogniser import CtcRecogniser
from clarity_lab.models.ctc_search import greedy_search
from clarity_lab.models.modes import drawn_with
from clarity_lab.models.ngram_files import count_texts, save_ngrams
from clarity_lab.models.rnn_lm import RnnLM
from clarity_lab.models.shipped import SPELLERS, encoder_of, make
from clarity_lab.models.speech_features import FRAMES_PER_S, N_MELS, Batch, batch_of
from clarity_lab.models.speller import HybridSpeller, spell_greedily
from clarity_lab.models.training import fit
from clarity_lab.models.weights import save_weights
from clarity_lab.recipes.recognition.data import (
    TrainingBatches,
    Utterance,
    features_of,
    utterances,
)
from clarity_lab.recipes.recognition.plans import TRAININGS

MOST_DEV = 250
"""Sentences to stop by, spread over all dev speakers."""

Heard = tuple[Utterance, Tensor]
"""A sentence, and the features of its sound."""

Recogniser = CtcRecogniser | HybridSpeller


def train(
    name: str,
    *,
    folder: Path,
    seed: int = 0,
    n_epochs: int | None = None,
    device: str = "cpu",
    show: bool = True,
) -> Path:
    """Train a model; what was interrupted goes on where it stopped.

    Args:
        name: One of `TRAININGS`.
        folder: For features, checkpoint and weights.
        seed: Of first weights, batches and changes.
        n_epochs: Other than planned.
        device: "cpu" or "cuda".
        show: Whether to show bars.

    Returns:
        The file of weights.

    Raises:
        ValueError: If there is no such device, or the checkpoint is of another plan.
    """
    training = TRAININGS[name]
    n_epochs = n_epochs or training.plan.n_epochs
    plan = replace(training.plan, seed=seed, n_epochs=n_epochs)
    _require_device(device)
    folder.mkdir(parents=True, exist_ok=True)
    heard = _heard(name, folder / "features.pt", show)
    dev = heard["dev"][:: max(1, len(heard["dev"]) // MOST_DEV)]
    with drawn_with(seed):
        model = make(name, folder=folder, **training.sizes)
    model.to(device)
    batches = TrainingBatches(
        *zip(*heard["train"], strict=True), seed=seed, size=training.batch_size
    )
    done = fit(
        model,
        plan=plan,
        batches=batches,
        loss=lambda model, batch: model.loss(batch.to(device)),
        score=lambda model: scored(model, dev),
        checkpoint=folder / f"{name}.state",
        show=show,
    )
    card = {
        "name": name,
        "sizes": training.sizes,
        "command": f"clarity-lab recognition train {name} --seed {seed}",
        "data": _data_in_words(name, heard["train"]),
        "plan": asdict(plan),
        "batch_size": training.batch_size,
        "dev_score": round(max(done.scores), 4),
        "epoch": done.best + 1,
    }
    if name in SPELLERS:
        card["encoder"] = encoder_of(folder)
    path = folder / f"{name}.safetensors"
    save_weights(model, path, card=card)
    return path


def _require_device(device: str) -> None:
    try:
        torch.zeros(0, device=device)
    except (AssertionError, RuntimeError) as error:  # known before hours are spent
        raise ValueError(
            f"expected a device that torch can use here, got {device!r} ({error}). Try "
            "cpu."
        ) from error


def count(*, folder: Path) -> Path:
    """Count n-grams in the texts that all models are trained with.

    Args:
        folder: For the file.

    Returns:
        The file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    heard = _heard("lm", folder, show=False)["train"]
    card = {
        "name": "ngrams",
        "command": "clarity-lab recognition train ngrams",
        "data": _data_in_words("lm", heard),
    }
    path = folder / "ngrams.safetensors"
    save_ngrams(count_texts([one.text for one, _ in heard], card=card), path)
    return path


def _heard(name: str, kept_in: Path, show: bool) -> dict[str, list[Heard]]:
    """What a model hears in training and is stopped by; a language model reads it."""
    sentences = utterances()
    if name == "lm":
        features = [_silence(one.text) for one in sentences]
    else:
        features = features_of(sentences, kept_in=kept_in, show=show)
    pairs = list(zip(sentences, features, strict=True))
    return {
        part: [(one, feature) for one, feature in pairs if one.part == part]
        for part in ("train", "dev")
    }


def _silence(text: str) -> Tensor:
    """As long as the text."""
    return torch.zeros(1, 1).expand(N_MELS, max(1, len(text)))


def _data_in_words(name: str, heard: list[Heard]) -> str:
    sets = " and ".join(sorted({one.dataset for one, _ in heard}))
    if name == "lm":
        letters = sum(len(one.text) for one, _ in heard)
        return f"{len(heard)} sentences, {letters} letters of {sets}"
    hours = sum(feature.shape[-1] for _, feature in heard) / (3600 * FRAMES_PER_S)
    speakers = len({(one.dataset, one.speaker) for one, _ in heard})
    return f"{len(heard)} sentences, {hours:.1f} h, {speakers} speakers of {sets}"


def scored(model: nn.Module, dev: list[Heard]) -> float:
    """How well a model does, higher is better: minus its error rate, or its loss."""
    if isinstance(model, RnnLM):
        losses = [float(model.loss(batch)) for batch in in_batches(dev, model)]
        return -sum(losses) / len(losses)
    texts = [one.text for one, _ in dev]
    return -cer(transcripts(model, [one for _, one in dev]), reference=texts)


def in_batches(heard: list[Heard], model: nn.Module, *, size: int = 25) -> list[Batch]:
    """Sentences of like length together, as they were recorded."""
    heard = sorted(heard, key=lambda one: one[1].shape[-1])
    device = next(model.parameters()).device
    groups = [heard[k : k + size] for k in range(0, len(heard), size)]
    return [
        batch_of(
            [one for _, one in group], [encode_text(one.text) for one, _ in group]
        ).to(device)
        for group in groups
    ]


@torch.inference_mode()
def transcripts(model: Recogniser, features: list[Tensor]) -> list[str]:
    """What is read or spelled greedily, in the order of the features."""
    device = next(model.parameters()).device
    order = sorted(range(len(features)), key=lambda k: features[k].shape[-1])
    texts = [""] * len(features)
    for start in range(0, len(order), 25):
        group = order[start : start + 25]
        batch = batch_of([features[k] for k in group]).to(device)
        for k, tokens in zip(group, _greedy(model, batch), strict=True):
            texts[k] = decode_tokens(tokens)
    return texts


def _greedy(model: Recogniser, batch: Batch) -> list[Sequence[int]]:
    if isinstance(model, HybridSpeller):
        return spell_greedily(model, *model.listen(batch.features, batch.n_frames))
    log_probs, n_frames = model(batch.features, batch.n_frames)
    return [
        greedy_search(one[:n]).tokens
        for one, n in zip(log_probs, n_frames, strict=True)
    ]
