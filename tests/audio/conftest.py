import numpy as np
import pytest


@pytest.fixture
def tone():
    """A full-scale sine: tone(1000, sample_rate=16000, duration_s=1.0)."""

    def make(frequency_hz, *, sample_rate, duration_s=1.0):
        times_s = np.arange(round(duration_s * sample_rate)) / sample_rate
        return np.sin(2 * np.pi * frequency_hz * times_s)

    return make
