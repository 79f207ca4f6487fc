import numpy as np
import pytest

from clarity_lab.hearing import (
    Audiogram,
    Listener,
    apply_nalr,
    nalr_filter,
    nalr_gains_db,
)

RATE = 44_100
SLOPING = Audiogram((250, 500, 1000, 2000, 4000, 6000), (10, 20, 40, 60, 70, 80))


def test_the_prescription_of_a_sloping_loss_by_hand():
    # X = 0.05 (20 + 40 + 60) = 6; gain = X + 0.31 HL + bias, at least 0.
    expected = [0, 4.2, 19.4, 23.6, 25.7, 28.8]
    assert nalr_gains_db(SLOPING) == pytest.approx(expected)


def test_above_180_db_of_summed_loss_the_common_gain_grows_faster():
    # X = 9 + 0.116 (210 - 180) = 12.48; at 1 kHz 12.48 + 0.31 * 70 + 1.
    flat = Audiogram((250, 8000), (70, 70))
    assert nalr_gains_db(flat)[2] == pytest.approx(35.18)


def test_a_normal_ear_gets_a_pure_delay():
    taps = nalr_filter(Audiogram((250, 8000), (0, -5)), sample_rate=RATE)
    assert taps.shape == (221,)
    assert taps[110] == 1
    assert np.count_nonzero(taps) == 1


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
def test_tones_are_amplified_as_prescribed(rate):
    gains_db = dict(zip((1000, 2000, 4000), nalr_gains_db(SLOPING)[2:5], strict=True))
    for hz, gain_db in gains_db.items():
        tone = np.sin(2 * np.pi * hz * np.arange(rate // 2) / rate)
        aided = apply_nalr(tone, sample_rate=rate, audiogram=SLOPING)[2000:-2000]
        measured_db = 20 * np.log10(np.std(aided) / np.std(tone))
        assert measured_db == pytest.approx(gain_db, abs=1.0)


def test_the_aided_sound_is_in_time_unless_parity_is_asked(rng):
    sound = rng.standard_normal((2, 3000))
    call = {"sample_rate": RATE, "audiogram": SLOPING}
    aligned = apply_nalr(sound, **call)
    delayed = apply_nalr(sound, **call, parity=True)
    assert aligned.shape == (2, 3000)
    assert delayed.shape == (2, 3220)
    np.testing.assert_array_equal(delayed[:, 110:-110], aligned)
    click = apply_nalr(np.eye(999)[500], **call)
    assert int(np.argmax(np.abs(click))) == 500


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"sample_rate": 12_000}, "above 12000"), ({"order": 221}, "even order")],
)
def test_a_filter_that_cannot_be_designed_is_explained(changes, message):
    with pytest.raises(ValueError, match=message):
        nalr_filter(SLOPING, **({"sample_rate": RATE} | changes))


def test_a_listener_is_refused_with_the_advice_to_take_an_ear():
    listener = Listener("L0001", left=SLOPING, right=SLOPING)
    for prescribe in (
        nalr_gains_db,
        lambda ear: apply_nalr(np.ones(9), sample_rate=RATE, audiogram=ear),
    ):
        with pytest.raises(TypeError, match=r"got Listener.*listener\.left"):
            prescribe(listener)


def test_channels_last_are_not_amplified_as_thousands_of_channels():
    with pytest.raises(ValueError, match=r"time is the last axis, try samples\.T"):
        apply_nalr(np.zeros((4410, 2)), sample_rate=RATE, audiogram=SLOPING)


def test_a_damaged_sound_is_refused_not_turned_into_nan():
    with pytest.raises(ValueError, match=r"full scale at 1, got a sample of 1e\+307"):
        apply_nalr(np.full(99, 1e307), sample_rate=RATE, audiogram=SLOPING)
