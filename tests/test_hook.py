"""The pre-commit hook commits notebooks without their outputs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

HOOKS = Path(__file__).parents[1] / ".githooks"


@pytest.fixture
def git(tmp_path, monkeypatch):
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)

    def run(*words):
        settings = ["user.name=t", "user.email=t@t", f"core.hooksPath={HOOKS}"]
        flags = [word for setting in settings for word in ("-c", setting)]
        words = ["git", *flags, *words]
        done = subprocess.run(
            words, cwd=tmp_path, check=True, capture_output=True, text=True
        )
        return done.stdout

    run("init", "-q")
    return run


def executed_notebook():
    output = nbformat.v4.new_output("stream", text="heard")
    cell = nbformat.v4.new_code_cell("print('heard')", outputs=[output])
    cell.execution_count = 3
    return nbformat.v4.new_notebook(cells=[cell])


def test_outputs_do_not_reach_the_commit_and_the_cell_keeps_its_name(git, tmp_path):
    book = executed_notebook()
    nbformat.write(book, tmp_path / "a lesson.ipynb")
    git("add", ".")
    git("commit", "-q", "-m", "a lesson")
    committed = nbformat.reads(git("show", "HEAD:a lesson.ipynb"), as_version=4)
    assert committed.cells[0].outputs == []
    assert committed.cells[0].execution_count is None
    assert committed.cells[0].id == book.cells[0].id
