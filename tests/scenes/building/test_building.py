"""Building scenes: the documented distributions, and one generator per scene."""

import json
import random
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from clarity_lab.scenes.building.building import build_scenes
from clarity_lab.scenes.building.own_sounds import bundled_sounds
from clarity_lab.scenes.building.rules import CEC2, CEC2_ADDITIONAL, SceneRules
from clarity_lab.scenes.building.sounds import Sound, SoundList
from clarity_lab.scenes.clarity_files.scenes import read_scenes, write_scenes
from clarity_lab.scenes.rooms.random_rooms import random_rooms
from clarity_lab.scenes.rooms.source import bearing_deg

N = 2_000
CHANCE = 0.001
"""The seed is fixed; of about twenty claims a true one fails for one seed in fifty."""

LONG = 20 * 44_100


def sound(name, kind, group="", dataset="train", n_samples=LONG):
    return Sound(name, kind, group or kind, dataset, n_samples)


SOUNDS = SoundList(
    (
        *(sound(f"T{k:02d}", "target", n_samples=80_000 + k) for k in range(40)),
        *(sound(f"talker{k}.wav", "speech") for k in range(5)),
        *(sound(f"rare{k}.wav", "noise", "rare") for k in range(2)),
        *(sound(f"common{k}.wav", "noise", "common") for k in range(30)),
        *(sound(f"song{k}.mp3", "music") for k in range(5)),
        sound("short.wav", "noise", "short", n_samples=50_000),
        sound("T99", "target", dataset="dev", n_samples=90_000),
        sound("dev.wav", "speech", dataset="dev"),
    )
)
ROOMS = random_rooms(150, seed=1)


@pytest.fixture(scope="module")
def scenes():
    return build_scenes(N, rooms=ROOMS, sounds=SOUNDS, dataset="train", seed=440)


def built(n=10, **changes):
    given = {"rooms": ROOMS, "sounds": SOUNDS, "dataset": "train", "seed": 440}
    return build_scenes(n, **(given | changes))


def target_deg(scene):
    room = ROOMS[scene.room]
    return bearing_deg(room.target, seen_from=room.listener)


def fits(values, distribution):
    return stats.kstest(values, distribution.cdf).pvalue > CHANCE


def as_likely(counts, shares):
    expected = np.array(shares) / np.sum(shares) * np.sum(counts)
    return stats.chisquare(counts, expected).pvalue > CHANCE


def test_the_snr_is_uniform_from_minus_12_to_6_db(scenes):
    assert fits([scene.snr_db for scene in scenes], stats.uniform(-12, 18))


def test_the_target_starts_after_1_5_to_2_s_and_ends_1_s_before_the_scene(scenes):
    starts = np.array([scene.target.start for scene in scenes])
    assert 66_150 <= starts.min() <= starts.max() <= 88_200
    assert fits(starts, stats.uniform(66_150, 22_050))
    assert {scene.n_samples - scene.target.end for scene in scenes} == {44_100}


def test_two_and_three_interferers_are_as_frequent(scenes):
    counts = Counter(len(scene.interferers) for scene in scenes)
    assert set(counts) == {2, 3}
    assert as_likely([counts[2], counts[3]], [1, 1])


def test_kinds_are_drawn_together_and_again_while_there_is_too_much_music(scenes):
    for n, share_with_music in [(2, 4 / 8), (3, 12 / 20)]:
        kinds = [
            tuple(who.kind for who in scene.interferers)
            for scene in scenes
            if len(scene.interferers) == n
        ]
        assert all(some.count("music") <= 1 for some in kinds)
        counts = Counter(kinds)
        assert len(counts) == {2: 8, 3: 20}[n]
        assert as_likely(list(counts.values()), [1] * len(counts))
        with_music = np.mean(["music" in some for some in kinds])
        assert with_music == pytest.approx(share_with_music, abs=0.05)


def test_positions_are_a_sorted_choice_of_the_room_s_places(scenes):
    pairs = Counter(
        tuple(who.position for who in scene.interferers)
        for scene in scenes
        if len(scene.interferers) == 2
    )
    assert set(pairs) == {(1, 2), (1, 3), (2, 3)}
    assert as_likely(list(pairs.values()), [1, 1, 1])
    threes = [scene for scene in scenes if len(scene.interferers) == 3]
    places = {tuple(who.position for who in scene.interferers) for scene in threes}
    assert places == {(1, 2, 3)}


def test_interferers_last_as_long_as_the_scene_and_fit_into_their_sound(scenes):
    for scene in scenes:
        for who in scene.interferers:
            assert (who.start, who.end) == (0, scene.n_samples)
            found = SOUNDS.find(who.name, kind=who.kind)
            assert who.offset + who.n_samples <= found.n_samples


def test_the_piece_of_a_masker_is_taken_from_anywhere_in_it(scenes):
    shares = [
        who.offset / (LONG - who.n_samples)
        for scene in scenes
        for who in scene.interferers
    ]
    assert fits(shares, stats.uniform(0, 1))


def test_a_class_of_noise_is_as_frequent_however_few_its_sounds(scenes):
    classes = Counter(
        SOUNDS.find(who.name, kind="noise").group
        for scene in scenes
        for who in scene.interferers
        if who.kind == "noise"
    )
    assert set(classes) == {"rare", "common"}  # the short one never fits
    assert as_likely(list(classes.values()), [1, 1])


def test_the_head_turns_when_the_challenge_says(scenes):
    starts = [scene.head_turn.start - scene.target.start for scene in scenes]
    assert fits(starts, stats.uniform(-28_004, 66_151))
    lengths = [scene.head_turn.end - scene.head_turn.start for scene in scenes]
    assert fits(np.array(lengths) + 0.5, stats.norm(8_820, 441))  # int() cuts down
    np.testing.assert_allclose(lengths, np.round(lengths), atol=2e-4)


def test_the_head_turns_from_beside_the_target_towards_it(scenes):
    before = np.array([s.head_turn.start_deg - target_deg(s) for s in scenes])
    after = np.array([s.head_turn.end_deg - target_deg(s) for s in scenes])
    assert np.all(np.sign(before) == np.sign(np.where(after == 0, before, after)))
    assert as_likely([np.sum(before > 0), np.sum(before < 0)], [1, 1])
    assert np.all(np.abs(np.abs(before) - 25) <= 10 + 1e-4)  # two deviations
    assert fits(np.abs(before), stats.truncnorm(-2, 2, 25, 5))
    assert fits(np.abs(after), stats.uniform(0, 10))


def test_every_head_is_as_frequent_and_gives_four_microphone_pairs(scenes):
    heads = Counter(scene.microphones[0].removesuffix("-ED") for scene in scenes)
    assert set(heads) == set(CEC2.heads)
    assert len(CEC2.heads) == 19
    assert as_likely(list(heads.values()), [1] * 19)
    assert scenes[0].microphones == tuple(
        f"{scenes[0].microphones[0].removesuffix('-ED')}-{place}"
        for place in ("ED", "BTE_fr", "BTE_mid", "BTE_rear")
    )


def test_rooms_come_in_order_and_each_target_once_before_one_comes_again(scenes):
    names = list(ROOMS)
    assert [scene.room for scene in scenes[:151]] == [*names, names[0]]
    targets = [scene.target.name for scene in scenes[:80]]
    assert len(set(targets[:40])) == 40
    assert targets[40:] == targets[:40]
    assert targets[:40] != sorted(targets[:40])


def test_additional_data_takes_any_room_and_any_target():
    more = built(N, rules=CEC2_ADDITIONAL, first=10_001)
    assert more[0].name == "S10001"
    assert as_likely(list(Counter(s.room for s in more).values()), [1] * 150)
    targets = Counter(scene.target.name for scene in more)
    assert len(targets) == 40
    assert as_likely(list(targets.values()), [1] * 40)


def test_a_scene_does_not_depend_on_how_many_are_built():
    assert built(3) == built(200)[:3]


def test_a_scene_does_not_depend_on_what_was_drawn_before(rng):
    expected = built(3)
    np.random.random(99)  # noqa: NPY002
    random.random()
    built(5, seed=1)
    assert built(3) == expected


def test_seed_data_set_and_name_each_change_the_draws():
    both = SOUNDS + SoundList(
        tuple(replace(s, dataset="demo", name=f"x{s.name}") for s in SOUNDS.sounds)
    )
    ones = [
        built(1, sounds=both)[0],
        built(1, sounds=both, seed=441)[0],
        built(1, sounds=both, dataset="demo")[0],
        built(1, sounds=both, first=2)[0],
    ]
    assert len({scene.snr_db for scene in ones}) == 4


def test_a_seed_gives_this_scene_on_every_machine(tmp_path):
    write_scenes(built(1), tmp_path / "scenes.json")
    text = (tmp_path / "scenes.json").read_bytes().decode()
    assert "\r" not in text
    heads = ["VP_E11-ED", "VP_E11-BTE_fr", "VP_E11-BTE_mid", "VP_E11-BTE_rear"]
    span = {"time_start": 0, "time_end": 211_481}
    rare = {"type": "noise", "name": "rare1.wav", "offset": 371_392}
    song = {"type": "music", "name": "song0.mp3", "offset": 521_014}
    turn = [(106_224.9528, 95.2533), (114_220.9528, 68.9609)]
    assert json.loads(text)[0] == {
        "dataset": "train",
        "room": "R00001",
        "scene": "S00001",
        "target": {"name": "T38", "time_start": 87_343, "time_end": 167_381},
        "duration": 211_481,
        "interferers": [{"position": 1} | span | rare, {"position": 3} | span | song],
        "SNR": -5.4844,
        "listener": {
            "rotation": [{"sample": at, "angle": angle} for at, angle in turn],
            "hrir_filename": heads,
        },
    }


def test_built_scenes_come_back_from_a_file(tmp_path):
    scenes = built(30)
    write_scenes(scenes, tmp_path / "scenes.json")
    assert read_scenes(tmp_path / "scenes.json") == scenes


def test_only_sounds_of_the_data_set_are_used():
    rules = SceneRules(kinds=("speech",))
    for scene in built(20, dataset="dev", rules=rules):
        assert scene.dataset == "dev"
        assert scene.target.name == "T99"
        assert {who.name for who in scene.interferers} == {"dev.wav"}


def test_a_data_set_without_sounds_of_a_kind_says_which_there_are():
    with pytest.raises(ValueError, match=r"noise sounds .* 'dev', got only of train"):
        built(dataset="dev")
    with pytest.raises(ValueError, match=r"target sounds .* 'eval', got only of dev"):
        built(dataset="eval")


def test_maskers_repeat_only_when_asked_for():
    short = bundled_sounds()
    with pytest.raises(ValueError, match=r"noise masker of at least .*sounds\.looped"):
        built(50, sounds=short)
    assert len(built(50, sounds=short.looped(11))) == 50


def test_the_user_s_rules_are_followed():
    rules = SceneRules(
        n_before=(10, 10),
        n_after=(5, 5),
        snr_db=(3, 3),
        n_interferers=(1,),
        kinds=("music",),
        n_late=(100, 100),
        n_early=(50, 50),
        heads=("KEMAR",),
        microphones=("ED",),
        turn_start=(0, 0),
        turn_length=(4_410, 0),
        turn_from_deg=(40, 0),
        turn_to_deg=(0, 0),
    )
    for scene in built(20, rules=rules):
        assert scene.target.start == 10
        assert scene.n_samples == scene.target.end + 5
        assert scene.snr_db == 3
        assert scene.microphones == ("KEMAR-ED",)
        (only,) = scene.interferers
        assert (only.kind, only.start, only.end) == ("music", 100, scene.n_samples - 50)
        assert (scene.head_turn.start, scene.head_turn.end) == (10, 4_420)
        turned = scene.head_turn.start_deg - target_deg(scene)
        assert abs(turned) == pytest.approx(40, abs=1e-4)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"snr_db": (6, -12)}, r"snr_db from low to high, got 6\.0, -12\.0"),
        ({"room_order": "shuffled"}, r"room_order to be one of random, sequential"),
        ({"kinds": ("babble",)}, r"kinds to be one of music, noise, speech"),
        ({"kinds": ("music",)}, r"more than music for \(2, 3\) interferers"),
        ({"heads": "KEMAR"}, r"at least one of heads in a tuple, got 'KEMAR'"),
        ({"n_interferers": 2}, r"at least one of n_interferers in a tuple, got 2"),
        ({"heads": ()}, r"at least one of heads in a tuple, got \(\)"),
    ],
)
def test_rules_that_cannot_be_followed_are_refused(rules, message):
    with pytest.raises(ValueError, match=message):
        SceneRules(**rules)


def test_rooms_need_as_many_places_as_interferers():
    few = random_rooms(2, seed=1, n_interferers=2)
    with pytest.raises(ValueError, match=r"3 places for .* room R00001, got 2"):
        built(rooms=few)
    with pytest.raises(ValueError, match=r"at least one room, got none"):
        built(rooms=[])


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"snr_db": (-np.inf, 0)}, "snr_db as a finite number"),
        ({"n_before": (-5, 5)}, "n_before as a finite number of at least 0"),
        ({"n_interferers": (0, 2)}, "n_interferers from 1"),
    ],
)
def test_ranges_that_no_scene_can_have_are_refused(rules, message):
    with pytest.raises(ValueError, match=message):
        SceneRules(**rules)


def test_fewer_than_no_scenes_are_refused():
    words = {"rooms": random_rooms(1, seed=0), "sounds": bundled_sounds(), "seed": 0}
    for wrong in ({"n": -1}, {"n": 1, "first": -5}):
        with pytest.raises(ValueError, match="n and first from 0"):
            build_scenes(**wrong, dataset="train", **words)
