"""Slurm's jobs that a killed run left are ended before anything is done twice."""

import os
from pathlib import Path

import pytest

from clarity_lab.recipes import jobs_left
from clarity_lab.recipes.cec2.progress import Outcome, go_through
from clarity_lab.recipes.jobs import Workers
from clarity_lab.recipes.jobs_left import Note, end_jobs_left

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Slurm's commands are POSIX's")

SQUEUE = """#!/bin/sh
echo "squeue $*" >> {folder}/said
cat {folder}/queue
"""
SCANCEL = """#!/bin/sh
echo "scancel $*" >> {folder}/said
: > {folder}/queue
"""


@pytest.fixture
def slurm(tmp_path, monkeypatch):
    """Commands that look into a file called queue and note how they were called."""
    folder = tmp_path / "slurm"
    folder.mkdir()
    for name, text in (("squeue", SQUEUE), ("scancel", SCANCEL)):
        write_command(folder / name, text.format(folder=folder))
    (folder / "queue").touch()
    (folder / "said").touch()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(jobs_left, "ASK_EVERY_S", 0.01)
    return folder


def write_command(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def note(tmp_path):
    """What a run that was killed has left."""
    note = Note.begin(tmp_path / "logs")
    note.add(["7_0", "7_1"])
    return note


def test_the_note_says_how_to_end_the_jobs_and_which_they_are(note):
    lines = note.path.read_text(encoding="utf-8").splitlines()
    assert lines == [f"scancel --name={note.name}", "7_0", "7_1"]
    assert Note.read(note.path) == note


def test_no_two_runs_share_a_name(tmp_path):
    names = {Note.begin(tmp_path / str(k)).name for k in range(20)}
    assert len(names) == 20


def test_jobs_that_are_left_are_ended_by_their_name_alone(slurm, note, capsys):
    (slurm / "queue").write_text("7_0\n7_1\n", encoding="utf-8")
    end_jobs_left(note.path.parent)
    said = (slurm / "said").read_text(encoding="utf-8").splitlines()
    assert [line for line in said if "scancel" in line] == [note.stop]
    assert all(line.endswith(f"--name={note.name}") for line in said)
    assert "2 Slurm job(s) of a run that broke off" in capsys.readouterr().out
    assert not note.path.exists()


def test_where_none_is_left_none_is_ended(slurm, note, capsys):
    end_jobs_left(note.path.parent)
    assert "scancel" not in (slurm / "said").read_text(encoding="utf-8")
    assert capsys.readouterr().out == ""
    assert not note.path.exists()


def test_who_never_used_slurm_needs_no_squeue(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    end_jobs_left(tmp_path)


def test_what_is_left_to_do_is_asked_after_the_jobs_have_ended(slurm, note):
    (slurm / "queue").write_text("7_0\n", encoding="utf-8")

    def find_tasks():
        assert (slurm / "queue").read_text(encoding="utf-8") == ""
        return ["S2"]

    outcome = go_through(
        "x",
        find_tasks,
        lambda chunk: Outcome(done=chunk),
        where=Workers(),
        logs=note.path.parent,
        n_all=2,
    )
    assert outcome.done == ["S2"]


def test_jobs_that_do_not_end_are_told_and_stay_noted(slurm, note, monkeypatch):
    monkeypatch.setattr(jobs_left, "PATIENCE_S", 0.05)
    write_command(slurm / "scancel", "#!/bin/sh\n")
    (slurm / "queue").write_text("7_1\n", encoding="utf-8")
    with pytest.raises(RuntimeError, match=r"job\(s\) 7_1 .* still there"):
        end_jobs_left(note.path.parent)
    assert note.path.exists()


@pytest.mark.parametrize("command", ["#!/bin/sh\necho down >&2; exit 1\n", None])
def test_without_an_answer_nothing_is_begun(slurm, note, monkeypatch, command):
    if command:
        write_command(slurm / "squeue", command)
    else:
        monkeypatch.setenv("PATH", str(note.path.parent))
    words = "down" if command else "squeue"
    with pytest.raises(RuntimeError, match=f"{words}.*delete .*slurm_jobs.txt"):
        end_jobs_left(note.path.parent)
    assert note.path.exists()


def test_a_damaged_note_ends_no_job(slurm, note):
    note.path.write_text("scancel --name=\n", encoding="utf-8")
    with pytest.raises(ValueError, match="got something else"):
        end_jobs_left(note.path.parent)
    assert (slurm / "said").read_text(encoding="utf-8") == ""
