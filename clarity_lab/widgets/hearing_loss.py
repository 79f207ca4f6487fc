"""Hear a hearing loss: choose an ear, and what goes wrong in it."""

from __future__ import annotations

from functools import partial

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.audio import level_dbfs
from clarity_lab.checks import require_mono_or_stereo, require_sample_rate
from clarity_lab.frozen import frozen
from clarity_lab.hearing import (
    Audiogram,
    Listener,
    simulate_loss,
    standard_audiogram,
)
from clarity_lab.hearing.msbg.settings import HIGHEST_DB_HL
from clarity_lab.listen import safe_gain_db
from clarity_lab.plots import figure_html, plot_ears, plot_spectrum
from clarity_lab.plots.style import side_by_side
from clarity_lab.units import db_to_amplitude
from clarity_lab.widgets.audiogram_editor import audiogram_editor
from clarity_lab.widgets.controls import (
    choice,
    rest_while,
    slider,
    switch,
    with_room,
)
from clarity_lab.widgets.explorer import Explorer, Heard

OWN = "the sliders"
EARS = (OWN, "N1", "N2", "N3", "N4", "N5", "N6", "S1", "S2", "S3")
FREQUENCIES_HZ = (250, 500, 1000, 2000, 4000, 8000)
LEVELS = {
    "recruitment": "recruitment",
    "threshold alone": "threshold",
    "as they are": "",
}
MARGIN_DB = 12.0
"""What an ear may add to a peak: smearing makes noise of flat waves, 9 dB of uniform
noise that is full scale."""
LOWEST_DBFS, HIGHEST_DBFS = -200, 300
"""Of what is given: beyond, the simulation has no calibration for it."""
TOOLTIPS = ["Soft sounds fade, loud ones stay", "Every level falls alike", "No change"]


def explore_hearing_loss(
    samples: ArrayLike,
    *,
    sample_rate: int,
    listener: Listener | Audiogram | str | None = None,
) -> Explorer:
    """Choose an ear and what goes wrong in it: see the audiogram, hear the loss.

    Args:
        samples: A sound, shape (samples,) or (2, samples), full scale at 1.0, not
            silent.
        sample_rate: In Hz.
        listener: Somebody whose audiogram is drawn, to be moved point by point and ear
            by ear, instead of buttons and sliders: a Listener, an Audiogram, or a name
            as for `audiogram_editor`.

    Returns:
        The widget; `.controls` holds `ear`, the sliders `low_db_hl`, `mid_db_hl` and
            `high_db_hl` that make an ear when `ear` says so, or for a listener
            `audiogram` instead of these four; `levels`, `smearing` and
            `level_db_spl`, at which the sound would reach the ear. `.player` plays the
            sound before and as it is heard, at one common gain; `.view` shows the
            audiogram and the spectra.

    Raises:
        TypeError: If the samples are integers, or the listener is none.
        ValueError: If there are no samples, many channels, silence, values that are
            not finite, or a level that no sound has.
    """
    samples = frozen(require_mono_or_stereo(samples))
    sample_rate = require_sample_rate(sample_rate)
    if not samples.any():
        raise ValueError("expected a sound, got silence: no level to set, no loss.")
    its_level_dbfs = _level_dbfs(samples)
    gain_db = safe_gain_db([samples * db_to_amplitude(MARGIN_DB)])

    def show(
        levels: str, smearing: bool, level_db_spl: float, **ear: float | str | Listener
    ) -> Heard:
        ears = ear["audiogram"] if "audiogram" in ear else _audiogram(**ear)
        before = samples
        if isinstance(ears, Listener):  # who has two ears, and they may differ
            before = np.broadcast_to(samples, (2, samples.shape[-1]))
        simulated, limit = within_the_model(ears)
        heard = simulate_loss(
            before,
            sample_rate=sample_rate,
            audiogram=simulated,
            rms_one_db_spl=level_db_spl - its_level_dbfs,
            stages=[LEVELS[levels]] * bool(LEVELS[levels]) + ["smearing"] * smearing,
        )
        sounds = {"before": samples, "heard": heard}
        return Heard(
            sounds,
            sample_rate,
            title=f"At {level_db_spl:.0f} dB SPL; {_grade(ears)}{limit}",
            gain_db=gain_db,
            picture=partial(_picture, ears, sounds, sample_rate),
        )

    return Explorer(show, _controls(listener))


def _level_dbfs(samples: NDArray) -> float:
    with np.errstate(over="ignore"):
        level = float(level_dbfs(samples.ravel()))
    if not LOWEST_DBFS <= level <= HIGHEST_DBFS:
        raise ValueError(
            f"expected samples with a level from {LOWEST_DBFS} to {HIGHEST_DBFS} dB re "
            f"an RMS of 1, got {level:.0f}. Full scale is 1.0: scale them first."
        )
    return level


def _controls(
    listener: Listener | Audiogram | str | None,
) -> dict[str, ipywidgets.Widget]:
    """The controls; those that would change nothing rest."""
    controls = {
        "levels": choice("Levels", LEVELS),
        "smearing": switch("Smearing", value=True),
        "level_db_spl": slider("Sound (dB SPL)", 65, low=40, high=90, step=5),
    }
    controls["levels"].tooltips = TOOLTIPS
    rest_while(controls["level_db_spl"], controls["levels"], lambda on: not LEVELS[on])
    if listener is not None:
        editor = audiogram_editor(listener)
        return {"audiogram": editor, **with_room(controls, description_em=14)}
    return with_room({**_ear_controls(), **controls}, description_em=14)


def _ear_controls() -> dict[str, ipywidgets.Widget]:
    """A standard ear, or one of three sliders."""
    thresholds = {
        "low_db_hl": slider("Low: 250, 500 Hz (dB HL)", 10, low=0, high=90, step=5),
        "mid_db_hl": slider("Middle: 1, 2 kHz (dB HL)", 30, low=0, high=90, step=5),
        "high_db_hl": slider("High: 4, 8 kHz (dB HL)", 50, low=0, high=90, step=5),
    }
    ear = choice("Ear", EARS)
    for control in thresholds.values():
        rest_while(control, ear, lambda chosen: chosen != OWN)
    return {"ear": ear, **thresholds}


def _grade(ears: Audiogram | Listener) -> str:
    """The simulation's grade in words; why a loss of the low alone is nothing."""
    if isinstance(ears, Listener):
        left, right = ears.left.severity, ears.right.severity
        if left != right:
            return f"grade: left {left}, right {right}"
        ears = ears.left
    if ears.severity == "nothing":
        return "grade: nothing (it counts 2 to 8 kHz), so no smearing"
    return f"grade: {ears.severity}"


def _audiogram(
    ear: str, low_db_hl: float, mid_db_hl: float, high_db_hl: float
) -> Audiogram:
    """The standard ear of that name, or two octaves for each slider."""
    if ear != OWN:
        return standard_audiogram(ear)
    pairs = (low_db_hl, low_db_hl, mid_db_hl, mid_db_hl, high_db_hl, high_db_hl)
    return Audiogram(FREQUENCIES_HZ, pairs)


def within_the_model(
    ears: Audiogram | Listener,
) -> tuple[Audiogram | Listener, str]:
    """Thresholds as far as the simulation goes, and words if that is not all the way.

    Example:
        >>> ear, words = within_the_model(Audiogram((500, 4000), (20, 115)))
        >>> ear.thresholds_db_hl, words
        ((20.0, 100.0), '; simulated up to 100 dB HL')
    """
    if isinstance(ears, Listener):
        (left, words), (right, others) = map(within_the_model, (ears.left, ears.right))
        return Listener(ears.name, left=left, right=right), words or others
    if max(ears.thresholds_db_hl) <= HIGHEST_DB_HL:
        return ears, ""
    simulated = tuple(min(db_hl, HIGHEST_DB_HL) for db_hl in ears.thresholds_db_hl)
    words = f"; simulated up to {HIGHEST_DB_HL:.0f} dB HL"
    return Audiogram(ears.frequencies_hz, simulated), words


def _picture(
    ears: Audiogram | Listener, sounds: dict[str, NDArray], sample_rate: int
) -> str:
    """The ear or ears, and what becomes of the spectrum."""
    figure, (left, right) = side_by_side((9.5, 3.6))
    plot_ears(ears, ax=left)
    for label, samples in sounds.items():
        plot_spectrum(
            samples.ravel(),  # of both ears together
            sample_rate=sample_rate,
            dynamic_range_db=90,
            label=label,
            ax=right,
        )
    right.lines[-1].set_linestyle("--")
    right.legend()
    right.set_title("Spectrum")
    alt = f"Audiogram: {ears_in_words(ears)}. Beside it the spectra before and heard."
    return figure_html(figure, alt=alt)


def ears_in_words(ears: Audiogram | Listener) -> str:
    """Every threshold, for those who do not see the picture.

    Example:
        >>> ears_in_words(Audiogram((500, 4000), (20, 60)))
        '500 Hz 20 dB HL, 4000 Hz 60 dB HL'
    """
    if isinstance(ears, Listener):
        left, right = ears_in_words(ears.left), ears_in_words(ears.right)
        return f"left {left}; right {right}"
    measured = zip(ears.frequencies_hz, ears.thresholds_db_hl, strict=True)
    return ", ".join(f"{hz:g} Hz {db_hl:g} dB HL" for hz, db_hl in measured)
