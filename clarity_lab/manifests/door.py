"""Find, fetch and verify: own folders, the package, the cache, then the sources."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

from clarity_lab.manifests import shelf, sources, telling
from clarity_lab.manifests.cache import disk_explained, locked, require_room, where
from clarity_lab.manifests.errors import ArchiveError, DataWarning, MissingDataError
from clarity_lab.manifests.manifest import Content, DataFile, Manifest, read
from clarity_lab.manifests.places import Finding, Place, Records, look, places

PathInSet = str | os.PathLike | None


def find(name: str, path: PathInSet = None) -> Path | None:
    """Where a file or a whole set already is, without any network.

    Args:
        name: A set, one of `manifests.names()`.
        path: A file of it, as the manifest writes it; None for the whole set.

    Returns:
        The file, or the one folder that holds the whole set; None if it is not here,
        or not whole. It is verified wherever a checksum is known.

    Raises:
        DataError: If there is no such set or file.
    """
    manifest = read(name)
    files = manifest.choose(path)
    with Records(name) as records:
        for place in places(manifest):
            looked = (look(manifest, f, place, records, full=False) for f in files)
            if all(finding.here for finding in looked):
                return place.folder / (files[0].place if path is not None else "")
    return None


def fetch(name: str, path: PathInSet = None, *, progress: bool = True) -> Path:
    """Get a file or a whole set: from one's own folder, the cache, or its publisher.

    Args:
        name: A set, one of `manifests.names()`.
        path: A file of it, as the manifest writes it; None for the whole set.
        progress: Whether to say what is downloaded, with a bar if it takes longer.

    Returns:
        The file (a folder, for an archive that is unpacked), or the folder of the
        whole set. It is verified wherever a checksum is known.

    Raises:
        MissingDataError: If no source could give it; says how to bring it by hand.
        CacheError: If the cache cannot be written, or the disk is full.
        DataError: If there is no such set or file.
    """
    manifest = read(name)
    files = manifest.choose(path)
    here = find(name, path)
    if here is not None:
        return here
    needed = sum(file.bytes for file in files)
    with locked(name) as incoming, disk_explained(where(), needed_bytes=needed):
        _fill(manifest, files, incoming, progress)
    return where(name) / (files[0].place if path is not None else "")


def verify(name: str) -> list[Finding]:
    """Hash every file of a set again, wherever it is, also inside unpacked archives.

    A bar shows how far a large archive is.

    Args:
        name: A set, one of `manifests.names()`.

    Returns:
        One finding per file, in the manifest's order. Its `state` is ok, missing,
        damaged (with `expected` and `got`), or unchecked where no checksum is known.
    """
    manifest = read(name)
    with Records(name) as records:
        return [_best(manifest, file, records, full=True) for file in manifest.files]


def _best(
    manifest: Manifest, file: DataFile, records: Records, *, full: bool
) -> Finding:
    """The first place that has the file whole, else the first that has it damaged."""
    found = Finding(file.path, "missing")
    for place in places(manifest):
        finding = look(manifest, file, place, records, full=full)
        if finding.here:
            return finding
        if found.state == "missing":
            found = finding
    return found


def _fill(
    manifest: Manifest, files: Sequence[DataFile], incoming: Path, progress: bool
) -> None:
    """Make the cache hold these files.

    What another process brought while we waited is seen; what is damaged is replaced.
    """
    with Records(manifest.name) as records:
        candidates = places(manifest)
        missing = [
            file
            for file in files
            if not _already_here(manifest, file, candidates, records)
        ]
        wanted = [*missing, *_companions(manifest, missing, records)]
        if progress:
            telling.announce(manifest, wanted)
        arrived = sum(path.stat().st_size for path in incoming.rglob("*.part"))
        require_room(incoming, sum(file.bytes for file in wanted) - arrived)
        reasons = _from_sources(manifest, wanted, records, incoming, progress)
    left = [file for file in missing if file.path in reasons]
    if left:
        raise MissingDataError(telling.how_to_bring(manifest, left, reasons))


def _companions(
    manifest: Manifest, missing: Sequence[DataFile], records: Records
) -> list[DataFile]:
    """Other missing files in the carriers we need anyhow: open each carrier once."""
    carriers = {file.sources[0].carrier for file in missing} - {None}
    asked = {file.path for file in missing}
    return [
        file
        for file in manifest.files
        if file.path not in asked
        and file.sources[0].carrier in carriers
        and _best(manifest, file, records, full=False).state == "missing"
    ]


def _already_here(
    manifest: Manifest,
    file: DataFile,
    candidates: Sequence[Place],
    records: Records,
) -> bool:
    """Whether the cache has a file, or can have it from a place on this machine."""
    for place in reversed(candidates):  # the cache first: then nothing is to do
        finding = look(manifest, file, place, records, full=False)
        if finding.here:
            if place.kind != "cache":
                shelf.adopt(manifest, file, finding.where, records)
            return True
        if finding.state == "damaged":
            _warn(manifest, place, finding)
        if place.kind == "own" and _unpack_own(manifest, file, place):
            return True
    return False


def _warn(manifest: Manifest, place: Place, finding: Finding) -> None:
    next_step = {
        "own": "It stays as it is; looking elsewhere.",
        "bundled": "Install clarity_lab again; looking elsewhere.",
        "cache": "Fetching it again.",
    }
    warnings.warn(
        f"{manifest.name}: {finding.where} is damaged or another version: expected "
        f"{finding.expected}, got {finding.got}. {next_step[place.kind]}",
        DataWarning,
        stacklevel=2,
    )


def _unpack_own(manifest: Manifest, file: DataFile, place: Place) -> bool:
    """Unpack an archive that lies in one's own folder; the archive stays there."""
    archive = place.folder / file.path
    if not file.unpack or not file.content or not archive.is_file():
        return False
    got = Content.of(archive, algorithm=file.content.algorithm)
    if got != file.content:
        expected = str(file.content)
        finding = Finding(file.path, "damaged", archive, expected, str(got))
        _warn(manifest, place, finding)
        return False
    shelf.unpack(manifest, file, archive)
    return True


def _from_sources(
    manifest: Manifest,
    files: Sequence[DataFile],
    records: Records,
    incoming: Path,
    progress: bool,
) -> dict[str, list[str]]:
    """Ask every file's first source, then the second ...; return why some failed."""
    reasons: dict[str, list[str]] = {file.path: [] for file in files}
    unreachable_hosts: dict[str, str] = {}  # not asked again for each file
    for rank in range(max((len(file.sources) for file in files), default=0)):
        left = [file for file in files if file.path in reasons]
        for orders in _orders(left, rank, incoming):
            problems = sources.bring(
                orders,
                incoming=incoming,
                progress=progress,
                unreachable_hosts=unreachable_hosts,
            )
            for order in orders:
                path = order.file.path
                problem = problems.get(path) or _place(manifest, order, records)
                if problem:
                    reasons[path].append(f"{order.source}: {problem}")
                else:
                    del reasons[path]
    return reasons


def _orders(
    files: Sequence[DataFile], rank: int, incoming: Path
) -> Iterable[list[sources.Order]]:
    """Group by carrier, so that each carrier is fetched once for all its members."""
    groups: dict[object, list[sources.Order]] = {}
    for file in files:
        if rank < len(file.sources):
            source = file.sources[rank]
            # a name that lasts: the next run finds the half file of this one
            target = incoming / "files" / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            order = sources.Order(file, source, target)
            groups.setdefault(source.carrier or file.path, []).append(order)
    return groups.values()


def _place(manifest: Manifest, order: sources.Order, records: Records) -> str:
    """Put what a source brought where it belongs, or say why that is impossible."""
    if not order.file.unpack:
        shelf.settle(manifest, order.file, order.target, records)
        return ""
    try:
        with sources.dropped_if_broken(order.target):
            shelf.unpack(manifest, order.file, order.target)
    except ArchiveError as error:
        return str(error)
    order.target.unlink()
    return ""
