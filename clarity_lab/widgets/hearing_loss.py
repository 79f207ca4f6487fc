"""Hear a hearing loss: choose an ear, and what goes wrong in it."""

from __future__ import annotations

import ipywidgets
import matplotlib.pyplot as plt
from numpy.typing import ArrayLike, NDArray

from clarity_lab.audio import level_dbfs
from clarity_lab.checks import require_mono, require_sample_rate
from clarity_lab.hearing import Audiogram, simulate_loss, standard_audiogram
from clarity_lab.listen import table_html
from clarity_lab.plots import figure_html, plot_ear, plot_spectrum
from clarity_lab.widgets.explorer import Explorer, choice, rest_while, slider, switch

OWN = "the sliders"
EARS = (OWN, "N1", "N2", "N3", "N4", "N5", "N6", "S1", "S2", "S3")
FREQUENCIES_HZ = (250, 500, 1000, 2000, 4000, 8000)
LEVELS = {
    "recruitment": "recruitment",
    "threshold alone": "threshold",
    "as they are": "",
}
TOOLTIPS = ["Soft sounds fade, loud ones stay", "Every level falls alike", "No change"]


def explore_hearing_loss(samples: ArrayLike, *, sample_rate: int) -> Explorer:
    """Choose an ear and what goes wrong in it: see the audiogram, hear the loss.

    Args:
        samples: Mono, shape (samples,), full scale at 1.0, not silent.
        sample_rate: In Hz.

    Returns:
        The widget; `.controls` holds `ear`, the sliders `low_db_hl`, `mid_db_hl` and
            `high_db_hl` that make an ear when `ear` says so, `levels`, `smearing` and
            `level_db_spl`, at which the sound would reach the ear; `.view` the
            audiogram, the spectra, and the players at one common gain.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If they are not mono, none, silent or not finite.
    """
    samples = require_mono(samples)
    sample_rate = require_sample_rate(sample_rate)
    if not samples.any():
        raise ValueError("expected a sound, got silence: no level to set, no loss.")
    its_level_dbfs = float(level_dbfs(samples))

    def show(
        ear: str,
        low_db_hl: float,
        mid_db_hl: float,
        high_db_hl: float,
        levels: str,
        smearing: bool,
        level_db_spl: float,
    ) -> str:
        audiogram = _audiogram(ear, low_db_hl, mid_db_hl, high_db_hl)
        heard = simulate_loss(
            samples,
            sample_rate=sample_rate,
            audiogram=audiogram,
            rms_one_db_spl=level_db_spl - its_level_dbfs,
            stages=[LEVELS[levels]] * bool(LEVELS[levels]) + ["smearing"] * smearing,
        )
        sounds = {"before": samples, "heard": heard}
        title = f"At {level_db_spl:.0f} dB SPL; {_grade(audiogram)}"
        players = table_html(sounds, sample_rate=sample_rate, title=title)
        return _picture(audiogram, sounds, sample_rate) + players

    return Explorer(show, _controls())


def _controls() -> dict[str, ipywidgets.Widget]:
    """The controls; those that would change nothing rest."""
    thresholds = {
        "low_db_hl": slider("Low: 250, 500 Hz (dB HL)", 10, low=0, high=90, step=5),
        "mid_db_hl": slider("Middle: 1, 2 kHz (dB HL)", 30, low=0, high=90, step=5),
        "high_db_hl": slider("High: 4, 8 kHz (dB HL)", 50, low=0, high=90, step=5),
    }
    controls = {
        "ear": choice("Ear", EARS),
        **thresholds,
        "levels": choice("Levels", LEVELS),
        "smearing": switch("Smearing", value=True),
        "level_db_spl": slider("Sound (dB SPL)", 65, low=40, high=90, step=5),
    }
    for control in controls.values():
        control.style.description_width = "14em"
    controls["levels"].tooltips = TOOLTIPS
    for control in (*thresholds.values(), controls["level_db_spl"]):
        control.layout.width = "38em"
    for control in thresholds.values():
        rest_while(control, controls["ear"], lambda chosen: chosen != OWN)
    rest_while(controls["level_db_spl"], controls["levels"], lambda on: not LEVELS[on])
    return controls


def _grade(audiogram: Audiogram) -> str:
    """The simulation's grade in words; why a loss of the low alone is nothing."""
    if audiogram.severity == "nothing":
        return "grade: nothing (it counts 2 to 8 kHz), so no smearing"
    return f"grade: {audiogram.severity}"


def _audiogram(
    ear: str, low_db_hl: float, mid_db_hl: float, high_db_hl: float
) -> Audiogram:
    """The standard ear of that name, or two octaves for each slider."""
    if ear != OWN:
        return standard_audiogram(ear)
    pairs = (low_db_hl, low_db_hl, mid_db_hl, mid_db_hl, high_db_hl, high_db_hl)
    return Audiogram(FREQUENCIES_HZ, pairs)


def _picture(audiogram: Audiogram, sounds: dict[str, NDArray], sample_rate: int) -> str:
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.8))
    plot_ear(audiogram, ax=left)
    for label, samples in sounds.items():
        plot_spectrum(
            samples,
            sample_rate=sample_rate,
            dynamic_range_db=90,
            label=label,
            ax=right,
        )
    right.lines[-1].set_linestyle("--")
    right.legend()
    right.set_title("Spectrum")
    measured = zip(audiogram.frequencies_hz, audiogram.thresholds_db_hl, strict=True)
    listing = ", ".join(f"{hz:g} Hz {db_hl:g} dB HL" for hz, db_hl in measured)
    alt = f"Audiogram: {listing}. Beside it the spectra before and heard."
    return figure_html(figure, alt=alt)
