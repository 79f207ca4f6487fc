"""Open a sound file, or say what stands in the way.

libsndfile reads a WAV or an OGG that was cut short as if it had always ended there.
Both say in their own words where they end; this reads those words.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path

import soundfile

UNKNOWN_FRAMES = 2**62
"""libsndfile counts this many and more where the header has no length."""

UNKNOWN_LENGTH = 0x7FFFF000
"""Programs that write a WAV into a pipe put a size from here upwards."""

MAX_PAGE_BYTES = 65_307
"""Longest page of an OGG stream (RFC 3533, section 6)."""


def open_sound(path: str | os.PathLike) -> soundfile.SoundFile:
    """Open a sound file for reading, or say why that cannot be.

    Raises:
        FileNotFoundError: If there is no such file; names like it are listed.
        IsADirectoryError: If it is a folder.
        ValueError: If it is no sound file, or its end is missing.
    """
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"expected a sound file, got the folder {path}.")
    if not path.exists():
        raise FileNotFoundError(f"there is no file {path}. {_what_is_near(path)}")
    try:
        file = soundfile.SoundFile(path)
    except (soundfile.LibsndfileError, TypeError) as error:  # TypeError: a .raw file
        reason = getattr(error, "error_string", error)
        raise ValueError(
            f"expected a sound file, got {path} of {path.stat().st_size} bytes, which "
            f"cannot be read ({reason}). Is it whole, and does it hold "
            "sound? AAC, M4A and WMA must be converted to WAV, FLAC, OGG or MP3."
        ) from error
    try:
        _require_known_length(file, path)
        _require_complete(path, container=file.format)
    except ValueError:
        file.close()
        raise
    return file


def _require_known_length(file: soundfile.SoundFile, path: Path) -> None:
    if file.frames >= UNKNOWN_FRAMES:
        raise ValueError(
            f"expected a file that says how long it is, got {path}: it was written as "
            "a stream. Write it once more, for example: ffmpeg -i in.flac out.flac."
        )


def _what_is_near(path: Path) -> str:
    """Say what is near a path that leads nowhere."""
    if not path.parent.is_dir():
        return f"Its folder {path.parent} does not exist either."
    names = [entry.name for entry in path.parent.iterdir()]
    close = difflib.get_close_matches(path.name, names, n=3)
    if close:
        return f"Did you mean {' or '.join(close)}?"
    return f"The folder {path.parent} holds {len(names)} other name(s), none like it."


def _require_complete(path: Path, *, container: str) -> None:
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
