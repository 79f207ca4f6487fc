"""The ear model stage by stage: tones of known level, delays, and plain NumPy."""

import os
import subprocess
import sys
import warnings

import numpy as np
import pytest
from scipy.signal import butter, lfilter

from clarity_lab.hearing import Audiogram, ear_input
from clarity_lab.hearing import ear_filters as filters
from clarity_lab.hearing import ear_kernels as kernels
from clarity_lab.hearing import ear_model as model
from clarity_lab.hearing.levels import LevelWarning, warn_of_implausible_level

RATE = filters.EAR_RATE_HZ
NORMAL = filters.ear_bands(Audiogram((250, 6000), (0, 0)))
IMPAIRED = filters.ear_bands(Audiogram((250, 6000), (60, 60)))
NO_WAIT = np.zeros(8, dtype=np.int64)


def tone(level_db_spl, band, duration_s=0.5):
    t = np.arange(int(duration_s * RATE)) / RATE
    amplitude = np.sqrt(2) * 10 ** ((level_db_spl - 100) / 20)
    return model.EarSignal(
        amplitude * np.sin(2 * np.pi * filters.CENTRES_HZ[band] * t), 100.0
    )


def steady_output_db(level_db_spl, ear, band=20):
    """Level of the envelope behind the outer hair cells, late in a tone."""
    group = slice(band // 8 * 8, band // 8 * 8 + 8)
    output = model.excite(tone(level_db_spl, band), ear, group, with_motion=False)
    return 20 * np.log10(output.envelope[-1000:, band % 8].mean()) + 100


def test_logarithm_and_exponential_are_exact_to_the_last_digits(rng):
    from numba import njit

    @njit
    def both(x, y):
        return kernels.log2(x), kernels.exp2(y)

    x = 10.0 ** rng.uniform(-300, 300, 2000)
    y = rng.uniform(-900, 900, 2000)
    ours = np.array([both(*pair) for pair in zip(x, y, strict=True)])
    np.testing.assert_allclose(ours[:, 0], np.log2(x), rtol=4e-16, atol=3e-16)
    np.testing.assert_allclose(ours[:, 1], np.exp2(y), rtol=1e-15)
    assert both(1.0, 0.0) == (0.0, 1.0)


def test_bands_equal_a_plain_demodulated_filter(rng):
    """The compiled loop against the textbook: shift, filter, take the envelope."""
    samples = 1e-5 * rng.standard_normal(4000)  # below the knee: no compression
    signal = model.EarSignal(samples, 100.0)
    group = slice(8, 16)
    output = model.excite(signal, NORMAL, group, with_motion=True)
    tuned = filters.gammatone(np.ones(32))
    warm_up = lfilter(*butter(1, 800 / (RATE / 2)), np.ones(4000))
    t = np.arange(4000) / RATE
    for lane, band in enumerate(range(8, 16)):
        a1, a2, a3, a4, b2 = tuned.taps[:, band]
        shift = np.exp(-2j * np.pi * filters.CENTRES_HZ[band] * t)
        low = lfilter([1, a1, b2], [1, -a1, -a2, -a3, -a4], samples * shift)
        low *= tuned.gain[band] * warm_up
        np.testing.assert_allclose(
            output.envelope[:, lane], np.abs(low), atol=1e-8 * np.abs(low).max()
        )
        motion = np.real(low * np.conj(shift))
        np.testing.assert_allclose(
            output.motion[:, lane], motion, atol=1e-8 * np.abs(motion).max()
        )


def test_soft_tones_are_linear_and_louder_ones_compressed():
    soft, louder = (steady_output_db(level, NORMAL) for level in (10, 20))
    assert louder - soft == pytest.approx(10, abs=0.01)
    mid, loud = (steady_output_db(level, NORMAL) for level in (60, 70))
    ratio = filters.ear_bands(Audiogram((250, 6000), (0, 0))).ratio[20]
    assert loud - mid == pytest.approx(10 / ratio, abs=0.1)


def test_an_impaired_ear_loses_soft_tones_but_hardly_loud_ones():
    """Recruitment: the outer hair cells' loss is gone at 100 dB SPL."""
    loss = [
        steady_output_db(level, NORMAL) - steady_output_db(level, IMPAIRED)
        for level in (20, 60, 100)
    ]
    assert loss[0] == pytest.approx(IMPAIRED.outer_loss_db[20], abs=0.1)
    assert loss[0] > loss[1] + 10
    assert loss[1] > loss[2] + 10
    assert loss[2] == pytest.approx(0, abs=0.5)


def test_long_term_spectrum_peaks_at_the_tone():
    groups = list(model.band_groups())
    signal = tone(60, band=12)
    spectrum = np.concatenate(
        [
            model.excite(signal, NORMAL, group, with_motion=False).spectrum_db
            for group in groups
        ]
    )
    assert np.argmax(spectrum) == 12


@pytest.mark.parametrize("n_samples", [3000, 11_584, 30_000])
def test_band_lags_are_those_of_a_plain_correlation(rng, n_samples):
    reference = np.abs(rng.standard_normal((n_samples, 8)))
    shifts = rng.integers(-2000, 2000, 8)
    estimate = np.stack(
        [
            ear_input.advanced(reference[:, band], by=-shift)
            for band, shift in enumerate(shifts)
        ],
        axis=1,
    )
    estimate += 0.1 * np.abs(rng.standard_normal(estimate.shape))
    lags = model.band_lags(estimate, reference=reference)
    for band in range(8):
        full = np.correlate(estimate[:, band], reference[:, band], "full")
        middle = n_samples - 1
        window = full[middle - min(2400, middle) : middle + 2400]
        assert lags[band] == np.argmax(window) - min(2400, middle)


def test_lags_beyond_a_tenth_of_a_second_are_not_looked_for(rng):
    reference = np.abs(rng.standard_normal((20_000, 8)))
    estimate = np.roll(reference, 3000, axis=0)
    lags = model.band_lags(estimate, reference=reference)
    assert np.all(np.abs(lags) <= 2400)


def steady_bands(level):
    return model.BandOutput(
        np.full((6000, 8), level), np.full((6000, 8), level), np.zeros(8), 100.0
    )


def test_an_onset_is_heard_twice_as_loud_as_what_follows():
    group = slice(0, 8)
    heard_db, _ = model.hear(steady_bands(0.01), NORMAL, group, late=NO_WAIT)
    assert heard_db[-1] == pytest.approx(np.full(8, 60.0), rel=0.02)
    assert heard_db[0] == pytest.approx(np.full(8, 120.0), rel=0.05)
    assert np.all(np.diff(heard_db[:, 0]) <= 1e-9)


def test_what_lies_below_threshold_is_not_heard():
    heard_db, motion = model.hear(
        steady_bands(0.9e-5), NORMAL, slice(0, 8), late=NO_WAIT
    )
    assert np.all(heard_db == 0)
    assert np.all(np.abs(motion) < 1e-20)


def test_bands_wait_and_move_by_whole_samples(rng):
    bands = rng.uniform(0.1, 1.0, (500, 8))
    output = model.BandOutput(bands, bands, np.zeros(8), 100.0)
    plain, _ = model.hear(output, NORMAL, slice(0, 8), late=NO_WAIT)
    late = np.arange(8) * 10
    waited, _ = model.hear(output, NORMAL, slice(0, 8), late=late)
    for band, wait in enumerate(late):
        np.testing.assert_array_equal(waited[:wait, band], 0)
        np.testing.assert_array_equal(waited[wait:, band], plain[: 500 - wait, band])
    ahead, _ = model.hear(
        model.BandOutput(bands[30:].copy(), bands[30:].copy(), np.zeros(8), 100.0),
        NORMAL,
        slice(0, 8),
        late=NO_WAIT,
    )
    moved, _ = model.hear(output, NORMAL, slice(0, 8), late=NO_WAIT, envelope_lag=30)
    np.testing.assert_array_equal(moved[:470], ahead)


def test_windowed_sums_are_a_strided_convolution(rng):
    samples, window = rng.standard_normal((100, 8)), np.hanning(12)
    sums = model.windowed_sums(samples, window, first=-5, hop=9, n_frames=12)
    padded = np.pad(samples, ((5, 20), (0, 0)))
    expected = [window @ padded[9 * k : 9 * k + 12] for k in range(12)]
    np.testing.assert_allclose(sums, expected, atol=1e-12)


def test_resampling_keeps_the_level_of_a_tone():
    t = np.arange(44_100) / 44_100
    sound = np.sin(2 * np.pi * 1000 * t)
    ear = ear_input.to_ear_rate(sound, sample_rate=44_100)
    assert np.sqrt(np.mean(ear**2)) == pytest.approx(np.sqrt(0.5), rel=1e-3)
    assert len(ear) == pytest.approx(44_100 * 24 / 44, abs=1)


def test_the_middle_ear_favours_the_middle():
    def gain_db(hz):
        sound = np.sin(2 * np.pi * hz * np.arange(RATE) / RATE)
        heard = ear_input.middle_ear(sound)[RATE // 2 :]
        return 20 * np.log10(np.std(heard) / np.std(sound))

    assert gain_db(350) == pytest.approx(-3, abs=0.1)
    assert gain_db(5000) == pytest.approx(-3, abs=0.1)
    assert gain_db(1500) > -0.5


def test_a_plausible_level_does_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error", LevelWarning)
        warn_of_implausible_level(
            np.full((2, 10), 0.01), rms_one_db_spl=100.0, name="estimate"
        )


def test_one_absurd_channel_is_enough_to_warn():
    sounds = np.stack([np.full(10, 0.01), np.full(10, 100.0)])
    with pytest.warns(LevelWarning, match=r"140 dB SPL.*: here 25 would give 65"):
        warn_of_implausible_level(sounds, rms_one_db_spl=100.0, name="estimate")


def test_the_loops_run_uncompiled_too_for_a_debugger_with_the_same_result():
    compute = (
        "from clarity_lab.hearing import ear_kernels as kernels;"
        "print(repr([float(f(x)) for f in (kernels.log2, kernels.exp2)"
        " for x in (1e-3, 0.7, 3.3, 40.0)]))"
    )
    uncompiled = subprocess.run(
        [sys.executable, "-c", compute],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    compiled = [
        float(f(x)) for f in (kernels.log2, kernels.exp2) for x in (1e-3, 0.7, 3.3, 40)
    ]
    assert uncompiled.stdout.strip() == repr(compiled)
