"""Put a hearing aid on an ear, and turn the screws of a compressor."""

from __future__ import annotations

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab import hearing, metrics
from clarity_lab.audio import rms, set_level
from clarity_lab.checks import require_mono, require_sample_rate
from clarity_lab.hearing import DEFAULT_RMS_ONE_DB_SPL, standard_audiogram
from clarity_lab.listen import table_html
from clarity_lab.plots import figure_html, plot_audiogram, plot_spectrum
from clarity_lab.units import db_spl_to_dbfs, power_to_db
from clarity_lab.widgets.explorer import Explorer, slider

EARS = {
    "N1 very mild": "N1",
    "N2": "N2",
    "N3": "N3",
    "N4 moderately severe": "N4",
    "S1 steep": "S1",
    "S2 steeper": "S2",
}
KNEE_AFTER_NAL_R_DB_SPL = 80.0
FRAME_MS = 10.0
CURVE_DB_SPL = np.arange(0, 111, 5)


def explore_hearing_aid(samples: ArrayLike, *, sample_rate: int) -> Explorer:
    """Choose an ear, a level and an aid: hear and score what gets through.

    Args:
        samples: Clean speech, mono, shape (samples,).
        sample_rate: In Hz, above 12 kHz.

    Returns:
        The widget; `.controls` holds `ear`, `level_db_spl` and the switches `nalr` and
            `compression`, which turns down what leaves NAL-R above 80 dB SPL in its
            band, with the ratios of `fit_wdrc`; `.view` shows HASPI, players at one
            common gain, the audiogram and spectra.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If they are silent, not mono or not finite, or the rate is too low.
    """
    samples = require_mono(samples)
    sample_rate = require_sample_rate(sample_rate)

    def show(ear: str, level_db_spl: float, nalr: bool, compression: bool) -> str:
        audiogram = standard_audiogram(ear)
        speech = at_level(samples, level_db_spl)
        aided = aid(
            speech,
            sample_rate=sample_rate,
            audiogram=audiogram,
            nalr=nalr,
            compression=compression,
        )
        impaired = {
            name: hearing.simulate_loss(
                sound, sample_rate=sample_rate, audiogram=audiogram
            )
            for name, sound in (("without aid", speech), ("with aid", aided))
        }
        scores = metrics.haspi(
            np.stack([speech, aided]),
            reference=at_level(samples, 65.0),
            sample_rate=sample_rate,
            audiogram=audiogram,
        )
        sounds = {"a normal ear": speech, **impaired}
        title = (
            f"HASPI without aid {scores[0]:.2f}, with aid {scores[1]:.2f}. Speech at "
            f"{level_db_spl:.0f} dB SPL through this ear"
        )
        picture = _picture(sounds, audiogram, sample_rate)
        return table_html(sounds, sample_rate=sample_rate, title=title) + picture

    return Explorer(
        show,
        {
            "ear": ipywidgets.Dropdown(
                options=EARS, value="N3", description="Ear", style=_STYLE
            ),
            "level_db_spl": slider("Speech (dB SPL)", 65, low=45, high=85, step=5),
            "nalr": _switch("NAL-R", value=True),
            "compression": _switch("Compression", value=False),
        },
    )


def aid(
    speech: NDArray,
    *,
    sample_rate: int,
    audiogram: hearing.Audiogram,
    nalr: bool,
    compression: bool,
) -> NDArray:
    """The aid of the explorer: NAL-R, then a compressor for what is loud, or neither.

    Args:
        speech: A calibrated sound, shape (samples,).
        sample_rate: In Hz, above 12 kHz.
        audiogram: The ear that both are fitted to.
        nalr: Amplify.
        compression: Turn down what is above 80 dB SPL in its band.

    Returns:
        The sound that leaves the aid, shape (samples,).
    """
    if nalr:
        speech = hearing.apply_nalr(
            speech, sample_rate=sample_rate, audiogram=audiogram
        )
    if compression:
        speech = hearing.wdrc(
            speech,
            sample_rate=sample_rate,
            gain_db=0.0,
            ratio=hearing.fit_wdrc(audiogram).ratio,
            knee_db_spl=KNEE_AFTER_NAL_R_DB_SPL,
        )
    return speech


def explore_compressor(samples: ArrayLike, *, sample_rate: int) -> Explorer:
    """Turn knee, ratio, attack and release: see the curve and the gain, hear both.

    Args:
        samples: A sound with soft and loud parts, mono, shape (samples,), calibrated:
            an RMS of 1 is 100 dB SPL.
        sample_rate: In Hz, above 12 kHz.

    Returns:
        The widget; `.controls` holds `knee_db_spl`, `ratio`, `attack_ms` and
            `release_ms`, `.view` the players, the static curve and the gain over time,
            measured as level out less level in, a frame each 10 ms.

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
        compressed = hearing.wdrc(
            samples,
            sample_rate=sample_rate,
            gain_db=0.0,
            ratio=ratio,
            knee_db_spl=knee_db_spl,
            attack_ms=attack_ms,
            release_ms=release_ms,
        )
        curve_db = hearing.static_gain_db(
            CURVE_DB_SPL, gain_db=0.0, knee_db_spl=knee_db_spl, ratio=ratio
        )
        sounds = {"as it was": samples, "compressed": compressed}
        words = (
            f"knee {knee_db_spl:.0f} dB SPL, ratio {ratio:.2g}:1, attack "
            f"{attack_ms:.0f} ms, release {release_ms:.0f} ms"
        )
        players = table_html(sounds, sample_rate=sample_rate, title=words)
        return players + _curves(samples, compressed, curve_db, words, sample_rate)

    ratio = slider("Ratio (:1)", 3, low=1, high=10, step=0.5)
    ratio.readout_format = ".1f"
    return Explorer(
        show,
        {
            "knee_db_spl": slider("Knee (dB SPL)", 45, low=20, high=80, step=5),
            "ratio": ratio,
            "attack_ms": slider("Attack (ms)", 5, low=1, high=500, step=1),
            "release_ms": slider("Release (ms)", 100, low=10, high=2000, step=10),
        },
    )


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
    plot_audiogram(
        audiogram.frequencies_hz, left_db_hl=audiogram.thresholds_db_hl, ax=left
    )
    for (name, sound), style in zip(sounds.items(), ("--", ":", "-"), strict=True):
        plot_spectrum(sound, sample_rate=sample_rate, label=name, ax=right)
        right.lines[-1].set_linestyle(style)
    right.set_ylim(-110, max(right.get_ylim()[1], -20))
    right.set_title("What is heard")
    right.legend()
    return figure_html(
        figure, alt="Audiogram, and spectra for a normal ear, without and with aid"
    )


def _curves(
    before: NDArray, after: NDArray, curve_db: NDArray, words: str, sample_rate: int
) -> str:
    """The static curve, and the gain that was measured over time."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.4))
    left.plot(CURVE_DB_SPL, CURVE_DB_SPL, "k:", label="no compression")
    left.plot(CURVE_DB_SPL, CURVE_DB_SPL + curve_db, label="this one")
    left.set(xlabel="Band level in (dB SPL)", ylabel="Band level out (dB SPL)")
    left.legend()
    times_s, gain_db = measured_gain_db(before, after, sample_rate=sample_rate)
    right.plot(times_s, gain_db, linewidth=1)
    right.set(xlabel="Time (s)", ylabel="Gain (dB)", xlim=(0, times_s[-1]))
    right.set_ylim(min(-40.0, float(np.nanmin(gain_db)) - 2), 5)
    return figure_html(figure, alt=f"Static curve and gain over time: {words}")


def measured_gain_db(
    before: NDArray, after: NDArray, *, sample_rate: int
) -> tuple[NDArray, NDArray]:
    """Level out less level in, a frame each 10 ms; NaN where nothing goes in.

    Args:
        before: What went in, shape (samples,).
        after: What came out, same shape.
        sample_rate: In Hz.

    Returns:
        Times in s and gains in dB, both shape (frames,).

    Example:
        >>> times_s, gain_db = measured_gain_db(
        ...     np.ones(16_000), np.full(16_000, 0.1), sample_rate=16_000)
        >>> float(gain_db[50].round(6))
        -20.0
    """
    hop = max(1, round(FRAME_MS / 1000 * sample_rate))
    frames = [np.mean(_whole(sound, hop) ** 2, axis=-1) for sound in (before, after)]
    with np.errstate(divide="ignore", invalid="ignore"):  # silence has no gain
        gain_db = power_to_db(frames[1] / frames[0])
    return np.arange(len(gain_db)) * hop / sample_rate, gain_db


def _whole(sound: NDArray, hop: int) -> NDArray:
    """Frames that stand side by side, the last ones left out if not whole."""
    n_frames = max(1, len(sound) // hop)
    return np.resize(sound, n_frames * hop).reshape(n_frames, hop)


_STYLE = {"description_width": "9em"}


def _switch(description: str, *, value: bool) -> ipywidgets.ToggleButtons:
    return ipywidgets.ToggleButtons(
        options={"off": False, "on": True},
        value=value,
        description=description,
        style={**_STYLE, "button_width": "5em"},
    )
