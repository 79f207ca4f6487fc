"""Spoil music in one of six ways, and see what HAAQI says of it in three ears."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab import audio
from clarity_lab.checks import require_mono, require_sample_rate
from clarity_lab.frozen import frozen
from clarity_lab.hearing import Audiogram, apply_nalr, standard_audiogram, wdrc
from clarity_lab.listen import safe_gain_db
from clarity_lab.metrics import haaqi
from clarity_lab.units import db_to_amplitude
from clarity_lab.widgets.controls import choice, slider
from clarity_lab.widgets.explorer import Explorer, Heard

EARS = {
    "healthy": Audiogram((250, 6000), (0, 0)),
    "N3": standard_audiogram("N3"),
    "S2": standard_audiogram("S2"),
}
LOWEST_SAMPLE_RATE = 16_000


@dataclass(frozen=True)
class Distortion:
    """One way to spoil a sound, with five strengths from slight to strong.

    Attributes:
        words: How a setting is told, "{} dB SNR".
        settings: The five.
        spoil: Takes the sound, its rate in Hz and a setting; gives a sound as long.
        keeps_level: The spoilt sound is brought back to the level of the sound, so
            that the level is not scored too.
    """

    words: str
    settings: tuple[float, ...]
    spoil: Callable[[NDArray, int, float], NDArray]
    keeps_level: bool = True

    def apply(self, samples: NDArray, sample_rate: int, setting: float) -> NDArray:
        """The spoilt sound, same shape."""
        spoilt = self.spoil(samples, sample_rate, setting)
        if not self.keeps_level:
            return spoilt
        return audio.set_level(spoilt, level_dbfs=float(audio.level_dbfs(samples)))


DISTORTIONS = {
    "noise": Distortion(
        "{:g} dB SNR",
        (40, 30, 20, 10, 0),
        lambda x, rate, snr_db: audio.add_hiss(
            x, snr_db=snr_db, rng=np.random.default_rng(0)
        ),
    ),
    "clipping": Distortion(
        "{:g} dB below the peak",
        (3, 6, 9, 12, 18),
        lambda x, rate, db: audio.clip_peaks(x, below_peak_db=db),
    ),
    "compression": Distortion(
        "{:g} to 1 in six bands",
        (1.5, 2, 3, 4, 8),
        lambda x, rate, ratio: wdrc(x, sample_rate=rate, gain_db=0.0, ratio=ratio),
    ),
    "bandwidth": Distortion(
        "up to {:g} Hz",
        (6000, 4000, 3000, 2000, 1500),
        lambda x, rate, hz: audio.limit_bandwidth(x, sample_rate=rate, highest_hz=hz),
    ),
    "level": Distortion(
        "{:g} dB softer",
        (5, 10, 20, 30, 40),
        lambda x, rate, db: x * db_to_amplitude(-db),
        keeps_level=False,
    ),
    "tilt": Distortion(
        "{:+g} dB an octave",
        (1, 2, 3, 4.5, 6),
        lambda x, rate, db: audio.tilt_spectrum(x, sample_rate=rate, db_per_octave=db),
    ),
}


def explore_haaqi(samples: ArrayLike, *, sample_rate: int) -> Explorer:
    """Spoil music as you choose: hear it, and read HAAQI for three ears.

    An ear with a loss gets the spoilt music through NAL-R, as from a hearing aid; the
    player holds it without that gain.

    Args:
        samples: Music, mono, shape (samples,), full scale at 1.0; some seconds.
        sample_rate: In Hz, at least 16 kHz.

    Returns:
        The widget; `.controls` holds the choice `distortion` and the slider `strength`
            (1 to 5), `.player` the music before and after, scaled by one factor for
            all positions, `.view` the scores beside those of a perfect copy.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If they are not mono, silent, too short or not finite, or the sample
            rate is too low.
    """
    samples = frozen(require_mono(samples))
    sample_rate = require_sample_rate(sample_rate)
    if sample_rate < LOWEST_SAMPLE_RATE:
        raise ValueError(
            f"expected sample_rate of {LOWEST_SAMPLE_RATE} Hz or more, got "
            f"{sample_rate}. Load the music at 24000 Hz."
        )
    of_a_copy = _scores(samples, reference=samples, sample_rate=sample_rate)
    spoilt = (
        one.apply(samples, sample_rate, setting)
        for one in DISTORTIONS.values()
        for setting in one.settings
    )
    gain_db = safe_gain_db([samples, *spoilt])

    def scored(chosen: Distortion, setting: float, changed: NDArray, words: str) -> str:
        scores = _scores(changed, reference=samples, sample_rate=sample_rate)
        table = scores_html(scores, of_a_copy=of_a_copy, title=words)
        return table + strengths_html(chosen, setting)

    def show(distortion: str, strength: float) -> Heard:
        chosen = DISTORTIONS[distortion]
        setting = chosen.settings[int(strength) - 1]
        changed = chosen.apply(samples, sample_rate, setting)
        words = f"{distortion}: {chosen.words.format(setting)}"
        return Heard(
            {"music": samples, "spoilt": changed},
            sample_rate,
            title=f"Music, and spoilt by {words}",
            gain_db=gain_db,
            picture=partial(scored, chosen, setting, changed, words),
        )

    return Explorer(
        show,
        {
            "distortion": choice("Distortion", DISTORTIONS),
            "strength": slider("Strength (1 to 5)", 3, low=1, high=5, step=1),
        },
        busy="Scoring for three ears …",
    )


def _scores(
    estimate: NDArray, *, reference: NDArray, sample_rate: int
) -> dict[str, float]:
    """HAAQI for each ear, which hears the estimate through NAL-R."""
    return {
        name: haaqi(
            apply_nalr(estimate, sample_rate=sample_rate, audiogram=ear),
            reference=reference,
            sample_rate=sample_rate,
            audiogram=ear,
        )
        for name, ear in EARS.items()
    }


def strengths_html(distortion: Distortion, chosen: float) -> str:
    """Write what the strengths 1 to 5 stand for, the chosen one in bold.

    Example:
        >>> strengths_html(Distortion("{:g} dB", (1, 2), np.copyto), 2)
        '<p>Strength 1 to 2: 1 dB · <strong>2 dB</strong></p>'
    """
    words = (
        f"<strong>{one}</strong>" if setting == chosen else one
        for setting in distortion.settings
        for one in [html.escape(distortion.words.format(setting))]
    )
    return f"<p>Strength 1 to {len(distortion.settings)}: {' · '.join(words)}</p>"


def scores_html(
    scores: dict[str, float], *, of_a_copy: dict[str, float], title: str
) -> str:
    """Write scores, ear by ear, beside those of a perfect copy.

    Example:
        >>> page = scores_html({"a": 0.5}, of_a_copy={"a": 0.97}, title="noise")
        >>> "<td>0.97</td><td>0.50</td>" in page
        True
    """
    rows = "".join(
        f'<tr><th scope="row">{html.escape(ear)}</th>'
        f"<td>{of_a_copy[ear]:.2f}</td><td>{score:.2f}</td></tr>"
        for ear, score in scores.items()
    )
    heads = ("Ear", "Perfect copy", title)
    head = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in heads)
    return (
        "<table><caption>HAAQI, 0 to 1</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )
