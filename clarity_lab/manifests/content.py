"""What a file must hold: its length and its checksum."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

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
