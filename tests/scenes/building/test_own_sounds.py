"""Scenes from one's own recordings: lists, lengths, loops, and files."""

import numpy as np
import pytest

from clarity_lab.audio import load, rms, save
from clarity_lab.scenes.building.own_sounds import (
    bundled_sounds,
    load_sound,
    loop,
    sounds_from_folder,
    sounds_from_table,
    write_sounds,
)
from clarity_lab.scenes.building.sounds import Sound, SoundList
from clarity_lab.scenes.clarity_files.sound_lists import read_sound_lists

RATE = 44_100


@pytest.fixture
def recordings(tmp_path, rng):
    """Three noises of two classes, at different rates, one of them stereo."""
    for name, shape, rate in [
        ("fan/a.wav", 4_410, RATE),
        ("fan/b.flac", 1_600, 16_000),
        ("kettle/a.wav", (2, 4_800), 48_000),
    ]:
        path = tmp_path / "own" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        save(path, 0.1 * rng.standard_normal(shape), sample_rate=rate)
    return tmp_path / "own"


def test_files_of_a_folder_become_sounds_grouped_by_their_own_folder(recordings):
    sounds = sounds_from_folder(recordings, kind="noise", dataset="dev").sounds
    assert [(sound.name, sound.group) for sound in sounds] == [
        ("fan/a.wav", "fan"),
        ("fan/b.wav", "fan"),
        ("kettle/a.wav", "kettle"),
    ]
    assert {(sound.kind, sound.dataset) for sound in sounds} == {("noise", "dev")}


def test_any_rate_counts_in_samples_at_44100_hz(recordings):
    for sound in sounds_from_folder(recordings, kind="noise").sounds:
        assert sound.n_samples == 4_410
        assert load_sound(sound).shape == (4_410,)


def test_targets_carry_no_ending_as_in_the_challenge(recordings):
    names = [s.name for s in sounds_from_folder(recordings, kind="target").sounds]
    assert names == ["fan/a", "fan/b", "kettle/a"]


def test_names_that_differ_in_the_ending_alone_are_refused(recordings, rng):
    save(recordings / "fan/a.flac", rng.uniform(-0.5, 0.5, 99), sample_rate=RATE)
    with pytest.raises(
        ValueError, match=r"name once among .* noise .*fan/a\.wav twice"
    ):
        sounds_from_folder(recordings, kind="noise")


def test_a_folder_without_sounds_says_so(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"end in \.wav, .* got none"):
        sounds_from_folder(tmp_path, kind="noise")


def test_bundled_targets_and_maskers_are_different_people():
    sounds = bundled_sounds()
    targets = {sound.group for sound in sounds.of("target")}
    maskers = {sound.name.removesuffix(".wav") for sound in sounds.of("speech")}
    assert targets
    assert maskers
    assert not targets & maskers


def test_a_speech_masker_is_all_a_talker_says():
    for sound in bundled_sounds().of("speech"):
        assert len(sound.paths) == 5
        samples = load_sound(sound)
        assert samples.shape == (sound.n_samples,)
        first, _ = load(sound.paths[0], sample_rate=RATE)
        np.testing.assert_array_equal(samples[: len(first) - 1], first[:-1])


def test_every_bundled_sound_has_the_length_its_list_says():
    for sound in bundled_sounds().sounds:
        assert load_sound(sound).shape == (sound.n_samples,)


def test_speech_maskers_need_talkers():
    from clarity_lab import manifests

    table = manifests.table("samples", split="noise")
    with pytest.raises(ValueError, match=r"expected a speaker in every row"):
        sounds_from_table(table, kind="speech")
    with pytest.raises(ValueError, match=r"got an empty table"):
        sounds_from_table(table[:0], kind="noise")


def test_a_loop_keeps_the_power_of_noise_at_its_seams(rng):
    fade = round(0.1 * RATE)
    noise = rng.standard_normal(2 * RATE)
    long = loop(noise, n_samples=20 * RATE)
    period = len(noise) - fade
    seams = [long[k * period : k * period + fade] for k in range(1, 10)]
    assert rms(np.array(seams)[0]) == pytest.approx(1, abs=0.05)
    np.testing.assert_allclose(seams[1], seams[0])  # it is periodic
    np.testing.assert_array_equal(long[:period], noise[:period])


def test_a_loop_has_no_click():
    tone = np.sin(2 * np.pi * 100.3 * np.arange(RATE) / RATE)  # ends off zero
    longest_step = np.max(np.abs(np.diff(tone)))
    steps = np.abs(np.diff(loop(tone, n_samples=5 * RATE)))
    assert np.max(steps) < 1.5 * longest_step
    assert np.max(np.abs(np.diff(np.tile(tone, 5)))) > 10 * longest_step


@pytest.mark.parametrize("length", [1, 2, 3, 100, 4_410, 8_821])
def test_a_loop_of_any_sound_gets_any_length(length, rng):
    sound = rng.standard_normal(length)
    for n_samples in (1, length, length + 1, 10_000):
        assert loop(sound, n_samples=n_samples).shape == (n_samples,)


def test_a_looped_masker_loads_as_long_as_its_list_says(recordings):
    sounds = sounds_from_folder(recordings, kind="noise").looped(1.5)
    for sound in sounds.sounds:
        samples = load_sound(sound)
        assert samples.shape == (66_150,)
        assert rms(samples[-RATE // 2 :]) > 0.05


def test_a_file_shorter_than_its_list_says_is_named(recordings):
    path = recordings / "fan/a.wav"
    sound = Sound("a.wav", "noise", "fan", "train", 5_000, paths=(path,))
    with pytest.raises(ValueError, match=r"5000 samples of a\.wav .* got 4410 from"):
        load_sound(sound)


def test_a_sound_without_files_says_how_to_get_them():
    with pytest.raises(FileNotFoundError, match=r"files of x\.wav, got a list without"):
        load_sound(Sound("x.wav", "noise", "fan", "train", 5_000))


def test_written_sounds_and_lists_come_back(recordings, tmp_path):
    own = sounds_from_folder(recordings, kind="noise").looped(0.2)
    own += SoundList((bundled_sounds().of("target")[0],))
    written = write_sounds(own, tmp_path / "cec2")
    read = read_sound_lists(tmp_path / "cec2/metadata", audio=tmp_path / "cec2")
    assert set(read.sounds) == set(written.sounds)
    for before, after in zip(own.sounds, written.sounds, strict=True):
        np.testing.assert_allclose(load_sound(after), load_sound(before), atol=1e-7)


def test_what_only_looks_like_a_sound_file_is_left_out(tmp_path, rng):
    save(tmp_path / "one.wav", 0.1 * rng.standard_normal(99), sample_rate=44_100)
    (tmp_path / "._one.wav").write_bytes(b"what a Mac leaves behind")
    (tmp_path / "folder.wav").mkdir()
    (sound,) = sounds_from_folder(tmp_path, kind="target").sounds
    assert sound.name == "one"


@pytest.mark.parametrize("wrong", [{"cross_fade_s": -1}, {"n_samples": -5}])
def test_a_loop_of_less_than_nothing_is_refused(wrong):
    with pytest.raises(ValueError, match="of at least 0"):
        loop(np.ones(100), **{"n_samples": 200, **wrong})
