"""How the energy of an impulse response decays, and where noise hides the decay.

Lesson: 10_scene_rendering.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.checks import require_sample_rate, require_samples

__all__ = ["arrival", "decay_and_depth_db", "energy_decay_db", "response", "slope"]

ARRIVAL_DB = -20.0
CLEAR_OF_NOISE_DB = 5.0
FITTED_DB = 20.0
BLOCK_S = 0.01
N_BLOCKS_AHEAD = 5


def arrival(ir: ArrayLike) -> NDArray[np.integer]:
    """Find the sample at which the direct sound arrives.

    Args:
        ir: Impulse response, shape (..., samples).

    Returns:
        The first sample that is at most 20 dB below the highest, shape (...).

    Raises:
        TypeError: If the response holds integers.
        ValueError: If it is empty, not finite, or silent.

    Example:
        >>> int(arrival([0.0, 0.01, 1.0, 0.5]))
        2
    """
    size = np.abs(response(ir))
    threshold = 10 ** (ARRIVAL_DB / 20) * size.max(axis=-1, keepdims=True)
    return np.argmax(size >= threshold, axis=-1)


def energy_decay_db(
    ir: ArrayLike, *, sample_rate: int, truncate: bool = True
) -> NDArray:
    """Energy that is still to come, at each moment: the decay of a sound switched off.

    Args:
        ir: Impulse response, shape (..., samples).
        sample_rate: In Hz.
        truncate: End where the decay drowns in the noise of the response, and add what
            would have followed; else noise counts as sound.

    Returns:
        Level in dB, shape (..., samples), 0 at the start, falling; -inf from where no
            energy is left, or nothing but noise.

    Raises:
        TypeError: If the response holds integers.
        ValueError: If it is empty, not finite, or silent.

    Reference:
        Schroeder, "New method of measuring reverberation time", JASA 37 (1965), 409;
        ISO 3382-1:2009, 5.3.3.
        Lundeby et al., "Uncertainties of measurements in room acoustics", Acustica 81
        (1995), 344-355, for the end of the decay.

    Example:
        Three quarters of the energy have passed after the first sample:

        >>> ir = [3**0.5, 1.0]
        >>> energy_decay_db(ir, sample_rate=8000, truncate=False).round(2) + 0.0
        array([ 0.  , -6.02])
    """
    energy = response(ir).astype(float) ** 2
    sample_rate = require_sample_rate(sample_rate)
    rows = energy.reshape(-1, energy.shape[-1])
    decays = [decay_and_depth_db(row, sample_rate, truncate)[0] for row in rows]
    return np.reshape(decays, energy.shape)


def response(ir: ArrayLike) -> NDArray:
    """Return an impulse response as an array, or say why it is none."""
    samples = require_samples(ir, name="ir", min_samples=2)
    if not np.all(np.any(samples, axis=-1)):
        raise ValueError("expected an impulse response, got only zeros.")
    return samples


def slope(values: NDArray) -> float:
    """Slope of the straight line through equally spaced values, per step."""
    steps = np.arange(len(values)) - (len(values) - 1) / 2
    return float(steps @ values / (steps @ steps))


def decay_and_depth_db(
    energy: NDArray, sample_rate: int, truncate: bool
) -> tuple[NDArray, float]:
    """The decay curve, and how deep it can be trusted."""
    end, beyond, depth_db = len(energy), 0.0, -np.inf
    if truncate:
        end, beyond, depth_db = _end_of_decay(energy, sample_rate)
    left = np.zeros(len(energy))
    left[:end] = np.cumsum(energy[end - 1 :: -1])[::-1] + beyond
    with np.errstate(divide="ignore"):  # -inf, as promised
        decay_db = 10 * np.log10(left / left[0])
    return decay_db, float(max(decay_db[end - 1], depth_db))


def _end_of_decay(energy: NDArray, sample_rate: int) -> tuple[int, float, float]:
    """Where the decay meets the noise, what would have followed, and how deep it is."""
    block = max(1, min(round(BLOCK_S * sample_rate), len(energy) // 50))
    n_blocks = len(energy) // block
    mean = energy[: n_blocks * block].reshape(n_blocks, block).mean(axis=-1)
    level_db = 10 * np.log10(np.maximum(mean, 1e-30 * mean.max()))
    met = _meet(level_db)
    if met is None:
        return len(energy), 0.0, level_db[-1] - level_db.max()
    knee, noise_db, slope_db = met
    end = min(round((knee + 0.5) * block), len(energy))
    per_sample = 10 ** (slope_db / block / 10)
    beyond = 10 ** (noise_db / 10) * per_sample / (1 - per_sample)
    return end, beyond, noise_db - level_db.max()


def _meet(level_db: NDArray) -> tuple[float, float, float] | None:
    """Where a line through the decay meets the noise of the last tenth, in blocks.

    Returns the block, the level of the noise and the slope; None without a decay.
    """
    n_blocks, top = len(level_db), int(np.argmax(level_db))
    noise_db = 10 * np.log10(np.mean(10 ** (level_db[-max(2, n_blocks // 10) :] / 10)))
    # A gap before a late reflection is no end: what comes soon after counts as well.
    ahead = np.pad(level_db[top:], (0, N_BLOCKS_AHEAD - 1), mode="edge")
    ahead = np.lib.stride_tricks.sliding_window_view(ahead, N_BLOCKS_AHEAD).max(axis=-1)
    stop = top + _first(ahead <= noise_db + CLEAR_OF_NOISE_DB)
    start = top + _first(ahead <= noise_db + CLEAR_OF_NOISE_DB + FITTED_DB)
    if stop - start < 3:  # the decay above the noise is short: take all of it
        start = top
    if stop - start < 3 or (slope_db := slope(level_db[start:stop])) >= 0:
        return None
    middle_db = level_db[start:stop].mean()
    meets = (start + stop - 1) / 2 + (noise_db - middle_db) / slope_db
    return float(np.clip(meets, stop, n_blocks)), noise_db, slope_db


def _first(condition: NDArray) -> int:
    """Index of the first true one, or how many there are."""
    return int(np.argmax(condition)) if condition.any() else len(condition)
