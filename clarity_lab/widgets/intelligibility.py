"""See what HASPI says when noise, level or ear change."""

from __future__ import annotations

import html
from functools import partial

from numpy.typing import ArrayLike, NDArray

from clarity_lab.audio import level_dbfs, mix_at_snr
from clarity_lab.checks import require_mono, require_sample_rate
from clarity_lab.frozen import frozen
from clarity_lab.hearing import Audiogram, standard_audiogram
from clarity_lab.listen import safe_gain_db
from clarity_lab.metrics import HaspiDetails, haspi_details
from clarity_lab.plots import figure_html, plot_ear
from clarity_lab.plots.style import side_by_side
from clarity_lab.widgets.controls import choice, slider
from clarity_lab.widgets.explorer import Explorer, Heard

NORMAL = "normal"
EARS = (NORMAL, "N1", "N2", "N3", "N4", "N5", "S1", "S2", "S3")
SNR_RANGE_DB = (-10, 30)
LEVEL_RANGE_DB_SPL = (40, 90)
FLOOR, CEILING = 0.05, 0.98
ENOUGH_OF_THE_REFERENCE = 0.8


def explore_haspi(speech: ArrayLike, noise: ArrayLike, *, sample_rate: int) -> Explorer:
    """Move noise, level and ear: see the score, and the modulations behind it.

    Args:
        speech: Clean speech, mono, shape (samples,).
        noise: What is added to it, same shape.
        sample_rate: Of both, in Hz.

    Returns:
        The widget; `.controls` holds `snr_db`, `level_db_spl`, at which the speech
            and its reference reach the ear (what is played stays), and `ear`;
            `.player` the speech with and without noise, at one gain for the whole
            widget; `.view` the score, why it may not move, and the picture.

    Raises:
        TypeError: If samples are integers.
        ValueError: If a sound is silent, not mono, or the shapes differ.
    """
    speech = frozen(require_mono(speech, name="speech"))
    noise = frozen(require_mono(noise, name="noise"))
    sample_rate = require_sample_rate(sample_rate)
    loudest, _ = mix_at_snr(speech, noise, snr_db=SNR_RANGE_DB[0])
    gain_db = safe_gain_db([speech, loudest])
    its_level_dbfs = float(level_dbfs(speech))

    def scored(mixture: NDArray, level_db_spl: float, ear: str) -> str:
        audiogram = _audiogram(ear)
        details = haspi_details(
            mixture,
            reference=speech,
            sample_rate=sample_rate,
            audiogram=audiogram,
            rms_one_db_spl=level_db_spl - its_level_dbfs,
        )
        score = f"<p><strong>HASPI {details.score:.3f}.</strong></p>"
        picture = _picture(details, audiogram)
        return f"{score}{picture}<p>{html.escape(in_words(details))}</p>"

    def show(snr_db: float, level_db_spl: float, ear: str) -> Heard:
        mixture, _ = mix_at_snr(speech, noise, snr_db=snr_db)
        return Heard(
            {"clean": speech, "in noise": mixture},
            sample_rate,
            gain_db=gain_db,
            title=f"Speech at an SNR of {snr_db:+.0f} dB",
            picture=partial(scored, mixture, level_db_spl, ear),
        )

    low_db, high_db = SNR_RANGE_DB
    low_spl, high_spl = LEVEL_RANGE_DB_SPL
    controls = {
        "snr_db": slider("SNR (dB)", 5, low=low_db, high=high_db, step=1),
        "level_db_spl": slider(
            "Speech (dB SPL)", 65, low=low_spl, high=high_spl, step=5
        ),
        "ear": choice("Ear", EARS),
    }
    return Explorer(show, controls, busy="Scoring …")


def in_words(details: HaspiDetails) -> str:
    """What lies behind the score, and why it may not move, in a sentence or two."""
    words = (
        f"While the speech is audible, {100 * details.share_above_threshold:.0f} % of "
        "the sound's bands and moments are above this ear's threshold, noise included."
    )
    of_reference = details.share_of_reference_above_threshold
    if of_reference < ENOUGH_OF_THE_REFERENCE:
        words += (
            " But the reference is so soft that a normal ear hears "
            f"{100 * of_reference:.0f} % of it. Its peaks alone are compared: a high "
            "score means little."
        )
    if details.score < FLOOR:
        return (
            f"{words} The score lies on its floor: noise or threshold hide the speech, "
            "and a little more or less of them changes nothing."
        )
    if details.score > CEILING:
        return f"{words} The score is at its top: better than all cannot be shown."
    return words


def _audiogram(ear: str) -> Audiogram:
    return Audiogram((250, 6000), (0, 0)) if ear == NORMAL else standard_audiogram(ear)


def _picture(details: HaspiDetails, audiogram: Audiogram) -> str:
    figure, (left, right) = side_by_side((9.5, 3.4))
    plot_ear(audiogram, ax=left)
    names = [f"{centre:g}" for centre in details.modulation_hz]
    right.bar(names, details.modulation_correlations)
    right.set(xlabel="Modulation (Hz)", ylabel="Correlation", ylim=(0, 1))
    right.set_title("What survives")
    listing = ", ".join(
        f"{name} Hz {value:.2f}"
        for name, value in zip(names, details.modulation_correlations, strict=True)
    )
    alt = f"Audiogram, and the correlation of each modulation band: {listing}."
    return figure_html(figure, alt=alt)
