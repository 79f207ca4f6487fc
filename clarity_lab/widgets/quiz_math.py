"""Texts of a quiz as HTML: words, `code` in backticks, $math$ in TeX as MathML."""

from __future__ import annotations

import html
import re

PIECE = re.compile(r"(?P<math>(?<!\\)\$[^$]+\$)|(?P<code>`[^`]+`)")
TAG = re.compile(r"<[^>]*>")
HREF = re.compile(r'\s+(?:\w+:)?href="[^"]*"')


def rich_html(text: str, *, mathml: bool = True) -> str:
    r"""Write a text with $math$ and `code` as safe HTML.

    Args:
        text: What is to be read; no HTML. A dollar sign itself is written \$.
        mathml: False leaves the TeX between its dollar signs, for a page with MathJax
            and for readers of the source.

    Returns:
        HTML.

    Example:
        >>> rich_html("a < b")
        'a &lt; b'
        >>> rich_html("$x^2$", mathml=False)
        '$x^2$'
    """
    parts, end = [], 0
    for piece in PIECE.finditer(text):
        parts.append(_plain(text[end : piece.start()]))
        inside = piece[0][1:-1]
        if piece["code"]:
            parts.append(_code(inside))
        else:
            parts.append(math_html(inside) if mathml else html.escape(piece[0]))
        end = piece.end()
    return "".join([*parts, _plain(text[end:])])


def _plain(text: str) -> str:
    return html.escape(text.replace(r"\$", "$"), quote=False)


def _code(text: str) -> str:
    return f"<code>{html.escape(text)}</code>"


def math_html(tex: str) -> str:
    r"""Write a formula as MathML, which browsers draw by themselves.

    Args:
        tex: TeX without its dollar signs.

    Returns:
        HTML: a math element; the TeX as code where latex2mathml is not installed or
            does not know a command.
    """
    try:
        from latex2mathml.converter import convert

        made = convert(tex.replace("<", r"\lt ").replace(">", r"\gt "))
    except Exception:  # not there, or one of its errors, which have no common name
        return _code(tex)
    is_unknown = "\\" in TAG.sub(
        "", made
    )  # a command that it does not know goes through
    return _code(tex) if is_unknown else TAG.sub(_without_link, made)


def _without_link(tag: re.Match[str]) -> str:
    return HREF.sub("", tag[0])
