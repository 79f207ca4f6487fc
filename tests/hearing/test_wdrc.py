import numpy as np
import pytest

from clarity_lab.audio import load
from clarity_lab.hearing import (
    Audiogram,
    apply_nalr,
    fig6_gains_db,
    fit_wdrc,
    nalr_gains_db,
    read_listeners,
    speech_octaves_db_spl,
    split_octaves,
    standard_audiogram,
    static_gain_db,
    wdrc,
)
from clarity_lab.hearing.octaves import BAND_CENTRES_HZ, SPEECH_SPECTRUM_DB
from clarity_lab.manifests import fetch

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


def band_levels_db_spl(samples: np.ndarray, rate: int) -> np.ndarray:
    bands = split_octaves(samples, sample_rate=rate)
    return np.array([level_db_spl(band) for band in bands])


def with_the_standard_spectrum(samples: np.ndarray, rate: int) -> np.ndarray:
    """The talk at 65 dB SPL, each octave as loud as that of an average talker."""
    off_db = speech_octaves_db_spl(65.0) - band_levels_db_spl(samples, rate)
    bands = split_octaves(samples, sample_rate=rate)
    return np.sum(bands * 10 ** (off_db[:, None] / 20), axis=0)


@pytest.fixture(scope="module")
def listeners():
    return read_listeners(fetch("samples", "audiograms/clarity.json", progress=False))


@pytest.fixture(scope="module")
def talk():
    """Six talkers with the standard speech spectrum, each 5 s at 65 dB SPL."""
    talkers = ("1221", "1284", "1320", "1995", "2094", "1089")
    paths = [f"speech/librispeech-{talker}.flac" for talker in talkers]
    sounds = [load(fetch("samples", path, progress=False))[0] for path in paths]
    shaped = [with_the_standard_spectrum(sound, 16_000) for sound in sounds]
    return np.concatenate(shaped)


EARS = ("N1", "N3", "N5", "S2", "S3", "L0005", "L0039")


def ear_called(name: str, listeners: dict) -> Audiogram:
    return listeners[name].left if name in listeners else standard_audiogram(name)


@pytest.mark.parametrize("name", EARS)
def test_speech_of_65_db_spl_leaves_as_nal_r_would_have_it(talk, listeners, name):
    ear = ear_called(name, listeners)
    linear = wdrc(talk, sample_rate=16_000, gain_db=nalr_gains_db(ear), ratio=1.0)
    fitted = wdrc(talk, sample_rate=16_000, audiogram=ear)
    off_db = band_levels_db_spl(fitted, 16_000) - band_levels_db_spl(linear, 16_000)
    np.testing.assert_allclose(off_db, 0, atol=2.0)
    assert abs(np.mean(off_db)) < 0.5


@pytest.mark.parametrize("name", EARS)
def test_it_is_also_within_2_db_of_what_the_nal_r_filter_gives(talk, listeners, name):
    ear = ear_called(name, listeners)
    linear = apply_nalr(talk, sample_rate=16_000, audiogram=ear)
    fitted = wdrc(talk, sample_rate=16_000, audiogram=ear)
    off_db = band_levels_db_spl(fitted, 16_000) - band_levels_db_spl(linear, 16_000)
    np.testing.assert_allclose(off_db, 0, atol=2.0)


@pytest.mark.parametrize("name", EARS)
def test_soft_speech_gets_more_gain_than_normal_and_loud_less(talk, listeners, name):
    ear = ear_called(name, listeners)
    gains_db = []
    for more_db in (-15, 0, 15):
        sound = talk[: 10 * 16_000] * 10 ** (more_db / 20)
        heard = wdrc(sound, sample_rate=16_000, audiogram=ear)
        levels = [band_levels_db_spl(x, 16_000) for x in (heard, sound)]
        gains_db.append(levels[0] - levels[1])
    ratio = fit_wdrc(ear).ratio
    expected = 15 * (1 - 1 / ratio)
    np.testing.assert_allclose(gains_db[1] - gains_db[2], expected, atol=1.0)
    assert np.all(gains_db[0] - gains_db[1] > 0.5 * expected - 0.5)
    assert np.max(gains_db[0] - gains_db[2]) > 3


def test_no_real_ear_gets_more_than_2_db_above_nal_r_nor_100_db_spl(talk, listeners):
    one_talker = talk[:76_000]
    for listener in listeners.values():
        for ear in listener.ears:
            fitted = wdrc(one_talker, sample_rate=16_000, audiogram=ear)
            linear = apply_nalr(one_talker, sample_rate=16_000, audiogram=ear)
            level = level_db_spl(fitted)
            assert level < level_db_spl(linear) + 2, (listener.name, ear)
            assert level < 100, (listener.name, ear)


def test_a_steady_sound_meets_nal_r_6_db_above_the_level_of_speech():
    ear = standard_audiogram("N3")
    fit = fit_wdrc(ear)
    gain_db = static_gain_db(
        speech_octaves_db_spl(65.0) + 6,
        gain_db=fit.gain_db,
        knee_db_spl=fit.knee_db_spl,
        ratio=fit.ratio,
    )
    np.testing.assert_allclose(gain_db, nalr_gains_db(ear))


def test_the_ratio_is_that_of_fig6_between_40_and_95_db_spl():
    soft, _, loud = fig6_gains_db(50.0)
    ratio = fit_wdrc(Audiogram((250, 8000), (50, 50))).ratio
    np.testing.assert_allclose(ratio, 55 / (55 - (soft - loud)))


def test_the_knee_lies_in_the_valleys_of_speech():
    knee = fit_wdrc(standard_audiogram("N3")).knee_db_spl
    np.testing.assert_allclose(knee, speech_octaves_db_spl(65.0) - 15)


def test_another_knee_leaves_the_gain_of_speech_alone():
    ear = standard_audiogram("N4")
    speech = speech_octaves_db_spl(65.0) + 6
    gains_db = [
        static_gain_db(
            speech, gain_db=fit.gain_db, knee_db_spl=fit.knee_db_spl, ratio=fit.ratio
        )
        for fit in (fit_wdrc(ear), fit_wdrc(ear, knee_db_spl=[30, 30, 30, 30, 20, 20]))
    ]
    np.testing.assert_allclose(gains_db[0], gains_db[1])


def test_a_knee_that_makes_no_sense_is_explained_when_fitting():
    with pytest.raises(ValueError, match="knee_db_spl as one finite number or 6"):
        fit_wdrc(standard_audiogram("N3"), knee_db_spl=[30, 40])


def test_the_third_octaves_at_the_centres_are_those_of_the_octave_table():
    # ANSI S3.5-1997, table 4: spectrum levels at the centres of the octaves.
    at_centres = [SPEECH_SPECTRUM_DB[hz][hz] for hz in BAND_CENTRES_HZ]
    assert at_centres == [34.75, 34.27, 25.01, 17.32, 9.33, 1.13]


def test_the_standard_spectrum_adds_up_to_the_62_35_db_spl_of_the_standard():
    power = sum(
        hz * (2 ** (1 / 6) - 2 ** (-1 / 6)) * 10 ** (db / 10)
        for thirds in SPEECH_SPECTRUM_DB.values()
        for hz, db in thirds.items()
    )
    assert 10 * np.log10(power) == pytest.approx(62.35, abs=0.01)


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
        ({"gain_db": 3.0, "ratio": 0.5}, "ratio from 1 to 1000, got 0.5"),
        ({"gain_db": 1e4, "ratio": 1.0}, "gain_db from -100 to 100, got 10000"),
        ({"gain_db": 0.0, "ratio": 1.0, "knee_db_spl": 1e9}, "knee_db_spl from -100"),
        ({"gain_db": "loud", "ratio": 1.0}, "gain_db as one finite number or 6.*loud"),
        ({"samples": np.full(99, 1e200), "gain_db": 0.0, "ratio": 1.0}, "full scale"),
        ({"gain_db": [1.0, 2.0], "ratio": 1.0}, "one a band"),
        ({"gain_db": np.nan, "ratio": 1.0}, "finite"),
        ({"gain_db": 0.0, "ratio": 1.0, "attack_ms": -1.0}, "attack_ms"),
        ({"gain_db": 0.0, "ratio": 1.0, "sample_rate": 8000}, "above 12000"),
    ],
)
def test_settings_that_make_no_sense_are_explained(changes, message):
    with pytest.raises(ValueError, match=message):
        wdrc(**({"samples": np.ones(99), "sample_rate": RATE} | changes))


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


def test_channels_last_are_not_compressed_as_thousands_of_channels():
    with pytest.raises(ValueError, match=r"time is the last axis, try samples\.T"):
        wdrc(np.zeros((4410, 2)), sample_rate=RATE, gain_db=0.0, ratio=1.0)


def test_split_octaves_splits_one_channel_and_says_so(rng):
    with pytest.raises(ValueError, match="expected one channel"):
        split_octaves(rng.standard_normal((2, 900)), sample_rate=RATE)
