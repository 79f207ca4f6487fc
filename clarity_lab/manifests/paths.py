"""Which names and relative paths are safe to write, on every operating system."""

from __future__ import annotations

import re

WINDOWS_DEVICES = {"con", "prn", "aux", "nul"} | {
    f"{port}{digit}" for port in ("com", "lpt") for digit in range(1, 10)
}


def is_set_name(name: object) -> bool:
    """Whether a set may be called so, as it names files and folders.

    Example:
        >>> is_set_name("mini-librispeech"), is_set_name("../elsewhere")
        (True, False)
    """
    return re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", str(name)) is not None


def require_safe_path(path: str) -> str:
    """Return a relative path with forward slashes if no system could be fooled by it.

    Args:
        path: A path out of a manifest or an archive, parts divided by "/".

    Returns:
        The same path.

    Raises:
        ValueError: If it is absolute, climbs with "..", or has a part that some
            operating system reads as a drive, a stream, a device or another name.

    Example:
        >>> require_safe_path("speech/anna.wav")
        'speech/anna.wav'
    """
    problem = _problem(path)
    if problem:
        raise ValueError(
            f"expected a relative path such as speech/anna.wav, got {path!r}: "
            f"{problem}."
        )
    return path


def _problem(path: str) -> str:
    if not isinstance(path, str) or not path:
        return "it is no text, or empty"
    if path.startswith("/"):
        return "it is absolute"
    for character, name in (("\\", "a backslash"), (":", "a colon")):
        if character in path:
            return f"it has {name}, which Windows reads as a folder or a drive"
    if any(ord(character) < 32 for character in path):
        return "it has a control character"
    return next(filter(None, map(_part_problem, path.split("/"))), "")


def _part_problem(part: str) -> str:
    if part in ("", ".", ".."):
        return f"it has the part {part!r}"
    if part[-1] in ". ":
        return f"Windows drops the end of {part!r}"
    if part.split(".")[0].strip().lower() in WINDOWS_DEVICES:
        return f"{part!r} is a device on Windows"
    return ""
