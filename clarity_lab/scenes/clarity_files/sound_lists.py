"""The challenge's lists of targets and maskers, and where their sounds lie.

The lists are those of the second Clarity Enhancement Challenge:
target_speech_list.json, masker_speech_list.json, masker_nonspeech_list.json and
masker_music_list.json.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from clarity_lab.scenes.building.scene import SAMPLE_RATE
from clarity_lab.scenes.building.sounds import TARGET, Sound, SoundList
from clarity_lab.scenes.clarity_files.json_fields import (
    Fields,
    read_entries,
    write_entries,
)

LISTS = {
    TARGET: "target_speech_list.json",
    "speech": "masker_speech_list.json",
    "noise": "masker_nonspeech_list.json",
    "music": "masker_music_list.json",
}
"""The challenge's file names."""


def read_sound_lists(
    folder: Path | str, *, audio: Path | str | None = None
) -> SoundList:
    """Read the challenge's lists of targets and maskers.

    Args:
        folder: The metadata folder; a list that is missing there counts as empty.
        audio: The folder that holds `targets` and `interferers/{speech,noise,music}`,
            if the sounds are here.

    Returns:
        The targets, then speech, noise and music, each in its file's order.

    Raises:
        FileNotFoundError: If there is none of the lists.
        ValueError: If a list is damaged; names the entry, the field, what was expected
            and what came.
    """
    folder = Path(folder)
    there = {kind: folder / name for kind, name in LISTS.items()}
    there = {kind: path for kind, path in there.items() if path.is_file()}
    if not there:
        names = ", ".join(LISTS.values())
        raise FileNotFoundError(f"expected one of {names} in {folder}, got none.")
    sounds = []
    for kind, path in there.items():
        key = _name_field(kind)
        for fields in read_entries(path, kind=f"{kind} sound", key=key):
            sound = fields.made(_sound, fields, kind)
            sounds.append(sound if audio is None else _located(sound, Path(audio)))
    return SoundList(tuple(sounds))


def write_sound_lists(sounds: SoundList | Iterable[Sound], folder: Path | str) -> None:
    """Write the challenge's four lists, which pyClarity's scene builder reads.

    Args:
        sounds: Targets and maskers.
        folder: The metadata folder, which must be there. A kind without sounds gets an
            empty list.
    """
    sounds = sounds.sounds if isinstance(sounds, SoundList) else tuple(sounds)
    for kind, name in LISTS.items():
        entries = [_entry(sound) for sound in sounds if sound.kind == kind]
        write_entries(entries, Path(folder) / name)


def audio_path(kind: str, name: str) -> Path:
    """Where a sound lies below the challenge's audio folder.

    Example:
        >>> audio_path("noise", "CIN_fan_014.wav").as_posix()
        'interferers/noise/CIN_fan_014.wav'
    """
    if kind == TARGET:
        return Path("targets", f"{name}.wav")
    return Path("interferers", kind, name)


def _located(sound: Sound, audio: Path) -> Sound:
    return replace(sound, paths=(audio / audio_path(sound.kind, sound.name),))


def _name_field(kind: str) -> str:
    return {TARGET: "wavfile", "speech": "speaker", "noise": "ID", "music": "file"}[
        kind
    ]


def _sound(fields: Fields, kind: str) -> Sound:
    name = fields.text(_name_field(kind))
    group = {TARGET: "speaker", "noise": "class"}.get(kind)
    rate = fields.whole("fs") if "fs" in fields else SAMPLE_RATE
    if rate != SAMPLE_RATE:
        raise fields.fault("fs", f"{SAMPLE_RATE} Hz, in which scenes count", rate)
    return Sound(
        name=f"{name}.wav" if kind in ("speech", "noise") else name,
        kind=kind,
        group=fields.text(group) if group else kind,
        dataset=fields.text("dataset"),
        n_samples=fields.whole("nsamples", minimum=1),
    )


def _entry(sound: Sound) -> dict[str, Any]:
    bare = sound.kind in ("speech", "noise")
    name = sound.name.removesuffix(".wav") if bare else sound.name
    group = {TARGET: {"speaker": sound.group}, "noise": {"class": sound.group}}
    return {
        _name_field(sound.kind): name,
        **group.get(sound.kind, {}),
        "dataset": sound.dataset,
        "type": sound.kind,
        "nsamples": sound.n_samples,
        "duration": sound.n_samples / SAMPLE_RATE,
        "fs": SAMPLE_RATE,
    }
