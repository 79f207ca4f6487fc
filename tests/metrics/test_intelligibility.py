"""HASPI without a peer: what must hold for any measure of intelligibility."""

import numpy as np
import pytest

from clarity_lab.hearing import Audiogram, Listener
from clarity_lab.hearing.levels import LevelWarning
from clarity_lab.metrics import (
    better_ear_haspi,
    haspi,
    haspi_details,
    prepare_reference,
)

HZ = (250, 500, 1000, 2000, 4000, 6000)
NORMAL = Audiogram(HZ, (0, 0, 0, 0, 0, 0))
SLOPING = Audiogram(HZ, (10, 15, 25, 40, 60, 70))


def flat(loss_db):
    return Audiogram(HZ, (loss_db,) * 6)


@pytest.fixture
def score(sounds):
    """HASPI of the speech fixture in a normal ear, unless told otherwise."""

    def scored(estimate, audiogram=NORMAL, **options):
        options = {"reference": sounds.speech, **options}
        return haspi(
            estimate, sample_rate=sounds.sample_rate, audiogram=audiogram, **options
        )

    return scored


def noisy(sounds, snr_db):
    return sounds.speech + 10 ** (-snr_db / 20) * sounds.rain


def test_a_perfect_copy_is_understood(sounds, score):
    assert 0.99 < score(sounds.speech) < 1.01


def test_noise_alone_is_not_understood(sounds, score):
    assert 0 <= score(sounds.rain) < 0.02


def test_understanding_rises_with_the_snr(sounds, score):
    speech, rain = sounds.long_speech, sounds.long_rain
    mixes = [speech + 10 ** (-snr_db / 20) * rain for snr_db in (-15, -9, -3, 3, 9)]
    scores = score(np.stack(mixes), reference=speech)
    assert np.all(np.diff(scores) > 0.005)
    assert scores[0] < 0.1
    assert scores[-1] > 0.6


def test_understanding_falls_with_hearing_loss(sounds, score):
    losses = [flat(loss_db) for loss_db in (0, 30, 50, 60, 70)]
    scores = score(sounds.speech, audiogram=losses)
    assert np.all(np.diff(scores) < 0)
    assert scores[-1] < 0.5 * scores[0]


def test_a_hearing_aid_that_makes_it_louder_helps_an_impaired_ear(sounds, score):
    soft, loud = (score(gain * sounds.speech, flat(60)) for gain in (1, 10))
    assert loud > soft + 0.2


def test_calibration_and_gain_are_the_same_thing(sounds, score):
    louder = score(10 * noisy(sounds, 0), SLOPING, reference=10 * sounds.speech)
    recalibrated = score(noisy(sounds, 0), SLOPING, rms_one_db_spl=120.0)
    assert louder == pytest.approx(recalibrated, abs=1e-7)
    assert louder != pytest.approx(score(noisy(sounds, 0), SLOPING), abs=1e-3)


def test_a_common_delay_changes_nothing(sounds, score):
    silence = np.zeros(800)
    shifted = np.concatenate([silence, noisy(sounds, 0)[:-800]])
    reference = np.concatenate([silence, sounds.speech[:-800]])
    start = np.concatenate([noisy(sounds, 0)[:-800], silence])
    start_reference = np.concatenate([sounds.speech[:-800], silence])
    assert score(shifted, reference=reference) == pytest.approx(
        score(start, reference=start_reference), abs=2e-3
    )


def test_a_late_estimate_is_found_and_hardly_punished(sounds):
    late = np.concatenate([np.zeros(320), sounds.speech[:-320]])
    details = haspi_details(
        late,
        reference=sounds.speech,
        sample_rate=sounds.sample_rate,
        audiogram=NORMAL,
    )
    found_s = details.delay_s + details.band_lags_s
    np.testing.assert_allclose(found_s, 320 / sounds.sample_rate, atol=1e-3)
    assert details.score > 0.95


def test_polarity_does_not_matter(sounds, score):
    mix = noisy(sounds, 0)
    assert score(-mix) == pytest.approx(score(mix), abs=1e-9)


def test_many_ears_at_once_are_the_ears_one_by_one(sounds, score):
    ears = [NORMAL, SLOPING, flat(50)]
    mix = noisy(sounds, 3)
    together = score(mix, audiogram=ears)
    np.testing.assert_array_equal(together, [score(mix, ear) for ear in ears])


def test_leading_axes_are_separate_signals_with_one_reference_or_each_its_own(
    sounds, score
):
    mixes = np.stack([[noisy(sounds, snr_db)] for snr_db in (-3, 3)])
    scores = score(mixes, audiogram=[NORMAL, SLOPING])
    assert scores.shape == (2, 1, 2)
    assert scores[1, 0, 1] == score(mixes[1, 0], SLOPING)
    references = np.broadcast_to(sounds.speech, mixes.shape)
    np.testing.assert_array_equal(
        scores, score(mixes, audiogram=[NORMAL, SLOPING], reference=references)
    )


def test_a_prepared_reference_gives_the_same_score(sounds, score):
    prepared = prepare_reference(sounds.speech, sample_rate=sounds.sample_rate)
    mix = noisy(sounds, 0)
    assert score(mix, SLOPING, reference=prepared) == score(mix, SLOPING)


def test_a_prepared_reference_insists_on_its_rate_level_and_length(sounds, score):
    prepared = prepare_reference(sounds.speech, sample_rate=sounds.sample_rate)
    with pytest.raises(ValueError, match=r"prepared with, \(16000, 100.0\), got"):
        score(sounds.speech, reference=prepared, rms_one_db_spl=65.0)
    with pytest.raises(ValueError, match="one length, got 23999 and 24000"):
        score(sounds.speech[:-1], reference=prepared)


@pytest.mark.parametrize("good", [0, 1])
def test_the_better_ear_is_the_maximum(sounds, score, good):
    mixes = np.stack([noisy(sounds, -6), noisy(sounds, -6)])
    mixes[good] = noisy(sounds, 6)
    listener = Listener("someone", left=SLOPING, right=flat(20))
    both = better_ear_haspi(
        mixes,
        reference=np.stack([sounds.speech, sounds.speech]),
        sample_rate=sounds.sample_rate,
        listener=listener,
    )
    ears = [score(mix, ear) for mix, ear in zip(mixes, listener.ears, strict=True)]
    assert both == max(ears)
    assert np.argmax(ears) == good


def test_prepared_references_serve_both_ears(sounds):
    mixes = np.stack([noisy(sounds, 0), noisy(sounds, 3)])
    clean = np.stack([sounds.speech, 0.5 * sounds.speech])
    rate = sounds.sample_rate
    options = {"sample_rate": rate, "listener": Listener("a", NORMAL, SLOPING)}
    prepared = tuple(prepare_reference(side, sample_rate=rate) for side in clean)
    assert better_ear_haspi(mixes, reference=prepared, **options) == better_ear_haspi(
        mixes, reference=clean, **options
    )


def test_many_listeners_draw_as_one_after_the_other(sounds):
    mixes = np.stack([noisy(sounds, 0), noisy(sounds, 3)])
    listeners = [Listener("a", NORMAL, SLOPING), Listener("b", SLOPING, flat(40))]
    options = {
        "reference": np.stack([sounds.speech, sounds.speech]),
        "sample_rate": sounds.sample_rate,
    }
    together = better_ear_haspi(mixes, listener=listeners, rng=3, **options)
    rng = np.random.RandomState(3)
    alone = [
        better_ear_haspi(mixes, listener=one, rng=rng, **options) for one in listeners
    ]
    np.testing.assert_array_equal(together, alone)


def test_jitter_is_small_and_its_absence_unbiased_within_its_spread(sounds, score):
    mix = noisy(sounds, -3)
    drawn = [score(mix, SLOPING, rng=np.random.default_rng(n)) for n in range(6)]
    assert 1e-5 < np.std(drawn) < 4e-4
    assert score(mix, SLOPING) == pytest.approx(np.mean(drawn), abs=2e-4)


def test_details_lead_to_the_score(sounds, score):
    mix = noisy(sounds, 0)
    details = haspi_details(
        mix, reference=sounds.speech, sample_rate=sounds.sample_rate, audiogram=SLOPING
    )
    assert details.score == score(mix, SLOPING)
    assert details.modulation_correlations.shape == details.modulation_hz.shape == (10,)
    means = details.cepstral_correlations.mean(axis=-1)
    np.testing.assert_allclose(means, details.modulation_correlations)
    assert details.reference_envelopes_db.shape == (32, details.audible.size)
    assert details.audible.size == pytest.approx(1.5 * details.frame_rate_hz, abs=3)
    assert details.band_lags_s.shape == details.band_hz.shape == (32,)


def test_an_ear_that_hears_nothing_understands_nothing(sounds, score):
    assert score(0.01 * sounds.speech, flat(120)) < 0.01


@pytest.mark.parametrize("which", ["estimate", "reference"])
def test_silence_is_refused_by_name(sounds, score, which):
    sounds_given = {"estimate": sounds.speech, "reference": sounds.speech}
    sounds_given[which] = np.zeros_like(sounds.speech)
    with pytest.raises(ValueError, match=f"expected a sound in {which}, got silence"):
        score(sounds_given["estimate"], reference=sounds_given["reference"])


@pytest.mark.parametrize("which", ["estimate", "reference"])
def test_nan_is_refused_by_name_and_place(sounds, score, which):
    bad = sounds.speech.copy()
    bad[7] = np.nan
    both = {"estimate": sounds.speech, "reference": sounds.speech, which: bad}
    with pytest.raises(ValueError, match=f"finite {which}, got 1 NaN.* at sample 7"):
        score(both["estimate"], reference=both["reference"])


def test_less_than_a_quarter_of_a_second_is_too_short(sounds, score):
    short, enough = sounds.speech[4000:7999], sounds.speech[4000:8200]
    with pytest.raises(ValueError, match=r"at least 0\.25 s"):
        score(short, reference=short)
    assert score(enough, reference=enough) > 0.9


def test_a_click_is_too_short_however_long_the_file(sounds, score):
    click = np.zeros_like(sounds.speech)
    click[5000:5100] = 0.1
    with pytest.raises(ValueError, match=r"of sound in reference, got 0\.007 s"):
        score(sounds.speech, reference=click)


def test_unequal_lengths_are_refused(sounds, score):
    with pytest.raises(ValueError, match="one length, got 23000 and 24000 samples"):
        score(sounds.speech[:23_000])


def test_a_stereo_reference_for_a_mono_estimate_is_refused(sounds, score):
    stereo = np.stack([sounds.speech, sounds.speech])
    with pytest.raises(ValueError, match=r"got \(2, 24000\). Choose a channel"):
        score(sounds.speech, reference=stereo)


def test_a_rate_in_kilohertz_is_refused(sounds):
    with pytest.raises(TypeError, match=r"not 44\.1"):
        haspi(
            sounds.speech, reference=sounds.speech, sample_rate=44.1, audiogram=NORMAL
        )
    with pytest.raises(ValueError, match="at least 8000 Hz, got 4000"):
        haspi(
            sounds.speech, reference=sounds.speech, sample_rate=4000, audiogram=NORMAL
        )


def test_bare_numbers_are_no_audiogram(sounds, score):
    with pytest.raises(
        TypeError, match="expected an Audiogram of one ear, got ndarray"
    ):
        score(sounds.speech, np.array(HZ))
    with pytest.raises(ValueError, match="are these the frequencies"):
        score(sounds.speech, Audiogram(HZ, HZ))


def test_integers_are_refused(sounds, score):
    with pytest.raises(TypeError, match="floating-point"):
        score((32768 * sounds.speech).astype(np.int16))


def test_an_unknown_rng_is_refused(sounds, score):
    with pytest.raises(TypeError, match="a seed or a generator, got str"):
        score(sounds.speech, rng="lucky")


def test_an_inaudible_reference_is_refused_with_its_level(sounds, score):
    with (
        pytest.warns(LevelWarning),
        pytest.raises(ValueError, match="below threshold at -35 dB SPL"),
    ):
        score(sounds.speech, rms_one_db_spl=0.0)


@pytest.mark.parametrize(("gain", "level"), [(1000, 125), (1e-4, -15)])
def test_an_absurd_level_warns_and_says_what_would_be_right(sounds, score, gain, level):
    with pytest.warns(LevelWarning, match=f"estimate would play at {level} dB SPL"):
        score(gain * sounds.speech)


def test_one_channel_is_no_scene_for_two_ears(sounds):
    with pytest.raises(ValueError, match=r"estimate of shape \(..., 2, samples\)"):
        better_ear_haspi(
            sounds.speech,
            reference=sounds.speech,
            sample_rate=sounds.sample_rate,
            listener=Listener("someone", NORMAL, NORMAL),
        )


def test_details_are_the_readers_own_to_change(sounds, score):
    prepared = prepare_reference(sounds.speech, sample_rate=sounds.sample_rate)
    mix = noisy(sounds, 0)
    before = score(mix, reference=prepared)
    details = haspi_details(
        mix,
        reference=prepared,
        sample_rate=sounds.sample_rate,
        audiogram=NORMAL,
    )
    first_hz = details.band_hz[0]
    details.band_hz[:] /= 1000
    details.reference_envelopes_db[:] = 0
    assert score(mix, reference=prepared) == before
    again = haspi_details(
        mix,
        reference=prepared,
        sample_rate=sounds.sample_rate,
        audiogram=NORMAL,
    )
    assert again.band_hz[0] == first_hz


@pytest.mark.parametrize("reference", [None, 1.0])
def test_what_is_no_reference_is_refused_by_name(sounds, score, reference):
    with pytest.raises((TypeError, ValueError), match="expected reference"):
        score(sounds.speech, reference=reference)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_prepared_references_must_be_two(sounds, count):
    prepared = prepare_reference(sounds.speech, sample_rate=sounds.sample_rate)
    reference = (prepared,) * count if count else prepared
    with pytest.raises(ValueError, match="tuple of two prepared"):
        better_ear_haspi(
            np.stack([sounds.speech, sounds.speech]),
            reference=reference,
            sample_rate=sounds.sample_rate,
            listener=Listener("L0001", left=NORMAL, right=NORMAL),
        )


def test_a_level_warning_names_the_line_that_asked_for_the_score(sounds):
    with pytest.warns(LevelWarning) as caught:
        haspi(
            1000 * sounds.speech,
            reference=sounds.speech,
            sample_rate=sounds.sample_rate,
            audiogram=NORMAL,
        )
    assert [warning.filename for warning in caught] == [__file__]


def test_a_negative_seed_is_explained(score, sounds):
    with pytest.raises(ValueError, match=r"expected a seed in rng from 0 .* got -1"):
        score(sounds.speech, rng=-1)


def test_channels_last_are_told_to_turn_round(score, sounds):
    stereo = np.stack([sounds.speech, sounds.speech])
    with pytest.raises(ValueError, match=r"time is the last axis, try estimate\.T"):
        score(stereo.T)
    with pytest.raises(ValueError, match=r"time is the last axis, try estimate\.T"):
        better_ear_haspi(
            stereo.T,
            reference=stereo,
            sample_rate=sounds.sample_rate,
            listener=Listener("L0001", NORMAL, NORMAL),
        )


def test_a_tensor_that_needs_a_gradient_is_explained(score, sounds):
    torch = pytest.importorskip("torch", reason="needs the models' packages")
    speech = torch.tensor(sounds.speech, requires_grad=True)
    with pytest.raises(TypeError, match=r"Try estimate\.detach.* clarity_lab\.models"):
        score(speech)
