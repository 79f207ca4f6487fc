"""`clarity-lab cec2 build`: rooms, sounds, scenes and who listens, as JSON.

A second run with the same settings adds to what is there: scene k is the same however
many are built.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from clarity_lab.hearing import Listener, read_listeners, write_listeners
from clarity_lab.recipes.cec2.find_heads import BUNDLED, NO_HEADS, heads_in
from clarity_lab.recipes.cec2.folders import Folders
from clarity_lab.recipes.cec2.settings_record import (
    fingerprint,
    locked,
    record_settings,
)
from clarity_lab.recipes.cec2.sources import (
    copy_sounds,
    first_of,
    listeners_for,
    rooms_for,
    sounds_for,
)
from clarity_lab.scenes.building.building import build_scenes
from clarity_lab.scenes.building.rules import CEC2, CEC2_ADDITIONAL, SceneRules
from clarity_lab.scenes.building.scene import KINDS, Scene
from clarity_lab.scenes.building.sounds import SoundList
from clarity_lab.scenes.clarity_files.rooms import read_rooms, write_rooms
from clarity_lab.scenes.clarity_files.scenes import write_scenes
from clarity_lab.scenes.rooms.room import Room
from clarity_lab.seeds import named_rng
from clarity_lab.whole import write_whole


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be chosen."""
    parser.add_argument("--scenes", type=int, default=40, metavar="N", help="how many")
    parser.add_argument("--seed", type=int, default=0, help="the same gives the same")
    parser.add_argument("--first", type=int, help="number of the first scene")
    parser.add_argument(
        "--rooms", type=Path, help="a rooms file, or a folder of RAVEN's .rpf files"
    )
    parser.add_argument(
        "--n-rooms", type=int, metavar="N", help="draw so many; default: one a scene"
    )
    parser.add_argument("--targets", type=Path, help="a folder of sentences")
    parser.add_argument(
        "--interferers", type=Path, help="a folder with speech, noise and music in it"
    )
    parser.add_argument("--listeners", type=Path, help="a Clarity listeners file")
    parser.add_argument("--who", nargs="+", metavar="NAME", help="only these of them")
    parser.add_argument(
        "--listeners-per-scene", type=int, default=3, metavar="N", help="drawn for each"
    )
    parser.add_argument(
        "--snr", type=float, nargs=2, default=CEC2.snr_db, metavar=("LOW", "HIGH")
    )


def run(folders: Folders, options: argparse.Namespace) -> int:
    """Build scenes, or add to those that an earlier run built."""
    with locked(folders.root / "settings", "build"):
        return _build(folders, options)


def _build(folders: Folders, options: argparse.Namespace) -> int:
    _require_counts(options)
    if folders.scenes_file.is_file() and not folders.record("build").is_file():
        raise ValueError(
            f"expected no {folders.scenes_file} but one built here, got another's. It "
            "is left alone: choose another --root or --dataset, or say --additional."
        )
    rooms = rooms_for(folders, options)
    sounds, are_ours = sounds_for(folders, options)
    listeners = listeners_for(folders, options)
    scenes = build_scenes(
        options.scenes,
        rooms=rooms,
        sounds=sounds,
        dataset=folders.dataset,
        seed=options.seed,
        rules=_rules(folders, options, sounds),
        first=first_of(folders, options),
    )
    scenes = [_with_bundled_head(scene) for scene in scenes]
    pairs = {
        scene.name: _who(scene, listeners, options.listeners_per_scene, options.seed)
        for scene in scenes
    }
    folders.metadata.mkdir(parents=True, exist_ok=True)
    known = _known_listeners(folders, listeners)
    marks = {
        scene.name: fingerprint(scene, rooms[scene.room], pairs[scene.name])
        for scene in scenes
    }
    record_settings(folders.record("build"), {"seed": options.seed}, marks)
    if are_ours:
        copy_sounds(sounds, folders)
    _write(folders, scenes, rooms, pairs, known)
    n_pairs = sum(map(len, pairs.values()))
    print(
        f"build: {len(scenes)} scenes in {len({scene.room for scene in scenes})} "
        f"room(s), {n_pairs} scene-listener pairs: {folders.scenes_file}"
    )
    return 0


def _require_counts(options: argparse.Namespace) -> None:
    counts = {"--scenes": options.scenes, "--first": options.first}
    for word, count in (counts | {"--n-rooms": options.n_rooms}).items():
        if count is not None and count < 1:
            raise ValueError(f"expected {word} of at least 1, got {count}.")


def _rules(
    folders: Folders, options: argparse.Namespace, sounds: SoundList
) -> SceneRules:
    """The challenge's, for the heads and the kinds of maskers there are."""
    heads, microphones = heads_in(folders)
    there = [kind for kind in KINDS if sounds.of(kind, dataset=folders.dataset)]
    return replace(
        CEC2_ADDITIONAL if folders.additional else CEC2,
        snr_db=tuple(options.snr),
        heads=heads,
        microphones=microphones,
        kinds=tuple(there or KINDS),
    )


def _with_bundled_head(scene: Scene) -> Scene:
    """The head that comes with the package has two pairs of the challenge's four."""
    if scene.microphones[0].startswith(NO_HEADS):
        return replace(scene, microphones=BUNDLED)
    return scene


def _who(scene: Scene, listeners: Iterable[str], n: int, seed: int) -> list[str]:
    """Some listeners for a scene, drawn for it alone, in the order of the file."""
    names = list(listeners)
    rng = named_rng(seed, scene.dataset, scene.name, "listeners")
    return [names[k] for k in sorted(rng.permutation(len(names))[:n])]


def _known_listeners(
    folders: Folders, listeners: Mapping[str, Listener]
) -> dict[str, Listener]:
    """These and those who are in the file already."""
    if not folders.listeners_file.is_file():
        return dict(listeners)
    there = read_listeners(folders.listeners_file)
    for name in listeners:
        if there.get(name, listeners[name]) != listeners[name]:
            raise ValueError(
                f"listener {name} has other audiograms in {folders.listeners_file}. "
                "Choose another --root, or other names."
            )
    return there | dict(listeners)


def _write(
    folders: Folders,
    scenes: list[Scene],
    rooms: Mapping[str, Room],
    pairs: Mapping[str, list[str]],
    listeners: Mapping[str, Listener],
) -> None:
    """Write the metadata, together with what is there; the scenes last."""
    if folders.scenes_file.is_file():
        scenes = list(
            (folders.read_scenes() | {one.name: one for one in scenes}).values()
        )
        before = folders.read_scenes_listeners()
        pairs = before | dict(pairs)
    if not folders.rooms_file.is_file() or not folders.additional:
        there = folders.rooms_file.is_file()
        before = read_rooms(folders.rooms_file) if there else {}
        write_rooms(_sorted(before | dict(rooms)), folders.rooms_file)
    write_listeners(listeners, folders.listeners_file)
    text = json.dumps(_sorted(pairs), indent=2, ensure_ascii=False)
    write_whole(folders.scenes_listeners_file, text + "\n")
    write_scenes(sorted(scenes, key=lambda one: one.name), folders.scenes_file)


def _sorted(named: Mapping) -> dict:
    return dict(sorted(named.items()))
