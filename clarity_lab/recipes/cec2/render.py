"""`clarity-lab cec2 render`: what a listener hears, as the challenge's files.

A scene whose files are all there is left alone, so a run that was killed goes on where
it was. Room responses are read if the data has them (HOA_R06001_t.wav and so on), and
else simulated by image sources, the same for a room on every run.
"""

from __future__ import annotations

import argparse
import glob
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from numpy.typing import NDArray

from clarity_lab.recipes import jobs_words
from clarity_lab.recipes.cec2.find_heads import head_path, load_head
from clarity_lab.recipes.cec2.folders import Folders
from clarity_lab.recipes.cec2.progress import Outcome, attempt, go_through
from clarity_lab.recipes.cec2.settings_record import (
    fingerprint,
    locked,
    record_settings,
)
from clarity_lab.scenes.building.own_sounds import load_mono
from clarity_lab.scenes.building.scene import SAMPLE_RATE, Scene
from clarity_lab.scenes.building.sounds import TARGET
from clarity_lab.scenes.clarity_files.rendered import (
    NORMS,
    is_rendered,
    write_rendered,
)
from clarity_lab.scenes.clarity_files.room_responses import (
    as_stored,
    read_room_responses,
    write_room_responses,
)
from clarity_lab.scenes.clarity_files.rooms import read_rooms
from clarity_lab.scenes.clarity_files.sound_lists import audio_path
from clarity_lab.scenes.rendering.rendering import render_scene
from clarity_lab.scenes.rooms.room import Room
from clarity_lab.scenes.rooms.room_responses import RoomResponses
from clarity_lab.scenes.rooms.simulation import simulate_responses
from clarity_lab.seeds import named_rng

PUBLISHED = ("rooms", "HOA_IRs")
SIMULATED = ("rooms", "HOA_IRs_simulated")
MOST_PROBLEMS = 10


@dataclass(frozen=True)
class Rendering:
    """How to render.

    Attributes:
        folders: Where everything lies.
        seed: Of the noise in simulated responses.
        parity: Do as pyClarity does.
        keep_rooms: Write simulated responses to files, 21 MB for a room.
    """

    folders: Folders
    seed: int
    parity: bool = False
    keep_rooms: bool = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be chosen."""
    parser.add_argument("--seed", type=int, default=0, help="of simulated rooms")
    parser.add_argument(
        "--parity", action="store_true", help="do exactly as pyClarity does"
    )
    parser.add_argument(
        "--keep-rooms", action="store_true", help="keep simulated responses, 21 MB each"
    )
    parser.add_argument(
        "--only", nargs="+", metavar="SCENE", help="render these scenes, not all"
    )
    jobs_words.add_arguments(parser)


def run(folders: Folders, options: argparse.Namespace) -> int:
    """Render what is not rendered yet; 0 if every scene is there in the end."""
    where = jobs_words.where_of(options)
    rendering = Rendering(folders, options.seed, options.parity, options.keep_rooms)
    scenes = folders.read_scenes()
    for name in options.only or ():
        if name not in scenes:
            raise ValueError(f"expected --only of {folders.scenes_file}, got {name}.")
    scenes = {name: scenes[name] for name in options.only or scenes}
    rooms = _rooms(folders)
    require_whole(scenes.values(), rooms, folders)
    with locked(folders.root / "settings", f"render.{folders.name}"):
        settings = {"seed": options.seed, "parity": options.parity}
        marks = {
            name: fingerprint(
                scene, rooms[scene.room], _published(folders, scene.room) is not None
            )
            for name, scene in scenes.items()
        }
        record_settings(folders.record("render"), settings, marks)
        outcome = go_through(
            "render",
            lambda: [
                (scene, rooms[scene.room])
                for scene in scenes.values()
                if not _is_rendered(folders, scene)
            ],
            partial(render_chunk, rendering),
            where=where,
            logs=folders.root / "logs" / f"render.{folders.name}",
            n_all=len(scenes),
        )
    return 1 if outcome.faults else 0


def render_chunk(rendering: Rendering, chunk: list[tuple[Scene, Room]]) -> Outcome:
    """Render some scenes; those that are rendered by now are left alone."""
    warned: list[str] = []
    outcome = attempt(
        chunk,
        name=lambda task: task[0].name,
        do=lambda task: _render(rendering, *task, warn=warned.append),
    )
    outcome.warned += warned
    return outcome


def require_whole(scenes, rooms: dict[str, Room], folders: Folders) -> None:
    """Look before a long run whether everything that scenes name is there.

    Raises:
        ValueError: If not; names scenes and fields.
    """
    problems = [
        f"scene {scene.name}: {problem}"
        for scene in scenes
        for problem in _problems(scene, rooms, folders)
    ]
    if problems:
        more = len(problems) - MOST_PROBLEMS
        told = problems[:MOST_PROBLEMS] + ([f"and {more} more"] if more > 0 else [])
        raise ValueError("\n  ".join(["these scenes cannot be rendered:", *told]))


def _problems(scene: Scene, rooms: dict[str, Room], folders: Folders):
    """What is missing for a scene, field by field."""
    room = rooms.get(scene.room)
    if room is None:
        yield f"room: expected one of {folders.rooms_file}, got {scene.room}"
    parts = audio_path(TARGET, scene.target.name).parts
    if folders.find(*parts) is None:
        yield f"target.name: expected {folders.places(*parts)}, not there"
    for n, sound in enumerate(scene.interferers):
        parts = audio_path(sound.kind, sound.name).parts
        if folders.find(*parts) is None:
            yield f"interferers[{n}].name: expected {folders.places(*parts)}, not there"
        if room is not None and sound.position > len(room.interferers):
            there = len(room.interferers)
            yield (
                f"interferers[{n}].position: expected 1 to {there}, the places of "
                f"{room.name}, got {sound.position}"
            )
    if not scene.interferers:
        yield "interferers: expected at least one, got none: there is no SNR to set"
    if len(scene.microphones) > len(NORMS):
        yield (
            f"listener.hrir_filename: expected up to {len(NORMS)}, as many as CEC2 has "
            f"a scale for, got {len(scene.microphones)}"
        )
    for name in scene.microphones:
        try:
            head_path(folders, name)
        except FileNotFoundError as error:
            yield f"listener.hrir_filename: {error}"


def _rooms(folders: Folders) -> dict[str, Room]:
    path = folders.find("metadata", folders.rooms_file.name)
    if path is None:
        raise FileNotFoundError(f"expected {folders.rooms_file}, which is not there.")
    return read_rooms(path)


def _is_rendered(folders: Folders, scene: Scene) -> bool:
    return is_rendered(folders.scenes, scene.name, n_pairs=len(scene.microphones))


def _render(
    rendering: Rendering, scene: Scene, room: Room, *, warn: Callable[[str], None]
) -> bool:
    """Render one scene; whether an earlier run had begun it."""
    folders = rendering.folders
    if _is_rendered(folders, scene):  # by a job that died later
        return False
    stem = glob.escape(scene.name)
    begun = any(folders.scenes.glob(f"{stem}_*.wav"))
    begun = begun or any(folders.scenes.glob(f".{stem}.*.part"))
    sounds = [(TARGET, scene.target.name)]
    sounds += [(sound.kind, sound.name) for sound in scene.interferers]
    target, *interferers = (_load(folders, *sound) for sound in sounds)
    rendered = render_scene(
        scene,
        room=room,
        responses=_responses(rendering, room),
        target=target,
        interferers=interferers,
        heads=[load_head(name, head_path(folders, name)) for name in scene.microphones],
        sample_rate=SAMPLE_RATE,
        parity=rendering.parity,
    )
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        write_rendered(rendered, folders.scenes, scene.name)
    for warning in said:
        warn(str(warning.message))
    return begun


def _load(folders: Folders, kind: str, name: str) -> NDArray:
    return load_mono(folders.find(*audio_path(kind, name).parts))


def _published(folders: Folders, room: str) -> Path | None:
    """The folder of the room's given responses, if there are any."""
    path = folders.find(*PUBLISHED, f"HOA_{room}_t.wav")
    return path and path.parent


@lru_cache(maxsize=2)
def _responses(rendering: Rendering, room: Room) -> RoomResponses:
    """Read or simulate what a room does to sound; consecutive scenes may share it."""
    published = _published(rendering.folders, room.name)
    if published:
        return read_room_responses(published, room.name)
    # By what they were made from: another seed or another room has a folder of its own.
    made_from = fingerprint(rendering.seed, room)
    kept = rendering.folders.sounds.joinpath(*SIMULATED, made_from)
    if (kept / f"HOA_{room.name}_t.wav").is_file():
        return read_room_responses(kept, room.name)
    rng = named_rng(rendering.seed, "responses", room.name)
    simulated = simulate_responses(room, sample_rate=SAMPLE_RATE, rng=rng)
    if rendering.keep_rooms:
        write_room_responses(simulated, kept, room.name)
    return as_stored(simulated)  # kept or not, the same
