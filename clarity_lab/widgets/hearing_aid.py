"""Put a hearing aid on an ear, and turn the screws of a compressor."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab import hearing, metrics
from clarity_lab.audio import level_dbfs, measured_gain_db, rms, set_level
from clarity_lab.checks import require_mono, require_sample_rate
from clarity_lab.frozen import frozen
from clarity_lab.hearing import (
    DEFAULT_RMS_ONE_DB_SPL,
    Audiogram,
    Listener,
    standard_audiogram,
)
from clarity_lab.plots import figure_html, plot_ears, plot_spectrum
from clarity_lab.plots.style import side_by_side
from clarity_lab.units import db_spl_to_dbfs, db_to_amplitude
from clarity_lab.widgets.audiogram_editor import audiogram_editor
from clarity_lab.widgets.controls import choice, rest_while, slider
from clarity_lab.widgets.explorer import Explorer, Heard
from clarity_lab.widgets.hearing_loss import within_the_model

AIDS = {
    "no aid": lambda speech, **_: speech,
    "NAL-R": hearing.apply_nalr,
    "WDRC": hearing.wdrc,
}
EARS = ("N1", "N2", "N3", "N4", "S1", "S2")
PLAYED_AT_DB_SPL = 65.0
UNCHANGED_DB_SPL = 65.0
"""A band of this level leaves the compressor as it came, from any knee below."""
CURVE_DB_SPL = np.arange(0, 111, 5)
SPECTRUM_STYLES = ("--", ":", "-.", "-")


def explore_hearing_aid(
    samples: ArrayLike,
    *,
    sample_rate: int,
    listener: Listener | Audiogram | str | None = None,
) -> Explorer:
    """Choose an ear and a level: hear and score what three ways of aiding get through.

    Args:
        samples: Clean speech, mono, shape (samples,).
        sample_rate: In Hz, above 12 kHz.
        listener: Somebody whose audiogram is drawn, to be moved point by point,
            instead of standard ears: a Listener, an Audiogram, or a name as for
            `audiogram_editor`.

    Returns:
        The widget; `.controls` holds `ear`, or for a listener `audiogram`, and
            `level_db_spl`; `.player` plays, for no aid, NAL-R and WDRC (`wdrc` as
            fitted to each ear), what is heard, at a gain that keeps speech for a normal
            ear as it is; `.view` shows HASPI (of the better ear), levels, audiogram
            and spectra.

    Raises:
        TypeError: If the samples are integers, or the listener is none.
        ValueError: If they are silent, not mono or not finite, or the rate is too low.
    """
    samples = frozen(require_mono(samples))
    sample_rate = require_sample_rate(sample_rate)
    reference = at_level(samples, 65.0)

    def show(level_db_spl: float, **ear: str | Listener) -> Heard:
        ears = standard_audiogram(ear["ear"]) if "ear" in ear else ear["audiogram"]
        speech = at_level(samples, level_db_spl)
        aided = [_aided(speech, one, sample_rate) for one in _one_or_two(ears)]
        heard = {"a normal ear": speech}
        for name in AIDS:
            both = [each.heard[name] for each in aided]
            heard[name] = both[0] if len(both) == 1 else np.stack(both)
        return Heard(
            heard,
            sample_rate,
            title=f"Speech at {level_db_spl:.0f} dB SPL{within_the_model(ears)[1]}",
            gain_db=PLAYED_AT_DB_SPL - level_db_spl,
            picture=partial(_scored, aided, heard, ears, reference, sample_rate),
        )

    level = slider("Speech (dB SPL)", 65, low=45, high=85, step=5)
    if listener is None:
        return Explorer(
            show, {"ear": choice("Ear", EARS, value="N3"), "level_db_spl": level}
        )
    editor = audiogram_editor(listener)
    return Explorer(show, {"audiogram": editor, "level_db_spl": level})


@dataclass(frozen=True)
class Aided:
    """One ear: what each hearing aid gives to it, and what it hears of that."""

    ear: Audiogram
    given: dict[str, NDArray]
    heard: dict[str, NDArray]


def _one_or_two(ears: Audiogram | Listener) -> list[Audiogram]:
    if isinstance(ears, Audiogram):
        return [ears]
    return [ears.left] if ears.left == ears.right else [ears.left, ears.right]


def _aided(speech: NDArray, ear: Audiogram, sample_rate: int) -> Aided:
    here = {"sample_rate": sample_rate, "audiogram": ear}
    given = {name: aid(speech, **here) for name, aid in AIDS.items()}
    here["audiogram"], _ = within_the_model(ear)
    heard = {name: hearing.simulate_loss(x, **here) for name, x in given.items()}
    return Aided(ear, given, heard)


def _scored(
    aided: list[Aided],
    heard: dict[str, NDArray],
    ears: Audiogram | Listener,
    reference: NDArray,
    sample_rate: int,
) -> str:
    """HASPI of the better ear and levels in words, and the picture."""
    scores = [
        metrics.haspi(
            np.stack(list(each.given.values())),
            reference=reference,
            sample_rate=sample_rate,
            audiogram=each.ear,
        )
        for each in aided
    ]
    best = np.max(scores, axis=0)
    score = ", ".join(f"{name} {one:.2f}" for name, one in zip(AIDS, best, strict=True))
    levels = ", ".join(
        f"{name} {level_dbfs(sound.ravel()) + DEFAULT_RMS_ONE_DB_SPL:.0f} dB SPL"
        for name, sound in heard.items()
    )
    picture = _picture(heard, ears, sample_rate)
    return f"<p><strong>HASPI: {score}.</strong> Heard: {levels}.</p>{picture}"


def explore_compressor(samples: ArrayLike, *, sample_rate: int) -> Explorer:
    """Turn knee, ratio, attack and release: see the curve and the gain, hear both.

    Args:
        samples: A sound with soft and loud parts, mono, shape (samples,), calibrated:
            an RMS of 1 is 100 dB SPL.
        sample_rate: In Hz, above 12 kHz.

    Returns:
        The widget; `.controls` holds `knee_db_spl`, `ratio`, `attack_ms` and
            `release_ms`, `.player` the sound before and after, `.view` the static
            curve, and over time the level that came and the gain, a frame each 10 ms.
            Up to the knee a band gets as much gain as leaves 65 dB SPL unchanged.
            Where a slow attack lets an onset clip, both sounds are played softer, and
            the player says so.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If they are silent, not mono or not finite, or the rate is too low.
    """
    samples = frozen(require_mono(samples))
    sample_rate = require_sample_rate(sample_rate)
    if rms(samples) == 0:
        raise ValueError("expected a sound with soft and loud parts, got silence.")

    def show(
        knee_db_spl: float, ratio: float, attack_ms: float, release_ms: float
    ) -> Heard:
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
        knee = f"{gain_db:.0f} dB up to {knee_db_spl:.0f} dB SPL, then {ratio:.2g}:1"
        words = f"{knee}, attack {attack_ms:.0f} ms, release {release_ms:.0f} ms"
        return Heard(
            {"as it was": samples, "compressed": compressed},
            sample_rate,
            title=f"Compressor: {knee}",
            gain_db=None,  # the worst onset of all would need 30 dB, everywhere
            picture=partial(_curves, samples, compressed, curve_db, words, sample_rate),
        )

    controls = {
        "knee_db_spl": slider("Knee (dB SPL)", 45, low=20, high=80, step=5),
        "ratio": slider("Ratio (:1)", 3, low=1, high=10, step=0.5),
        "attack_ms": slider("Attack (ms)", 5, low=1, high=500, step=1),
        "release_ms": slider("Release (ms)", 100, low=10, high=2000, step=10),
    }
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


def _picture(
    sounds: dict[str, NDArray], ears: Audiogram | Listener, sample_rate: int
) -> str:
    """The ear or ears, and the spectra of what is heard."""
    figure, (left, right) = side_by_side((9.5, 3.6))
    plot_ears(ears, ax=left)
    to_spl = db_to_amplitude(DEFAULT_RMS_ONE_DB_SPL)  # an RMS of 1 is drawn at its SPL
    for (name, sound), style in zip(sounds.items(), SPECTRUM_STYLES, strict=True):
        calibrated = to_spl * sound.ravel()
        plot_spectrum(calibrated, sample_rate=sample_rate, label=name, ax=right)
        right.lines[-1].set_linestyle(style)
    right.set_ylim(-10, max(right.get_ylim()[1], 80) + 20)
    right.set_ylabel("Level (dB SPL)")
    right.set_title("What is heard")
    right.legend(loc="upper center", ncols=2)
    return figure_html(
        figure, alt="Audiogram, and spectra for a normal ear, no aid, NAL-R and WDRC"
    )


def _curves(
    before: NDArray, after: NDArray, curve_db: NDArray, words: str, sample_rate: int
) -> str:
    """The static curve, and the gain that was measured over time."""
    figure, (left, right) = side_by_side((9.5, 3.4))
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
