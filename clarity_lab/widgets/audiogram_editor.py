"""An audiogram to draw with mouse, finger, keys or numbers; its value is a Listener.

The page draws and is moved; what a listener is, and whether a file holds one, is
decided here.

Lesson: 11_hearing_loss.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import traitlets

from clarity_lab.browser import module, style
from clarity_lab.browser.widget import PageWidget
from clarity_lab.checks import require_choice
from clarity_lab.hearing import (
    Audiogram,
    Listener,
    grade_of,
    listeners_as_text,
    listeners_from_text,
)
from clarity_lab.widgets.audiogram_drawing import Scale, frame_svg, measures
from clarity_lab.widgets.audiogram_people import (
    CHALLENGE,
    NEW,
    STANDARD,
    challenge_people,
    listener_from,
    offer,
    standard_people,
)
from clarity_lab.widgets.audiogram_preview import preview_html
from clarity_lab.widgets.audiogram_rows import (
    EARS,
    ROWS,
    RefusedError,
    Row,
    listener_of,
    rows_of,
)

BOTH = "both"
EDITED = ", edited"


class AudiogramEditor(PageWidget):
    """Two ears' thresholds, as points that can be moved.

    Attributes:
        listener: Both ears: observe this for one event a change; set it to redraw.
        frequencies_hz: At which one ear or both were measured, rising.
        right_db_hl: Threshold of the right ear at each, in dB HL; None: not measured.
        left_db_hl: The same of the left ear.
        name: The listener's. Who is changed is called "L0001, edited".
        ear: What a move moves: "right", "left" or "both".
    """

    _esm = module("audiogram")
    _css = style("audiogram")

    listener = traitlets.Instance(Listener)
    frequencies_hz = Row().tag(sync=True)
    right_db_hl = Row().tag(sync=True)
    left_db_hl = Row().tag(sync=True)
    name = traitlets.Unicode(NEW).tag(sync=True)
    ear = traitlets.Enum([*EARS, BOTH], BOTH).tag(sync=True)
    _drawing = traitlets.Dict().tag(sync=True)
    _summary = traitlets.Dict().tag(sync=True)
    _choices = traitlets.List().tag(sync=True)

    def __init__(self, listener: Listener, *, ear: str = BOTH) -> None:
        self._start = listener
        self._known: dict[str, Listener] = {}
        self._people = {STANDARD: standard_people(), CHALLENGE: challenge_people()}
        self._remember(listener)
        super().__init__(**rows_of(listener), ear=ear, _choices=offer(self._people))
        self.on_msg(self._receive)

    @property
    def right(self) -> Audiogram:
        """The right ear, where it was measured."""
        return self.listener.right

    @right.setter
    def right(self, audiogram: Audiogram) -> None:
        self._write(Listener(self.name, left=self.left, right=audiogram))

    @property
    def left(self) -> Audiogram:
        """The left ear, where it was measured."""
        return self.listener.left

    @left.setter
    def left(self, audiogram: Audiogram) -> None:
        self._write(Listener(self.name, left=audiogram, right=self.right))

    # From the rows to the listener and back.

    @traitlets.validate(*ROWS)
    def _check(self, proposal: dict) -> Any:
        value = {proposal["trait"].name: proposal["value"]}
        try:
            listener_of(**self._rows() | value)
        except (TypeError, ValueError) as error:
            raise RefusedError(str(error)) from error
        return proposal["value"]

    @traitlets.observe(*ROWS)
    def _gather(self, change: object) -> None:
        """A row has changed, in the page or by code: make the whole."""
        self.name = self._honest_name(listener_of(**self._rows()))
        listener = listener_of(**self._rows())
        scale = Scale.around(listener)
        averages = {ear: getattr(listener, ear).pure_tone_average_db_hl for ear in EARS}
        with self.hold_sync():
            frame = frame_svg(scale, self.frequencies_hz)
            self._drawing = {"frame": frame, **measures(scale, self.frequencies_hz)}
            means = {ear: f"{mean:.0f}" for ear, mean in averages.items()}
            self._summary = {**means, "grade": grade_of(min(averages.values()))}
        self.listener = listener

    @traitlets.observe("listener")
    def _spread(self, change: dict) -> None:
        """The whole was set: give the rows to the page."""
        if change["new"] != listener_of(**self._rows()):
            self._remember(change["new"])
            self._write(change["new"])

    def _rows(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ROWS}

    def _write(self, listener: Listener) -> None:
        with self.hold_sync(), self.hold_trait_notifications():
            for name, row in rows_of(listener).items():
                setattr(self, name, row)

    def _remember(self, person: Listener) -> None:
        if person.name != NEW:
            self._known[person.name.removesuffix(EDITED)] = person

    def _honest_name(self, listener: Listener) -> str:
        """Somebody whose ears were changed is no longer that person."""
        name = listener.name.removesuffix(EDITED)
        person = self._known.get(name)
        if person is None:
            return listener.name
        return person.name if person.ears == listener.ears else name + EDITED

    def set_state(self, sync_data: dict) -> None:
        """Take what the page sends; what cannot be is said there and taken back."""
        try:
            super().set_state(sync_data)
        except RefusedError as error:
            self.send_state(list(ROWS))
            self._tell(str(error), alarm=True)

    # What the page asks for.

    def _receive(self, _: object, content: dict, buffers: list) -> None:
        answers = {
            "choose": self._choose,
            "reset": self._reset,
            "fill": self._fill,
            "file": self._open,
            "export": self._export,
        }
        if content.get("kind") not in answers:
            return
        try:
            answers[content["kind"]](content)
        except (TypeError, ValueError) as error:
            self._tell(str(error), alarm=True)

    def _tell(self, text: str, *, alarm: bool = False) -> None:
        self.send({"kind": "tell", "text": text, "alarm": alarm})

    def _choose(self, content: dict) -> None:
        group, name = content["group"], content["name"]
        person = self._people.get(group, {}).get(name)
        if person is None:
            raise ValueError(
                f"expected one of the listed ears, got {name!r} of {group!r}. "
                "Choose from the list."
            )
        self._load(person, content["ear"])

    def _reset(self, content: dict) -> None:
        self._load(self._start, content["ear"])

    def _load(self, person: Listener, ear: str) -> None:
        if ear in EARS:
            setattr(self, ear, getattr(person, ear))
            self._tell(f"The {ear} ear of {person.name}.")
        else:
            self.listener = person
            self._tell(f"{person.name}, both ears.")

    def _fill(self, content: dict) -> None:
        """Read what was not measured between its neighbours, and say what it was."""
        ears, told = {}, []
        for ear in EARS:
            audiogram = getattr(self, ear)
            read = np.round(audiogram.threshold_at(self.frequencies_hz), 1)
            ears[ear] = Audiogram(self.frequencies_hz, read)
            gaps = [
                hz for hz in self.frequencies_hz if hz not in audiogram.frequencies_hz
            ]
            if gaps:
                told.append(f"{ear} {', '.join(f'{hz:g}' for hz in gaps)} Hz")
        self._write(Listener(self.name, **ears))
        what = "; ".join(told) or "nothing, for there are no gaps"
        self._tell(f"Read between the measured neighbours: {what}.")

    def _open(self, content: dict) -> None:
        """A file from the reader's disk; a bad one changes nothing."""
        filename = content["name"]
        people = listeners_from_text(content["text"], filename=filename)
        self._people = {**self._people, filename: people}
        self._choices = offer(self._people)
        first = next(iter(people.values()))
        self.listener = first
        more = f"; its {len(people)} listeners can be chosen now" * (len(people) > 1)
        self._tell(f"{first.name} from {filename}{more}.")

    def _export(self, content: dict) -> None:
        if self.left.frequencies_hz != self.right.frequencies_hz:
            raise ValueError(
                "A listeners file has the same frequencies for both ears: fill the "
                "gaps first."
            )
        plain = re.sub(r"[^\w-]+", "-", self.name).strip("-") or NEW
        text = listeners_as_text({self.name: self.listener})
        self.send({"kind": "file", "name": f"{plain}.json", "text": text})

    def preview_html(self) -> str:
        """The drawing and its numbers, for places without a kernel."""
        return preview_html(self.listener)


def audiogram_editor(
    listener: Listener | Audiogram | str | None = None, *, ear: str | None = None
) -> AudiogramEditor:
    """Show an audiogram whose points can be moved; its value is a Listener.

    Args:
        listener: Who to begin with: a Listener, an Audiogram for both ears, the name of
            a standard ear ("N1" to "N7", "S1" to "S3") or of a listener that comes with
            the package ("L0001"). Default: two ears at 0 dB HL.
        ear: What a move moves at first: "right", "left" or "both". Default: both where
            the ears are equal, else the right one.

    Returns:
        The widget; `.listener`, `.right` and `.left` are what it shows, and can be set.

    Raises:
        TypeError: If the listener is nothing of the kind.
        ValueError: If there is none of that name, or no such ear.
    """
    listener = listener_from(listener)
    if ear is None:
        ear = BOTH if listener.left == listener.right else "right"
    require_choice(ear, name="ear", choices=[*EARS, BOTH])
    return AudiogramEditor(listener, ear=ear)
