"""Where files may already be: one's own folders, the package, the cache."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from pathlib import Path

from clarity_lab.manifests.cache import where
from clarity_lab.manifests.content import Content
from clarity_lab.manifests.errors import DataWarning
from clarity_lab.manifests.manifest import PACKAGE, DataFile, Manifest
from clarity_lab.manifests.records import Records, read_listing

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
        state: ok, missing, damaged, or unchecked: there, but the manifest gives no
            checksum for it (data from its owner, a folder unpacked by hand).
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
        return _look_into(manifest, file, place)
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


def _look_into(manifest: Manifest, file: DataFile, place: Place) -> Finding:
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
    for name, length in listing.items():
        path = folder / name
        got = f"{path.stat().st_size} bytes" if path.is_file() else "nothing"
        if got != f"{length} bytes":
            expected = f"{length} bytes in {file.unpack}/{name}"
            return Finding(file.path, "damaged", folder, expected, got)
    return Finding(file.path, "ok", folder)
