"""A small leaderboard: hearing aids are functions, scored as the CEC2 challenge does.

Lesson: 90_whole_chain.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clarity_lab import audio
from clarity_lab.hearing import Listener
from clarity_lab.manifests.telling import BAR_AFTER_S, in_notebook
from clarity_lab.metrics import better_ear_haspi, prepare_reference
from clarity_lab.recipes.cec2.enhance import FULL_SCALE, Enhancer
from clarity_lab.recipes.cec2.evaluate import at_length, read_reference, seed_of
from clarity_lab.recipes.cec2.playable import require_playable
from clarity_lab.recipes.cec2.scores import UNPROCESSED
from clarity_lab.scenes import rendered_paths

if TYPE_CHECKING:
    from tqdm import tqdm

Pair = tuple[str, str]


class Leaderboard:
    """Hearing aids, compared by better-ear HASPI on rendered scenes.

    Every scene is heard by every listener. Unprocessed is on the board from the start.

    Args:
        folder: Of scenes as `scenes.write_rendered` or CEC2 writes them.
        scenes: Their names.
        listeners: Who listens.

    Attributes:
        sample_rate: Of all scenes, in Hz.
        mixes: At the front microphones, by scene, shape (2, samples).
        outputs: What each system gave, by system, then by (scene, listener).
        scores: HASPI, likewise.
        cheats: Names of the systems that were shown the truth.
    """

    def __init__(
        self, folder: Path, *, scenes: Iterable[str], listeners: Iterable[Listener]
    ) -> None:
        self.scenes = tuple(scenes)
        self.listeners = {one.name: one for one in listeners}
        self.mixes: dict[str, NDArray] = {}
        self.outputs: dict[str, dict[Pair, NDArray]] = {}
        self.scores: dict[str, dict[Pair, float]] = {}
        self.cheats: set[str] = set()
        self._targets: dict[str, NDArray] = {}
        self._references = {}
        for scene in self.scenes:
            reference, self.sample_rate = read_reference(folder, scene)
            paths = rendered_paths(folder, scene, n_pairs=2)
            self.mixes[scene], _ = audio.load(paths["mix", 1])
            self._targets[scene], _ = audio.load(paths["target", 1])
            self._references[scene] = tuple(
                prepare_reference(ear, sample_rate=self.sample_rate)
                for ear in reference
            )
        self._enter(UNPROCESSED, lambda mix, *, sample_rate, listener: mix)

    def enter(self, system: str, enhancer: Enhancer, *, cheats: bool = False) -> float:
        """Let a hearing aid work on every scene for every listener, and score it.

        Args:
            system: Its name on the board; a second entry replaces the first.
            enhancer: function(mix, *, sample_rate, listener): the front microphones in,
                both ears out, shape (2, samples).
            cheats: Give it the target without the noise, too: function(..., target).

        Returns:
            Its mean HASPI, 0 to 1.

        Raises:
            TypeError: If what comes out is not floating-point numbers.
            ValueError: If what comes out cannot be played to a listener; says why. If
                the name is empty or "unprocessed", against which all are compared.
        """
        if not system.strip() or system == UNPROCESSED:
            raise ValueError(
                f"expected a name of its own for a hearing aid, got {system!r}."
            )
        return self._enter(system, enhancer, cheats=cheats)

    def _enter(self, system: str, enhancer: Enhancer, *, cheats: bool = False) -> float:
        pairs = [(scene, name) for scene in self.scenes for name in self.listeners]
        with _bar(system, 2 * len(pairs)) as bar:
            outputs = {}
            for pair in pairs:
                outputs[pair] = self._output(system, enhancer, *pair, cheats)
                bar.update()
            scores = {}
            with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
                found = pool.map(self._score, pairs, outputs.values())
                for pair, score in zip(pairs, found, strict=True):
                    scores[pair] = score
                    bar.update()
        self.scores[system] = scores
        self.outputs[system] = outputs
        self.cheats = self.cheats - {system} | ({system} if cheats else set())
        return self.means[system]

    def table(self, system: str) -> NDArray[np.float64]:
        """HASPI of one system, shape (scenes, listeners)."""
        scores = list(self.scores[system].values())
        return np.reshape(scores, (len(self.scenes), len(self.listeners)))

    @property
    def means(self) -> dict[str, float]:
        """Mean HASPI by system, the best first."""
        means = {system: float(self.table(system).mean()) for system in self.scores}
        return dict(sorted(means.items(), key=lambda entry: -entry[1]))

    def as_text(self) -> str:
        """The board: rank, system, mean, mean by listener, gain over unprocessed."""
        means, rank = self.means, 0
        heads = " ".join(f"{name:>7}" for name in self.listeners)
        lines = [f"    {'system':24} {'mean':>6}  {'gain':>6}  {heads}"]
        for system, mean in means.items():
            rank += system not in self.cheats
            place = " – " if system in self.cheats else f"{rank:2d}."
            cells = " ".join(f"{one:7.3f}" for one in self.table(system).mean(axis=0))
            gain = f"{mean:6.3f}  {mean - means[UNPROCESSED]:+6.3f}"
            lines.append(f"{place} {self.label(system):24} {gain}  {cells}")
        return "\n".join(lines)

    def label(self, system: str) -> str:
        """Its name, with a mark if it was shown the truth."""
        return f"{system} (cheats)" if system in self.cheats else system

    def _output(
        self, system: str, enhancer: Enhancer, scene: str, name: str, cheats: bool
    ) -> NDArray:
        truth = {"target": self._targets[scene].copy()} if cheats else {}
        mix = self.mixes[scene]
        given = enhancer(
            mix.copy(),
            sample_rate=self.sample_rate,
            listener=self.listeners[name],
            **truth,
        )
        try:
            checked = require_playable(given, like=mix, sample_rate=self.sample_rate)
        except (TypeError, ValueError) as error:
            where = f"{system}, scene {scene}, listener {name}"
            raise type(error)(f"{where}: {error}") from None
        return _as_file(checked, like=mix)

    def _score(self, pair: Pair, output: NDArray) -> float:
        scene, name = pair
        return better_ear_haspi(
            output,
            reference=self._references[scene],
            sample_rate=self.sample_rate,
            listener=self.listeners[name],
            rng=seed_of(scene),
        )


def _bar(system: str, total: int) -> tqdm:
    """A bar that appears after two seconds, where somebody can see it."""
    from tqdm.auto import tqdm

    seen = in_notebook() or sys.stderr.isatty()
    return tqdm(
        desc=system, total=total, delay=BAR_AFTER_S, leave=False, disable=not seen
    )


def _as_file(samples: NDArray, *, like: NDArray) -> NDArray:
    """As it comes back from a 16-bit file, cut or filled to the scene's length."""
    kept = audio.pcm16(samples, full_scale=FULL_SCALE) / FULL_SCALE
    return at_length(kept, like.shape[-1])
