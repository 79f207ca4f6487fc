import numpy as np
import pytest
import torch
from torch.autograd import gradcheck

from clarity_lab.hearing import Audiogram, simulate_loss
from clarity_lab.models import apply_band_gains_db, simulate_loss_torch
from tests.conftest import piece

HZ = (250, 500, 1000, 2000, 4000, 6000)
EARS = {
    "nothing": (0, 0, 0, 5, 10, 10),
    "mild": (10, 10, 10, 15, 25, 30),
    "moderate": (20, 25, 35, 45, 55, 60),
    "severe": (40, 50, 60, 70, 80, 80),
    "steep": (10, 10, 10, 20, 55, 90),
}


def speech_at(level_db_spl, *, sample_rate, duration_s=1.0):
    return piece(
        "speech/librispeech-1089.flac",
        sample_rate=sample_rate,
        duration_s=duration_s,
        level_dbfs=level_db_spl - 100,
    )


def both(samples, *, sample_rate, thresholds, **settings):
    exact = simulate_loss(
        samples,
        sample_rate=sample_rate,
        audiogram=Audiogram(HZ, thresholds),
        **settings,
    )
    twin = twin_of(torch.tensor(samples), thresholds, sample_rate, **settings)
    return twin.numpy(), exact


def twin_of(samples, thresholds, sample_rate=44_100, **settings):
    return simulate_loss_torch(
        samples,
        sample_rate=sample_rate,
        thresholds_db_hl=torch.as_tensor(thresholds, device="cpu").double(),
        frequencies_hz=HZ,
        **settings,
    )


def distance(estimate, reference):
    return np.linalg.norm(estimate - reference) / np.linalg.norm(reference)


def octave_levels_db(samples, sample_rate):
    power = np.abs(np.fft.rfft(samples)) ** 2
    hz = np.fft.rfftfreq(len(samples), 1 / sample_rate)
    centres = 125 * 2.0 ** np.arange(6)
    bands = [(hz > c / 2**0.5) & (hz < c * 2**0.5) for c in centres]
    return 10 * np.log10([power[band].sum() for band in bands])


@pytest.mark.parametrize("thresholds", EARS.values(), ids=EARS)
@pytest.mark.parametrize("level_db_spl", [45, 65, 85])
def test_at_44100_hz_the_twin_is_the_exact_model(thresholds, level_db_spl):
    samples = speech_at(level_db_spl, sample_rate=44_100, duration_s=0.5)
    twin, exact = both(samples, sample_rate=44_100, thresholds=thresholds)
    assert distance(twin, exact) < 1e-7


@pytest.mark.parametrize("thresholds", EARS.values(), ids=EARS)
@pytest.mark.parametrize("field", ["free", "diffuse", "itu"])
def test_the_twin_raises_the_threshold_alone_as_the_exact_model(thresholds, field):
    samples = speech_at(65, sample_rate=44_100, duration_s=0.3)
    settings = {"stages": "threshold", "field": field}
    twin, exact = both(samples, sample_rate=44_100, thresholds=thresholds, **settings)
    assert distance(twin, exact) < 1e-10


@pytest.mark.parametrize("thresholds", EARS.values(), ids=EARS)
@pytest.mark.parametrize("sample_rate", [16_000, 24_000, 48_000])
def test_at_other_rates_only_resampling_differs(thresholds, sample_rate):
    samples = speech_at(65, sample_rate=sample_rate)
    twin, exact = both(samples, sample_rate=sample_rate, thresholds=thresholds)
    assert distance(twin, exact) < 0.01
    levels = [octave_levels_db(x, sample_rate) for x in (twin, exact)]
    heard = levels[1] > np.max(levels[1]) - 40
    assert np.max(np.abs(levels[0] - levels[1])[heard]) < 0.1


def test_single_precision_loses_less_than_a_ten_thousandth():
    samples = torch.tensor(speech_at(65, sample_rate=16_000))
    single, double = (
        twin_of(sound, EARS["moderate"], 16_000).double().numpy()
        for sound in (samples.float(), samples)
    )
    assert distance(single, double) < 1e-4


@pytest.mark.parametrize("stages", [("smearing", "recruitment"), ("threshold",)])
def test_gradients_of_the_loss_are_those_of_finite_differences(rng, stages):
    samples = torch.tensor(0.02 * rng.standard_normal((2, 300)), requires_grad=True)
    thresholds = torch.tensor(EARS["moderate"]).double().requires_grad_()

    def hear(samples, thresholds):
        return simulate_loss_torch(
            samples,
            sample_rate=16_000,
            thresholds_db_hl=thresholds,
            frequencies_hz=HZ,
            stages=stages,
        )

    assert gradcheck(hear, (samples, thresholds), fast_mode=True, eps=1e-7, atol=1e-4)


def test_a_batch_of_sounds_and_ears_is_as_one_by_one(rng):
    samples = torch.tensor(0.02 * rng.standard_normal((2, 4, 500)))
    ears = torch.tensor([EARS[name] for name in ("nothing", "severe", "mild", "steep")])
    together = twin_of(samples, ears)
    assert together.shape == samples.shape
    for scene in range(2):
        for n, ear in enumerate(ears):
            alone = twin_of(samples[scene, n], ear)
            torch.testing.assert_close(together[scene, n], alone)


def test_silence_stays_silent_and_its_gradient_finite():
    samples = torch.zeros(400, dtype=torch.float64, requires_grad=True)
    heard = twin_of(samples, EARS["severe"])
    heard.square().sum().backward()
    assert heard.abs().max() < 1e-20
    assert torch.isfinite(samples.grad).all()


@pytest.mark.parametrize("length", [1, 7, 300])
def test_the_shortest_sound_comes_back_as_long(length):
    heard = twin_of(torch.full((length,), 0.1, dtype=torch.float64), EARS["mild"])
    assert heard.shape == (length,)
    assert torch.isfinite(heard).all()


def test_work_is_done_on_the_device_of_the_sound():
    samples = torch.full((300,), 0.1, dtype=torch.float64)
    gains_db, ear = torch.zeros(6).double(), torch.tensor(EARS["mild"]).double()
    with torch.device("meta"):  # a tensor made without asking the sound would go there
        given = {"sample_rate": 16_000, "frequencies_hz": HZ}
        heard = simulate_loss_torch(samples, thresholds_db_hl=ear, **given)
        louder = apply_band_gains_db(samples, gains_db, **given)
    assert heard.device == louder.device == samples.device


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"samples": torch.tensor([0.0, torch.nan])}, ValueError, "finite samples"),
        ({"samples": torch.zeros(0)}, ValueError, "at least 1 sample"),
        ({"samples": torch.zeros(9, dtype=torch.int16)}, TypeError, "got torch.int16"),
        ({"samples": np.zeros(9)}, TypeError, "from_numpy"),
        ({"thresholds_db_hl": torch.full((6,), 101.0)}, ValueError, "up to 100 dB HL"),
        ({"thresholds_db_hl": torch.zeros(5)}, ValueError, "one of thresholds_db_hl"),
        ({"thresholds_db_hl": EARS["mild"]}, TypeError, "got tuple"),
        ({"frequencies_hz": HZ[::-1]}, ValueError, "rising frequencies"),
        ({"stages": "smear"}, ValueError, "expected stages among"),
        ({"stages": ("threshold", "recruitment")}, ValueError, "got both"),
    ],
)
def test_a_wrong_argument_is_explained(change, error, message):
    good = {"samples": torch.zeros(9), "thresholds_db_hl": torch.zeros(6)}
    good |= {"frequencies_hz": HZ, "sample_rate": 16_000} | change
    with pytest.raises(error, match=message):
        simulate_loss_torch(good.pop("samples"), **good)


@pytest.mark.parametrize(("hz", "gain_db"), [(250, 0), (1000, 20), (2000, 10)])
def test_a_tone_between_two_gains_gets_what_lies_between(hz, gain_db):
    time_s = torch.arange(8000, dtype=torch.float64) / 16_000
    tone = torch.sin(2 * np.pi * hz * time_s) * torch.hann_window(8000).double()
    gains_db = torch.tensor([0.0, 20.0, 0.0])
    louder = apply_band_gains_db(
        tone, gains_db, sample_rate=16_000, frequencies_hz=(500, 1000, 4000)
    )
    ratio = float(louder @ tone / (tone @ tone))  # of the part in phase: no delay
    assert 20 * np.log10(ratio) == pytest.approx(gain_db, abs=0.1)


def test_gradients_of_gains_are_those_of_finite_differences(rng):
    samples = torch.tensor(rng.standard_normal((2, 50)), requires_grad=True)
    gains_db = torch.tensor(rng.normal(10, 5, (2, 6)), requires_grad=True)

    def amplify(samples, gains_db):
        return apply_band_gains_db(
            samples, gains_db, sample_rate=16_000, frequencies_hz=HZ
        )

    assert gradcheck(amplify, (samples, gains_db))
