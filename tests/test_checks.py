"""Each guard names what was expected, what came and what to do."""

import numpy as np
import pytest

from clarity_lab import checks


def test_unequal_shapes_are_listed_by_name():
    with pytest.raises(ValueError, match=r"estimate \(2, 8\), reference \(8,\)"):
        checks.require_same_shape(estimate=np.ones((2, 8)), reference=np.ones(8))


def test_a_good_sound_passes_uncopied():
    samples = np.zeros((2, 5), dtype=np.float32)
    assert checks.require_samples(samples) is samples


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (np.zeros(0), r"at least 1 sample\(s\), got shape \(0,\)"),
        (np.zeros((2, 0)), r"got shape \(2, 0\)"),
        (np.float64(0.5), r"got shape \(\)"),
        ([0.0, np.nan, 0.0, np.inf], "got 2 NaN or infinite .* at sample 1"),
    ],
)
def test_an_empty_or_broken_sound_is_explained(samples, message):
    with pytest.raises(ValueError, match=message):
        checks.require_samples(samples)


@pytest.mark.parametrize("samples", [np.zeros(4, np.int16), [1 + 1j], "abc"])
def test_numbers_without_a_full_scale_are_refused(samples):
    with pytest.raises(TypeError, match="expected samples as floating-point"):
        checks.require_samples(samples)


def test_too_few_samples_for_the_caller_are_explained():
    with pytest.raises(ValueError, match="at least 512"):
        checks.require_samples(np.zeros(511), min_samples=512)


def test_half_precision_is_widened():
    assert checks.require_samples(np.zeros(3, np.float16)).dtype == np.float64


@pytest.mark.parametrize("rate", [44.1, "44100", None, True, 44100.0])
def test_a_sample_rate_that_is_no_whole_number_is_refused(rate):
    with pytest.raises(TypeError, match="whole number of Hz"):
        checks.require_sample_rate(rate)


@pytest.mark.parametrize("rate", [0, -8000, 2_000_000])
def test_an_impossible_sample_rate_is_refused(rate):
    with pytest.raises(ValueError, match="between 1 and 1000000 Hz"):
        checks.require_sample_rate(rate)


def test_numpy_integers_are_sample_rates():
    assert checks.require_sample_rate(np.int64(16_000)) == 16_000


def test_an_unknown_choice_is_answered_with_the_known_ones():
    with pytest.raises(ValueError, match="one of left, right, got 'middle'"):
        checks.require_choice("middle", name="ear", choices={"right", "left"})


@pytest.mark.parametrize("value", [np.nan, np.inf, -1])
def test_a_number_outside_its_limits_is_explained(value):
    with pytest.raises(ValueError, match="start_s as a finite number of at least 0 in"):
        checks.require_number(value, name="start_s", minimum=0, unit="s")


@pytest.mark.parametrize("value", ["3", None, True, [1.0], 1j])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(TypeError, match="expected gain_db as one number in dB"):
        checks.require_number(value, name="gain_db", unit="dB")


@pytest.mark.parametrize("value", [3, np.int64(3), np.float32(3), np.array(3.0)])
def test_every_kind_of_real_number_becomes_a_float(value):
    number = checks.require_number(value, name="x")
    assert number == 3.0
    assert type(number) is float


@pytest.mark.parametrize("shape", [(2, 100), (1, 100), (8, 100), (2, 2, 100)])
def test_several_channels_are_not_one(shape):
    with pytest.raises(ValueError, match=r"expected one channel.*speech\[0\]"):
        checks.require_mono(np.zeros(shape), name="speech")


@pytest.mark.parametrize("shape", [(100,), (1, 100), (2, 100)])
def test_one_or_two_channels_are_mono_or_stereo(shape):
    assert checks.require_mono_or_stereo(np.zeros(shape)).shape == shape


@pytest.mark.parametrize("shape", [(8, 100), (30, 2), (2, 2, 100)])
def test_other_shapes_are_neither_mono_nor_stereo(shape):
    with pytest.raises(ValueError, match=r"\(2, samples\), left ear first, got"):
        checks.require_mono_or_stereo(np.zeros(shape))


@pytest.mark.parametrize(
    "samples", [(np.zeros(9), 16_000), [[0.1, 0.2], [0.3]], [np.zeros(3), np.zeros(4)]]
)
def test_a_pair_or_a_ragged_list_is_explained(samples):
    with pytest.raises(ValueError, match="Unpack what load returns"):
        checks.require_samples(samples)


@pytest.mark.parametrize(
    ("shape", "advice"),
    [
        ((100, 2), "samples.T"),
        ((44_100, 1), "samples.T"),
        ((400, 8), "samples.T"),
        ((2, 100, 2), r"np.moveaxis\(samples, 1, -1\)"),
    ],
)
def test_channels_last_are_told_to_turn_round(shape, advice):
    with pytest.raises(ValueError, match=f"time is the last axis, try {advice}"):
        checks.require_samples(np.zeros(shape))


@pytest.mark.parametrize("shape", [(99, 2), (450, 9), (2, 100), (8,), (50, 60)])
def test_a_short_sound_of_many_is_no_transposed_one(shape):
    assert checks.require_samples(np.zeros(shape)).shape == shape


def test_a_table_may_have_few_columns():
    assert checks.require_samples(np.zeros((80, 1)), time_last=False).shape == (80, 1)


def test_a_torch_tensor_is_a_sound_until_it_needs_a_gradient():
    torch = pytest.importorskip("torch", reason="needs the models' packages")
    assert checks.require_samples(torch.zeros(5)).shape == (5,)
    told = r"expected speech as an array, got a Tensor.*Try speech\.detach\(\)\.cpu\(\)"
    with pytest.raises(TypeError, match=told):
        checks.require_samples(torch.zeros(5, requires_grad=True), name="speech")
