"""How long a room sounds, and how much of its sound is reverberation.

All of it is measured on an impulse response: what arrives after one short clap.

Lesson: 10_scene_rendering.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.checks import (
    require_choice,
    require_number,
    require_sample_rate,
)
from clarity_lab.scenes.rooms.decay_curve import (
    arrival,
    decay_and_depth_db,
    response,
    slope,
)

__all__ = [
    "clarity_db",
    "direct_to_reverberant_db",
    "fitted_line",
    "reverberation_time_s",
]

RANGES_DB = {"EDT": (0.0, -10.0), "T20": (-5.0, -25.0), "T30": (-5.0, -35.0)}
"""Where on the energy decay curve the line is fitted (ISO 3382-1)."""

ABOVE_NOISE_DB = 5.0
OCTAVE_ORDER = 3
WAVES = 10
"""Of an octave's middle, so many fit into a response that tells how the octave decays.
The octave's own filter rings for about three."""


def reverberation_time_s(
    ir: ArrayLike,
    *,
    sample_rate: int,
    method: str = "T30",
    bands_hz: ArrayLike | None = None,
    truncate: bool = True,
) -> NDArray:
    """Time in which the sound of a room falls by 60 dB, from the slope of its decay.

    Args:
        ir: Impulse response, shape (..., samples).
        sample_rate: In Hz.
        method: "T30": the slope from -5 to -35 dB; "T20": from -5 to -25 dB; "EDT":
            early decay time, from 0 to -10 dB, close to how reverberant it seems.
        bands_hz: Centres of octaves to measure in. Default: all frequencies together.
            The lowest octaves often fade so slowly that the response ends too early
            for T30; T20 needs 10 dB less.
        truncate: As in `energy_decay_db`.

    Returns:
        Seconds, shape (...), or (..., bands).

    Raises:
        TypeError: If the response holds integers.
        ValueError: If it is empty, not finite or silent, the method or a band is none,
            or it ends or drowns in noise before the decay is deep enough: the message
            names all octaves with that, and a method for which they are.

    Reference:
        ISO 3382-1:2009; a noise floor 5 dB below the lowest level used is accepted, as
        the decay is truncated there.

    Example:
        60 dB in half a second:

        >>> time_s = np.arange(8000) / 8000
        >>> ir = 10 ** (-60 / 20 * time_s / 0.5)
        >>> round(float(reverberation_time_s(ir, sample_rate=8000)), 3)
        0.5
    """
    require_choice(method, name="method", choices=RANGES_DB)
    samples = response(ir).astype(float)
    sample_rate = require_sample_rate(sample_rate)
    if bands_hz is not None and np.size(bands_hz) == 0:
        raise ValueError("expected bands_hz with at least one octave, got none.")
    if bands_hz is None:
        return _times_s(samples, sample_rate, method, truncate)
    octaves = [_octave(samples, hz, sample_rate) for hz in np.ravel(bands_hz)]
    samples = np.stack(octaves, axis=-2)
    return _times_s(samples, sample_rate, method, truncate, np.ravel(bands_hz))


def fitted_line(
    ir: ArrayLike, *, sample_rate: int, method: str = "T30"
) -> tuple[NDArray, NDArray]:
    """Ends of the line whose slope is the reverberation time, down to -60 dB.

    Args:
        ir: Impulse response of one channel, shape (samples,).
        sample_rate: In Hz.
        method: "T30", "T20" or "EDT".

    Returns:
        Times in s and levels in dB of both ends, shape (2,) each.

    Raises:
        TypeError: If the response holds integers.
        ValueError: As `reverberation_time_s`.
    """
    require_choice(method, name="method", choices=RANGES_DB)
    sample_rate = require_sample_rate(sample_rate)
    samples = response(ir).astype(float)
    decay_db, usable_db = decay_and_depth_db(samples**2, sample_rate, truncate=True)
    _require_deep(np.array(-usable_db), method)
    fitted = _fitted(samples, decay_db, method)
    db_per_s = slope(decay_db[fitted]) * sample_rate
    middle_s = (fitted.start + fitted.stop - 1) / 2 / sample_rate
    levels_db = np.array([RANGES_DB[method][0], -60.0])
    return middle_s + (levels_db - decay_db[fitted].mean()) / db_per_s, levels_db


def direct_to_reverberant_db(
    ir: ArrayLike, *, sample_rate: int, direct_ms: float = 2.5
) -> NDArray:
    """Energy of the direct sound against all that follows; higher is drier.

    Args:
        ir: Impulse response, shape (..., samples).
        sample_rate: In Hz.
        direct_ms: The direct sound is what comes up to so long after the arrival. In a
            living room the first reflection, of the floor, is 3 to 5 ms behind.

    Returns:
        Ratio in dB, shape (...); inf where nothing follows, as in the open.

    Raises:
        TypeError: If the response holds integers.
        ValueError: If it is empty, not finite or silent.

    Example:
        >>> ir = np.zeros(1000)
        >>> ir[[100, 200]] = 1.0, 0.1
        >>> round(float(direct_to_reverberant_db(ir, sample_rate=8000)), 6)
        20.0
    """
    return _early_to_late_db(ir, sample_rate, direct_ms, "direct_ms")


def clarity_db(ir: ArrayLike, *, sample_rate: int, early_ms: float = 50.0) -> NDArray:
    """Clarity index: what helps speech, the early energy, against the late.

    Args:
        ir: Impulse response, shape (..., samples).
        sample_rate: In Hz.
        early_ms: 50 for speech (C50), 80 for music (C80).

    Returns:
        Ratio in dB, shape (...); inf where nothing is late.

    Raises:
        TypeError: If the response holds integers.
        ValueError: If it is empty, not finite or silent.

    Reference:
        ISO 3382-1:2009, annex A.

    Example:
        >>> ir = np.zeros(1000)
        >>> ir[[100, 600]] = 1.0, 0.1
        >>> round(float(clarity_db(ir, sample_rate=8000)), 6)
        20.0
    """
    return _early_to_late_db(ir, sample_rate, early_ms, "early_ms")


def _early_to_late_db(
    ir: ArrayLike, sample_rate: int, early_ms: float, name: str
) -> NDArray:
    energy = response(ir).astype(float) ** 2
    early_ms = require_number(early_ms, name=name, minimum=0.1, unit="ms")
    n_early = round(early_ms / 1000 * require_sample_rate(sample_rate))
    limit = arrival(ir)[..., None] + n_early
    early = np.arange(energy.shape[-1]) < limit
    late = np.sum(energy, axis=-1, where=~early)
    with np.errstate(divide="ignore"):  # inf, as promised
        return 10 * np.log10(np.sum(energy, axis=-1, where=early) / late)


def _octave(samples: NDArray, centre_hz: float, sample_rate: int) -> NDArray:
    from scipy.signal import butter, sosfiltfilt

    edges_hz = centre_hz / np.sqrt(2), centre_hz * np.sqrt(2)
    if not 0 < edges_hz[0] < edges_hz[1] < sample_rate / 2:
        raise ValueError(
            f"expected octaves below half the sample rate ({sample_rate / 2:g} Hz), "
            f"got one about {centre_hz:g} Hz, which reaches to {edges_hz[1]:g} Hz. Try "
            "without it."
        )
    if (duration_s := samples.shape[-1] / sample_rate) < WAVES / centre_hz:
        raise ValueError(
            f"expected a response of at least {WAVES} waves, {WAVES / centre_hz:.3g} s "
            f"for the octave about {centre_hz:g} Hz, got {duration_s:.3g} s. Try a "
            "longer response or higher octaves."
        )
    sos = butter(OCTAVE_ORDER, edges_hz, "bandpass", fs=sample_rate, output="sos")
    return sosfiltfilt(sos, samples)  # both ways: the filter's own decay counts less


def _times_s(
    samples: NDArray,
    sample_rate: int,
    method: str,
    truncate: bool,
    bands_hz: NDArray | None = None,
) -> NDArray:
    """One time for each response; with bands, those are the last axis but one."""
    rows = samples.reshape(-1, samples.shape[-1])
    decays = [decay_and_depth_db(row**2, sample_rate, truncate) for row in rows]
    depths_db = np.reshape([-usable_db for _, usable_db in decays], samples.shape[:-1])
    _require_deep(depths_db, method, bands_hz)
    times_s = []
    for index, (row, (decay_db, _)) in enumerate(zip(rows, decays, strict=True)):
        where = "" if bands_hz is None else _about([bands_hz[index % len(bands_hz)]])
        part = decay_db[_fitted(row, decay_db, method, where)]
        times_s.append(-60 / slope(part) / sample_rate)
    return np.reshape(times_s, samples.shape[:-1])


def _require_deep(
    depths_db: NDArray, method: str, bands_hz: NDArray | None = None
) -> None:
    """Refuse decays that are too shallow, all octaves at once."""
    needed_db = {name: ABOVE_NOISE_DB - low for name, (_, low) in RANGES_DB.items()}
    lowest_db = float(depths_db.min())
    if lowest_db >= needed_db[method]:
        return
    where = advice = ""
    if bands_hz is not None:
        shallow = np.reshape(depths_db, (-1, len(bands_hz))).min(axis=0)
        where = _about(bands_hz[shallow < needed_db[method]])
        advice = " or leave out what is too short"
    fits = [name for name, db in needed_db.items() if db <= lowest_db]
    if fits:
        best = max(fits, key=needed_db.get)
        advice = f', method="{best}", for which {needed_db[best]:g} dB do,' + advice
    raise ValueError(
        f"expected a decay of at least {needed_db[method]:g} dB for {method}, got "
        f"{lowest_db:.0f} dB{where} before the response ends or drowns in noise. Try "
        f"a longer or cleaner response{advice}."
    )


def _about(bands_hz: ArrayLike) -> str:
    return " about " + ", ".join(f"{hz:g}" for hz in np.ravel(bands_hz)) + " Hz"


def _fitted(row: NDArray, decay_db: NDArray, method: str, where: str = "") -> slice:
    """The part of the decay curve to which the line is fitted."""
    top_db, bottom_db = RANGES_DB[method]
    start = int(arrival(row)) if top_db == 0 else int(np.argmax(decay_db <= top_db))
    stop = int(np.argmax(decay_db <= bottom_db))
    if stop - start < 3:
        raise ValueError(
            f"expected reverberation{where}, got a response that falls from "
            f"{top_db:g} to {bottom_db:g} dB within {max(stop - start, 1)} sample(s), "
            "as in the open."
        )
    return slice(start, stop)
