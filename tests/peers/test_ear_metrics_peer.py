"""HASPI, HASQI and HAAQI agree with pyclarity 0.9.0 when they draw the same noise."""

import logging
from itertools import product

import numpy as np
import pytest

from clarity_lab.hearing import Listener, read_listeners
from clarity_lab.manifests import fetch
from clarity_lab.metrics import (
    better_ear_haspi,
    haaqi,
    haaqi_details,
    haspi,
    haspi_details,
    hasqi,
    hasqi_details,
)
from tests.peers import ear_metric_cases as cases

clarity = pytest.importorskip(
    "clarity",
    reason="the peer pyclarity 0.9.0 is not installed: "
    "python start.py test installs it",
)
SEED = 5
EARS = cases.ears()
RATE = cases.RATE
# Every sound in one ear and every ear with one sound; the other pairs are slow.
QUICK = [(sound, "steep") for sound in cases.SOUNDS]
QUICK += [("very_short", ear) for ear in EARS if ear != "steep"]
SLOW = [pair for pair in product(cases.SOUNDS, EARS) if pair not in QUICK]
PAIRS = QUICK + [pytest.param(*pair, marks=pytest.mark.slow) for pair in SLOW]

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(autouse=True)
def _quiet_peer():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def peers_audiogram(audiogram):
    from clarity.utils.audiogram import Audiogram

    levels, hz = audiogram.thresholds_db_hl, audiogram.frequencies_hz
    return Audiogram(levels=np.array(levels), frequencies=np.array(hz))


def peers(metric, clean, noisy, audiogram, sample_rate=RATE, level=100.0):
    from clarity.evaluator.haaqi import haaqi_v1
    from clarity.evaluator.haspi import haspi_v2
    from clarity.evaluator.hasqi import hasqi_v2

    np.random.seed(SEED)  # noqa: NPY002  the peer reads no other
    call = {"haspi": haspi_v2, "hasqi": hasqi_v2, "haaqi": haaqi_v1}[metric]
    extra = {"equalisation": 1} if metric == "haaqi" else {}
    ear = peers_audiogram(audiogram)
    return call(clean, sample_rate, noisy, sample_rate, ear, level1=level, **extra)


@pytest.mark.parametrize(("sound", "ear"), PAIRS)
def test_haspi_is_the_peers_within_1e_minus_9(sound, ear):
    clean, noisy = cases.SOUNDS[sound]()
    theirs, features = peers("haspi", clean, noisy, EARS[ear])
    ours = haspi_details(
        noisy, reference=clean, sample_rate=RATE, audiogram=EARS[ear], rng=SEED
    )
    assert ours.score == pytest.approx(theirs, abs=1e-9)
    np.testing.assert_allclose(ours.modulation_correlations, features, atol=1e-9)


@pytest.mark.parametrize(("sound", "ear"), PAIRS)
@pytest.mark.parametrize("metric", ["hasqi", "haaqi"])
def test_quality_and_its_parts_are_the_peers_within_1e_minus_8(metric, sound, ear):
    clean, noisy = cases.SOUNDS[sound]()
    score, nonlinear, linear, parts = peers(metric, clean, noisy, EARS[ear])
    details = {"hasqi": hasqi_details, "haaqi": haaqi_details}[metric]
    ours = details(
        noisy, reference=clean, sample_rate=RATE, audiogram=EARS[ear], rng=SEED
    )
    assert ours.score == pytest.approx(score, abs=1e-8)
    assert ours.nonlinear == pytest.approx(nonlinear, abs=1e-8)
    assert ours.linear == pytest.approx(linear, abs=1e-8)
    our_parts = (
        ours.envelope_correlation,
        ours.fine_structure_correlation,
        ours.loudness_similarity,
        ours.shape_similarity,
    )
    np.testing.assert_allclose(our_parts, parts, atol=1e-8)


@pytest.mark.parametrize("metric", ["haspi", "hasqi", "haaqi"])
@pytest.mark.parametrize("sample_rate", [8_000, 16_000, 24_000, 48_000])
def test_every_sample_rate_gives_the_peers_score(metric, sample_rate):
    clean, noisy = cases.SOUNDS["very_short"]()
    ear = EARS["steep"]
    theirs = peers(metric, clean, noisy, ear, sample_rate=sample_rate, level=90.0)[0]
    ours = {"haspi": haspi, "hasqi": hasqi, "haaqi": haaqi}[metric](
        noisy,
        reference=clean,
        sample_rate=sample_rate,
        audiogram=ear,
        rms_one_db_spl=90.0,
        rng=SEED,
    )
    assert ours == pytest.approx(theirs, abs=1e-8)


@pytest.mark.parametrize("sound", ["speech_in_rain", "late_and_coloured"])
def test_the_better_ear_is_the_peers(sound):
    from clarity.evaluator.haspi import haspi_v2_be
    from clarity.utils.audiogram import Listener as PeersListener

    clean, noisy = (np.stack([x, 0.5 * np.roll(x, 30)]) for x in cases.SOUNDS[sound]())
    left, right = EARS["steep"], EARS["flat-0"]
    np.random.seed(SEED)  # noqa: NPY002
    theirs = haspi_v2_be(
        *clean,
        *noisy,
        RATE,
        PeersListener(peers_audiogram(left), peers_audiogram(right)),
    )
    ours = better_ear_haspi(
        noisy,
        reference=clean,
        sample_rate=RATE,
        listener=Listener("someone", left=left, right=right),
        rng=SEED,
    )
    assert ours == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("metric", ["haspi", "hasqi", "haaqi"])
def test_stereo_in_one_call_is_the_peer_channel_by_channel(metric):
    clean, noisy = (np.stack([x, x[::-1]]) for x in cases.SOUNDS["very_short"]())
    ear = EARS["steep"]
    ours = {"haspi": haspi, "hasqi": hasqi, "haaqi": haaqi}[metric]
    for n in range(2):
        one = ours(
            noisy[n], reference=clean[n], sample_rate=RATE, audiogram=ear, rng=SEED
        )
        assert one == pytest.approx(peers(metric, clean[n], noisy[n], ear)[0], abs=1e-8)
    both = ours(noisy, reference=clean, sample_rate=RATE, audiogram=ear)
    alone = [
        ours(y, reference=x, sample_rate=RATE, audiogram=ear)
        for x, y in zip(clean, noisy, strict=True)
    ]
    np.testing.assert_allclose(both, alone, atol=1e-14)


@pytest.mark.parametrize("metric", ["haspi", "hasqi", "haaqi"])
def test_a_shared_generator_is_left_where_the_peer_leaves_it(metric):
    clean, noisy = cases.SOUNDS["very_short"]()
    ear = EARS["steep"]
    peers(metric, clean, noisy, ear)
    theirs = np.random.random()  # noqa: NPY002
    rng = np.random.RandomState(SEED)
    ours = {"haspi": haspi, "hasqi": hasqi, "haaqi": haaqi}[metric]
    ours(noisy, reference=clean, sample_rate=RATE, audiogram=ear, rng=rng)
    assert rng.random_sample() == theirs


def test_less_rain_can_score_lower_in_an_ear_with_a_loss_and_so_it_does_in_the_peer():
    listeners = read_listeners(fetch("samples", "audiograms/clarity.json"))
    ear = listeners["L0098"].left
    clean, rainy = cases.speech_in_more_and_in_less_rain()
    ours = [
        haspi(one, reference=clean, sample_rate=RATE, audiogram=ear, rng=SEED)
        for one in rainy
    ]
    theirs = [peers("haspi", clean, one, ear)[0] for one in rainy]
    np.testing.assert_allclose(ours, theirs, atol=1e-8)
    assert ours[1] < ours[0] - 0.2


def test_a_perfect_copy_stays_below_1_and_so_it_does_in_the_peer():
    music, copy = cases.perfect_copy()
    ear = EARS["flat-0"]
    ours = haaqi(copy, reference=music, sample_rate=RATE, audiogram=ear, rng=SEED)
    assert ours == pytest.approx(peers("haaqi", music, copy, ear)[0], abs=1e-8)
    assert ours < 0.95
