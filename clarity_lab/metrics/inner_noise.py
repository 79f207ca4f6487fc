"""The ear's own noise: what it drowns, and in which order pyclarity 0.9.0 draws it."""

from __future__ import annotations

import copy
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from clarity_lab.hearing.ear_model import GROUP, N_BANDS
from clarity_lab.units import db_to_amplitude

FIRING_JITTER_DB = 0.1
THRESHOLD_NOISE_DB = -10.0
"""Noise on the basilar membrane's motion, dB re its threshold."""

Rng = np.random.Generator | np.random.RandomState


def as_rng(rng: Rng | int | None) -> Rng | None:
    """A random number generator; a whole number seeds one as pyclarity would be.

    Args:
        rng: A generator, a seed, or None for no noise.

    Returns:
        The generator, or None.

    Raises:
        TypeError: If it is neither a generator, a whole number nor None.
        ValueError: If a seed is negative or needs more than 32 bits.
    """
    if rng is None or isinstance(rng, Rng):
        return rng
    if isinstance(rng, int | np.integer) and not isinstance(rng, bool):
        if not 0 <= rng < 2**32:
            raise ValueError(f"expected a seed in rng from 0 to 2**32 - 1, got {rng}.")
        return np.random.RandomState(rng)
    raise TypeError(
        "expected rng as None (no noise), a seed or a generator, got "
        f"{type(rng).__name__}. Try rng=np.random.default_rng(0)."
    )


def skip_unused_draws(rng: Rng | None, *, n_per_band: int) -> None:
    """Draw and drop noise for two sounds that pyclarity draws but does not use.

    HASPI needs no motion of the basilar membrane, so no noise on it; HASQI and HAAQI
    multiply the noise on their frames by zero. Only a legacy RandomState is moved on:
    it alone can stand where pyclarity's would.

    Args:
        rng: Where the noise comes from.
        n_per_band: How many numbers are drawn for each band of each sound.
    """
    if isinstance(rng, np.random.RandomState):
        _skip_bands(rng, n_bands=2 * N_BANDS, n_per_band=n_per_band)


def _skip_bands(rng: np.random.RandomState, *, n_bands: int, n_per_band: int) -> None:
    name, key, *rest = rng.get_state()
    rng.set_state(_state_after(name, key.tobytes(), *rest, n_bands, n_per_band))


@lru_cache(maxsize=64)
def _state_after(name: str, key: bytes, *rest: float) -> tuple:
    """Drawing takes a third of HASPI's time; many listeners hear the same seed."""
    *state, n_bands, n_per_band = rest
    rng = np.random.RandomState()
    rng.set_state((name, np.frombuffer(key, dtype=np.uint32), *state))
    for _ in range(n_bands):
        rng.standard_normal(n_per_band)
    return rng.get_state()


def with_firing_jitter(envelopes_db: NDArray, rng: Rng | None) -> NDArray:
    """Envelopes as nerves that fire by chance report them.

    Args:
        envelopes_db: Shape (frames, 32).
        rng: Of the jitter, or None.

    Returns:
        The same plus 0.1 dB of Gaussian noise; without rng the same.
    """
    if rng is None:
        return envelopes_db
    return envelopes_db + FIRING_JITTER_DB * rng.standard_normal(envelopes_db.shape)


class ThresholdNoise:
    """Gaussian noise on the basilar membrane of 32 bands of two sounds, 8 at a time.

    pyclarity draws all bands of the reference, then all of the estimate; we need both
    for eight bands at once. So a legacy RandomState is read at two places, by two
    copies, and is left where pyclarity would leave it. A Generator, whose numbers
    nobody shares, is simply read on.

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
        self._gain = db_to_amplitude(THRESHOLD_NOISE_DB - rms_one_db_spl)
        if isinstance(rng, np.random.RandomState):
            self._for_reference = copy.deepcopy(rng)
            _skip_bands(rng, n_bands=N_BANDS, n_per_band=n_samples)

    def for_reference(self, band_delay: NDArray) -> NDArray | None:
        """Noise for the reference's next eight bands.

        Args:
            band_delay: Samples by which each band is delayed, its noise too, shape
                (8,).

        Returns:
            Shape (samples, 8), or None without rng.
        """
        return self._draw(self._for_reference, band_delay)

    def for_estimate(self, band_delay: NDArray) -> NDArray | None:
        """Noise for the estimate's next eight bands, as `for_reference`.

        Args:
            band_delay: Samples by which each band is delayed, shape (8,).

        Returns:
            Shape (samples, 8), or None without rng.
        """
        return self._draw(self._for_estimate, band_delay)

    def _draw(self, rng: Rng | None, band_delay: NDArray) -> NDArray | None:
        if rng is None:
            return None
        draws = rng.standard_normal(self._shape)
        noise = np.zeros(self._shape[::-1])
        for band, (delay, row) in enumerate(zip(band_delay, draws, strict=True)):
            noise[delay:, band] = self._gain * row[: self._shape[1] - delay]
        return noise
