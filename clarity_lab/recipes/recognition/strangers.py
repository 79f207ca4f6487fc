"""How well the digits that are trained live are heard of a speaker who was left out."""

from __future__ import annotations

import time
from collections.abc import Iterable

import pandas as pd
from torch import nn

from clarity_lab.checks import require_choice
from clarity_lab.recipes.recognition.digits import (
    errors,
    new_model,
    spoken_digits,
    strings,
    train,
)

N_ASKED = 300
ASKED_SEED = 2006
"""Rows of digits that a stranger says, and how they are drawn: not as in training."""


def strangers(
    unseen: Iterable[str],
    *,
    seeds: Iterable[int],
    ears: nn.Module | None = None,
    n_epochs: int | None = None,
) -> pd.DataFrame:
    """Leave out one speaker after the other, train, and ask the one left out.

    Args:
        unseen: Speakers.
        seeds: Each trains anew.
        ears: See `digits.new_model`.
        n_epochs: Default: as planned.

    Returns:
        One row per speaker and seed: unseen, seed, wer, its standard error as of
            independent digits, seconds by the clock, and CPU seconds.

    Raises:
        ValueError: If there is no such speaker.
    """
    spoken, unseen, rows = spoken_digits(), list(unseen), []
    for name in unseen:  # all of them, before the first minutes are spent
        require_choice(name, name="speaker", choices={one.speaker for one in spoken})
    for name in unseen:
        asked = strings(
            [one for one in spoken if one.speaker == name], N_ASKED, seed=ASKED_SEED
        )
        others = [one for one in spoken if one.speaker != name]
        for seed in seeds:
            started, started_cpu = time.perf_counter(), time.process_time()
            model = new_model(seed=seed, ears=ears)
            train(model, others, seed=seed, n_epochs=n_epochs)
            spent = time.perf_counter() - started, time.process_time() - started_cpu
            found = errors(model, asked)
            error = (found.rate * (1 - min(1, found.rate)) / found.n_reference) ** 0.5
            rows.append((name, seed, found.rate, error, *spent))
    columns = ["unseen", "seed", "wer", "standard_error", "seconds", "cpu_seconds"]
    return pd.DataFrame(rows, columns=columns)
