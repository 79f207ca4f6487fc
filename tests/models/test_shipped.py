"""The weights in the package: whole, small, with cards, and they listen."""

import pytest

torch = pytest.importorskip("torch", reason="needs the lessons' packages")
pytest.importorskip("safetensors", reason="needs the lessons' packages")
pytest.importorskip("jiwer", reason="needs the lessons' packages")

from clarity_lab import audio, manifests  # noqa: E402
from clarity_lab.metrics import cer, plain_words  # noqa: E402
from clarity_lab.models.characters import decode_tokens, encode_text  # noqa: E402
from clarity_lab.models.joint_decoding import joint_search  # noqa: E402
from clarity_lab.models.shipped import (  # noqa: E402
    FOLDER,
    SPELLERS,
    load_shipped,
    shipped_ngrams,
)
from clarity_lab.models.speech_features import (  # noqa: E402
    RATE_HZ,
    as_sound,
    log_mel,
)
from clarity_lab.models.weights import read_card  # noqa: E402

FILES = sorted(FOLDER.glob("*.safetensors"))
MOST_BYTES = 8_000_000


def test_together_they_are_below_8_mb():
    assert FILES
    assert sum(path.stat().st_size for path in FILES) < MOST_BYTES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_card_says_how_they_were_made(path):
    card = read_card(path)
    assert card["command"].startswith(f"clarity-lab recognition train {path.stem}")
    assert "speechocean762" in card["data"]
    assert path.stem in (FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["ctc", *SPELLERS])
def test_the_recogniser_was_asked_by_people_it_never_heard(name):
    scores = read_card(FOLDER / f"{name}.safetensors")["eval"]
    assert {(row["set"], row["speakers"]) for row in scores} == {
        ("speechocean762", 19),
        ("librispeech", 1),
    }
    assert all(0 < row["cer"] < 1.2 for row in scores)  # a speller may repeat itself


@pytest.mark.parametrize("name", SPELLERS)
def test_joint_decoding_is_better_than_either_alone(name):
    scores = read_card(FOLDER / f"{name}.safetensors")["eval"]
    wer = {
        row["decoding"]: row["wer"] for row in scores if row["set"] == "speechocean762"
    }
    alone = [rate for decoding, rate in wer.items() if "alone" in decoding]
    assert len(alone) == 3
    assert wer["joint, with LM"] < wer["joint"] < min(alone)


@pytest.mark.parametrize("name", SPELLERS)
def test_a_speller_writes_what_it_hears_in_a_sentence_of_the_package(name):
    model, path = load_shipped(name), "speech/librivox-austen-0880.flac"
    sound, sample_rate = audio.load(manifests.fetch("samples", path))
    features = log_mel(as_sound(sound, sample_rate=sample_rate), sample_rate=RATE_HZ)
    [found] = joint_search(model, features)
    said = "he was not an ill disposed young man"
    assert cer(decode_tokens(found.tokens), reference=said) < 0.6


def test_the_recogniser_hears_most_letters_of_sentences_in_the_package():
    model = load_shipped("ctc")
    files = [f for f in manifests.read("samples").files if f.path.startswith("speech")]
    said, heard = [], []
    for file in files[::3]:
        sound, sample_rate = audio.load(manifests.fetch("samples", file.path))
        said.append(plain_words(file.transcript))
        heard.append(model.transcribe(sound, sample_rate=sample_rate))
    assert cer(heard, reference=said) < 0.6  # readers of books, not learners


def test_the_language_models_prefer_english_to_its_letters_in_a_row():
    texts, lm = shipped_ngrams(), load_shipped("lm")
    english, shuffled = map(encode_text, ("where is the house", "hteus ewih oreeshs"))
    assert texts.letters.log_prob(english) > texts.letters.log_prob(shuffled) + 10
    assert lm.log_prob(english) > lm.log_prob(shuffled) + 10
    assert {"the", "house", "where"} <= set(texts.words.words)
