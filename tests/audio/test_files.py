"""Sound files come and go whole, at their level, or an error says why not."""

import subprocess
import sys

import numpy as np
import pytest
import soundfile

from clarity_lab import audio, manifests

SPEECH = "speech/librispeech-1272-135031-0011.flac"
LOSSLESS = [".wav", ".flac"]
LOSSY = [".ogg", ".mp3"]


@pytest.fixture
def noise(rng):
    return 0.1 * rng.standard_normal(16_000)


def cut(path, fraction):
    """Leave only the first part of a file, as a broken download does."""
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * fraction)])
    return path


@pytest.mark.parametrize("suffix", LOSSLESS)
def test_lossless_files_give_back_what_they_got(tmp_path, noise, suffix):
    path = audio.save(tmp_path / f"x{suffix}", noise, sample_rate=16_000)
    samples, sample_rate = audio.load(path)
    assert sample_rate == 16_000
    assert samples == pytest.approx(noise, abs=1.01 / 32_768)


@pytest.mark.parametrize("suffix", LOSSY)
def test_lossy_files_keep_length_level_and_most_of_the_wave(tmp_path, suffix):
    speech, sample_rate = audio.load(manifests.fetch("samples", SPEECH))
    path = audio.save(tmp_path / f"x{suffix}", speech, sample_rate=sample_rate)
    samples, _ = audio.load(path)
    assert samples.shape == speech.shape
    assert np.corrcoef(samples, speech)[0, 1] > 0.97
    assert audio.level_dbfs(samples) == pytest.approx(audio.level_dbfs(speech), abs=0.3)


def test_float_files_keep_every_bit_and_values_above_full_scale(tmp_path, noise):
    loud = np.float32(100 * noise)
    path = audio.save(tmp_path / "x.wav", loud, sample_rate=8_000, subtype="FLOAT")
    assert np.array_equal(audio.load(path)[0], loud)


@pytest.mark.parametrize("n_channels", [2, 8])
def test_channels_come_first_and_in_order(tmp_path, n_channels):
    sounds = np.arange(n_channels)[:, None] / 16 * np.ones(100)
    path = audio.save(tmp_path / "x.wav", sounds, sample_rate=8_000)
    samples, _ = audio.load(path)
    assert samples.shape == (n_channels, 100)
    assert samples == pytest.approx(sounds, abs=1e-4)


def test_one_channel_can_be_chosen(tmp_path):
    path = audio.save(tmp_path / "x.wav", [[0.0] * 9, [0.25] * 9], sample_rate=8_000)
    assert audio.load(path, channel=1)[0] == pytest.approx(np.full(9, 0.25))


def test_one_sample_is_a_sound(tmp_path):
    path = audio.save(tmp_path / "x.wav", [0.5], sample_rate=8_000)
    assert audio.load(path)[0] == pytest.approx([0.5])


@pytest.mark.parametrize("suffix", [*LOSSLESS, ".ogg"])
def test_a_stretch_is_the_stretch_of_the_whole(tmp_path, noise, suffix):
    path = audio.save(tmp_path / f"x{suffix}", noise, sample_rate=16_000)
    whole, _ = audio.load(path)
    part, _ = audio.load(path, start_s=0.25, duration_s=0.5)
    assert part == pytest.approx(whole[4_000:12_000], abs=1e-6)


def test_a_stretch_ends_with_the_file(tmp_path, noise):
    path = audio.save(tmp_path / "x.wav", noise, sample_rate=16_000)
    assert audio.load(path, start_s=0.9, duration_s=9)[0].shape == (1_600,)


def test_a_stretch_beyond_the_end_is_explained(tmp_path, noise):
    path = audio.save(tmp_path / "x.wav", noise, sample_rate=16_000)
    with pytest.raises(ValueError, match=r"which is 1.000 s long, got 1.0 s"):
        audio.load(path, start_s=1)


def test_resampling_on_the_way_in_is_resampling(tmp_path, noise):
    path = audio.save(tmp_path / "x.wav", noise, sample_rate=16_000)
    samples, sample_rate = audio.load(path, sample_rate=8_000)
    original, _ = audio.load(path)
    expected = audio.resample(original, sample_rate=16_000, new_sample_rate=8_000)
    assert sample_rate == 8_000
    assert samples == pytest.approx(expected)


def test_info_tells_what_load_would_bring(tmp_path, noise):
    path = audio.save(tmp_path / "x.flac", [noise, noise], sample_rate=16_000)
    assert audio.info(path) == audio.SoundInfo(1.0, 16_000, 2, 16_000, "FLAC PCM_16")


def test_a_bundled_recording_is_speech_at_a_sensible_level():
    samples, sample_rate = audio.load(manifests.fetch("samples", SPEECH))
    assert sample_rate == 16_000
    assert -45 < audio.level_dbfs(samples) < -10


# --- what must not happen to a file -------------------------------------------------


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg", ".mp3"])
def test_clipping_is_refused_and_nothing_is_written(tmp_path, suffix):
    with pytest.raises(ValueError, match=r"loudest sample is 2, 6.0 dB above full"):
        audio.save(tmp_path / f"x{suffix}", [0.0, 2.0], sample_rate=8_000)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_keeps_the_old_file(tmp_path, noise):
    path = audio.save(tmp_path / "x.mp3", noise, sample_rate=16_000)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=r"cannot hold this sound.*12345 Hz"):
        audio.save(path, noise, sample_rate=12_345)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_that_is_killed_keeps_the_old_file(tmp_path):
    path = audio.save(tmp_path / "x.wav", [0.25], sample_rate=8_000)
    code = (
        "import os, soundfile\n"
        "from clarity_lab import audio\n"
        "def dies(part, *_, **__):\n"
        "    open(part, 'wb').write(b'half')\n"
        "    os._exit(1)\n"
        "soundfile.write = dies\n"
        f"audio.save({str(path)!r}, [0.5], sample_rate=8000)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 1
    assert audio.load(path)[0] == pytest.approx([0.25])


def test_saving_does_not_change_the_level(tmp_path, noise):
    path = audio.save(tmp_path / "x.wav", 0.001 * noise, sample_rate=16_000)
    quiet_db = audio.level_dbfs(audio.load(path)[0])
    assert quiet_db == pytest.approx(audio.level_dbfs(noise) - 60, abs=0.5)


# --- bad audio, each named ----------------------------------------------------------


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg", ".mp3"])
@pytest.mark.parametrize("fraction", [0.98, 0.5, 0.05])
def test_a_file_cut_short_is_never_taken_for_whole(tmp_path, noise, suffix, fraction):
    sound = np.tile(noise, 4)
    path = audio.save(tmp_path / f"x{suffix}", sound, sample_rate=16_000)
    assert audio.load(path)[0].shape == sound.shape
    with pytest.raises(ValueError, match=r"is missing|cannot be read"):
        audio.load(cut(path, fraction))


def test_an_ogg_cut_between_two_pages_is_not_whole_either(tmp_path, noise):
    path = audio.save(tmp_path / "x.ogg", np.tile(noise, 4), sample_rate=16_000)
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex(b"OggS")])
    with pytest.raises(ValueError, match="no page is marked as the last"):
        audio.load(path)


def test_a_stream_of_unknown_length_is_no_broken_file(tmp_path, noise):
    path = audio.save(tmp_path / "x.wav", noise, sample_rate=16_000)
    content = bytearray(path.read_bytes())
    content[4:8] = b"\xff\xff\xff\xff"  # what a program writes into a pipe
    path.write_bytes(content)
    assert audio.load(path)[0].shape == (16_000,)


def test_a_flac_that_does_not_say_its_length_is_explained(tmp_path, noise):
    path = audio.save(tmp_path / "x.flac", noise, sample_rate=16_000)
    content = bytearray(path.read_bytes())
    content[21] &= 0xF0  # the 36 bits that count the samples
    content[22:26] = bytes(4)
    path.write_bytes(content)
    with pytest.raises(ValueError, match="expected a file that says how long it is"):
        audio.info(path)


def test_an_mp3_without_a_length_is_no_broken_file(tmp_path, noise):
    """Variable bit rate, quiet then loud, header frame removed: the guess is wrong."""
    sound = np.concatenate([np.zeros(160_000), np.tile(noise, 10)])
    path = tmp_path / "x.mp3"
    coding = {"bitrate_mode": "VARIABLE", "compression_level": 0.3}
    soundfile.write(path, sound, 16_000, **coding)
    content = path.read_bytes()
    second_frame = content.index(content[:2], content.index(b"Xing"))
    path.write_bytes(content[second_frame:])
    assert audio.info(path).n_samples > 1.2 * sound.size  # wrong indeed
    assert audio.load(path)[0].size == pytest.approx(sound.size, rel=0.02)


def test_a_file_without_samples_is_named(tmp_path):
    soundfile.write(tmp_path / "nothing.wav", np.zeros(0), 8_000)
    with pytest.raises(ValueError, match=r"nothing.wav.* got shape \(0,\)"):
        audio.load(tmp_path / "nothing.wav")


def test_a_not_a_number_in_a_file_is_named(tmp_path):
    soundfile.write(tmp_path / "x.wav", [0.0, np.nan], 8_000, subtype="FLOAT")
    with pytest.raises(ValueError, match=r"finite .*x.wav, got 1 NaN .* at sample 1"):
        audio.load(tmp_path / "x.wav")


@pytest.mark.parametrize("content", [b"", b"these are words\n" * 100, b"RIFF"])
def test_a_text_called_wav_is_no_sound(tmp_path, content):
    (tmp_path / "words.wav").write_bytes(content)
    with pytest.raises(ValueError, match=rf"words.wav of {len(content)} bytes"):
        audio.load(tmp_path / "words.wav")


def test_an_unknown_codec_is_named_with_the_known_ones(tmp_path):
    (tmp_path / "x.m4a").write_bytes(b"\0\0\0\x20ftypM4A " + bytes(1_000))
    with pytest.raises(ValueError, match="AAC, M4A and WMA must be converted"):
        audio.load(tmp_path / "x.m4a")


def test_a_folder_is_no_sound(tmp_path):
    with pytest.raises(IsADirectoryError, match="got the folder"):
        audio.load(tmp_path)


def test_a_missing_file_is_answered_with_names_like_it(tmp_path):
    audio.save(tmp_path / "speech_1.wav", [0.5], sample_rate=8_000)
    with pytest.raises(FileNotFoundError, match=r"Did you mean speech_1.wav\?"):
        audio.load(tmp_path / "speech-1.wav")


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist either"):
        audio.load(tmp_path / "nowhere" / "x.wav")
    with pytest.raises(FileNotFoundError, match="Make it first"):
        audio.save(tmp_path / "nowhere" / "x.wav", [0.5], sample_rate=8_000)


def test_a_channel_that_is_not_there_is_explained(tmp_path):
    path = audio.save(tmp_path / "x.wav", [[0.1], [0.2]], sample_rate=8_000)
    with pytest.raises(ValueError, match=r"from 0 to 1 .* got channel=2"):
        audio.load(path, channel=2)


def test_a_name_without_a_known_ending_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"\.wav, \.flac, \.ogg, \.mp3, got 'x.aac'"):
        audio.save(tmp_path / "x.aac", [0.5], sample_rate=8_000)


def test_a_coding_the_container_lacks_is_refused(tmp_path):
    with pytest.raises(ValueError, match="subtype of a FLAC file to be one of"):
        audio.save(tmp_path / "x.flac", [0.5], sample_rate=8_000, subtype="FLOAT")


def test_eight_channels_are_too_many_for_mp3(tmp_path):
    with pytest.raises(ValueError, match=r"x.mp3 cannot hold this sound: 8 channel"):
        audio.save(tmp_path / "x.mp3", np.zeros((8, 100)), sample_rate=8_000)


def test_a_transposed_sound_is_noticed(tmp_path):
    with pytest.raises(ValueError, match=r"got \(100, 2\).*try samples.T"):
        audio.save(tmp_path / "x.wav", np.zeros((100, 2)), sample_rate=8_000)


def test_integers_are_not_saved_by_guess(tmp_path):
    with pytest.raises(TypeError, match="divide 16-bit integers by 32768"):
        audio.save(tmp_path / "x.wav", np.array([1, 2]), sample_rate=8_000)


@pytest.mark.parametrize("sample_rate", [44.1, "16000"])
def test_a_wrong_rate_is_explained(tmp_path, sample_rate):
    with pytest.raises(TypeError, match="whole number of Hz"):
        audio.save(tmp_path / "x.wav", [0.5], sample_rate=sample_rate)


@pytest.mark.parametrize("channel", [True, 1.0, "1"])
def test_what_is_no_whole_number_is_no_channel(tmp_path, channel):
    path = audio.save(tmp_path / "x.wav", np.zeros((2, 9)), sample_rate=8_000)
    with pytest.raises(ValueError, match="expected a channel from 0 to 1"):
        audio.load(path, channel=channel)


def test_a_file_of_bare_numbers_is_explained(tmp_path):
    (tmp_path / "x.raw").write_bytes(bytes(100))
    with pytest.raises(ValueError, match=r"expected a sound file, got .*x\.raw"):
        audio.load(tmp_path / "x.raw")


def test_a_place_that_cannot_be_written_is_not_blamed_on_the_sound(tmp_path):
    too_long = tmp_path / f"{'x' * 251}.wav"  # 255 bytes: no temporary name fits
    with pytest.raises(OSError, match=r"could not be written|name too long"):
        audio.save(too_long, [0.5], sample_rate=8_000)
