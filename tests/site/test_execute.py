"""Lessons run in this Python; what fails is named; what ran is not run again."""

import contextlib
import sys

import nbformat
import pytest

from clarity_lab.site import lessons
from clarity_lab.site.execute import LessonError, executed
from clarity_lab.site.lessons import find_lessons, key_of
from tests.site.course import write_book


def run(folder, kept, **more):
    kept.mkdir(exist_ok=True)
    (lesson,) = find_lessons(folder)
    return executed(lesson, kept_in=kept, **({"cell_timeout_s": 60} | more))


def printed(book):
    texts = [o.get("text", "") for c in book.cells for o in c.get("outputs", [])]
    return "".join(texts).split()


def test_it_runs_in_this_python_and_is_told_that_nobody_listens(course, tmp_path):
    code = "> import os, sys\nprint(sys.executable, os.environ['CLARITY_LAB_STATIC'])"
    book = run(course({"00_a": [code]}), tmp_path / "kept")
    assert printed(book) == [sys.executable, "1"]
    assert len(book.cells) == 3, "no cell of ours is left in it"


def test_a_failing_cell_is_named_with_its_place_and_error(course, tmp_path):
    cells = ["> x = 1", "## Theory", "> \n# why not\nx / 0"]
    folder = course({"00_a": cells})
    with pytest.raises(LessonError) as failed:
        run(folder, tmp_path / "kept")
    said = str(failed.value)
    assert said.startswith("00_a.ipynb: code cell 2")
    assert '"Theory"' in said
    assert "`# why not`" in said
    assert "ZeroDivisionError: division by zero" in said
    assert not list((tmp_path / "kept").iterdir()), "a failure is not kept"


def test_a_cell_that_takes_too_long_is_stopped_and_named(course, tmp_path):
    folder = course({"00_a": ["> import time\ntime.sleep(60)"]})
    with pytest.raises(LessonError, match=r"code cell 1.*import time.*[Tt]ime"):
        run(folder, tmp_path / "kept", cell_timeout_s=2)


def test_what_ran_is_taken_as_it_is_until_the_lesson_changes(course, tmp_path):
    folder = course({"00_a": ["> import time\nprint(time.time_ns())"]})
    first = printed(run(folder, tmp_path / "kept"))
    assert printed(run(folder, tmp_path / "kept")) == first
    write_book(folder / "00_a.ipynb", ["# A", "> print('anew')"])
    assert printed(run(folder, tmp_path / "kept")) == ["anew"]
    assert len(list((tmp_path / "kept").iterdir())) == 1, "the older state is gone"


@pytest.fixture
def key_now(course, tmp_path, monkeypatch):
    """key_now() is the key of a lesson beside a made-up package, in tmp_path/pack."""
    (lesson,) = find_lessons(course({"00_a": ["> 1"]}))
    (tmp_path / "pack" / "site").mkdir(parents=True)
    monkeypatch.setattr(lessons, "PACKAGE", tmp_path / "pack")

    def key():
        lessons._environment_key.cache_clear()
        return key_of(lesson)

    yield key
    lessons._environment_key.cache_clear()


def test_the_key_follows_what_a_lesson_uses(key_now, tmp_path, monkeypatch):
    keys = [key_now()]
    for text in ("x = 1", "x = 2"):
        (tmp_path / "pack" / "a.py").write_text(text, encoding="utf-8")
        keys.append(key_now())
    (tmp_path / "pack" / "a.py").rename(tmp_path / "pack" / "b.py")
    keys.append(key_now())
    monkeypatch.setattr(lessons, "_version_of", lambda name: "0")
    keys.append(key_now())
    assert len(set(keys)) == len(keys)


def test_the_key_does_not_follow_how_pages_look(key_now, tmp_path):
    before = key_now()
    (tmp_path / "pack" / "site" / "render.py").write_text("x = 1", encoding="utf-8")
    assert key_now() == before


def test_only_lessons_that_exist_can_be_asked_for(course, tmp_path):
    folder = course({"00_a": [], "11_b": []})
    nbformat.write(nbformat.v4.new_notebook(), folder / "_template.ipynb")
    assert [one.number for one in find_lessons(folder)] == ["00", "11"]
    assert [one.number for one in find_lessons(folder, ["11_b"])] == ["11"]
    with pytest.raises(ValueError, match="among 00, 11, got 12"):
        find_lessons(folder, ["00", "12"])
    with pytest.raises(ValueError, match=r"got none. Run this in the repository"):
        find_lessons(tmp_path)


@pytest.mark.parametrize("code", ["print(1)", "1 / 0"])
def test_no_kernel_is_left_running(course, tmp_path, code):
    psutil = pytest.importorskip("psutil", reason="needs psutil, as ipykernel does")
    note = tmp_path / "pid"
    noting = f"> import os\nopen({str(note)!r}, 'w').write(str(os.getpid()))"
    folder = course({"00_a": [noting, f"> {code}"]})
    with contextlib.suppress(LessonError):
        run(folder, tmp_path / "kept")
    assert not psutil.pid_exists(int(note.read_text(encoding="utf-8")))
