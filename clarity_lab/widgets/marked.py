"""A text beside what was said, with its errors marked by colours and letters."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from clarity_lab.metrics.text import (
    MARKS,
    TextErrors,
    character_errors,
    word_errors,
)

COLOURS = {
    "equal": "",
    "substitute": "background: #f9d5c4; color: black",
    "delete": "background: #d4e3f5; color: black; text-decoration: line-through",
    "insert": "background: #f5ecc0; color: black; text-decoration: underline",
}


def marked_html(errors: TextErrors) -> str:
    """A text word by word: each error in a colour, and as a letter: S, D, I."""
    parts = []
    for said, heard, operation in errors.aligned[0]:
        word = html.escape(heard or said)
        mark = f"<sup>{MARKS[operation]}</sup>" if MARKS[operation] else ""
        title = f' title="{html.escape(said)}"' if operation == "substitute" else ""
        parts.append(f'<span style="{COLOURS[operation]}"{title}>{word}</span>{mark}')
    return f'<p style="font-size: 1.15em">{" ".join(parts)}</p>'


def counted(errors: TextErrors) -> str:
    """The word error rate, and what it counts, in words.

    Example:
        >>> from clarity_lab.metrics.text import word_errors
        >>> counted(word_errors("a bat sat", reference="the cat sat down"))
        'WER 75% (2 substituted, 1 deleted, 0 inserted, of 4)'
    """
    return (
        f"WER {errors.rate:.0%} ({errors.n_substitutions} substituted, "
        f"{errors.n_deletions} deleted, {errors.n_insertions} inserted, of "
        f"{errors.n_reference})"
    )


def compared_html(text: str, *, reference: str, more: str = "") -> str:
    """A text with its errors marked, both error rates, and what else is to be said."""
    errors = word_errors(text, reference=reference)
    characters = character_errors(text, reference=reference)
    words = f"{counted(errors)}, CER {characters.rate:.0%}.{more}"
    return f"{marked_html(errors)}<p>{html.escape(words)}</p>"


def best_texts_html(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The best texts of a search as a table; the first column holds the text."""
    head = "".join(f"<th>{name}</th>" for name in ("Text", *columns))
    body = "".join(
        f"<tr><td style='text-align: left'>{html.escape(text)}</td>"
        + "".join(f"<td>{number}</td>" for number in numbers)
        + "</tr>"
        for text, *numbers in rows
    )
    return (
        f"<table><caption>The best texts</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )
