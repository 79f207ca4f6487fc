"""A lesson that ran becomes a page: nbconvert writes the cells, we all around them."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
from bs4 import BeautifulSoup, Tag
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from traitlets.config import Config

from clarity_lab import __version__
from clarity_lab.site.formulas import Report, formulas_in_html, markdown_html, mathml
from clarity_lab.site.shelf import Shelf

HERE = Path(__file__).parent
WIDGET = "application/vnd.jupyter.widget-view+json"
SHOWN = ["text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg"]
SHOWN += ["text/plain"]
PROGRESS = re.compile(r"^[^|]*\d+%\|")
"""How a progress bar prints itself; on a page it is over."""
LONG_FORMULA = 20
"""Signs in a line's formula that may be wider than a telephone."""
LIVE_ONLY = "This one needs a running lesson: it has nothing to show without."


@dataclass(frozen=True)
class Page:
    """What goes around the content of a page.

    Attributes:
        title: In plain words.
        content: HTML, with one h1 at its beginning.
        contents: The headings below it: level, anchor, HTML.
        onward: HTML of the line previous · map · next; may be empty.
    """

    title: str
    content: str
    contents: list[tuple[int, str, str]] = field(default_factory=list)
    onward: str = ""

    def document(self) -> str:
        """The whole file."""
        return _template().render(page=self, version=__version__)


class LessonExporter(HTMLExporter):
    """nbconvert's exporter with our template: no MathJax, no RequireJS, no CDN."""

    def __init__(self, report: Report) -> None:
        super().__init__(
            template_name="template",
            extra_template_basedirs=[str(HERE)],
            config=Config({"NbConvertBase": {"display_data_priority": SHOWN}}),
        )
        self._report = report

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """The usual ones, but formulas are done at once."""
        yield from super().default_filters()
        yield "markdown2html", lambda text: markdown_html(text, report=self._report)


def lesson_page(book: NotebookNode, *, shelf: Shelf, report: Report) -> Page:
    """Write an executed lesson as a page, its sounds and pictures on the shelf.

    Args:
        book: With outputs; it is changed.
        shelf: Takes sounds and pictures.
        report: Is told what could not be shown as it should.
    """
    book.cells = [
        cell
        for cell in book.cells
        if cell.source.strip() and "solution" not in cell.metadata.get("tags", [])
    ]
    for cell in book.cells:
        if "outputs" in cell:
            cell.outputs = _joined(o for o in cell.outputs if not _is_progress(o))
        for output in cell.get("outputs", []):
            if "data" in output:
                _make_plain(output, shelf, report)
    text, _ = LessonExporter(report).from_notebook_node(book)
    soup = BeautifulSoup(text, "html.parser")
    onward = _take_onward(soup)
    return page_of(soup, onward=onward)


def page_of(soup: BeautifulSoup, *, onward: str = "") -> Page:
    """Give every heading an anchor and wide things a frame, and list the headings."""
    contents = _anchor_headings(soup)
    for table in soup.find_all("table"):
        table.attrs.pop("border", None)
        table.wrap(soup.new_tag("div", attrs={"class": "wide"}))
    for formula in soup.find_all("math"):
        if formula["display"] == "block":
            formula.wrap(soup.new_tag("div", attrs={"class": "wide"}))
        elif len(formula.get_text()) > LONG_FORMULA:
            formula.wrap(soup.new_tag("span", attrs={"class": "long"}))
    heading = soup.find("h1")
    title = heading.get_text(" ", strip=True) if heading else "Untitled"
    return Page(title, str(soup), contents, onward)


def slug(text: str) -> str:
    """The anchor of a heading, as GitHub writes it.

    Example:
        >>> slug("With the package: 2 × 2")
        'with-the-package-2--2'
    """
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")


def _joined(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """What was printed bit by bit as one output."""
    joined: list[NotebookNode] = []
    for output in outputs:
        before = joined[-1] if joined else {}
        if "name" in output and output.name == before.get("name"):
            before.text += output.text
        else:
            joined.append(output)
    return joined


def _is_progress(output: NotebookNode) -> bool:
    data = output.get("data", {})
    return WIDGET in data and bool(PROGRESS.match(data.get("text/plain", "")))


def _make_plain(output: NotebookNode, shelf: Shelf, report: Report) -> None:
    """Leave one HTML of an output that a page without a kernel can show."""
    data, about = output.data, output.metadata
    if data.pop(WIDGET, None) is not None and "text/html" not in data:
        report(f"no static preview: {data.get('text/plain', 'a widget')[:60]}")
        data["text/html"] = f'<p class="live">{LIVE_ONLY}</p>'
    if "text/latex" in data and "text/html" not in data:
        tex = data["text/latex"].strip().strip("$")
        data["text/html"] = mathml(tex, block=True, report=report)
    for kind in ("image/png", "image/jpeg"):
        if kind in data and "text/html" not in data:
            data["text/html"] = _picture(data[kind], kind, about.get(kind, {}), shelf)
    if "text/html" in data:
        unpacked = shelf.unpack(data["text/html"])
        data["text/html"] = formulas_in_html(unpacked, report=report)


def _picture(encoded: str, kind: str, about: dict[str, Any], shelf: Shelf) -> str:
    address = shelf.keep(base64.b64decode(encoded), kind)
    alt = html.escape(about.get("alt", "Picture without words."))
    sizes = "".join(
        f' {name}="{about[name]}"' for name in ("width", "height") if name in about
    )
    return f'<img src="{address}" alt="{alt}"{sizes} class="figure">'


def _take_onward(soup: BeautifulSoup) -> str:
    """Cut out the lesson's last line, previous · map · next."""
    lines = [one for one in soup.find_all("p") if one.find("a", string="map")]
    return lines[-1].extract().decode_contents() if lines else ""


def _anchor_headings(soup: BeautifulSoup) -> list[tuple[int, str, str]]:
    taken: dict[str, int] = {}
    found = []
    for heading in soup.find_all(re.compile(r"^h[1-6]$")):
        anchor = slug(heading.get_text()) or "part"
        taken[anchor] = taken.get(anchor, -1) + 1
        anchor += f"-{taken[anchor]}" * bool(taken[anchor])
        heading["id"] = anchor
        found.append((int(heading.name[1]), anchor, _words_of(heading)))
    return [entry for entry in found if entry[0] in (2, 3)]


def _words_of(heading: Tag) -> str:
    """A heading's HTML without links, to stand inside one."""
    copy = BeautifulSoup(heading.decode_contents(), "html.parser")
    for link in copy.find_all("a"):
        link.unwrap()
    return str(copy)


def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(HERE / "template")
    return jinja2.Environment(loader=loader, autoescape=True).get_template("page.html")
