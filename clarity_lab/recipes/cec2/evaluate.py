"""`clarity-lab cec2 evaluate`: better-ear HASPI of each scene for each listener.

As in the challenge: against the anechoic target at the level of the target in the room,
with a seed made of the scene's name. Each pair's scores are a file of their own, so a
killed run loses at most one pair; si.csv and si_unproc.csv are put together from them.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clarity_lab import audio
from clarity_lab.hearing import Listener
from clarity_lab.metrics import better_ear_haspi, prepare_reference
from clarity_lab.recipes import jobs_words
from clarity_lab.recipes.cec2.enhance import (
    enhance_record,
    enhanced_path,
    exp_of,
    marks_of,
)
from clarity_lab.recipes.cec2.folders import Folders
from clarity_lab.recipes.cec2.progress import Outcome, attempt, go_through, unfinished
from clarity_lab.recipes.cec2.scores import (
    COLUMNS,
    LARGEST_HASPI,
    TABLES,
    UNPROCESSED,
)
from clarity_lab.recipes.cec2.settings_record import (
    locked,
    read_record,
    record_settings,
)
from clarity_lab.scenes.clarity_files.rendered import rendered_paths
from clarity_lab.whole import json_text, write_whole


@dataclass(frozen=True)
class Evaluation:
    """What to score.

    Attributes:
        scenes: Folder of the rendered scenes.
        exp: Folder of the hearing aid's results.
        systems: "enhanced", and "unprocessed" if that is wanted too.
    """

    scenes: Path
    exp: Path
    systems: tuple[str, ...] = tuple(TABLES)

    def score_path(self, scene: str, listener: str) -> Path:
        """The scores of one pair."""
        return self.exp / "scores" / f"{scene}_{listener}.json"

    def sound_path(self, system: str, scene: str, listener: str) -> Path:
        """What a listener hears through a system."""
        if system == UNPROCESSED:
            return rendered_paths(self.scenes, scene)["mix", 1]
        return enhanced_path(self.exp / "enhanced_signals", scene, listener)

    def is_scored(self, scene: str, listener: str) -> bool:
        """Whether a pair has the scores that are wanted; it may have more."""
        known = read_score(self.score_path(scene, listener))
        return known.keys() >= set(self.systems)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be chosen."""
    parser.add_argument("--exp", type=Path, help="folder to score; default: ROOT/exp")
    parser.add_argument(
        "--skip-unprocessed", action="store_true", help="score the enhanced ones only"
    )
    jobs_words.add_arguments(parser)


def run(folders: Folders, options: argparse.Namespace) -> int:
    """Score what has no score yet; write the tables when all have."""
    where = jobs_words.where_of(options)
    systems = tuple(TABLES)[: 1 if options.skip_unprocessed else 2]
    evaluation = Evaluation(folders.scenes, exp_of(folders, options), systems)
    pairs, listeners = folders.read_pairs()
    with locked(evaluation.exp / "settings", "evaluate"):
        aid = read_record(enhance_record(evaluation.exp)).get("settings", {})
        marks = marks_of(folders, pairs, listeners)
        record_settings(evaluation.exp / "settings" / "evaluate.json", aid, marks)
        (evaluation.exp / "scores").mkdir(exist_ok=True)
        outcome = go_through(
            "evaluate",
            lambda: unfinished(pairs, listeners, is_done=evaluation.is_scored),
            partial(evaluate_chunk, evaluation),
            where=where,
            logs=evaluation.exp / "logs" / "evaluate",
            n_all=len(pairs),
        )
    if outcome.faults:
        return 1
    write_tables(evaluation, pairs)
    return 0


def evaluate_chunk(evaluation: Evaluation, chunk: list) -> Outcome:
    """Score some scenes for their listeners."""
    return attempt(
        chunk,
        name=lambda task: task[0],
        do=lambda task: _evaluate(evaluation, *task),
    )


def seed_of(scene: str) -> int:
    """The challenge's seed of a scene.

    Example:
        >>> seed_of("S06001")
        50854399
    """
    digest = hashlib.md5(scene.encode("utf-8"), usedforsecurity=False).hexdigest()
    return int(digest, 16) % 10**8


def read_reference(scenes: Path, scene: str) -> tuple[NDArray, int]:
    """The anechoic target, each ear at the level of the target in the room.

    Args:
        scenes: Folder of the rendered scenes.
        scene: Its name.

    Returns:
        Shape (2, samples), and the sample rate in Hz.

    Raises:
        ValueError: If the two differ in rate or ears, or one is silent.
    """
    paths = rendered_paths(scenes, scene)
    anechoic, rate = audio.load(paths["anechoic", 1])
    target, target_rate = audio.load(paths["target", 1])
    if not anechoic.ndim == target.ndim == 2 or rate != target_rate:
        raise ValueError(
            "expected target and anechoic target at both ears and of one rate, got "
            f"{target.shape} at {target_rate} Hz and {anechoic.shape} at {rate} Hz."
        )
    rms = np.sqrt([np.mean(one**2, axis=-1) for one in (target, anechoic)])
    if not np.all(rms > 0):
        raise ValueError("expected speech in the target at both ears, got silence.")
    return anechoic * (rms[0] / rms[1])[:, None], rate


def _evaluate(
    evaluation: Evaluation, scene: str, listeners: tuple[Listener, ...]
) -> bool:
    """Score one scene; its reference is heard once for everybody."""
    reference, rate = read_reference(evaluation.scenes, scene)
    n_samples = reference.shape[-1]
    heard = tuple(prepare_reference(one, sample_rate=rate) for one in reference)
    for listener in listeners:
        path = evaluation.score_path(scene, listener.name)
        scores = read_score(path)
        for system in evaluation.systems:
            if system in scores:
                continue
            sound_path = evaluation.sound_path(system, scene, listener.name)
            sound = _fitting(sound_path, n_samples=n_samples, rate=rate)
            try:
                scores[system] = better_ear_haspi(
                    sound,
                    reference=heard,
                    sample_rate=rate,
                    listener=listener,
                    rng=seed_of(scene),
                )
            except ValueError as error:
                raise ValueError(f"{sound_path}: {error}") from error
        write_whole(path, json_text(scores) + "\n")
    return False


def _fitting(path: Path, *, n_samples: int, rate: int) -> NDArray:
    """A sound at the reference's length: what a filter adds behind it is cut off."""
    samples, its_rate = audio.load(path)
    if len(samples) != 2 or its_rate != rate:
        raise ValueError(
            f"expected {path} with 2 channels at {rate} Hz, got {samples.shape} at "
            f"{its_rate} Hz."
        )
    return at_length(samples, n_samples)


def at_length(samples: NDArray, n_samples: int) -> NDArray:
    """Both ears cut off, or filled with silence, at the end."""
    missing = max(0, n_samples - samples.shape[-1])
    return np.pad(samples[:, :n_samples], ((0, 0), (0, missing)))


def read_score(path: Path) -> dict[str, float]:
    """What is known of one pair, by system; nothing if it was not scored yet.

    Raises:
        ValueError: If it is damaged; says which file.
    """
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        good = found.keys() <= TABLES.keys()
        good = good and all(0 <= score <= LARGEST_HASPI for score in found.values())
    except (ValueError, TypeError, AttributeError):
        good = False
    if not good:
        raise ValueError(
            f"expected HASPI of {' or '.join(TABLES)} in {path}, got something else. "
            "Delete it and evaluate again: this pair alone is redone."
        )
    return found


def write_tables(evaluation: Evaluation, pairs: dict[str, tuple[str, ...]]) -> None:
    """Put the scores of all pairs together as the challenge's tables, and say means."""
    scores = {
        (scene, name): read_score(evaluation.score_path(scene, name))
        for scene, names in pairs.items()
        for name in names
    }
    for system in evaluation.systems:
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerow(COLUMNS)
        table.writerows((*pair, found[system]) for pair, found in scores.items())
        path = evaluation.exp / TABLES[system]
        write_whole(path, text.getvalue())
        mean = np.mean([found[system] for found in scores.values()])
        print(f"evaluate: mean HASPI {mean:.4f} over {len(scores)} pairs: {path}")
