"""Notice a sound file whose end is missing, where the decoder would not say so.

libsndfile reads a WAV or an OGG that was cut short as if it had always ended there.
Both say in their own words where they end; this reads those words.
"""

from __future__ import annotations

import os
from pathlib import Path

UNKNOWN_LENGTH = 0x7FFFF000
"""Programs that write a WAV into a pipe put a size from here upwards."""

MAX_PAGE_BYTES = 65_307
"""Longest page of an OGG stream (RFC 3533, section 6)."""


def require_complete(path: Path, *, container: str) -> None:
    """Raise if a WAV or OGG file stops before its own end; others pass.

    Raises:
        ValueError: If bytes are missing.

    Reference:
        RIFF: the chunk size at byte 4 counts all that follows. OGG: RFC 3533,
        section 6, header flag 4 marks the last page of a stream.
    """
    missing = {"WAV": _riff_bytes_missing, "WAVEX": _riff_bytes_missing}.get(container)
    if missing is not None and (n_bytes := missing(path)) > 0:
        raise ValueError(
            f"the end of {path} is missing: its header promises {n_bytes} more bytes. "
            "Copy or download it again."
        )
    if container == "OGG" and not _ogg_has_its_end(path):
        raise ValueError(
            f"the end of {path} is missing: no page is marked as the last. "
            "Copy or download it again."
        )


def _riff_bytes_missing(path: Path) -> int:
    """Bytes that a RIFF header promises beyond the end of the file."""
    with path.open("rb") as file:
        head = file.read(8)
    promised = int.from_bytes(head[4:8], "little")
    if head[:4] != b"RIFF" or promised >= UNKNOWN_LENGTH:
        return 0
    missing = promised + 8 - path.stat().st_size
    return missing if missing > 1 else 0  # some writers count a pad byte they leave out


def _ogg_has_its_end(path: Path) -> bool:
    """Say whether the last page is whole and marked as the last."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 2 * MAX_PAGE_BYTES))
        tail = file.read()
    page = tail[tail.rfind(b"OggS") :]
    if len(page) < 27 or not page[5] & 4:
        return False
    n_segments = page[26]
    body = sum(page[27 : 27 + n_segments])
    return len(page) >= 27 + n_segments + body
