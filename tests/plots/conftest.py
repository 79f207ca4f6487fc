"""What the tests of pictures share."""

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def _own_style():
    """Draw in the package's style, and leave no picture and no setting behind."""
    import matplotlib.pyplot as plt

    from clarity_lab import plots

    with plt.rc_context():
        plots.use_style()
        yield
    plt.close("all")


@pytest.fixture
def sine():
    """One second of 1 kHz at 16 kHz, full scale."""
    return np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000)
