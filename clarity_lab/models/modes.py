"""What is given back: the mode of a model that listens, and the chance of others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn


@contextmanager
def listening(model: nn.Module) -> Iterator[None]:
    """Nothing is dropped at random inside; then the model is in the mode it was in."""
    was_training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(was_training)


@contextmanager
def drawn_with(seed: int) -> Iterator[None]:
    """First weights are drawn with a seed inside; the chance of others stays theirs."""
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        yield
