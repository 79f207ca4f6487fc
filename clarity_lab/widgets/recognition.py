"""Hear a sentence as life brings it, and read what a recogniser makes of it."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from functools import cache, lru_cache

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.signal import fftconvolve

from clarity_lab.audio import level_dbfs, mix_at_snr, set_level
from clarity_lab.checks import require_mono, require_sample_rate
from clarity_lab.frozen import frozen
from clarity_lab.hearing import simulate_loss, standard_audiogram
from clarity_lab.listen import safe_gain_db
from clarity_lab.metrics.spoken import spoken_words
from clarity_lab.metrics.text import word_errors
from clarity_lab.widgets.controls import choice, rest_while, slider, switch
from clarity_lab.widgets.explorer import Explorer, Heard
from clarity_lab.widgets.marked import counted, marked_html

Recogniser = Callable[..., str]
"""Called as f(samples, sample_rate=...), it gives a text."""

NO_LOSS = "none"
LOSSES = (NO_LOSS, "N1", "N2", "N3", "N4", "S2")
SNR_RANGE_DB = (-10, 30)
SPEECH_DB_SPL = 65.0
MOST_SOUNDS = 32
"""That are kept; texts are kept all."""


def explore_recognition(
    samples: ArrayLike,
    noise: ArrayLike,
    recognisers: Mapping[str, Recogniser],
    *,
    sample_rate: int,
    reference: str,
    room: ArrayLike | None = None,
) -> Explorer:
    """Put a sentence into noise, a room, an impaired ear: hear it, read what comes out.

    What was read once is kept: going back to it takes no time.

    Args:
        samples: Clean speech, mono, shape (samples,).
        noise: What may be added, mono; as long as it takes, over and over.
        recognisers: By name; called as f(samples, sample_rate=...), each gives a text.
        sample_rate: Of all sounds, in Hz.
        reference: What is said; texts are compared as they are spoken.
        room: An impulse response, shape (taps,). Default: no room to choose.

    Returns:
        The widget; `.controls` holds `recogniser`, `noise`, `snr_db`, `room` and
            `loss`, a standard ear that the speech reaches at 65 dB SPL. `.player`
            plays the clean speech and what the recogniser gets, at one gain for the
            whole widget; `.view` shows what it writes, with each error marked.

    Raises:
        TypeError: If samples are integers.
        ValueError: If a sound is silent or not mono, there are no recognisers, or the
            reference has no words.
    """
    speech = frozen(require_mono(samples, name="samples"))
    sample_rate = require_sample_rate(sample_rate)
    noise = frozen(np.resize(require_mono(noise, name="noise"), speech.shape))
    said = _said(reference)
    recognisers = _some(recognisers)
    places = {False: speech}
    if room is not None:
        places[True] = _in_room(speech, require_mono(room, name="room"))
    loudest = [
        mix_at_snr(one, noise, snr_db=SNR_RANGE_DB[0])[0] for one in places.values()
    ]
    gain_db = safe_gain_db([*places.values(), *loudest])
    its_level_dbfs = float(level_dbfs(speech))

    @lru_cache(maxsize=MOST_SOUNDS)
    def arriving(snr_db: float | None, in_room: bool, loss: str) -> NDArray:
        sound = places[in_room]
        if snr_db is not None:
            sound = mix_at_snr(sound, noise, snr_db=snr_db)[0]
        if loss != NO_LOSS:
            sound = simulate_loss(
                sound,
                sample_rate=sample_rate,
                audiogram=standard_audiogram(loss),
                rms_one_db_spl=SPEECH_DB_SPL - its_level_dbfs,
            )
        return frozen(sound)

    @cache
    def read(name: str, *way: float | bool | str | None) -> str:
        return recognisers[name](arriving(*way), sample_rate=sample_rate)

    def show(
        recogniser: str, noise: bool, snr_db: float, loss: str, room: bool = False
    ) -> Heard:
        way = (snr_db if noise else None, room, loss)
        return Heard(
            {"clean": speech, "what it hears": arriving(*way)},
            sample_rate,
            gain_db=gain_db,
            title=_title(*way),
            picture=lambda: _page(recogniser, read(recogniser, *way), said),
        )

    return Explorer(show, _controls(recognisers, room is not None), busy="Reading …")


def _controls(
    recognisers: Mapping[str, Recogniser], with_room: bool
) -> dict[str, ipywidgets.Widget]:
    low, high = SNR_RANGE_DB
    controls = {
        "recogniser": choice("Recogniser", recognisers),
        "noise": switch("Noise", value=False),
        "snr_db": slider("SNR (dB)", 10, low=low, high=high, step=5),
    }
    rest_while(controls["snr_db"], controls["noise"], lambda on: not on)
    if with_room:
        controls["room"] = switch("Room", value=False)
    return controls | {"loss": choice("Hearing loss", LOSSES)}


def _in_room(speech: NDArray, room: NDArray) -> NDArray:
    """At the level that it has without, and as long: the tail of its end is cut."""
    sound = fftconvolve(speech, room)[: len(speech)]
    return frozen(set_level(sound, level_dbfs=float(level_dbfs(speech))))


def _title(snr_db: float | None, in_room: bool, loss: str) -> str:
    ways = [] if snr_db is None else [f"SNR {snr_db:+.0f} dB"]
    ways += ["in a room"] * in_room
    ways += [] if loss == NO_LOSS else [f"through the ear {loss}"]
    return ", ".join(ways) or "As it was recorded"


def _page(name: str, written: str, said: str) -> str:
    """What was written against what was said."""
    errors = word_errors(spoken_words(written), reference=said)
    quoted = f"“{written}”" if written.strip() else "nothing"
    return (
        f"<p><strong>{html.escape(name)}</strong> writes {html.escape(quoted)}</p>"
        f"{marked_html(errors)}<p>{html.escape(counted(errors))}</p>"
        f"<p>Said: {html.escape(said)}</p>"
    )


def _said(reference: str) -> str:
    said = spoken_words(reference)
    if not said:
        raise ValueError("expected a reference of at least one word, got none.")
    return said


def _some(recognisers: Mapping[str, Recogniser]) -> dict[str, Recogniser]:
    if not recognisers:
        raise ValueError(
            "expected at least one recogniser, got none. Try "
            'load_shipped("ctc").transcribe of clarity_lab.models.shipped.'
        )
    return dict(recognisers)
