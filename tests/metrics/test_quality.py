"""HASQI and HAAQI without a peer: what must hold for any measure of quality."""

import numpy as np
import pytest

from clarity_lab.hearing import Audiogram, apply_nalr
from clarity_lab.metrics import haaqi, haaqi_details, hasqi, hasqi_details

HZ = (250, 500, 1000, 2000, 4000, 6000)
NORMAL = Audiogram(HZ, (0, 0, 0, 0, 0, 0))
SLOPING = Audiogram(HZ, (10, 15, 25, 40, 60, 70))
DETAILS = {hasqi: hasqi_details, haaqi: haaqi_details}

both_metrics = pytest.mark.parametrize("metric", [hasqi, haaqi])


@pytest.fixture
def score(sounds):
    """A metric of the music fixture in a normal ear, unless told otherwise."""

    def scored(metric, estimate, audiogram=NORMAL, **options):
        options = {"reference": sounds.music, **options}
        return metric(
            estimate, sample_rate=sounds.sample_rate, audiogram=audiogram, **options
        )

    return scored


@both_metrics
def test_a_perfect_copy_sounds_nearly_perfect_and_the_longer_the_nearer(
    sounds, score, metric
):
    short, long = (
        score(metric, speech, reference=speech)
        for speech in (sounds.long_speech[:24_000], sounds.long_speech)
    )
    assert 0.93 < short < long < 1
    assert long > {hasqi: 0.995, haaqi: 0.97}[metric]


@both_metrics
def test_an_ear_with_a_loss_likes_the_aided_sound_better(sounds, score, metric):
    aided = apply_nalr(sounds.music, sample_rate=sounds.sample_rate, audiogram=SLOPING)
    assert score(metric, aided, SLOPING) > score(metric, sounds.music, SLOPING) + 0.1


@both_metrics
def test_quality_rises_with_the_snr(sounds, score, metric):
    noisy = [sounds.music + 10 ** (-snr / 20) * sounds.rain for snr in (-10, 0, 10, 30)]
    assert np.all(np.diff(score(metric, np.stack(noisy))) > 0.02)


@both_metrics
def test_harder_clipping_sounds_worse(sounds, score, metric):
    rms = np.sqrt(np.mean(sounds.music**2))
    clipped = [np.clip(sounds.music, -k * rms, k * rms) for k in (2.0, 1.0, 0.3)]
    assert np.all(np.diff(score(metric, np.stack(clipped))) < -0.01)


@both_metrics
def test_another_sound_altogether_is_bad(sounds, score, metric):
    assert score(metric, sounds.rain) < 0.2


@both_metrics
def test_without_noise_batches_share_the_reference_and_change_nothing(
    sounds, score, metric
):
    noisy = np.stack([sounds.music + gain * sounds.rain for gain in (0.1, 0.5)])
    together = score(metric, noisy, [NORMAL, SLOPING])
    assert together.shape == (2, 2)
    alone = [[score(metric, one, ear) for ear in (NORMAL, SLOPING)] for one in noisy]
    np.testing.assert_array_equal(together, alone)


@both_metrics
def test_with_noise_batches_draw_as_one_after_the_other(sounds, score, metric):
    noisy = np.stack([sounds.music + gain * sounds.rain for gain in (0.1, 0.5)])
    together = score(metric, noisy, [NORMAL, SLOPING], rng=3)
    rng = np.random.RandomState(3)
    alone = [
        [score(metric, one, ear, rng=rng) for ear in (NORMAL, SLOPING)] for one in noisy
    ]
    np.testing.assert_array_equal(together, alone)


@both_metrics
def test_threshold_noise_of_any_generator_gives_nearly_the_same_score(
    sounds, score, metric
):
    noisy = sounds.music + 0.3 * sounds.rain
    drawn = [
        score(metric, noisy, SLOPING, rng=rng)
        for rng in (1, 2, np.random.default_rng(1), np.random.default_rng(2))
    ]
    assert 1e-6 < np.ptp(drawn) < 4e-4


@both_metrics
def test_threshold_noise_lifts_silent_bands(sounds, score, metric):
    noisy = sounds.music + 0.3 * sounds.rain
    lift = score(metric, noisy, SLOPING, rng=1) - score(metric, noisy, SLOPING)
    assert 5e-4 < lift < 0.013


@both_metrics
def test_gain_and_calibration_are_the_same_thing(sounds, score, metric):
    noisy = sounds.music + 0.3 * sounds.rain
    louder = score(metric, 2 * noisy, SLOPING, reference=2 * sounds.music)
    level = 100.0 + 20 * np.log10(2.0)
    recalibrated = score(metric, noisy, SLOPING, rms_one_db_spl=level)
    assert louder == pytest.approx(recalibrated, abs=1e-7)


@both_metrics
def test_a_delay_of_the_estimate_hardly_matters(sounds, score, metric):
    noisy = sounds.music + 0.3 * sounds.rain
    late = np.concatenate([np.zeros(160), noisy[:-160]])
    assert score(metric, late) == pytest.approx(score(metric, noisy), abs=0.02)


@both_metrics
def test_an_ear_that_hears_nothing_gives_the_documented_floor(sounds, score, metric):
    deaf = Audiogram(HZ, (130,) * 6)
    value = score(metric, 0.001 * sounds.music, deaf, reference=0.001 * sounds.music)
    assert value == pytest.approx({hasqi: 0.0, haaqi: 0.162}[metric], abs=1e-9)


@both_metrics
def test_details_lead_to_the_score(sounds, score, metric):
    noisy = sounds.music + 0.3 * sounds.rain
    details = DETAILS[metric](
        noisy, reference=sounds.music, sample_rate=sounds.sample_rate, audiogram=SLOPING
    )
    assert details.score == score(metric, noisy, SLOPING)
    parts = (
        details.envelope_correlation,
        details.fine_structure_correlation,
        details.loudness_similarity,
        details.shape_similarity,
    )
    assert all(0 < part < 1 for part in parts)
    assert (
        details.comparison.reference_spectrum_db.shape == details.band_hz.shape == (32,)
    )
    assert details.comparison.coherence.max() <= 1


@both_metrics
def test_colouring_shows_in_the_spectra_not_in_the_envelopes(sounds, metric):
    treble = np.diff(sounds.music, prepend=0.0)
    details = DETAILS[metric](
        2 * treble,
        reference=sounds.music,
        sample_rate=sounds.sample_rate,
        audiogram=NORMAL,
    )
    assert details.linear < 0.85
    assert details.envelope_correlation > 0.8


@both_metrics
@pytest.mark.parametrize("which", ["estimate", "reference"])
def test_silence_is_refused_by_name(sounds, score, metric, which):
    both = {"estimate": sounds.music, "reference": sounds.music}
    both[which] = np.zeros_like(sounds.music)
    with pytest.raises(ValueError, match=f"expected a sound in {which}, got silence"):
        score(metric, both["estimate"], reference=both["reference"])


@both_metrics
def test_unequal_lengths_are_refused(sounds, score, metric):
    with pytest.raises(ValueError, match="one length, got 23000 and 24000 samples"):
        score(metric, sounds.music[:23_000])


@both_metrics
def test_details_are_for_one_pair(sounds, metric):
    two = np.stack([sounds.music, sounds.music])
    with pytest.raises(ValueError, match="one signal and one ear"):
        DETAILS[metric](
            two,
            reference=sounds.music,
            sample_rate=sounds.sample_rate,
            audiogram=NORMAL,
        )


@both_metrics
def test_details_are_the_readers_own_to_change(sounds, score, metric):
    details = score(DETAILS[metric], sounds.music)
    first_hz = details.band_hz[0]
    details.band_hz[:] /= 1000
    assert score(DETAILS[metric], sounds.music).band_hz[0] == first_hz


@both_metrics
@pytest.mark.parametrize(
    ("factor", "fault"), [(1e-200, "silence"), (1e200, "full scale at 1")]
)
def test_sounds_beyond_all_formats_are_refused_not_scored_nan(
    sounds, score, metric, factor, fault
):
    with pytest.raises(ValueError, match=fault):
        score(metric, factor * sounds.music)
