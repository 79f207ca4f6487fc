"""An anchor of a listening test leaves out what the standard says, and no more."""

import numpy as np
import pytest

from clarity_lab.audio.anchors import low_pass_anchor

CUTOFFS_HZ = (3_500, 7_000)


def gain_db(frequency_hz, *, sample_rate, cutoff_hz):
    """What a steady tone loses, measured away from its ends."""
    tone = np.sin(2 * np.pi * frequency_hz * np.arange(sample_rate) / sample_rate)
    anchor = low_pass_anchor(tone, sample_rate=sample_rate, cutoff_hz=cutoff_hz)
    middle = slice(sample_rate // 4, -sample_rate // 4)
    return 10 * np.log10(np.mean(anchor[middle] ** 2) / np.mean(tone[middle] ** 2))


@pytest.mark.parametrize("sample_rate", [16_000, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("cutoff_hz", CUTOFFS_HZ)
def test_the_filter_lies_within_the_limits_of_bs_1534(sample_rate, cutoff_hz):
    settings = {"sample_rate": sample_rate, "cutoff_hz": cutoff_hz}
    octave = cutoff_hz / 3_500
    for passed_hz in (100, 1_000, 2_500, 3_400, 3_500):
        assert abs(gain_db(octave * passed_hz, **settings)) < 0.1
    for stopped_hz, at_least_db in ((4_000, 25), (4_500, 50), (6_000, 50)):
        if octave * stopped_hz < sample_rate / 2:
            assert gain_db(octave * stopped_hz, **settings) < -at_least_db


def test_an_anchor_is_in_time_with_its_reference(rng):
    click = np.zeros(4_801)
    click[2_400] = 1.0
    anchor = low_pass_anchor(click, sample_rate=48_000, cutoff_hz=3_500)
    assert np.argmax(anchor) == 2_400
    np.testing.assert_allclose(anchor, anchor[::-1], atol=1e-12)


def test_both_ears_are_filtered_alike_and_keep_their_kind(rng):
    ears = rng.standard_normal((2, 900)).astype(np.float32)
    anchor = low_pass_anchor(ears, sample_rate=48_000, cutoff_hz=7_000)
    left = low_pass_anchor(ears[0], sample_rate=48_000, cutoff_hz=7_000)
    assert (anchor.shape, anchor.dtype) == (ears.shape, np.float32)
    np.testing.assert_allclose(anchor[0], left, atol=1e-6)


def test_a_sound_shorter_than_the_filter_keeps_its_length():
    assert low_pass_anchor([0.5], sample_rate=48_000, cutoff_hz=3_500).shape == (1,)


def test_an_anchor_that_would_sound_like_the_reference_is_refused():
    with pytest.raises(ValueError, match="at least 16000 Hz for an anchor of 7000 Hz"):
        low_pass_anchor(np.zeros(100), sample_rate=15_999, cutoff_hz=7_000)
