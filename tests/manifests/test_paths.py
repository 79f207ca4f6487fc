"""A path is safe if it stays in its folder on every operating system."""

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clarity_lab.manifests.paths import require_safe_path

HOSTILE = [
    "",
    "/etc/passwd",
    "../x",
    "a/../../x",
    "a/./x",
    "a//x",
    "a/",
    "C:/x",
    "C:x",
    "a\\..\\x",
    "\\\\server\\share",
    "sound.wav:hidden",
    "a\0b",
    "a\nb",
    "con",
    "a/NUL.wav",
    "com1",
    "dots.",
    "space ",
]


@pytest.mark.parametrize("path", HOSTILE)
def test_a_hostile_path_is_refused(path):
    with pytest.raises(ValueError, match="expected a relative path"):
        require_safe_path(path)


@pytest.mark.parametrize("path", ["a.wav", "a/b c.wav", "über/日本語.wav", "..a/b..c"])
def test_an_honest_path_is_returned_as_it_is(path):
    assert require_safe_path(path) == path


parts = st.sampled_from(["..", ".", "a", "C:", "\\", "/", "con", " ", "\0", "b.wav"])


@given(st.one_of(st.text(max_size=12), st.lists(parts).map("/".join)))
@example("a/../b")
def test_what_is_accepted_stays_inside_on_every_system(path):
    try:
        require_safe_path(path)
    except ValueError:
        return
    for system in (PurePosixPath, PureWindowsPath):
        joined = system("root") / path
        assert joined.is_relative_to(system("root"))
        assert ".." not in joined.parts
        assert joined.name == path.split("/")[-1]
