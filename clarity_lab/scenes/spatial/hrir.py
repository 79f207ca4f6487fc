"""Heads: what each ear, or each microphone at it, hears from each direction.

Lesson: 10_scene_rendering.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clarity_lab import manifests
from clarity_lab.audio import resample
from clarity_lab.checks import require_sample_rate, require_samples

LOWEST_RATE = 1_000
"""In Hz: a file that says 44.1 means kHz."""
LOW_BAND_HZ = (100.0, 400.0)
"""Where the waves are longer than a head: it must not change their level."""


@dataclass(frozen=True, eq=False)
class Head:
    """Head-related impulse responses of one pair of ears or microphones.

    Attributes:
        name: "VP_N6-ED".
        irs: Left ear first, shape (directions, 2, taps).
        azimuth_deg: Of each direction, 0 ahead, 90 left, shape (directions,).
        elevation_deg: Of each direction, 90 above, shape (directions,).
        sample_rate: Of the responses, in Hz.
    """

    name: str
    irs: NDArray
    azimuth_deg: NDArray
    elevation_deg: NDArray
    sample_rate: int

    def __post_init__(self) -> None:
        require_samples(self.irs, name=f"irs of head {self.name}")
        if require_sample_rate(self.sample_rate) < LOWEST_RATE:
            raise ValueError(
                f"expected the rate of head {self.name} in Hz, {LOWEST_RATE} or more, "
                f"got {self.sample_rate}. Is it in kHz?"
            )
        n, shape = len(self.irs), np.shape(self.irs)
        angles = np.shape(self.azimuth_deg), np.shape(self.elevation_deg)
        if not np.all(
            np.isfinite([*np.ravel(self.azimuth_deg), *np.ravel(self.elevation_deg)])
        ):
            raise ValueError(
                f"expected finite directions of head {self.name}, got NaN."
            )
        if len(shape) != 3 or shape[1] != 2 or angles != ((n,), (n,)):
            raise ValueError(
                f"expected irs of head {self.name} of shape (directions, 2, taps) and "
                f"one azimuth and elevation for each, got {shape}, {angles[0]} and "
                f"{angles[1]}."
            )

    @property
    def ahead(self) -> NDArray:
        """The responses to a sound from azimuth 0, elevation 0, shape (2, taps).

        Raises:
            ValueError: If no direction of the head is ahead.

        Example:
            >>> kemar().ahead.shape
            (2, 512)
        """
        found = (self.azimuth_deg % 360 == 0) & (self.elevation_deg == 0)
        if not np.any(found):
            raise ValueError(
                f"expected the head {self.name} to have a direction ahead, azimuth 0 "
                f"and elevation 0, got {len(self.irs)} others."
            )
        return self.irs[np.argmax(found)]

    def at_rate(self, sample_rate: int) -> Head:
        """The same head measured at another sample rate in Hz: same gains, same delays.

        Example:
            >>> kemar().at_rate(22_050).irs.shape
            (710, 2, 256)
        """
        irs = resample(
            self.irs, sample_rate=self.sample_rate, new_sample_rate=sample_rate
        )
        # A filter's taps add up: half as many per second must be twice as high.
        return replace(
            self, irs=irs * (self.sample_rate / sample_rate), sample_rate=sample_rate
        )


def read_head(path: str | os.PathLike) -> Head:
    """Read a head from an OlHeaD file (.mat), as CEC2 has them, or a SOFA file.

    Args:
        path: "VP_N6-ED.mat", or any SOFA file of the SimpleFreeFieldHRIR kind.

    Returns:
        The head, named as the file; azimuths to the left, whatever the file counts.

    Raises:
        FileNotFoundError: If there is no such file; names the heads beside it.
        ValueError: If it is no such file, or damaged.
    """
    path = Path(path)
    readers = {".mat": _read_olhead, ".sofa": _read_sofa}
    if path.suffix.lower() not in readers:
        raise ValueError(f"expected a head as .mat or .sofa, got {path.name}.")
    if not path.is_file():
        beside = sorted(file.stem for file in path.parent.glob(f"*{path.suffix}"))
        raise FileNotFoundError(
            f"expected the head {path.stem} in {path.parent}, found "
            f"{', '.join(beside) or 'none'} there."
        )
    try:
        return readers[path.suffix.lower()](path)
    except Exception as error:  # foreign readers raise whatever they like
        raise ValueError(
            f"{path} holds no head-related responses or is damaged ({error}). "
            "Copy or download it again."
        ) from error


def kemar() -> Head:
    """The dummy head KEMAR, 710 directions, which comes with the package.

    A head does nothing to waves much longer than itself. The measurement's own scale is
    11 dB below that; here a sound from ahead keeps its level from 100 to 400 Hz. The
    microphones sat at the ear drums, behind ear canals: 2 to 3 kHz are 20 dB louder.

    Example:
        >>> kemar().irs.shape, kemar().sample_rate
        ((710, 2, 512), 44100)
    """
    with np.load(manifests.fetch("samples", "hrir/kemar.npz")) as stored:
        head = Head(
            "KEMAR",
            stored["ir"].astype(np.float64),
            stored["azimuth_deg"].astype(np.float64),
            stored["elevation_deg"].astype(np.float64),
            int(stored["sample_rate_hz"]),
        )
    return replace(head, irs=head.irs / _low_gain(head))


def _low_gain(head: Head) -> float:
    """By how much a sound from ahead grows between LOW_BAND_HZ, mean of both ears."""
    n_fft = 2**14
    gains = np.abs(np.fft.rfft(head.ahead, n_fft))
    frequencies_hz = np.fft.rfftfreq(n_fft, 1 / head.sample_rate)
    low, high = LOW_BAND_HZ
    band = (low <= frequencies_hz) & (frequencies_hz <= high)
    return float(np.sqrt(np.mean(gains[..., band] ** 2)))


def _read_olhead(path: Path) -> Head:
    """Theirs: (taps, directions, ears), azimuths to the right."""
    from scipy.io import loadmat

    stored = loadmat(path)
    azimuth_deg, elevation_deg = stored["M_directions"]
    irs = np.ascontiguousarray(stored["M_data"].transpose(1, 2, 0))
    return Head(
        path.stem, irs, -azimuth_deg, elevation_deg, int(stored["srate"].item())
    )


def _read_sofa(path: Path) -> Head:
    """Theirs: (directions, ears, taps), delays apart, positions in two kinds."""
    import sofar

    stored = sofar.read_sofa(str(path), verify=False, verbose=False)
    x = np.atleast_2d(stored.SourcePosition)
    if stored.SourcePosition_Type == "cartesian":
        flat = np.hypot(x[:, 0], x[:, 1])
        azimuth_deg = np.degrees(np.arctan2(x[:, 1], x[:, 0]))
        elevation_deg = np.degrees(np.arctan2(x[:, 2], flat))
    else:
        azimuth_deg, elevation_deg = x[:, 0], x[:, 1]
    irs = _delayed(np.asarray(stored.Data_IR, float), np.asarray(stored.Data_Delay))
    irs = _left_first(irs, stored)
    rate = round(float(np.ravel(stored.Data_SamplingRate)[0]))
    return Head(path.stem, irs, azimuth_deg, elevation_deg, rate)


def _left_first(irs: NDArray, stored: Any) -> NDArray:
    """Most files have the left ear first; where a receiver is says which it is."""
    places = np.asarray(stored.ReceiverPosition, float)
    to_left = places[:, 1].reshape(len(places), -1)[:, 0]
    if stored.ReceiverPosition_Type != "cartesian":
        to_left = np.sin(np.radians(places[:, 0].reshape(len(places), -1)[:, 0]))
    swapped = irs.shape[1] == len(to_left) == 2 and to_left[0] < to_left[1]
    return irs[:, ::-1] if swapped else irs


def _delayed(irs: NDArray, delay: NDArray) -> NDArray:
    """Write delays that a file keeps beside the responses, in samples, into them."""
    delay = np.broadcast_to(np.rint(delay).astype(int), irs.shape[:2])
    taps = irs.shape[-1]
    late = np.zeros((*irs.shape[:2], taps + delay.max()))
    for index in np.ndindex(irs.shape[:2]):
        late[index][delay[index] : delay[index] + taps] = irs[index]
    return late
