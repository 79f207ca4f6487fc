"""Where files may already be, and what was verified there once."""

from __future__ import annotations

import contextlib
import json
import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clarity_lab.manifests.cache import read_json, state_folder, where, write_record
from clarity_lab.manifests.errors import DataWarning
from clarity_lab.manifests.manifest import PACKAGE, Content, DataFile, Manifest
from clarity_lab.manifests.telling import bar

SAMPLES = PACKAGE / "samples"


@dataclass(frozen=True)
class Place:
    """A folder that may hold files of a set."""

    kind: str  # own, bundled, cache
    folder: Path


@dataclass(frozen=True)
class Finding:
    """What was found where one file of a set should be.

    Attributes:
        path: The file's path in the manifest.
        state: ok, missing, damaged, or unchecked: there, but without a checksum to
            compare with (data from its owner, a folder unpacked by hand).
        where: The file or folder that was looked at; None if there is none.
        expected, got: What differs; empty if nothing does.
    """

    path: str
    state: str
    where: Path | None = None
    expected: str = ""
    got: str = ""

    @property
    def here(self) -> bool:
        """Whether it can be used."""
        return self.state in ("ok", "unchecked")

    def __str__(self) -> str:
        trouble = f": expected {self.expected}, got {self.got}" if self.got else ""
        return f"{self.state:9} {self.path}{trouble}"


class Records:
    """The verified files of one set; use it in a `with`, which writes it back.

    A file counts as verified while its length and its time of change are those of the
    moment when its checksum was right: a lesson does not hash 70 MB each time it
    starts. Losing a record costs one more hashing, no more.
    """

    def __init__(self, name: str) -> None:
        self.path = state_folder(name) / "verified.json"
        self.entries = read_json(self.path)
        self.changed = False

    def __enter__(self) -> Records:
        return self

    def __exit__(self, *_: object) -> None:
        # No cache yet, or one that cannot be written: then hash again next time.
        if self.changed and self.path.parent.is_dir():
            with contextlib.suppress(OSError):
                write_record(self.path, json.dumps(self.entries, indent=0))

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


def write_listing(
    name: str, folder: str, archive: Content, files: Mapping[str, Content]
) -> None:
    """Remember what an archive unpacked to, before its folder appears."""
    known = {path: [content.bytes, content.digest] for path, content in files.items()}
    entry = {"archive": archive.digest, "contents": known}
    write_record(_listing(name, folder), json.dumps(entry, indent=0))


def read_listing(name: str, folder: str, archive: Content) -> dict[str, Content] | None:
    """What each file held that this archive unpacked to; None if it never did.

    The digest is empty where a folder unpacked by hand was taken over.
    """
    entry = read_json(_listing(name, folder))
    if entry.get("archive") != archive.digest or "contents" not in entry:
        return None
    return {
        path: Content(length, "sha256", digest)
        for path, (length, digest) in entry["contents"].items()
    }


def _listing(name: str, folder: str) -> Path:
    return state_folder(name) / "unpacked" / f"{folder}.json"


def own_folders() -> list[Path]:
    """The user's data folders: CLARITY_LAB_DATA, then ../shared/data of a checkout."""
    named = os.environ.get("CLARITY_LAB_DATA", "").split(os.pathsep)
    folders = [Path(folder).expanduser().absolute() for folder in named if folder]
    for folder in folders:
        if not folder.is_dir():
            warnings.warn(
                f"CLARITY_LAB_DATA names {folder}, which is not there. "
                "Is the disk connected, the path right?",
                DataWarning,
                stacklevel=2,
            )
    checkout = PACKAGE.parent
    beside = checkout.parent / "shared" / "data"
    if (checkout / "data_manifests").is_dir() and beside.is_dir():
        folders.append(beside)
    return [folder for folder in folders if folder.is_dir()]


def places(manifest: Manifest) -> list[Place]:
    """Where files of this set may be, in the order of looking."""
    inside = manifest.own_folder or manifest.name
    own = [Place("own", folder / inside) for folder in own_folders()]
    return [*own, Place("bundled", SAMPLES), Place("cache", where(manifest.name))]


def look(
    manifest: Manifest, file: DataFile, place: Place, records: Records, *, full: bool
) -> Finding:
    """Say in which state a file is at one place.

    Args:
        manifest: The set.
        file: One of its files.
        place: Where to look.
        records: What was verified before; new checks are added.
        full: Hash again even what the records know.
    """
    path = place.folder / file.place
    bundled = any(source.kind == "bundled" for source in file.sources)
    if not path.exists() or (place.kind == "bundled" and not bundled):
        return Finding(file.path, "missing")
    if file.unpack:
        return _look_into(manifest, file, place, full=full)
    if path.is_dir():
        return Finding(file.path, "damaged", path, "a file", "a folder")
    if file.content is None:
        return Finding(file.path, "unchecked", path)
    try:
        if not full and records.trusts(path, file.content):
            return Finding(file.path, "ok", path)
        got = Content.of(path, algorithm=file.content.algorithm)
    except OSError as error:
        expected, trouble = "a file that can be read", str(error)
        return Finding(file.path, "damaged", path, expected, trouble)
    if got != file.content:
        return Finding(file.path, "damaged", path, str(file.content), str(got))
    records.add(path, file.content)
    return Finding(file.path, "ok", path)


def _look_into(
    manifest: Manifest, file: DataFile, place: Place, *, full: bool
) -> Finding:
    """Compare an unpacked folder with the list made when it was unpacked."""
    folder = place.folder / file.unpack
    if not folder.is_dir():
        return Finding(file.path, "damaged", folder, "a folder", "a file")
    if place.kind != "cache" or file.content is None:
        state = "unchecked" if any(folder.iterdir()) else "missing"
        return Finding(file.path, state, folder)
    listing = read_listing(manifest.name, file.unpack, file.content)
    if listing is None:
        expected, got = "a whole unpacking", "one that was not finished or is older"
        return Finding(file.path, "damaged", folder, expected, got)
    for name, content in listing.items():
        path = folder / name
        got = f"{path.stat().st_size} bytes" if path.is_file() else "nothing"
        if got != f"{content.bytes} bytes":
            expected = f"{content.bytes} bytes in {file.unpack}/{name}"
            return Finding(file.path, "damaged", folder, expected, got)
    checked = all(content.digest for content in listing.values())
    damaged = _hash_all(file, folder, listing) if full and checked else None
    return damaged or Finding(file.path, "ok" if checked else "unchecked", folder)


def _hash_all(
    file: DataFile, folder: Path, listing: Mapping[str, Content]
) -> Finding | None:
    """The first file whose bytes are not those that were unpacked."""
    total = sum(content.bytes for content in listing.values())
    with bar(f"checking {file.unpack}", total=total, done=0, show=True) as shown:
        for name, content in listing.items():
            try:
                got = Content.of(folder / name)
            except OSError as error:
                expected = f"{file.unpack}/{name} to be readable"
                return Finding(file.path, "damaged", folder, expected, str(error))
            if got != content:
                expected = f"{content} in {file.unpack}/{name}"
                return Finding(file.path, "damaged", folder, expected, str(got))
            shown.update(content.bytes)
    return None
