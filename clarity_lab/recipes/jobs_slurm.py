"""Chunks of work as array jobs of a Slurm cluster; submitit is met here only."""

from __future__ import annotations

import getpass
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clarity_lab.recipes.jobs import outcome_of
from clarity_lab.recipes.jobs_left import Note

if TYPE_CHECKING:
    from clarity_lab.recipes.jobs import Workers

ASK_EVERY_S = 2.0
GRACE_S = 5.0
"""How long a result may take to be seen here, written by another machine."""

OVER = ("BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL")
OVER += ("OUT_OF_MEMORY", "REVOKED", "TIMEOUT")


class SlurmQueue:
    """Hands chunks over to Slurm, all at once: it knows best when to start them."""

    poll_s = 1.0  # each look asks a shared disk once per job

    def __init__(self, where: Workers, folder: Path) -> None:
        import submitit

        try:
            self._executor = submitit.AutoExecutor(folder, cluster="slurm")
        except RuntimeError as error:
            raise RuntimeError(
                "expected Slurm's commands (srun, sbatch, squeue) on this machine, got "
                "none. Run this on the cluster's login node, or say --cluster local."
            ) from error
        self._note = Note.begin(folder.parent)
        print(
            "Slurm's jobs go on even if this run is killed. To end them: "
            f"{self._note.stop}; their ids: {self._note.path}",
            flush=True,
        )
        self._executor.update_parameters(
            name=self._note.name,
            timeout_min=where.minutes,
            slurm_array_parallelism=where.n_jobs,
            slurm_additional_parameters=dict(where.slurm),
            **({"slurm_partition": where.partition} if where.partition else {}),
        )
        self._states = _States()

    def n_free(self, n_running: int) -> int:
        """Slurm takes them all."""
        return 1_000

    def submit(self, function: Callable, chunks: list[list]) -> list[SlurmJob]:
        """Submit one array job.

        Raises:
            RuntimeError: If Slurm refuses it; says why.
        """
        try:
            jobs = self._executor.map_array(partial(outcome_of, function), chunks)
        except Exception as error:  # submitit raises its own, and what sbatch said
            raise RuntimeError(f"Slurm took no jobs: {error}") from error
        self._note.add(job.job_id for job in jobs)
        return [SlurmJob(job, self._states) for job in jobs]

    def close(self) -> None:
        """Forget the jobs: all are over."""
        self._note.end()


class SlurmJob:
    """One task of an array job.

    submitit asks Slurm's accounting, which small clusters do not have, and would wait
    for ever for a job that died. So the queue itself is asked.
    """

    def __init__(self, job: Any, states: _States) -> None:
        self._job, self._states = job, states
        self._submitted_s, self._over_since_s = time.monotonic(), None
        self.log: Path = job.paths.stderr

    def is_over(self) -> bool:
        """Whether its result is there, or Slurm has not got it any more."""
        if self._job.paths.result_pickle.exists():
            return True
        if self._states.is_active(self._job.job_id, since_s=self._submitted_s):
            self._over_since_s = None
            return False
        now_s = time.monotonic()
        self._over_since_s = self._over_since_s or now_s
        return now_s - self._over_since_s > GRACE_S

    def outcome(self) -> tuple[bool, Any]:
        """Its result, or the reason why there is none."""
        if not self._job.paths.result_pickle.exists():
            state = self._states.last.get(self._job.job_id, "gone")
            return False, f"Slurm ended job {self._job.job_id}: {state}"
        try:
            return self._job.result()
        except Exception as error:  # the job failed before it came to the function
            return False, str(error).strip().splitlines()[-1]

    def cancel(self) -> None:
        """Take it out of the queue."""
        self._job.cancel(check=False)


class _States:
    """What the queue says of our jobs, asked every now and then for all at once."""

    def __init__(self) -> None:
        self.last: dict[str, str] = {}
        self._asked_s = float("-inf")

    def is_active(self, job_id: str, *, since_s: float) -> bool:
        """Whether a job submitted then waits or runs, as far as one knows."""
        if time.monotonic() - self._asked_s > ASK_EVERY_S:
            self._ask()
        if self._asked_s < since_s:  # the last answer is older than the job
            return True
        return self.last.get(job_id, "gone").split(" ")[0] not in (*OVER, "gone")

    def _ask(self) -> None:
        words = ["squeue", "--noheader", "--array", "--states=all", "--format=%i %T"]
        words.append(f"--user={getpass.getuser()}")
        said = subprocess.run(words, capture_output=True, text=True, check=False)
        if said.returncode:  # the controller is busy or restarts: ask again later
            return
        lines = (line.split(maxsplit=1) for line in said.stdout.splitlines())
        self.last = dict(lines)
        self._asked_s = time.monotonic()
