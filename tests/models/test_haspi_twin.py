from types import SimpleNamespace

import numpy as np
import pytest
import torch
from scipy.stats import pearsonr, spearmanr
from torch.autograd import gradcheck

from clarity_lab.hearing import Audiogram, ear_model
from clarity_lab.metrics import haspi, prepare_reference
from clarity_lab.metrics.modulations import speech_filters
from clarity_lab.models import (
    apply_band_gains_db,
    haspi_like,
    hear_reference,
    modulation_correlations,
)
from clarity_lab.models.ear_twin import EarBands
from clarity_lab.models.haspi_twin import _modulation_responses
from tests.conftest import piece

RATE = 16_000
HZ = (250, 500, 1000, 2000, 4000, 6000)
EARS = [
    (0, 0, 0, 0, 0, 0),
    (20, 25, 35, 45, 55, 60),
    (40, 50, 60, 70, 80, 80),
    (10, 10, 10, 20, 55, 70),
]


@pytest.fixture(scope="module")
def sounds():
    speech, rain = (
        piece(path, sample_rate=RATE, duration_s=2.0)
        for path in ("speech/librispeech-1089.flac", "noise/rain.ogg")
    )
    return SimpleNamespace(speech=speech, rain=rain, noisy=speech + 0.5 * rain)


def score(estimate, reference, ear=EARS[1], *, sample_rate=RATE, of=haspi_like):
    if not isinstance(ear, torch.Tensor):
        ear = torch.tensor(ear, dtype=torch.float64)
    return of(
        estimate,
        reference=reference,
        sample_rate=sample_rate,
        thresholds_db_hl=ear,
        frequencies_hz=HZ,
    )


def pulsating(rng, length, rate):
    carrier = rng.standard_normal(length)
    return torch.tensor(0.02 * carrier * np.sin(25 * np.arange(length) / rate))


def exact_beside_twin(sample_rate):
    pairs = []
    for talker in ("speech/librispeech-1089.flac", "speech/librispeech-1188.flac"):
        speech, rain = (
            piece(path, sample_rate=sample_rate, duration_s=2.0)
            for path in (talker, "noise/rain.ogg")
        )
        clean = prepare_reference(speech, sample_rate=sample_rate)
        kept = hear_reference(torch.tensor(speech), sample_rate=sample_rate)
        for snr_db in (-6, 0, 6, 12, 40):
            for gain in (1, 10):
                noisy = gain * (speech + rain * 10 ** (-snr_db / 20))
                exact = haspi(
                    noisy,
                    reference=clean,
                    sample_rate=sample_rate,
                    audiogram=[Audiogram(HZ, ear) for ear in EARS],
                )
                twin = score(torch.tensor(noisy), kept, EARS, sample_rate=sample_rate)
                pairs += zip(exact, twin.tolist(), strict=True)
    return np.array(pairs).T


@pytest.mark.parametrize(
    "sample_rate", [16_000, pytest.param(44_100, marks=pytest.mark.slow)]
)
def test_the_twin_follows_exact_haspi_over_noise_levels_and_losses(sample_rate):
    exact, twin = exact_beside_twin(sample_rate)
    far = np.abs(exact - twin)
    pearson, spearman = pearsonr(exact, twin)[0], spearmanr(exact, twin)[0]
    assert pearson > 0.98
    assert spearman > 0.98
    assert far.mean() < 0.04
    assert far.max() < 0.3


@pytest.mark.parametrize("thresholds", EARS)
def test_a_loss_is_shared_between_hair_cells_as_in_the_exact_ear(thresholds):
    exact = ear_model.ear_bands(Audiogram(HZ, thresholds))
    twin = EarBands.of(torch.tensor(thresholds).double(), np.array(HZ, float))
    for name in ("outer_loss_db", "inner_loss_db", "width"):
        np.testing.assert_allclose(getattr(twin, name), getattr(exact, name))
    np.testing.assert_allclose(twin.steepness, 1 - 1 / exact.ratio, atol=1e-12)


def test_the_modulation_filters_are_those_of_the_metric():
    n_fft, responses = _modulation_responses(1000)
    for taps, response in zip(speech_filters(), responses, strict=True):
        half = len(taps) // 2
        twin = np.roll(np.fft.irfft(response, n_fft), half)[: len(taps)]
        np.testing.assert_allclose(twin, taps, atol=1e-15)


def test_gradients_with_respect_to_gains_and_thresholds_are_finite_differences(rng):
    clean = pulsating(rng, 2400, 8000)
    noisy = clean + 0.01 * torch.tensor(rng.standard_normal(2400))
    gains_db = torch.tensor([3.0, 10.0, 20.0], dtype=torch.float64, requires_grad=True)
    thresholds = torch.tensor([20.0, 40.0, 50.0]).double().requires_grad_()

    def aided(gains_db, thresholds):
        given = {"sample_rate": 8000, "frequencies_hz": (500, 1000, 3000)}
        louder = apply_band_gains_db(noisy, gains_db, **given)
        return haspi_like(louder, reference=clean, thresholds_db_hl=thresholds, **given)

    assert gradcheck(aided, (gains_db, thresholds), eps=1e-5, atol=1e-6)


@pytest.mark.parametrize("of", [haspi_like, modulation_correlations])
def test_gradients_with_respect_to_the_estimate_are_finite_differences(rng, of):
    clean = pulsating(rng, 2400, 8000)
    noisy = clean + 0.01 * torch.tensor(rng.standard_normal((2, 2400)))

    def judge(estimate):
        return score(estimate, clean, sample_rate=8000, of=of)

    assert gradcheck(judge, (noisy.requires_grad_(),), fast_mode=True, eps=1e-7)


def test_a_batch_is_as_one_by_one(sounds):
    estimates = torch.tensor(np.stack([sounds.noisy, sounds.speech, sounds.rain]))
    references = torch.tensor(np.stack([sounds.speech, sounds.rain, sounds.speech]))
    ears = torch.tensor(EARS[:3]).double()
    together = score(estimates, references, ears)
    alone = [score(*one) for one in zip(estimates, references, ears, strict=True)]
    torch.testing.assert_close(together, torch.stack(alone))


def test_several_ears_hear_one_sound(sounds):
    noisy, speech = torch.tensor(sounds.noisy), torch.tensor(sounds.speech)
    together = score(noisy, speech, EARS)
    assert together.tolist() == pytest.approx(
        [score(noisy, speech, ear).item() for ear in EARS]
    )


def test_a_kept_reference_changes_nothing(sounds):
    noisy, speech = torch.tensor(sounds.noisy), torch.tensor(sounds.speech)
    kept = hear_reference(speech, sample_rate=RATE)
    assert score(noisy, kept) == score(noisy, speech)


def test_single_precision_is_enough(sounds):
    noisy, speech = torch.tensor(sounds.noisy), torch.tensor(sounds.speech)
    single = score(noisy.float(), speech.float())
    assert single.dtype == torch.float32
    assert single.item() == pytest.approx(score(noisy, speech).item(), abs=1e-3)


def test_a_late_estimate_is_moved_back(sounds):
    noisy, speech = torch.tensor(sounds.noisy), torch.tensor(sounds.speech)
    late = torch.nn.functional.pad(noisy, (400, 0))[:-400]  # 25 ms
    assert score(late, speech).item() == pytest.approx(
        score(noisy, speech).item(), abs=0.1
    )


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_silent_estimate_scores_nothing_and_has_no_gradient(sounds, dtype):
    speech = torch.tensor(sounds.speech, dtype=dtype)
    silence = torch.zeros_like(speech, requires_grad=True)
    worst = score(silence, speech)
    worst.backward()
    assert 0 <= worst.item() < 0.02
    assert not silence.grad.any()


def test_work_is_done_on_the_device_of_the_sound(sounds):
    noisy, speech = torch.tensor(sounds.noisy), torch.tensor(sounds.speech)
    ear = torch.tensor(EARS[1]).double()
    with torch.device("meta"):  # a tensor made without asking the sound would go there
        assert score(noisy, speech, ear).device == noisy.device


@pytest.mark.parametrize(
    ("estimate", "reference", "message"),
    [
        (torch.ones(8000), torch.zeros(8000), "a normal ear hears"),
        (torch.ones(8000), torch.ones(8001), "one length, got 8000 and 8001"),
        (torch.ones(3999), torch.ones(3999), "at least 4000 sample"),
        (torch.full((8000,), torch.inf), torch.ones(8000), "finite estimate"),
    ],
)
def test_a_sound_that_cannot_be_judged_is_explained(
    estimate, reference, message, sounds
):
    speech = torch.tensor(sounds.speech).float()
    reference = (
        reference * torch.nn.functional.pad(speech[:8000], (0, 1))[: len(reference)]
    )
    with pytest.raises(ValueError, match=message):
        score(estimate, reference)


def test_descending_the_objective_teaches_a_hearing_aid_that_exact_haspi_likes(sounds):
    noisy, speech = (
        torch.tensor(sounds.noisy).float(),
        torch.tensor(sounds.speech).float(),
    )
    kept = hear_reference(speech, sample_rate=RATE)
    gains_db = torch.zeros(6, requires_grad=True)
    optimiser = torch.optim.Adam([gains_db], lr=2.0)

    def aided():
        return apply_band_gains_db(noisy, gains_db, sample_rate=RATE, frequencies_hz=HZ)

    scores = []
    for _ in range(20):
        optimiser.zero_grad()
        likely = score(aided(), kept)
        (-likely).backward()
        optimiser.step()
        scores.append(likely.item())
    given = {"reference": sounds.speech, "sample_rate": RATE}
    given["audiogram"] = Audiogram(HZ, EARS[1])
    before = haspi(sounds.noisy, **given)
    after = haspi(aided().detach().double().numpy(), **given)
    assert scores[-1] > scores[0] + 0.2
    assert after > before + 0.2
