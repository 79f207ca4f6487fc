"""The front page, from the README's map of lessons, and who made the recordings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from bs4 import BeautifulSoup

from clarity_lab.site.formulas import Report, markdown_html
from clarity_lab.site.lessons import PACKAGE
from clarity_lab.site.links import lead_through_site
from clarity_lab.site.render import Page, page_of

MAP = re.compile(r"^## Lessons\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
ABOUT = """
## About these pages

These are the lessons after they ran. Every sound can be played, at the level that it
had in the lesson, one at a time; a running lesson switches between sounds while they
play. Sliders stand still, listening tests are only told, and questions keep their
answers folded. To move, rate and answer, to record your own voice and to solve the
exercises, run the lessons: in a copy of the repository, `python start.py` installs
everything and opens them. The pages need no network: copy this folder to where you want
to read.
"""


def front_page(readme: str, *, pages: Mapping[str, str], report: Report) -> Page:
    """Write the front page.

    Args:
        readme: The README's Markdown: its title, its first paragraph, and the section
            "Lessons" are taken.
        pages: Path in the repository to page of the site.
        report: Is told of formulas that stay TeX.

    Raises:
        ValueError: If there is no map of lessons.
    """
    found = MAP.search(readme)
    if not found:
        raise ValueError('expected a section "## Lessons" in the README, got none.')
    opening = re.split(r"^## ", readme, maxsplit=1, flags=re.MULTILINE)[0]
    text = f"{opening}\n{found[0]}\n{ABOUT}"
    soup = BeautifulSoup(markdown_html(text, report=report), "html.parser")
    lead_through_site(soup, folder="", pages=pages)
    page = page_of(soup)
    return Page(page.title, page.content)  # too short for a list of its headings


def attribution_page(*, pages: Mapping[str, str], report: Report) -> Page:
    """Write the page that says who made the recordings, and under which licences."""
    path: Path = PACKAGE / "samples" / "ATTRIBUTION.md"
    text = markdown_html(path.read_text(encoding="utf-8"), report=report)
    soup = BeautifulSoup(text, "html.parser")
    lead_through_site(soup, folder="clarity_lab/samples", pages=pages)
    return page_of(soup)
