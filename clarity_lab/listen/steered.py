"""What Python and the page steer of a player, checked whoever sets it."""

from __future__ import annotations

import numpy as np
import traitlets

from clarity_lab.browser.widget import PageWidget
from clarity_lab.browser.wire import SoundSender
from clarity_lab.checks import require_number
from clarity_lab.listen.programme import Programme, caption_of


class Steered(SoundSender, PageWidget):
    """A widget that plays a programme: gain, place and choice are what they can be."""

    title = traitlets.Unicode("").tag(sync=True)
    caption = traitlets.Unicode("").tag(sync=True)
    rows = traitlets.List(traitlets.Dict()).tag(sync=True)
    sample_rate = traitlets.Int(48_000).tag(sync=True)
    gain_db = traitlets.Float(0.0).tag(sync=True)
    selected = traitlets.Unicode("").tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    position_s = traitlets.Float(0.0).tag(sync=True)
    loop = traitlets.Bool(False).tag(sync=True)
    loop_region = traitlets.Tuple().tag(sync=True)

    _programme: Programme | None = None  # while the widget is made

    @traitlets.validate("gain_db")
    def _must_not_clip(self, proposal: dict) -> float:
        return self._allowed_gain_db(proposal["value"])

    def _allowed_gain_db(self, gain_db: float) -> float:
        return self._programme.gain_db(gain_db) if self._programme else gain_db

    @traitlets.observe("gain_db")
    def _tell_gain(self, _: object) -> None:
        if self._programme:
            self.caption = caption_of(self._programme, self.gain_db)

    @traitlets.validate("position_s")
    def _must_be_a_moment(self, proposal: dict) -> float:
        return require_number(proposal["value"], name="position_s", unit="s")

    @traitlets.validate("selected")
    def _must_be_there(self, proposal: dict) -> str:
        labels = [row["label"] for row in self.rows]
        if labels and proposal["value"] not in labels:
            raise ValueError(
                f"expected selected to be one of {', '.join(labels)}, "
                f"got {proposal['value']!r}."
            )
        return proposal["value"]

    @traitlets.validate("loop_region")
    def _must_be_a_region(self, proposal: dict) -> tuple[float, ...]:
        region = tuple(float(end_s) for end_s in proposal["value"])
        if region and not (len(region) == 2 and 0 <= region[0] < region[1] < np.inf):
            raise ValueError(
                f"expected loop_region as (start, end) in seconds or (), got {region}."
            )
        return region
