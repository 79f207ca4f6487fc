"""Open a sound file, or say what stands in the way."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

import soundfile

from clarity_lab.audio.completeness import require_complete

UNKNOWN_FRAMES = 2**62
"""libsndfile counts this many and more where the header has no length."""


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
        raise FileNotFoundError(f"there is no file {path}. {_look_around(path)}")
    try:
        file = soundfile.SoundFile(path)
    except soundfile.LibsndfileError as error:
        raise ValueError(
            f"expected a sound file, got {path} of {path.stat().st_size} bytes, which "
            f"cannot be read ({error.error_string}). Is it whole, and does it hold "
            "sound? AAC, M4A and WMA must be converted to WAV, FLAC, OGG or MP3."
        ) from error
    try:
        _require_known_length(file, path)
        require_complete(path, container=file.format)
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


def _look_around(path: Path) -> str:
    """Say what is near a path that leads nowhere."""
    if not path.parent.is_dir():
        return f"Its folder {path.parent} does not exist either."
    names = [entry.name for entry in path.parent.iterdir()]
    close = difflib.get_close_matches(path.name, names, n=3)
    if close:
        return f"Did you mean {' or '.join(close)}?"
    return f"The folder {path.parent} holds {len(names)} other name(s), none like it."
