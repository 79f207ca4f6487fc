"""The player of an explorer: changed by a thread while the page talks to it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clarity_lab.browser.packing import filtered
from clarity_lab.listen.page import safe_gain_db
from clarity_lab.listen.player import Player
from clarity_lab.listen.programme import programme
from clarity_lab.units import db_to_amplitude


@dataclass(frozen=True)
class Filtered:
    """A sound that the page makes of another one: only the filter travels.

    Attributes:
        of: Label of the sound.
        taps: Its impulse response, shape (taps,) or (2, taps) for two ears.
    """

    of: str
    taps: NDArray


Sounds = Mapping[str, NDArray | Filtered]


class LivePlayer(Player):
    """A player whose sounds follow the controls above it.

    Attributes:
        turn: Who holds it may change the player; the page waits for it, too.
    """

    def __init__(
        self, sounds: Sounds, *, sample_rate: int, sources: Sounds | None = None
    ) -> None:
        """Take the first sounds, softly: `follow` says at which gain.

        Args:
            sounds: Label to sound, full scale at 1.0; the last one is selected.
            sample_rate: In Hz.
            sources: Sounds without a row of their own, for filters.
        """
        self.turn = threading.RLock()
        self._exchanging = False
        self._lowered_db = 0.0
        self._rowless = set(sources or {})
        every = {**sounds, **(sources or {})}
        whole = {
            label: every[x.of] if isinstance(x, Filtered) else x
            for label, x in every.items()
        }
        quiet = min(0.0, safe_gain_db(whole.values()))
        super().__init__(whole, sample_rate=sample_rate, gain_db=quiet, loop=True)
        self.selected = list(sounds)[-1]

    @property
    def sounds(self) -> dict[str, NDArray]:
        """Label to sound as it was given, or as its filter makes it."""
        every = super().sounds
        return {label: x for label, x in every.items() if label not in self._rowless}

    def set_state(self, sync_data: dict) -> None:
        """Take what the page says of itself."""
        with self.turn:
            super().set_state(sync_data)

    def _answer(self, widget: object, content: dict, buffers: list) -> None:
        with self.turn:
            super()._answer(widget, content, buffers)

    def update(self, *_: object, **__: object) -> None:
        """Refuse: what is played here is made by the controls.

        Raises:
            TypeError: Always.
        """
        raise TypeError(
            "expected sounds from the controls alone: this is the player of an "
            "explorer. Set a control, explorer.controls[...].value = ..., or make a "
            "player of your own: clarity_lab.listen.Player."
        )

    def follow(
        self, sounds: Sounds, *, title: str, gain_db: float | None, sources: Sounds
    ) -> None:
        """Exchange what has changed; what plays goes on at the same moment.

        Args:
            sounds: Label to sound, full scale at 1.0; the labels of the first sounds.
            title: Of all.
            gain_db: The common gain that is wanted. Where a sound would clip it is
                lowered, and stays so: no level comes back up behind one's back. None:
                0, or as much below as these sounds need.
            sources: Sounds without a row of their own, for filters.
        """
        every = {**sounds, **sources}
        filters = {name: x for name, x in every.items() if isinstance(x, Filtered)}
        whole = {name: x for name, x in every.items() if name not in filters}
        with self.turn:
            self._exchanging = True
            try:
                self._exchange(whole, filters, self._allowed_db(gain_db, whole, {}))
            except ValueError:  # it seldom clips behind a filter: then look, and lower
                if not filters:
                    raise
                lowered_db = self._allowed_db(gain_db, whole, filters)
                if lowered_db >= self.gain_db:
                    raise
                self._exchange(whole, filters, lowered_db)
            finally:
                self._exchanging = False
            self.title = title

    def _allowed_gain_db(self, gain_db: float) -> float:
        """Meanwhile the sounds before are no measure: `_allowed_db` has looked."""
        return gain_db if self._exchanging else super()._allowed_gain_db(gain_db)

    def _exchange(
        self,
        whole: Mapping[str, NDArray],
        filters: Mapping[str, Filtered],
        gain_db: float,
    ) -> None:
        """The sounds first; what is written of them follows in one message."""
        known = self._programme
        news = {label: x for label, x in whole.items() if not known.has(label, x)}
        if gain_db < self.gain_db:
            self.gain_db = gain_db  # before anything louder comes
        with self.hold_sync():
            if news:
                self._replace(news)
            self.gain_db = gain_db
            for label, made in filters.items():
                self.set_filter(label, of=made.of, taps=made.taps)
            self._show_rows()

    def _replace(self, news: Mapping[str, NDArray]) -> None:
        rates = {"sample_rate": self._given_rate, "common_rate": self.sample_rate}
        ready = programme(news, **rates)
        self._programme = self._programme.with_these(ready)
        self.exchange(ready.played)

    def _allowed_db(
        self,
        gain_db: float | None,
        whole: Mapping[str, NDArray],
        filters: Mapping[str, Filtered],
    ) -> float:
        """The gain that is wanted, or what is left of it without clipping."""
        peaks = [self._peak(label, samples) for label, samples in whole.items()]
        for one in filters.values():
            made = filtered(np.atleast_2d(whole[one.of]), np.atleast_2d(one.taps))
            peaks.append(np.max(np.abs(made)))
        gain = db_to_amplitude(gain_db or 0.0)
        safe_db = safe_gain_db([[gain * peak] for peak in peaks])
        if gain_db is None:
            return safe_db
        self._lowered_db = min(self._lowered_db, safe_db)
        return gain_db + self._lowered_db

    def _peak(self, label: str, samples: NDArray) -> float:
        if self._programme.has(label, samples):
            return self._programme.measures[label].peak
        return max(float(samples.max()), -float(samples.min()))
