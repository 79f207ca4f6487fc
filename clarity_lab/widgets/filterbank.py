"""Take a sound apart into channels, and hear what each of them carries."""

from __future__ import annotations

from functools import lru_cache

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.checks import require_mono_or_stereo, require_sample_rate
from clarity_lab.frozen import frozen
from clarity_lab.hearing.filterbanks import (
    FRAME_MS,
    channel_levels_dbfs,
    gammatone_filters,
    mel_filters,
    octave_filters,
)
from clarity_lab.hearing.octaves import BAND_CENTRES_HZ
from clarity_lab.plots import figure_html, plot_features
from clarity_lab.plots.style import side_by_side
from clarity_lab.units import amplitude_to_db
from clarity_lab.widgets.controls import choice, slider
from clarity_lab.widgets.explorer import Explorer, Heard
from clarity_lab.widgets.live_player import Filtered

BANKS = ("gammatone", "mel", "octaves")
CHANNELS_RANGE = (4, 40)
N_OCTAVES = len(BAND_CENTRES_HZ)
ONLY, ALL_BUT = "only these channels", "all but these"
SOUND, OUTPUT = "the sound", "the channels' sum"
LOWEST_SHOWN_DB = -40.0
TICKS_HZ = (63, 125, 250, 500, 1000, 2000, 4000, 8000, 16_000)


def explore_filterbank(samples: ArrayLike, *, sample_rate: int) -> Explorer:
    """Choose a filterbank and some of its channels: hear their sum, see what they do.

    Args:
        samples: A sound, shape (samples,) or (2, samples), full scale at 1.0.
        sample_rate: In Hz, at least 16 kHz.

    Returns:
        The widget; `.controls` holds `bank` ("gammatone" as in the ear, "mel" as
            recognisers have it, "octaves" as in a hearing aid), `n_channels`,
            `channels`, first and last, and `heard`, which says whether these are heard
            or all the others. `.player` plays the sound and the sum of the channels,
            `.view` shows the filters, and the level in each channel over time.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If the sound is empty, not finite or has many channels, or the
            sample rate is too low.
    """
    samples = frozen(require_mono_or_stereo(samples))
    sample_rate = require_sample_rate(sample_rate)

    @lru_cache(maxsize=4)
    def levels_of(bank: str, n_channels: int) -> NDArray:
        taps, _ = channel_filters(bank, n_channels, sample_rate)
        return channel_levels_dbfs(samples, taps=taps, sample_rate=sample_rate)

    def show(
        bank: str, n_channels: float, channels: tuple[int, int], heard: str
    ) -> Heard:
        taps, centres_hz = channel_filters(bank, int(n_channels), sample_rate)
        first, last = channels
        on = np.zeros(len(taps), dtype=bool)
        on[first - 1 : last] = True
        on = on if heard == ONLY else ~on
        rest = "" if heard == ONLY else "all but "
        words = f"{bank}: {rest}channels {first} to {last} of {len(taps)}"
        return Heard(
            {SOUND: samples, OUTPUT: Filtered(SOUND, on @ taps)},
            sample_rate,
            title=words.capitalize(),
            picture=lambda: _picture(
                taps, centres_hz, on, levels_of(bank, len(taps)), sample_rate, words
            ),
        )

    return Explorer(show, _controls(), live=True)


def _controls() -> dict[str, ipywidgets.Widget]:
    """The choice of channels follows their number, which rests where it is given."""
    low, high = CHANNELS_RANGE
    controls = {
        "bank": choice("Filterbank", BANKS),
        "n_channels": slider("Channels", 16, low=low, high=high, step=2, live=True),
        "channels": ipywidgets.IntRangeSlider(
            value=(1, 16),
            min=1,
            max=16,
            description="First to last",
            style={"description_width": "9em"},
            layout={"width": "32em"},
        ),
        "heard": choice("Heard", (ONLY, ALL_BUT)),
    }

    chosen = controls["n_channels"].value

    def follow(change: object) -> None:
        nonlocal chosen
        octaves = controls["bank"].value == "octaves"
        if octaves and not controls["n_channels"].disabled:
            chosen, controls["n_channels"].disabled = controls["n_channels"].value, True
            controls["n_channels"].value = N_OCTAVES
        elif not octaves and controls["n_channels"].disabled:
            controls["n_channels"].disabled = False
            controls["n_channels"].value = chosen
        # A page shows 16 and sends 15.999999999999998.
        most = N_OCTAVES if octaves else round(controls["n_channels"].value)
        if most != controls["channels"].max:
            with controls["channels"].hold_trait_notifications():
                controls["channels"].max = most
                controls["channels"].value = (1, most)

    for name in ("bank", "n_channels"):
        controls[name].observe(follow, names="value")
    return controls


@lru_cache(maxsize=8)
def channel_filters(
    bank: str, n_channels: int, sample_rate: int
) -> tuple[NDArray, NDArray]:
    """Taps and centres of a filterbank; octaves are always six."""
    if bank == "octaves":
        return octave_filters(sample_rate=sample_rate)
    make = {"gammatone": gammatone_filters, "mel": mel_filters}[bank]
    return make(n_channels, sample_rate=sample_rate)


def _picture(
    taps: NDArray,
    centres_hz: NDArray,
    on: NDArray,
    levels_dbfs: NDArray,
    sample_rate: int,
    words: str,
) -> str:
    """Each filter and their sum; beside it the channels over time, the mute dark."""
    figure, (left, right) = side_by_side((9.5, 3.6))
    n_bins = 1 << 14
    hz = np.fft.rfftfreq(n_bins, 1 / sample_rate)[1:]
    responses = [np.abs(np.fft.rfft(one, n_bins))[1:] for one in [*taps, on @ taps]]
    with np.errstate(divide="ignore"):
        *each_db, sum_db = amplitude_to_db(np.array(responses))
    for one_db, sounds in zip(each_db, on, strict=True):
        style = {"color": "tab:blue"} if sounds else {"color": "grey", "ls": ":"}
        left.semilogx(hz, one_db, linewidth=0.8, **style)
    left.semilogx(hz, sum_db, "k", linewidth=2, label="sum of what is heard")
    left.set(xlabel="Frequency (Hz)", ylabel="Gain (dB)", xlim=(50, sample_rate / 2))
    left.set_ylim(LOWEST_SHOWN_DB, 18)
    ticks = [one for one in TICKS_HZ if one <= sample_rate / 2]
    left.set_xticks(ticks, [f"{one}" for one in ticks])
    left.minorticks_off()
    left.legend(loc="upper left")
    plot_features(
        np.where(on[:, np.newaxis], levels_dbfs, -np.inf),
        sample_rate=sample_rate,
        hop_length=round(FRAME_MS / 1000 * sample_rate),
        ylabel="Channel · its centre (Hz)",
        label="Level (dBFS)",
        centres_hz=centres_hz,
        dynamic_range_db=70,
        ax=right,
    )
    rows = [int(row) for row in right.get_yticks()]
    right.set_yticks(rows, [f"{row + 1} · {centres_hz[row]:.0f}" for row in rows])
    alt = f"Responses, and level in each channel over time. {words}"
    return figure_html(figure, alt=alt)
