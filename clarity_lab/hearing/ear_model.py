"""The ear that HASPI, HASQI and HAAQI share: 32 bands from sound to nerve.

Kates's model, as pyclarity 0.9.0 has it, run eight bands at a time: a band goes through
all its stages before the next eight begin, so that memory stays small.

Lessons: 13_intelligibility, 14_music_quality.

Reference:
    Kates, "An auditory model for intelligibility and quality predictions", Proceedings
    of Meetings on Acoustics 19, 2013. DOI 10.1121/1.4799223.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from clarity_lab.hearing import ear_filters as filters
from clarity_lab.hearing.ear_filters import EarBands, Gammatone

GROUP = 8  # bands side by side: ear_kernels.LANES
HIGHEST_LAG_S = 0.1
_CORRELATION_BLOCK = 16_384
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
        from clarity_lab.hearing import ear_kernels as kernels

        table = np.concatenate([filters.carrier_step(), _CONTROL.taps])
        energy = np.zeros(filters.N_BANDS)
        for group in band_groups():
            state = _start(kernels.CONTROL_STATE_ROWS)
            sums = np.zeros(GROUP)
            kernels.control_energy(self.samples, _flat(table[:, group]), state, sums)
            energy[group] = sums
        return _CONTROL.gain * np.sqrt(energy / len(self.samples))

    def tuned_to(self, ear: EarBands) -> Gammatone:
        """The filters this ear would listen with: wider for loud sounds and losses."""
        with np.errstate(divide="ignore"):  # a silent band is -inf dB
            band_db_spl = 20 * np.log10(self.control_rms) + self.rms_one_db_spl
        return filters.gammatone(filters.widths_at_level(band_db_spl, ear.width))


_CONTROL = filters.gammatone(filters.WIDEST)


@dataclass(frozen=True)
class BandOutput:
    """Eight bands behind the outer hair cells.

    Attributes:
        envelope: Shape (samples, 8), linear.
        motion: Of the basilar membrane, the same shape, or empty.
        spectrum_db: Long-term level above the ear's threshold, at least 0, shape (8,).
        rms_one_db_spl: SPL in dB of a signal whose RMS is 1.
    """

    envelope: NDArray
    motion: NDArray
    spectrum_db: NDArray
    rms_one_db_spl: float


def excite(
    signal: EarSignal, ear: EarBands, group: slice, *, with_motion: bool
) -> BandOutput:
    """Filter and compress a sound in eight bands.

    Args:
        signal: The sound.
        ear: The ear's bands.
        group: Which eight; one of `band_groups`.
        with_motion: Also the fine structure, not only envelopes (HASPI needs none).

    Returns:
        Envelopes and motion behind the outer hair cells.
    """
    from clarity_lab.hearing import ear_kernels as kernels

    n_samples = len(signal.samples)
    tuned = signal.tuned_to(ear)
    state = _start(kernels.COCHLEA_STATE_ROWS)
    envelope = np.empty((n_samples, GROUP))
    motion = np.empty_like(envelope) if with_motion else _NOTHING
    table = _cochlea_table(ear, tuned, signal.rms_one_db_spl)
    kernels.cochlea(signal.samples, _flat(table[:, group]), state, envelope, motion)
    energy = state.reshape(-1, GROUP)[kernels.ENERGY_ROW]
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
    """The rows that `ear_kernels.cochlea` reads, shape (19, 32).

    Gain in dB = -outer_loss - (L - knee)(1 - 1 / ratio), with the control level L kept
    within [knee, 100] dB SPL. In powers of two, of the control filter's power before
    its gain: octaves = offset - slope log2(power).
    """
    steepness = 1.0 - 1.0 / ear.ratio
    control_gain_db = 20 * np.log10(_CONTROL.gain) + rms_one_db_spl
    lowest = 10 ** ((ear.knee_db_spl - control_gain_db) / 10)
    highest = 10 ** ((filters.COMPRESSION_TOP_DB_SPL - control_gain_db) / 10)
    offset_db = -ear.outer_loss_db - (control_gain_db - ear.knee_db_spl) * steepness
    octaves_per_db = 1.0 / (20 * np.log10(2.0))
    smooth_in, smooth_back = _gain_smoother()
    rows = [lowest, highest, steepness / 2, offset_db * octaves_per_db, tuned.gain]
    rows += [np.full(filters.N_BANDS, value) for value in (smooth_in, smooth_back)]
    return np.concatenate(
        [filters.carrier_step(), _CONTROL.taps, tuned.taps, np.stack(rows)]
    )


def _gain_smoother() -> tuple[float, float]:
    """First-order Butterworth low-pass at 800 Hz: both numerators, and the feedback."""
    warped = np.tan(np.pi * 800 / filters.EAR_RATE_HZ)
    return warped / (1 + warped), (1 - warped) / (1 + warped)


def _start(n_rows: int) -> NDArray:
    """Filter states at rest, the carriers at phase zero."""
    state = np.zeros((n_rows, GROUP))
    state[0] = 1.0
    return state.ravel()


def _flat(table: NDArray) -> NDArray:
    return np.ascontiguousarray(table).ravel()


def band_lags(estimate: NDArray, *, reference: NDArray) -> NDArray:
    """By how much each band of the estimate lags behind the reference's.

    The exact maximum of the cross-correlation within 100 ms, which only takes short
    Fourier transforms: blocks of the reference against slightly longer blocks of the
    estimate, summed before the one way back.

    Args:
        estimate: Eight bands, shape (samples, 8).
        reference: The same shape.

    Returns:
        Lags in samples, shape (8,).
    """
    from scipy import fft

    n_samples = len(reference)
    reach = min(round(HIGHEST_LAG_S * filters.EAR_RATE_HZ), n_samples)
    n_fft = min(_CORRELATION_BLOCK, fft.next_fast_len(n_samples + 2 * reach, real=True))
    block = n_fft - 2 * reach
    spectrum = np.zeros((reference.shape[1], n_fft // 2 + 1), dtype=complex)
    for start in range(0, n_samples, block):
        still = fft.rfft(_bands_first(reference, start, block), n_fft)
        moving = fft.rfft(_bands_first(estimate, start - reach, n_fft), n_fft)
        spectrum += np.conj(still, out=still) * moving
    lowest = 0 if reach < n_samples else 1  # a lag of -n_samples has no overlap
    correlation = fft.irfft(spectrum, n_fft)[:, lowest : 2 * reach]
    latest_first = correlation[:, ::-1]  # of equal maxima the latest lag counts
    return reach - 1 - np.argmax(latest_first, axis=1)


def _bands_first(bands: NDArray, start: int, length: int) -> NDArray:
    """Some samples of each band as rows, with zeros where there are none."""
    rows = np.zeros((bands.shape[1], length))
    first, last = max(start, 0), min(start + length, len(bands))
    rows[:, first - start : last - start] = bands[first:last].T
    return rows


def hear(
    output: BandOutput,
    ear: EarBands,
    group: slice,
    *,
    late: NDArray,
    envelope_lag: NDArray | int = 0,
    motion_lag: NDArray | int = 0,
    threshold_noise: NDArray | None = None,
) -> tuple[NDArray, NDArray]:
    """From the outer hair cells' output to the nerve, in eight bands.

    Args:
        output: What `excite` returned.
        ear: The ear's bands.
        group: Which eight of them.
        late: Samples by which each band is delayed at last, so that all bands speak at
            once, shape (8,).
        envelope_lag: Samples by which envelopes are moved earlier first, shape (8,).
        motion_lag: The same for the motion.
        threshold_noise: Noise that the motion is added to, shape (samples, 8); it is
            overwritten. None is silence.

    Returns:
        Envelopes in dB above the ear's threshold, and the motion with these envelopes
            (empty if there is none): shape (samples, 8) each.
    """
    from clarity_lab.hearing import ear_kernels as kernels

    shifts = np.zeros((3, GROUP), dtype=np.int64)
    shifts[0], shifts[1], shifts[2] = late, envelope_lag, motion_lag
    heard_db = np.empty_like(output.envelope)
    heard_motion = threshold_noise
    if heard_motion is None:
        heard_motion = np.zeros_like(output.motion)
    kernels.hair_cells(
        output.envelope,
        output.motion,
        shifts,
        output.rms_one_db_spl - ear.inner_loss_db[group],
        filters.ADAPTATION,
        heard_db,
        heard_motion,
    )
    return heard_db, heard_motion


def windowed_sums(
    samples: NDArray, window: NDArray, *, first: int, hop: int, n_frames: int
) -> NDArray:
    """Weighted sums of frames, frame k from sample first + k hop, zeros outside.

    Args:
        samples: Eight bands, shape (samples, 8).
        window: Weights, shape (frame length,).
        first: Where frame 0 starts; may lie before the sound.
        hop: Samples from frame to frame.
        n_frames: How many.

    Returns:
        Shape (frames, 8).
    """
    from clarity_lab.hearing import ear_kernels as kernels

    sums = np.empty((n_frames, samples.shape[1]))
    kernels.windowed_sums(samples, window, first, hop, sums)
    return sums
