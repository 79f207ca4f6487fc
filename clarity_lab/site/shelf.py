"""Sounds and pictures leave the pages: a file each, named by what is in it.

Two pages that play the same sound share one file.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from pathlib import Path

from clarity_lab.whole import write_whole

DATA_URI = re.compile(r"data:(?P<type>[\w.+/-]+);base64,(?P<data>[A-Za-z0-9+/=\s]+)")
SMALL_BYTES = 4_000
"""A picture up to this size stays in its page; a request for it would cost more."""
SUFFIXES = {
    "audio/flac": "flac",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/svg+xml": "svg",
    "image/webp": "webp",
}


class Shelf:
    """The folders `sounds` and `pictures` of a site."""

    def __init__(self, site: Path) -> None:
        self._site = site

    def keep(self, content: bytes, kind: str) -> str:
        """Write a file, once, and give its address as a page writes it.

        Args:
            content: The file.
            kind: Its type, such as "audio/flac".

        Raises:
            ValueError: If the type is none that pages hold.
        """
        if kind not in SUFFIXES:
            known = ", ".join(SUFFIXES)
            raise ValueError(f"expected a sound or a picture ({known}), got {kind}.")
        folder = "sounds" if kind.startswith("audio/") else "pictures"
        digest = hashlib.sha256(content).hexdigest()[:16]
        address = f"{folder}/{digest}.{SUFFIXES[kind]}"
        path = self._site / address
        if not path.is_file():
            path.parent.mkdir(exist_ok=True)
            write_whole(path, content)
        return address

    def unpack(self, text: str) -> str:
        """Replace the data of sounds and larger pictures in HTML by addresses.

        Raises:
            ValueError: If data are damaged, or of a type that pages do not hold.
        """
        return DATA_URI.sub(self._address, text)

    def _address(self, found: re.Match[str]) -> str:
        kind = found["type"].lower()
        if not kind.startswith(("audio/", "image/")):
            return found[0]
        try:
            content = base64.b64decode(found["data"])
        except binascii.Error as error:
            raise ValueError(f"expected base64 in a data URI: {error}.") from None
        if kind.startswith("image/") and len(content) <= SMALL_BYTES:
            return found[0]
        return self.keep(content, kind)
