"""Controls above, the sound they make, and what it looks like: every explorer here."""

from __future__ import annotations

import html
import itertools
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import ipywidgets

from clarity_lab.widgets.controls import in_words, trait_of
from clarity_lab.widgets.live_player import LivePlayer, Sounds
from clarity_lab.widgets.moves import Newest, moved_by_hand
from clarity_lab.widgets.names import Names

ARTIST = ThreadPoolExecutor(1, thread_name_prefix="clarity-lab-artist")
"""Draws for all explorers, one picture after the other: Matplotlib holds a set of
fonts for each thread that draws."""


@dataclass(frozen=True)
class Heard:
    """What the controls make, in one position of them all.

    Attributes:
        sounds: Label to sound, or to how the page makes it of another one; the same
            labels in every position, so that what plays goes on. The last one is
            selected at first.
        sample_rate: In Hz.
        title: Of the player.
        gain_db: The common gain. One for the whole range of a control: then moving it
            changes no level but the one it is there for. Where a sound would clip it
            is lowered, for good. None: 0, or as much below as this position needs.
        sources: Sounds that have no row of their own: some others are made of them.
        picture: Called when the sound is on its way; gives the HTML below the player.
    """

    sounds: Sounds
    sample_rate: int
    title: str = ""
    gain_db: float | None = 0.0
    sources: Sounds = field(default_factory=dict)
    picture: Callable[[], str] = str


class Explorer(ipywidgets.VBox):
    """Controls whose values go to one function, and what it lets one hear and see.

    Moved by hand, the work is done in a thread: the page stays alive, the newest move
    wins, and a result that a newer move has overtaken is dropped. Set by code, all is
    done when the line returns, and errors are raised there. In a self-check:
    ``explorer.controls["gain_db"].value = -40``, then look at
    ``explorer.player.sounds`` and ``explorer.view.value``.

    Attributes:
        controls: Name to control.
        status: The line below them: says that it works while it does, else empty.
        player: Plays what the controls make; None if there is nothing to hear.
        view: The HTML widget below that: words and pictures.
    """

    def __init__(
        self,
        show: Callable[..., Heard | str],
        controls: Mapping[str, ipywidgets.Widget],
        *,
        busy: str = "Computing …",
        live: bool = False,
    ) -> None:
        """Show what the controls say at first.

        Args:
            show: Takes the values of the controls by their names; returns what is
                heard, or HTML alone.
            controls: Name to control; its trait `value` counts, or else `listener`.
            busy: What the status line says.
            live: `show` takes a few milliseconds: every position on the way sounds,
                and nobody needs to be told of the work.
        """
        self._show, self._busy, self._live = show, busy, live
        self.controls = dict(controls)
        self.status = ipywidgets.HTML(layout={"min_height": "1.6em"})  # nothing jumps
        self.player: LivePlayer | None = None
        self.view = ipywidgets.HTML()
        self.view.add_class("jp-RenderedHTMLCommon")  # tables as in other outputs
        self._numbers = itertools.count(1)
        self._last = 0  # number of the newest move
        self._values: dict[str, Any] | None = None  # that were shown or will be
        self._turn = threading.RLock()  # one move at a time
        self._worker = Newest()
        super().__init__()
        self.update()
        shown = [*controls.values(), Names(), self.status, self.player, self.view]
        self.children = list(filter(None, shown))
        self.add_class("cl-named")
        for control in self.controls.values():
            control.observe(self._moved, names=trait_of(control))

    def update(self) -> None:
        """Show what the controls say, before this returns; errors are raised."""
        self._begin()()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until everything that was moved by hand is heard and seen.

        Args:
            timeout_s: The longest to wait, in seconds. Default: as long as it takes.

        Returns:
            Whether it is.
        """
        return self._worker.wait(timeout_s)

    def _moved(self, change: object) -> None:
        if self._read() == self._values:
            return  # another control had moved along, and all is done already
        job = self._begin()
        if moved_by_hand():
            self._worker.give(job)
        else:
            job()

    def _read(self) -> dict[str, Any]:
        values = {
            name: getattr(control, trait_of(control))
            for name, control in self.controls.items()
        }
        # A page rounds what it shows: 16 comes back as 15.999999999999998.
        return {
            name: round(value, 9) if isinstance(value, float) else value
            for name, value in values.items()
        }

    def _begin(self) -> Callable[[], None]:
        """What is to be done now; whatever was begun before is overtaken."""
        self._last, self._values = next(self._numbers), self._read()
        return partial(self._do, self._last, self._values)

    def _do(self, number: int, values: Mapping[str, Any]) -> None:
        with self._turn:
            if number != self._last:
                return
            try:
                self._tell_busy(True)
                self._let_hear_and_see(number, self._show(**values))
            except Exception as error:
                if number == self._last:
                    self._values = None
                    message = html.escape(f"{type(error).__name__}: {error}")
                    alert = f'<p role="alert"><strong>{message}</strong></p>'
                    self.view.value = alert
                raise
            finally:
                if number == self._last:
                    self._tell_busy(False)

    def _tell_busy(self, on: bool) -> None:
        words = f'<span role="status">{html.escape(self._busy)}</span>'
        self.status.value = words if on and not self._live else ""

    def _let_hear_and_see(self, number: int, shown: Heard | str) -> None:
        """The sound, then the picture; nothing of it if a newer move has overtaken."""
        if isinstance(shown, str):
            shown = Heard({}, 0, picture=lambda html=shown: html)
        if number != self._last and not self._live:
            return
        if shown.sounds:
            self._play(shown)
        if number != self._last:
            return
        picture = ARTIST.submit(shown.picture).result()
        if number == self._last:
            self.view.value = picture

    def _play(self, heard: Heard) -> None:
        if self.player is None:
            self.player = LivePlayer(
                heard.sounds, sample_rate=heard.sample_rate, sources=heard.sources
            )
        self.player.follow(
            heard.sounds,
            title=heard.title,
            gain_db=heard.gain_db,
            sources=heard.sources,
        )

    def preview_html(self) -> str:
        """What is left where no kernel runs: the levels and the last picture.

        With ``CLARITY_LAB_STATIC=1`` in the environment also plain players.

        Returns:
            HTML without scripts.
        """
        positions = html.escape(" · ".join(map(in_words, self.controls.values())))
        player = self.player.preview_html() if self.player else ""
        return f"<p>{positions}</p>{player}{self.view.value}"

    _ipython_display_ = None  # of ipywidgets 7, which would hide the next one

    def _repr_mimebundle_(self, **kwargs: object) -> dict[str, Any]:
        model = {
            "version_major": 2,
            "version_minor": 0,
            "model_id": self.model_id,
        }
        return {
            "text/plain": f"<Explorer: {', '.join(self.controls)}>",
            "text/html": self.preview_html(),
            "application/vnd.jupyter.widget-view+json": model,
        }
