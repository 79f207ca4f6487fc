"""Hear a row of digits, and read what is left of it after each new language."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from numpy.typing import ArrayLike

from clarity_lab.metrics.text import word_errors
from clarity_lab.widgets.controls import choice, slider
from clarity_lab.widgets.explorer import Explorer, Heard
from clarity_lab.widgets.marked import marked_html

Stages = Sequence[Mapping[str, Sequence[str]]]
"""After each language: by language that is known, what was heard in each recording."""

SOUND = "a synthetic voice"


def explore_forgetting(
    heard: Mapping[str, Stages],
    *,
    said: Mapping[str, Sequence[str]],
    sounds: Mapping[str, Sequence[ArrayLike]],
    sample_rate: int,
) -> Explorer:
    """Choose a way to learn, a language and a recording; read it after each language.

    Args:
        heard: By name of the way to learn, what was heard at each of its stages.
        said: By language, in the order in which they were learnt, what was said in each
            recording.
        sounds: By language, the recordings, each (samples,).
        sample_rate: Of the recordings, in Hz.

    Returns:
        The widget; `.controls` holds `by`, `language` and `number`, from 1; `.view`
            what was said, and what is heard after each language, word by word.

    Raises:
        ValueError: If there is nothing to choose from, or texts and recordings are not
            equally many.
    """
    n_rows = _require_rows(heard, said, sounds)
    learnt = list(said)

    def show(by: str, language: str, number: float) -> Heard:
        k = int(number) - 1
        rows = [
            (learnt[stage], known[language][k])
            for stage, known in enumerate(heard[by])
            if language in known
        ]
        return Heard(
            {SOUND: sounds[language][k]},
            sample_rate,
            title=f"{language}, number {k + 1}",
            picture=lambda: _page(said[language][k], rows),
        )

    return Explorer(
        show,
        {
            "by": choice("Learn by", heard),
            "language": choice("Asked in", learnt),
            "number": slider("Recording", 1, low=1, high=n_rows, step=1),
        },
    )


def _page(said: str, rows: Sequence[tuple[str, str]]) -> str:
    """What was said, and a line for each language that has been learnt since."""
    lines = "".join(
        f"<tr><th scope='row' style='text-align: left'>{html.escape(after)}</th>"
        f"<td style='text-align: left'>{marked_html(errors)}</td>"
        f"<td>{errors.rate:.0%}</td></tr>"
        for after, errors in (
            (after, word_errors(text, reference=said)) for after, text in rows
        )
    )
    return (
        f"<p>Said: <b>{html.escape(said)}</b></p><table><thead><tr><th>After</th>"
        "<th style='text-align: left'>Heard (S: another word, D: missing, I: too many)"
        f"</th><th>WER</th></tr></thead><tbody>{lines}</tbody></table>"
    )


def _require_rows(
    heard: Mapping[str, Stages],
    said: Mapping[str, Sequence[str]],
    sounds: Mapping[str, Sequence[ArrayLike]],
) -> int:
    if not heard or not said:
        raise ValueError("expected at least one way to learn and one language.")
    numbers = {len(texts) for texts in said.values()}
    numbers |= {len(sounds.get(language, ())) for language in said}
    for stages in heard.values():
        numbers |= {len(texts) for known in stages for texts in known.values()}
    if len(numbers) != 1 or not min(numbers):
        raise ValueError(
            "expected equally many recordings, texts that were said and texts that "
            f"were heard, in each language, got {sorted(numbers)}."
        )
    return min(numbers)
