"""What a recogniser looks at, and how it is changed while it learns."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the lessons' packages")

from clarity_lab.audio import mel_spectrogram_dbfs  # noqa: E402
from clarity_lab.models import speech_features, whisper_features  # noqa: E402
from clarity_lab.models.augmentation import hide_stripes, stretch  # noqa: E402
from clarity_lab.models.characters import decode_tokens, encode_text  # noqa: E402
from clarity_lab.models.speech_features import (  # noqa: E402
    RATE_HZ,
    as_sound,
    batch_of,
    log_mel,
)


@pytest.fixture
def noise(rng):
    envelope = 1 + np.sin(2 * np.pi * 3 * np.arange(RATE_HZ) / RATE_HZ)
    return torch.from_numpy(0.05 * envelope * rng.standard_normal(RATE_HZ))


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(440)


def test_a_second_has_101_frames_of_64_bands(noise):
    assert log_mel(noise, sample_rate=RATE_HZ).shape == (64, 101)
    assert log_mel(noise.expand(2, 3, -1), sample_rate=RATE_HZ).shape == (2, 3, 64, 101)


def test_neither_level_nor_a_fixed_filter_is_left(noise):
    features = log_mel(noise, sample_rate=RATE_HZ)
    torch.testing.assert_close(features.mean(-1), torch.zeros(64).double())
    louder = log_mel(8 * noise, sample_rate=RATE_HZ)
    torch.testing.assert_close(louder, features)
    difference = noise - 0.9 * noise.roll(1)  # 26 dB more treble than bass
    tilted = log_mel(difference, sample_rate=RATE_HZ)
    assert (tilted - features)[4:].abs().mean() < 0.05 * features.abs().mean()


def test_it_is_librosas_mel_spectrogram(noise):
    import librosa

    power = librosa.feature.melspectrogram(
        y=noise.numpy(),
        sr=RATE_HZ,
        n_fft=512,
        win_length=400,
        hop_length=160,
        n_mels=64,
    )
    energy = np.log(power)
    theirs = (energy - energy.mean(1, keepdims=True)) / 3
    ours = log_mel(noise, sample_rate=RATE_HZ).numpy()
    np.testing.assert_allclose(ours, theirs, atol=2e-3)  # their filters: float32


def test_gradients_reach_the_sound(noise):
    noise = noise.requires_grad_()
    log_mel(noise, sample_rate=RATE_HZ).square().sum().backward()
    assert noise.grad.abs().max() > 0


def test_silence_is_finite():
    assert (log_mel(torch.zeros(4000), sample_rate=RATE_HZ) == 0).all()


def test_another_rate_is_refused(noise):
    with pytest.raises(ValueError, match="expected sounds at 16000 Hz, got 8000 Hz"):
        log_mel(noise, sample_rate=8_000)


def test_any_recording_becomes_one_channel_at_16_khz(rng):
    stereo = rng.standard_normal((2, 48_000)).astype(np.float32)
    sound = as_sound(stereo, sample_rate=48_000)
    assert sound.shape == (16_000,)
    same = as_sound(stereo, sample_rate=RATE_HZ)
    np.testing.assert_allclose(same, stereo.mean(0), atol=1e-7)


def test_a_batch_pads_and_remembers_lengths():
    batch = batch_of([torch.ones(64, 3), torch.ones(64, 5)], [[1], [2, 3]])
    assert batch.features.shape == (2, 64, 5)
    assert batch.features[0, :, 3:].abs().sum() == 0
    assert batch.n_frames.tolist() == [3, 5]
    assert batch.targets.tolist() == [[1, 0], [2, 3]]
    assert batch.n_labels.tolist() == [1, 2]
    with pytest.raises(ValueError, match="as many targets, got 1 and 2"):
        batch_of([torch.ones(64, 3)], [[1], [2]])


def test_a_faster_talker_has_fewer_frames(noise):
    features = log_mel(noise, sample_rate=RATE_HZ)
    torch.testing.assert_close(stretch(features, tempo=1, pitch=1), features)
    assert stretch(features, tempo=1.1, pitch=1).shape == (64, round(101 / 1.1))


@pytest.mark.parametrize("pitch", [0.9, 1.1])
def test_pitch_moves_a_tone_as_if_it_were_sung_so(pitch):
    times_s = np.arange(RATE_HZ) / RATE_HZ
    beats = 1 + 0.9 * np.sin(2 * np.pi * 5 * times_s)

    def tone(frequency_hz):
        sound = 0.1 * beats * np.sin(2 * np.pi * frequency_hz * times_s)
        levels, _, _ = mel_spectrogram_dbfs(sound, sample_rate=RATE_HZ, n_mels=64)
        return torch.from_numpy(np.maximum(levels, -90)).float()

    moved = stretch(tone(1000), tempo=1, pitch=pitch).mean(1)
    sung = tone(1000 * pitch).mean(1)
    assert abs(int(moved.argmax()) - int(sung.argmax())) <= 1
    assert int(moved.argmax()) != int(tone(1000).mean(1).argmax())


def test_stripes_are_hidden_and_the_rest_is_left(generator):
    features = torch.ones(64, 300)
    hidden = hide_stripes(features, generator=generator)
    assert (features == 1).all()
    assert set(hidden.unique().tolist()) == {0.0, 1.0}
    assert 0.3 < hidden.mean() < 1
    again = hide_stripes(features, generator=torch.Generator().manual_seed(440))
    torch.testing.assert_close(hidden, again)


def test_texts_become_tokens_and_come_back():
    text = "the dog's 'own' zoo"
    assert decode_tokens(encode_text(text)) == text
    assert decode_tokens([0, 2, 0]) == "a"
    with pytest.raises(ValueError, match="plain_words"):
        encode_text("Hello")
    with pytest.raises(ValueError, match="from 0 to 28, got 29"):
        decode_tokens([29])


def test_gradients_reach_the_sound_after_somebody_listened_without(noise):
    for memory in (speech_features._filters, whisper_features._filters):
        memory.cache_clear()
    sound = noise.float().requires_grad_()
    with torch.inference_mode():
        log_mel(noise, sample_rate=RATE_HZ)
        whisper_features.whisper_log_mel(noise.float())
    energies = log_mel(sound, sample_rate=RATE_HZ).square().sum()
    (energies + whisper_features.whisper_log_mel(sound).sum()).backward()
    assert sound.grad.abs().max() > 0


def test_a_rate_of_a_recording_is_a_whole_number(rng):
    with pytest.raises(TypeError, match="a whole number of Hz"):
        as_sound(rng.standard_normal(100), sample_rate=16_000.0)
