"""What was verified once, so that a lesson does not hash 70 MB each time it starts.

A file counts as verified while its length and its time of change are those of the
moment when its checksum was right. Losing a record costs one more hashing, no more.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from clarity_lab.manifests.cache import desk
from clarity_lab.manifests.content import Content


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that nobody ever reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read_json(path: Path) -> dict:
    """Read a record; none, or a broken one, is an empty one."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


class Records:
    """The verified files of one set; use it in a `with`, which writes it back."""

    def __init__(self, name: str) -> None:
        self.path = desk(name) / "verified.json"
        self.entries = read_json(self.path)
        self.changed = False

    def __enter__(self) -> Records:
        return self

    def __exit__(self, *_: object) -> None:
        # No cache yet, or one that cannot be written: then hash again next time.
        if self.changed and self.path.parent.is_dir():
            with contextlib.suppress(OSError):
                write_whole(self.path, json.dumps(self.entries, indent=0))

    def trusts(self, path: Path, content: Content) -> bool:
        """Whether this file was verified and has not been touched since."""
        return self.entries.get(str(path)) == _state(path, content)

    def add(self, path: Path, content: Content) -> None:
        """Remember that this file has this content."""
        self.entries[str(path)] = _state(path, content)
        self.changed = True


def _state(path: Path, content: Content) -> list:
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns, content.digest]


def write_listing(name: str, folder: str, archive: Content, files: dict) -> None:
    """Remember what an archive unpacked to, before its folder appears."""
    entry = {"archive": archive.digest, "files": files}
    write_whole(_listing(name, folder), json.dumps(entry, indent=0))


def read_listing(name: str, folder: str, archive: Content) -> dict[str, int] | None:
    """The length of each file that this archive unpacked to; None if it never did."""
    entry = read_json(_listing(name, folder))
    return entry["files"] if entry.get("archive") == archive.digest else None


def _listing(name: str, folder: str) -> Path:
    return desk(name) / "unpacked" / f"{folder}.json"
