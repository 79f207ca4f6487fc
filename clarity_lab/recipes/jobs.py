"""Chunks of work: in this process, in several, or on a Slurm cluster; one code path.

A chunk that fails, by an error or by the death of its process, is tried again; what
fails for good is told with the last words of its log. Logs are kept.
"""

from __future__ import annotations

import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from clarity_lab.checks import require_choice

CLUSTERS = ("local", "slurm")
LAST_LINES = 8
LARGEST_CHUNK = 50


@dataclass(frozen=True)
class Workers:
    """On how many processes of which machines, and how patiently.

    Attributes:
        cluster: "local": this machine; "slurm": through submitit.
        n_jobs: How many at once; 1 on "local" is this very process. On Slurm it holds
            for all first tries together; failed chunks are submitted once more beside.
        retries: How often a failed chunk is tried again.
        chunk_size: Things in one chunk; 0 chooses. In this very process always 1.
        minutes: How long Slurm lets one chunk run.
        partition: Of the Slurm cluster; None takes its default.
        slurm: More settings for sbatch: {"account": "lab", "mem": "4GB"}.
    """

    cluster: str = "local"
    n_jobs: int = 1
    retries: int = 2
    chunk_size: int = 0
    minutes: int = 240
    partition: str | None = None
    slurm: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_choice(self.cluster, name="cluster", choices=CLUSTERS)
        lowest = {"n_jobs": 1, "retries": 0, "chunk_size": 0, "minutes": 1}
        for name, least in lowest.items():
            if (got := getattr(self, name)) < least:
                word = f"--{name.removeprefix('n_').replace('_', '-')}"
                raise ValueError(
                    f"expected {name} ({word}) of at least {least}, got {got}."
                )

    @property
    def is_here(self) -> bool:
        """Whether all happens in this process."""
        return self.cluster == "local" and self.n_jobs == 1

    def chunks_of(self, things: Sequence) -> list[list]:
        """Cut work into chunks: small enough to lose one, large enough to start one.

        Example:
            >>> Workers(n_jobs=2).chunks_of(range(10))
            [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9]]
        """
        size = self.chunk_size
        if not size:  # about four chunks a process, so that none waits long at the end
            size = max(1, min(LARGEST_CHUNK, -(-len(things) // (4 * self.n_jobs))))
        size = 1 if self.is_here else size
        return [list(things[k : k + size]) for k in range(0, len(things), size)]


@dataclass(frozen=True)
class Failure:
    """A chunk that failed for good.

    Attributes:
        chunk: What was to be done.
        reason: Why, in one line.
        log: All that its last try wrote.
        last_lines: The end of it.
    """

    chunk: list
    reason: str
    log: Path
    last_lines: str


@dataclass
class Finished:
    """What came out of all chunks.

    Attributes:
        results: Of the chunks that succeeded, as they came in.
        failures: The others.
        n_retried: How many tries failed and were repeated.
    """

    results: list = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    n_retried: int = 0


class Job(Protocol):
    """One try of one chunk, somewhere."""

    log: Path

    def is_over(self) -> bool:
        """Whether it has ended, well or not."""

    def outcome(self) -> tuple[bool, Any]:
        """Whether it succeeded, and its result or the reason why not."""

    def cancel(self) -> None:
        """End it."""


class Queue(Protocol):
    """Where jobs are started."""

    poll_s: float
    """How often to look whether jobs are over."""

    def n_free(self, n_running: int) -> int:
        """How many more may be handed over now."""

    def submit(self, function: Callable, chunks: list[list]) -> list[Job]:
        """Start one job for each chunk."""

    def close(self) -> None:
        """All jobs are over."""


def run_chunks(
    function: Callable[[list], Any],
    chunks: Iterable[list],
    *,
    where: Workers,
    folder: Path,
    on_chunk: Callable[[list], None] = lambda chunk: None,
) -> Finished:
    """Call a function with each chunk and collect what it returns.

    Args:
        function: Defined at the top of a module, so that other processes find it, or a
            partial of such a one. It should leave alone what an earlier try has done.
        chunks: Lists of whatever it works on.
        where: On which machines.
        folder: Gets a folder for the logs of this run.
        on_chunk: Is told of each chunk that is over, for a progress bar.

    Returns:
        Results and failures. In this very process (`where.is_here`) an error is raised
            at once instead, as it would be without this function.

    Raises:
        RuntimeError: If there is no Slurm here and it is asked for.
    """
    if where.is_here:
        return _run_here(function, chunks, on_chunk)
    finished, queue = Finished(), _queue(where, _fresh(folder))
    waiting = deque((chunk, 1) for chunk in chunks)
    running: dict[Job, tuple[list, int]] = {}
    try:
        while waiting or running:
            n_next = min(queue.n_free(len(running)), len(waiting))
            tries = [waiting.popleft() for _ in range(n_next)]
            if tries:
                jobs = queue.submit(function, [chunk for chunk, _ in tries])
                running.update(zip(jobs, tries, strict=True))
            over = [job for job in running if job.is_over()]
            for job in over:
                chunk, n_tries = running.pop(job)
                succeeded, result = job.outcome()
                if succeeded:
                    finished.results.append(result)
                elif n_tries <= where.retries:
                    finished.n_retried += 1
                    waiting.append((chunk, n_tries + 1))
                    continue
                else:
                    finished.failures.append(_failure(chunk, result, job.log))
                on_chunk(chunk)
            if not over:
                time.sleep(queue.poll_s)
    finally:
        for job in running:
            job.cancel()
    queue.close()
    return finished


def _run_here(function: Callable, chunks: Iterable, on_chunk: Callable) -> Finished:
    finished = Finished()
    for chunk in chunks:
        finished.results.append(function(chunk))
        on_chunk(chunk)
    return finished


def outcome_of(function: Callable[[list], Any], chunk: list) -> tuple[bool, Any]:
    """Call a function where nobody sees its error: in a process or on another machine.

    Args:
        function: What to do.
        chunk: With what.

    Returns:
        Whether it succeeded, and its result, or the error in one line; all of it goes
            to the log.
    """
    try:
        return True, function(chunk)
    except Exception as error:  # whatever it is, somebody else has to be told
        traceback.print_exc()
        return False, f"{type(error).__name__}: {error}"


def _queue(where: Workers, folder: Path) -> Queue:
    if where.cluster == "slurm":
        from clarity_lab.recipes.jobs_slurm import SlurmQueue

        return SlurmQueue(where, folder)
    from clarity_lab.recipes.jobs_local import LocalQueue

    return LocalQueue(where, folder)


def _fresh(folder: Path) -> Path:
    """A folder that no earlier run has used."""
    stem, n = time.strftime("%Y-%m-%d-%H%M%S"), 0
    while True:
        fresh = folder / (f"{stem}-{n}" if n else stem)
        try:
            fresh.mkdir(parents=True)
        except FileExistsError:
            n += 1
        else:
            return fresh.absolute()


def _failure(chunk: list, reason: str, log: Path) -> Failure:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    said = [line for line in lines if line.strip()][-LAST_LINES:]
    return Failure(chunk, reason, log, "\n".join(said) or "(the log is empty)")
