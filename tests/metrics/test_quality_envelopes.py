"""Which pairs HASQI and HAAQI compare at once, and which they refuse."""

import numpy as np
import pytest

from clarity_lab.hearing import Audiogram
from clarity_lab.hearing.ear_model import EarSignal, ear_bands
from clarity_lab.metrics import haaqi_details, hasqi_details
from clarity_lab.metrics.quality_envelopes import compare

NORMAL = Audiogram((250, 6000), (0, 0))


def test_two_estimates_are_not_given_the_same_noise(rng):
    sound = EarSignal(0.01 * rng.standard_normal(12_000), 100.0)
    with pytest.raises(ValueError, match="expected one estimate with rng, got 2"):
        compare(sound, [sound, sound], ear_bands(NORMAL), frame_s=0.016, rng=rng)


@pytest.mark.parametrize("details", [hasqi_details, haaqi_details])
def test_details_of_several_pairs_are_refused_before_anything_is_scored(
    rng, monkeypatch, details
):
    monkeypatch.setattr("clarity_lab.metrics.quality.judged", None)
    noise = 0.01 * rng.standard_normal(16_000)
    for estimate, ear in ((np.stack([noise, noise]), NORMAL), (noise, [NORMAL])):
        with pytest.raises(ValueError, match="one signal and one ear"):
            details(estimate, reference=noise, sample_rate=16_000, audiogram=ear)
