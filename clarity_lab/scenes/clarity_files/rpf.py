"""Project files of the room simulator RAVEN: one source and one receiver in a room.

The Clarity challenges simulated their rooms with RAVEN, one project for the target
(R06001_t.rpf) and one for each place of an interferer (R06001_i1.rpf, ...).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from clarity_lab.scenes.clarity_files.numbered import numbered_files
from clarity_lab.scenes.clarity_files.rooms import dimensions_from_text
from clarity_lab.scenes.rooms.room import Room
from clarity_lab.scenes.rooms.source import Source, Vector


@dataclass(frozen=True)
class RavenProject:
    """What one project file says about the geometry.

    Attributes:
        room: Name of the room, "R06001".
        dimensions_m: Length, width and height, as in `Room`.
        source: Who sounds.
        receiver: Who listens.
    """

    room: str
    dimensions_m: Vector
    source: Source
    receiver: Source


def read_rpf(path: Path | str) -> RavenProject:
    """Read the room, the source and the receiver of a RAVEN project file.

    Args:
        path: A file whose lines include "sourcePositions = -0.700, 1.700, 1.200" and
            "ProjectName = CuboidRoom_4.4317x4.1x2.6".

    Returns:
        The geometry; materials and settings are left out.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If a line is missing or does not hold what it should; names it.
    """
    path = Path(path)
    lines = _settings(path.read_text(encoding="utf-8", errors="replace"))
    model = _setting(lines, "Model", path)
    try:
        return RavenProject(
            room=re.split(r"[/\\]", model)[-1].rsplit(".", 1)[0],
            dimensions_m=dimensions_from_text(
                _setting(lines, "ProjectName", path).rsplit("_", 1)[-1]
            ),
            source=_source(lines, "source", path),
            receiver=_source(lines, "receiver", path),
        )
    except ValueError as error:
        if str(path) in str(error):
            raise
        raise ValueError(f"{path}: {error}") from error


def room_from_rpf(target: Path | str, interferers: Iterable[Path | str]) -> Room:
    """Put the projects of one room together, as the challenge did.

    Args:
        target: Project file of the target talker.
        interferers: Project files of the interferers, place 1 first.

    Returns:
        The room. Its interferers have no view: RAVEN simulated them omnidirectional.

    Raises:
        FileNotFoundError: If a file is missing.
        ValueError: If a file is damaged, or two of them disagree about the room or the
            listener.
    """
    main = read_rpf(target)
    sources = []
    for path in interferers:
        project = read_rpf(path)
        for what in ("room", "dimensions_m", "receiver"):
            expected, got = getattr(main, what), getattr(project, what)
            if got != expected:
                raise ValueError(
                    f"expected the same {what} in {path} as in {target}, {expected}, "
                    f"got {got}. Are these projects of one room?"
                )
        sources.append(Source(project.source.position_m))
    return Room(
        main.room, main.dimensions_m, main.receiver, main.source, tuple(sources)
    )


def read_rpf_folder(folder: Path | str) -> dict[str, Room]:
    """Read every room of a folder of project files, R00001_t.rpf, R00001_i1.rpf, ...

    Args:
        folder: Where they lie.

    Returns:
        The rooms by name, sorted by it.

    Raises:
        FileNotFoundError: If there is no target's project in the folder, or one of a
            place before the last is missing.
        ValueError: If one of the files is damaged.
    """
    folder = Path(folder)
    rooms = {}
    for target in sorted(folder.glob("*_t.rpf")):
        stem = target.name.removesuffix("_t.rpf")
        room = room_from_rpf(target, numbered_files(folder, f"{stem}_i", ".rpf"))
        rooms[room.name] = room
    if not rooms:
        raise FileNotFoundError(
            f"expected project files as R00001_t.rpf in {folder}, got none."
        )
    return rooms


def _settings(text: str) -> dict[str, str]:
    """The lines "name = value"; the first of a name counts."""
    settings: dict[str, str] = {}
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.lstrip().startswith("#"):
            settings.setdefault(name.strip(), value.strip())
    return settings


def _setting(settings: dict[str, str], name: str, path: Path) -> str:
    if not settings.get(name):
        raise ValueError(
            f"expected a line '{name} = ...' in {path}, got none. Is it a RAVEN "
            "project file?"
        )
    return settings[name]


def _source(settings: dict[str, str], who: str, path: Path) -> Source:
    position, view = (
        _vector(settings, f"{who}{what}", path) for what in ("Positions", "ViewVectors")
    )
    return Source(position, view)


def _vector(settings: dict[str, str], name: str, path: Path) -> Vector:
    text = _setting(settings, name, path)
    try:
        x, y, z = map(float, text.split(","))
    except ValueError:
        raise ValueError(
            f"expected {name} in {path} as three numbers x, y, z, got {text!r}."
        ) from None
    return x, y, z
