"""The nouns of a manifest: a set, its files, and the sources they come from."""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from clarity_lab.manifests.errors import DataError
from clarity_lab.manifests.telling import megabytes

PACKAGE = Path(__file__).resolve().parents[1]
HEX_DIGITS = {"sha256": 64, "md5": 32}


@dataclass(frozen=True)
class Content:
    """The length and checksum that tell a whole file from a half or a wrong one.

    Attributes:
        bytes: Length of the file.
        algorithm: "sha256", or "md5" where the publisher gives no other.
        digest: The checksum in hexadecimal.
    """

    bytes: int
    algorithm: str
    digest: str

    @classmethod
    def of(cls, path: Path, *, algorithm: str = "sha256") -> Content:
        """Measure a file that is here."""
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, lambda: _hasher(algorithm))
            return cls(stream.tell(), algorithm, digest.hexdigest())

    def difference(self, path: Path) -> str:
        """Say how a file differs from this content; empty if it does not.

        The length is compared first, so a half file costs no reading.
        """
        length = path.stat().st_size
        if length != self.bytes:
            return f"{length} bytes instead of {self.bytes}"
        digest = Content.of(path, algorithm=self.algorithm).digest
        if digest != self.digest:
            return f"{self.algorithm} {digest} instead of {self.digest}"
        return ""

    def __str__(self) -> str:
        return f"{self.bytes} bytes, {self.algorithm} {self.digest}"


def _hasher(algorithm: str):
    return hashlib.new(algorithm, usedforsecurity=False)


@dataclass(frozen=True)
class Source:
    """One place that has a file, or an archive with the file in it.

    Attributes:
        kind: bundled, url, archive, pypi, debian or ask.
        member: Where the file lies in the archive; "a.zip!/b.wav" looks into an
            archive inside the archive.
        content: Length and checksum of the archive.
    """

    kind: str
    member: str = ""
    url: str = ""
    project: str = ""
    version: str = ""
    filename: str = ""
    package: str = ""
    message: str = ""
    content: Content | None = None

    @property
    def carrier(self) -> Source | None:
        """The archive without the member; None if the source is the file itself."""
        return dataclasses.replace(self, member="") if self.member else None

    def __str__(self) -> str:
        """Name the source as a person would look for it."""
        size = f" ({megabytes(self.content.bytes)})" if self.content else ""
        return {
            "bundled": "the package itself",
            "url": self.url,
            "archive": f"{self.url}{size}",
            "pypi": f"PyPI, {self.project} {self.version}, {self.filename}{size}",
            "debian": f"Debian, {self.package} {self.version}".rstrip(),
            "ask": "its owner",
        }[self.kind]


@dataclass(frozen=True)
class DataFile:
    """One file of a set: what it holds, what is known about it, who has it.

    Attributes:
        path: Its place in the set's folder, parts divided by "/".
        content: Length and checksum; None only for data one must ask for.
        sources: Tried in this order.
        unpack: The folder that an archive becomes; empty for a plain file.
        unpacked_bytes: The most that this folder may hold.
        sample_rate_hz, duration_s: Of a sound.
        speaker, transcript, label, split, licence: As far as the publisher says.
        notes: Whatever else the manifest says about this file.
    """

    path: str
    content: Content | None
    sources: tuple[Source, ...]
    unpack: str = ""
    unpacked_bytes: int | None = None
    sample_rate_hz: int | None = None
    duration_s: float | None = None
    speaker: str | None = None
    transcript: str | None = None
    label: str | None = None
    split: str | None = None
    licence: str | None = None
    notes: Mapping[str, object] = field(default_factory=dict, hash=False)

    @property
    def place(self) -> str:
        """What lies in the set's folder when all is done: a file or a folder."""
        return self.unpack or self.path

    @property
    def bytes(self) -> int:
        """Length of the file, 0 where it is not known."""
        return self.content.bytes if self.content else 0


@dataclass(frozen=True)
class Manifest:
    """A set of files: what one hears, who made it, what one may do with it."""

    name: str
    title: str
    description: str
    kind: str
    licence: str
    citation: str
    homepage: str
    files: tuple[DataFile, ...]
    layout: str = ""
    own_folder: str = ""
    notes: Mapping[str, object] = field(default_factory=dict, hash=False)

    @property
    def bytes(self) -> int:
        """Length of all files together."""
        return sum(file.bytes for file in self.files)

    def choose(self, path: str | os.PathLike | None) -> tuple[DataFile, ...]:
        """All files, or the one of that path.

        Raises:
            DataError: If there is no such file; the message names the nearest.
        """
        if path is None:
            return self.files
        wanted = Path(path).as_posix()
        for file in self.files:
            if wanted in (file.path, file.place):
                return (file,)
        near = difflib.get_close_matches(wanted, [f.path for f in self.files], n=1)
        hint = f"Did you mean {near[0]!r}?" if near else "manifests.read lists them."
        raise DataError(f"expected a file of {self.name!r}, got {wanted!r}. {hint}")


def manifest_folders() -> list[Path]:
    """Where manifests lie: one's own folders (CLARITY_LAB_MANIFESTS), then ours."""
    own = os.environ.get("CLARITY_LAB_MANIFESTS", "").split(os.pathsep)
    installed = PACKAGE / "data_manifests"
    ours = installed if installed.is_dir() else PACKAGE.parent / "data_manifests"
    return [*(Path(folder).expanduser() for folder in own if folder), ours]


def names() -> list[str]:
    """Names of all sets, in the order of the alphabet."""
    return sorted(
        {path.stem for folder in manifest_folders() for path in folder.glob("*.json")}
    )


def read(name: str) -> Manifest:
    """Read what is known about a set, and check it.

    Args:
        name: One of `names()`.

    Returns:
        The manifest: description, licence, files and their sources.

    Raises:
        DataError: If there is no such set; the message names the nearest.
        ManifestError: If the manifest is not as it should be.
    """
    from clarity_lab.manifests.parse import parse_manifest

    for folder in manifest_folders():
        path = folder / f"{name}.json"
        if name in names() and path.is_file():
            return parse_manifest(path)
    near = difflib.get_close_matches(str(name), names(), n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"There is: {', '.join(names())}."
    raise DataError(f"expected the name of a set, got {name!r}. {hint}")
