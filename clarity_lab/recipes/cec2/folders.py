"""Where the files of a CEC2 experiment lie: as in the challenge, so others read them.

ROOT/clarity_data/metadata                 rooms, scenes, listeners, lists of sounds
ROOT/clarity_data/DATASET/scenes           rendered scenes
ROOT/clarity_data/DATASET/targets, interferers, rooms
ROOT/exp/enhanced_signals, si.csv, si_unproc.csv
ROOT/logs, ROOT/exp/logs                   of jobs
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from clarity_lab.hearing import Listener, read_listeners
from clarity_lab.scenes.building.scene import Scene
from clarity_lab.scenes.clarity_files.scenes import read_scenes
from clarity_lab.scenes.names import require_file_name


@dataclass(frozen=True)
class Folders:
    """The folders of one data set of an experiment.

    Attributes:
        root: Of the experiment.
        dataset: "train", "dev", ...
        data: More to look for sounds, rooms and heads in: an unpacked clarity_data, or
            the set cec2-room. Nothing is written there.
        additional: The data set's additional scenes instead of its first ones.

    Example:
        >>> Folders(Path("x"), "dev").scenes.as_posix()
        'x/clarity_data/dev/scenes'
    """

    root: Path
    dataset: str
    data: Path | None = None
    additional: bool = False

    def __post_init__(self) -> None:
        require_file_name(self.dataset, what="data set (--dataset)")
        for path in (self.root, *self.root.parents):
            if path.exists() and not path.is_dir():
                raise NotADirectoryError(
                    f"expected --root as a folder, or as one to make, got {self.root}: "
                    f"{path} is a file."
                )
        if self.data is not None and not self.data.is_dir():
            raise FileNotFoundError(
                f"expected --data as a folder with metadata in it, got {self.data}, "
                "which is none."
            )

    @property
    def name(self) -> str:
        """What its metadata files are called after: "train", "train_additional"."""
        return f"{self.dataset}_additional" if self.additional else self.dataset

    @property
    def metadata(self) -> Path:
        """Rooms, scenes, who listens, which sounds there are."""
        return self.root / "clarity_data" / "metadata"

    @property
    def sounds(self) -> Path:
        """Holds `targets` and `interferers`."""
        return self.root / "clarity_data" / self.dataset

    @property
    def scenes(self) -> Path:
        """The rendered scenes."""
        return self.sounds / ("additional_scenes" if self.additional else "scenes")

    @property
    def scenes_file(self) -> Path:
        """What the scenes are."""
        return self.metadata / f"scenes.{self.name}.json"

    @property
    def rooms_file(self) -> Path:
        """Where they take place; additional scenes use the rooms there are."""
        return self.metadata / f"rooms.{self.dataset}.json"

    @property
    def scenes_listeners_file(self) -> Path:
        """Who listens to which scene."""
        return self.metadata / f"scenes_listeners.{self.name}.json"

    @property
    def listeners_file(self) -> Path:
        """How well they hear."""
        return self.metadata / "listeners.json"

    def record(self, word: str) -> Path:
        """Where a step notes the settings it was begun with."""
        return self.root / "settings" / f"{word}.{self.name}.json"

    def find(self, *parts: str) -> Path | None:
        """A file or folder of the data set, ours before those of `data`."""
        ours = self.root / "clarity_data"
        for above in (ours, self.data) if self.data else (ours,):
            for path in (above.joinpath(self.dataset, *parts), above.joinpath(*parts)):
                if path.exists():
                    return path
        return None

    def places(self, *parts: str) -> str:
        """Where `find` looks, for messages."""
        ours = self.root / "clarity_data" / self.dataset
        places = [ours.joinpath(*parts)]
        if self.data:
            places += [self.data.joinpath(*parts)]
        return " or ".join(map(str, places))

    def read_scenes(self) -> dict[str, Scene]:
        """The scenes by name.

        Raises:
            FileNotFoundError: If there are none yet; says how to get them.
            ValueError: If the file is faulty; names scene and field.
        """
        _require(self.scenes_file)
        scenes = {scene.name: scene for scene in read_scenes(self.scenes_file)}
        if not scenes:
            raise ValueError(f"expected scenes in {self.scenes_file}, got none.")
        return scenes

    def read_scenes_listeners(self) -> dict[str, tuple[str, ...]]:
        """Names of the listeners of each scene.

        Raises:
            FileNotFoundError: If there is no such file.
            ValueError: If it is faulty; names the scene.
        """
        path = self.scenes_listeners_file
        _require(path)
        try:
            entries = json.loads(path.read_text(encoding="utf-8"))
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise ValueError(
                f"expected a JSON object of scenes in {path}, got something else: "
                f"{error}. Is its end missing?"
            ) from error
        if not isinstance(entries, dict):
            raise ValueError(f"expected a JSON object of scenes in {path}.")
        if not entries:
            raise ValueError(f"expected at least one scene in {path}, got none.")
        for scene, names in entries.items():
            require_file_name(scene, what=f"scene of {path}")
            good = isinstance(names, list) and all(isinstance(n, str) for n in names)
            if not good or not names or len(set(names)) < len(names):
                raise ValueError(
                    f"scene {scene} of {path}: expected a list of different listeners, "
                    f"got {names!r}."
                )
        return {scene: tuple(names) for scene, names in entries.items()}

    def read_pairs(self) -> tuple[dict[str, tuple[str, ...]], dict[str, Listener]]:
        """Who listens to which scene, and how well; all of them are known.

        Raises:
            FileNotFoundError: If a file is missing.
            ValueError: If a scene has a listener whom listeners.json lacks.
        """
        pairs = self.read_scenes_listeners()
        _require(self.listeners_file)
        listeners = read_listeners(self.listeners_file)
        for scene, names in pairs.items():
            for name in names:
                if name not in listeners:
                    raise ValueError(
                        f"scene {scene} of {self.scenes_listeners_file}: expected "
                        f"listeners of {self.listeners_file}, got {name}."
                    )
                require_file_name(name, what=f"listener of {self.listeners_file}")
                if listeners[name].name != name:
                    raise ValueError(
                        f"listener {name} of {self.listeners_file}: expected the same "
                        f"name inside, got {listeners[name].name!r}."
                    )
        return pairs, listeners


def _require(path: Path) -> None:
    if not path.is_file():
        raise FileNotFoundError(
            f"expected {path}, which is not there. `clarity-lab cec2 build` makes it, "
            "or unpack the challenge's clarity_data there."
        )
