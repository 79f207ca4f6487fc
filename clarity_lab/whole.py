"""Files that are whole or not there: nobody ever reads half of one."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def write_whole(path: Path, content: str | bytes) -> None:
    r"""Write a file under a temporary name beside it, then rename it.

    Args:
        path: The file to write or to replace; its folder must be there.
        content: Bytes as they are, or text, written as UTF-8 with "\n" line ends.

    Raises:
        OSError: If it cannot be written; the file is then as it was before.
    """
    if isinstance(content, str):
        content = content.encode("utf-8")
    temporary = _beside(path)
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def require_writable(path: Path) -> None:
    """Raise if `write_whole` could not write there; leaves nothing behind.

    Raises:
        OSError: If the folder cannot be written to, or the name cannot be.
    """
    temporary = _beside(path)
    try:
        temporary.touch()
    finally:
        temporary.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.{os.getpid()}.new")


def json_text(value: Any, **options: Any) -> str:
    """JSON with every digit; NaN is refused.

    Importing pyClarity's scene builder makes the whole process round to four digits
    when it writes JSON; not here.
    """
    theirs = vars(json.encoder).pop("float", None)
    try:
        return json.dumps(value, allow_nan=False, **options)
    finally:
        if theirs is not None:
            json.encoder.float = theirs
