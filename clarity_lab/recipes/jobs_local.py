"""Chunks of work in processes of this machine."""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import pickle
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clarity_lab.recipes.jobs import outcome_of
from clarity_lab.whole import write_whole

if TYPE_CHECKING:
    from clarity_lab.recipes.jobs import Workers

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

MOST_PER_CORE = 2
"""More processes at once are no faster, and each takes up to half a GB."""


class LocalQueue:
    """Starts a process for each chunk, as many at once as asked for."""

    poll_s = 0.1

    def __init__(self, where: Workers, folder: Path) -> None:
        most = max(2, MOST_PER_CORE * (os.cpu_count() or 1))
        self._n_jobs, self._folder, self._n_started = where.n_jobs, folder, 0
        if where.n_jobs > most:
            print(f"{where.n_jobs} jobs asked for; {most} at once fill this machine.")
            self._n_jobs = most

    def n_free(self, n_running: int) -> int:
        """How many processes may be started now."""
        return self._n_jobs - n_running

    def submit(self, function: Callable, chunks: list[list]) -> list[LocalJob]:
        """Start a process for each chunk; they share the cores."""
        jobs = []
        with _threads(max(1, (os.cpu_count() or 1) // self._n_jobs)):
            for chunk in chunks:
                self._n_started += 1
                stem = self._folder / f"job-{self._n_started:04d}"
                jobs.append(LocalJob(function, chunk, stem))
        return jobs

    def close(self) -> None:
        """Nothing is left: processes die with us."""


class LocalJob:
    """One chunk in a process of its own, which dies when we do."""

    def __init__(self, function: Callable, chunk: list, stem: Path) -> None:
        self.log, self._result = stem.with_suffix(".log"), stem.with_suffix(".result")
        # A fresh process on every system: forked ones inherit locks and threads.
        self._process = multiprocessing.get_context("spawn").Process(
            target=_work, args=(function, chunk, self.log, self._result), daemon=True
        )
        self._process.start()

    def is_over(self) -> bool:
        """Whether the process has ended."""
        return not self._process.is_alive()

    def outcome(self) -> tuple[bool, Any]:
        """Its result, or the reason why there is none."""
        self._process.join()
        if not self._result.exists():
            return False, f"the process ended with exit code {self._process.exitcode}"
        outcome = pickle.loads(self._result.read_bytes())
        self._result.unlink()
        return outcome

    def cancel(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()


def _work(function: Callable, chunk: list, log: Path, result: Path) -> None:
    """What the process does: everything it says goes to the log."""
    threading.Thread(target=_die_with_parent, daemon=True).start()
    with log.open("w", encoding="utf-8", errors="replace", buffering=1) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        faulthandler.enable()
        write_whole(result, pickle.dumps(outcome_of(function, chunk)))


def _die_with_parent() -> None:
    """Go on for nobody: whoever is killed at once cannot stop its processes."""
    multiprocessing.parent_process().join()
    os._exit(1)


@contextmanager
def _threads(n: int) -> Iterator[None]:
    """Let processes started here compute with so many threads each."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update({name: before[name] or str(n) for name in THREADS})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
