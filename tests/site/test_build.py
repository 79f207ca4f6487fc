"""A site is written whole or not at all."""

import pytest

from clarity_lab.site.build import run
from clarity_lab.site.render import lesson_page
from clarity_lab.site.replace import MARK, require_replaceable
from clarity_lab.site.shelf import Shelf
from tests.site.course import options


def test_pages_lead_from_one_to_the_next_and_to_the_map(course, tmp_path):
    folder = course({"00_a": [], "01_b": ["> 6 * 7"]})
    assert run(options(folder, tmp_path / "site")) == 0
    first = (tmp_path / "site" / "00_a.html").read_text("utf-8")
    assert 'href="01_b.html"' in first
    assert 'href="index.html#lessons"' in first
    assert "<pre>42</pre>" in (tmp_path / "site" / "01_b.html").read_text("utf-8")
    front = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert "Its first paragraph." in front
    assert 'href="00_a.html"' in front
    assert "Not for the site" not in front


def test_a_lesson_that_fails_keeps_the_older_site(course, tmp_path, capsys):
    folder = course({"00_a": ["> 1"]})
    assert run(options(folder, tmp_path / "site")) == 0
    before = {p: p.read_bytes() for p in (tmp_path / "site").rglob("*.html")}
    course({"00_a": ["> 1 / 0"]})
    assert run(options(folder, tmp_path / "site")) == 1
    said = capsys.readouterr().err
    assert "no site was written. 00_a.ipynb: code cell 1" in said
    assert "ZeroDivisionError" in said
    assert {p: p.read_bytes() for p in (tmp_path / "site").rglob("*.html")} == before
    assert not (tmp_path / ".site-kept" / "new").exists()


def test_the_others_are_written_when_told_to_keep_going(course, tmp_path, capsys):
    folder = course({"00_a": ["> 1 / 0"], "01_b": ["> 1"]})
    assert run(options(folder, tmp_path / "site", "--keep-going")) == 1
    assert "left out: 00_a.ipynb" in capsys.readouterr().err
    assert not (tmp_path / "site" / "00_a.html").exists()
    second = (tmp_path / "site" / "01_b.html").read_text("utf-8")
    assert "it (not on this site)" in second
    assert 'href="00_a' not in second


def test_links_into_the_repository_become_words(course, tmp_path):
    folder = course({"00_a": ["See [this](../clarity_lab/units/scales.py)."]})
    assert run(options(folder, tmp_path / "site")) == 0
    page = (tmp_path / "site" / "00_a.html").read_text("utf-8")
    assert "this (in the repository: clarity_lab/units/scales.py)" in page


def test_a_faulty_page_keeps_the_older_site(course, tmp_path, capsys):
    folder = course({"00_a": ["Look [here](#nowhere)."]})
    assert run(options(folder, tmp_path / "site")) == 1
    assert "no part named 'nowhere'" in capsys.readouterr().err
    assert not (tmp_path / "site").exists()


def test_a_folder_that_is_no_site_is_never_replaced(course, tmp_path, capsys):
    folder = course({"00_a": []})
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "index.html").write_text("my own page", encoding="utf-8")
    assert run(options(folder, mine)) == 1
    assert "something else there" in capsys.readouterr().err
    assert (mine / "index.html").read_text("utf-8") == "my own page"


@pytest.fixture
def site(tmp_path):
    """An older site with one of everything that a site writes."""
    folder = tmp_path / "site"
    (folder / "pictures").mkdir(parents=True)
    for page in ("index.html", "00_a.html"):
        (folder / page).write_text(f'{MARK}">', encoding="utf-8")
    for name in ("style.css", "page.js"):
        (folder / name).touch()
    Shelf(folder).keep(b"fLaC", "audio/flac")
    (folder / "pictures" / "0123456789abcdef.svg").touch()
    return folder


@pytest.mark.parametrize(
    "mine",
    [
        "CNAME",
        ".git/config",
        "notes.txt",
        "mine.html",
        "sounds/mine.flac",
        "pictures/cat/cat.png",
    ],
)
def test_a_file_of_the_reader_in_an_older_site_is_named_and_kept(site, course, mine):
    require_replaceable(site)
    (site / mine).parent.mkdir(exist_ok=True)
    (site / mine).write_text("mine", encoding="utf-8")
    with pytest.raises(ValueError, match=f"got also .*{mine.split('/')[0]}"):
        require_replaceable(site)
    assert run(options(course({"00_a": []}), site)) == 1
    assert (site / mine).read_text("utf-8") == "mine"


def test_a_link_to_the_site_stays_a_link(course, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real", target_is_directory=True)
    folder = course({"00_a": []})
    for _ in range(2):
        assert run(options(folder, tmp_path / "link")) == 0
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "real" / "index.html").is_file()


@pytest.mark.parametrize("content", ["{}", "{", None, '{"nbformat": 4}', b"\xff"])
def test_what_is_no_notebook_is_named_in_one_line(course, tmp_path, capsys, content):
    folder = course({"00_a": ["> 1"]})
    path = folder / "01_b.ipynb"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert run(options(folder, tmp_path / "site")) == 1
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert f"no site was written. expected a notebook in {path}" in said
    assert not (tmp_path / "site").exists()


def test_a_place_that_cannot_be_is_named_in_one_line(course, tmp_path, capsys):
    folder = course({"00_a": ["> 1"]})
    (tmp_path / "file").touch()
    for output in (tmp_path / "file" / "x" / "y", tmp_path / "file", "/"):
        assert run(options(folder, output)) == 1
        [said] = capsys.readouterr().err.splitlines()
        assert f"{output}" in said


@pytest.mark.parametrize("readme", [None, "# A course\n"])
def test_a_readme_without_a_map_is_noticed_before_a_lesson_runs(
    course, tmp_path, capsys, readme, monkeypatch
):
    folder = course({"00_a": ["> 1"]})
    (tmp_path / "README.md").unlink()
    if readme:
        (tmp_path / "README.md").write_text(readme, encoding="utf-8")
    monkeypatch.setattr("clarity_lab.site.build.run_lessons", None)
    assert run(options(folder, tmp_path / "site")) == 1
    assert "README" in capsys.readouterr().err


def test_every_page_says_that_it_is_ours(course, tmp_path):
    assert run(options(course({"00_a": []}), tmp_path / "site")) == 0
    for page in (tmp_path / "site").glob("*.html"):
        assert MARK in page.read_text("utf-8"), page.name


@pytest.mark.parametrize("word", ["99", "b"])
def test_a_lesson_that_is_not_there_is_an_answer(course, tmp_path, capsys, word):
    folder = course({"00_a": []})
    assert run(options(folder, tmp_path / "site", "--only", word)) == 1
    assert f"expected lessons among 00, got {word}" in capsys.readouterr().err


def test_a_progress_bar_is_over_and_a_widget_without_a_preview_says_so(
    course, tmp_path, capsys
):
    pytest.importorskip("ipywidgets")
    bar = "> from tqdm.auto import tqdm\nfor _ in tqdm(range(3), desc='work'): pass"
    folder = course({"00_a": [bar, "> import ipywidgets\nipywidgets.IntSlider()"]})
    assert run(options(folder, tmp_path / "site")) == 0
    page = (tmp_path / "site" / "00_a.html").read_text("utf-8")
    assert page.count("needs a running lesson") == 1
    assert "work:" not in page
    assert "no static preview: IntSlider" in "".join(capsys.readouterr())


def test_what_is_printed_bit_by_bit_is_shown_as_one(course, tmp_path):
    slowly = "> import time\nprint(1)\ntime.sleep(0.6)\nprint(2)"
    assert run(options(course({"00_a": [slowly]}), tmp_path / "site")) == 0
    page = (tmp_path / "site" / "00_a.html").read_text("utf-8")
    assert "<pre>1\n2\n</pre>" in page


def test_code_that_is_folded_in_the_lesson_is_folded_on_its_page(tmp_path):
    import nbformat
    from bs4 import BeautifulSoup

    book = nbformat.v4.new_notebook()
    for folded in (False, True):
        book.cells.append(nbformat.v4.new_code_cell("6 * 7"))
        book.cells[-1].metadata["jupyter"] = {"source_hidden": folded}
    page = lesson_page(book, shelf=Shelf(tmp_path), report=print)
    code = BeautifulSoup(page.content, "html.parser").find_all("details", "code")
    assert [one.has_attr("open") for one in code] == [True, False]


def test_solutions_are_not_shown(course, tmp_path):
    import nbformat

    folder = course({"00_a": ["> answer = 41 + 1"]})
    book = nbformat.read(folder / "00_a.ipynb", as_version=4)
    book.cells[1].metadata["tags"] = ["solution"]
    nbformat.write(book, folder / "00_a.ipynb")
    assert run(options(folder, tmp_path / "site")) == 0
    assert "answer" not in (tmp_path / "site" / "00_a.html").read_text("utf-8")


def test_a_failure_ends_the_lessons_beside_it_at_once(course, tmp_path, capsys):
    import time

    slow = "> import time\ntime.sleep(120)"
    folder = course({"00_a": ["> 1 / 0"], "01_b": [slow], "02_c": [slow]})
    started = time.monotonic()
    assert run(options(folder, tmp_path / "site", "--jobs", "2")) == 1
    assert time.monotonic() - started < 60
    assert "ZeroDivisionError" in capsys.readouterr().err
