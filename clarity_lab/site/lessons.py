"""Which lessons there are, and what an executed one depends on."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import clarity_lab

PACKAGE = Path(clarity_lab.__file__).parent
NEEDED = ("numpy", "scipy", "numba", "soundfile", "soxr", "matplotlib", "librosa")
NEEDED += ("torch", "ipython", "ipywidgets", "anywidget", "nbclient", "pandas")
"""Packages whose version can change what a lesson shows or plays."""


@dataclass(frozen=True)
class Lesson:
    """One notebook, and the page that it becomes.

    Attributes:
        path: Of the notebook.
    """

    path: Path

    @property
    def number(self) -> str:
        """What stands before the first underscore: "00"."""
        return self.path.stem.split("_")[0]

    @property
    def page(self) -> str:
        """The name of its page: "00_start_here.html"."""
        return f"{self.path.stem}.html"


def find_lessons(folder: Path, only: Sequence[str] = ()) -> list[Lesson]:
    """Find the lessons of a folder, in their order.

    Args:
        folder: Holds notebooks named "NN_name.ipynb"; others are no lessons.
        only: Numbers or names of the lessons that are wanted; empty means all.

    Raises:
        ValueError: If there are no lessons, or a wanted one is not among them.
    """
    lessons = [Lesson(path) for path in sorted(folder.glob("[0-9]*_*.ipynb"))]
    if not lessons:
        raise ValueError(
            f"expected lessons named NN_name.ipynb in {folder}, got none. Run this in "
            "the repository's root, or say --folder."
        )
    names = {lesson.number for lesson in lessons} | {one.path.stem for one in lessons}
    unknown = [word for word in only if word not in names]
    if unknown:
        there = ", ".join(lesson.number for lesson in lessons)
        raise ValueError(f"expected lessons among {there}, got {', '.join(unknown)}.")
    return [one for one in lessons if not only or {one.number, one.path.stem} & {*only}]


def key_of(lesson: Lesson) -> str:
    """Name the state of everything that an executed lesson depends on.

    The lesson's text, every file of this package but the site's own, the Python and
    the packages below it.

    Returns:
        20 hexadecimal digits, equal as long as nothing of that changed.
    """
    source = lesson.path.read_bytes()
    return hashlib.sha256(_environment_key().encode() + source).hexdigest()[:20]


@cache
def _environment_key() -> str:
    digest = hashlib.sha256(sys.version.encode())
    for name in NEEDED:
        digest.update(f"{name} {_version_of(name)}\n".encode())
    for path in _package_files():
        digest.update(path.relative_to(PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _package_files() -> Iterable[Path]:
    """Everything that a lesson could import, read or play."""
    for path in sorted(PACKAGE.rglob("*")):
        inside = path.relative_to(PACKAGE).parts
        hidden = "__pycache__" in inside or inside[0] == "site"
        if path.is_file() and not (hidden and path.name != "in_kernel.py"):
            yield path


def _version_of(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def text_without_marks(markdown: str) -> str:
    """A line of Markdown as plain words.

    Example:
        >>> text_without_marks("# 11 · *Hearing* `loss`")
        '11 · Hearing loss'
    """
    return re.sub(r"[#*`]", "", markdown).strip()
