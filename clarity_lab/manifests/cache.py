"""The cache: where it is, who may write in it now, and what may be deleted.

<cache>/CACHEDIR.TAG          the mark: without it nothing is ever deleted
<cache>/<set>/<path>          whole, verified files only
<cache>/.door/<set>/          the lock, what was verified, what is under way
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clarity_lab.manifests.disk import disk_explained
from clarity_lab.manifests.errors import CacheError, DataError
from clarity_lab.manifests.progress import say

MARK = "CACHEDIR.TAG"
MARK_TEXT = """Signature: 8a477f597d28d172789f06886806bc55
# Cache of clarity_lab: what lies here can be fetched again.
# The first line tells backup programs so, see https://bford.info/cachedir/
"""
OWNER = "clarity_lab"


def where(name: str | None = None) -> Path:
    """The cache folder, or a set's folder in it, whether or not it exists yet.

    CLARITY_LAB_CACHE names another place than the system's usual one.

    Args:
        name: A set; None for the cache itself.

    Returns:
        The folder. Delete from it with `clean`, not by hand.

    Raises:
        DataError: If the name could not be a set's.
    """
    root = os.environ.get("CLARITY_LAB_CACHE")
    if root:
        folder = Path(root).expanduser().absolute()
    else:
        import platformdirs

        folder = platformdirs.user_cache_path("clarity-lab")
    return folder if name is None else folder / _plain(name)


def desk(name: str) -> Path:
    """The door's own folder for one set: lock, records, what is under way."""
    return where() / ".door" / _plain(name)


def _plain(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", str(name)):
        raise DataError(
            f"expected the name of a data set in small letters, got {name!r}. "
            "manifests.names() lists them."
        )
    return name


@contextmanager
def locked(name: str) -> Iterator[Path]:
    """Make the cache ready for one set and keep other processes out of it.

    A second process says that it waits, and goes on when the first is done.

    Yields:
        The folder for what is under way, on the same disk as the set's folder.

    Raises:
        CacheError: If the cache cannot be written.
    """
    from filelock import FileLock, Timeout

    incoming = desk(name) / "incoming"
    with disk_explained(where()):
        _mark(where())
        incoming.mkdir(parents=True, exist_ok=True)
        lock = FileLock(desk(name) / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            say(f"{name}: another process is fetching this set; waiting for it.")
            lock.acquire()
    try:
        yield incoming
    finally:
        lock.release()


def _mark(folder: Path) -> None:
    """Put the mark into an empty folder; never into one that holds other things."""
    folder.mkdir(parents=True, exist_ok=True)
    if _is_marked(folder):
        return
    if any(folder.iterdir()):
        raise CacheError(
            f"expected an empty folder or a cache of clarity_lab, but {folder} holds "
            "other things. Set CLARITY_LAB_CACHE to a new folder, for example "
            f"{folder / 'clarity-lab'}."
        )
    (folder / MARK).write_text(MARK_TEXT, encoding="utf-8")


def _is_marked(folder: Path) -> bool:
    mark = folder / MARK
    return mark.is_file() and OWNER in mark.read_text("utf-8", errors="replace")


def clean(name: str | None = None) -> int:
    """Delete a set, or all sets, from the cache; everything can be fetched again.

    Only what the door itself put into a cache with its mark is deleted. One's own
    folders and the package are never touched.

    Args:
        name: A set; None for all of them.

    Returns:
        How many bytes became free.

    Raises:
        CacheError: If the folder has no mark, so it may be somebody else's.
    """
    root = where()
    folder = where(name)
    if not folder.exists() and not (name and desk(name).exists()):
        return 0
    if not _is_marked(root):
        raise CacheError(
            f"expected the mark {MARK} of clarity_lab in {root}, found none: this may "
            "not be our cache, so nothing was deleted. Is CLARITY_LAB_CACHE right?"
        )
    known = [name] if name else [path.name for path in (root / ".door").glob("*")]
    with disk_explained(root):
        return sum(_clean_one(each) for each in known)


def _clean_one(name: str) -> int:
    with locked(name):
        freed = _delete(where(name))
        for path in desk(name).iterdir():
            freed += _delete(path) if path.name != "lock" else 0
    return freed


def _delete(path: Path) -> int:
    """Delete a file or a tree; of a link only the link, never what it points to."""
    if path.is_symlink() or path.is_file():
        freed = path.lstat().st_size
        path.unlink()
        return freed
    if not path.exists():
        return 0
    files = [file for file in path.rglob("*") if not file.is_dir() or file.is_symlink()]
    freed = sum(file.lstat().st_size for file in files)
    shutil.rmtree(path)
    return freed
