"""Which gain and ratio a compressor should have for an ear: NAL-R's and FIG6's.

Lesson: 12_hearing_aid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.hearing.audiogram import Audiogram, require_audiogram
from clarity_lab.hearing.fitting import nalr_gains_db
from clarity_lab.hearing.octaves import (
    BAND_CENTRES_HZ,
    require_per_band,
    speech_octaves_db_spl,
)

SOFT_DB_SPL, SPEECH_DB_SPL, LOUD_DB_SPL = 40.0, 65.0, 95.0
VALLEYS_BELOW_DB = 15.0
"""Speech reaches from 15 dB below to 15 dB above its long-term level (ANSI S3.5)."""
FOLLOWED_ABOVE_DB = 6.0
"""Where speech is loud, a compressor that falls slowly reads this much above that."""


def fig6_gains_db(thresholds_db_hl: ArrayLike) -> NDArray[np.float64]:
    """Gain for soft, conversational and loud sounds, from the threshold alone.

    Args:
        thresholds_db_hl: Thresholds in dB HL, shape (...).

    Returns:
        Gain in dB, shape (3, ...), at inputs of 40, 65 and 95 dB SPL (whole sounds).

    Raises:
        ValueError: If a threshold is missing (NaN).

    Reference:
        FIG6: Killion & Fikret-Pasa, "The 3 types of sensorineural hearing loss:
        loudness and intelligibility considerations", Hearing Journal 46(11), 1993. The
        formulas as two public programs write them (3D Tune-In Toolkit among them); the
        step of 1 dB at 60 dB HL in the second is theirs.

    Example:
        >>> fig6_gains_db(40.0)
        array([20., 12.,  0.])
    """
    loss = np.asarray(thresholds_db_hl, dtype=float)
    if not np.all(np.isfinite(loss)):
        raise ValueError(
            f"expected thresholds_db_hl as finite numbers, got {thresholds_db_hl}. "
            "Leave out what was not measured."
        )
    soft = np.where(loss <= 60, loss - 20, 0.5 * loss + 10)
    speech = np.where(loss <= 60, 0.6 * (loss - 20), 0.8 * loss - 23)
    loud = 0.1 * np.maximum(loss - 40, 0) ** 1.4
    return np.maximum([soft, speech, loud], 0.0)


@dataclass(frozen=True)
class WdrcFit:
    """Settings of a compressor, one value a band.

    Attributes:
        gain_db: Gain of soft sounds, up to the knee.
        ratio: dB more at the input for one dB more at the output, above the knee.
        knee_db_spl: Level in the band above which the gain falls.
    """

    gain_db: NDArray
    ratio: NDArray
    knee_db_spl: NDArray


def fit_wdrc(audiogram: Audiogram, *, knee_db_spl: ArrayLike | None = None) -> WdrcFit:
    """Choose gain, ratio and knee of each octave band from the audiogram.

    Speech of 65 dB SPL is to leave the aid as NAL-R would have it, band by band; softer
    sounds get more, louder ones less. How much less is FIG6's: the fall of its gain
    from 40 to 95 dB SPL gives the ratio. FIG6's own gains are not used: they are for
    the level of a whole sound, while a band of speech, the treble above all, is softer
    than the whole, and would be amplified far too much.

    The levels in the bands are those of the standard speech spectrum
    (`speech_octaves_db_spl`). The knee lies 15 dB below, in the valleys of speech (as
    in ANSI S3.5, which lets speech reach 15 dB to either side). The gain is NAL-R's
    6 dB above: there, on the average of our samples, a compressor with 5 ms attack and
    100 ms release sees speech while it is loud. A steady sound as loud as speech gets
    up to 4 dB more.

    Args:
        audiogram: The ear, read at 250 Hz to 8 kHz in octaves; NAL-R's gain at 6 kHz
            is taken for 8 kHz.
        knee_db_spl: Band level above which the gain falls, one number or one a band
            (6,). Below 6 dB above the level of speech it does not alter the gain of
            speech. Default: 45, 47, 42, 36, 31, 25 dB SPL.

    Returns:
        The settings, six bands. Where NAL-R gives little, the gain of loud sounds is
            below 0 dB.

    Reference:
        See `nalr_gains_db`, `fig6_gains_db` and `speech_octaves_db_spl`. Joining the
        three is our own choice, no published prescription.

    Example:
        40 dB HL: FIG6 gives 20 dB at 40 dB SPL, none at 95: 55 dB become 35, and the
        gain falls by 20 / 55 dB a dB. NAL-R gives 1 kHz 19.4 dB; the knee is 21 dB
        further down: 19.4 + 21 * 20 / 55 = 27 dB.

        >>> fit = fit_wdrc(Audiogram((250, 8000), (40, 40)))
        >>> fit.ratio[2].round(3), fit.gain_db[2].round(3)
        (np.float64(1.571), np.float64(27.036))
    """
    loss_db = require_audiogram(audiogram).threshold_at(BAND_CENTRES_HZ)
    soft, _, loud = fig6_gains_db(loss_db)
    fall_per_db = (soft - loud) / (LOUD_DB_SPL - SOFT_DB_SPL)  # 1 - 1 / ratio
    speech_db_spl = speech_octaves_db_spl(SPEECH_DB_SPL)
    if knee_db_spl is None:
        knee_db_spl = speech_db_spl - VALLEYS_BELOW_DB
    knee_db_spl = require_per_band(knee_db_spl, name="knee_db_spl")
    above_db = np.maximum(speech_db_spl + FOLLOWED_ABOVE_DB - knee_db_spl, 0.0)
    gain_db = nalr_gains_db(audiogram) + fall_per_db * above_db
    return WdrcFit(gain_db, 1 / (1 - fall_per_db), knee_db_spl)
