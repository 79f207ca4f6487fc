"""What the door tells people: what it will fetch, and what to do if it cannot."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from clarity_lab.manifests.manifest import DataFile, Manifest
from clarity_lab.manifests.progress import megabytes, say

LONG_BYTES = 1_000_000
SHOWN = 3
LOCAL = ("bundled", "ask")


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
        lines.append(f"  {file.path} ({megabytes(file.bytes)})")
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
