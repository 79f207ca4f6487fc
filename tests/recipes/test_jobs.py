"""Chunks of work: all done once, dead processes noticed, retried and reported."""

import argparse
import importlib
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from clarity_lab.recipes import jobs, jobs_words
from clarity_lab.recipes.jobs import Workers, run_chunks

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TWO = Workers(n_jobs=2, retries=1)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/status")
    return not status.exists() or "State:\tZ" not in status.read_text("utf-8")


def wait_until(condition, seconds: float = 30) -> bool:
    end_s = time.monotonic() + seconds
    while not condition() and time.monotonic() < end_s:
        time.sleep(0.05)
    return condition()


@pytest.fixture
def work(monkeypatch):
    """Functions that other processes can import."""
    monkeypatch.syspath_prepend(HERE)
    return importlib.import_module("chunk_work")


# -- Chunks ----------------------------------------------------------------------------
@pytest.mark.parametrize("where", [Workers(), TWO, Workers(n_jobs=3, chunk_size=4)])
def test_chunks_hold_everything_once_and_in_order(where):
    things = list(range(11))
    assert [one for chunk in where.chunks_of(things) for one in chunk] == things


def test_a_chunk_in_this_process_is_one_thing_so_the_progress_bar_moves():
    assert Workers(chunk_size=50).chunks_of([1, 2]) == [[1], [2]]


def test_no_chunk_is_larger_than_what_one_likes_to_lose():
    assert max(map(len, TWO.chunks_of(range(10_000)))) == jobs.LARGEST_CHUNK


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"cluster": "cloud"}, "local, slurm"),
        ({"n_jobs": 0}, r"n_jobs \(--jobs\) of at least 1"),
        ({"retries": -1}, r"retries \(--retries\) of at least 0"),
    ],
)
def test_where_to_work_is_checked(wrong, words):
    with pytest.raises(ValueError, match=words):
        Workers(**wrong)


def test_the_command_line_says_where():
    parser = argparse.ArgumentParser()
    jobs_words.add_arguments(parser)
    words = ["--cluster", "slurm", "--jobs", "9"]
    words += ["--slurm", "account=lab", "--slurm", "mem=4GB"]
    where = jobs_words.where_of(parser.parse_args(words))
    assert (where.cluster, where.n_jobs) == ("slurm", 9)
    assert where.slurm == {"account": "lab", "mem": "4GB"}
    for wrong in ("account", "job_name=mine"):
        with pytest.raises(ValueError, match="NAME=VALUE"):
            jobs_words.where_of(parser.parse_args(["--slurm", wrong]))


# -- In this process -------------------------------------------------------------------
def test_one_job_works_here_and_raises_here(work, tmp_path):
    finished = run_chunks(work.doubled, [[1], [2, 3]], where=Workers(), folder=tmp_path)
    assert finished.results == [[2], [4, 6]]
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match="no good: 1"):
        run_chunks(work.always_fails, [[1]], where=Workers(), folder=tmp_path)


# -- In several processes --------------------------------------------------------------
def test_a_process_that_dies_is_replaced_and_the_others_work_once(work, tmp_path):
    marks = tmp_path / "marks"
    marks.mkdir()
    told = []
    finished = run_chunks(
        partial(work.dies_at_first, marks),
        [[1], [2], [3]],
        where=TWO,
        folder=tmp_path / "logs",
        on_chunk=told.append,
    )
    assert sorted(finished.results) == ["1 lives", "2 lives", "3 lives"]
    assert (finished.n_retried, finished.failures) == (1, [])
    assert sorted(path.name for path in marks.iterdir()) == ["1-0", "2-0", "2-1", "3-0"]
    assert sorted(told) == [[1], [2], [3]]


def test_what_fails_for_good_is_told_with_the_end_of_its_log(work, tmp_path):
    finished = run_chunks(work.always_fails, [[5]], where=TWO, folder=tmp_path)
    (failure,) = finished.failures
    assert finished.n_retried == 1
    assert (failure.chunk, failure.reason) == ([5], "ValueError: no good: 5")
    assert "one step further" in failure.log.read_text(encoding="utf-8")
    assert failure.last_lines.endswith("ValueError: no good: 5")


def test_logs_of_an_earlier_run_are_kept(work, tmp_path):
    for _ in range(2):
        run_chunks(work.doubled, [[1]], where=TWO, folder=tmp_path)
    assert len(list(tmp_path.glob("*/job-0001.log"))) == 2


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
def test_an_interrupted_run_leaves_no_process_behind(work, tmp_path):
    def interrupt(chunk):
        raise KeyboardInterrupt

    marks = tmp_path / "marks"
    marks.mkdir()
    sleeping = partial(work.sleeps_unless_first, marks)
    with pytest.raises(KeyboardInterrupt):
        run_chunks(
            sleeping,
            [[2], [1]],
            where=TWO,
            folder=tmp_path / "logs",
            on_chunk=interrupt,
        )
    pid = int((marks / "2.pid").read_text("ascii"))
    assert wait_until(lambda: not is_alive(pid), seconds=10)


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
def test_processes_die_with_one_that_is_killed(tmp_path):
    code = (
        "from functools import partial; from pathlib import Path\n"
        "from clarity_lab.recipes.jobs import Workers, run_chunks\n"
        "from chunk_work import sleeps\n"
        "if __name__ == '__main__':\n"
        f"    here = Path({str(tmp_path)!r})\n"
        "    run_chunks(partial(sleeps, here), [[1], [2]], where=Workers(n_jobs=2),"
        " folder=here / 'logs')\n"
    )
    main = tmp_path / "main.py"
    main.write_text(code, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE), str(ROOT)])}
    process = subprocess.Popen([sys.executable, str(main)], env=environment)
    try:
        both = [tmp_path / "1.pid", tmp_path / "2.pid"]
        assert wait_until(lambda: all(p.exists() and p.read_text() for p in both))
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    pids = [int(path.read_text("ascii")) for path in both]
    assert wait_until(lambda: not any(map(is_alive, pids)), seconds=10)


# -- Slurm, where there is none --------------------------------------------------------
def test_without_slurm_one_is_told_so(work, tmp_path, monkeypatch):
    pytest.importorskip("submitit", reason="submitit is not installed")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="say --cluster local"):
        run_chunks(work.doubled, [[1]], where=Workers("slurm"), folder=tmp_path)
