"""The ear model's bands at work: eight at a time, from the middle ear to the nerve.

A group of eight bands goes through all its stages before the next eight begin, so that
memory stays small.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from clarity_lab.hearing.ear_model import filters
from clarity_lab.hearing.ear_model.filters import EarBands, Gammatone
from clarity_lab.units import db_to_power

GROUP = 8  # bands side by side: kernels.LANES
_NOTHING = np.zeros((0, GROUP))


def band_groups() -> Iterator[slice]:
    """The 32 bands, eight at a time, from low to high."""
    for start in range(0, filters.N_BANDS, GROUP):
        yield slice(start, start + GROUP)


@dataclass(frozen=True)
class EarSignal:
    """One sound behind the middle ear, ready for ears of any hearing loss.

    Attributes:
        samples: At 24 kHz, shape (samples,).
        rms_one_db_spl: SPL in dB of a signal whose RMS is 1.
    """

    samples: NDArray
    rms_one_db_spl: float

    @cached_property
    def control_rms(self) -> NDArray:
        """RMS of each control filter's envelope, shape (32,); no loss changes it."""
        from clarity_lab.hearing.ear_model import kernels

        table = np.concatenate([filters.carrier_step(), _CONTROL.taps])
        energy = np.zeros(filters.N_BANDS)
        for group in band_groups():
            state = _start(kernels.CONTROL_STATE_ROWS)
            sums = np.zeros(GROUP)
            kernels.control_energy(self.samples, _flat(table[:, group]), state, sums)
            energy[group] = sums
        return _CONTROL.gain * np.sqrt(energy / len(self.samples))

    def tuned_to(self, ear: EarBands) -> Gammatone:
        """The filters this ear would listen with: wider for loud sounds and losses.

        Args:
            ear: The ear's bands.

        Returns:
            The 32 filters.
        """
        with np.errstate(divide="ignore"):  # a silent band is -inf dB
            band_db_spl = 20 * np.log10(self.control_rms) + self.rms_one_db_spl
        return filters.gammatone(filters.widths_at_level(band_db_spl, ear.width))


_CONTROL = filters.gammatone(filters.WIDEST)


@dataclass(frozen=True)
class BandOutput:
    """Eight bands behind the outer hair cells.

    Attributes:
        envelope: Shape (samples, 8), linear.
        membrane_motion: How the basilar membrane moves: the bands' fine structure,
            the same shape, or empty.
        spectrum_db: Long-term level above the ear's threshold, at least 0, shape (8,).
        rms_one_db_spl: SPL in dB of a signal whose RMS is 1.
    """

    envelope: NDArray
    membrane_motion: NDArray
    spectrum_db: NDArray
    rms_one_db_spl: float


def excite(
    signal: EarSignal, ear: EarBands, group: slice, *, with_membrane_motion: bool
) -> BandOutput:
    """Filter and compress a sound in eight bands.

    Args:
        signal: The sound.
        ear: The ear's bands.
        group: Which eight; one of `band_groups`.
        with_membrane_motion: Also the fine structure, not only envelopes (HASPI needs
            none).

    Returns:
        What leaves the outer hair cells.
    """
    from clarity_lab.hearing.ear_model import kernels

    n_samples = len(signal.samples)
    tuned = signal.tuned_to(ear)
    state = _start(kernels.COCHLEA_STATE_ROWS)
    envelope = np.empty((n_samples, GROUP))
    motion = np.empty_like(envelope) if with_membrane_motion else _NOTHING
    table = _cochlea_table(ear, tuned, signal.rms_one_db_spl)
    kernels.cochlea(signal.samples, _flat(table[:, group]), state, envelope, motion)
    energy = state.reshape(-1, GROUP)[kernels.ENERGY]
    filtered_rms = tuned.gain[group] * np.sqrt(energy / n_samples)
    spectrum_db = _spectrum_db(signal, ear, group, filtered_rms)
    return BandOutput(envelope, motion, spectrum_db, signal.rms_one_db_spl)


def _spectrum_db(
    signal: EarSignal, ear: EarBands, group: slice, filtered_rms: NDArray
) -> NDArray:
    """Long-term levels, compressed as the envelopes are but with long-term control."""
    control_db, filtered_db = (
        20 * np.log10(np.maximum(rms, 1e-30)) + signal.rms_one_db_spl
        for rms in (signal.control_rms[group], filtered_rms)
    )
    knee_db = ear.knee_db_spl[group]
    over_db = np.clip(control_db, knee_db, filters.COMPRESSION_TOP_DB_SPL) - knee_db
    gain_db = -ear.outer_loss_db[group] - over_db * (1 - 1 / ear.ratio[group])
    heard_db = np.maximum(filtered_db, 0.0) + gain_db - ear.inner_loss_db[group]
    return np.maximum(heard_db, 0.0)


def _cochlea_table(ear: EarBands, tuned: Gammatone, rms_one_db_spl: float) -> NDArray:
    """What `kernels.cochlea` reads of each band, shape (BAND_ROWS, 32).

    Gain in dB = -outer_loss - (L - knee)(1 - 1 / ratio), with the control level L kept
    within [knee, 100] dB SPL. In powers of two, of the control filter's power before
    its gain: octaves = offset - slope log2(power).
    """
    from clarity_lab.hearing.ear_model import kernels

    steepness = 1.0 - 1.0 / ear.ratio
    control_gain_db = 20 * np.log10(_CONTROL.gain) + rms_one_db_spl
    offset_db = -ear.outer_loss_db - (control_gain_db - ear.knee_db_spl) * steepness
    top_db_spl = filters.COMPRESSION_TOP_DB_SPL
    table = np.empty((kernels.BAND_ROWS, filters.N_BANDS))
    _put(table, kernels.CARRIER_STEP, filters.carrier_step())
    _put(table, kernels.CONTROL_TAPS, _CONTROL.taps)
    _put(table, kernels.SIGNAL_TAPS, tuned.taps)
    table[kernels.LOWEST_POWER] = db_to_power(ear.knee_db_spl - control_gain_db)
    table[kernels.HIGHEST_POWER] = db_to_power(top_db_spl - control_gain_db)
    table[kernels.SLOPE] = steepness / 2
    table[kernels.OFFSET_OCTAVES] = offset_db / (20 * np.log10(2.0))
    table[kernels.SIGNAL_GAIN] = tuned.gain
    table[kernels.SMOOTH_IN], table[kernels.SMOOTH_BACK] = _gain_smoother()
    return table


def _put(table: NDArray, row: int, rows: NDArray) -> None:
    table[row : row + len(rows)] = rows


def _gain_smoother() -> tuple[float, float]:
    """First-order Butterworth low-pass: both numerators, and the feedback."""
    warped = np.tan(np.pi * filters.GAIN_LOW_PASS_HZ / filters.EAR_RATE_HZ)
    return warped / (1 + warped), (1 - warped) / (1 + warped)


def _start(n_rows: int) -> NDArray:
    """Filter states at rest, the carriers at phase zero."""
    state = np.zeros((n_rows, GROUP))
    state[0] = 1.0
    return state.ravel()


def _flat(table: NDArray) -> NDArray:
    return np.ascontiguousarray(table).ravel()


def auditory_nerve(
    output: BandOutput,
    ear: EarBands,
    group: slice,
    *,
    band_delay: NDArray,
    envelope_lag: NDArray | int = 0,
    motion_lag: NDArray | int = 0,
    threshold_noise: NDArray | None = None,
) -> tuple[NDArray, NDArray]:
    """What reaches the auditory nerve of the outer hair cells' output, in eight bands.

    Args:
        output: What `excite` returned.
        ear: The ear's bands.
        group: Which eight of them.
        band_delay: Samples by which each band is delayed at last, so that all bands
            speak at once, shape (8,).
        envelope_lag: Samples by which envelopes are moved earlier first, shape (8,).
        motion_lag: The same for the membrane's motion.
        threshold_noise: Noise that the motion is added to, shape (samples, 8); it is
            overwritten. None is silence.

    Returns:
        Envelopes in dB above the ear's threshold, and the membrane's motion with these
            envelopes (empty if there is none): shape (samples, 8) each.
    """
    from clarity_lab.hearing.ear_model import kernels

    shifts = np.zeros((3, GROUP), dtype=np.int64)
    shifts[0], shifts[1], shifts[2] = band_delay, envelope_lag, motion_lag
    heard_db = np.empty_like(output.envelope)
    heard_motion = threshold_noise
    if heard_motion is None:
        heard_motion = np.zeros_like(output.membrane_motion)
    kernels.hair_cells(
        output.envelope,
        output.membrane_motion,
        shifts,
        output.rms_one_db_spl - ear.inner_loss_db[group],
        filters.ADAPTATION,
        np.zeros(kernels.HAIR_STATE_ROWS * GROUP),
        heard_db,
        heard_motion,
    )
    return heard_db, heard_motion
