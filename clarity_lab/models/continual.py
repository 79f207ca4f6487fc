"""One language after another: three ways to learn the new and keep the old.

A network that goes on learning has only its weights to remember with, and each step for
the new language moves them. Rehearsal keeps some recordings, EWC keeps the weights that
mattered near where they were, LwF keeps what the old network said.

Lesson: 24_continual_languages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy

import numpy as np
import torch
from torch import Tensor, nn

from clarity_lab.models.conv_encoder import counting
from clarity_lab.models.ctc_recogniser import loss_per_label
from clarity_lab.models.polyglot import Polyglot, Row, Task
from clarity_lab.models.speech_features import Batch, batch_of
from clarity_lab.models.training import Plan, Progress, fit

MakeBatches = Callable[[Sequence[Row], np.random.Generator], list[Batch]]
"""From rows of one language and a generator to the batches of an epoch."""


class FineTuning:
    """Learn the new language and do nothing for the old ones."""

    def before(self, model: Polyglot, task: Task) -> None:
        """Get ready for a task that the model does not know yet."""

    def rows(self, task: Task) -> dict[str, Sequence[Row]]:
        """What to learn from, by language."""
        return {task.language: task.rows}

    def extra(self, model: Polyglot, batch: Batch, hidden: Tensor, n: Tensor) -> Tensor:
        """What to add to the loss; hidden has n frames that count."""
        return hidden.new_zeros(())

    def after(self, model: Polyglot, task: Task) -> None:
        """Keep what is needed of a task that has just been learnt."""


class Rehearsal(FineTuning):
    """Keep a share of each language's recordings and mix them into what comes.

    Reference:
        Rolnick et al., "Experience Replay for Continual Learning", NeurIPS 2019.
    """

    def __init__(self, *, share: float = 0.1, seed: int = 0) -> None:
        self.share, self._rng = share, np.random.default_rng(seed)
        self.kept: dict[str, list[Row]] = {}

    def rows(self, task: Task) -> dict[str, Sequence[Row]]:
        """The new language's rows, and those that were kept of the others."""
        return {**self.kept, task.language: task.rows}

    def after(self, model: Polyglot, task: Task) -> None:
        """Keep some rows, chosen by chance."""
        n_kept = max(1, round(self.share * len(task.rows)))
        chosen = self._rng.choice(len(task.rows), n_kept, replace=False)
        self.kept[task.language] = [task.rows[k] for k in chosen]


class ElasticWeights(FineTuning):
    """EWC: a spring at each weight, as stiff as the weight was important.

    The springs of all languages so far hang where the weights are now, and their
    stiffnesses add up.

    Reference:
        Kirkpatrick et al., "Overcoming catastrophic forgetting in neural networks",
        PNAS 114, 2017, equation 3; one anchor for all tasks: Huszar, "Note on the
        quadratic penalties in elastic weight consolidation", PNAS 115, 2018.
    """

    def __init__(self, *, strength: float, n_rows: int = 100) -> None:
        self.strength, self.n_rows = strength, n_rows
        self.fisher: dict[str, Tensor] = {}
        self.anchor: dict[str, Tensor] = {}

    def extra(self, model: Polyglot, batch: Batch, hidden: Tensor, n: Tensor) -> Tensor:
        """The energy in the springs."""
        return self.strength * elastic_penalty(
            dict(model.named_parameters()), anchor=self.anchor, fisher=self.fisher
        )

    def after(self, model: Polyglot, task: Task) -> None:
        """Hang the springs anew, and stiffen those that this language needs."""
        fisher = fisher_diagonal(model, task.rows[: self.n_rows], task.language)
        for name, weight in model.named_parameters():
            self.fisher[name] = self.fisher.get(name, 0) + fisher[name]
            self.anchor[name] = weight.detach().clone()


def elastic_penalty(
    weights: Mapping[str, Tensor],
    *,
    anchor: Mapping[str, Tensor],
    fisher: Mapping[str, Tensor],
) -> Tensor:
    """Half the sum of squared ways from the anchor, each times its Fisher information.

    Args:
        weights: By name.
        anchor: Where they were; weights that are not in here are free.
        fisher: How much each mattered, likewise.

    Example:
        >>> one = {"w": torch.tensor([3.0])}
        >>> float(elastic_penalty(one, anchor={"w": torch.ones(1)}, fisher=one))
        6.0
    """
    parts = [
        (fisher[name] * (weights[name] - there) ** 2).sum()
        for name, there in anchor.items()
    ]
    return sum(parts) / 2 if parts else torch.zeros(())


def fisher_diagonal(
    model: Polyglot, rows: Sequence[Row], language: str
) -> dict[str, Tensor]:
    """Mean squared gradient of log p(text | sound), row by row: the empirical Fisher.

    Returns:
        By name of the weight, each of its shape; 0 for what plays no part.
    """
    model.eval()
    weights = dict(model.named_parameters())
    fisher = {name: torch.zeros_like(weight) for name, weight in weights.items()}
    for features, tokens in rows:
        batch = batch_of([features], [tokens]).to(next(iter(weights.values())).device)
        log_probs, n_frames = model(batch, language=language)
        nats = len(tokens) * loss_per_label(log_probs, n_frames, batch)
        slopes = torch.autograd.grad(nats, list(weights.values()), allow_unused=True)
        for name, slope in zip(weights, slopes, strict=True):
            if slope is not None:
                fisher[name] += slope**2 / len(rows)
    return fisher


class OldOutputs(FineTuning):
    """LwF: on the new language's sounds, keep saying what the old network says.

    Reference:
        Li & Hoiem, "Learning without Forgetting", ECCV 2016, section 3 (distillation
        at a temperature of 2).
    """

    def __init__(self, *, strength: float, temperature: float = 2.0) -> None:
        self.strength, self.temperature = strength, temperature
        self.old: Polyglot | None = None

    def before(self, model: Polyglot, task: Task) -> None:
        """Keep a copy of the network, frozen."""
        self.old = deepcopy(model).eval().requires_grad_(False)

    def extra(self, model: Polyglot, batch: Batch, hidden: Tensor, n: Tensor) -> Tensor:
        """How far the words of the old languages have moved, mean over languages."""
        if self.old is None or not self.old.languages:
            return hidden.new_zeros(())
        then, _ = self.old.encoder(batch.features, batch.n_frames)
        counts = counting(n, hidden.shape[1])
        parts = [
            distillation(
                model.name(hidden, language)[counts],
                self.old.name(then, language)[counts],
                temperature=self.temperature,
            )
            for language in self.old.languages
        ]
        return self.strength * torch.stack(parts).mean()


def distillation(log_probs: Tensor, old: Tensor, *, temperature: float) -> Tensor:
    """Kullback-Leibler divergence from old to new outputs, both made softer.

    Args:
        log_probs: Of the network that learns, shape (frames, tokens).
        old: Of its teacher, likewise.
        temperature: Logarithms are divided by it: small probabilities count more.

    Returns:
        Mean over the frames in nats, shape (); 0 if nothing has changed.

    Example:
        >>> float(distillation(torch.zeros(1, 2), torch.zeros(1, 2), temperature=2))
        0.0
    """
    new = (log_probs / temperature).log_softmax(-1)
    old = (old / temperature).log_softmax(-1)
    return nn.functional.kl_div(new, old, reduction="batchmean", log_target=True)


def learn(
    model: Polyglot,
    tasks: Sequence[Task],
    *,
    by: FineTuning | None = None,
    plan: Plan,
    make_batches: MakeBatches,
    show: bool = True,
) -> Progress:
    """Learn one language, or several at once.

    Args:
        model: Changed in place, on the device where it is.
        tasks: One: learn it after what is known. Several: learn them together.
        by: What to do against forgetting; told before and after. Default: nothing.
        plan: How to train.
        make_batches: From rows of one language and a generator to batches of an epoch.
        show: Whether to show a bar.

    Returns:
        The loss of each epoch.
    """
    by = by or FineTuning()
    device = next(model.parameters()).device
    rows: dict[str, Sequence[Row]] = {}
    for task in tasks:
        by.before(model, task)
        model.add(task, seed=plan.seed)
        rows |= by.rows(task)

    def batches(epoch: int) -> list[tuple[str, Batch]]:
        rng = np.random.default_rng([plan.seed, epoch])
        pairs = [
            (language, batch)
            for language, some in rows.items()
            for batch in make_batches(some, rng)
        ]
        return [pairs[k] for k in rng.permutation(len(pairs))]

    def loss(model: Polyglot, pair: tuple[str, Batch]) -> Tensor:
        language, batch = pair[0], pair[1].to(device)
        hidden, n_frames = model.encoder(batch.features, batch.n_frames)
        log_probs = model.name(hidden, language)
        extra = by.extra(model, batch, hidden, n_frames)
        return loss_per_label(log_probs, n_frames, batch) + extra

    progress = fit(model, plan=plan, batches=batches, loss=loss, show=show)
    for task in tasks:
        by.after(model, task)
    return progress
