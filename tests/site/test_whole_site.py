"""The site of all lessons of this repository."""

from pathlib import Path

import pytest

from clarity_lab.site.build import MOST_MB, run
from clarity_lab.site.check import require_whole_site
from tests.site.course import options

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@pytest.mark.slow
def test_every_lesson_becomes_a_page_that_links_play_and_fit(tmp_path):
    assert run(options(NOTEBOOKS, tmp_path / "site")) == 0
    require_whole_site(tmp_path / "site", most_mb=MOST_MB)
    pages = {page.stem for page in (tmp_path / "site").glob("*.html")}
    assert {path.stem for path in NOTEBOOKS.glob("[0-9]*.ipynb")} <= pages
    assert all(
        "not on this site" not in page.read_text("utf-8")
        for page in (tmp_path / "site").glob("*.html")
    )
