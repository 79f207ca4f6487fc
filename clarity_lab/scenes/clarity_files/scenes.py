"""Scenes as the Clarity challenges store them: scenes.train.json, scenes.dev.json.

pyClarity reads what is written here.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from clarity_lab.scenes.building.scene import (
    KINDS,
    HeadTurn,
    Interferer,
    Scene,
    Target,
)
from clarity_lab.scenes.clarity_files.json_fields import (
    Fields,
    read_entries,
    write_entries,
)

__all__ = ["read_scenes", "write_scenes"]


SCENE_FIELDS = ("dataset", "room", "scene", "target", "duration", "interferers")
SCENE_FIELDS += ("SNR", "listener")


def read_scenes(path: Path | str) -> list[Scene]:
    """Read scenes from a Clarity file, as scenes.dev.json.

    Args:
        path: A JSON list of scenes.

    Returns:
        The scenes in the file's order.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no such file; names the scene, the field, what was expected
            and what came.
    """
    scenes: list[Scene] = []
    names = set()
    for fields in read_entries(path, kind="scene", key="scene"):
        scene = fields.made(_scene, fields)
        if scene.name in names:
            raise fields.fault("scene", "a name that no other scene has", scene.name)
        names.add(scene.name)
        scenes.append(scene)
    return scenes


def write_scenes(scenes: Iterable[Scene], path: Path | str) -> None:
    """Write scenes as the Clarity challenges store them; the file is never half one.

    Args:
        scenes: Any number.
        path: The file to write or to replace.
    """
    write_entries([_scene_entry(scene) for scene in scenes], path)


def _scene(fields: Fields) -> Scene:
    fields.only(*SCENE_FIELDS)
    listener = fields.inner("listener")
    listener.only("rotation", "hrir_filename")
    return Scene(
        name=fields.text("scene"),
        dataset=fields.text("dataset"),
        room=fields.text("room"),
        target=_target(fields.inner("target")),
        interferers=tuple(map(_interferer, fields.inners("interferers"))),
        n_samples=fields.whole("duration", minimum=1),
        snr_db=fields.number("SNR"),
        head_turn=_head_turn(listener),
        microphones=listener.texts("hrir_filename"),
    )


def _target(fields: Fields) -> Target:
    fields.only("name", "time_start", "time_end")
    return fields.made(
        Target,
        name=fields.text("name"),
        start=fields.whole("time_start"),
        end=fields.whole("time_end"),
    )


def _interferer(fields: Fields) -> Interferer:
    fields.only("position", "time_start", "time_end", "type", "name", "offset")
    return fields.made(
        Interferer,
        position=fields.whole("position", minimum=1),
        kind=fields.choice("type", KINDS),
        name=fields.text("name"),
        offset=fields.whole("offset"),
        start=fields.whole("time_start"),
        end=fields.whole("time_end"),
    )


def _head_turn(listener: Fields) -> HeadTurn:
    points = listener.inners("rotation")
    if len(points) != 2:
        got = f"{len(points)} points"
        raise listener.fault("rotation", "two points, start and end", got)
    for point in points:
        point.only("sample", "angle")
    start, end = points
    return listener.made(
        HeadTurn,
        start=start.number("sample"),
        end=end.number("sample"),
        start_deg=start.number("angle"),
        end_deg=end.number("angle"),
    )


def _scene_entry(scene: Scene) -> dict[str, Any]:
    turn = scene.head_turn
    return {
        "dataset": scene.dataset,
        "room": scene.room,
        "scene": scene.name,
        "target": {
            "name": scene.target.name,
            "time_start": scene.target.start,
            "time_end": scene.target.end,
        },
        "duration": scene.n_samples,
        "interferers": [_interferer_entry(sound) for sound in scene.interferers],
        "SNR": scene.snr_db,
        "listener": {
            "rotation": [
                {"sample": turn.start, "angle": turn.start_deg},
                {"sample": turn.end, "angle": turn.end_deg},
            ],
            "hrir_filename": list(scene.microphones),
        },
    }


def _interferer_entry(sound: Interferer) -> dict[str, Any]:
    return {
        "position": sound.position,
        "time_start": sound.start,
        "time_end": sound.end,
        "type": sound.kind,
        "name": sound.name,
        "offset": sound.offset,
    }
