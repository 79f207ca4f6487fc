"""Modes that are given back: who listens for a moment may go on training."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
