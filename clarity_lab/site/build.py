"""`clarity-lab site`: run the lessons, write their pages, let only a whole site out."""

from __future__ import annotations

import argparse
import itertools
import shutil
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup
from nbformat import NotebookNode
from tqdm import tqdm

from clarity_lab.site.check import (
    MB,
    SiteError,
    require_whole_site,
    size_by_kind,
)
from clarity_lab.site.execute import LessonError, executed, stop_kernels
from clarity_lab.site.front import attribution_page, front_page
from clarity_lab.site.lessons import Lesson, find_lessons
from clarity_lab.site.links import ATTRIBUTION, lead_through_site
from clarity_lab.site.render import HERE, Page, lesson_page
from clarity_lab.site.replace import (
    replace_folder,
    require_place,
    require_replaceable,
)
from clarity_lab.site.shelf import Shelf
from clarity_lab.whole import write_whole

MOST_MB = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words that `clarity-lab site` understands."""
    parser.add_argument(
        "--output", type=Path, default=Path("site"), help="the folder to write"
    )
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="NN", help="a site of these lessons"
    )
    parser.add_argument(
        "--folder", type=Path, default=Path("notebooks"), help="where the lessons lie"
    )
    parser.add_argument("--jobs", type=int, default=2, help="lessons run at a time")
    parser.add_argument(
        "--cell-timeout", type=float, default=600, metavar="S", help="seconds a cell"
    )
    parser.add_argument(
        "--keep-going",
        action="store_true",
        help="leave out lessons that fail, and write the others",
    )


def run(options: argparse.Namespace) -> int:
    """Build the site beside the old one, check it, then change them over."""
    started = time.monotonic()
    output = options.output.resolve()  # of a link, the folder that it leads to
    kept = output.parent / f".{output.name}-kept"
    new = kept / "new"
    try:
        require_place(output)
        require_replaceable(output)
        lessons = find_lessons(options.folder, options.only)
        front_page(readme_beside(options.folder), pages={}, report=lambda _: None)
        kept.mkdir(parents=True, exist_ok=True)
        ran = run_lessons(lessons, kept_in=kept, options=options)
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        write_pages(ran.books, new, folder=options.folder)
        outward = require_whole_site(new, most_mb=MOST_MB)
        replace_folder(output, new)
    except (ValueError, OSError, LessonError, SiteError) as error:
        print(f"clarity-lab: no site was written. {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(new, ignore_errors=True)
    for kind, (n_files, n_bytes) in size_by_kind(output).items():
        print(f"{n_bytes / MB:7.2f} MB  {n_files:4d} {kind}")
    print(f"{len(outward)} links lead out of the site; they were not followed.")
    print(f"Wrote {output / 'index.html'} in {time.monotonic() - started:.0f} s.")
    for failure in ran.failures:
        print(f"clarity-lab: left out: {failure}", file=sys.stderr)
    return 1 if ran.failures else 0


@dataclass
class Ran:
    """The lessons that ran, in their order, and what the others failed of."""

    books: dict[Lesson, NotebookNode] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def run_lessons(
    lessons: Sequence[Lesson], *, kept_in: Path, options: argparse.Namespace
) -> Ran:
    """Run the lessons that changed, some at a time.

    Raises:
        LessonError: If one fails, unless the others are wanted still.
    """
    n_cells = {lesson: _n_cells(lesson) for lesson in lessons}
    stop = threading.Event()
    ran = Ran()
    with (
        tqdm(total=sum(n_cells.values()), unit="cell", desc="Lessons") as bar,
        ThreadPoolExecutor(max(1, options.jobs)) as pool,
    ):

        def run_one(lesson: Lesson) -> NotebookNode:
            bar.set_postfix_str(lesson.path.stem)
            done = itertools.count(1)

            def one_more() -> None:
                if stop.is_set():
                    raise LessonError("stopped")
                if next(done) <= n_cells[lesson]:
                    bar.update()

            if stop.is_set():
                raise LessonError("stopped")
            try:
                book = executed(
                    lesson,
                    kept_in=kept_in,
                    cell_timeout_s=options.cell_timeout,
                    on_cell=one_more,
                )
            except LessonError:
                if not options.keep_going:
                    stop.set()  # at once: this thread would take the next lesson
                raise
            bar.update(max(0, n_cells[lesson] - next(done) + 1))  # if it was kept
            return book

        running = {lesson: pool.submit(run_one, lesson) for lesson in lessons}
        try:
            for lesson, future in running.items():
                try:
                    ran.books[lesson] = future.result()
                except LessonError as error:
                    ran.failures.append(str(error))
                    if not options.keep_going:
                        raise
        except BaseException:  # one lesson failed, or Ctrl-C: nobody needs the others
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            stop_kernels()
            raise
    if not ran.books:
        raise LessonError("\n".join(ran.failures))
    return ran


def _n_cells(lesson: Lesson) -> int:
    """How many cells will run, the set-up among them.

    Raises:
        ValueError: If the file is no notebook.
    """
    try:
        cells = nbformat.read(lesson.path, as_version=4).cells
        return sum(cell.cell_type == "code" for cell in cells) + 1
    except Exception as error:  # nbformat's have no common name
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        raise ValueError(
            f"expected a notebook in {lesson.path}, got none ({what}). Open and save "
            "it in JupyterLab, or move it out of this folder."
        ) from error


def readme_beside(folder: Path) -> str:
    """The text of the README beside the folder of the lessons.

    Raises:
        ValueError: If there is none that can be read.
    """
    path = folder.absolute().parent / "README.md"
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ValueError(
            f"expected a README with the map of lessons in {path}, got none: {error}."
        ) from error


def write_pages(books: dict[Lesson, NotebookNode], new: Path, *, folder: Path) -> None:
    """Write all pages, sounds, pictures and the style into an empty folder.

    Raises:
        ValueError: If the README beside the lessons has no map, or data are damaged.
    """
    readme = readme_beside(folder)
    shelf = Shelf(new)
    pages = {f"notebooks/{lesson.path.name}": lesson.page for lesson in books}
    pages |= {"README.md": "index.html", ATTRIBUTION: "attribution.html"}

    def report(words: str, where: str = "") -> None:
        tqdm.write(f"  note: {where}{words}")

    for lesson, book in books.items():
        page = lesson_page(
            book,
            shelf=shelf,
            report=lambda words, where=lesson.page: report(words, f"{where}: "),
        )
        write_whole(new / lesson.page, through_site(page, "notebooks", pages))
    front = front_page(readme, pages=pages, report=report)
    write_whole(new / "index.html", front.document())
    makers = attribution_page(pages=pages, report=report)
    write_whole(new / "attribution.html", makers.document())
    for name in ("style.css", "page.js"):
        write_whole(new / name, (HERE / "template" / name).read_bytes())


def through_site(page: Page, folder: str, pages: dict[str, str]) -> str:
    """The document of a page whose links were written for the repository."""
    parts = []
    for part in (page.content, page.onward):
        soup = BeautifulSoup(part, "html.parser")
        lead_through_site(soup, folder=folder, pages=pages)
        parts.append(str(soup))
    return Page(page.title, parts[0], page.contents, parts[1]).document()
