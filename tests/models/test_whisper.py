"""Whisper: torch's own transformer, and OpenAI's recipe, in our layers."""

import base64

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the lessons' packages")
librosa = pytest.importorskip("librosa", reason="needs the lessons' packages")

from clarity_lab import audio, manifests  # noqa: E402
from clarity_lab.metrics.spoken import spoken_words  # noqa: E402
from clarity_lab.models import whisper as whisper_module  # noqa: E402
from clarity_lab.models.whisper import Whisper, load_whisper, whisper_from  # noqa: E402
from clarity_lab.models.whisper_features import (  # noqa: E402
    WINDOW,
    whisper_log_mel,
    windows_of,
)
from clarity_lab.models.whisper_network import WhisperSizes  # noqa: E402
from clarity_lab.models.whisper_tokens import Vocabulary  # noqa: E402
from clarity_lab.models.whisper_weights import THEIR_NAMES  # noqa: E402

RATE = 16_000
PIECES = [b"he", b" sat", b" ", b" (", b"-", b" -", b"[[", b"\xe2", b"\xc3", b"."]
PIECES += [b" \xe2\x99"]
SENTENCE = "speech/librispeech-1221.flac"
EXACT = {"rtol": 0, "atol": 1e-12}

needs_weights = pytest.mark.skipif(
    not all(
        manifests.find("whisper-tiny-en", name)
        for name in ("tiny.en.pt", "gpt2.tiktoken")
    ),
    reason="needs 76 MB of weights: clarity-lab data fetch whisper-tiny-en",
)


@pytest.fixture
def vocabulary():
    return Vocabulary(PIECES)


@pytest.fixture
def model(vocabulary):
    torch.manual_seed(440)
    sizes = WhisperSizes(
        n_tokens=len(vocabulary),
        n_places=24,
        size=16,
        n_heads=2,
        n_encoder_layers=2,
        n_decoder_layers=2,
    )
    return Whisper(sizes, vocabulary).eval()


@pytest.fixture
def noise(rng):
    return 0.1 * rng.standard_normal(2 * RATE)


# -- what it looks at


def test_features_are_those_of_the_published_recipe(noise):
    mel = librosa.feature.melspectrogram(
        y=np.pad(noise, (0, WINDOW - len(noise))),
        sr=RATE,
        n_fft=400,
        hop_length=160,
        n_mels=80,
        pad_mode="reflect",
    )[:, :-1]
    wanted = np.log10(np.maximum(mel, 1e-10))
    wanted = (np.maximum(wanted, wanted.max() - 8) + 4) / 4
    features = whisper_log_mel(torch.from_numpy(noise))
    assert features.shape == (80, 3000)
    np.testing.assert_allclose(features, wanted, rtol=0, atol=1e-6)


def test_sounds_beside_each_other_have_the_features_they_have_alone(noise):
    both = torch.from_numpy(np.stack([noise, 0.01 * noise[::-1]]))
    for features, sound in zip(whisper_log_mel(both), both, strict=True):
        torch.testing.assert_close(features, whisper_log_mel(sound), **EXACT)


def test_more_than_a_window_has_no_features():
    with pytest.raises(ValueError, match=r"at most 30 s .* got 480001"):
        whisper_log_mel(torch.zeros(WINDOW + 1))


def test_a_long_recording_is_cut_in_a_pause(rng):
    sound = torch.from_numpy(rng.standard_normal(70 * RATE))
    sound[27 * RATE : 28 * RATE] = 0
    windows = windows_of(sound)
    assert all(len(part) <= WINDOW for _, part in windows)
    torch.testing.assert_close(torch.cat([part for _, part in windows]), sound)
    starts = [start for start, _ in windows]
    assert starts == list(np.cumsum([0, *(len(part) for _, part in windows)])[:-1])
    assert 27 * RATE < starts[1] < 28 * RATE


def test_what_fits_a_window_is_not_cut():
    [(start, part)] = windows_of(torch.ones(WINDOW))
    assert (start, len(part)) == (0, WINDOW)


# -- what it computes


def torch_weights(layer):
    """One of our layers under the names of torch's own."""
    names = {"own": "self_attn", "heard": "multihead_attn"}
    norms = ["own_norm", "heard_norm", "thought.0"]
    ours, theirs = layer.state_dict(), {}
    for attention, name in names.items():
        if f"{attention}.query.weight" in ours:
            for kind in ("weight", "bias"):
                parts = (
                    ours[f"{attention}.{x}.{kind}"] for x in ("query", "key", "value")
                )
                theirs[f"{name}.in_proj_{kind}"] = torch.cat(list(parts))
                theirs[f"{name}.out_proj.{kind}"] = ours[f"{attention}.out.{kind}"]
    present = [norm for norm in norms if f"{norm}.weight" in ours]
    for kind in ("weight", "bias"):
        for number, norm in enumerate(present, start=1):
            theirs[f"norm{number}.{kind}"] = ours[f"{norm}.{kind}"]
        theirs[f"linear1.{kind}"] = ours[f"thought.1.{kind}"]
        theirs[f"linear2.{kind}"] = ours[f"thought.4.{kind}"]
    return theirs


def torchs_own(kind, layer):
    options = {"activation": "gelu", "norm_first": True, "batch_first": True}
    found = kind(16, 2, 64, 0.0, dtype=torch.float64, **options)
    found.load_state_dict(torch_weights(layer))
    return found.eval()


def test_the_encoder_is_torchs_transformer_behind_two_convolutions(model):
    model = model.double()
    features = torch.randn(2, 80, 3000, dtype=torch.float64)
    gelu = torch.nn.functional.gelu
    x = gelu(model.second(gelu(model.first(features)))).mT + model.times
    for layer in model.encoder:
        x = torchs_own(torch.nn.TransformerEncoderLayer, layer)(x)
    found = model.encode(features)
    assert found.shape == (2, 1500, 16)
    torch.testing.assert_close(found, model.encoder_norm(x), **EXACT)


def test_the_decoder_is_torchs_transformer(model):
    model = model.double()
    memory = torch.randn(2, 30, 16, dtype=torch.float64)
    tokens = torch.randint(0, len(model.vocabulary), (2, 5))
    x = model.embed(tokens) + model.places[:5]
    ahead = torch.nn.Transformer.generate_square_subsequent_mask(5, dtype=x.dtype)
    for layer in model.decoder:
        own = torchs_own(torch.nn.TransformerDecoderLayer, layer)
        x = own(x, memory, tgt_mask=ahead)
    hidden, looked, _ = model.step(tokens, model.begin(memory))
    torch.testing.assert_close(hidden, model.decoder_norm(x), **EXACT)
    assert looked.shape == (2, 2, 2, 5, 30)
    torch.testing.assert_close(looked.sum(-1), torch.ones_like(looked[..., 0]))


def test_positions_are_sines_then_cosines_down_to_one_in_ten_thousand(model):
    times = model.times
    assert times[0].tolist() == [0.0] * 8 + [1.0] * 8
    angles = torch.tensor([100.0, 100 / 10_000])
    torch.testing.assert_close(times[100, [0, 7]], angles.sin())
    torch.testing.assert_close(times[100, [8, 15]], angles.cos())


def test_token_by_token_it_thinks_what_it_thinks_of_all_at_once(model):
    model = model.double()
    memory = torch.randn(1, 30, 16, dtype=torch.float64)
    tokens = torch.randint(0, len(model.vocabulary), (1, 6))
    at_once, looked, _ = model.step(tokens, model.begin(memory))
    known = model.begin(memory)
    for start, end in [(0, 2), (2, 3), (3, 6)]:
        hidden, where, known = model.step(tokens[:, start:end], known)
        torch.testing.assert_close(hidden, at_once[:, start:end], **EXACT)
        torch.testing.assert_close(where, looked[..., start:end, :], **EXACT)
    assert known.n_tokens == 6


def test_a_token_does_not_see_those_after_it(model):
    memory = torch.randn(1, 30, 16)
    known = model.begin(memory)
    one, _, _ = model.step(torch.tensor([[1, 2, 3, 4]]), known)
    other, _, _ = model.step(torch.tensor([[1, 2, 3, 5]]), known)
    assert torch.equal(one[:, :3], other[:, :3])
    assert not torch.equal(one[:, 3], other[:, 3])


# -- how it writes


def test_it_writes_neither_annotations_nor_special_tokens(model, noise, monkeypatch):
    never = {
        PIECES.index(piece) for piece in (b" (", b" -", b"[[", b"\xe2", b" \xe2\x99")
    }
    for token in [*never, model.vocabulary.start, len(model.vocabulary) - 1]:
        monkeypatch.setattr(model, "scores", favourite(token, len(model.vocabulary)))
        [one] = model.read(noise, sample_rate=RATE)
        assert token not in one.tokens


def favourite(token, n_tokens):
    """A network that would say one thing only."""
    scores = torch.zeros(n_tokens)
    scores[token] = 9
    return lambda hidden: scores.expand(*hidden.shape[:-1], -1).clone()


def test_a_text_begins_neither_with_a_space_nor_with_its_end(model, noise, monkeypatch):
    n_tokens = len(model.vocabulary)
    monkeypatch.setattr(model, "scores", favourite(model.vocabulary.end, n_tokens))
    [one] = model.read(noise, sample_rate=RATE)
    assert len(one.tokens) == 2
    assert one.tokens[1] == model.vocabulary.end
    monkeypatch.setattr(model, "scores", favourite(PIECES.index(b" "), n_tokens))
    [one] = model.read(noise, sample_rate=RATE)
    assert PIECES[one.tokens[0]] != b" " == PIECES[one.tokens[1]]


def test_a_text_without_end_stops_when_half_the_places_are_full(
    model, noise, monkeypatch
):
    monkeypatch.setattr(model, "scores", favourite(1, len(model.vocabulary)))
    [one] = model.read(noise, sample_rate=RATE)
    assert one.text == "sat" + 11 * " sat"
    assert (one.hidden.shape, one.heard.shape) == ((12, 16), (1500, 16))
    assert one.looked.shape == (2, 2, 12, 1500)


def test_nothing_is_written_where_nobody_speaks(model, noise, monkeypatch):
    heard = model.transcribe(noise, sample_rate=RATE)
    assert heard
    monkeypatch.setattr(whisper_module, "SILENT", -1.0)
    assert model.transcribe(noise, sample_rate=RATE) == heard  # sure of its words
    monkeypatch.setattr(whisper_module, "UNSURE", 1.0)
    assert model.transcribe(noise, sample_rate=RATE) == ""


def test_a_long_recording_is_read_window_by_window(model, rng):
    sound = 0.1 * rng.standard_normal(40 * RATE)
    sound[27 * RATE : 28 * RATE] = 0
    first, second = model.read(sound, sample_rate=RATE)
    assert (first.start_s, 27 < second.start_s < 28) == (0, True)
    text = model.transcribe(sound, sample_rate=RATE)
    assert text == f"{first.text} {second.text}"


def test_what_it_shows_is_what_chose_each_token(model, noise):
    [one] = model.read(noise, sample_rate=RATE)
    words = model.vocabulary
    given = torch.tensor([[words.start, words.no_times, *one.tokens[:-1]]])
    hidden, looked, _ = model.step(given, model.begin(one.heard[None]))
    close = {"rtol": 0, "atol": 1e-5}
    torch.testing.assert_close(one.hidden, hidden[0, 1:], **close)
    torch.testing.assert_close(one.looked, looked[0, :, :, 1:], **close)


def test_silence_and_two_channels_can_be_read(model):
    [one] = model.read(np.zeros((2, 100)), sample_rate=RATE)
    assert torch.isfinite(one.log_probs).all()
    assert torch.isfinite(one.heard).all()


def test_what_is_listened_to_is_what_is_read_from(model, noise):
    [one] = model.read(noise, sample_rate=RATE)
    torch.testing.assert_close(model.listen(noise, sample_rate=RATE), one.heard)


def test_bad_sounds_are_told(model):
    with pytest.raises(TypeError, match="floating-point"):
        model.transcribe(np.ones(100, dtype=int), sample_rate=RATE)
    with pytest.raises(ValueError, match="at most 30 s"):
        model.listen(np.zeros(WINDOW + 1), sample_rate=RATE)


def test_a_vocabulary_must_be_the_networks(model):
    with pytest.raises(ValueError, match=r"of 1619 tokens.* got 1609"):
        Whisper(model.sizes, Vocabulary([b"a"]))


# -- where it comes from


OWN = ["attn.query", "attn.value", "attn.out", "attn_ln"]
HEARD = [f"cross_{name}" for name in OWN]
THOUGHT = ["mlp_ln", "mlp.0", "mlp.2"]
OPENAIS_SECOND_LAYERS = {
    f"{side}.blocks.1.{part}.{kind}"
    for side, parts in {"encoder": OWN, "decoder": OWN + HEARD}.items()
    for part in parts + THOUGHT
    for kind in ("weight", "bias")
} | {
    "encoder.blocks.1.attn.key.weight",
    "decoder.blocks.1.attn.key.weight",
    "decoder.blocks.1.cross_attn.key.weight",
}
OPENAIS_OTHERS = {
    f"{part}.{kind}"
    for part in ("encoder.conv1", "encoder.conv2", "encoder.ln_post", "decoder.ln")
    for kind in ("weight", "bias")
} | {
    "encoder.positional_embedding",
    "decoder.positional_embedding",
    "decoder.token_embedding.weight",
}


def published(model, path):
    """Write a model as OpenAI does: their names, no bias on keys."""
    sizes = model.sizes
    weights = {}
    for name, value in model.state_dict().items():
        for theirs, ours in reversed(THEIR_NAMES.items()):
            if theirs == ".blocks.":
                for side in ("encoder", "decoder"):
                    for number in "01":
                        name = name.replace(
                            f"{side}.{number}", f"{side}.blocks.{number}"
                        )
            elif theirs.startswith("."):
                name = name.replace(ours, theirs)
            elif name.startswith(ours):
                name = name.replace(ours, theirs, 1)
        if not name.endswith(".key.bias"):
            weights[name] = value
    dims = {
        "n_mels": sizes.n_mels,
        "n_vocab": sizes.n_tokens,
        "n_audio_ctx": sizes.n_frames,
        "n_audio_state": sizes.size,
        "n_audio_head": sizes.n_heads,
        "n_audio_layer": sizes.n_encoder_layers,
        "n_text_ctx": sizes.n_places,
        "n_text_state": sizes.size,
        "n_text_head": sizes.n_heads,
        "n_text_layer": sizes.n_decoder_layers,
    }
    torch.save({"dims": dims, "model_state_dict": weights}, path)
    return weights


def test_a_published_file_is_read_and_its_keys_need_no_bias(
    model, vocabulary, tmp_path, noise
):
    names = published(model, tmp_path / "small.pt")
    assert {name for name in names if ".1." in name} == OPENAIS_SECOND_LAYERS
    assert {name for name in names if ".blocks." not in name} == OPENAIS_OTHERS
    assert model.encoder[0].own.key.bias.abs().max() > 0  # and yet:
    again = whisper_from(tmp_path / "small.pt", vocabulary)
    assert again.sizes == model.sizes
    [one], [other] = (m.read(noise, sample_rate=RATE) for m in (model, again))
    assert one.tokens == other.tokens
    torch.testing.assert_close(one.hidden, other.hidden, rtol=0, atol=1e-5)


def test_another_file_is_told(tmp_path, vocabulary):
    torch.save({"weights": torch.ones(3)}, tmp_path / "other.pt")
    (tmp_path / "text.pt").write_text("not weights at all", encoding="utf-8")
    for name in ("other.pt", "text.pt"):
        with pytest.raises(ValueError, match="as OpenAI publishes Whisper's, got"):
            whisper_from(tmp_path / name, vocabulary)


def test_a_vocabulary_is_read_from_its_file(tmp_path):
    lines = [f"{base64.b64encode(p).decode()} {n}" for n, p in enumerate(PIECES)]
    path = tmp_path / "pieces.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    words = Vocabulary.read(path)
    assert words.decode([0, 1, words.end, words.no_times]) == "he sat"
    assert words.decode([8, 9]) == "\N{REPLACEMENT CHARACTER}."
    path.write_text("\n".join(lines[1:]), encoding="utf-8")
    with pytest.raises(ValueError, match="Is the download whole"):
        Vocabulary.read(path)


def test_special_tokens_have_the_numbers_of_tiny_en():
    words = Vocabulary([b"x"] * 50_256)
    special = (words.end, words.start, words.no_speech, words.no_times)
    assert special == (50_256, 50_257, 50_361, 50_362)
    assert len(words) == WhisperSizes().n_tokens


# -- the real one


@pytest.fixture(scope="module")
def tiny_en():
    return load_whisper(device="cpu")


@needs_weights
def test_tiny_en_has_84_tokens_that_are_no_speech_and_its_own_positions(tiny_en):
    unspoken = tiny_en.vocabulary.unspoken()
    assert len([token for token in unspoken if token < tiny_en.vocabulary.end]) == 84
    fresh = Whisper(tiny_en.sizes, tiny_en.vocabulary)
    torch.testing.assert_close(fresh.times, tiny_en.times, rtol=0, atol=1e-3)


@needs_weights
def test_tiny_en_writes_a_sentence_and_its_eyes_move_on(tiny_en):
    samples, sample_rate = audio.load(manifests.fetch("samples", SENTENCE))
    [one] = tiny_en.read(samples, sample_rate=sample_rate)
    said = "pearl saw and gazed intently but never sought to make acquaintance"
    assert spoken_words(one.text) == said
    assert one.no_speech < 0.1
    looked = one.looked.mean((0, 1))[:-2, : round(50 * len(samples) / sample_rate)]
    where = looked.argmax(-1).double()
    order = torch.arange(len(where)).double()
    assert torch.corrcoef(torch.stack([where, order]))[0, 1] > 0.9


@needs_weights
def test_tiny_en_hears_nobody_in_the_rain_and_doubts_that_silence_says_you(tiny_en):
    rain, sample_rate = audio.load(manifests.fetch("samples", "noise/rain.ogg"))
    assert tiny_en.transcribe(rain, sample_rate=sample_rate) == ""
    [one] = tiny_en.read(np.zeros(3 * RATE), sample_rate=RATE)
    assert one.no_speech > 0.9
