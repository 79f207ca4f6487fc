"""Audiogram and Listener: how soft a tone one ear, or two, can just hear.

Lesson: 11_hearing_loss.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.checks import require_choice

PURE_TONE_AVERAGE_HZ = (500.0, 1000.0, 2000.0, 4000.0)
SEVERITY_ABOVE_DB_HL = {"severe": 56.0, "moderate": 35.0, "mild": 15.0}


@dataclass(frozen=True)
class Audiogram:
    """Pure-tone thresholds of one ear.

    Attributes:
        frequencies_hz: Audiometric frequencies, strictly rising.
        thresholds_db_hl: Threshold at each; 0 is average young hearing, more is worse.

    Example:
        >>> Audiogram((500, 2000), (20, 60)).threshold_at(1000.0)
        array(40.)
    """

    frequencies_hz: tuple[float, ...]
    thresholds_db_hl: tuple[float, ...]

    def __post_init__(self) -> None:
        hz = _floats(self.frequencies_hz, "frequencies_hz")
        db_hl = _floats(self.thresholds_db_hl, "thresholds_db_hl")
        if len(hz) != len(db_hl):
            raise ValueError(
                f"expected one threshold per frequency, got {len(hz)} frequencies and "
                f"{len(db_hl)} thresholds. Leave out what was not measured."
            )
        if not np.all(np.diff(hz, prepend=0.0) > 0):
            raise ValueError(f"expected rising frequencies above 0 Hz, got {hz}.")
        if min(db_hl) < -20 or max(db_hl) > 130:
            raise ValueError(
                f"expected thresholds from -20 to 130 dB HL, got {db_hl}. A loss is "
                "positive; are these the frequencies?"
            )
        object.__setattr__(self, "frequencies_hz", hz)
        object.__setattr__(self, "thresholds_db_hl", db_hl)

    def threshold_at(self, frequency_hz: ArrayLike) -> NDArray:
        """Threshold between and beyond the measured frequencies.

        Args:
            frequency_hz: Frequency above 0 Hz, any shape.

        Returns:
            Threshold in dB HL, same shape: linear in log-frequency, flat beyond the
                ends.

        Raises:
            ValueError: If a frequency is not above 0 Hz.
        """
        frequency_hz = np.asarray(frequency_hz, dtype=float)
        if not np.all(frequency_hz > 0):
            raise ValueError(f"expected frequencies above 0 Hz, got {frequency_hz}.")
        log_hz = np.log(self.frequencies_hz)
        return np.asarray(
            np.interp(np.log(frequency_hz), log_hz, self.thresholds_db_hl)
        )

    @property
    def pure_tone_average_db_hl(self) -> float:
        """Mean threshold at 500, 1000, 2000 and 4000 Hz, in dB HL.

        Example:
            >>> ear = Audiogram((500, 1000, 2000, 4000), (20, 30, 40, 50))
            >>> ear.pure_tone_average_db_hl
            35.0
        """
        return float(np.mean(self.threshold_at(PURE_TONE_AVERAGE_HZ)))

    @property
    def severity(self) -> str:
        """The MSBG simulation's grade: nothing, mild, moderate or severe.

        It grades the plain mean of the thresholds measured from 2 to 8 kHz: above 15 dB
        HL mild, above 35 moderate, above 56 severe, else nothing: the published
        program's words. Audiologists' grades differ.

        Raises:
            ValueError: If nothing was measured from 2 to 8 kHz.

        Example:
            >>> Audiogram((1000, 2000, 4000), (80, 30, 50)).severity
            'moderate'
        """
        measured = zip(self.frequencies_hz, self.thresholds_db_hl, strict=True)
        critical = [db_hl for hz, db_hl in measured if 2000 <= hz <= 8000]
        if not critical:
            raise ValueError(
                "expected a threshold measured from 2000 to 8000 Hz, got only "
                f"{self.frequencies_hz} Hz. Add threshold_at(4000) as a measured one."
            )
        grades = SEVERITY_ABOVE_DB_HL.items()
        mean = np.mean(critical)
        return next((grade for grade, above in grades if mean > above), "nothing")


@dataclass(frozen=True)
class Listener:
    """Two ears of one person.

    Attributes:
        name: Who it is, "L0001".
        left: Audiogram of the left ear.
        right: Audiogram of the right ear.

    Example:
        >>> ear = Audiogram((1000, 4000), (20, 60))
        >>> Listener("L0001", left=ear, right=ear).ears[1] is ear
        True
    """

    name: str
    left: Audiogram
    right: Audiogram

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name:
            raise TypeError(
                f"expected name as text, got {self.name!r}. Try Listener('L0001', "
                "left, right)."
            )
        require_audiogram(self.left)
        require_audiogram(self.right)

    @property
    def ears(self) -> tuple[Audiogram, Audiogram]:
        """Left, then right: the order of the channels."""
        return self.left, self.right


def require_audiogram(audiogram: Audiogram) -> Audiogram:
    """Return an audiogram of one ear, or say how to get one.

    Args:
        audiogram: What came.

    Returns:
        The same.

    Raises:
        TypeError: If it is anything else.

    Example:
        >>> require_audiogram(Audiogram((500, 2000), (20, 60))).severity
        'severe'
    """
    if not isinstance(audiogram, Audiogram):
        raise TypeError(
            f"expected an Audiogram of one ear, got {type(audiogram).__name__}. Try "
            "Audiogram(frequencies_hz, thresholds_db_hl), standard_audiogram('N3'), "
            "or a listener's ear: listener.left."
        )
    return audiogram


def ears_of(audiogram: Audiogram | Listener, samples: NDArray) -> tuple[Audiogram, ...]:
    """The ear for every channel, or the two for left and right; or say what is wrong.

    Args:
        audiogram: One ear, or a Listener.
        samples: What is heard, (..., samples); with a Listener (..., 2, samples).

    Returns:
        One ear, or two.

    Raises:
        TypeError: If it is neither an Audiogram nor a Listener.
        ValueError: If a Listener does not get two channels.

    Example:
        >>> ear = Audiogram((500, 2000), (20, 60))
        >>> len(ears_of(Listener("L0001", ear, ear), np.zeros((2, 100))))
        2
    """
    if not isinstance(audiogram, Listener):
        return (require_audiogram(audiogram),)
    require_left_and_right(samples, name="samples")
    return audiogram.ears


def require_left_and_right(samples: NDArray, *, name: str) -> None:
    """Raise unless the axis before time is left and right.

    Args:
        samples: A sound.
        name: The argument's name, for the message.

    Raises:
        ValueError: If its shape is not (..., 2, samples).
    """
    if samples.ndim < 2 or samples.shape[-2] != 2:
        raise ValueError(
            f"expected {name} of shape (..., 2, samples) for a Listener's two ears, "
            f"left first, got {samples.shape}. For one ear give listener.left; for "
            "haspi that is audiogram=listener.left."
        )


def _floats(values: ArrayLike, name: str) -> tuple[float, ...]:
    array = np.asarray(values, dtype=float)
    if array.ndim != 1 or not array.size or not np.all(np.isfinite(array)):
        raise ValueError(
            f"expected {name} as a row of finite numbers, got {values!r}. "
            "Leave out what was not measured."
        )
    return tuple(array.tolist())


STANDARD_FREQUENCIES_HZ = (250, 375, 500, 750, 1000, 1500, 2000, 3000, 4000, 6000)
STANDARD_THRESHOLDS_DB_HL = {
    "N1": (10, 10, 10, 10, 10, 10, 15, 20, 30, 40),
    "N2": (20, 20, 20, 22.5, 25, 30, 35, 40, 45, 50),
    "N3": (35, 35, 35, 35, 40, 45, 50, 55, 60, 65),
    "N4": (55, 55, 55, 55, 55, 60, 65, 70, 75, 80),
    "N5": (65, 67.5, 70, 72.5, 75, 80, 80, 80, 80, 80),
    "N6": (75, 77.5, 80, 82.5, 85, 90, 90, 95, 100, 100),
    "N7": (90, 92.5, 95, 100, 105, 105, 105, 105, 105, 105),
    "S1": (10, 10, 10, 10, 10, 10, 15, 30, 55, 70),
    "S2": (20, 20, 20, 22.5, 25, 35, 55, 75, 95, 95),
    "S3": (30, 30, 35, 47.5, 60, 70, 75, 80, 80, 85),
}


def standard_audiogram(name: str) -> Audiogram:
    """One of the ten ears with which hearing aids are measured.

    Args:
        name: "N1" (very mild) to "N7" (profound): flat or moderately sloping; "S1" to
            "S3": steep.

    Returns:
        The audiogram, 250 to 6000 Hz.

    Raises:
        ValueError: If there is none of that name.

    Reference:
        Bisgaard, Vlaming & Dahlquist, "Standard audiograms for the IEC 60118-15
        measurement procedure", Trends in Amplification 14(2), 2010, tables 2 and 4.
        DOI 10.1177/1084713810379609.

    Example:
        >>> standard_audiogram("N3").pure_tone_average_db_hl
        46.25
    """
    require_choice(name, name="name", choices=STANDARD_THRESHOLDS_DB_HL)
    return Audiogram(STANDARD_FREQUENCIES_HZ, STANDARD_THRESHOLDS_DB_HL[name])
