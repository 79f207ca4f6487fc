"""A question to answer before the slider is moved.

The page checks the answer: it works without a kernel, and nothing is sent anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import traitlets

from clarity_lab import browser
from clarity_lab.browser.widget import PageWidget
from clarity_lab.seeds import named_rng
from clarity_lab.widgets.quiz_math import rich_html


class Quiz(PageWidget):
    """One question with one right answer.

    Attributes:
        question: As it was given; with `options` (in the order shown), `answer` (the
            place of the right one), `why` and `hints`.
        tries: How often an answer was checked.
        is_right: True once the right one was among them.
    """

    _esm = browser.module("quiz")
    _css = browser.style("quiz")

    question_html = traitlets.Unicode().tag(sync=True)
    option_htmls = traitlets.List(traitlets.Unicode()).tag(sync=True)
    why_html = traitlets.Unicode().tag(sync=True)
    hint_htmls = traitlets.List(traitlets.Unicode()).tag(sync=True)
    answer = traitlets.Int().tag(sync=True)
    chosen = traitlets.Int(-1).tag(sync=True)
    checked = traitlets.Int(-1).tag(sync=True)
    tries = traitlets.Int(0).tag(sync=True)
    is_right = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        question: str,
        options: Sequence[str],
        *,
        answer: int,
        why: str,
        hints: Sequence[str] = (),
    ) -> None:
        self.question, self.why = question, why
        self.options, self.hints = list(options), list(hints)
        super().__init__(
            question_html=rich_html(question),
            option_htmls=[rich_html(option) for option in options],
            why_html=rich_html(why),
            hint_htmls=[rich_html(hint) for hint in hints],
            answer=answer,
        )

    @traitlets.validate("answer")
    def _must_be_an_option(self, proposal: dict) -> int:
        return _require_answer(proposal["value"], self.options)

    def preview_html(self) -> str:
        """Question and options, and behind a fold the answer; the TeX stays TeX."""
        options = "".join(
            f"<li>{rich_html(option, mathml=False)}</li>" for option in self.options
        )
        right = rich_html(self.options[self.answer], mathml=False)
        return (
            f"<p><strong>{rich_html(self.question, mathml=False)}</strong></p>"
            f"<ul>{options}</ul>"
            f"<details><summary>Answer, and why</summary><p>{right}</p>"
            f"<p>{rich_html(self.why, mathml=False)}</p></details>"
        )


def quiz(
    question: str,
    options: Sequence[str],
    *,
    answer: int | str,
    why: str,
    hints: Sequence[str] = (),
    seed: int | None = None,
) -> Quiz:
    """Ask before you tell: a question, hints for wrong answers, why for the right one.

    Args:
        question: With $TeX$ for math and `backticks` for code, like all texts here.
        options: At least two answers to choose from, all different.
        answer: The right one: its place, from 0, or the option itself.
        why: Shown with the right answer.
        hints: Shown one by one after wrong answers, from easy to telling.
        seed: Shuffles the options. Default: they stand as given.

    Returns:
        The widget; `.tries` counts the checks, `.is_right` tells of success.

    Raises:
        TypeError: If a text is no text, or the answer neither a place nor an option.
        ValueError: If there are too few options, two are equal, a text is empty, or the
            answer is none of the options.
    """
    question = _require_text(question, "question")
    why = _require_text(why, "why")
    options = _require_texts(options, "options")
    hints = _require_texts(hints, "hints")
    if len(options) < 2:
        raise ValueError(f"expected at least two options, got {len(options)}.")
    seen = [option.strip() for option in options]
    twice = next((option for option in seen if seen.count(option) > 1), None)
    if twice is not None:
        raise ValueError(f"expected different options, got {twice!r} twice.")
    place = _require_answer(answer, options)
    order = np.arange(len(options))
    if seed is not None:
        order = named_rng(seed, "quiz", question).permutation(len(options))
    return Quiz(
        question,
        [options[n] for n in order],
        answer=int(np.flatnonzero(order == place)[0]),
        why=why,
        hints=hints,
    )


def _require_text(text: str, name: str) -> str:
    if not isinstance(text, str):
        raise TypeError(f"expected {name} as text, got {text!r}.")
    if not text.strip():
        raise ValueError(f"expected {name} to say something, got an empty text.")
    return text


def _require_texts(texts: Sequence[str], name: str) -> list[str]:
    if isinstance(texts, str) or not isinstance(texts, Sequence):
        raise TypeError(f"expected {name} as a list of texts, got {texts!r}.")
    return [_require_text(text, f"each of the {name}") for text in texts]


def _require_answer(answer: int | str, options: list[str]) -> int:
    if isinstance(answer, str):
        if answer not in options:
            listing = ", ".join(map(repr, options))
            raise ValueError(f"expected answer to be one of {listing}, got {answer!r}.")
        return options.index(answer)
    if isinstance(answer, bool) or not isinstance(answer, int | np.integer):
        raise TypeError(
            f"expected answer as a place from 0 or as the option, got {answer!r}."
        )
    if not 0 <= answer < len(options):
        raise ValueError(
            f"expected answer from 0 to {len(options) - 1}, the place of the right one "
            f"among the options, got {answer}."
        )
    return int(answer)
