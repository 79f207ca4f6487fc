"""The recipe on a real Slurm cluster of one node, with a job that dies once."""

import importlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from clarity_lab.recipes.jobs import Workers, run_chunks
from clarity_lab.recipes.jobs_left import NOTE
from tests.recipes.small_cec2 import build, contents, run

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WORK = ROOT / "tests" / "recipes"

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="Slurm runs on Linux only"
)


@pytest.fixture(scope="module")
def cluster():
    """A cluster for these tests; stopped by process id when they are done."""
    pytest.importorskip("submitit", reason="submitit is not installed")
    from tests.slurm import cluster

    with tempfile.TemporaryDirectory(prefix="slurm-") as folder:
        here = Path(folder) / "cluster"
        try:
            environment = cluster.start(here)
        except cluster.NoClusterError as reason:
            pytest.skip(str(reason))
        paths = os.pathsep.join([str(ROOT), str(WORK)])
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PYTHONPATH", paths)
            for name, value in environment.items():
                patch.setenv(name, value)
            try:
                yield cluster
            finally:
                cluster.stop(here)


@pytest.fixture
def work(monkeypatch):
    """Functions that jobs can import."""
    monkeypatch.syspath_prepend(WORK)
    return importlib.import_module("chunk_work")


def squeue(*words: str) -> list[str]:
    said = subprocess.run(
        ["squeue", "--noheader", "--array", *words],
        capture_output=True,
        text=True,
        check=True,
    )
    return said.stdout.split()


def kill_one_that_runs(killed: list[str]) -> None:
    """Kill the first job that is seen at work, as a node's lack of memory would."""
    end_s = time.monotonic() + 60
    while not killed and time.monotonic() < end_s:
        for job in squeue("--states=RUNNING", "--format=%i")[:1]:
            words = ["scancel", "--signal=KILL", "--full", job]
            if not subprocess.run(words, check=False).returncode:
                killed.append(job)
        time.sleep(0.05)


def test_a_job_that_dies_is_run_again_and_the_others_once(cluster, work, tmp_path):
    marks = tmp_path / "marks"
    marks.mkdir()
    finished = run_chunks(
        partial(work.dies_at_first, marks),
        [[1], [2], [3]],
        where=Workers("slurm", n_jobs=2, partition=cluster.PARTITION, minutes=5),
        folder=tmp_path / "logs",
    )
    assert sorted(finished.results) == ["1 lives", "2 lives", "3 lives"]
    assert (finished.n_retried, finished.failures) == (1, [])
    assert not (tmp_path / "logs" / NOTE).exists()
    assert sorted(path.name for path in marks.iterdir()) == ["1-0", "2-0", "2-1", "3-0"]


def test_an_error_in_a_job_is_told_with_the_end_of_its_log(cluster, work, tmp_path):
    where = Workers("slurm", retries=0, minutes=5)
    finished = run_chunks(work.always_fails, [[5]], where=where, folder=tmp_path)
    (failure,) = finished.failures
    assert failure.reason == "ValueError: no good: 5"
    assert "ValueError: no good: 5" in failure.last_lines
    assert failure.log.is_file()


def test_what_slurm_refuses_is_told(cluster, work, tmp_path):
    where = Workers("slurm", partition="no-such-partition")
    with pytest.raises(RuntimeError, match="Slurm took no jobs"):
        run_chunks(work.doubled, [[1]], where=where, folder=tmp_path)


def test_an_interrupted_run_takes_its_jobs_out_of_the_queue(cluster, work, tmp_path):
    def interrupt(chunk):
        raise KeyboardInterrupt

    sleeping = partial(work.sleeps_unless_first, tmp_path)
    where = Workers("slurm", n_jobs=2, minutes=5)
    with pytest.raises(KeyboardInterrupt):
        run_chunks(
            sleeping, [[2], [1]], where=where, folder=tmp_path, on_chunk=interrupt
        )
    end_s = time.monotonic() + 20
    while squeue("--format=%i") and time.monotonic() < end_s:
        time.sleep(0.2)
    assert squeue("--format=%i") == []


def test_scenes_are_rendered_although_a_job_is_killed(cluster, tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    for root in (here, there):
        build(root, 3)
    assert run("render", here, "--keep-rooms")[0] == 0
    killed: list[str] = []
    killer = threading.Thread(target=kill_one_that_runs, args=(killed,))
    killer.start()
    words = ["--cluster", "slurm", "--jobs", "2", "--chunk-size", "1"]
    words += ["--partition", cluster.PARTITION, "--minutes", "5"]
    status, said = run("render", there, *words)
    killer.join()
    assert status == 0, said
    assert len(killed) == 1
    assert "3 scene(s) done now, 0 before" in said
    assert "1 failed job(s) tried again" in said
    scenes = Path("clarity_data", "train", "scenes")
    assert contents(there / scenes) == contents(here / scenes)
    assert len(list((there / "logs" / "render.train").glob("*/*_log.err"))) >= 3


def test_jobs_of_a_killed_run_are_ended_by_the_next(cluster, tmp_path):
    """Folders have names as people give them."""
    here, there = tmp_path / "here", tmp_path / "mein Versuch é"
    for root in (here, there):
        build(root, 2)
    assert run("render", here, "--keep-rooms")[0] == 0
    words = ["--cluster", "slurm", "--chunk-size", "1"]
    words += ["--partition", cluster.PARTITION, "--minutes", "5"]
    main = [sys.executable, "-m", "clarity_lab.cli", "cec2", "render"]
    process = subprocess.Popen([*main, "--root", str(there), *words])
    note = there / "logs" / "render.train" / NOTE
    try:
        wait_for(lambda: note.exists() and len(note.read_text("utf-8").split()) > 3)
        wait_for(lambda: squeue("--states=RUNNING", "--format=%i"))
    finally:
        process.kill()
        process.wait()
    ids = note.read_text("utf-8").splitlines()[1:]
    assert sorted(squeue("--format=%i")) == sorted(ids)
    status, said = run("render", there, *words)
    assert status == 0, said
    assert "2 Slurm job(s) of a run that broke off are still there" in said
    assert not note.exists()
    scenes = Path("clarity_data", "train", "scenes")
    assert contents(there / scenes) == contents(here / scenes)


def wait_for(condition, seconds: float = 120) -> None:
    end_s = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end_s
        time.sleep(0.1)
