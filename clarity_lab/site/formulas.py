r"""Formulas in TeX become MathML, which browsers draw by themselves, without a network.

What the converter cannot do stays as its source, in code, and is reported.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

from bs4 import BeautifulSoup
from latex2mathml.converter import convert
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

IN_A_TEXT = re.compile(r"(?<![\\$\w])\$(?![\s$])([^$]+?)(?<![\s\\])\$(?![\w$])")
NO_FORMULAS_IN = {"code", "pre", "script", "style", "math", "textarea", "kbd"}
NAMESPACE = ' xmlns="http://www.w3.org/1998/Math/MathML"'
BAR = re.compile(r'<mo(?: stretchy="false")?>&#x0007C;</mo>')
CLOSE_BAR = '<mo stretchy="false" lspace="0" rspace="0">|</mo>'
"""A plain bar stands beside a value as a bracket does; browsers would space it out."""
Report = Callable[[str], Any]


def mathml(tex: str, *, block: bool = False, report: Report = print) -> str:
    r"""Write a formula as MathML; as `code` if that cannot be done.

    Args:
        tex: LaTeX without its dollar signs.
        block: Whether it stands on a line of its own.
        report: Is told of a formula that stays TeX.

    Returns:
        HTML.

    Example:
        >>> "<mfrac>" in mathml(r"\frac{a}{b}")
        True
        >>> mathml(r"\nosuchthing", report=lambda what: None)
        '<code class="tex">\\nosuchthing</code>'
    """
    try:
        made = convert(tex.strip(), display="block" if block else "inline")
    except Exception as error:  # its errors have no common name
        report(f"formula {tex.strip()!r} stays TeX: {type(error).__name__} {error}")
    else:
        if "\\" not in re.sub(r"<[^>]*>", "", made):  # an unknown command goes through
            return BAR.sub(CLOSE_BAR, made.replace(NAMESPACE, ""))
        report(f"formula {tex.strip()!r} stays TeX: it has an unknown command")
    tag = f'<code class="tex">{html.escape(tex.strip())}</code>'
    return f"<p>{tag}</p>" if block else tag


class Renderer(IPythonRenderer):
    """Markdown as JupyterLab reads it, but with formulas that are done."""

    def __init__(self, report: Report) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self._report = report

    def block_math(self, body: str) -> str:
        """A formula between double dollar signs."""
        return mathml(body, block=True, report=self._report)

    def inline_math(self, body: str) -> str:
        """A formula in a line of text."""
        return mathml(body, report=self._report)

    def latex_environment(self, name: str, body: str) -> str:
        """A formula between begin and end."""
        tex = f"\\begin{{{name}}}{body}\\end{{{name}}}"
        return mathml(tex, block=True, report=self._report)


def markdown_html(source: str, *, report: Report = print) -> str:
    """Write Markdown with formulas as HTML.

    Example:
        >>> markdown_html("A *word*").strip()
        '<p>A <em>word</em></p>'
    """
    return MarkdownWithMath(renderer=Renderer(report)).render(source)


def formulas_in_html(text: str, *, report: Report = print) -> str:
    """Do the formulas of an output, where a notebook would have typeset them.

    Example:
        >>> formulas_in_html("<p>5 $ and 6 $, <code>$x$</code></p>")
        '<p>5 $ and 6 $, <code>$x$</code></p>'
    """
    if not IN_A_TEXT.search(text):
        return text
    soup = BeautifulSoup(text, "html.parser")
    for piece in list(soup.find_all(string=IN_A_TEXT)):
        if NO_FORMULAS_IN & {parent.name for parent in piece.parents}:
            continue
        done = _with_formulas(str(piece), report)
        piece.replace_with(BeautifulSoup(done, "html.parser"))
    return str(soup)


def _with_formulas(text: str, report: Report) -> str:
    """Plain words, escaped, around formulas."""
    parts = IN_A_TEXT.split(text)
    words = [html.escape(part, quote=False) for part in parts[::2]]
    made = [mathml(tex, report=report) for tex in parts[1::2]]
    return "".join(map("".join, zip(words, [*made, ""], strict=True)))
