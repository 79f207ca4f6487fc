"""Hear what a decibel is."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from clarity_lab.audio import headroom_db, level_dbfs, mix_at_snr
from clarity_lab.checks import require_mono_or_stereo, require_sample_rate
from clarity_lab.frozen import frozen
from clarity_lab.listen import safe_gain_db
from clarity_lab.units import db_to_amplitude
from clarity_lab.widgets.controls import slider
from clarity_lab.widgets.explorer import Explorer, Heard
from clarity_lab.widgets.live_player import Filtered

LOWEST_GAIN_DB = -60
SNR_RANGE_DB = (-10, 20)


def explore_gain(samples: ArrayLike, *, sample_rate: int) -> Explorer:
    """Move a slider: hear a sound at another level, beside the level it had.

    Args:
        samples: A sound, shape (samples,) or (2, samples), full scale at 1.0.
        sample_rate: In Hz.

    Returns:
        The widget; `.controls` holds the slider `gain_db`, which ends where the sound
            would clip, `.player` both sounds, `.view` the factor in words.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If the sound is empty, not finite or has many channels.
    """
    samples = frozen(require_mono_or_stereo(samples))
    sample_rate = require_sample_rate(sample_rate)

    def show(gain_db: float) -> Heard:
        factor = db_to_amplitude(gain_db)
        words = f"<p>{gain_db:+.0f} dB: every sample times {factor:.3g}.</p>"
        return Heard(
            {
                "as it was": samples,
                "with the gain": Filtered("as it was", np.array([factor])),
            },
            sample_rate,
            title="One sound, two levels",
            picture=lambda: words,
        )

    its_headroom_db = float(np.min(headroom_db(samples)))  # infinite for silence
    highest_db = max(0, int(its_headroom_db)) if np.isfinite(its_headroom_db) else 0
    ends = {"low": LOWEST_GAIN_DB, "high": highest_db}
    gain = slider("Gain (dB)", 0, **ends, step=1, live=True)
    return Explorer(show, {"gain_db": gain}, live=True)


def explore_snr(
    target: ArrayLike, interferer: ArrayLike, *, sample_rate: int
) -> Explorer:
    """Move a slider: hear an interferer come nearer while the target stays.

    Args:
        target: What one wants to hear, shape (samples,) or (2, samples).
        interferer: What is in the way, same shape.
        sample_rate: In Hz.

    Returns:
        The widget; `.controls` holds the slider `snr_db`, `.player` target, interferer
            and mixture, all scaled by one factor for the whole slider, `.view` their
            levels in words.

    Raises:
        TypeError: If samples are integers.
        ValueError: If a sound is silent, empty, not finite or has many channels, or the
            shapes differ.
    """
    target = frozen(require_mono_or_stereo(target, name="target"))
    interferer = require_mono_or_stereo(interferer, name="interferer")
    sample_rate = require_sample_rate(sample_rate)
    low, high = SNR_RANGE_DB
    # The strongest noise decides the gain, so that only the SNR changes on the way.
    gain_db = safe_gain_db([target, *mix_at_snr(target, interferer, snr_db=low)])

    noise = frozen(mix_at_snr(target, interferer, snr_db=0)[1])
    target_dbfs = float(level_dbfs(target.ravel()))

    def show(snr_db: float) -> Heard:
        factor = db_to_amplitude(-snr_db)
        levels = f"{target_dbfs:.1f} and {target_dbfs - snr_db:.1f} dBFS"
        words = f"<p>SNR {snr_db:.0f} dB: target and interferer at {levels}.</p>"
        return Heard(
            {
                "target": target,
                "interferer": Filtered("noise", np.array([factor])),
                "mixture": target + factor * noise,
            },
            sample_rate,
            sources={"noise": noise},
            title="A sound and what disturbs it",
            gain_db=gain_db,
            picture=lambda: words,
        )

    snr = slider("SNR (dB)", 0, low=low, high=high, step=1, live=True)
    return Explorer(show, {"snr_db": snr}, live=True)
