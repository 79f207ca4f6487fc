"""Through whose ears a scene is heard: the challenge's heads, or the bundled one."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from clarity_lab.recipes.cec2.folders import Folders
from clarity_lab.scenes.building.scene import MICROPHONES
from clarity_lab.scenes.spatial.equalisation import free_field_equalised
from clarity_lab.scenes.spatial.hrir import Head, kemar, read_head

FOLDER = ("hrir", "HRIRs_MAT")
ENDINGS = (".mat", ".sofa")
BUNDLED = ("KEMAR", "KEMAR-equalised")
"""The head that comes with the package: its ear drums, and as a hearing aid hears with
it, without the canals. The challenge's own is called KEMAR-ED, KEMAR-BTE_fr, ..."""

NO_HEADS = "no heads"


def heads_in(folders: Folders) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which heads there are to draw from, and the microphones that all of them have.

    Args:
        folders: Where hrir/HRIRs_MAT is looked for.

    Returns:
        Names of heads, "VP_N6", and of microphones: the challenge's first two, three
            or four. A head called `NO_HEADS` if there is none with the first two.
    """
    folder = folders.find(*FOLDER)
    paths = folder.iterdir() if folder else ()
    names = {path.stem for path in paths if path.suffix in ENDINGS}
    heads = sorted({name.rpartition("-")[0] for name in names if "-" in name})
    for n in range(len(MICROPHONES), 1, -1):
        microphones = MICROPHONES[:n]
        whole = [h for h in heads if all(f"{h}-{m}" in names for m in microphones)]
        if whole:
            return tuple(whole), microphones
    return (NO_HEADS,), MICROPHONES[:1]


def head_path(folders: Folders, name: str) -> Path | None:
    """The file of a head; None if it comes with the package.

    Raises:
        FileNotFoundError: If there is none of that name.
    """
    for ending in ENDINGS:
        path = folders.find(*FOLDER, name + ending)
        if path is not None:
            return path
    if name in BUNDLED:
        return None
    raise FileNotFoundError(
        f"expected the head {name} as {folders.places(*FOLDER, name + ENDINGS[0])}, "
        "got none there"
    )


@lru_cache(maxsize=8)
def load_head(name: str, path: Path | None) -> Head:
    """Read a head once for many scenes; without a path it is one of `BUNDLED`."""
    if path is not None:
        return read_head(path)
    return kemar() if name == BUNDLED[0] else free_field_equalised(kemar())
