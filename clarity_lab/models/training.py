"""One training loop for all models: watch it, stop it, go on where it stopped.

Lessons: 20_ctc, 21_attention_asr.
"""

from __future__ import annotations

import io
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from clarity_lab.whole import require_writable, write_whole

EPOCHS_APART = 1_000_003
"""Between the seeds of two epochs: far more than anybody's seeds differ by."""
LAST_RATE = 0.01
"""Of the highest learning rate, at the very end."""

Loss = Callable[[nn.Module, object], Tensor]


@dataclass(frozen=True)
class Plan:
    """How to train.

    Attributes:
        n_epochs: How often to go through the data.
        learning_rate: The highest, reached after the warm-up.
        warm_up: Share of all epochs in which the rate rises; then it falls as a cosine.
        patience: Epochs without a better score after which to stop, or None.
        most_norm: Longer gradients are shortened to this.
        weight_decay: Of AdamW.
        bf16: Compute in bfloat16 where it is safe; faster on recent GPUs.
        seed: Of everything that is random in here.
    """

    n_epochs: int
    learning_rate: float = 1e-3
    warm_up: float = 0.1
    patience: int | None = None
    most_norm: float = 5.0
    weight_decay: float = 1e-2
    bf16: bool = False
    seed: int = 0

    def rate(self, epoch: float) -> float:
        """The learning rate at a time, which is counted in epochs.

        Example:
            >>> plan = Plan(n_epochs=10, learning_rate=1.0)
            >>> [round(plan.rate(epoch), 3) for epoch in (0.5, 1, 5.5, 10)]
            [0.5, 1.0, 0.505, 0.01]
        """
        rising = self.warm_up * self.n_epochs
        if epoch < rising:
            return self.learning_rate * epoch / rising
        along = (epoch - rising) / max(self.n_epochs - rising, 1e-9)
        falling = (1 + math.cos(math.pi * min(along, 1.0))) / 2
        return self.learning_rate * (LAST_RATE + (1 - LAST_RATE) * falling)


@dataclass
class Progress:
    """What happened so far.

    Attributes:
        losses: Mean training loss of each epoch.
        scores: Score after each epoch, higher is better; empty without a score.
        seconds: That each epoch took.
        best: Number of the epoch with the best score, or the last.
    """

    losses: list[float] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    best: int = -1


def fit(
    model: nn.Module,
    *,
    plan: Plan,
    batches: Callable[[int], Sequence],
    loss: Loss,
    score: Callable[[nn.Module], float] | None = None,
    checkpoint: str | Path | None = None,
    show: bool = True,
) -> Progress:
    """Train a model; it ends with the weights of its best epoch.

    Args:
        model: On the device where it is to be trained; changed in place.
        plan: How to train.
        batches: Takes the number of an epoch, gives its batches, a list or what makes
            each when it is asked for. The same number must give the same batches, or a
            resumed run would differ from one in a piece.
        loss: Takes the model and a batch, gives the loss, shape ().
        score: Takes the model, gives a number, higher is better. Default: the last
            weights are kept.
        checkpoint: File to keep the state in after each epoch. If it is there, training
            goes on from it; it must be of the same model and plan, the number of epochs
            aside.
        show: Whether to show a bar with loss and score.

    Returns:
        What happened, epochs before an interruption included.

    Raises:
        ValueError: If the checkpoint is of another plan or model, or damaged.
        FloatingPointError: If loss or gradient are not finite, or the score is NaN; the
            checkpoint stays.
        OSError: If the checkpoint cannot be written; said before the first epoch.
    """
    state = _State(model, plan, Path(checkpoint) if checkpoint else None)
    epochs = range(len(state.progress.losses), plan.n_epochs)
    devices = [state.device] if state.device.type == "cuda" else []
    with torch.random.fork_rng(devices), tqdm(epochs, disable=not show) as bar:
        for epoch in bar:
            if state.has_lost_patience:
                break
            torch.manual_seed(plan.seed + EPOCHS_APART * epoch)  # as if never stopped
            started = time.perf_counter()
            model.train()
            todo = batches(epoch)
            losses = [
                state.step(loss, batch, at=epoch + k / len(todo))
                for k, batch in enumerate(todo, start=1)
            ]
            value = _scored(model, score)
            state.note(losses, value, time.perf_counter() - started)
            bar.set_postfix(loss=state.progress.losses[-1], score=value)
    model.load_state_dict(state.best_weights)
    model.eval()
    return state.progress


class _State:
    """All that a resumed run needs: weights, the best ones, optimiser, schedule."""

    def __init__(self, model: nn.Module, plan: Plan, path: Path | None) -> None:
        self.model, self.plan, self.path = model, plan, path
        self.device = next(model.parameters()).device
        self.progress = Progress()
        self.best_weights = _copied(model)
        self.optimiser = torch.optim.AdamW(
            model.parameters(), lr=plan.learning_rate, weight_decay=plan.weight_decay
        )
        if path is not None:
            require_writable(path)
            if path.exists():
                self._resume(path)

    @property
    def has_lost_patience(self) -> bool:
        since = len(self.progress.losses) - 1 - self.progress.best
        return self.plan.patience is not None and since >= self.plan.patience

    def step(self, loss: Loss, batch: object, *, at: float) -> float:
        """One batch: forward, backward, one step of the optimiser."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.plan.rate(at)
        kind = torch.autocast(
            self.device.type, dtype=torch.bfloat16, enabled=self.plan.bf16
        )
        with kind:
            value = loss(self.model, batch)
        self._require_finite(value, "loss")
        self.optimiser.zero_grad()
        value.backward()
        weights, most = self.model.parameters(), self.plan.most_norm
        self._require_finite(nn.utils.clip_grad_norm_(weights, most), "gradient")
        self.optimiser.step()
        return float(value.detach())

    def _require_finite(self, value: Tensor, name: str) -> None:
        if not torch.isfinite(value):
            raise FloatingPointError(
                f"expected a finite {name}, got {value.item()} in epoch "
                f"{len(self.progress.losses)}. Try a lower learning rate, and look at "
                "the batch: an empty text, or one longer than its sound?"
            )

    def note(self, losses: list[float], score: float | None, seconds: float) -> None:
        """Remember an epoch; write the checkpoint."""
        done = self.progress
        if score is not None and math.isnan(score):
            raise FloatingPointError(
                f"expected a number as score, got NaN in epoch {len(done.losses)}: no "
                "epoch could be called the best. Look for a mean over nothing."
            )
        done.losses.append(sum(losses) / max(1, len(losses)))
        done.seconds.append(seconds)
        if score is not None:
            done.scores.append(score)
        if score is None or score >= max(done.scores):
            done.best = len(done.losses) - 1
            self.best_weights = _copied(self.model)
        if self.path is not None:
            self._save(self.path)

    def _save(self, path: Path) -> None:
        content = io.BytesIO()
        torch.save(
            {
                "plan": asdict(self.plan),
                "progress": asdict(self.progress),
                "weights": self.model.state_dict(),
                "best_weights": self.best_weights,
                "optimiser": self.optimiser.state_dict(),
            },
            content,
        )
        write_whole(path, content.getvalue())

    def _resume(self, path: Path) -> None:
        try:
            kept = torch.load(path, map_location=self.device, weights_only=True)
            plan, progress = kept["plan"], Progress(**kept["progress"])
            weights, best, optimiser = (
                kept[part] for part in ("weights", "best_weights", "optimiser")
            )
        except Exception as error:  # torch raises whatever it likes
            raise ValueError(
                f"{path} is no checkpoint, or is damaged ({error}). Move it away to "
                "start anew."
            ) from error
        if plan | {"n_epochs": 0} != asdict(self.plan) | {"n_epochs": 0}:
            raise ValueError(
                f"expected a checkpoint of {self.plan}, got one of {plan} in {path}. "
                "Choose another file, or train by the same plan."
            )
        try:
            self.model.load_state_dict(weights)
        except RuntimeError as error:
            raise ValueError(
                f"expected a checkpoint of this model, got one of another in {path} "
                f"({error}). Choose another file."
            ) from error
        self.optimiser.load_state_dict(optimiser)
        self.progress, self.best_weights = progress, best


def _copied(model: nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in model.state_dict().items()}


def _scored(model: nn.Module, score: Callable | None) -> float | None:
    if score is None:
        return None
    model.eval()
    with torch.inference_mode():
        return float(score(model))
