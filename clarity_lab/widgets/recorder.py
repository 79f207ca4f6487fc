"""Record one's own voice from inside a notebook.

The browser records and sends the samples to Python in one message. They are never part
of the widget's saved state, so a saved notebook does not hold the voice.
"""

from __future__ import annotations

import numpy as np
import traitlets
from numpy.typing import NDArray

from clarity_lab.browser import module, style
from clarity_lab.browser.widget import PageWidget
from clarity_lab.checks import require_number, require_sample_rate, require_samples

MAX_DURATION_S = 20
"""At 96 kHz this is 7.7 MB: a Jupyter server takes one message of up to 10 MB."""


class Recorder(PageWidget):
    """A microphone with a consent line, a countdown, a level meter and a live wave.

    Attributes:
        status: "idle", "waiting" (for permission), "countdown", "recording", "recorded"
            or "failed".
        message: What the reader is told at the moment.
        max_duration_s: When the recording stops by itself.
        countdown_s: Whole seconds between the button and the first sample.
    """

    _esm = module("recorder")
    _css = style("recorder")

    status = traitlets.Unicode("idle").tag(sync=True)
    message = traitlets.Unicode("").tag(sync=True)
    max_duration_s = traitlets.Float(10.0).tag(sync=True)
    countdown_s = traitlets.Int(3).tag(sync=True)

    def __init__(self, **traits: object) -> None:
        super().__init__(**traits)
        self._recording: tuple[NDArray[np.float32], int] | None = None
        self.on_msg(self._receive)

    @property
    def samples(self) -> NDArray[np.float32]:
        """The last recording, shape (samples,), full scale at 1.0.

        Raises:
            RuntimeError: If nothing has been recorded yet.
        """
        return self._last()[0]

    @property
    def sample_rate(self) -> int:
        """The sample rate of the last recording, as the device gave it, in Hz.

        Raises:
            RuntimeError: If nothing has been recorded yet.
        """
        return self._last()[1]

    @property
    def has_recording(self) -> bool:
        """True once a recording has arrived."""
        return self._recording is not None

    def preview_html(self) -> str:
        """Words for places without a kernel: nobody's voice is in a saved page."""
        return (
            "<p><strong>A voice recorder</strong> works here while the notebook runs. "
            f"It records up to {self.max_duration_s:g} s and keeps no sound in the "
            "saved page.</p>"
        )

    def _last(self) -> tuple[NDArray[np.float32], int]:
        if self._recording is None:
            raise RuntimeError(
                "there is no recording yet. Press Record and speak, then run this cell "
                "again; without a microphone use a recording that comes with the "
                "lesson."
            )
        return self._recording

    def _receive(self, _: object, content: dict, buffers: list) -> None:
        """Take what the browser sends: 32-bit floats, little-endian, and their rate."""
        if content.get("kind") != "recording":
            return
        sample_rate = require_sample_rate(content["sample_rate"])
        samples = np.frombuffer(bytes(buffers[0]), dtype="<f4")
        samples = require_samples(samples.astype(np.float32), name="recording")
        self._recording = (samples, sample_rate)


def record(*, max_duration_s: float = 10.0, countdown_s: int = 3) -> Recorder:
    """Show a recorder for one's own voice; the sound stays in this notebook's session.

    Args:
        max_duration_s: When it stops by itself, in seconds, from 0.5 to 20.
        countdown_s: Whole seconds to get ready in, from 0 to 10.

    Returns:
        The widget. After a recording `.samples` is the sound, shape (samples,), and
            `.sample_rate` its rate in Hz; `.has_recording` says whether there is one.

    Raises:
        TypeError: If a duration is no number.
        ValueError: If a duration lies outside its limits.
    """
    max_duration_s = require_number(max_duration_s, name="max_duration_s", unit="s")
    countdown_s = require_number(countdown_s, name="countdown_s", unit="s")
    if not 0.5 <= max_duration_s <= MAX_DURATION_S:
        raise ValueError(
            f"expected max_duration_s from 0.5 to {MAX_DURATION_S}, "
            f"got {max_duration_s}."
        )
    if not (0 <= countdown_s <= 10 and countdown_s.is_integer()):
        raise ValueError(f"expected countdown_s, whole, 0 to 10, got {countdown_s}.")
    return Recorder(max_duration_s=max_duration_s, countdown_s=int(countdown_s))
