"""What all tests share."""

import numpy as np
import pytest


@pytest.fixture
def rng() -> np.random.Generator:
    """The same random numbers for each test, whatever ran before it."""
    return np.random.default_rng(440)
