"""An ABX test: is X the sound A or the sound B? Guessing gets its due."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import astuple, fields
from typing import TYPE_CHECKING

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from clarity_lab.browser import module, style
from clarity_lab.checks import require_choice, require_number
from clarity_lab.listen.page import under_title
from clarity_lab.listen.programme import caption_of, programme
from clarity_lab.listen.steered import Steered
from clarity_lab.listen.still import still_html
from clarity_lab.seeds import require_seed
from clarity_lab.widgets.abx_score import (
    CONFIDENCES,
    Trial,
    by_confidence,
    score_in_words,
    told,
)

if TYPE_CHECKING:
    import pandas as pd

MOST_TRIALS = 200


class BlindTest(Steered):
    """Two sounds, A and B, and in each trial X, a hidden copy of one of them.

    What X is stays in Python until the trial is answered: the page gets its samples and
    nothing else. In a test or a self-check: ``test.answer("A", confidence="sure")``.

    Attributes:
        names: What A and B are.
        trial: The number of the present trial, from 1.
        n_trials: How many there are.
        feedback: "end" or "each": when the reader learns what X was.
        phase: "asking", "told" (what the last X was) or "done".
        verdict: What the reader is told now, in words; empty while a trial runs.
        log: The trials that may be shown, a dictionary each.
    """

    _esm = module("blind_test")
    _css = style("blind_test")

    selected = traitlets.Unicode("X").tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    trial = traitlets.Int(1).tag(sync=True)
    n_trials = traitlets.Int(10).tag(sync=True)
    feedback = traitlets.Enum(["end", "each"], "end").tag(sync=True)
    phase = traitlets.Enum(["asking", "told", "done"], "asking").tag(sync=True)
    verdict = traitlets.Unicode("").tag(sync=True)
    log = traitlets.List(traitlets.Dict()).tag(sync=True)

    def __init__(
        self,
        sounds: Mapping[str, ArrayLike],
        *,
        sample_rate: int | Mapping[str, int],
        title: str | None = None,
        gain_db: float | None = None,
        seed: int = 0,
        n_trials: int = 10,
        feedback: str = "end",
        loop: bool = False,
    ) -> None:
        """Check everything, then wait for the page.

        Args:
            sounds: Exactly two, label to sound: A, then B.
            sample_rate: In Hz, of both, or label to rate.
            title: What is asked.
            gain_db: The common gain. Default: 0, or what the louder one needs.
            seed: Draws what X is in each trial.
            n_trials: How many trials, 1 to 200.
            feedback: "end" or "each".
            loop: Start again at the end.

        Raises:
            TypeError: If samples are integers.
            ValueError: If there are not two sounds, one cannot be played, or an option
                is out of its range.
        """
        ready = programme(sounds, sample_rate=sample_rate)
        if len(ready.given) != 2:
            raise ValueError(
                "expected exactly two sounds, A and B, for a blind test, got "
                f"{len(ready.given)}: {', '.join(ready.given)}. Choose two of them."
            )
        gain = ready.gain_db(gain_db)
        require_choice(feedback, name="feedback", choices=("end", "each"))
        n_trials = _require_whole(n_trials, "n_trials")
        if not 1 <= n_trials <= MOST_TRIALS:
            raise ValueError(
                f"expected n_trials from 1 to {MOST_TRIALS}, got {n_trials}."
            )
        self._programme = ready
        self._pair = alike(*ready.played.values())
        self._seed = require_seed(seed)
        self._round = 0
        n_samples = self._pair[0].shape[-1]
        row = {"duration_s": n_samples / ready.sample_rate, "named": True}
        super().__init__(
            title=str(title or ""),
            caption=caption_of(ready, gain),
            rows=[{"label": label, **row} for label in "ABX"],
            sample_rate=ready.sample_rate,
            gain_db=gain,
            loop=loop,
            names=list(ready.given),
            n_trials=n_trials,
            feedback=feedback,
        )
        self.on_msg(self._receive)
        self._begin()

    def __repr__(self) -> str:
        """Short: what is saved beside the picture."""
        return f"<BlindTest: {self.names[0]} or {self.names[1]}>"

    @property
    def results(self) -> pd.DataFrame:
        """The answered trials, a row each; the columns are the fields of `Trial`."""
        import pandas as pd

        columns = [field.name for field in fields(Trial)]
        return pd.DataFrame([astuple(one) for one in self._answered], columns=columns)

    @property
    def score(self) -> str:
        """How many were right, and how often guessing gets that far, in words."""
        return score_in_words(
            sum(t.correct for t in self._answered), len(self._answered)
        )

    def answer(
        self,
        answer: str,
        *,
        confidence: str,
        seconds: float = 0.0,
        n_switches: int = 0,
    ) -> None:
        """Say what X is, as the page does; the next trial follows.

        Args:
            answer: "A" or "B".
            confidence: "guess", "think so" or "sure".
            seconds: How long it took.
            n_switches: How often another sound was chosen.

        Raises:
            TypeError: If `seconds` is no number, or `n_switches` no whole one.
            ValueError: If it is another answer, one of them is below 0 or not finite,
                or no trial waits for an answer.
        """
        require_choice(answer, name="answer", choices="AB")
        require_choice(confidence, name="confidence", choices=CONFIDENCES)
        seconds = require_number(seconds, name="seconds", minimum=0, unit="s")
        n_switches = _require_whole(n_switches, "n_switches")
        require_number(n_switches, name="n_switches", minimum=0)
        if self.phase != "asking":
            raise ValueError(
                "expected a trial that waits for an answer, but "
                + (
                    "all are answered. Try reset()."
                    if self.phase == "done"
                    else "the last verdict is on show. Try go_on()."
                )
            )
        x = self._order[self.trial - 1]
        self._answered.append(
            Trial(
                trial=self.trial,
                x=x,
                answer=answer,
                correct=answer == x,
                confidence=confidence,
                seconds=round(seconds, 1),
                n_switches=n_switches,
            )
        )
        if self.feedback == "each":
            self._tell("told", self._answered[-1:])
        else:
            self.go_on()

    def go_on(self) -> None:
        """Go to the next trial, or after the last one to the score."""
        if len(self._answered) == self.n_trials:
            self._tell("done", self._answered)
        elif self.trial <= len(self._answered):
            self._ask(self.trial + 1)

    def reset(self) -> None:
        """Forget all answers and begin again; X is drawn anew."""
        self._round += 1
        self._begin()

    def _begin(self) -> None:
        rng = np.random.default_rng([self._seed, self._round])
        self._order = ["AB"[n] for n in rng.integers(2, size=self.n_trials)]
        self._answered: list[Trial] = []
        self._ask(1)

    def _ask(self, trial: int) -> None:
        """Announce a trial, then send its X, even if that is the same as before."""
        with self.hold_sync():
            self.playing = False
            self.position_s = 0.0
            self.selected = "A" if trial == 1 else "X"  # first know what differs
            self.trial, self.phase, self.verdict, self.log = trial, "asking", "", []
        a, b = self._pair
        x = a if self._order[trial - 1] == "A" else b
        rate = self.sample_rate
        self.set_sounds({"A": a, "B": b}, sample_rate=rate)  # the old X is forgotten,
        self.set_sounds({"A": a, "B": b, "X": x}, sample_rate=rate)  # this one is new

    def _tell(self, phase: str, shown: list[Trial]) -> None:
        names = dict(zip("AB", self.names, strict=True))
        with self.hold_sync():
            self.playing = False
            self.log = [dict(vars(one)) for one in shown]
            self.verdict = (
                self._summary() if phase == "done" else told(shown[-1], names)
            )
            self.phase = phase

    def _summary(self) -> str:
        return " ".join([self.score, *by_confidence(self._answered)])

    def _receive(self, _: object, content: dict, __: list) -> None:
        """Do what the page says; what comes twice or too late changes nothing."""
        kind = content.get("kind")
        if kind == "reset":
            self.reset()
        elif kind == "go_on":
            self.go_on()
        elif kind == "answer":
            if content["trial"] != self.trial or self.phase != "asking":
                return
            names = ("answer", "confidence", "seconds", "n_switches")
            self.answer(**{name: content[name] for name in names})

    def preview_html(self) -> str:
        """The two sounds and the score so far, for pages without a kernel.

        Returns:
            HTML.
        """
        trials = f"{self.n_trials} trial{'s' if self.n_trials > 1 else ''}"
        caption = under_title(self.title, f"Blind test, {trials}: is X A or B?")
        table = still_html(
            self._programme.played,
            sample_rate=self.sample_rate,
            gain_db=self.gain_db,
            title=caption,
            caption=caption,
        )
        score = f"<p>{html.escape(self.verdict)}</p>" if self.phase == "done" else ""
        return table + score


def _require_whole(value: int, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"expected {name} as a whole number, got {value!r}.")
    return int(value)


def alike(a: NDArray, b: NDArray) -> tuple[NDArray, NDArray]:
    """Both sounds with two channels and of the longer length, so that neither shows.

    Example:
        >>> [one.shape for one in alike(np.ones((1, 3)), np.ones((2, 5)))]
        [(2, 5), (2, 5)]
    """
    length = max(a.shape[-1], b.shape[-1])
    padded = (np.pad(one, ((0, 0), (0, length - one.shape[-1]))) for one in (a, b))
    a, b = (np.repeat(one, 2 // len(one), axis=0) for one in padded)
    return a, b
