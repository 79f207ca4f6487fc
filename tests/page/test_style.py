"""Style sheets share a page with the notebook: each stays in its widget."""

import re

import pytest

from clarity_lab import browser

SHEETS = sorted(path.stem for path in browser.HERE.glob("*.css"))
ROOTS = ("player", "aligned", "blind", "audiogram", "recorder", "rating", "quiz")
"""Each widget's root has the class "cl", and "cl-" with one of these."""


def selectors(css):
    """Each selector of a sheet, also of those inside @media."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(
        r"@[\w-]+[^{;]*[{;]", "}", css
    )  # what is inside is looked at like the rest
    for rules in re.findall(r"([^{}]+)\{[^{}]*\}", css):
        yield from (one.strip() for one in re.split(r",(?![^()]*\))", rules))


def is_scoped(selector):
    root = rf"\.cl(-({'|'.join(ROOTS)})[\w-]*)?(?![\w-])"
    return re.match(root, selector) is not None


@pytest.mark.parametrize("name", SHEETS)
def test_every_selector_begins_with_the_root_of_a_widget(name):
    found = list(selectors((browser.HERE / f"{name}.css").read_text("utf-8")))
    assert found
    assert [one for one in found if not is_scoped(one)] == []


@pytest.mark.parametrize(
    ("css", "outside"),
    [
        (".cl p, button { color: red }", ["button"]),
        ("@media print { .cl-player a {} table {} }", ["table"]),
        ("/* .cl */ .cl-mark {}", [".cl-mark"]),
        (".cl :is(th, td) {} .clear {}", [".clear"]),
        ("[aria-pressed] > .cl-mark { color: red }", ["[aria-pressed] > .cl-mark"]),
        ('@import "x.css"; p {}', ["p"]),
    ],
)
def test_the_parser_sees_what_reaches_out(css, outside):
    assert [one for one in selectors(css) if not is_scoped(one)] == outside
