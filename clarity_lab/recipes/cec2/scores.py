"""Tables of scores: read, joined with SNRs and audiograms, averaged by group."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clarity_lab.hearing import Listener
from clarity_lab.scenes.building.scene import Scene

UNPROCESSED = "unprocessed"
TABLES = {"enhanced": "si.csv", UNPROCESSED: "si_unproc.csv"}
COLUMNS = ("scene", "listener", "haspi")
OFFICIAL = "cec2-scores"
"""The data set of the challenge's own tables."""

PUBLISHED = {UNPROCESSED: 0.1615, "baseline": 0.2492}
"""Averages that the README of pyClarity's recipe for CEC2 gives."""

SEVERITIES = ("nothing", "mild", "moderate", "severe")
SNR_STEP_DB = 3.0
LARGEST_HASPI = 1.06
"""HASPI's networks answer 1 at most, and 0.9508 of it counts as 1."""


@dataclass(frozen=True, eq=False)
class Scores:
    """HASPI of scene-listener pairs under one or several systems.

    Attributes:
        scene: Name of each pair's scene, shape (pairs,).
        listener: Name of each pair's listener, shape (pairs,).
        haspi: By system, shape (pairs,) each.
        snr_db: Of each pair's scene, shape (pairs,); None if nobody knows.
        loss_db_hl: Pure-tone average of the listener's better ear, shape (pairs,).
        severity: How severe that ear's loss is, shape (pairs,).
    """

    scene: NDArray
    listener: NDArray
    haspi: dict[str, NDArray]
    snr_db: NDArray | None
    loss_db_hl: NDArray
    severity: NDArray


@dataclass(frozen=True)
class Group:
    """Averages over some of the pairs.

    Attributes:
        name: "all", "-12 to -9 dB", "severe", "L0064".
        centre: Where to draw it: SNR in dB or loss in dB HL; None if it has no place.
        n_pairs: How many.
        mean: By system.
        error: Standard error of the mean, from scene to scene, by system; NaN for one
            scene.
    """

    name: str
    centre: float | None
    n_pairs: int
    mean: dict[str, float]
    error: dict[str, float]


def read_scores(path: Path) -> dict[tuple[str, str], float]:
    """Read a table as the challenge's recipe writes it, ours or the official one.

    Args:
        path: A CSV file with the columns scene, listener, haspi.

    Returns:
        HASPI by scene and listener.

    Raises:
        FileNotFoundError: If there is none; says how to make it.
        ValueError: If a line is no such line; names it.
    """
    if not path.is_file():
        raise FileNotFoundError(
            f"expected {path}, which is not there. `clarity-lab cec2 evaluate` makes "
            "it as soon as every pair has its score."
        )
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    if not lines or tuple(lines[0]) != COLUMNS:
        raise ValueError(f"expected a first line {','.join(COLUMNS)} in {path}.")
    scores = {}
    for number, line in enumerate(lines[1:], start=2):
        try:
            scene, listener, value = line
            score = float(value)
        except ValueError:
            raise ValueError(
                f"expected scene,listener,haspi in line {number} of {path}, got "
                f"{','.join(line)!r}."
            ) from None
        if not 0 <= score <= LARGEST_HASPI or (scene, listener) in scores:
            raise ValueError(
                f"expected a HASPI from 0 to {LARGEST_HASPI}, each pair once, got "
                f"line {number} of {path}: {','.join(line)}."
            )
        scores[scene, listener] = score
    if not scores:
        raise ValueError(f"expected scores in {path}, got none.")
    return scores


def join(
    tables: Mapping[str, Mapping[tuple[str, str], float]],
    *,
    listeners: Mapping[str, Listener],
    scenes: Mapping[str, Scene] | None,
) -> Scores:
    """Put systems side by side, with what is known of scenes and listeners.

    Args:
        tables: Scores by system, of the same pairs.
        listeners: By name.
        scenes: By name; None if their SNRs are not known.

    Returns:
        The pairs in the first table's order.

    Raises:
        ValueError: If the pairs differ, or a listener or a scene is unknown.
    """
    first = next(iter(tables.values()))
    for system, table in tables.items():
        if table.keys() != first.keys():
            odd = sorted(table.keys() ^ first.keys())[0]
            raise ValueError(
                f"expected the same pairs for every system, but {' '.join(odd)} is "
                f"missing somewhere: {system} has {len(table)}, another {len(first)}."
            )
    names = [np.array(column) for column in zip(*first, strict=True)]
    _require_known("listener", names[1], listeners)
    if scenes is not None:
        _require_known("scene", names[0], scenes)
    better = [
        min(listeners[name].ears, key=lambda ear: ear.pure_tone_average_db_hl)
        for name in names[1]
    ]
    return Scores(
        scene=names[0],
        listener=names[1],
        haspi={
            system: np.array([table[pair] for pair in first])
            for system, table in tables.items()
        },
        snr_db=scenes and np.array([scenes[name].snr_db for name in names[0]]),
        loss_db_hl=np.array([ear.pure_tone_average_db_hl for ear in better]),
        severity=np.array([ear.severity for ear in better]),
    )


def _require_known(kind: str, names: NDArray, known: Mapping[str, Any]) -> None:
    unknown = sorted(set(names.tolist()) - known.keys())
    if unknown:
        raise ValueError(f"expected {kind} {unknown[0]} in the metadata, not there.")


def overall(scores: Scores) -> Group:
    """The average over all pairs, the challenge's figure."""
    return _group("all", None, scores, np.ones(len(scores.scene), dtype=bool))


def by_snr(scores: Scores) -> list[Group]:
    """Averages in steps of 3 dB; none if the SNRs are not known."""
    if scores.snr_db is None:
        return []
    low = SNR_STEP_DB * np.floor(scores.snr_db / SNR_STEP_DB)
    return [
        _group(
            f"{start:g} to {start + SNR_STEP_DB:g} dB",
            float(start + SNR_STEP_DB / 2),
            scores,
            low == start,
        )
        for start in np.unique(low)
    ]


def by_severity(scores: Scores) -> list[Group]:
    """Averages by the severity of the better ear's loss, from none to severe."""
    return [
        _group(severity, None, scores, scores.severity == severity)
        for severity in SEVERITIES
        if np.any(scores.severity == severity)
    ]


def by_listener(scores: Scores) -> list[Group]:
    """Averages of each listener, placed at the better ear's pure-tone average."""
    return [
        _group(name, float(scores.loss_db_hl[theirs][0]), scores, theirs)
        for name in np.unique(scores.listener)
        for theirs in [scores.listener == name]
    ]


def _group(name: str, centre: float | None, scores: Scores, inside: NDArray) -> Group:
    chosen = {system: values[inside] for system, values in scores.haspi.items()}
    return Group(
        name=name,
        centre=centre,
        n_pairs=int(np.count_nonzero(inside)),
        mean={system: float(values.mean()) for system, values in chosen.items()},
        error={
            system: _standard_error(values, scores.scene[inside])
            for system, values in chosen.items()
        },
    )


def _standard_error(values: NDArray, scene: NDArray) -> float:
    """Of the mean: scenes vary independently, the listeners of one scene do not."""
    _, which = np.unique(scene, return_inverse=True)
    n_scenes = which.max() + 1
    if n_scenes < 2:
        return float("nan")
    sums = np.bincount(which, values - values.mean())
    spread = np.sum(sums**2) * n_scenes / (n_scenes - 1)
    return float(np.sqrt(spread) / len(values))
