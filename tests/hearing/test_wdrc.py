import numpy as np
import pytest

from clarity_lab.hearing import (
    Audiogram,
    fig6_gains_db,
    fit_wdrc,
    split_octaves,
    standard_audiogram,
    wdrc,
)

RATE = 44_100
_KNOBS = ("gain_db", "ratio")


def tone(hz: float, level_db_spl, rate: int = RATE) -> np.ndarray:
    """A tone whose level, one value a sample or one, is in dB SPL at RMS one = 100."""
    level = np.broadcast_to(np.asarray(level_db_spl, float), (rate,))
    amplitude = np.sqrt(2) * 10 ** ((level - 100) / 20)
    return amplitude * np.sin(2 * np.pi * hz * np.arange(rate) / rate)


def level_db_spl(samples: np.ndarray) -> float:
    return 10 * np.log10(np.mean(samples**2)) + 100


@pytest.mark.parametrize("rate", [16_000, 44_100, 96_000])
def test_the_bands_sum_to_the_sound(rng, rate):
    sound = rng.standard_normal(7001)
    bands = split_octaves(sound, sample_rate=rate)
    np.testing.assert_allclose(bands.sum(axis=0), sound, atol=1e-12)


@pytest.mark.parametrize("band", range(6))
def test_each_band_holds_its_octave(band):
    hz = (250, 500, 1000, 2000, 4000, 8000)[band]
    bands = split_octaves(tone(hz, 100), sample_rate=RATE)[:, 5000:-5000]
    shares = np.mean(bands**2, axis=1)
    assert shares[band] == pytest.approx(1.0, abs=0.01)
    assert shares.sum() - shares[band] < 0.001


@pytest.mark.parametrize("level", [30, 45, 60, 75, 90])
def test_a_steady_tone_lies_on_the_static_curve(level):
    settings = {"gain_db": 20.0, "ratio": 3.0, "knee_db_spl": 50.0}
    heard = wdrc(tone(1000, level), sample_rate=RATE, **settings)
    expected = level + 20 - max(level - 50, 0) * (1 - 1 / 3)
    middle = heard[RATE // 4 : 3 * RATE // 4]
    assert level_db_spl(middle) == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize(
    ("levels", "time_ms", "first"),  # the loud part rings for 3 frames into the soft
    [((50, 80), 20.0, 50), ((80, 50), 150.0, 53)],
)
def test_a_jump_is_followed_with_the_time_asked_for(levels, time_ms, first):
    jump = np.repeat(levels, RATE // 2)
    sound = tone(1000, jump)
    heard = wdrc(
        sound,
        sample_rate=RATE,
        gain_db=0.0,
        ratio=2.0,
        knee_db_spl=40.0,
        attack_ms=20.0,
        release_ms=150.0,
    )
    frames = slice(0, RATE // 441 * 441)
    gain_db = 10 * np.log10(
        np.mean(heard[frames].reshape(-1, 441) ** 2, axis=1)
        / np.mean(sound[frames].reshape(-1, 441) ** 2, axis=1)
    )  # every 10 ms
    before, after = gain_db[45], gain_db[-2]
    done = (gain_db - before) / (after - before)
    centres_ms = np.arange(len(done)) * 10 + 5 - 500
    measured = np.interp(1 - np.exp(-1), done[first:], centres_ms[first:])
    assert measured == pytest.approx(time_ms, rel=0.15)


def test_a_ratio_of_one_and_no_gain_change_nothing(rng):
    sound = rng.standard_normal((2, 5000))
    same = wdrc(sound, sample_rate=RATE, gain_db=0.0, ratio=1.0)
    np.testing.assert_allclose(same, sound, atol=1e-12)


@pytest.mark.parametrize(
    ("knob", "low", "high"),
    [
        ("gain_db", 0.0, 40.0),
        ("ratio", 1.0, 10.0),
        ("knee_db_spl", 10.0, 80.0),
        ("attack_ms", 0.0, 200.0),
        ("release_ms", 5.0, 2000.0),
        ("rms_one_db_spl", 70.0, 130.0),
    ],
)
def test_every_knob_changes_the_sound_at_both_ends(rng, knob, low, high):
    syllables = np.sin(2 * np.pi * 2 * np.arange(RATE) / RATE) ** 2
    sound = 0.02 * rng.standard_normal(RATE) * syllables
    ear = standard_audiogram("N3")
    middle = wdrc(sound, sample_rate=RATE, audiogram=ear)
    for value in (low, high):
        turned = wdrc(sound, sample_rate=RATE, audiogram=ear, **{knob: value})
        assert np.std(turned - middle) > 0.02 * np.std(middle), (knob, value)


def test_a_knob_of_one_band_turns_that_band_only():
    gain_db = [0, 0, 0, 12.0, 0, 0]
    for hz, expected in ((500, 0), (2000, 12), (4000, 0)):
        heard = wdrc(tone(hz, 40), sample_rate=RATE, gain_db=gain_db, ratio=1.0)
        assert level_db_spl(heard[5000:-5000]) == pytest.approx(40 + expected, abs=0.1)


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (0, (0, 0, 0)),
        (20, (0, 0, 0)),
        (60, (40, 24, 0.1 * 20**1.4)),
        (80, (50, 41, 0.1 * 40**1.4)),
    ],
)
def test_fig6_by_hand(loss, expected):
    assert fig6_gains_db(loss) == pytest.approx(expected)


def test_speech_level_gets_the_prescribed_gain_and_loud_sounds_less():
    ear = Audiogram((250, 8000), (50, 50))
    soft, speech, loud = fig6_gains_db(50.0)
    gains = [
        level_db_spl(wdrc(tone(1000, level), sample_rate=RATE, audiogram=ear)[9000:])
        - level
        for level in (45, 65, 95)
    ]
    assert gains[1] == pytest.approx(speech, abs=0.2)
    assert gains[0] > gains[1] > gains[2]
    assert gains[0] - gains[2] == pytest.approx((soft - loud) * 50 / 55, abs=0.2)


def test_a_worse_ear_gets_more_gain_and_to_60_db_hl_a_higher_ratio():
    fits = [fit_wdrc(Audiogram((250, 8000), (hl, hl))) for hl in range(0, 101, 10)]
    gains, ratios = (np.array([getattr(fit, n)[0] for fit in fits]) for n in _KNOBS)
    assert np.all(np.diff(gains) >= 0)
    assert np.all(np.diff(ratios[:7]) >= 0)  # beyond, loud sounds need gain as well
    assert np.all(ratios >= 1)


def test_silence_stays_silent():
    silent = wdrc(np.zeros(500), sample_rate=RATE, audiogram=standard_audiogram("N5"))
    np.testing.assert_array_equal(silent, 0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "expected an audiogram, or gain_db and ratio"),
        ({"gain_db": 3.0}, "expected an audiogram, or gain_db and ratio"),
        ({"gain_db": 3.0, "ratio": 0.5}, "ratio of at least 1"),
        ({"gain_db": [1.0, 2.0], "ratio": 1.0}, "one a band"),
        ({"gain_db": np.nan, "ratio": 1.0}, "finite"),
        ({"gain_db": 0.0, "ratio": 1.0, "attack_ms": -1.0}, "attack_ms"),
        ({"gain_db": 0.0, "ratio": 1.0, "sample_rate": 8000}, "above 12000"),
    ],
)
def test_settings_that_make_no_sense_are_explained(changes, message):
    with pytest.raises(ValueError, match=message):
        wdrc(np.ones(99), **({"sample_rate": RATE} | changes))


@pytest.mark.parametrize("level", [np.nan, np.inf, 1e6])
def test_an_impossible_level_is_refused_not_turned_into_nan(level):
    with pytest.raises(ValueError, match="rms_one_db_spl"):
        wdrc(
            tone(1000, 65.0),
            sample_rate=RATE,
            gain_db=0.0,
            ratio=2.0,
            rms_one_db_spl=level,
        )


@pytest.mark.parametrize("no_ear", ["N3", [standard_audiogram("N3")]])
def test_what_is_no_audiogram_is_refused_by_its_type(no_ear):
    with pytest.raises(TypeError, match="expected an Audiogram of one ear, got"):
        wdrc(tone(1000, 65.0), sample_rate=RATE, audiogram=no_ear)


def test_a_threshold_that_was_not_measured_is_refused_not_turned_into_nan():
    with pytest.raises(ValueError, match="finite"):
        fig6_gains_db([20, np.nan])


def test_split_octaves_splits_one_channel_and_says_so(rng):
    with pytest.raises(ValueError, match="expected one channel"):
        split_octaves(rng.standard_normal((2, 900)), sample_rate=RATE)
