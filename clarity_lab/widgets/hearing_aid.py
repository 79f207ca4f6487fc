"""Put a hearing aid on an ear, and turn the screws of a compressor."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab import hearing, metrics
from clarity_lab.audio import level_dbfs, measured_gain_db, rms, set_level
from clarity_lab.checks import require_mono, require_sample_rate
from clarity_lab.hearing import DEFAULT_RMS_ONE_DB_SPL, standard_audiogram
from clarity_lab.listen import safe_gain_db, table_html
from clarity_lab.plots import figure_html, plot_ear, plot_spectrum
from clarity_lab.units import db_spl_to_dbfs, db_to_amplitude
from clarity_lab.widgets.explorer import Explorer, choice, rest_while, slider

EARS = ("N1", "N2", "N3", "N4", "S1", "S2")
PLAYED_AT_DB_SPL = 65.0
UNCHANGED_DB_SPL = 65.0
"""A band of this level leaves the compressor as it came, from any knee below."""
CURVE_DB_SPL = np.arange(0, 111, 5)
SPECTRUM_STYLES = ("--", ":", "-.", "-")


def explore_hearing_aid(samples: ArrayLike, *, sample_rate: int) -> Explorer:
    """Choose an ear and a level: hear and score what three ways of aiding get through.

    Args:
        samples: Clean speech, mono, shape (samples,).
        sample_rate: In Hz, above 12 kHz.

    Returns:
        The widget; `.controls` holds `ear` and `level_db_spl`; `.view` shows, for no
            aid, NAL-R and WDRC (`wdrc` as fitted to the ear), HASPI, players at one
            common gain, the audiogram and spectra.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If they are silent, not mono or not finite, or the rate is too low.
    """
    samples = require_mono(samples)
    sample_rate = require_sample_rate(sample_rate)

    def show(ear: str, level_db_spl: float) -> str:
        speech = at_level(samples, level_db_spl)
        here = {"sample_rate": sample_rate, "audiogram": standard_audiogram(ear)}
        aided = {
            "no aid": speech,
            "NAL-R": hearing.apply_nalr(speech, **here),
            "WDRC": hearing.wdrc(speech, **here),
        }
        scores = metrics.haspi(
            np.stack(list(aided.values())), reference=at_level(samples, 65.0), **here
        )
        score = ", ".join(
            f"{name} {one:.2f}" for name, one in zip(aided, scores, strict=True)
        )
        heard = {"a normal ear": speech}
        heard |= {name: hearing.simulate_loss(x, **here) for name, x in aided.items()}
        players = _players(heard, level_db_spl, sample_rate)
        picture = _picture(heard, here["audiogram"], sample_rate)
        return f"<p><strong>HASPI: {score}.</strong></p>{players}{picture}"

    return Explorer(
        show,
        {
            "ear": choice("Ear", EARS, value="N3"),
            "level_db_spl": slider("Speech (dB SPL)", 65, low=45, high=85, step=5),
        },
    )


def _players(heard: dict[str, NDArray], level_db_spl: float, sample_rate: int) -> str:
    """All at one gain: the normal ear at -35 dBFS, or less where one would clip."""
    wanted_db = PLAYED_AT_DB_SPL - level_db_spl
    louder = [sound * db_to_amplitude(wanted_db) for sound in heard.values()]
    sounds = {}
    for name, sound in heard.items():
        its_db_spl = level_dbfs(sound) + DEFAULT_RMS_ONE_DB_SPL
        sounds[f"{name}: {its_db_spl:.0f} dB SPL"] = sound
    return table_html(
        sounds,
        sample_rate=sample_rate,
        title=f"Speech at {level_db_spl:.0f} dB SPL",
        gain_db=wanted_db + safe_gain_db(louder),
    )


def explore_compressor(samples: ArrayLike, *, sample_rate: int) -> Explorer:
    """Turn knee, ratio, attack and release: see the curve and the gain, hear both.

    Args:
        samples: A sound with soft and loud parts, mono, shape (samples,), calibrated:
            an RMS of 1 is 100 dB SPL.
        sample_rate: In Hz, above 12 kHz.

    Returns:
        The widget; `.controls` holds `knee_db_spl`, `ratio`, `attack_ms` and
            `release_ms`, `.view` the players, the static curve, and over time the level
            that came and the gain, a frame each 10 ms. Up to the knee a band gets as
            much gain as leaves 65 dB SPL unchanged.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If they are silent, not mono or not finite, or the rate is too low.
    """
    samples = require_mono(samples)
    sample_rate = require_sample_rate(sample_rate)
    if rms(samples) == 0:
        raise ValueError("expected a sound with soft and loud parts, got silence.")

    def show(
        knee_db_spl: float, ratio: float, attack_ms: float, release_ms: float
    ) -> str:
        gain_db = (1 - 1 / ratio) * max(UNCHANGED_DB_SPL - knee_db_spl, 0.0)
        curve = {"gain_db": gain_db, "knee_db_spl": knee_db_spl, "ratio": ratio}
        compressed = hearing.wdrc(
            samples,
            sample_rate=sample_rate,
            **curve,
            attack_ms=attack_ms,
            release_ms=release_ms,
        )
        curve_db = hearing.static_gain_db(CURVE_DB_SPL, **curve)
        sounds = {"as it was": samples, "compressed": compressed}
        words = (
            f"gain {gain_db:.0f} dB up to the knee at {knee_db_spl:.0f} dB SPL, ratio "
            f"{ratio:.2g}:1, attack {attack_ms:.0f} ms, release {release_ms:.0f} ms"
        )
        players = table_html(sounds, sample_rate=sample_rate, title=words)
        return players + _curves(samples, compressed, curve_db, words, sample_rate)

    controls = {
        "knee_db_spl": slider("Knee (dB SPL)", 45, low=20, high=80, step=5),
        "ratio": slider("Ratio (:1)", 3, low=1, high=10, step=0.5),
        "attack_ms": slider("Attack (ms)", 5, low=1, high=500, step=1),
        "release_ms": slider("Release (ms)", 100, low=10, high=2000, step=10),
    }
    controls["ratio"].readout_format = ".1f"
    for name in ("knee_db_spl", "attack_ms", "release_ms"):
        rest_while(controls[name], controls["ratio"], lambda ratio: ratio == 1)
    return Explorer(show, controls)


def at_level(samples: NDArray, level_db_spl: float) -> NDArray:
    """A sound at a level, where an RMS of 1 is the default of the hearing models.

    Example:
        >>> at_level(np.array([1.0, -1.0]), 80.0)
        array([ 0.1, -0.1])
    """
    level = db_spl_to_dbfs(level_db_spl, rms_one_db_spl=DEFAULT_RMS_ONE_DB_SPL)
    return set_level(samples, level_dbfs=float(level))


def _picture(sounds: dict[str, NDArray], audiogram, sample_rate: int) -> str:
    """The ear, and the spectra of what is heard."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.6))
    plot_ear(audiogram, ax=left)
    for (name, sound), style in zip(sounds.items(), SPECTRUM_STYLES, strict=True):
        plot_spectrum(sound, sample_rate=sample_rate, label=name, ax=right)
        right.lines[-1].set_linestyle(style)
    right.set_ylim(-110, max(right.get_ylim()[1], -20) + 20)
    right.set_title("What is heard")
    right.legend(loc="upper center", ncols=2)
    return figure_html(
        figure, alt="Audiogram, and spectra for a normal ear, no aid, NAL-R and WDRC"
    )


def _curves(
    before: NDArray, after: NDArray, curve_db: NDArray, words: str, sample_rate: int
) -> str:
    """The static curve, and the gain that was measured over time."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.4))
    left.plot(CURVE_DB_SPL, CURVE_DB_SPL, "k:", label="no compression")
    left.plot(CURVE_DB_SPL, CURVE_DB_SPL + curve_db, label="this one")
    left.set(xlabel="Octave's level in (dB SPL)", ylabel="Octave's level out (dB SPL)")
    left.set_title("Static curve, the same for six octaves")
    left.legend()
    times_s, gain_db = measured_gain_db(before, after, sample_rate=sample_rate)
    ones = np.ones_like(before)  # level is gain over these
    _, came_dbfs = measured_gain_db(ones, before, sample_rate=sample_rate)
    right.plot(times_s, gain_db, linewidth=1, label="gain (dB)")
    came_db_spl = came_dbfs + DEFAULT_RMS_ONE_DB_SPL
    right.plot(times_s, came_db_spl, "k:", linewidth=1, label="level in (dB SPL)")
    finite_db = gain_db[np.isfinite(gain_db)]
    right.set(xlabel="Time (s)", ylabel="dB", xlim=(0, times_s[-1]))
    right.set_ylim(min(finite_db, default=0.0) - 2, 115)
    right.set_title("The whole sound")
    right.legend(loc="upper right", ncols=2)
    return figure_html(figure, alt=f"Static curve and gain over time: {words}")
