"""Links to Binder and Colab: written where asked, removed without a trace."""

import json
import shutil
from pathlib import Path

import nbformat
import pytest

from clarity_lab.cli import main

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


@pytest.fixture
def lessons(tmp_path):
    for path in NOTEBOOKS.glob("*.ipynb"):
        shutil.copy(path, tmp_path)
    return tmp_path


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*.ipynb")}


def write(folder, repo="hearing/lab"):
    return main(["badges", "--repo", repo, "--folder", str(folder)])


def test_every_lesson_gets_links_that_name_it_and_the_install_line(lessons):
    assert write(lessons) == 0
    for path in lessons.glob("[0-9]*.ipynb"):
        book = nbformat.read(path, as_version=4)
        nbformat.validate(book)
        assert (
            f"github/hearing/lab/blob/main/notebooks/{path.name}"
            in book.cells[0].source
        )
        code = next(cell for cell in book.cells if cell.cell_type == "code").source
        assert "git+https://github.com/hearing/lab" in code.splitlines()[1]


def test_a_second_run_replaces_the_links(lessons):
    write(lessons, "first/name")
    write(lessons)
    assert b"first/name" not in b"".join(contents(lessons).values())


def test_remove_restores_every_byte(lessons):
    before = contents(lessons)
    write(lessons)
    assert contents(lessons) != before
    main(["badges", "--remove", "--folder", str(lessons)])
    assert contents(lessons) == before


def test_the_lessons_hold_no_link_before_the_repository_has_an_address():
    for path in NOTEBOOKS.glob("*.ipynb"):
        source = json.dumps(json.loads(path.read_text(encoding="utf-8")))
        assert "colab.research.google.com" not in source


@pytest.mark.parametrize("repo", ["lab", "https://github.com/hearing/lab", "a/b/c"])
def test_an_address_of_another_form_is_explained(lessons, repo, capsys):
    with pytest.raises(SystemExit):
        write(lessons, repo)
    assert "expected OWNER/NAME" in capsys.readouterr().err


def test_an_empty_folder_says_where_to_run(tmp_path, capsys):
    assert write(tmp_path) == 1
    assert "repository's root" in capsys.readouterr().out
