"""Hear what a decibel is."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from clarity_lab.audio import headroom_db, mix_at_snr
from clarity_lab.checks import require_mono_or_stereo, require_sample_rate
from clarity_lab.listen import safe_gain_db, table_html
from clarity_lab.units import db_to_amplitude
from clarity_lab.widgets.explorer import Explorer, slider

LOWEST_GAIN_DB = -60
SNR_RANGE_DB = (-10, 20)


def explore_gain(samples: ArrayLike, *, sample_rate: int) -> Explorer:
    """Move a slider: hear a sound at another level, beside the level it had.

    Args:
        samples: A sound, shape (samples,) or (2, samples), full scale at 1.0.
        sample_rate: In Hz.

    Returns:
        The widget; `.controls` holds the slider `gain_db`, which ends where the sound
            would clip, `.view` the players and levels.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If the sound is empty, not finite or has many channels.
    """
    samples = require_mono_or_stereo(samples)
    sample_rate = require_sample_rate(sample_rate)

    def show(gain_db: float) -> str:
        changed = samples * db_to_amplitude(gain_db)
        sounds = {"as it was": samples, f"{gain_db:+.0f} dB": changed}
        return table_html(
            sounds, sample_rate=sample_rate, title="One sound, two levels"
        )

    room_db = float(np.min(headroom_db(samples)))
    highest_db = max(0, int(room_db)) if np.isfinite(room_db) else 0
    gain = slider("Gain (dB)", 0, low=LOWEST_GAIN_DB, high=highest_db, step=1)
    return Explorer(show, {"gain_db": gain})


def explore_snr(
    target: ArrayLike, interferer: ArrayLike, *, sample_rate: int
) -> Explorer:
    """Move a slider: hear an interferer come nearer while the target stays.

    Args:
        target: What one wants to hear, shape (samples,) or (2, samples).
        interferer: What is in the way, same shape.
        sample_rate: In Hz.

    Returns:
        The widget; `.controls` holds the slider `snr_db`, `.view` the players and
            levels, all scaled by one factor for the whole slider.

    Raises:
        TypeError: If samples are integers.
        ValueError: If a sound is silent, empty, not finite or has many channels, or the
            shapes differ.
    """
    target = require_mono_or_stereo(target, name="target")
    interferer = require_mono_or_stereo(interferer, name="interferer")
    sample_rate = require_sample_rate(sample_rate)
    low, high = SNR_RANGE_DB
    # The strongest noise decides the gain, so that only the SNR changes on the way.
    gain_db = safe_gain_db([target, *mix_at_snr(target, interferer, snr_db=low)])

    def show(snr_db: float) -> str:
        mixture, noise = mix_at_snr(target, interferer, snr_db=snr_db)
        sounds = {"target": target, "interferer": noise, "mixture": mixture}
        title = f"SNR {snr_db:+.0f} dB"
        return table_html(sounds, sample_rate=sample_rate, title=title, gain_db=gain_db)

    snr = slider("SNR (dB)", 0, low=low, high=high, step=1)
    return Explorer(show, {"snr_db": snr})
