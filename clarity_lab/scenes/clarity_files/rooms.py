"""Rooms as the Clarity challenges store them: rooms.train.json."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from clarity_lab.scenes.clarity_files.json_fields import (
    Fields,
    read_entries,
    write_entries,
)
from clarity_lab.scenes.rooms.room import Room
from clarity_lab.scenes.rooms.source import (
    Source,
    Vector,
)


def read_rooms(path: Path | str) -> dict[str, Room]:
    """Read rooms from a Clarity file, as rooms.train.json.

    Args:
        path: A JSON list of rooms, each with name, dimensions ("length x width x
            height" in metres without the blanks), target, listener and interferers.

    Returns:
        The rooms by name, in the file's order.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no such file; names the room, the field, what was expected
            and what came.
    """
    rooms: dict[str, Room] = {}
    for fields in read_entries(path, kind="room", key="name"):
        room = fields.made(_room, fields)
        if room.name in rooms:
            raise fields.fault("name", "a name that no other room has", room.name)
        rooms[room.name] = room
    return rooms


def write_rooms(rooms: Mapping[str, Room] | Iterable[Room], path: Path | str) -> None:
    """Write rooms as the Clarity challenges store them; the file is never half one.

    Args:
        rooms: Rooms, or rooms by name.
        path: The file to write or to replace.
    """
    listed = rooms.values() if isinstance(rooms, Mapping) else rooms
    write_entries([_room_entry(room) for room in listed], path)


def dimensions_from_text(text: str) -> Vector:
    """Length, width and height from a text, "4.4317x4.1x2.6".

    Raises:
        ValueError: If it is none.

    Example:
        >>> dimensions_from_text("5x3.232x3")
        (5.0, 3.232, 3.0)
    """
    try:
        length, width, height = map(float, text.split("x"))
    except (ValueError, AttributeError):
        raise ValueError(
            "expected length, width and height in metres joined by x, as in "
            f"'4.4317x4.1x2.6', got {text!r}."
        ) from None
    return length, width, height


def _room(fields: Fields) -> Room:
    fields.only("name", "dimensions", "target", "listener", "interferers")
    return Room(
        name=fields.text("name"),
        dimensions_m=fields.converted("dimensions", dimensions_from_text),
        listener=_source(fields.inner("listener")),
        target=_source(fields.inner("target")),
        interferers=tuple(map(_source, fields.inners("interferers"))),
    )


def _source(fields: Fields) -> Source:
    fields.only("position", optional=("view_vector",))
    view = fields.vector("view_vector") if "view_vector" in fields else None
    return Source(fields.vector("position"), view)


def _room_entry(room: Room) -> dict[str, Any]:
    return {
        "name": room.name,
        "dimensions": "x".join(map(_shortest, room.dimensions_m)),
        "target": _source_entry(room.target),
        "listener": _source_entry(room.listener),
        "interferers": [_source_entry(source) for source in room.interferers],
    }


def _source_entry(source: Source) -> dict[str, list[float]]:
    entry = {"position": list(source.position_m)}
    return entry if source.view is None else entry | {"view_vector": list(source.view)}


def _shortest(value: float) -> str:
    return repr(value).removesuffix(".0")
