import math
from dataclasses import replace

import numpy as np
import pytest

from clarity_lab.scenes.building.scene import HeadTurn, Interferer, Scene, Target
from clarity_lab.scenes.rendering.rendering import render_scene
from clarity_lab.scenes.rendering.speech_weighting import speech_weighted_snr_db
from clarity_lab.scenes.rooms.room import Room
from clarity_lab.scenes.rooms.room_measures import reverberation_time_s
from clarity_lab.scenes.rooms.room_responses import RoomResponses
from clarity_lab.scenes.rooms.source import Source
from clarity_lab.scenes.spatial.ambisonics import harmonics
from clarity_lab.scenes.spatial.hrir import kemar
from clarity_lab.scenes.spatial.interaural import ild_db, itd_s

RATE = 44_100
N = 22_050
LISTENER = Source((0.0, 1.0, 1.2), view=(0.0, 1.0, 0.0))  # 90 degrees in room axes
ROOM = Room(
    "R1",
    (5.0, 4.0, 2.5),
    listener=LISTENER,
    target=Source((0.0, 3.0, 1.2)),
    interferers=(Source((-1.0, 1.0, 1.2)), Source((1.0, 1.0, 1.2))),
)
STILL = HeadTurn(start=1_000, end=1_100, start_deg=90.0, end_deg=90.0)
SCENE = Scene(
    name="S1",
    dataset="train",
    room="R1",
    target=Target("sentence", start=4_000, end=14_000),
    interferers=(
        Interferer(1, "noise", "fan.wav", offset=100, start=0, end=N),
        Interferer(2, "speech", "talker.wav", offset=0, start=0, end=N),
    ),
    n_samples=N,
    snr_db=-3.0,
    head_turn=STILL,
    microphones=("ED", "BTE_fr"),
)


def response_from(azimuth_deg, *, distance_m=1.0):
    delay = round(distance_m / 344 * RATE)
    direct = np.zeros((49, delay + 1))
    direct[:, -1] = harmonics(azimuth_deg) / distance_m
    return direct


ANECHOIC = RoomResponses(
    response_from(0.0, distance_m=2.0),
    (response_from(90.0), response_from(-90.0)),
    RATE,
)


@pytest.fixture
def sounds(rng):
    return {
        "target": rng.standard_normal(9_000),
        "interferers": list(rng.standard_normal((2, N + 200))),
    }


def render(scene, sounds, *, responses=ANECHOIC, heads=None, **options):
    heads = heads or [kemar()] * len(scene.microphones)
    return render_scene(
        scene,
        room=ROOM,
        responses=responses,
        heads=heads,
        sample_rate=RATE,
        **{**sounds, **options},
    )


def facing(degrees_left, *, until=None, scene=SCENE):
    """The scene with a head that points there, before the target speaks or turning."""
    start = degrees_left if until is None else until
    turn = HeadTurn(2_000, 3_000, 90.0 + start, 90.0 + degrees_left)
    return replace(scene, head_turn=turn)


def below_1_khz(sound):
    from scipy.signal import butter, sosfiltfilt

    return sosfiltfilt(butter(4, 1_000, fs=RATE, output="sos"), sound)


def measured_snr_db(rendered, pair, scene=SCENE):
    said = slice(scene.target.start, scene.target.end)
    return speech_weighted_snr_db(
        rendered.target[pair][:, said],
        noise=rendered.interferer[pair][:, said],
        sample_rate=RATE,
    )


@pytest.mark.parametrize("facing_deg", [-90, -20, 0, 45, 90])
def test_time_and_level_differences_are_those_of_the_head(sounds, facing_deg):
    head = kemar()
    rendered = render(facing(facing_deg), sounds)
    off = (head.azimuth_deg + facing_deg + 180) % 360 - 180
    nearest = np.argmin(np.abs(off) + 99 * (head.elevation_deg != 0))
    spoken = sounds["target"]
    expected = [np.convolve(spoken, ir) for ir in head.irs[nearest]]
    expected = below_1_khz(np.array(expected))
    for heard in (rendered.anechoic, rendered.target[0]):
        heard = below_1_khz(heard[:, 4_000:])
        difference_s = itd_s(heard, sample_rate=RATE) - itd_s(
            expected, sample_rate=RATE
        )
        assert abs(difference_s) < 25e-6
        assert ild_db(heard) == pytest.approx(ild_db(expected), abs=0.4)


def test_the_level_of_a_source_at_two_metres_is_half_the_heads_response(sounds):
    head = kemar()
    rendered = render(SCENE, sounds)
    ahead = np.argmin(np.abs(head.azimuth_deg) + np.abs(head.elevation_deg))
    alone = np.array([np.convolve(sounds["target"], ir) for ir in head.irs[ahead]])
    ratio = np.std(below_1_khz(rendered.target[0])) / np.std(below_1_khz(alone))
    ratio *= math.sqrt(N / alone.shape[-1])  # as much energy over more samples
    assert ratio == pytest.approx(0.5, rel=0.03)


def test_without_walls_the_target_is_the_anechoic_one_at_its_distance(sounds):
    rendered = render(facing(40, until=10), sounds)
    np.testing.assert_allclose(rendered.target[1], rendered.anechoic / 2, atol=1e-9)


@pytest.mark.parametrize("snr_db", [-12.0, 0.0, 6.0])
def test_the_snr_asked_for_is_the_snr_at_the_front_microphone(sounds, snr_db):
    scene = replace(SCENE, snr_db=snr_db)
    soft = replace(kemar(), irs=kemar().irs[:, :, ::-1])  # another pair, another SNR
    rendered = render(scene, sounds, heads=[soft, kemar()])
    assert measured_snr_db(rendered, 1) == pytest.approx(snr_db, abs=1e-9)


def test_the_only_pair_of_microphones_is_the_front_one(sounds):
    scene = replace(SCENE, microphones=("ED",))
    rendered = render(scene, sounds)
    assert measured_snr_db(rendered, 0) == pytest.approx(-3.0, abs=1e-9)


def test_shapes_and_the_mix(sounds):
    rendered = render(SCENE, sounds)
    assert rendered.target.shape == rendered.interferer.shape == (2, 2, N)
    assert rendered.anechoic.shape == (2, N)
    assert rendered.head_turn_rad.shape == (N,)
    np.testing.assert_allclose(rendered.mix, rendered.target + rendered.interferer)


def test_whoever_looks_left_hears_the_target_at_the_right(sounds):
    rendered = render(facing(60), sounds)
    assert ild_db(rendered.target[0]) < -3
    assert ild_db(rendered.anechoic) < -3


def test_a_full_turn_ends_where_it_began(sounds):
    still = render(facing(0), sounds)
    turned = render(facing(0, until=-360.0), sounds)
    np.testing.assert_allclose(turned.target, still.target, atol=1e-9)
    off = np.abs(turned.interferer - still.interferer).max(axis=(0, 1))
    assert off[:2_000].max() < 1e-9
    assert off[2_000:3_000].max() > 0.1
    assert off[3_600:].max() < 1e-9


def test_where_a_turn_began_is_forgotten(sounds):
    twice = render(facing(50, until=20), sounds)
    once = render(facing(50, until=-40), sounds)
    np.testing.assert_allclose(twice.target, once.target, atol=1e-9)


def test_an_interferer_sounds_from_its_position(sounds):
    swapped = tuple(replace(x, position=3 - x.position) for x in SCENE.interferers)
    silent = [sounds["interferers"][0], 1e-9 * sounds["interferers"][1]]
    sounds = {**sounds, "interferers": silent}
    at_left = render(SCENE, sounds)
    at_right = render(replace(SCENE, interferers=swapped), sounds)
    assert ild_db(at_left.interferer[0]) > 3
    assert ild_db(at_right.interferer[0]) < -3


def test_parity_goes_by_the_list_and_exchanges_left_and_right(sounds):
    swapped = tuple(replace(x, position=3 - x.position) for x in SCENE.interferers)
    sounds["interferers"][1] *= 1e-9
    rendered = render(replace(SCENE, interferers=swapped), sounds, parity=True)
    assert ild_db(rendered.interferer[0]) < -3  # place 1 is at the left
    assert rendered.target.shape == (2, 2, N + 511)


def test_the_reverberation_heard_is_that_of_the_room(rng, sounds):
    time_s = 0.3
    decay = 10 ** (-3 * np.arange(RATE // 2) / RATE / time_s)
    walls = [decay * rng.standard_normal((49, RATE // 2)) for _ in range(3)]
    click = np.zeros(10)
    click[0] = 1.0
    scene = replace(SCENE, target=Target("click", start=0, end=14_000))
    rendered = render(
        scene,
        {**sounds, "target": click},
        responses=RoomResponses(walls[0], tuple(walls[1:]), RATE),
    )
    expected = reverberation_time_s(walls[0][0], sample_rate=RATE)
    heard = reverberation_time_s(rendered.target[0], sample_rate=RATE)
    assert expected == pytest.approx(time_s, rel=0.05)
    np.testing.assert_allclose(heard, expected, rtol=0.1)


def test_a_head_at_another_rate_is_resampled(sounds):
    at_48_khz = kemar().at_rate(48_000)
    rendered = render(SCENE, sounds, heads=[at_48_khz, at_48_khz])
    expected = render(SCENE, sounds)
    off = below_1_khz(rendered.target - expected.target)
    assert np.std(off) < 0.01 * np.std(below_1_khz(expected.target))


def test_pairs_of_different_lengths_go_together(sounds):
    short = replace(kemar(), irs=kemar().irs[..., :128])
    rendered = render(SCENE, sounds, heads=[short, kemar()])
    alone = render(replace(SCENE, microphones=("ED",)), sounds, heads=[short])
    np.testing.assert_allclose(rendered.target[0], alone.target[0], atol=1e-9)


def test_an_interferer_that_is_too_short_is_named(sounds):
    sounds["interferers"][0] = sounds["interferers"][0][:N]
    message = r"scene S1: expected interferer fan\.wav with 22150 samples .* got 22050"
    with pytest.raises(ValueError, match=message):
        render(SCENE, sounds)


def test_parity_fills_a_short_interferer_up_with_silence(sounds):
    sounds["interferers"][1][12_000:] = 0.0
    whole = render(SCENE, sounds, parity=True)
    sounds["interferers"][1] = sounds["interferers"][1][:12_000]
    short = render(SCENE, sounds, parity=True)
    np.testing.assert_allclose(short.interferer, whole.interferer, atol=1e-9)


def test_a_target_that_would_be_cut_off_is_refused(sounds):
    sounds["target"] = np.ones(N)
    with pytest.raises(ValueError, match=r"S1: expected the target to be over at"):
        render(SCENE, sounds)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"interferers": []}, "scene S1: expected 2 interferers, got 0 sounds"),
        ({"heads": [kemar()]}, "each of its microphones ED, BTE_fr, got 1"),
        ({"room": replace(ROOM, name="R2")}, "its room R1, got R2"),
        ({"sample_rate": 16_000}, "at 44100 Hz, got 16000 and 44100 Hz"),
        ({"target": np.zeros(900)}, "scene S1: .* where the SNR is set, got silence"),
        ({"target": np.full(9, np.nan)}, "scene S1: expected finite the target"),
        (
            {"responses": RoomResponses(response_from(0), (response_from(9),), RATE)},
            r"place 2 for interferers, got responses from 1 place\(s\)",
        ),
    ],
)
def test_what_does_not_fit_the_scene_is_named(sounds, changes, message):
    arguments = {
        "room": ROOM,
        "responses": ANECHOIC,
        "heads": [kemar()] * 2,
        "sample_rate": RATE,
        **sounds,
        **changes,
    }
    with pytest.raises(ValueError, match=message):
        render_scene(SCENE, **arguments)


def test_a_target_longer_than_its_time_is_refused_and_cut_in_parity(sounds):
    sounds["target"] = np.ones(10_001)  # would be over within the scene
    with pytest.raises(ValueError, match=r"over at sample 14000, .* got 10001 samples"):
        render(SCENE, sounds)
    render(SCENE, sounds, parity=True)


def test_interferers_that_one_ear_cannot_hear_are_no_silent_nan(sounds):
    deaf = replace(kemar(), irs=kemar().irs * np.array([1.0, 0.0])[:, None])
    sounds["interferers"] = [one * 0 for one in sounds["interferers"]]
    sounds["interferers"][0][:] = 1e-200  # its energy is 0 in double precision
    with pytest.raises(
        ValueError, match=r"scene S1: expected the interferers to sound"
    ):
        render(SCENE, sounds, heads=[kemar(), deaf])


def test_a_scene_without_interferers_is_refused(sounds):
    sounds["interferers"] = []
    with pytest.raises(ValueError, match=r"at least one interferer: .* no SNR"):
        render(replace(SCENE, interferers=()), sounds)
