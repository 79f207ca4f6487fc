"""What all tests share."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from clarity_lab import audio, manifests
from tests.chromium import chromium, launch  # noqa: F401


@pytest.fixture
def rng() -> np.random.Generator:
    """The same random numbers for each test, whatever ran before it."""
    return np.random.default_rng(440)


@pytest.fixture(scope="session")
def cec2_room() -> Path:
    """The folder of the challenge's published room."""
    folder = manifests.find("cec2-room")
    if folder is None:
        pytest.skip("the room of CEC2 is not here: clarity-lab data fetch cec2-room")
    return folder


def piece(
    path: str,
    *,
    sample_rate: int,
    start_s: float = 1.0,
    duration_s: float = 1.5,
    level_dbfs: float = -35.0,
) -> NDArray:
    """A piece of a bundled recording at a level; 65 dB SPL if none is given."""
    samples, _ = audio.load(
        manifests.fetch("samples", path, progress=False),
        channel=0,
        start_s=start_s,
        duration_s=duration_s,
        sample_rate=sample_rate,
    )
    return audio.set_level(samples.astype(float), level_dbfs=level_dbfs)
