"""What jobs do in tests: other processes import it by this name, from this folder."""

import os
import time
from pathlib import Path


def doubled(chunk: list[int]) -> list[int]:
    return [2 * one for one in chunk]


def noted(folder: Path, chunk: list) -> int:
    """Leave a mark for each try; say how many there are."""
    marks = list(folder.glob(f"{chunk[0]}-*"))
    (folder / f"{chunk[0]}-{len(marks)}").touch()
    return len(marks) + 1


def dies_at_first(folder: Path, chunk: list) -> str:
    if noted(folder, chunk) == 1 and chunk[0] == 2:
        os._exit(7)
    return f"{chunk[0]} lives"


def always_fails(chunk: list) -> None:
    print("one step further")
    raise ValueError(f"no good: {chunk[0]}")


def sleeps(folder: Path, chunk: list) -> None:
    (folder / f"{chunk[0]}.pid").write_text(str(os.getpid()), encoding="ascii")
    time.sleep(60)


def sleeps_unless_first(folder: Path, chunk: list) -> None:
    if chunk[0] != 1:
        sleeps(folder, chunk)
    while not (folder / "2.pid").exists():
        time.sleep(0.05)
