"""Names that become names of files, on every system."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

FORBIDDEN = '<>:"/\\|?*'
"""What Windows refuses in a name; "/" and "\\" lead to other folders everywhere."""


def require_file_name(name: str, *, what: str) -> str:
    """Return a name that files can be called after, or say why they cannot.

    Args:
        name: Of a scene, a room, a listener.
        what: What it names, for the message.

    Raises:
        ValueError: If it is empty, or holds a sign that means something in a path.

    Example:
        >>> require_file_name("S06001", what="scene")
        'S06001'
    """
    bad = [sign for sign in str(name) if sign in FORBIDDEN or not sign.isprintable()]
    if not isinstance(name, str) or not name.strip(". ") or bad:
        raise ValueError(
            f"expected a name of a {what} that files can be called after, letters and "
            f"digits without {FORBIDDEN} in between, got {name!r}."
        )
    return name


def require_inside(name: str, *, what: str) -> str:
    """Return a file's name, which may be in a folder, but not outside of all of them.

    Args:
        name: "CIN_fan_014.wav", "kitchen/fan.wav".
        what: What it names, for the message.

    Raises:
        ValueError: If it is empty, or leads out of the folder it is looked for in.

    Example:
        >>> require_inside("kitchen/fan.wav", what="interferer")
        'kitchen/fan.wav'
    """
    good = isinstance(name, str) and name.strip() and name.isprintable()
    for path in (PurePosixPath(name), PureWindowsPath(name)) if good else ():
        good = good and not path.anchor and ".." not in path.parts
    if not good:
        raise ValueError(
            f"expected the name of a file of the {what}, below its folder and without "
            f"'..' or ':', got {name!r}."
        )
    return name
