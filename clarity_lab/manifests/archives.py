"""Files out of archives that nobody has to trust: zip, wheel, tar and what is nested.

Nothing is written but plain files and folders, under names that are safe on every
system, never more bytes than were announced, and never over something that exists.
"""

from __future__ import annotations

import hashlib
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from clarity_lab.manifests.errors import ArchiveError
from clarity_lab.manifests.manifest import Content
from clarity_lab.manifests.paths import require_safe_path

CHUNK_BYTES = 1 << 18
MAX_FILES = 500_000
INSIDE = "!/"
ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")


@dataclass(frozen=True)
class Destination:
    """Where one member goes, and how long it may be."""

    path: Path
    max_bytes: int


@dataclass(frozen=True)
class Entry:
    """One member as an archive announces it; nothing in it is trusted."""

    name: str
    kind: str  # file, folder, or what is refused: link, device
    bytes: int
    open: Callable[[], IO[bytes]]


def most_bytes(archive: Path) -> int:
    """The most that an honest archive of recordings unpacks to, if nobody said."""
    return 20 * archive.stat().st_size + 100_000_000


def extract_members(
    archive: Path, wanted: Mapping[str, Destination], *, scratch: Path
) -> dict[str, str]:
    """Take single files out of an archive.

    Args:
        archive: A zip, a wheel or a tar in any compression.
        wanted: For each member its destination. "a.zip!/b" is b in a.zip in here.
        scratch: A folder for archives inside the archive, for a moment.

    Returns:
        The members that could not be had, each with the reason.

    Raises:
        ArchiveError: If the archive as a whole cannot be read.
    """
    direct = {name: to for name, to in wanted.items() if INSIDE not in name}
    nested: dict[str, dict[str, Destination]] = {}
    for name in wanted.keys() - direct.keys():
        outer, inner = name.split(INSIDE, 1)
        nested.setdefault(outer, {})[inner] = wanted[name]
    inner_archives = {
        outer: Destination(scratch / f"nested-{index}", most_bytes(archive))
        for index, outer in enumerate(nested)
    }
    problems = _extract(archive, {**direct, **inner_archives})
    for outer, inner in nested.items():
        path = inner_archives[outer].path
        reasons = dict.fromkeys(inner, problems.pop(outer, ""))
        if path.exists():
            deeper = scratch / f"{path.name}-inside"
            deeper.mkdir(exist_ok=True)
            reasons = extract_members(path, inner, scratch=deeper)
            path.unlink()
            deeper.rmdir()
        problems |= {f"{outer}{INSIDE}{name}": why for name, why in reasons.items()}
    return problems


def _extract(archive: Path, wanted: Mapping[str, Destination]) -> dict[str, str]:
    problems = dict.fromkeys(wanted, "is not in the archive")
    seen = set()
    with _entries(archive) as entries:
        for entry in entries:
            name = entry.name.removeprefix("./")
            if name not in wanted:
                continue
            if name in seen:
                wanted[name].path.unlink(missing_ok=True)
                problems[name] = "is twice in the archive: which one is meant?"
                continue
            seen.add(name)
            try:
                _write(entry, wanted[name].path, max_bytes=wanted[name].max_bytes)
                del problems[name]
            except ArchiveError as error:
                wanted[name].path.unlink(missing_ok=True)
                problems[name] = str(error)
    return problems


def unpack(
    archive: Path,
    folder: Path,
    *,
    max_bytes: int | None = None,
    max_files: int = MAX_FILES,
) -> dict[str, Content]:
    """Unpack a whole archive into an empty folder.

    Args:
        archive: A zip, a wheel or a tar in any compression.
        folder: An empty folder; nothing is written outside it.
        max_bytes: The most it may unpack to, all files together.
        max_files: The most files and folders it may hold.

    Returns:
        The length and sha256 of each file, by its path in the folder.

    Raises:
        ArchiveError: At the first member that is not a plain file or folder with a
            safe name, or when there is more than was announced.
    """
    left = most_bytes(archive) if max_bytes is None else max_bytes
    contents: dict[str, Content] = {}
    with _entries(archive) as entries:
        for count, entry in enumerate(entries, start=1):
            if count > max_files:
                raise ArchiveError(f"expected at most {max_files} files, got more.")
            name = entry.name.removeprefix("./").rstrip("/")
            if name in ("", ".") and entry.kind == "folder":
                continue
            target = folder / _safe(name)
            if entry.kind == "folder":
                _make_folder(target, name)
                continue
            _make_folder(target.parent, name)
            contents[name] = _write(entry, target, max_bytes=left)
            left -= contents[name].bytes
    return contents


def _safe(name: str) -> str:
    try:
        return require_safe_path(name)
    except ValueError as error:
        raise ArchiveError(f"the archive is refused: {error}") from error


def _make_folder(folder: Path, name: str) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise ArchiveError(f"{name!r} is a file and a folder at once.") from None


def _write(entry: Entry, target: Path, *, max_bytes: int) -> Content:
    """Write one member under a new name, measuring what really comes out of it."""
    if entry.kind != "file":
        raise ArchiveError(f"{entry.name!r} is a {entry.kind}, expected a plain file")
    too_much = f"{entry.name!r} unpacks to more than the {max_bytes} bytes expected"
    if entry.bytes > max_bytes:
        raise ArchiveError(too_much)
    written, digest = 0, hashlib.sha256()
    try:
        output = target.open("xb")
    except (FileExistsError, IsADirectoryError):
        raise ArchiveError(f"{entry.name!r} is twice in the archive") from None
    with output, entry.open() as stream:
        while chunk := stream.read(CHUNK_BYTES):
            written += len(chunk)
            if written > max_bytes:
                raise ArchiveError(too_much)
            output.write(chunk)
            digest.update(chunk)
    return Content(written, "sha256", digest.hexdigest())


@contextmanager
def _entries(archive: Path) -> Iterator[Iterator[Entry]]:
    """Open an archive by what its first bytes say; name what is wrong with it."""
    try:
        with archive.open("rb") as stream:
            is_zip = stream.read(4) in ZIP_STARTS
        if is_zip:
            with zipfile.ZipFile(archive) as opened:
                yield _zip_entries(opened)
        else:
            with tarfile.open(archive) as opened:
                yield _tar_entries(opened)
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        lzma.LZMAError,
        zlib.error,
        EOFError,
        NotImplementedError,  # a compression this Python does not know
        RuntimeError,  # zipfile: encrypted
    ) as error:
        raise ArchiveError(f"{archive.name} cannot be read: {error}") from error
    except OSError as error:
        if error.errno is not None:  # the disk's trouble, not the archive's
            raise
        raise ArchiveError(f"{archive.name} cannot be read: {error}") from error


def _zip_entries(archive: zipfile.ZipFile) -> Iterator[Entry]:
    for info in archive.infolist():
        mode = info.external_attr >> 16
        name = info.orig_filename  # as it stands in the file, not as zipfile mends it
        kind = "folder" if name.endswith("/") else "file"
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
            kind = "link" if stat.S_ISLNK(mode) else "device"
        yield Entry(name, kind, info.file_size, partial(archive.open, info))


def _tar_entries(archive: tarfile.TarFile) -> Iterator[Entry]:
    for info in archive:
        if info.isfile():
            kind = "file"
        elif info.isdir():
            kind = "folder"
        else:
            kind = "link" if info.issym() or info.islnk() else "device"
        yield Entry(info.name, kind, info.size, partial(archive.extractfile, info))
