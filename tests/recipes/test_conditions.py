"""The table of recognisers and conditions."""

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("torch", reason="needs the lessons' packages")
pytest.importorskip("jiwer", reason="needs the lessons' packages")

from clarity_lab import audio, cli
from clarity_lab.models.characters import LETTERS
from clarity_lab.models.shipped import SPELLERS, encoder_of, make
from clarity_lab.models.weights import save_weights
from clarity_lab.recipes.recognition import conditions as module
from clarity_lab.recipes.recognition import recognisers
from clarity_lab.recipes.recognition.conditions import (
    CONDITIONS,
    bundled_sentences,
    conditions,
    rates,
    real_time_factors,
)

RATE = 16_000
LOUD = {"as it is": lambda sound: sound, "louder": lambda sound: 2 * sound}


@pytest.fixture(scope="module")
def sentences():
    """The first of each set."""
    firsts = {}
    for one in bundled_sentences():
        firsts.setdefault(one.dataset, one)
    return list(firsts.values())


@pytest.fixture(scope="module")
def sound(sentences):
    samples, sample_rate = audio.load(sentences[0].path)
    assert sample_rate == RATE
    return samples


def one_word(samples, *, sample_rate):
    return "number"


def level(samples, *, sample_rate):
    return f"{20 * np.log10(np.std(samples)):.0f} dB"


def test_the_bundled_sentences_are_of_three_sets():
    counted = pd.Series([one.dataset for one in bundled_sentences()]).value_counts()
    assert counted.to_dict() == {"LibriSpeech": 14, "Common Voice": 6, "LibriVox": 5}


def test_rain_falls_at_the_snr_it_says(sound):
    for name, snr_db in {"rain, SNR 10 dB": 10, "rain, SNR 0 dB": 0}.items():
        rain = CONDITIONS[name](sound) - sound
        found = 20 * np.log10(audio.rms(sound) / audio.rms(rain))
        assert found == pytest.approx(snr_db, abs=1e-6)


def test_the_office_goes_on_when_the_talker_has_stopped(sound):
    click = np.zeros(RATE // 2)
    click[0] = 1
    heard = CONDITIONS["office"](click)
    early, late = heard[: RATE // 20], heard[RATE // 20 : RATE // 4]
    assert 0 < np.sum(late**2) < np.sum(early**2)
    assert CONDITIONS["office"](sound).ndim == 1


def test_the_impaired_ear_loses_most_where_it_hears_least(sound):
    heard = CONDITIONS["hearing loss N3"](sound)
    assert heard.shape == sound.shape
    hz = np.fft.rfftfreq(len(sound), 1 / RATE)
    lost_db = [
        10 * np.log10(band(sound, hz, low, high) / band(heard, hz, low, high))
        for low, high in [(300, 700), (3_000, 6_000)]
    ]
    assert 5 < lost_db[0] < lost_db[1] - 20


def band(sound, hz, low, high):
    power = abs(np.fft.rfft(sound)) ** 2
    return power[(hz > low) & (hz < high)].sum()


def test_the_impaired_ear_is_spoken_to_at_the_same_level_however_loud_the_file(sound):
    loss = CONDITIONS["hearing loss N3"]
    np.testing.assert_allclose(loss(sound / 8), loss(sound) / 8, atol=1e-6)


def test_each_recogniser_hears_each_sentence_in_each_condition(sentences):
    asked = {"one word": one_word, "level": level}
    table = conditions(asked, among=LOUD, sentences=sentences, show=False)
    assert len(table) == 2 * 2 * 3
    levels = table[table.recogniser == "level"].written.str.extract(r"(-\d+)")[0]
    soft, loud = levels.astype(int).to_numpy().reshape(2, 3)
    np.testing.assert_allclose(loud - soft, 6, atol=1)


def test_rates_count_the_words_of_all_sentences_together():
    table = pd.DataFrame(
        {
            "recogniser": ["b", "b", "a", "a"],
            "condition": ["wet", "wet", "wet", "dry"],
            "set": ["x", "y", "x", "x"],
            "words": [10, 2, 10, 10],
            "substitutions": [1, 0, 0, 4],
            "deletions": [0, 2, 0, 0],
            "insertions": [0, 0, 5, 0],
            "cpu_s": [1.0, 1.0, 3.0, 3.0],
            "duration_s": [4.0, 4.0, 4.0, 4.0],
        }
    )
    found = rates(table)
    assert list(found.columns) == ["b", "a"]
    assert list(found.index) == ["wet", "dry"]
    assert found.b["wet"] == 3 / 12
    assert found.a.to_dict() == {"wet": 0.5, "dry": 0.4}
    assert rates(table, "set").b["wet", "y"] == 1
    assert real_time_factors(table).to_dict() == {"b": 0.25, "a": 0.75}


def test_numbers_written_as_digits_are_no_errors(sentences):
    def writes(samples, *, sample_rate):
        return "Number 10: fresh Nelly is waiting on you. Good-night, husband!"

    table = conditions(
        {"x": writes}, among={"x": np.asarray}, sentences=sentences[:1], show=False
    )
    errors = table[["substitutions", "deletions", "insertions"]]
    assert errors.to_numpy().tolist() == [[0, 0, 0]]


def test_what_is_kept_is_not_asked_again(sentences, tmp_path, monkeypatch):
    kept = tmp_path / "table.csv"
    asked = []

    def stops(samples, *, sample_rate):
        asked.append(len(samples))
        if len(asked) == 4:
            raise KeyboardInterrupt
        return ""

    options = {"among": LOUD, "sentences": sentences, "show": False}
    with pytest.raises(KeyboardInterrupt):
        conditions({"x": stops}, kept_in=kept, **options)
    assert len(pd.read_csv(kept)) == 3
    table = conditions({"x": stops}, kept_in=kept, **options)
    assert len(asked) == 4 + 3
    assert (table.written == "").all()
    assert (table.deletions == table.words).all()
    assert not table.duplicated(module.KEYS).any()
    pd.testing.assert_frame_equal(table, conditions({}, kept_in=kept, **options))


def test_recognisers_that_are_not_here_say_why(tmp_path):
    here, missing = recognisers.recognisers_here(["ctc", "attention"], folder=tmp_path)
    assert here == {}
    assert "clarity-lab recognition train ctc" in missing["ctc"]
    assert "clarity-lab recognition train attention" in missing["attention"]


def test_a_file_that_holds_something_else_is_left_alone(sentences, tmp_path):
    kept = tmp_path / "marks.csv"
    kept.write_text("name,mark\nAda,1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="expected a table of conditions"):
        conditions({"x": one_word}, sentences=sentences, kept_in=kept, show=False)
    assert kept.read_text(encoding="utf-8") == "name,mark\nAda,1\n"


@pytest.mark.parametrize("name", ["ctc", "transformer"])
def test_ours_can_be_asked_once_their_weights_are_there(name, sound, tmp_path):
    sizes = {"size": 16, "n_heads": 2, "n_encoder_layers": 1, "n_decoder_layers": 1}
    sizes = {
        "ctc": {"size": 16, "n_blocks": 1},
        "transformer": sizes,
        "lm": {"size": 8},
    }
    for one in dict.fromkeys(("ctc", name, "lm")):
        model = make(one, folder=tmp_path, **sizes[one])
        card = {"sizes": sizes[one]}
        if one in SPELLERS:
            card["encoder"] = encoder_of(tmp_path)
        save_weights(model, tmp_path / f"{one}.safetensors", card=card)
    ours = recognisers.load_recogniser(name, folder=tmp_path)
    assert set(ours(sound[:RATE], sample_rate=RATE)) <= set(LETTERS)


def test_the_command_says_where_it_cannot_write(tmp_path, capsys):
    out = str(tmp_path / "no" / "table.csv")
    assert cli.main(["recognition", "conditions", "--out", out]) == 1
    assert "no" in capsys.readouterr().err


def test_the_command_writes_the_table(sentences, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(module, "bundled_sentences", lambda: sentences)
    monkeypatch.setattr(module, "CONDITIONS", {"clean": np.asarray})
    monkeypatch.setattr(
        recognisers, "load_recogniser", lambda name, folder: stand_in(name)
    )
    words = ["recognition", "conditions", "--out", str(tmp_path / "table.csv")]
    assert cli.main([*words, "--names", "pocketsphinx", "ctc"]) == 0
    printed = capsys.readouterr()
    assert "pocketsphinx" in printed.out
    assert "without ctc: no weights" in printed.err
    assert len(pd.read_csv(tmp_path / "table.csv")) == 3


def stand_in(name):
    if name == "ctc":
        raise ValueError("no weights")
    return one_word


def test_the_command_fails_where_there_is_nobody_to_ask(tmp_path, capsys):
    words = ["recognition", "conditions", "--out", str(tmp_path / "table.csv")]
    assert cli.main([*words, "--names", "ctc", "--folder", str(tmp_path)]) == 1
    assert "clarity-lab recognition train ctc" in capsys.readouterr().err
