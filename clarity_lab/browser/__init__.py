"""What runs in the page: plain ES modules and style sheets, joined without a build.

Each widget is one module that imports its parts by name. `module` puts the parts into
one text, as anywidget wants it; nothing is fetched when a lesson runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent

IMPORT = re.compile(
    r'^import\s*\{(?P<names>[^}]*)\}\s*from\s*"\./(?P<module>[\w-]+)\.js";?[ \t]*\n',
    re.MULTILINE,
)
EXPORT = re.compile(r"^export (?=(?:async |function|class|const|let)\b)", re.MULTILINE)
EXPORTED = re.compile(
    r"^export (?:async )?(?:function\*?|class|const|let) +([\w$]+)", re.MULTILINE
)
DEFAULT = re.compile(r"^export default [^;]*;[ \t]*\n?", re.MULTILINE)
DECLARED = re.compile(
    r"^(?:export )?(?:async )?(?:function\*?|class|const|let|var) +([\w$]+)",
    re.MULTILINE,
)
OTHER = re.compile(r"^(?:import\b.*|export *[{*].*)", re.MULTILINE)


@cache
def module(name: str) -> str:
    """Write "<name>.js" and all that it imports as one ES module.

    Args:
        name: Of a module in this folder, without ".js".

    Returns:
        Its text behind the text of its imports, each once; only `name` itself exports.

    Raises:
        ValueError: If there is no such module, or one imports in another way than
            `import { x } from "./y.js"`, or what it imports is not exported, or two
            modules declare the same name.

    Example:
        >>> "export class Engine" in module("engine")
        True
    """
    names = list(_in_order(name))
    _refuse_shared_names(names)
    parts = [_inlined(part) for part in names[:-1]]
    return "\n".join([*parts, IMPORT.sub("", _text(name, "js"))])


def script(name: str) -> str:
    """Write a module that imports nothing as a plain script, for a handler in HTML.

    Args:
        name: Of a module in this folder.

    Returns:
        Its text; it exports nothing.

    Raises:
        ValueError: If there is no such module.

    Example:
        >>> "export" in script("watch_frame")
        False
    """
    return _inlined(name)


@cache
def style(name: str) -> str:
    """Write the common look and the style sheets of a module and its imports as one.

    Args:
        name: Of a module in this folder.

    Returns:
        CSS: look.css first, then one sheet per module that has one, imports first.

    Raises:
        ValueError: See `module`.
    """
    sheets = ["look", *_in_order(name)]
    found = [HERE / f"{sheet}.css" for sheet in sheets]
    return "\n".join(sheet.read_text("utf-8") for sheet in found if sheet.is_file())


def _text(name: str, kind: str) -> str:
    path = HERE / f"{name}.{kind}"
    if not path.is_file():
        here = ", ".join(sorted(other.stem for other in HERE.glob(f"*.{kind}")))
        raise ValueError(f"expected one of the modules {here}, got {name!r}.")
    return path.read_text("utf-8").replace("\r\n", "\n")


def _in_order(name: str, seen: set[str] | None = None) -> Iterator[str]:
    """A module behind everything that it imports, each once."""
    seen = set() if seen is None else seen
    if name in seen:
        return
    seen.add(name)
    text = _text(name, "js")
    for found in IMPORT.finditer(text):
        _refuse_unknown_names(name, found["names"], found["module"])
        yield from _in_order(found["module"], seen)
    left = OTHER.search(IMPORT.sub("", text))
    if left:
        raise ValueError(
            f'expected `import {{ x }} from "./y.js";` in {name}.js, '
            f"got `{left[0].strip()}`."
        )
    yield name


def _inlined(name: str) -> str:
    return EXPORT.sub("", DEFAULT.sub("", IMPORT.sub("", _text(name, "js"))))


def _refuse_unknown_names(importer: str, names: str, imported: str) -> None:
    text = _text(imported, "js")
    for wanted in filter(None, (part.strip() for part in names.split(","))):
        if wanted not in EXPORTED.findall(text):
            raise ValueError(
                f"expected {imported}.js to export {wanted!r}, as {importer}.js "
                "imports it. An import cannot be renamed here."
            )


def _refuse_shared_names(names: list[str]) -> None:
    owner: dict[str, str] = {}
    for name in names:
        for declared in DECLARED.findall(_text(name, "js")):
            other = owner.setdefault(declared, name)
            if other != name:
                raise ValueError(
                    f"expected different names in modules that are joined, but "
                    f"{other}.js and {name}.js both declare {declared!r}."
                )
