"""CEC2 experiments to go on with."""

import shutil

import pytest

from tests.recipes.small_cec2 import build, run


@pytest.fixture(scope="session")
def done(tmp_path_factory):
    """An experiment that nothing disturbed."""
    root = tmp_path_factory.mktemp("cec2") / "done"
    build(root)
    for words in (["render", "--keep-rooms"], ["enhance"], ["evaluate"], ["report"]):
        status, said = run(words[0], root, *words[1:])
        assert status == 0, said
    return root


@pytest.fixture
def built(done, tmp_path):
    """The same experiment before rendering."""
    root = tmp_path / "again"
    shutil.copytree(done, root, ignore=shutil.ignore_patterns("scenes", "exp"))
    (root / "settings" / "render.train.json").unlink()
    return root


@pytest.fixture
def again(done, tmp_path):
    """The same experiment, finished, to change."""
    root = tmp_path / "again"
    shutil.copytree(done, root)
    return root
