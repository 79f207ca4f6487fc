"""The weights in the package: whole, small, with cards, and they listen."""

import pytest

torch = pytest.importorskip("torch", reason="needs the lessons' packages")
pytest.importorskip("safetensors", reason="needs the lessons' packages")
pytest.importorskip("jiwer", reason="needs the lessons' packages")

from clarity_lab import audio, manifests  # noqa: E402
from clarity_lab.metrics import cer, plain_words  # noqa: E402
from clarity_lab.models.characters import encode_text  # noqa: E402
from clarity_lab.models.shipped import (  # noqa: E402
    FOLDER,
    load_shipped,
    shipped_ngrams,
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


def test_the_recogniser_was_asked_by_people_it_never_heard():
    scores = read_card(FOLDER / "ctc.safetensors")["eval"]
    assert {(row["set"], row["speakers"]) for row in scores} == {
        ("speechocean762", 19),
        ("librispeech", 1),
    }
    assert all(0 < row["cer"] < 0.6 for row in scores)


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
