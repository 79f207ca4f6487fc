"""With which settings a folder was begun; results of two are never mixed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from clarity_lab.whole import write_whole


def record_settings(
    record: Path, settings: Mapping[str, Any], items: Mapping[str, str]
) -> None:
    """Note with which settings a folder is filled; refuse to mix it with others.

    Args:
        record: The file of the note.
        settings: By name; all must be as noted before.
        items: A fingerprint of each thing to be made; what was noted before and is
            asked for again must be the same, new ones may come.

    Raises:
        ValueError: If something has changed; says what, and what to do.
    """
    settings = {name: str(value) for name, value in settings.items()}
    before = read_record(record)
    if before:
        changed = [
            f"{name} was {before['settings'].get(name)}, is now {settings.get(name)}"
            for name in sorted({*settings, *before["settings"]})
            if settings.get(name) != before["settings"].get(name)
        ] + [
            f"{name} is another one now"
            for name, mark in items.items()
            if before["items"].get(name, mark) != mark
        ]
        if changed:
            more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
            raise ValueError(
                f"what is here was begun with other settings: {'; '.join(changed[:3])}"
                f"{more}. Results of both would be mixed. Go on with the old ones, "
                "choose another folder, or delete the old results and "
                f"{record}."
            )
    noted = {"settings": settings, "items": {**before.get("items", {}), **items}}
    if noted != before:
        record.parent.mkdir(parents=True, exist_ok=True)
        write_whole(record, json.dumps(noted, indent=1) + "\n")


def read_record(record: Path) -> dict[str, dict[str, str]]:
    """What `record_settings` noted; nothing if it has not begun.

    Raises:
        ValueError: If the note is damaged.
    """
    if not record.exists():
        return {}
    try:
        noted = json.loads(record.read_text(encoding="utf-8"))
        return {"settings": dict(noted["settings"]), "items": dict(noted["items"])}
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"expected the settings of an earlier run in {record}, got something else "
            f"({error}). Delete it together with the results it is about."
        ) from error


def fingerprint(*things: Any) -> str:
    """Twelve letters that change with the things' text.

    Example:
        >>> fingerprint("scene", 1) == fingerprint("scene", 2)
        False
    """
    text = "\n".join(map(repr, things))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


@contextmanager
def locked(folder: Path, word: str) -> Iterator[None]:
    """Keep a second run of a step out of a folder.

    Raises:
        RuntimeError: If one is at work there.
    """
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / f".{word}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise RuntimeError(
            f"another `clarity-lab cec2 {word.partition('.')[0]}` is at work in "
            f"{folder.parent}: wait for it."
        ) from None
    try:
        yield
    finally:
        lock.release()
