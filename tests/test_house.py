"""The house's walls: imports go downwards only, and start-up stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "clarity_lab"

# Rooms from the ground up; a room may import from its own floor's own room and below.
FLOORS = [
    ["checks", "frozen", "units", "whole", "seeds", "torchaudio_guard"],
    ["audio", "browser", "manifests", "hearing"],
    ["scenes", "metrics", "models"],
    ["listen", "plots"],
    ["recipes", "site", "widgets", "exercises"],
    ["cli", "data_command", "doctor", "badges"],
]
FLOOR_OF = {room: n for n, rooms in enumerate(FLOORS) for room in rooms}
MODULES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported_rooms(source: str) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level:
            raise SyntaxError("write imports from clarity_lab in full, not relative")
        elif isinstance(node, ast.ImportFrom) and node.module == "clarity_lab":
            names |= {f"clarity_lab.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    inside = {name for name in names if name.startswith("clarity_lab.")}
    return {name.split(".")[1] for name in inside} - {"__version__"}


def upward_imports(room: str, source: str) -> set[str]:
    higher = {other for other in FLOOR_OF if FLOOR_OF[other] > FLOOR_OF[room]}
    beside = {
        other
        for other in FLOOR_OF
        if FLOOR_OF[other] == FLOOR_OF[room] and other != room
    }
    allowed = {("metrics", "hearing"), ("cli", "doctor"), ("cli", "badges")}
    allowed |= {("models", "metrics")}  # a twin takes over its metric's numbers
    beside -= {other for owner, other in allowed if owner == room}
    return imported_rooms(source) & (higher | beside)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_imports_go_downwards_only(path):
    if path == PACKAGE / "__init__.py":
        pytest.skip("the front door may open every room")
    room = room_of(path)
    assert room in FLOOR_OF, f"give the room {room!r} a floor in FLOORS"
    upward = upward_imports(room, path.read_text(encoding="utf-8"))
    assert not upward, f"{path.name} ({room}) imports from above or beside: {upward}"


def test_the_guard_sees_an_upward_import():
    assert upward_imports("audio", "from clarity_lab import plots") == {"plots"}
    assert upward_imports("audio", "import clarity_lab.widgets.x") == {"widgets"}
    assert upward_imports("plots", "from clarity_lab.units import hz_to_mel") == set()


def test_the_guard_refuses_a_relative_import_that_could_hide_one():
    with pytest.raises(SyntaxError, match="in full"):
        imported_rooms("from . import plots")


def test_the_map_for_contributors_shows_every_room_on_its_floor():
    text = (PACKAGE.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    _, drawn, _ = text.partition("## The walls")[2].split("```", 2)
    notebooks, *floors = [line.split() for line in drawn.strip().splitlines()]
    assert notebooks == ["notebooks"]
    assert floors[::-1] == FLOORS


def fresh_python(code: str) -> str:
    words = [sys.executable, "-c", code]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def test_importing_the_package_is_fast_and_light():
    code = (
        "import time; start = time.process_time(); import clarity_lab;"
        "used = time.process_time() - start; import sys;"
        "heavy = {'torch', 'matplotlib', 'pandas', 'requests', 'librosa', 'scipy'};"
        "print(used, *(heavy & set(sys.modules)))"
    )
    runs = [fresh_python(code).split() for _ in range(3)]
    assert min(float(used) for used, *_ in runs) < 0.2
    assert all(not heavy for _, *heavy in runs), runs


@pytest.mark.parametrize("module", ["audio", "manifests", "listen", "cli"])
def test_the_ground_floor_needs_no_lesson_package(module):
    code = (
        f"import clarity_lab.{module}, sys;"
        "print(*({'torch', 'matplotlib', 'pandas', 'librosa'} & set(sys.modules)))"
    )
    assert fresh_python(code).split() == []


def test_no_module_is_longer_than_a_reader_can_hold():
    longest = {path.name: len(path.read_bytes().splitlines()) for path in MODULES}
    assert {name for name, lines in longest.items() if lines > 300} == set()
