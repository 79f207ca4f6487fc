"""The cache: where it is, who may write in it now, its disk, what may be deleted.

<cache>/CACHEDIR.TAG          the mark: without it nothing is ever deleted
<cache>/<set>/<path>          whole, verified files only
<cache>/.door/<set>/          the lock, what was verified, what is under way
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clarity_lab.manifests.errors import CacheError, DataError, DiskFullError
from clarity_lab.manifests.paths import is_set_name
from clarity_lab.manifests.telling import megabytes, say
from clarity_lab.whole import write_whole

MARK = "CACHEDIR.TAG"
MARK_TEXT = """Signature: 8a477f597d28d172789f06886806bc55
# Cache of clarity_lab: what lies here can be fetched again.
# The first line tells backup programs so, see https://bford.info/cachedir/
"""
OWNER = "clarity_lab"
FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
FORBIDDEN = {errno.EROFS, errno.EACCES, errno.EPERM}
IN_THE_WAY = {errno.ENOTDIR, errno.EEXIST, errno.EISDIR}
MOVE = "Set CLARITY_LAB_CACHE to a folder"


def where(name: str | None = None) -> Path:
    """The cache folder, or a set's folder in it, whether or not it exists yet.

    CLARITY_LAB_CACHE names another place than the system's usual one.

    Args:
        name: A set; None for the cache itself.

    Returns:
        The folder. Delete from it with `clean`, not by hand.

    Raises:
        CacheError: If this account has no home folder and none is named.
        DataError: If the name could not be a set's.
    """
    root = os.environ.get("CLARITY_LAB_CACHE")
    if root:
        folder = Path(root).expanduser().absolute()
    else:
        import platformdirs

        try:
            folder = platformdirs.user_cache_path("clarity-lab")
        except RuntimeError as error:  # an account without a home, as in containers
            raise CacheError(
                f"{error}; or set CLARITY_LAB_CACHE to a folder."
            ) from error
    return folder if name is None else folder / _plain(name)


def state_folder(name: str) -> Path:
    """What is noted about one set: lock, records, what is under way."""
    return where() / ".door" / _plain(name)


def _plain(name: str) -> str:
    if not is_set_name(name):
        raise DataError(
            f"expected the name of a set in small letters, got {name!r}. "
            "manifests.names() lists them."
        )
    return name


def require_room(folder: Path, n_bytes: int) -> None:
    """Raise before anything is written if `n_bytes` more do not fit beside `folder`.

    Raises:
        DiskFullError: With the needed and the free bytes.
    """
    free = shutil.disk_usage(folder).free
    if n_bytes > free:
        raise DiskFullError(
            f"expected {n_bytes} free bytes ({megabytes(n_bytes)}) at {folder}, got "
            f"{free} ({megabytes(free)}). Make room with `clarity-lab data clean`. "
            f"{MOVE} on a larger disk."
        )


@contextmanager
def disk_explained(folder: Path, *, needed_bytes: int = 0) -> Iterator[None]:
    """Turn the system's refusals to write into messages that say what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            free = shutil.disk_usage(folder).free
            raise DiskFullError(
                f"the disk of {folder} is full: needed {needed_bytes} bytes, {free} "
                f"are free now. Make room with `clarity-lab data clean`. {MOVE} on a "
                "larger disk."
            ) from error
        if error.errno in FORBIDDEN:
            raise CacheError(
                f"expected a cache that can be written, got {error}. {MOVE} of yours."
            ) from error
        if error.errno in IN_THE_WAY:
            raise CacheError(
                f"expected a folder for the cache at {folder}, but a file is in the "
                f"way: {error}. {MOVE}, or move that file away."
            ) from error
        raise


def write_record(path: Path, text: str) -> None:
    """Write a record whole, and its folder if there is none yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text)


def read_json(path: Path) -> dict:
    """Read a record; none, or a broken one, is an empty one."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


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

    incoming = state_folder(name) / "incoming"
    with disk_explained(where()):
        _mark(where())
        incoming.mkdir(parents=True, exist_ok=True)
        lock = FileLock(state_folder(name) / "lock")
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

    Only what clarity_lab itself put into a cache with its mark is deleted. One's own
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
    if not folder.exists() and not (name and state_folder(name).exists()):
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
        for path in state_folder(name).iterdir():
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
