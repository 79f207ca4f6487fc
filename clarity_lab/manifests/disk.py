"""Room on the disk, and what a disk's refusals mean."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clarity_lab.manifests.errors import CacheError, DiskFullError
from clarity_lab.manifests.progress import megabytes

FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
FORBIDDEN = {errno.EROFS, errno.EACCES, errno.EPERM}
IN_THE_WAY = {errno.ENOTDIR, errno.EEXIST, errno.EISDIR}
MOVE = "Set CLARITY_LAB_CACHE to a folder"


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
