"""Files of a room's places for interferers: ..._i1, ..._i2 and so on."""

from __future__ import annotations

import glob
from pathlib import Path


def numbered_files(folder: Path, stem: str, ending: str) -> list[Path]:
    """The files of all places, place 1 first.

    Args:
        folder: Where they lie.
        stem: What stands before the number, "HOA_R06001_i".
        ending: What stands behind it, ".wav".

    Returns:
        The files; none if there is none.

    Raises:
        FileNotFoundError: If one before the last is missing; names it.
    """
    numbers = {
        int(number)
        for path in folder.glob(f"{glob.escape(stem)}*{ending}")
        if (number := path.name.removeprefix(stem).removesuffix(ending)).isdecimal()
    }
    paths = [
        folder / f"{stem}{number}{ending}"
        for number in range(1, max(numbers, default=0) + 1)
    ]
    for path in paths:
        if not path.is_file():
            raise FileNotFoundError(
                f"expected {path.name} in {folder}, which has {paths[-1].name}: places "
                "are numbered from 1, without a gap."
            )
    return paths
