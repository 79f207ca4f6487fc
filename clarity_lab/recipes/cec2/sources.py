"""What scenes are built from: rooms, sounds and listeners, given, found or bundled."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clarity_lab import manifests
from clarity_lab.audio import load
from clarity_lab.hearing import Listener, read_listeners
from clarity_lab.recipes.cec2.folders import Folders
from clarity_lab.scenes.building.own_sounds import (
    bundled_sounds,
    load_sound,
    sounds_from_folder,
    write_sound,
)
from clarity_lab.scenes.building.rules import CEC2
from clarity_lab.scenes.building.scene import KINDS, SAMPLE_RATE
from clarity_lab.scenes.building.sounds import TARGET, SoundList
from clarity_lab.scenes.clarity_files.rooms import read_rooms
from clarity_lab.scenes.clarity_files.rpf import read_rpf_folder
from clarity_lab.scenes.clarity_files.sound_lists import (
    LISTS,
    audio_path,
    read_sound_lists,
    write_sound_lists,
)
from clarity_lab.scenes.rooms.random_rooms import random_rooms
from clarity_lab.scenes.rooms.room import Room

FIRST_ADDITIONAL = 10_001


def first_of(folders: Folders, options: argparse.Namespace) -> int:
    """The number of the first scene, and of the first new room."""
    if options.first is not None:
        return options.first
    return FIRST_ADDITIONAL if folders.additional else 1


def rooms_for(folders: Folders, options: argparse.Namespace) -> dict[str, Room]:
    """The rooms that are named, those there are, or new ones."""
    if options.rooms is not None:
        read = read_rpf_folder if options.rooms.is_dir() else read_rooms
        return read(options.rooms)
    if folders.additional:  # as in the challenge: more scenes in the rooms there are
        there = folders.find("metadata", folders.rooms_file.name)
        if there is None:
            raise FileNotFoundError(
                f"expected {folders.rooms_file}: additional scenes take place in the "
                "rooms there are. Build those first, or name some with --rooms."
            )
        return read_rooms(there)
    n = options.n_rooms or options.scenes
    return random_rooms(n, seed=options.seed, first=first_of(folders, options))


def sounds_for(folders: Folders, options: argparse.Namespace) -> tuple[SoundList, bool]:
    """The sounds that are named, listed with the data, or bundled.

    Returns:
        The sounds, and whether they are to be copied into the experiment.
    """
    given = (options.targets, options.interferers)
    if any(given):
        if not all(given):
            raise ValueError("expected --targets and --interferers together, got one.")
        return _long_enough(_from_folders(*given, dataset=folders.dataset)), True
    made_here = any((folders.root / "settings").glob("build.*.json"))
    for metadata in (
        folders.data and folders.data / "metadata",
        None if made_here else folders.metadata,
    ):
        if metadata and _has_lists(metadata):
            return read_sound_lists(metadata), False
    return _long_enough(bundled_sounds(dataset=folders.dataset)), True


def copy_sounds(sounds: SoundList, folders: Folders) -> None:
    """Put sounds where every program for the challenge looks, and list them there."""
    for sound in sounds.sounds:
        path = folders.sounds / audio_path(sound.kind, sound.name)
        if path.is_file():
            _require_same(path, load_sound(sound))
        else:
            write_sound(sound, folders.sounds)
    if _has_lists(folders.metadata):  # keep what is listed for other data sets
        listed = read_sound_lists(folders.metadata).sounds
        taken = {(one.dataset, one.kind, one.name) for one in sounds.sounds}
        others = [
            one for one in listed if (one.dataset, one.kind, one.name) not in taken
        ]
        sounds = SoundList((*others, *sounds.sounds))
    write_sound_lists(sounds, folders.metadata)


def _require_same(path: Path, samples: NDArray) -> None:
    there, _ = load(path)
    if not np.array_equal(there, samples.astype(np.float32)):
        raise ValueError(
            f"expected {path} as an earlier run copied it, but the sound of this name "
            "is another one now. Choose another --root, or another name for the file."
        )


def listeners_for(folders: Folders, options: argparse.Namespace) -> dict[str, Listener]:
    """The listeners that are named, those there are, or the bundled 83."""
    path = options.listeners or folders.find("metadata", folders.listeners_file.name)
    path = path or manifests.fetch("samples", "audiograms/clarity.json")
    listeners = read_listeners(path)
    for name in options.who or ():
        if name not in listeners:
            raise ValueError(f"expected --who among those of {path}, got {name}.")
    chosen = {name: listeners[name] for name in options.who or listeners}
    if not 1 <= options.listeners_per_scene <= len(chosen):
        raise ValueError(
            f"expected --listeners-per-scene from 1 to {len(chosen)}, as many as there "
            f"are, got {options.listeners_per_scene}."
        )
    return chosen


def _from_folders(targets: Path, interferers: Path, *, dataset: str) -> SoundList:
    sounds = sounds_from_folder(targets, kind=TARGET, dataset=dataset)
    for kind in KINDS:
        if (interferers / kind).is_dir():
            sounds += sounds_from_folder(interferers / kind, kind=kind, dataset=dataset)
    if not any(sounds.of(kind) for kind in KINDS):
        raise FileNotFoundError(
            f"expected a folder {' or '.join(KINDS)} in {interferers}, got none."
        )
    return sounds


def _has_lists(metadata: Path) -> bool:
    return any((metadata / name).is_file() for name in LISTS.values())


def _long_enough(sounds: SoundList) -> SoundList:
    """Repeat maskers that do not last a whole scene."""
    longest = max((sound.n_samples for sound in sounds.of(TARGET)), default=0)
    return sounds.looped((longest + CEC2.n_before[1] + CEC2.n_after[1]) / SAMPLE_RATE)
