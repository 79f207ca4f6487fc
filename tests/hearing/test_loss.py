"""What a hearing loss must do to a sound, whatever program simulates it."""

import numpy as np
import pytest

from clarity_lab.hearing import (
    Audiogram,
    Listener,
    loss_stages,
    simulate_loss,
    standard_audiogram,
)
from clarity_lab.hearing.msbg.outer_ear import cochlea_gain_db

RATE = 44_100
FREQUENCIES_HZ = (250, 500, 1000, 2000, 4000, 8000)


def flat(loss_db_hl: float) -> Audiogram:
    return Audiogram(FREQUENCIES_HZ, (loss_db_hl,) * 6)


def tone(hz: float, level_db_spl: float, duration_s: float = 0.5) -> np.ndarray:
    amplitude = np.sqrt(2) * 10 ** ((level_db_spl - 100) / 20)
    wave = np.sin(2 * np.pi * hz * np.arange(int(duration_s * RATE)) / RATE)
    return amplitude * wave * np.hanning(len(wave)) ** 0.2


def level_db(samples: np.ndarray) -> float:
    middle = samples[..., samples.shape[-1] // 4 : 3 * samples.shape[-1] // 4]
    return 10 * np.log10(np.mean(middle**2))


def lost_db(samples: np.ndarray, audiogram: Audiogram, **settings) -> float:
    heard = simulate_loss(samples, sample_rate=RATE, audiogram=audiogram, **settings)
    return level_db(samples) - level_db(heard)


@pytest.fixture
def noise(rng):
    return 0.02 * rng.standard_normal(12_000)


@pytest.mark.parametrize("loss", [0, 20, 40, 60])
@pytest.mark.parametrize("hz", [500, 1000, 3000])
def test_the_threshold_alone_softens_a_tone_by_the_loss_at_any_level(hz, loss):
    for level in (30, 90):
        softer = lost_db(tone(hz, level), flat(loss), stages=["threshold"])
        assert softer == pytest.approx(loss, abs=2.0)  # bands overlap unevenly


@pytest.mark.parametrize("loss", [20, 40, 60])
def test_recruitment_takes_the_loss_from_a_tone_at_its_threshold(loss):
    # (r - 1) (105 - loss) = loss, with r = 105 / (105 - loss). The model's level is
    # the envelope's at the cochlea, 3 to 4 dB lower at 500 Hz; bands ripple by 3 dB.
    softer = lost_db(tone(500, loss), flat(loss), stages=["recruitment"])
    ratio = 105 / (105 - loss)
    assert softer == pytest.approx(loss, abs=3 + 4 * (ratio - 1))


def test_recruitment_takes_less_and_less_as_the_tone_gets_louder():
    losses = [lost_db(tone(500, level), flat(60)) for level in (40, 60, 80, 100)]
    assert np.all(np.diff(losses) < -15)
    assert losses[-1] < 20


def test_recruitment_expands_by_its_ratio():
    # 60 dB HL: r = 105 / (105 - 60), so that 10 dB in are 10 r = 23.3 dB out.
    softer, louder = (lost_db(tone(500, level), flat(60)) for level in (50, 60))
    assert 10 + softer - louder == pytest.approx(10 * 105 / 45, abs=0.3)


@pytest.mark.parametrize("centre_hz", [250, 500, 1000, 2000, 4000, 8000])
def test_no_loss_keeps_every_band_its_level_and_its_envelope(rng, centre_hz):
    # The bands are summed with other phases than they had: waveforms may differ.
    from scipy.signal import butter, hilbert, sosfiltfilt

    edges = [centre_hz / 1.3, centre_hz * 1.3]
    band = butter(3, edges, "band", fs=RATE, output="sos")
    syllables = np.sin(np.pi * 4 * np.arange(RATE) / RATE) ** 2
    noise = 0.02 * sosfiltfilt(band, rng.standard_normal(RATE)) * syllables
    heard = simulate_loss(noise, sample_rate=RATE, audiogram=flat(0))
    assert level_db(heard) == pytest.approx(level_db(noise), abs=1.0)
    slow = butter(2, 8, fs=RATE, output="sos")
    envelopes = [sosfiltfilt(slow, np.abs(hilbert(x))) for x in (noise, heard)]
    assert np.corrcoef(envelopes)[0, 1] > 0.95


@pytest.mark.parametrize("stages", [["recruitment"], ["threshold"]])
def test_a_greater_loss_is_heard_as_softer(noise, stages):
    losses = [10, 30, 50, 70, 90]
    softer = [lost_db(noise, flat(loss), stages=stages) for loss in losses]
    assert np.all(np.diff(softer) > 3)


def test_a_high_frequency_loss_leaves_low_tones():
    sloping = Audiogram(FREQUENCIES_HZ, (0, 0, 0, 40, 80, 80))
    assert abs(lost_db(tone(400, 60), sloping)) < 3
    assert lost_db(tone(5000, 60), sloping) > 30


def test_low_tones_come_at_most_6_ms_early():
    burst = tone(150, 70, duration_s=0.1)
    sound = np.pad(burst, RATE // 4)
    heard = simulate_loss(sound, sample_rate=RATE, audiogram=flat(0))
    times = np.arange(len(sound)) / RATE
    centres = [np.sum(times * x**2) / np.sum(x**2) for x in (sound, heard)]
    assert -0.006 < centres[1] - centres[0] < 0.001


def test_a_later_sound_is_heard_later_and_else_the_same(noise):
    # Shifts by whole frames of the smearing; between them it is time-variant.
    late = np.concatenate([np.zeros(640), noise])
    heard, heard_late = (
        simulate_loss(sound, sample_rate=RATE, audiogram=standard_audiogram("N3"))
        for sound in (noise, late)
    )
    np.testing.assert_allclose(heard_late[640:], heard, atol=1e-9)


@pytest.mark.parametrize("name", ["N1", "N3", "N4"])
def test_smearing_hears_a_burst_once_and_in_its_place(name):
    burst = np.zeros(40_000)
    burst[22_050:22_150] = 0.1
    heard = simulate_loss(
        burst,
        sample_rate=RATE,
        audiogram=standard_audiogram(name),
        stages=["smearing"],
    )
    before, after = heard[: 22_050 - 1200], heard[22_050 + 600 :]
    assert np.sum(before**2) < 1e-8 * np.sum(heard**2)  # filters' skirts: 27 ms
    assert np.sum(after**2) < 0.05 * np.sum(heard**2)


def test_ears_hear_each_for_itself(rng):
    sound = 0.02 * rng.standard_normal((2, 9000))
    listener = Listener("x", left=flat(20), right=standard_audiogram("S3"))
    both = simulate_loss(sound, sample_rate=RATE, audiogram=listener)
    for ear, audiogram in enumerate(listener.ears):
        alone = simulate_loss(sound[ear], sample_rate=RATE, audiogram=audiogram)
        np.testing.assert_array_equal(both[ear], alone)
    changed = sound * np.array([[1.0], [0.5]])
    again = simulate_loss(changed, sample_rate=RATE, audiogram=listener)
    np.testing.assert_array_equal(again[0], both[0])
    assert not np.allclose(again[1], both[1])


def test_a_batch_is_a_loop(rng):
    batch = 0.02 * rng.standard_normal((2, 3, 2, 4000))
    listener = Listener("x", left=flat(40), right=flat(60))
    heard = simulate_loss(batch, sample_rate=RATE, audiogram=listener)
    assert heard.shape == batch.shape
    one = simulate_loss(batch[1, 2], sample_rate=RATE, audiogram=listener)
    np.testing.assert_array_equal(heard[1, 2], one)


@pytest.mark.parametrize("rate", [16_000, 48_000, 96_000])
def test_other_sample_rates_agree(rate):
    def chirp(rate):
        t = np.arange(int(0.5 * rate)) / rate
        return (
            0.02 * np.sin(2 * np.pi * (300 * t + 3000 * t**2)) * np.sin(2 * np.pi * t)
        )

    ear = Audiogram(FREQUENCIES_HZ, (10, 10, 20, 30, 40, 50))
    heard = simulate_loss(chirp(rate), sample_rate=rate, audiogram=ear)
    assert heard.shape == (rate // 2,)
    expected = simulate_loss(chirp(RATE), sample_rate=RATE, audiogram=ear)
    at = np.arange(0.1, 0.4, 1 / 4000)
    got = np.interp(at, np.arange(len(heard)) / rate, heard)
    want = np.interp(at, np.arange(len(expected)) / RATE, expected)
    assert np.corrcoef(got, want)[0, 1] > 0.98
    assert np.std(got) == pytest.approx(np.std(want), rel=0.05)


@pytest.mark.parametrize("length", [1, 2, 8, 63, 64, 65, 441])
def test_the_shortest_sounds_come_back_as_long(length):
    ear = standard_audiogram("N4")
    heard = simulate_loss(np.full(length, 0.1), sample_rate=RATE, audiogram=ear)
    assert heard.shape == (length,)
    assert np.all(np.isfinite(heard))


def test_every_stage_can_be_looked_at_and_switched(noise):
    ear = standard_audiogram("N4")

    def stages_of(stages):
        return loss_stages(noise, sample_rate=RATE, audiogram=ear, stages=stages)

    both, plain = stages_of(["smearing", "recruitment"]), stages_of([])
    np.testing.assert_allclose(both.source, noise)
    np.testing.assert_array_equal(both.at_cochlea, plain.at_cochlea)
    np.testing.assert_array_equal(plain.smeared, plain.at_cochlea)
    assert level_db(both.recombined) < level_db(plain.recombined) - 10
    smeared = stages_of(["smearing"])
    np.testing.assert_array_equal(smeared.smeared, both.smeared)
    assert not np.allclose(smeared.output, plain.output)
    expected = simulate_loss(noise, sample_rate=RATE, audiogram=ear)
    np.testing.assert_array_equal(both.output, expected)


def test_level_is_what_the_calibration_says(noise):
    ear = flat(60)
    soft = lost_db(noise, ear, rms_one_db_spl=80)
    loud = lost_db(noise, ear, rms_one_db_spl=120)
    assert soft > loud + 30


@pytest.mark.parametrize("field", ["free", "diffuse", "itu"])
@pytest.mark.parametrize("hz", [500, 1000, 2000, 4000, 8000])
def test_the_cochlea_gets_the_gain_of_the_field(field, hz):
    sound = tone(hz, 60)
    seen = loss_stages(
        sound, sample_rate=RATE, audiogram=flat(0), stages=[], field=field
    )
    louder = level_db(seen.at_cochlea) - level_db(sound)
    assert louder == pytest.approx(np.interp(hz, *cochlea_gain_db(field)), abs=0.5)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"audiogram": flat(101)}, "up to 100 dB HL"),
        ({"stages": ["smear"]}, "expected stages among"),
        ({"stages": ["threshold", "recruitment"]}, "got both"),
        ({"field": "near"}, "diffuse, free, itu"),
        ({"sample_rate": 16_000, "parity": True}, "44100 with parity"),
        ({"samples": np.zeros(4410), "parity": True}, "active part"),
        ({"samples": np.full(440, 0.1), "parity": True}, "active part"),
        ({"samples": np.full(9, np.nan)}, "finite"),
        ({"rms_one_db_spl": np.inf}, "rms_one_db_spl"),
    ],
)
def test_what_cannot_be_simulated_is_explained(noise, changes, message):
    call = {"samples": noise, "sample_rate": RATE, "audiogram": flat(30)} | changes
    with pytest.raises(ValueError, match=message):
        simulate_loss(call.pop("samples"), **call)


def test_a_listener_needs_two_channels(noise):
    with pytest.raises(ValueError, match=r"\(\.\.\., 2, samples\)"):
        simulate_loss(
            noise, sample_rate=RATE, audiogram=Listener("x", flat(0), flat(0))
        )


def test_thresholds_alone_are_no_audiogram(noise):
    with pytest.raises(TypeError, match="expected an Audiogram"):
        simulate_loss(noise, sample_rate=RATE, audiogram=[10, 20])


@pytest.mark.parametrize("name", ["N1", "N3", "N6", "S2", "S3"])
def test_a_click_stays_within_a_millisecond_and_without_a_loss_within_2_samples(name):
    click = np.eye(20_000)[8000]
    for stages, most in [((), 2), (("smearing",), 2), (("recruitment",), 44)]:
        heard = simulate_loss(
            click,
            sample_rate=RATE,
            audiogram=standard_audiogram(name),
            stages=stages,
        )
        assert 8000 - most <= np.argmax(np.abs(heard)) <= 8000


def test_sounds_and_levels_beyond_all_formats_are_refused_not_turned_into_nan(rng):
    sound = rng.standard_normal(500)
    with pytest.raises(ValueError, match="full scale at 1"):
        simulate_loss(1e200 * sound, sample_rate=RATE, audiogram=flat(40))
    for level in (-1e6, 1e6):
        with pytest.raises(ValueError, match="between -300 and 300"):
            simulate_loss(
                sound, sample_rate=RATE, audiogram=flat(40), rms_one_db_spl=level
            )


@pytest.mark.parametrize("stages", [None, 3, [["smearing"]]])
def test_stages_that_are_no_list_of_names_are_explained(noise, stages):
    with pytest.raises(
        TypeError, match=r"expected stages as a list .* or \[\] for none"
    ):
        simulate_loss(noise, sample_rate=RATE, audiogram=flat(40), stages=stages)


def test_stages_of_mixed_kinds_are_named():
    with pytest.raises(ValueError, match=r"expected stages among .* got \['3', 'smear"):
        simulate_loss(
            np.zeros(99),
            sample_rate=RATE,
            audiogram=flat(40),
            stages=["smearing", 3],
        )


def test_channels_last_are_not_heard_as_thousands_of_channels():
    with pytest.raises(ValueError, match=r"time is the last axis, try samples\.T"):
        simulate_loss(np.zeros((4410, 2)), sample_rate=RATE, audiogram=flat(40))
