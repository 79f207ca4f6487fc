"""Modules are joined into one text, and what would break in the page is said here."""

import re

import pytest

from clarity_lab import browser

ALL = sorted(path.stem for path in browser.HERE.glob("*.js"))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """write(name=text, ...) fills a folder of modules."""
    monkeypatch.setattr(browser, "HERE", tmp_path)
    browser.module.cache_clear()
    browser.style.cache_clear()

    def write(**files):
        for name, text in files.items():
            stem, kind = name.rsplit("_", 1)
            (tmp_path / f"{stem}.{kind}").write_text(text, encoding="utf-8")

    yield write
    browser.module.cache_clear()
    browser.style.cache_clear()


def test_imports_stand_before_what_needs_them_and_each_only_once(folder):
    folder(
        low_js="export const low = 1;\n",
        left_js='import { low } from "./low.js";\nexport const left = low;\n',
        right_js='import {\n  low,\n} from "./low.js";\nexport const right = low;\n',
        top_js='import { left } from "./left.js";\n'
        'import { right } from "./right.js";\n'
        "export default { render: () => left + right };\n",
    )
    text = browser.module("top")
    lines = [line for line in text.splitlines() if line]
    assert lines == [
        "const low = 1;",
        "const left = low;",
        "const right = low;",
        "export default { render: () => left + right };",
    ]


def test_only_the_named_module_exports(folder):
    folder(
        part_js="export function part() {}\nexport default { render() {} };\n",
        top_js='import { part } from "./part.js";\nexport class Top {}\n',
    )
    assert re.findall("export .*", browser.module("top")) == ["export class Top {}"]


@pytest.mark.parametrize(
    ("top", "message"),
    [
        ('import * as part from "./part.js";\n', "expected `import { x }"),
        ('import part from "./part.js";\n', "expected `import { x }"),
        ('import { part } from "https://elsewhere/part.js";\n', "expected `import"),
        ('export { part } from "./part.js";\n', "expected `import { x }"),
        ('import { other } from "./part.js";\n', "part.js to export 'other'"),
        ('import { part as mine } from "./part.js";\n', "cannot be renamed"),
        ('import { gone } from "./gone.js";\n', "got 'gone'"),
        ('import { part } from "./part.js";\nconst hidden = 2;\n', "both declare"),
    ],
)
def test_what_cannot_be_joined_is_explained(folder, top, message):
    folder(part_js="export const part = 1;\nconst hidden = 1;\n", top_js=top)
    with pytest.raises(ValueError, match=re.escape(message)):
        browser.module("top")


def test_words_in_strings_and_parameters_are_no_imports(folder):
    text = 'export const say = ({ from }) => `import ${from} from "x"`;\n'
    folder(top_js=text)
    assert browser.module("top") == text


def test_style_sheets_follow_their_modules_behind_the_common_look(folder):
    folder(
        part_js="export const part = 1;\n",
        top_js='import { part } from "./part.js";\n',
        look_css="look",
        part_css="part",
        top_css="top",
    )
    assert browser.style("top").split() == ["look", "part", "top"]


@pytest.mark.parametrize("name", ALL)
def test_each_module_can_be_joined_and_fetches_nothing(name):
    text = browser.module(name)
    assert not re.search(r"^import\b", text, re.MULTILINE)
    assert not re.search(r"https?://(?!www\.w3\.org/)\w", text)


@pytest.mark.parametrize("name", ALL)
def test_no_module_is_longer_than_a_reader_can_hold(name):
    assert len((browser.HERE / f"{name}.js").read_text("utf-8").splitlines()) <= 300
