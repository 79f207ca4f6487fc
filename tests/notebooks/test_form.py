"""Every lesson keeps the form: one look at the file tells, nothing is run here."""

import ast
import importlib
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LESSONS = [path for path in NOTEBOOKS if not path.stem.startswith("_")]
HEADINGS = [
    "You will be able to",
    "Set-up",
    "Listen first",
    "Theory",
    "From scratch",
    "With the package",
    "Explore",
    "Exercises",
    "Paper and here",
    "Where the model stops",
    "Going further",
]
NOT_IN_THE_FIRST_LESSON = {"Theory", "From scratch", "With the package"}
NOT_IN_THE_FIRST_LESSON |= {"Paper and here", "Where the model stops"}
PROMISE = re.compile(r"\*\d+ min · (CPU|CPU or GPU|GPU) · needs [^*]+\*")
OWN_PLACE = re.compile(
    r"""(?<![\w/.:])(/(home|Users|tmp|root|content|mnt|work|opt|srv|var|media|data|scratch|Volumes)/"""
    r"""|[A-Za-z]:[\\/](?!/))"""
)

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def cells(path, kind):
    book = nbformat.read(path, as_version=4)
    return [cell.source for cell in book.cells if cell.cell_type == kind]


def text(path):
    return "\n\n".join(cells(path, "markdown"))


@each_notebook
def test_it_is_a_valid_notebook_without_outputs(path):
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert not [cell.source for cell in code if cell.outputs or cell.execution_count]
    assert book.metadata.kernelspec.name == "python3"
    assert "widgets" not in book.metadata, "the state of widgets is an output too"


@each_notebook
def test_its_headings_stand_in_order(path):
    found = re.findall(r"^## (.+)$", text(path), flags=re.MULTILINE)
    wanted = HEADINGS
    if path.stem.startswith("00"):
        wanted = [name for name in HEADINGS if name not in NOT_IN_THE_FIRST_LESSON]
    assert found == wanted


@each_notebook
def test_it_opens_with_a_title_and_a_promise(path):
    first = cells(path, "markdown")[0]
    number = path.stem.split("_")[0]
    assert re.match(rf"# {number or 'NN'} · \w", first)
    assert PROMISE.search(first), "promise: *45 min · CPU · needs 01*"


@each_notebook
def test_no_code_cell_is_longer_than_twenty_lines(path):
    long = [source for source in cells(path, "code") if source.count("\n") >= 20]
    assert not long


@each_notebook
def test_code_is_folded_where_it_holds_the_answer_of_a_quiz_and_nowhere_else(path):
    book = nbformat.read(path, as_version=4)
    for cell in book.cells:
        if cell.cell_type == "code":
            in_lab = cell.metadata.get("jupyter", {}).get("source_hidden", False)
            in_colab = cell.metadata.get("cellView") == "form"
            assert in_lab == in_colab == ("widgets.quiz(" in cell.source), cell.source


@each_notebook
def test_it_imports_clarity_lab_first(path):
    magics = re.compile(r"^(\s*)[%!].*$", re.MULTILINE)
    tree = ast.parse(magics.sub(r"\1pass", cells(path, "code")[0]))
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
    first = min(imports, key=lambda node: node.lineno)
    name = first.module if isinstance(first, ast.ImportFrom) else first.names[0].name
    assert name.split(".")[0] == "clarity_lab"


@each_notebook
def test_it_installs_nothing_outside_the_set_up_cell(path):
    later = cells(path, "code")[1:]
    assert not [
        source for source in later if re.search(r"^\s*[!%]|pip install", source, re.M)
    ]


@each_notebook
def test_it_names_no_place_of_one_machine(path):
    everything = "\n".join(cells(path, "code") + cells(path, "markdown"))
    assert not OWN_PLACE.search(everything)


@each_notebook
def test_its_links_lead_somewhere(path):
    targets = re.findall(r"\]\(([^)\s]+)\)", text(path))
    assert targets
    for target in targets:
        if not target.startswith("https://"):
            assert (path.parent / target.split("#")[0]).exists(), target


@each_lesson
def test_it_asserts_and_checks(path):
    code = "\n".join(re.sub(r"#.*", "", source) for source in cells(path, "code"))
    assert re.search(r"^\s*assert |assert_allclose\(", code, re.MULTILINE)
    checks = re.findall(r"\bex\.(check_\w+)\(", code)
    assert checks, "a lesson has exercises: ex.check_...(attempt), see 00"
    module = importlib.import_module(f"clarity_lab.exercises.ex{path.stem}")
    there = {name for name in vars(module) if name.startswith("check_")}
    assert set(checks) == there, "each exercise has its cell"
    for check in checks:
        assert callable(getattr(module, check))
        assert hasattr(module, check.replace("check_", "solution_", 1))


@each_lesson
def test_its_last_line_leads_back_to_the_map_and_on(path):
    last = text(path).strip().splitlines()[-1]
    assert "[map](../README.md#lessons)" in last
    number = LESSONS.index(path)
    for neighbour in LESSONS[max(number - 1, 0) : number + 2]:
        assert neighbour == path or f"]({neighbour.name})" in last


@each_lesson
def test_the_map_in_the_readme_knows_it(path):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    row = f"](notebooks/{path.name})" in readme
    assert row, f"put notebooks/{path.name} on the map of lessons in README.md"
    minutes = re.search(r"\*(\d+) min", cells(path, "markdown")[0])[1]
    assert f"](notebooks/{path.name}) | {minutes} |" in readme


@each_lesson
def test_no_recorded_voice_is_played_into_the_file(path):
    code = cells(path, "code")
    recorded = re.findall(r"(\w+) = .*\.samples\b", "\n".join(code))
    players = [source for source in code if "listen." in source]
    for name in [*recorded, r"\w+\.samples"]:
        assert not [c for c in players if re.search(rf"\b{name}\b", c)], name


def test_the_place_guard_sees_places_and_spares_addresses():
    assert OWN_PLACE.search("open('/home/me/x.wav')")
    assert OWN_PLACE.search(r"C:\Users\me")
    assert OWN_PLACE.search('load("d:/sounds/x.wav")')
    assert OWN_PLACE.search("load('/data/x.wav')")
    assert not OWN_PLACE.search("https://example.org/home/me")
    assert not OWN_PLACE.search("1/tmp")
