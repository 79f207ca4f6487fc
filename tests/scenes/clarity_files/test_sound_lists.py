"""Lists of sounds: the challenge's files, and maskers that repeat."""

import json

import pytest

from clarity_lab.scenes.building.sounds import Sound, SoundList
from clarity_lab.scenes.clarity_files.sound_lists import (
    LISTS,
    read_sound_lists,
    write_sound_lists,
)

SOUNDS = SoundList(
    (
        Sound("T037_EFJ_01324", "target", "T037", "train", 158_760),
        Sound("irm_02484.wav", "speech", "speech", "dev", 31_397_509),
        Sound("CIN_fan_014.wav", "noise", "ElectricFan", "train", 352_800),
        Sound("1111967.low.mp3", "music", "music", "train", 9_000_000),
    )
)


def noise(**changes):
    good = {"ID": "fan", "class": "Fan", "dataset": "train", "nsamples": 9}
    return good | changes


def test_the_published_lists_are_read(cec2_room):
    sounds = read_sound_lists(cec2_room / "metadata", audio=cec2_room)
    kinds = [len(sounds.of(kind)) for kind in LISTS]
    assert kinds == [48, 19, 303, 0]  # its music list is not published with it
    assert len(sounds.of("speech", dataset="dev")) == 4
    assert len({sound.group for sound in sounds.of("noise")}) == 7
    fan = sounds.find("CIN_fan_014.wav", kind="noise")
    assert fan.paths[0].is_file()


def test_lists_come_back_from_files_as_they_were(tmp_path):
    write_sound_lists(SOUNDS, tmp_path)
    assert read_sound_lists(tmp_path) == SOUNDS


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            noise(nsamples="9"),
            r"noise sound fan of .*: expected nsamples as a whole .*'9'",
        ),
        (noise(dataset=None), r"noise sound fan of .*: expected dataset as a text"),
        (noise(fs=48_000), r"expected fs as 44100 Hz, .* got 48000"),
        (
            {"ID": "fan"},
            r"noise sound fan of .*: expected the field class, got only ID",
        ),
    ],
)
def test_a_bad_entry_names_file_sound_and_field(tmp_path, entry, message):
    (tmp_path / LISTS["noise"]).write_text(json.dumps([entry]), encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_sound_lists(tmp_path)


def test_a_folder_without_lists_says_what_was_expected(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"one of target_speech_list\.json"):
        read_sound_lists(tmp_path)


def test_a_name_is_unique_among_its_kind():
    with pytest.raises(ValueError, match=r"each name once among the noise sounds"):
        SOUNDS + SoundList((SOUNDS.sounds[2],))


def test_only_short_maskers_are_looped():
    looped = SOUNDS.looped(10)
    assert [sound.n_samples for sound in looped.sounds] == [
        158_760,
        31_397_509,
        441_000,
        9_000_000,
    ]
    assert [sound.loop for sound in looped.sounds] == [False, False, True, False]


def test_a_sound_that_is_not_in_the_list_is_named():
    with pytest.raises(KeyError, match=r"noise sound called 'T037_EFJ_01324'"):
        SOUNDS.find("T037_EFJ_01324", kind="noise")


def test_two_data_sets_may_have_sounds_of_one_name():
    train, dev = (Sound("a", "target", "t", name, 1) for name in ("train", "dev"))
    assert SoundList((train, dev)).of("target", dataset="dev") == (dev,)
    with pytest.raises(ValueError, match="once among the target sounds of dev, got a"):
        SoundList((dev, dev))
