"""The gammatone bank of the MSBG simulation: split, weigh each band, sum."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from clarity_lab.checks import require_choice
from clarity_lab.hearing.msbg.settings import MODEL_SAMPLE_RATE
from clarity_lab.hearing.msbg.tables import table
from clarity_lab.units import db_to_amplitude

BANK_OF = {
    "nothing": "mild",
    "mild": "mild",
    "moderate": "moderate",
    "severe": "severe",
}
LANES = 4  # bands come in fours, as the processor takes them; the added ones are silent
PADDING = 8  # samples by which the envelope's filter extends the sound at both ends
CHUNK = 32_768  # samples at a time: the memory needed does not grow with the sound
NEGLIGIBLE_PAST = 1e-15  # so little of a filter's past counts as none


@dataclass(frozen=True)
class Bank:
    """One gammatone bank; the last axis of each array is the band.

    Attributes:
        n_bands: How many bands; arrays are wider, up to a multiple of four.
        centre_hz: Centre frequencies, (bands,).
        gammatone: b0, b1, a1, a2 of the section that is applied four times, (4, bands).
        high_pass: b0, b1, b2, a1, a2 of what cleans upper bands below, (5, bands).
        smooth: The same of the envelope's low-pass, (5, bands).
        settled: State of the low-pass that has always seen ones, (2, bands).
        delay: Samples by which each band is moved forward, (bands,).
        recombination_db: Loudness that the overlap of the bands adds.
        memory: Samples after which each low-pass has forgotten its past.
    """

    n_bands: int
    centre_hz: NDArray
    gammatone: NDArray
    high_pass: NDArray
    smooth: NDArray
    settled: NDArray
    delay: NDArray
    recombination_db: float
    memory: int


@lru_cache
def bank_for(severity: str) -> Bank:
    """The bank for a grade of hearing loss: the worse, the broader the filters.

    Args:
        severity: "nothing", "mild", "moderate" or "severe".

    Returns:
        36, 36, 28 or 19 bands from about 70 Hz to 19 kHz.
    """
    require_choice(severity, name="severity", choices=BANK_OF)
    numbers = table("filterbanks")["banks"][BANK_OF[severity]]
    n_bands = len(numbers["centre_hz"])
    smooth, settled = _envelope_low_pass(np.array(numbers["erb_hz"]))
    slowest = np.max(np.abs([np.roots([1, *a]) for a in smooth[3:].T]))
    return Bank(
        n_bands=n_bands,
        centre_hz=np.array(numbers["centre_hz"]),
        gammatone=_in_lanes([*_columns(numbers, "gammatone")]),
        high_pass=_in_lanes(_high_pass(numbers, n_bands)),
        smooth=_in_lanes(smooth),
        settled=_in_lanes(settled),
        delay=_in_lanes([numbers["delay_samples"]])[0].astype(np.int64),
        recombination_db=numbers["recombination_db"],
        memory=int(np.log(NEGLIGIBLE_PAST) / np.log(slowest)),
    )


def _columns(numbers: dict, name: str) -> NDArray:
    pairs = numbers[f"{name}_b"], numbers[f"{name}_a"]
    return np.concatenate([np.array(pair).T for pair in pairs])


def _high_pass(numbers: dict, n_bands: int) -> NDArray:
    upper = _columns(numbers, "high_pass")
    every = np.zeros((5, n_bands))
    every[0] = 1.0  # the lower bands pass as they are
    every[:, n_bands - upper.shape[1] :] = upper
    return every


def _envelope_low_pass(erb_hz: NDArray) -> tuple[NDArray, NDArray]:
    """Elliptic low-passes at three quarters of the band's width, 75 Hz at most."""
    from scipy.signal import ellip, lfilter_zi

    cut_offs_hz = 0.75 * np.minimum(100.0, erb_hz)
    designs = [ellip(2, 0.25, 35, hz, fs=MODEL_SAMPLE_RATE) for hz in cut_offs_hz]
    smooth = np.array([[*b, *a[1:]] for b, a in designs]).T
    settled = np.array([lfilter_zi(b, a) for b, a in designs]).T
    return smooth, settled


def _in_lanes(rows: NDArray | list) -> NDArray:
    rows = np.asarray(rows, dtype=float)
    lanes = np.pad(rows, [(0, 0), (0, -rows.shape[1] % LANES)])
    return np.ascontiguousarray(lanes)


@dataclass(frozen=True)
class BandGain:
    """What each band's level does to its gain: weight * (envelope / ceiling)**exponent.

    Attributes:
        exponent: Of each band, (bands,); 0 is a fixed gain, above 0 expands.
        weight: Fixed amplitude gain of each band, (bands,).
        ceiling: Envelope from which on the gain is the weight, in full-scale units.
    """

    exponent: NDArray
    weight: NDArray
    ceiling: float


FLOOR = 1e-9  # the envelope is never taken for less


def filter_and_sum(samples: NDArray, bank: Bank, gain: BandGain) -> NDArray:
    """Split one signal into bands, give each its gain, sum them again.

    The envelope's low-pass runs forwards, then backwards. Backwards means from the end;
    a chunk begins far enough behind its own end for the filter to forget the beginning.

    Args:
        samples: Shape (samples,), at 44.1 kHz, at least 9.
        bank: The filters.
        gain: Each band's gain.

    Returns:
        Shape (samples,). Bands are moved forward by their own delay, so that they meet.
    """
    n = len(samples)
    stream = _BandStream(np.ascontiguousarray(samples, dtype=float), bank, gain)
    recombined = np.empty(n)
    for start in range(0, n, CHUNK):
        stop = min(start + CHUNK, n)
        stream.forwards(start, min(stop + bank.memory, n))
        stream.backwards(recombined[start:stop])
        stream.drop(stop - start)
    return recombined


class _BandStream:
    """The rows of all bands near one chunk; row 0 is the chunk's first sample.

        row      0             CHUNK                 top              top + reach
        bands    | chunk's rows  | rows ahead, ready  | not all bands yet |
        envelope | smoothed forwards up to here ----->|
                 |<------ smoothed backwards from top |

    The rows ahead (bank.memory of them) let the way back forget where it began. Behind
    `top` each band is filled as far as its own delay has let it come forward: bands
    reach ahead by at most `reach`. `drop` moves all rows up by one chunk. At the end of
    the sound PADDING mirrored rows of the envelope lie behind it, and top behind those.
    """

    def __init__(self, samples: NDArray, bank: Bank, gain: BandGain) -> None:
        from clarity_lab.hearing.msbg import kernels

        self.kernels, self.samples, self.bank = kernels, samples, bank
        width = bank.gammatone.shape[1]
        recombination = db_to_amplitude(-bank.recombination_db)
        self.exponent_and_weight = _in_lanes(
            [gain.exponent, gain.weight * recombination]
        )
        self.ceiling = gain.ceiling
        self.reach = int(bank.delay.max())
        n_rows = min(len(samples), CHUNK + bank.memory) + PADDING
        self.bands = np.zeros((n_rows + self.reach, width))
        self.envelope = np.zeros((n_rows, width))
        self.gammatone_state = np.zeros((8, width))
        self.high_pass_state = np.zeros((2, width))
        self.smooth_state = np.zeros((2, width))
        self.fed = self.ready = 0  # samples heard; rows filtered forwards
        self.top = 0  # the row behind the last one that the way back may start from

    def forwards(self, start: int, stop: int) -> None:
        """Make rows ready up to sample `stop`, row 0 being sample `start`."""
        bank, n = self.bank, len(self.samples)
        feed = min(stop + self.reach, n)
        self.kernels.gammatone(
            self.samples[self.fed : feed],
            bank.gammatone,
            self.gammatone_state,
            bank.delay,
            self.fed - start,
            self.bands,
        )
        if self.fed < n == feed:  # nothing comes to be moved into the last rows
            for band, delay in enumerate(bank.delay):
                self.bands[max(n - delay - start, 0) : n - start, band] = 0.0
        self.fed = feed
        if self.ready == stop:
            return
        if self.ready == 0:
            self._begin()
        self._envelopes(self.ready - start, stop - start)
        self.ready, self.top = stop, stop - start
        if stop == n:
            self._end()

    def _envelopes(self, low: int, high: int) -> None:
        self.kernels.high_pass_and_envelope(
            self.bands,
            self.envelope,
            low,
            high,
            self.bank.high_pass,
            self.high_pass_state,
            self.bank.smooth,
            self.smooth_state,
        )

    def _begin(self) -> None:
        """Let the low-pass see the beginning mirrored, as SciPy's filtfilt does."""
        self._envelopes(0, PADDING + 1)  # for the rectified rows; smoothed again below
        rows = np.abs(self.bands[: PADDING + 1])
        extended = np.concatenate([2 * rows[0] - rows[:0:-1], rows])
        self.smooth_state = self.bank.settled * extended[0]
        self.envelope[: PADDING + 1] = self._smooth(extended)[PADDING:]
        self.ready += PADDING + 1

    def _end(self) -> None:
        """Append the end mirrored."""
        rows = np.abs(self.bands[self.top - PADDING - 1 : self.top])
        mirrored = 2 * rows[-1] - rows[-2::-1]
        self.envelope[self.top : self.top + PADDING] = self._smooth(mirrored)
        self.top += PADDING

    def _smooth(self, rows: NDArray) -> NDArray:
        b0, b1, b2, a1, a2 = self.bank.smooth
        smoothed = np.empty_like(rows)
        first, second = self.smooth_state
        for n, x in enumerate(rows):
            y = smoothed[n] = b0 * x + first
            first, second = b1 * x - a1 * y + second, b2 * x - a2 * y
        self.smooth_state = np.stack([first, second])
        return smoothed

    def backwards(self, recombined: NDArray) -> None:
        """Smooth from `top` down to row 0, weigh and sum the rows of the chunk."""
        exponent, weight = self.exponent_and_weight
        if not exponent.any():  # no band's gain depends on its envelope
            np.matmul(self.bands[: len(recombined)], weight, out=recombined)
            return
        self.kernels.recruit_and_sum(
            self.bands,
            self.envelope,
            self.top,
            self.bank.smooth,
            self.bank.settled * self.envelope[self.top - 1],
            self.exponent_and_weight,
            FLOOR,
            self.ceiling,
            recombined,
        )

    def drop(self, n_rows: int) -> None:
        """Forget the rows of the finished chunk."""
        for rows in self.bands, self.envelope:
            rows[: len(rows) - n_rows] = rows[n_rows:]
        self.top -= n_rows
