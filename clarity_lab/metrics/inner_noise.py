"""The ear's own noise: what it drowns, and in which order the peer draws it."""

from __future__ import annotations

import copy

import numpy as np
from numpy.typing import NDArray

from clarity_lab.hearing.ear_filters import N_BANDS
from clarity_lab.hearing.ear_model import GROUP
from clarity_lab.metrics.ear_pairs import Rng

FIRING_JITTER_DB = 0.1
THRESHOLD_NOISE_DB = -10.0
"""Noise on the basilar membrane's motion, dB re its threshold."""


def skip_unused_draws(rng: Rng | None, *, n_per_band: int) -> None:
    """Draw and drop noise for two sounds that the peer draws but does not use.

    HASPI needs no motion, so no noise on it; HASQI and HAAQI multiply the noise on
    their frames by zero. Only a legacy RandomState is moved on: it alone can stand
    where the peer's would.
    """
    if isinstance(rng, np.random.RandomState):
        for _ in range(2 * N_BANDS):
            rng.standard_normal(n_per_band)


def with_firing_jitter(envelopes_db: NDArray, rng: Rng | None) -> NDArray:
    """Envelopes, shape (frames, 32), plus 0.1 dB of Gaussian noise if there is rng."""
    if rng is None:
        return envelopes_db
    return envelopes_db + FIRING_JITTER_DB * rng.standard_normal(envelopes_db.shape)


class ThresholdNoise:
    """Gaussian noise for the motion of 32 bands of two sounds, eight bands at a time.

    The peer draws all bands of the reference, then all of the estimate; we need both
    for eight bands at once. So a legacy RandomState is read at two places, by two
    copies, and is left where the peer would leave it. A Generator, whose numbers no
    peer shares, is simply read on.

    Args:
        rng: Where the noise comes from; None is no noise.
        n_samples: Of each band.
        rms_one_db_spl: SPL in dB of a signal whose RMS is 1.
    """

    def __init__(
        self, rng: Rng | None, *, n_samples: int, rms_one_db_spl: float
    ) -> None:
        self._rng = self._for_reference = self._for_estimate = rng
        self._shape = GROUP, n_samples
        self._gain = 10.0 ** ((THRESHOLD_NOISE_DB - rms_one_db_spl) / 20.0)
        if isinstance(rng, np.random.RandomState):
            self._for_reference = copy.deepcopy(rng)
            for _ in range(N_BANDS):
                rng.standard_normal(n_samples)

    def for_reference(self, late: NDArray) -> NDArray | None:
        """Noise for the reference's next eight bands, shape (samples, 8).

        Args:
            late: Samples by which each band is delayed, its noise too, shape (8,).
        """
        return self._draw(self._for_reference, late)

    def for_estimate(self, late: NDArray) -> NDArray | None:
        """Noise for the estimate's next eight bands, shape (samples, 8)."""
        return self._draw(self._for_estimate, late)

    def _draw(self, rng: Rng | None, late: NDArray) -> NDArray | None:
        if rng is None:
            return None
        draws = rng.standard_normal(self._shape)
        noise = np.zeros(self._shape[::-1])
        for band, (delay, row) in enumerate(zip(late, draws, strict=True)):
            noise[delay:, band] = self._gain * row[: self._shape[1] - delay]
        return noise
