"""The widget of a listening test: what the page may know, and what stays hidden.

The page gets sounds called A, B, C ... and nothing else; which is which stays here
until the last answer has been given.
"""

from __future__ import annotations

import html
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import traitlets

from clarity_lab import browser
from clarity_lab.browser.widget import PageWidget
from clarity_lab.browser.wire import SoundSender
from clarity_lab.listen.programme import require_gain_db
from clarity_lab.metrics.ratings import (
    GOOD_SCORE,
    excluded_listeners,
    rating_summary,
    screened_ratings,
)
from clarity_lab.widgets import rating_results
from clarity_lab.widgets.rating_results import SCALES, Row
from clarity_lab.widgets.rating_trials import REFERENCE, Screen

if TYPE_CHECKING:
    from pandas import DataFrame


class Rating(SoundSender, PageWidget):
    """A listening test on the page, and its answers in Python.

    Attributes:
        status: "rating", or "done" after the last answer.
        message: What the listener is told at the moment.
        results: The answers of all finished trials, a pandas DataFrame.
        excluded: Listener to the reason why the scores should not count (MUSHRA).
    """

    _esm = browser.module("rating")
    _css = browser.style("rating")

    method = traitlets.Unicode("mushra").tag(sync=True)
    question = traitlets.Unicode("").tag(sync=True)
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    sample_rate = traitlets.Int(0).tag(sync=True)
    screen = traitlets.Int(0).tag(sync=True)
    n_screens = traitlets.Int(0).tag(sync=True)
    gain_db = traitlets.Float(0.0).tag(sync=True)
    whole_first = traitlets.Bool(True).tag(sync=True)
    answers = traitlets.Dict().tag(sync=True)
    status = traitlets.Unicode("rating").tag(sync=True)
    message = traitlets.Unicode("").tag(sync=True)
    outcome = traitlets.List().tag(sync=True)

    def __init__(
        self,
        screens: Sequence[Screen],
        planned: Sequence[Sequence[Row]],
        *,
        sample_rate: int,
        answered: Sequence[Row] = (),
        save_to: Path | None = None,
        **traits: object,
    ) -> None:
        super().__init__(n_screens=len(screens), sample_rate=sample_rate, **traits)
        self._screens, self._planned = list(screens), list(planned)
        self._rows: list[Row] = list(answered)
        self._save_to = save_to
        self.on_msg(self._receive)
        self._show(self._n_finished())

    @property
    def results(self) -> DataFrame:
        """One row per rated sound of the finished trials, in the order of the test."""
        return rating_results.as_table(self._rows)

    def save(self, path: str | Path) -> Path:
        """Write the results as CSV, whole or not at all.

        Args:
            path: The file. One that is there may only grow: other answers are kept.

        Returns:
            The path.

        Raises:
            FileExistsError: If the file holds other answers.
            OSError: If it cannot be written.
            ValueError: If there is a file that is no table of ratings.
        """
        path = Path(path)
        rating_results.write_rows(path, self._rows)
        return path

    def summary(self) -> DataFrame:
        """Mean score of each condition with its 95 % interval; see `rating_summary`."""
        return rating_summary(self.results)

    @property
    def excluded(self) -> dict[str, str]:
        """Listener to reason, by the rules of BS.1534-3; see `excluded_listeners`."""
        return excluded_listeners(self.results) if self.method == "mushra" else {}

    def screened(self) -> DataFrame:
        """The results without the excluded listeners; see `screened_ratings`."""
        results = self.results
        return screened_ratings(results) if self.method == "mushra" else results

    def preview_html(self) -> str:
        """What is shown where no kernel runs: the question and how far the test is."""
        if self.status == "done":
            return _outcome_html(self.question, self.outcome)
        unit = "sound" if self.method == "acr" else "trial"
        plural = "" if self.n_screens == 1 else "s"
        return (
            f"<p><strong>{html.escape(self.question)}</strong> A blind listening test "
            f"with {self.n_screens} {unit}{plural}. "
            "Run this cell in a notebook to take it.</p>"
        )

    def _n_finished(self) -> int:
        """How many screens the rows that are there fill."""
        n_rows = 0
        for number, planned in enumerate(self._planned):
            if n_rows >= len(self._rows):
                return number
            n_rows += len(planned)
        return len(self._planned)

    def _show(self, number: int) -> None:
        """Put a screen on the page, whole or not at all, or the end of the test."""
        if number == len(self._screens):
            self._finish()
            return
        screen = self._screens[number]
        sounds = screen.playable()
        self.set_sounds(  # here it may fail, and the page knows nothing of it yet
            sounds,
            sample_rate=self.sample_rate,
            tell=False,
        )
        self._first_sound_at: float | None = None
        self._answered_after_s: dict[str, float] = {}
        letters = [label for label in sounds if label != REFERENCE]
        fresh = {"score": None, "n_plays": 0, "heard": False}
        with self.hold_sync():  # one message: the page never sees half of it
            self.screen, self.labels = number, list(sounds)
            self.gain_db = screen.gain_db
            self.answers = {letter: dict(fresh) for letter in letters}
            self.message = ""
        self.announce()

    @traitlets.validate("gain_db")
    def _must_not_clip(self, proposal: dict) -> float:
        screens = getattr(self, "_screens", [])  # none while the widget is made
        here = screens[self.screen : self.screen + 1]
        loudest = max((one.loudest for one in here), default=0.0)
        return require_gain_db(proposal["value"], loudest=loudest)

    def _finish(self) -> None:
        """Say thank you; only now the names may go to the page."""
        rows = self.summary().to_dict("records")
        with self.hold_sync():  # one message: the page never sees half of it
            self.screen, self.answers, self.labels = len(self._screens), {}, []
            self.outcome = [
                {
                    "rank": 1 + sum(other["mean"] > row["mean"] for other in rows),
                    "condition": row["condition"],
                    "n": row["n"],
                    "mean": row["mean"],
                }
                for row in rows
            ]
            self.status = "done"
            self.message = f"{self._saved_in_words()}{self._original_in_words()}"

    def _saved_in_words(self) -> str:
        if self._save_to:
            return (
                f"Thank you, that was all. Your answers are saved in {self._save_to}."
            )
        return (
            "Thank you, that was all. To keep your answers, run "
            "rating.save('mine.csv') in a new cell (rating: the name that you gave "
            "to this test)."
        )

    def _original_in_words(self) -> str:
        """A remark where the hidden original was not found, or nothing."""
        hidden = [row["score"] for row in self._rows if row["is_hidden_reference"]]
        n_low = sum(score < GOOD_SCORE for score in hidden)
        if self.method != "mushra" or not n_low:
            return ""
        where = f" in {n_low} of {len(hidden)} trials" if len(hidden) > 1 else ""
        return (
            f" The hidden original got less than {GOOD_SCORE} from you{where}. Compare "
            "with the reference again: a laboratory leaves out whoever often misses it."
        )

    def _receive(self, _: object, content: Mapping[str, Any], __: list) -> None:
        """Take what the page says about the screen that is shown now."""
        if content.get("screen") != self.screen or self.status == "done":
            return  # late news of the screen before
        handle = {"played": self._played, "heard": self._heard, "score": self._score}
        kind, letter = content.get("kind"), content.get("sound")
        if kind == "next":
            self._next()
        elif kind == "played" and letter == REFERENCE:
            self._begin()
        elif kind in handle and letter in self.answers:
            handle[kind](letter, content)

    def _begin(self) -> None:
        if self._first_sound_at is None:
            self._first_sound_at = time.monotonic()

    def _note(self, letter: str, **news: object) -> None:
        answer = {**self.answers[letter], **news}
        self.answers = {**self.answers, letter: answer}

    def _played(self, letter: str, _: Mapping[str, Any]) -> None:
        self._begin()
        self._note(letter, n_plays=self.answers[letter]["n_plays"] + 1)

    def _heard(self, letter: str, _: Mapping[str, Any]) -> None:
        self._note(letter, heard=True)

    def _score(self, letter: str, content: Mapping[str, Any]) -> None:
        score = content.get("score")
        if type(score) is int and score in SCALES[self.method]:
            self._begin()
            self._answered_after_s[letter] = time.monotonic() - self._first_sound_at
            self._note(letter, score=score)

    def _next(self) -> None:
        """Keep a finished screen's answers, write them, and show the next one."""
        missing = [
            letter
            for letter, answer in self.answers.items()
            if answer["score"] is None or not answer["heard"]
        ]
        if missing:
            self.message = f"Not heard or not rated yet: {', '.join(missing)}."
            return
        before = sum(map(len, self._planned[: self.screen]))  # a second try adds none
        self._rows = self._rows[:before] + self._answered_rows()
        trouble = self._write()
        self._show(self.screen + 1)
        self.message = trouble or self.message

    def _answered_rows(self) -> list[Row]:
        answers = self.answers.items()
        planned = self._planned[self.screen]
        return [
            {name: {**row, **answer}[name] for name in rating_results.COLUMNS}
            for row, answer in (
                (row, answer | {"seconds": round(self._answered_after_s[letter], 2)})
                for row, (letter, answer) in zip(planned, answers, strict=True)
            )
        ]

    def _write(self) -> str:
        """Write the file after a trial; what went wrong in words, or nothing."""
        if self._save_to is None:
            return ""
        try:
            rating_results.write_rows(self._save_to, self._rows)
        except (OSError, ValueError) as error:
            return (
                f"Your answers could not be written: {error} They are still in "
                ".results; write them with .save('another-name.csv')."
            )
        return ""


def _outcome_html(question: str, outcome: Sequence[Mapping[str, Any]]) -> str:
    rows = "".join(
        f"<tr><td>{row['rank']}</td>"
        f'<th scope="row">{html.escape(row["condition"])}</th>'
        f"<td>{row['mean']:.1f}</td><td>{row['n']}</td></tr>"
        for row in outcome
    )
    heads = "".join(
        f'<th scope="col">{head}</th>'
        for head in ("Rank", "Condition", "Mean score", "n")
    )
    return (
        f"<table><caption>{html.escape(question)}</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )
