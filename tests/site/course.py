"""Lessons that are made up, and the words of the command that writes their site."""

import argparse
import re

import nbformat

from clarity_lab.site import build

README = """# A course

Its first paragraph.

## Install

Not for the site.

## Lessons

| | lesson | you will hear |
|---|---|---|
{rows}

## After it

Not for the site either.
"""
ONWARD = "{before}[map](../README.md#lessons){after}"


def write_course(root, lessons):
    """Lessons by name, each a list of cells: Markdown, or code marked by a >."""
    folder = root / "notebooks"
    folder.mkdir(exist_ok=True)
    names = list(lessons)
    for place, name in enumerate(names):
        before = f"previous: [it]({names[place - 1]}.ipynb) · " if place else ""
        more = place + 1 < len(names)
        after = f" · next: [it]({names[place + 1]}.ipynb)" if more else ""
        cells = [f"# {name[:2]} · {name[3:].title()}", *lessons[name]]
        cells.append(ONWARD.format(before=before, after=after))
        write_book(folder / f"{name}.ipynb", cells)
    rows = [f"| {n[:2]} | [{n[3:].title()}](notebooks/{n}.ipynb) | x |" for n in names]
    text = README.format(rows="\n".join(rows))
    (root / "README.md").write_text(text, encoding="utf-8")
    return folder


def write_book(path, cells):
    book = nbformat.v4.new_notebook()
    for number, source in enumerate(cells):
        is_code = source.startswith(">")
        new = nbformat.v4.new_code_cell if is_code else nbformat.v4.new_markdown_cell
        book.cells.append(new(re.sub(r"^> ?", "", source), id=f"cell-{number}"))
    nbformat.write(book, path)


def options(folder, output, *words):
    """What the command line makes of some words."""
    parser = argparse.ArgumentParser()
    build.add_arguments(parser)
    return parser.parse_args(["--folder", str(folder), "--output", str(output), *words])
