"""The last step into the cache: a file or folder gets its name when it is whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from clarity_lab.manifests import archives
from clarity_lab.manifests.cache import require_room, state_folder, where
from clarity_lab.manifests.manifest import Content, DataFile, Manifest
from clarity_lab.manifests.places import Records, write_listing


def settle(manifest: Manifest, file: DataFile, ready: Path, records: Records) -> None:
    """Give a verified file its place in the cache, all at once."""
    target = where(manifest.name) / file.path
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir():
        shutil.rmtree(target)
    ready.replace(target)
    if file.content:
        records.add(target, file.content)


def unpack(manifest: Manifest, file: DataFile, archive: Path) -> None:
    """Unpack an archive of the set; it stays where it is."""

    def fill(folder: Path) -> dict[str, Content]:
        require_room(folder, file.unpacked_bytes or file.bytes)
        return archives.unpack(archive, folder, max_bytes=file.unpacked_bytes)

    _make_folder(manifest, file, fill)


def _make_folder(
    manifest: Manifest, file: DataFile, fill: Callable[[Path], dict[str, Content]]
) -> None:
    """Fill a folder aside, remember its files, then give the whole its name."""
    aside = state_folder(manifest.name) / "incoming" / "aside"
    target = where(manifest.name) / file.unpack
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    try:
        files = fill(aside)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_dir():
            shutil.rmtree(target)
        target.unlink(missing_ok=True)
        if file.content:
            write_listing(manifest.name, file.unpack, file.content, files)
        aside.rename(target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def adopt(manifest: Manifest, file: DataFile, path: Path, records: Records) -> None:
    """Put a file or folder of another place into the cache too."""
    if path.is_dir():
        _make_folder(manifest, file, lambda aside: _link_tree(path, aside))
    else:
        ready = state_folder(manifest.name) / "incoming" / "adopted"
        _link(path, ready)
        settle(manifest, file, ready, records)


def _link_tree(source: Path, target: Path) -> dict[str, Content]:
    """Take over a folder unpacked by hand: its lengths are known, no checksums."""
    shutil.copytree(source, target, copy_function=_link, dirs_exist_ok=True)
    files = [path for path in target.rglob("*") if path.is_file()]
    return {
        path.relative_to(target).as_posix(): Content(path.stat().st_size, "sha256", "")
        for path in files
    }


def _link(source: os.PathLike | str, target: os.PathLike | str) -> None:
    """Give the same bytes a second name where the disk can, else copy them."""
    Path(target).unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        require_room(Path(target).parent, Path(source).stat().st_size)
        shutil.copyfile(source, target)
