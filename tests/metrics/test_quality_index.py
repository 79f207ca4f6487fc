"""The second half of HASQI and HAAQI: their numbers, worked out on paper."""

from dataclasses import replace

import numpy as np
import pytest

from clarity_lab.hearing.ear_model import CENTRES_HZ
from clarity_lab.metrics.cepstra import BASES
from clarity_lab.metrics.modulations import MUSIC_FRAME_RATE_HZ
from clarity_lab.metrics.quality_envelopes import Comparison
from clarity_lab.metrics.quality_index import haaqi_of, hasqi_of

N_FRAMES = 1000


def envelopes_of(cepstra):
    """Envelopes near 20 dB whose cepstra two to six are the given ones."""
    return 20 + (np.linalg.pinv(BASES[:, 1:]).T @ cepstra).T


@pytest.fixture
def comparison(rng):
    """Three of five cepstra agree; coherence a half; lower bands thrice the upper.

    The other two cepstra are even in time in the reference and odd in the estimate: no
    filter makes them correlate.
    """
    noise = rng.standard_normal((5, N_FRAMES))
    even, odd = noise + noise[:, ::-1], noise - noise[:, ::-1]
    given = np.concatenate([even[:3], odd[3:]])
    return Comparison(
        reference_db=envelopes_of(even),
        estimate_db=envelopes_of(given),
        coherence=np.full((50, 32), 0.5),
        reference_db_in_segments=np.full((50, 32), 40.0),
        reference_spectrum_db=np.full(32, 60.0),
        estimate_spectrum_db=np.repeat([60.0, 60.0 - 20 * np.log10(3)], 16),
        envelope_lags=np.zeros(32, dtype=int),
    )


def test_hasqi_on_paper(comparison):
    # The lower bands' shares are 1.5 / 32, the upper ones' 0.5 / 32, not 1 / 32:
    # loudness 1 - 0.5 / 2.5; slopes differ once in 31, by 1 / 32.
    details = hasqi_of(comparison)
    slope = 1 - np.sqrt(30) / 31
    assert details.envelope_correlation == pytest.approx(0.6)
    assert details.fine_structure_correlation == pytest.approx(0.5)
    assert details.loudness_similarity == pytest.approx(0.8)
    assert details.shape_similarity == pytest.approx(slope)
    assert details.nonlinear == pytest.approx(0.18)  # 0.6 squared, times 0.5
    assert details.linear == pytest.approx(0.579 * 0.8 + 0.421 * slope)
    assert details.score == pytest.approx(0.145766, abs=1e-6)


def test_haaqi_on_paper(comparison):
    # Relative to the sum the shares differ by 0.5 / 2.5 below and 0.5 / 1.5 above.
    details = haaqi_of(comparison)
    relative = 1 - 32 / 25 * (0.2 + 1 / 3) / 2
    assert details.envelope_correlation == pytest.approx(0.6)
    assert details.fine_structure_correlation == pytest.approx(0.5)
    assert details.loudness_similarity == pytest.approx(0.8)
    assert details.shape_similarity == pytest.approx(relative)
    assert details.nonlinear == pytest.approx(0.285864)  # 0.754 * 0.216 + 0.246 * 0.5
    assert details.linear == pytest.approx(0.329 * 0.8 + 0.671 * relative)
    # 0.336 * 0.2859 + 0.001 * 0.7052 + 0.501 * 0.0817 + 0.161 * 0.4973
    assert details.score == pytest.approx(0.217755, abs=1e-6)


def test_haaqi_does_not_mind_what_is_lost_of_slow_modulations(comparison, rng):
    seconds = np.arange(N_FRAMES) / MUSIC_FRAME_RATE_HZ
    fast = rng.standard_normal((5, N_FRAMES))
    slow = 3 * np.sin(2 * np.pi * 3 * seconds)
    without_slow = replace(
        comparison,
        reference_db=envelopes_of(fast + slow),
        estimate_db=envelopes_of(fast),
    )
    assert haaqi_of(without_slow).envelope_correlation > 0.99
    assert hasqi_of(without_slow).envelope_correlation < 0.6


@pytest.mark.parametrize("judge", [hasqi_of, haaqi_of])
def test_nerves_follow_fine_structure_up_to_3500_hz(comparison, judge):
    for band in (16, 24, 25, 31):
        levels, coherence = np.zeros((2, 50, 32))
        levels[:, [0, band]] = 80.0
        coherence[:, band] = 1.0
        two_bands = replace(
            comparison, coherence=coherence, reference_db_in_segments=levels
        )
        follows = (1 + (CENTRES_HZ[band] / 3500) ** 10) ** -0.5  # band 0: 1
        share = judge(two_bands).fine_structure_correlation
        assert share == pytest.approx(follows / (1 + follows), abs=1e-9)
