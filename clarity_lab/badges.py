"""Binder and Colab links for the lessons, once the repository has an address.

`clarity-lab badges --repo OWNER/NAME` writes into each lesson a line of links under
the title and the line that installs the package on Colab; a second run replaces them,
`--remove` takes them out again. Until then no link leads nowhere.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from urllib.parse import quote

from clarity_lab.whole import write_whole

LINK_MARK = "Open in ["
COLAB_MARK = 'if "google.colab" in str(get_ipython()):'
COLAB_LINES = (
    f"{COLAB_MARK}  # Colab: install the package first\n",
    '    %pip install -q "clarity-lab[colab,voices] @ git+https://github.com/{repo}"\n',
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words that `clarity-lab badges` understands."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--repo", type=repository, help="OWNER/NAME on GitHub")
    what.add_argument("--remove", action="store_true", help="take the links out again")
    parser.add_argument("--branch", default="main", help="the branch they open")
    parser.add_argument(
        "--folder", type=Path, default=Path("notebooks"), help="where the lessons lie"
    )


def repository(words: str) -> str:
    """Check that some words are OWNER/NAME as GitHub writes them.

    Raises:
        argparse.ArgumentTypeError: If they are not.

    Example:
        >>> repository("hearing/clarity_lab")
        'hearing/clarity_lab'
    """
    if not re.fullmatch(r"[\w-]+/[\w.-]+", words, flags=re.ASCII):
        raise argparse.ArgumentTypeError(
            f"expected OWNER/NAME as on GitHub, got {words!r}. "
            "Leave out https://github.com/ and .git."
        )
    return words


def run(options: argparse.Namespace) -> int:
    """Write or remove the links in every lesson of a folder."""
    lessons = sorted(options.folder.glob("[0-9]*.ipynb"))
    if not lessons:
        print(f"No lessons in {options.folder}. Run this in the repository's root.")
        return 1
    for path in lessons:
        book = json.loads(path.read_text(encoding="utf-8"))
        for cell in (book["cells"][0], first_code_cell(book)):
            cell["source"] = "".join(cell["source"]).splitlines(keepends=True)
        remove_links(book)
        if options.repo:
            add_links(book, path.name, repo=options.repo, branch=options.branch)
        write_whole(path, json.dumps(book, indent=1, ensure_ascii=False) + "\n")
    print(
        f"{'Removed from' if options.remove else 'Written to'} {len(lessons)} lessons."
    )
    return 0


def add_links(book: dict, file_name: str, *, repo: str, branch: str) -> None:
    """Put the links under a lesson's title and the install line into its set-up."""
    lesson = quote(f"notebooks/{file_name}")
    colab = f"https://colab.research.google.com/github/{repo}/blob/{branch}/{lesson}"
    binder = f"https://mybinder.org/v2/gh/{repo}/{branch}?urlpath=lab/tree/{lesson}"
    line = f"{LINK_MARK}Colab]({colab}) · [Binder]({binder})\n"
    title = book["cells"][0]["source"]
    title[1:1] = ["\n", line]
    set_up = first_code_cell(book)["source"]
    set_up[0:0] = [text.replace("{repo}", repo) for text in COLAB_LINES]


def remove_links(book: dict) -> None:
    """Take out what `add_links` put in, and nothing else."""
    title = book["cells"][0]["source"]
    if len(title) > 2 and title[2].startswith(LINK_MARK):
        del title[1:3]
    set_up = first_code_cell(book)["source"]
    if set_up and set_up[0].startswith(COLAB_MARK):
        del set_up[: len(COLAB_LINES)]


def first_code_cell(book: dict) -> dict:
    """Return a notebook's set-up cell."""
    return next(cell for cell in book["cells"] if cell["cell_type"] == "code")
