"""The training of the shipped recognisers, in small."""

import os
import shutil
from types import SimpleNamespace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the lessons' packages")
pytest.importorskip("jiwer", reason="needs the lessons' packages")

from clarity_lab import audio, cli, metrics  # noqa: E402
from clarity_lab.models.shipped import load_shipped, shipped_ngrams  # noqa: E402
from clarity_lab.recipes import recognition  # noqa: E402
from clarity_lab.recipes.recognition import data, score, train  # noqa: E402
from clarity_lab.recipes.recognition.plans import TRAININGS, Training  # noqa: E402

SMALL = {
    "ctc": {"size": 16, "n_blocks": 1},
    "attention": {"listener": 8, "size": 16},
    "transformer": {
        "size": 16,
        "n_heads": 2,
        "n_encoder_layers": 1,
        "n_decoder_layers": 1,
    },
    "lm": {"size": 16},
}
TEXTS = ["a cat", "the dog", "it's a zoo", "no", "yes", "a dog"]


@pytest.fixture
def sentences(tmp_path, rng, monkeypatch):
    """Six sentences of noise, in files."""
    found = []
    for k, text in enumerate(TEXTS):
        path = tmp_path / f"{k}.wav"
        sound = 0.1 * rng.standard_normal(8_000 + 2_000 * k)
        audio.save(path, sound, sample_rate=16_000)
        part = "dev" if k > 3 else "train"
        found.append(data.Utterance(path, "noise", f"s{k}", text, part))
    monkeypatch.setattr(train, "utterances", lambda: found)
    return found


def small(name):
    planned = TRAININGS[name]
    return Training(planned.plan, SMALL[name], batch_size=2)


@pytest.fixture
def lender(sentences, tmp_path, monkeypatch):
    """A folder with a CTC recogniser."""
    monkeypatch.setitem(TRAININGS, "ctc", small("ctc"))
    return train.train("ctc", folder=tmp_path / "exp", n_epochs=1, show=False)


@pytest.mark.parametrize("name", TRAININGS)
def test_a_training_leaves_weights_that_say_how_they_were_made(
    name, sentences, lender, tmp_path, monkeypatch
):
    lender.with_suffix(".state").unlink()
    monkeypatch.setitem(TRAININGS, name, small(name))
    path = train.train(name, folder=tmp_path / "exp", n_epochs=2, seed=3, show=False)
    model = load_shipped(name, folder=path.parent)
    card = model.card
    assert card["command"] == f"clarity-lab recognition train {name} --seed 3"
    heard = "24 letters" if name == "lm" else "0.0 h, 4 speakers"
    assert card["data"] == f"4 sentences, {heard} of noise"
    assert card["epoch"] in (1, 2)
    assert np.isfinite(card["dev_score"])


def test_an_interrupted_training_ends_as_one_in_a_piece(
    sentences, tmp_path, monkeypatch
):
    monkeypatch.setitem(TRAININGS, "ctc", small("ctc"))
    whole = train.train("ctc", folder=tmp_path / "a", n_epochs=3, show=False)
    pieces = tmp_path / "b"

    calls = []

    def scored(model, dev):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return train_scored(model, dev)

    train_scored = train.scored
    monkeypatch.setattr(train, "scored", scored)
    with pytest.raises(KeyboardInterrupt):
        train.train("ctc", folder=pieces, n_epochs=3, show=False)
    resumed = train.train("ctc", folder=pieces, n_epochs=3, show=False)
    assert resumed.read_bytes() == whole.read_bytes()


def test_a_speller_listens_with_the_encoder_that_it_learnt_with(
    sentences, lender, tmp_path, monkeypatch
):
    monkeypatch.setitem(TRAININGS, "attention", small("attention"))
    path = train.train("attention", folder=lender.parent, n_epochs=1, show=False)
    features = data.features_of(sentences[:1], show=False)[0].float()[None]
    n_frames = torch.tensor([features.shape[-1]])
    ctc = load_shipped("ctc", folder=lender.parent)
    speller = load_shipped("attention", folder=lender.parent)
    heard, _ = speller.listener.front(features, n_frames)
    torch.testing.assert_close(heard, ctc.encoder(features, n_frames)[0])

    other = train.train("ctc", folder=tmp_path / "b", n_epochs=1, seed=1, show=False)
    shutil.copy(path, other.parent)
    with pytest.raises(ValueError, match=r"expected the ctc\.safetensors that"):
        load_shipped("attention", folder=other.parent)


def row(dataset, split, speaker):
    return SimpleNamespace(dataset=dataset, split=split, speaker=speaker)


def test_nobody_is_in_two_parts():
    speakers = [f"{number:04d}" for number in range(250)]
    parts = {one: data.part_of(row("speechocean762", "test", one)) for one in speakers}
    assert sorted(set(parts.values())) == ["dev", "eval", "train"]
    assert list(parts.values()).count("eval") == 50
    assert data.part_of(row("speechocean762", "train", "0005")) == "train"
    assert data.part_of(row("librispeech", "train", "1")) == "train"
    assert data.part_of(row("librispeech", "eval", "1")) == "eval"


def test_the_same_epoch_gives_the_same_batches_and_the_next_one_others(sentences):
    features = data.features_of(sentences, show=False)
    batches = data.TrainingBatches(sentences, features, seed=1, size=4)
    one, again, other = batches(0)[0], batches(0)[0], batches(1)[0]
    torch.testing.assert_close(one.features, again.features)
    assert one.features.shape != other.features.shape or bool(
        (one.features != other.features).any()
    )
    everything = sum(len(batch.n_frames) for batch in batches(0))
    assert everything == len(TEXTS)


def test_features_are_kept_for_the_same_recordings_only(sentences, tmp_path):
    kept = tmp_path / "features.pt"
    first = data.features_of(sentences, kept_in=kept, show=False)
    written = kept.stat().st_mtime_ns
    again = data.features_of(sentences, kept_in=kept, show=False)
    assert kept.stat().st_mtime_ns == written
    torch.testing.assert_close(first[0], again[0])
    fewer = data.features_of(sentences[:2], kept_in=kept, show=False)
    assert len(fewer) == 2


def test_every_way_to_decode_is_scored_on_speakers_never_heard(
    sentences, tmp_path, monkeypatch
):
    monkeypatch.setattr(score, "utterances", lambda: sentences)
    for name in ("ctc", "attention", "lm"):
        monkeypatch.setitem(TRAININGS, name, small(name))
        train.train(name, folder=tmp_path, n_epochs=1, show=False)
    assert shipped_ngrams(folder=train.count(folder=tmp_path).parent).card["data"]
    written = []

    def wer(texts, *, reference):
        written.append(texts)
        return metrics.wer(texts, reference=reference)

    monkeypatch.setattr(score, "wer", wer)
    table = score.score(tmp_path, part="dev", names=["ctc", "attention"], show=False)
    assert len(table) == 9  # four ways of CTC, five of a speller
    assert set(table["speakers"]) == {2}
    assert set(table["words"]) == {3}  # "yes", "a dog"
    assert table[["wer", "cer"]].notna().all(axis=None)
    score.note_scores(table, tmp_path)
    noted = load_shipped("ctc", folder=tmp_path).card["eval"]
    assert [row["decoding"] for row in noted] == list(table.decoding[:4])
    assert noted[0]["cer"] == pytest.approx(table.cer[0], abs=1e-4)
    [listed] = table.index[table.decoding.str.contains("list of words")]
    known = {
        word for one in sentences if one.part == "train" for word in one.text.split()
    }
    assert set(" ".join(written[listed]).split()) <= known


def test_a_way_that_reads_all_right_has_no_errors(sentences):
    texts = [one.text for one in sentences]
    perfect, nothing = (
        score._rows(score.Way("m", "d", str), sentences, found)
        for found in (texts, [""] * len(texts))
    )
    assert (perfect[0]["wer"], perfect[0]["cer"]) == (0, 0)
    assert (nothing[0]["wer"], nothing[0]["cer"]) == (1, 1)


def test_features_are_computed_anew_when_a_recording_is_newer(sentences, tmp_path):
    kept = tmp_path / "features.pt"
    data.features_of(sentences, kept_in=kept, show=False)
    audio.save(sentences[0].path, np.zeros(1_600), sample_rate=16_000)
    later = kept.stat().st_mtime + 10
    os.utime(sentences[0].path, (later, later))
    first, *_ = data.features_of(sentences, kept_in=kept, show=False)
    assert first.shape == (64, 11)


@pytest.mark.parametrize("content", [b"", b"half a file", None])
def test_a_file_without_features_is_told_and_stays(sentences, tmp_path, content):
    kept = tmp_path / "features.pt"
    torch.save({"weights": torch.zeros(1)}, kept)
    if content is not None:
        kept.write_bytes(content)
    before = kept.read_bytes()
    with pytest.raises(ValueError, match="Delete it"):
        data.features_of(sentences, kept_in=kept, show=False)
    assert kept.read_bytes() == before


def test_no_sound_is_read_for_weights_that_are_not_there(tmp_path, monkeypatch):
    monkeypatch.setattr(score, "utterances", lambda: pytest.fail("read"))
    with pytest.raises(ValueError, match="clarity-lab recognition train ctc"):
        score.score(tmp_path, names=["ctc"], show=False)


def test_no_sound_is_read_for_a_device_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.setattr(train, "utterances", lambda: pytest.fail("read"))
    with pytest.raises(ValueError, match="torch can use here, got 'gpu'"):
        train.train("ctc", folder=tmp_path, device="gpu", show=False)


NONSENSE = [
    ["train", "ctc", "--epochs", "0"],
    ["train", "ctc", "--seed", "-1"],
    ["digits", "--seeds", "1", "x"],
    ["score", "--most", "0"],
]


@pytest.mark.parametrize("words", NONSENSE, ids=" ".join)
def test_numbers_that_make_no_sense_are_told(words, capsys, monkeypatch):
    monkeypatch.setattr(recognition, "run", lambda _: pytest.fail("done"))
    with pytest.raises(SystemExit):
        cli.main(["recognition", *words])
    assert "expected a whole number from" in capsys.readouterr().err


def test_what_stands_in_its_way_the_command_says_in_a_line(tmp_path, capsys):
    place = tmp_path / "a file"
    place.write_text("mine")
    words = ["recognition", "train", "ctc", "--folder", str(place / "exp")]
    assert cli.main(words) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("clarity-lab: recognition train: ")
