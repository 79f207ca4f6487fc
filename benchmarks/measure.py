"""Measures one case on both sides, which take turns.

Each side runs in a process of its own with one thread. They take turns, so that a busy
machine slows both; the ratio is that of the medians of CPU seconds, after one run to
warm up. Peak memory is that of a fresh process after a single run.
"""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from importlib import import_module

from benchmarks.case import Case

ONE_THREAD = ("OMP", "OPENBLAS", "MKL", "NUMBA")


@cache
def cases(module: str, seconds: float) -> dict[str, Case]:
    """A module's cases by their names."""
    return {case.name: case for case in import_module(module).cases(seconds)}


def work() -> None:
    """Be one side: for each line of JSON on stdin run a case, say what it took."""
    for line in sys.stdin:
        module, name, side, seconds = json.loads(line)
        run = getattr(cases(module, seconds)[name], side)
        start = time.process_time()
        run()
        cpu_s = time.process_time() - start
        print(json.dumps({"cpu_s": cpu_s, "peak_mb": peak_mb()}), flush=True)


def peak_mb() -> float:
    """Most memory this process ever held, in MB; NaN on Windows, which does not say."""
    try:
        import resource
    except ImportError:
        return math.nan
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


@contextmanager
def worker(**extra: str) -> Iterator:
    """A process that works: call it with module, name, side and seconds."""
    threads = {f"{library}_NUM_THREADS": "1" for library in ONE_THREAD}
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "benchmarks.measure"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **threads, **extra},
    )

    def run(*job) -> dict[str, float]:
        process.stdin.write(json.dumps(job) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    try:
        yield run
    finally:
        process.stdin.close()
        process.wait()


def measure(module: str, case: Case, seconds: float, *, repeats: int) -> dict:
    """Take turns, then look at the memory of fresh processes."""
    cpu_s = {"ours": [], "peer": []}
    with worker() as ours, worker() as peer:
        sides = {"ours": ours, "peer": peer}
        for _ in range(repeats + 1):
            for side, run in sides.items():
                cpu_s[side].append(run(module, case.name, side, seconds)["cpu_s"])
    row = {"case": case.name, "seconds": seconds, "target_ratio": case.target_ratio}
    for side, times in cpu_s.items():
        row[f"{side}_cpu_s"] = statistics.median(times[1:])
        with worker() as fresh:
            row[f"{side}_peak_mb"] = fresh(module, case.name, side, seconds)["peak_mb"]
    return row | {"ratio": row["peer_cpu_s"] / row["ours_cpu_s"], "repeats": repeats}


def first_call_extra_s(module: str, case: Case, seconds: float) -> float:
    """CPU seconds by which the first call outlasts the second, nothing compiled yet."""
    with tempfile.TemporaryDirectory() as empty, worker(NUMBA_CACHE_DIR=empty) as run:
        job = partial(run, module, case.name, "ours", seconds)
        return job()["cpu_s"] - job()["cpu_s"]


def as_line(row: dict) -> str:
    return (
        f"{row['case']:32} {row['seconds']:4g} s {row['ours_cpu_s']:8.3f} "
        f"{row['peer_cpu_s']:8.3f} {row['ratio']:7.1f}x {row['target_ratio']:6g}x "
        f"{row['ours_peak_mb']:8.0f} {row['peer_peak_mb']:8.0f}"
    )


HEADINGS = (
    f"{'CPU seconds, medians':38} {'ours':>9}{'peer':>9}"
    f" {'ratio':>8} {'target':>7} {'our MB':>8} {'peer MB':>8}"
)

if __name__ == "__main__":
    work()
