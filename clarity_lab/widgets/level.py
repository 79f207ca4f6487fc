"""Hear what a decibel is."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.audio import mix_at_snr, peak
from clarity_lab.checks import require_mono_or_stereo, require_sample_rate
from clarity_lab.listen import table_tag
from clarity_lab.units import amplitude_to_db, db_to_amplitude
from clarity_lab.widgets.explorer import Explorer, slider

LOWEST_GAIN_DB = -60
SNR_RANGE_DB = (-20, 20)


def explore_level(
    samples: ArrayLike, *, sample_rate: int, interferer: ArrayLike | None = None
) -> Explorer:
    """Move a slider: hear a sound at another level, or a noise come nearer.

    Args:
        samples: A sound, shape (samples,) or (2, samples), full scale at 1.0.
        sample_rate: In Hz.
        interferer: A second sound of the same shape. With one, the slider `snr_db`
            sets the signal-to-noise ratio; without, `gain_db` sets the gain.

    Returns:
        The widget; `.controls` holds the slider, `.view` the players and levels.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If a sound is empty, not finite or has many channels; with an
            interferer also if one is silent, or the shapes differ.
    """
    samples = require_mono_or_stereo(samples)
    sample_rate = require_sample_rate(sample_rate)
    if interferer is None:
        return _explore_gain(samples, sample_rate)
    return _explore_snr(samples, require_mono_or_stereo(interferer), sample_rate)


def _explore_gain(samples: NDArray, sample_rate: int) -> Explorer:
    def show(gain_db: float) -> str:
        changed = samples * db_to_amplitude(gain_db)
        sounds = {"as it was": samples, f"{gain_db:+.0f} dB": changed}
        return table_tag(sounds, sample_rate=sample_rate, title="One sound, two levels")

    highest_gain_db = max(0.0, _headroom_db(samples))
    gain = slider("Gain (dB)", 0, low=LOWEST_GAIN_DB, high=highest_gain_db, step=1)
    return Explorer(show, {"gain_db": gain})


def _headroom_db(samples: NDArray) -> float:
    """Whole decibels up to full scale; 0 for silence."""
    loudest = float(np.max(peak(samples)))
    return float(np.floor(-amplitude_to_db(loudest))) if loudest else 0.0


def _explore_snr(target: NDArray, interferer: NDArray, sample_rate: int) -> Explorer:
    low, high = SNR_RANGE_DB
    # The strongest noise decides the gain for the whole slider, so that only the SNR
    # changes when it moves.
    loudest_mixture, loudest_noise = mix_at_snr(target, interferer, snr_db=low)
    everything = np.stack([target, loudest_mixture, loudest_noise])
    gain_db = min(0.0, _headroom_db(everything))

    def show(snr_db: float) -> str:
        mixture, noise = mix_at_snr(target, interferer, snr_db=snr_db)
        sounds = {"target": target, "interferer": noise, "mixture": mixture}
        title = f"SNR {snr_db:+.0f} dB"
        return table_tag(sounds, sample_rate=sample_rate, title=title, gain_db=gain_db)

    snr = slider("SNR (dB)", 0, low=low, high=high, step=1)
    return Explorer(show, {"snr_db": snr})
