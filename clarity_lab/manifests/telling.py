"""What clarity-lab says while it gets data: what comes, how far it is, what to do."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clarity_lab.manifests.manifest import DataFile, Manifest

BAR_AFTER_S = 2.0
LONG_BYTES = 1_000_000
SHOWN = 3
LOCAL = ("bundled", "ask")


def in_notebook() -> bool:
    """Whether this Python is the kernel of a notebook."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


def say(text: str) -> None:
    """Show one line: in the cell of a notebook, else beside the standard output."""
    print(text, file=sys.stdout if in_notebook() else sys.stderr, flush=True)


def megabytes(n_bytes: int) -> str:
    """A length a student can read, in decimal units.

    Example:
        >>> megabytes(38_914_602), megabytes(44)
        ('38.9 MB', '44 bytes')
    """
    if n_bytes < 1_000:
        return f"{n_bytes} bytes"
    if n_bytes < 100_000:
        return f"{n_bytes / 1e3:.1f} kB"
    return f"{n_bytes / 1e6:.1f} MB" if n_bytes < 1e9 else f"{n_bytes / 1e9:.1f} GB"


def bar(name: str, *, total: int, done: int, show: bool) -> AbstractContextManager:
    """A bar that appears after two seconds, where somebody can see it."""
    from tqdm.auto import tqdm

    hidden = not show or not (in_notebook() or sys.stderr.isatty())
    return tqdm(
        desc=name,
        total=total,
        initial=done,
        unit="B",
        unit_scale=True,
        delay=BAR_AFTER_S,
        disable=hidden,
        leave=False,
    )


def announce(manifest: Manifest, files: Sequence[DataFile]) -> None:
    """Before a long download say what comes from where, under which licence."""
    first = [next((s for s in f.sources if s.kind not in LOCAL), None) for f in files]
    comes = {}
    for file, source in zip(files, first, strict=True):
        if source is not None:
            carrier = source.carrier or source
            content = carrier.content or file.content
            comes[str(carrier)] = content.bytes if content else 0
    total = sum(comes.values())
    if total >= LONG_BYTES:
        more = f" and {len(comes) - 1} more" if len(comes) > 1 else ""
        say(
            f"{manifest.name}: fetching {megabytes(total)} for {len(files)} file(s) "
            f"from {next(iter(comes))}{more}. Licence: {manifest.licence}"
        )


def how_to_bring(
    manifest: Manifest,
    files: Sequence[DataFile],
    reasons: Mapping[str, Sequence[str]],
) -> str:
    """Say what is missing, what was tried, and how to bring it by hand."""
    lines = [
        f"expected {manifest.name!r} ({manifest.title}), but {len(files)} of "
        f"{len(manifest.files)} file(s) are not here and could not be fetched:"
    ]
    for file in files[:SHOWN]:
        size = f" ({megabytes(file.bytes)})" if file.content else ""
        lines.append(f"  {file.path}{size}")
        lines += [f"    tried {reason}" for reason in reasons[file.path]]
    if len(files) > SHOWN:
        lines.append(f"  ... and {len(files) - SHOWN} more")
    return "\n".join([*lines, *_by_hand(manifest, files[0])])


def _by_hand(manifest: Manifest, file: DataFile) -> list[str]:
    named = os.environ.get("CLARITY_LAB_DATA", "").split(os.pathsep)[0]
    folder = Path(named or Path.home() / "clarity-data").expanduser()
    inside = manifest.own_folder or manifest.name
    lines = [f"By hand: get it at {manifest.homepage}, then put it here:"]
    for path in dict.fromkeys((file.path, file.place)):
        unpacked = " (unpacked)" if path == file.unpack else ""
        lines.append(f"  {folder / inside / path}{unpacked}")
    if not named:
        lines.append(f"and set CLARITY_LAB_DATA={folder} before Python starts.")
    return [*lines, "Or run the same again later: what has arrived is kept."]
