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

    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)  # inside a hook they name the outer repository
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)

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


def test_the_notebook_on_disk_keeps_what_its_owner_hears(git, tmp_path):
    path = tmp_path / "a.ipynb"
    nbformat.write(executed_notebook(), path)
    on_disk = path.read_bytes()
    git("add", ".")
    git("commit", "-q", "-m", "a lesson")
    assert path.read_bytes() == on_disk


@pytest.mark.parametrize("name", ["hören.ipynb", 'a "b"\n[1]*.ipynb', "-n.ipynb"])
def test_any_name_is_stripped(git, tmp_path, name):
    if os.name == "nt" and name != "hören.ipynb":
        pytest.skip("Windows has no such names")
    nbformat.write(executed_notebook(), tmp_path / name)
    git("add", ".")
    git("commit", "-q", "-m", "a name")
    assert (
        nbformat.reads(git("show", f"HEAD:{name}"), as_version=4).cells[0].outputs == []
    )


def test_what_was_not_staged_is_neither_committed_nor_lost(git, tmp_path):
    path = tmp_path / "a.ipynb"
    nbformat.write(executed_notebook(), path)
    git("add", ".")
    later = executed_notebook()
    later.cells[0].source = "print('not yet')"
    nbformat.write(later, path)
    on_disk = path.read_bytes()
    git("commit", "-q", "-m", "the first state")
    committed = nbformat.reads(git("show", "HEAD:a.ipynb"), as_version=4).cells[0]
    assert committed.source == "print('heard')"
    assert committed.outputs == []
    assert path.read_bytes() == on_disk


def test_a_notebook_deleted_after_staging_is_committed_stripped(git, tmp_path):
    path = tmp_path / "a.ipynb"
    nbformat.write(executed_notebook(), path)
    git("add", ".")
    path.unlink()
    git("commit", "-q", "-m", "gone from the disk only")
    committed = nbformat.reads(git("show", "HEAD:a.ipynb"), as_version=4)
    assert committed.cells[0].outputs == []
    assert not path.exists()


def test_a_commit_without_notebooks_passes(git, tmp_path):
    (tmp_path / "a.txt").write_text("a", encoding="utf-8")
    git("add", ".")
    git("commit", "-q", "-m", "no notebook")
    assert git("show", "HEAD:a.txt") == "a"
