"""The player of a running lesson: switch between sounds while they play."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from clarity_lab.browser import module, style
from clarity_lab.browser.packing import filtered
from clarity_lab.checks import require_choice, require_samples
from clarity_lab.listen.page import (
    refuse_clipping,
    require_transcripts_of,
    under_title,
)
from clarity_lab.listen.programme import (
    Programme,
    caption_of,
    programme,
    with_text_labels,
)
from clarity_lab.listen.steered import Steered
from clarity_lab.listen.still import still_html
from clarity_lab.units import db_to_amplitude

UNNAMED = "sound"
"""The label of a sound that was given none."""


class Player(Steered):
    """Sounds on one clock, to be switched while they play, all at one common gain.

    One sound gives a compact player, several give a table. Python can look and steer:
    ``player.selected``, ``player.playing``, ``player.position_s``, ``player.loop``.

    Attributes:
        sounds: Label to sound as it was given.
        sample_rate: The common one in Hz; sounds of other rates are resampled.
        gain_db: The common gain in dB.
        selected: Label of the sound that is heard.
        playing: Whether it plays; browsers stay silent until the page was clicked.
        position_s: Where it stands, in seconds; set on each stop, jump and switch.
        loop: Whether it starts again at the end.
        loop_region: Start and end in seconds of what is repeated; () is all of it.
        ear: "both", "left" or "right": which channel is heard, on its own side.
        spectrogram: Whether a spectrogram is shown below the waveform.
        title: What is compared.
        caption: The common gain in words, and what was resampled.
        rows: What the table shows, a dictionary for each sound.
    """

    _esm = module("player")
    _css = style("player")

    ear = traitlets.Enum(["both", "left", "right"], "both").tag(sync=True)
    spectrogram = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        sounds: Mapping[str, ArrayLike],
        *,
        sample_rate: int | Mapping[str, int],
        title: str | None = None,
        gain_db: float | None = None,
        transcripts: Mapping[str, str] | None = None,
        loop: bool = False,
        spectrogram: bool = False,
    ) -> None:
        """Check everything first: a player is there and right, or not at all.

        Args:
            sounds: Label to sound, each (samples,) or (2, samples), full scale at 1.0.
            sample_rate: In Hz, of all, or label to rate.
            title: What is compared.
            gain_db: The common gain. Default: 0, or as much below as the loudest sound
                needs to stay within full scale.
            transcripts: Label to what is said.
            loop: Start again at the end.
            spectrogram: Show one.

        Raises:
            TypeError: If samples are integers.
            ValueError: If there are no sounds, a sound cannot be played, a transcript
                has no sound, or `gain_db` would clip.
        """
        ready = programme(sounds, sample_rate=sample_rate)
        transcripts = with_text_labels(transcripts or {}, name="transcripts")
        require_transcripts_of(transcripts, ready.given)
        gain = ready.gain_db(gain_db)
        self._given_rate = sample_rate
        self._transcripts = transcripts
        super().__init__(
            title=str(title or ""),
            loop=loop,
            spectrogram=spectrogram,
            sample_rate=ready.sample_rate,
        )
        self._take(ready, gain)

    def __repr__(self) -> str:
        """Short, as it is saved beside the picture."""
        return f"<Player: {', '.join(self.sounds)}>"

    @property
    def sounds(self) -> dict[str, NDArray]:
        """Label to sound as it was given."""
        return dict(self._programme.given)

    def update(
        self,
        sounds: Mapping[str, ArrayLike],
        *,
        title: str | None = None,
        gain_db: float | None = None,
    ) -> None:
        """Exchange the sounds; what plays goes on at the same moment.

        Args:
            sounds: As for a new player, at the same sample rate. Only what changed
                travels to the page; a read-only array that comes again is not even
                looked at.
            title: What is compared. Default: as before.
            gain_db: The common gain. Default: as before, or lower if a sound needs it.

        Raises:
            TypeError: If samples are integers.
            ValueError: If they cannot be played; the player stays as it was.
        """
        ready = programme(
            sounds,
            sample_rate=self._given_rate,
            common_rate=self.sample_rate,
            known=self._programme,
        )
        if gain_db is None:
            gain_db = min(self.gain_db, ready.gain_db(None))
        gain_db = ready.gain_db(gain_db)
        if title is not None:
            self.title = str(title)
        self._take(ready, gain_db)

    def set_filter(self, label: str, *, of: str, taps: ArrayLike) -> None:
        """Let one sound be another one through a filter: only its taps travel.

        Args:
            label: Of the sound that is replaced by what is made here.
            of: Label of the sound that is filtered.
            taps: Impulse response at the player's sample rate, shape (taps,) or
                (2, taps) for two ears.

        Raises:
            TypeError: If the taps are integers.
            ValueError: If there are no such sounds, `of` is a filter itself, or what
                comes out would clip.
        """
        label, of = str(label), str(of)
        for name in (label, of):
            require_choice(name, name="the sound", choices=self._programme.played)
        taps = np.atleast_2d(require_samples(taps, name="taps"))
        source, peak = self._programme.played[of], self._programme.measures[of].peak
        gain = db_to_amplitude(self.gain_db)
        made = filtered(source, taps)
        if gain * peak * np.max(np.sum(np.abs(taps), axis=-1)) > 1:  # it may clip
            refuse_clipping(gain * made)
        super().set_filter(label, of=of, taps=taps)
        ready = programme({label: made}, sample_rate=self.sample_rate)
        self._programme = self._programme.with_these(ready)
        self._show_rows()

    def _take(self, ready: Programme, gain_db: float) -> None:
        """Show and send: from here on nothing can fail."""
        self._programme = ready
        with self.hold_sync():
            self.gain_db = gain_db
            self._show_rows()
            if self.selected not in ready.given:
                self.selected = next(iter(ready.given))
            longest_s = max(row["duration_s"] for row in self.rows)
            if self.loop_region and self.loop_region[0] >= longest_s:
                self.loop_region = ()
        self.set_sounds(ready.played, sample_rate=ready.sample_rate)

    def _show_rows(self) -> None:
        self.rows = [self._row(label) for label in self.sounds]
        self.caption = caption_of(self._programme, self.gain_db)

    def _row(self, label: str) -> dict:
        samples = self._programme.played[label]
        measured = self._programme.measures[label]
        return {
            "label": label,
            "named": label != UNNAMED,
            "level": measured.level,
            "transcript": self._transcripts.get(label, ""),
            "peak": measured.peak,
            "duration_s": samples.shape[-1] / self.sample_rate,
        }

    def preview_html(self) -> str:
        """A picture and a table, for pages without a kernel; see `still_html`."""
        return still_html(
            {label: self._programme.played[label] for label in self.sounds},
            sample_rate=self.sample_rate,
            gain_db=self.gain_db,
            title=self.title,
            caption=under_title(self.title, self.caption),
            transcripts=self._transcripts,
        )


def player_of_one(
    samples: ArrayLike, *, sample_rate: int, title: str | None = None
) -> Player:
    """The player of `play`: one sound, at its own level or not at all."""
    given = programme({"samples": samples}, sample_rate=sample_rate).given["samples"]
    refuse_clipping(given)
    return Player({str(title or UNNAMED): given}, sample_rate=sample_rate)
