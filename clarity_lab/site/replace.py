"""Put a new site in the place of an older one, and of nothing else."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from clarity_lab.site.shelf import SUFFIXES

MARK = '<meta name="generator" content="clarity_lab'
SHELVED = re.compile(
    rf"(sounds|pictures)/[0-9a-f]{{16}}\.({'|'.join(SUFFIXES.values())})"
)


def require_place(output: Path) -> None:
    """Raise unless there can be a folder of that name.

    Raises:
        ValueError: If it has no name, or something above it is no folder.
    """
    if not output.name:
        raise ValueError(
            f"expected --output as a folder for the site alone, got {output}. "
            f"Try --output {output / 'site'}."
        )
    above = next(one for one in output.parents if one.exists())
    if not above.is_dir():
        raise ValueError(
            f"expected --output in a folder, got {output}, and {above} is a file. "
            "Say --output with another folder."
        )


def require_replaceable(output: Path) -> None:
    """Raise unless a folder is absent, empty or an older site: others are not deleted.

    Raises:
        ValueError: If something else lies there.
    """
    if not output.exists() or (output.is_dir() and not any(output.iterdir())):
        return
    if not _is_page(output / "index.html"):
        raise ValueError(
            f"expected {output} to be new, empty or an older site, got something else "
            "there. Say --output with another folder; this one stays as it is."
        )
    foreign = next(
        (one for one in sorted(output.rglob("*")) if _foreign(one, output)), None
    )
    if foreign is not None:
        raise ValueError(
            f"expected an older site and nothing else in {output}, got also {foreign}, "
            "which would be deleted. Move it, or say --output with another folder; "
            "this one stays as it is."
        )


def _foreign(path: Path, site: Path) -> bool:
    """Whether no site writes such a thing."""
    name = path.relative_to(site).as_posix()
    if path.is_symlink():
        return True
    if path.is_dir():
        return name not in {"sounds", "pictures"}
    if name in {"style.css", "page.js"} or SHELVED.fullmatch(name):
        return False
    return path.parent != site or path.suffix != ".html" or not _is_page(path)


def _is_page(path: Path) -> bool:
    return path.is_file() and MARK in path.read_text("utf-8", errors="replace")


def replace_folder(output: Path, new: Path) -> None:
    """Put a new folder in the place of an old one, which comes back if that fails.

    Raises:
        ValueError: If meanwhile something came there that is not the site's.
    """
    require_replaceable(output)
    old = new.with_name("old")
    shutil.rmtree(old, ignore_errors=True)
    if output.exists():
        output.replace(old)
    try:
        new.replace(output)
    except OSError:
        if old.exists():
            old.replace(output)
        raise
    shutil.rmtree(old, ignore_errors=True)
