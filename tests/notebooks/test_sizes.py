"""A saved lesson stays small: no sound is in it, run or not."""

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("[0-9]*.ipynb"))
FAST = "00_start_here"
MOST_WITHOUT_OUTPUTS = 200_000
MOST_WITH_OUTPUTS = 3_000_000
ON_PURPOSE = {"01_sound_and_level": 2}
"""Sounds that a lesson keeps: IPython's own player, shown because it normalises."""
PICTURES = {"image/png", "image/svg+xml"}
SOUND = re.compile(
    r"data:audio|\baudio/(flac|wav|x-wav|ogg|mpeg|mp4|webm|basic)\b", re.I
)
PNG_URI = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=]+")
ENCODED = re.compile(r"[A-Za-z0-9+/]{2000,}")

each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
one_now_others_slow = pytest.mark.parametrize(
    "path",
    [
        pytest.param(
            path, id=path.stem, marks=[] if path.stem == FAST else pytest.mark.slow
        )
        for path in LESSONS
    ],
)


def saved_parts(book) -> Iterator[tuple[str, str]]:
    """Type and text of everything that the outputs of a notebook hold."""
    for cell in book.cells:
        for output in cell.get("outputs", []):
            yield "text", "".join(output.get("text", ""))
            for kind, content in output.get("data", {}).items():
                yield kind, content if isinstance(content, str) else str(content)


def sounds_in(book) -> list[str]:
    """What is a sound, or might be one: anything long that is no picture."""
    found = []
    for kind, content in saved_parts(book):
        rest = "" if kind in PICTURES else PNG_URI.sub("", content)
        if kind.startswith(("audio/", "video/")) or SOUND.search(rest):
            found.append(f"{kind}: {content[:80]}")
        elif ENCODED.search(rest):
            found.append(f"{kind} holds {len(rest)} characters, some of them encoded")
    return found


@each_lesson
def test_a_lesson_without_outputs_is_small(path):
    assert path.stat().st_size < MOST_WITHOUT_OUTPUTS


@one_now_others_slow
def test_a_lesson_that_ran_is_small_and_holds_no_sound(path, tmp_path):
    pytest.importorskip("nbclient", reason="needs JupyterLab's nbclient")
    from clarity_lab.site.execute import run_book

    book = run_book(  # as JupyterLab saves it: with outputs, without widgets' states
        nbformat.read(path, as_version=4),
        name=path.name,
        folder=path.parent,
        cell_timeout_s=300,
        static=False,
    )
    saved = tmp_path / path.name
    nbformat.write(book, saved)
    print(f"{path.stem}: {saved.stat().st_size / 1e6:.2f} MB with outputs")
    sounds = sounds_in(book)
    assert len(sounds) <= ON_PURPOSE.get(path.stem, 0), sounds
    assert saved.stat().st_size < MOST_WITH_OUTPUTS


def book_with(kind, content):
    output = nbformat.v4.new_output("display_data", {kind: content})
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("1", outputs=[output])]
    )


def test_the_guard_hears_a_sound_and_spares_a_picture():
    png = "data:image/png;base64," + "A" * 9_000
    assert sounds_in(book_with("audio/flac", "x"))
    assert sounds_in(book_with("text/html", "<audio src='data:audio/flac;base64,A'>"))
    assert sounds_in(book_with("text/html", f"<script>s = '{'A' * 9_000}'</script>"))
    assert not sounds_in(book_with("image/png", "A" * 9_000))
    assert not sounds_in(book_with("text/html", f"<img src='{png}'>"))
    assert not sounds_in(book_with("text/plain", "an audio file"))
