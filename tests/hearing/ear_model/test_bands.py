"""The ear model stage by stage: tones of known level, delays, and plain NumPy."""

import numpy as np
import pytest
from scipy.signal import butter, lfilter

from clarity_lab.hearing import Audiogram
from clarity_lab.hearing import ear_model as model
from clarity_lab.hearing.ear_model import filters

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
    output = model.excite(
        tone(level_db_spl, band), ear, group, with_membrane_motion=False
    )
    return 20 * np.log10(output.envelope[-1000:, band % 8].mean()) + 100


def test_bands_equal_a_plain_demodulated_filter(rng):
    """The compiled loop against the textbook: shift, filter, take the envelope."""
    samples = 1e-5 * rng.standard_normal(4000)  # below the knee: no compression
    signal = model.EarSignal(samples, 100.0)
    group = slice(8, 16)
    output = model.excite(signal, NORMAL, group, with_membrane_motion=True)
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
            output.membrane_motion[:, lane], motion, atol=1e-8 * np.abs(motion).max()
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
            model.excite(signal, NORMAL, group, with_membrane_motion=False).spectrum_db
            for group in groups
        ]
    )
    assert np.argmax(spectrum) == 12


def steady_bands(level):
    return model.BandOutput(
        np.full((6000, 8), level), np.full((6000, 8), level), np.zeros(8), 100.0
    )


def test_an_onset_is_heard_twice_as_loud_as_what_follows():
    group = slice(0, 8)
    heard_db, _ = model.auditory_nerve(
        steady_bands(0.01), NORMAL, group, band_delay=NO_WAIT
    )
    assert heard_db[-1] == pytest.approx(np.full(8, 60.0), rel=0.02)
    assert heard_db[0] == pytest.approx(np.full(8, 120.0), rel=0.05)
    assert np.all(np.diff(heard_db[:, 0]) <= 1e-9)


def test_what_lies_below_threshold_is_not_heard():
    heard_db, motion = model.auditory_nerve(
        steady_bands(0.9e-5), NORMAL, slice(0, 8), band_delay=NO_WAIT
    )
    assert np.all(heard_db == 0)
    assert np.all(np.abs(motion) < 1e-20)


def test_bands_wait_and_move_by_whole_samples(rng):
    bands = rng.uniform(0.1, 1.0, (500, 8))
    output = model.BandOutput(bands, bands, np.zeros(8), 100.0)
    plain, _ = model.auditory_nerve(output, NORMAL, slice(0, 8), band_delay=NO_WAIT)
    late = np.arange(8) * 10
    waited, _ = model.auditory_nerve(output, NORMAL, slice(0, 8), band_delay=late)
    for band, wait in enumerate(late):
        np.testing.assert_array_equal(waited[:wait, band], 0)
        np.testing.assert_array_equal(waited[wait:, band], plain[: 500 - wait, band])
    ahead, _ = model.auditory_nerve(
        model.BandOutput(bands[30:].copy(), bands[30:].copy(), np.zeros(8), 100.0),
        NORMAL,
        slice(0, 8),
        band_delay=NO_WAIT,
    )
    moved, _ = model.auditory_nerve(
        output, NORMAL, slice(0, 8), band_delay=NO_WAIT, envelope_lag=30
    )
    np.testing.assert_array_equal(moved[:470], ahead)
