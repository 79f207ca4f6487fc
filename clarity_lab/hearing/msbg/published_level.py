"""The level measurement with which MSBG in pyclarity 0.9.0 begins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clarity_lab.units import db_to_amplitude, db_to_power, power_to_db

FRAME = 441  # 10 ms at 44.1 kHz
ACTIVE_ABOVE_DB = -12.0  # re the overall level
NEVER_ACTIVE_BELOW_DB = -80.0
NOISE_BELOW_THRESHOLD_DB = 30.0


def to_published_level(samples: NDArray) -> NDArray:
    """Move a sound so that its active frames are as loud as the whole of it was.

    Args:
        samples: One signal, shape (samples,), at 44.1 kHz.

    Returns:
        The same, softer by however much its pauses had lowered the overall level.

    Raises:
        ValueError: If the signal has less than one frame of 10 ms, or no active one.

    Example:
        Half of it silent: the active half is 3 dB above the whole and is moved down.

        >>> moved = to_published_level(np.repeat([1.0, 0.0], 441))
        >>> round(float(20 * np.log10(moved[0])), 2)
        -3.01
    """
    overall_db = power_to_db(np.mean(samples**2))
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    threshold_db = max(overall_db + ACTIVE_ABOVE_DB, NEVER_ACTIVE_BELOW_DB)
    noise = db_to_power(threshold_db - NOISE_BELOW_THRESHOLD_DB)
    active = frames[power_to_db(noise + np.mean(frames**2, axis=1)) >= threshold_db]
    if not active.size:
        raise ValueError(
            "expected a sound with an active part of at least 10 ms above -80 dB FS, "
            f"got {len(samples)} samples without one. Parity asks for the level that "
            "pyclarity measures there: take a longer or louder piece, or parity=False."
        )
    return samples * db_to_amplitude(overall_db - power_to_db(np.mean(active**2)))
