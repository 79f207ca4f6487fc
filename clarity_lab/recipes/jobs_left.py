"""Slurm's jobs outlive a killed run: noted when they start, ended by the next run."""

from __future__ import annotations

import re
import subprocess
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from clarity_lab.whole import write_whole

NOTE = "slurm_jobs.txt"
PATIENCE_S = 180.0
"""Slurm kills a job that ignores its wish to end after KillWait, usually 30 s."""

ASK_EVERY_S = 1.0
SQUEUE = ("squeue", "--noheader", "--array", "--format=%i")


@dataclass(frozen=True)
class Note:
    """Which jobs a run has in Slurm's queue; gone when the run has ended well.

    Attributes:
        path: The file: a line that ends all of them, then their ids.
        name: Theirs alone, so that no other job of this user is ended with them.
    """

    path: Path
    name: str

    @classmethod
    def begin(cls, folder: Path) -> Note:
        """Choose a name and note it, before there is a job."""
        folder.mkdir(parents=True, exist_ok=True)
        note = cls(folder / NOTE, f"clarity-lab-{uuid.uuid4().hex[:12]}")
        write_whole(note.path, f"{note.stop}\n")
        return note

    @classmethod
    def read(cls, path: Path) -> Note:
        """The note of an earlier run.

        Raises:
            ValueError: If it is none.
        """
        text = path.read_text(encoding="utf-8", errors="replace")
        found = re.match(r"scancel --name=(clarity-lab-[0-9a-f]{12})\n", text)
        if not found:
            raise ValueError(
                f"expected a first line `scancel --name=clarity-lab-...` in {path}, "
                "got something else. See with squeue whether jobs of an earlier run "
                "are still there, end them with scancel, then delete this file."
            )
        return cls(path, found[1])

    @property
    def stop(self) -> str:
        """The command that ends all of the jobs."""
        return f"scancel --name={self.name}"

    def add(self, ids: Iterable[str]) -> None:
        """Note jobs as soon as Slurm has them."""
        before = self.path.read_text(encoding="utf-8")
        write_whole(self.path, before + "".join(f"{one}\n" for one in ids))

    def end(self) -> None:
        """Forget it: no job is left."""
        self.path.unlink(missing_ok=True)


def end_jobs_left(folder: Path) -> None:
    """End jobs of an earlier run that still wait or work, lest two do the same.

    Args:
        folder: That of the logs, as `run_chunks` was given it.

    Raises:
        RuntimeError: If Slurm cannot be asked, or they do not end.
        ValueError: If the note is damaged.
    """
    if not (folder / NOTE).exists():
        return
    note = Note.read(folder / NOTE)
    left = _in_queue(note)
    if left:
        shown = ", ".join(left[:3]) + (", ..." if len(left) > 3 else "")
        print(
            f"{len(left)} Slurm job(s) of a run that broke off are still there "
            f"({shown}): they are ended now. What they have finished stays.",
            flush=True,
        )
        _run(note, *note.stop.split())
    end_s = time.monotonic() + PATIENCE_S
    while left := _in_queue(note):
        if time.monotonic() > end_s:
            raise RuntimeError(
                f"expected Slurm to end job(s) {', '.join(left)} of an earlier run in "
                f"{PATIENCE_S:g} s, but they are still there. Wait, or ask whoever "
                f"runs the cluster; `{note.stop}` ends them."
            )
        time.sleep(ASK_EVERY_S)
    note.end()


def _in_queue(note: Note) -> list[str]:
    """Ids of the jobs that wait, work or are just ending."""
    return _run(note, *SQUEUE, f"--name={note.name}").split()


def _run(note: Note, *words: str) -> str:
    try:
        said = subprocess.run(words, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        reason = getattr(error, "stderr", None) or error
        raise RuntimeError(
            f"expected {words[0]} to answer, for jobs of an earlier run may still be "
            f"at work: {str(reason).strip()}. Run this where Slurm is. If you know "
            f"that none is left, delete {note.path}."
        ) from error
    return said.stdout
