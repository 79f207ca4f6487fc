"""A sound in 16 bits of its own peak: no level is lost, and what is drawn is there."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from clarity_lab.browser.packing import BLOCK, SILENT, Packed, behind_filter

RATE = 16_000


def unpacked(sound):
    return sound.steps * sound.scale


@given(
    arrays(
        np.float64,
        array_shapes(min_dims=1, max_dims=1, max_side=40),
        elements=st.floats(-1, 1, allow_subnormal=True),
    ),
    st.floats(1e-6, 1e6),
)
def test_the_error_is_at_most_half_a_step_of_the_sounds_own_peak(samples, factor):
    samples = samples * factor
    step = np.abs(samples).max() / 32_767
    error = np.abs(unpacked(Packed(samples)) - samples).max()
    assert error <= max(step / 2 * (1 + 1e-9), SILENT)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_long_sound_is_as_exact_as_a_short_one(rng, dtype):
    samples = rng.uniform(-1, 1, (2, 600_000)).astype(dtype)
    sound = Packed(samples)
    error = np.abs(unpacked(sound) - samples.astype(float)).max()
    assert error <= sound.scale / 2 * (1 + 1e-9)


@pytest.mark.parametrize(
    "samples", [[0.0], [5e-324], np.zeros((2, 3)), [1e-31, -1e-31]]
)
def test_silence_and_what_is_softer_than_anything_are_silent(samples):
    sound = Packed(samples)
    assert not sound.steps.any()
    assert sound.scale == 0
    assert not sound.envelope.any()
    assert not sound.spectrogram.any()


def test_one_sample_keeps_its_value():
    assert unpacked(Packed([-0.3])) == pytest.approx(np.array([[-0.3]]), rel=1e-12)


@pytest.mark.parametrize("level_dbfs", [-3.0, -60.0, -120.0])
def test_a_soft_sound_keeps_its_level_and_its_sixteen_bits(rng, level_dbfs):
    samples = rng.standard_normal(50_000)
    samples *= 10 ** (level_dbfs / 20) / np.sqrt(np.mean(samples**2))
    sound = Packed(samples)
    rms = np.sqrt(np.mean(unpacked(sound) ** 2))
    assert 20 * np.log10(rms) == pytest.approx(level_dbfs, abs=1e-4)
    error = np.sqrt(np.mean((unpacked(sound)[0] - samples) ** 2))
    assert 20 * np.log10(error) < level_dbfs - 85


def test_equal_sounds_are_the_same_and_a_softer_one_is_not(rng):
    samples = rng.standard_normal(100)
    assert Packed(samples).same(Packed(samples.copy()))
    assert not Packed(samples).same(Packed(0.5 * samples))
    assert not Packed(samples).same(Packed(samples[:-1]))


def test_later_changes_to_the_array_do_not_count(rng):
    samples = rng.standard_normal(100)
    sound = Packed(samples)
    before = unpacked(sound)
    samples[:] = 0
    assert np.array_equal(unpacked(sound), before)


@pytest.mark.parametrize("n_samples", [1, 7, 999, 1_000, 1_001, 12_345])
def test_an_envelope_holds_every_sample_and_no_more_than_needed(rng, n_samples):
    samples = rng.standard_normal((2, n_samples))
    envelope = Packed(samples).envelope
    n_pieces = min(1_000, n_samples)
    assert envelope.shape == (2, n_pieces, 2)
    drawn = envelope * np.abs(samples).max() / 127
    edges = np.arange(n_pieces + 1) * n_samples // n_pieces
    for piece in range(n_pieces):
        part = samples[:, edges[piece] : edges[piece + 1]]
        for draw, real in [
            (drawn[:, piece, 0], part.min(1)),
            (drawn[:, piece, 1], part.max(1)),
        ]:
            assert np.all(np.abs(draw - real) < np.abs(samples).max() / 127 * 1.01)
        assert np.all(drawn[:, piece, 0] <= part.min(1) + 1e-4)
        assert np.all(drawn[:, piece, 1] >= part.max(1) - 1e-4)


def test_a_click_in_a_long_silence_is_seen():
    samples = np.zeros(1_000_000)
    samples[654_321] = 1e-3
    samples[0] = 1.0
    assert Packed(samples).envelope[0, 654].tolist() == [0, 1]


@pytest.mark.parametrize("hz", [500, 2_000, 7_000])
def test_a_tone_lies_at_its_frequency_in_the_spectrogram(hz):
    tone = np.sin(2 * np.pi * hz * np.arange(RATE) / RATE)
    shown = Packed(0.01 * tone).spectrogram  # -40 dB re a full-scale sine
    column = shown[:, shown.shape[1] // 2]
    assert np.argmax(column) == pytest.approx(hz / (RATE / 2) * len(shown), abs=1)
    assert column.max() == pytest.approx(255 * (95 - 40) / 80, abs=6)


def test_a_spectrogram_shows_when(rng):
    samples = np.zeros(RATE)
    samples[RATE // 2 :] = 0.1 * rng.standard_normal(RATE // 2)
    shown = Packed(samples).spectrogram
    half = shown.shape[1] // 2
    assert not shown[:, : half - 8].any()
    assert shown[:, half + 8 :].mean() > 60


@pytest.mark.parametrize(
    ("samples", "error", "message"),
    [
        ([1, 2], TypeError, "floating-point"),
        ([np.nan], ValueError, "NaN"),
        ([], ValueError, "at least 1"),
        (np.ones((3, 9)), ValueError, "left ear first"),
    ],
)
def test_what_is_no_sound_is_explained(samples, error, message):
    with pytest.raises(error, match=message):
        Packed(samples)


@pytest.mark.parametrize("n_samples", [1, BLOCK - 1, BLOCK + 1_000])
def test_a_sound_behind_a_filter_is_the_convolution(rng, n_samples):
    sound = Packed(0.1 * rng.standard_normal(n_samples))
    taps = rng.standard_normal((2, 700))
    made = unpacked(behind_filter(sound, taps))
    source = unpacked(sound)[0]
    known = [np.convolve(source, ear)[:n_samples] for ear in taps]
    step = np.abs(known).max() / 32_767
    assert np.abs(made - known).max() <= step
