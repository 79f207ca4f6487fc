"""A small repository with lessons of its own."""

import pytest

pytest.importorskip("nbclient", reason="needs JupyterLab's nbclient")
pytest.importorskip("nbconvert", reason="needs JupyterLab's nbconvert")
pytest.importorskip("latex2mathml", reason="needs latex2mathml")

from tests.site.course import write_course


@pytest.fixture
def course(tmp_path):
    """course({"00_a": [...cells...], ...}) writes lessons and gives their folder."""
    return lambda lessons: write_course(tmp_path, lessons)
