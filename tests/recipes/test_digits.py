"""Rows of digits, and the recogniser that learns them live."""

import copy

import numpy as np
import pandas as pd
import pytest

torch = pytest.importorskip("torch", reason="needs the lessons' packages")
pytest.importorskip("jiwer", reason="needs the lessons' packages")

from clarity_lab import manifests  # noqa: E402
from clarity_lab.models.conv_encoder import ConvEncoder  # noqa: E402
from clarity_lab.recipes.recognition import digits, strangers  # noqa: E402
from clarity_lab.recipes.recognition.digit_strings import GAP_S, Spoken  # noqa: E402


@pytest.fixture
def spoken():
    """Ten tones, one a digit, by each of two speakers."""
    time_s = torch.arange(4_800) / 16_000
    return [
        Spoken(digit, speaker, 2**0.5 * torch.sin(2 * np.pi * hz * time_s))
        for speaker, factor in (("low", 1.0), ("high", 1.1))
        for digit, hz in enumerate(factor * 300 * 1.25 ** np.arange(10))
    ]


def test_a_row_holds_two_to_five_digits_of_one_speaker(spoken):
    rows = digits.strings(spoken, 50, seed=1)
    assert {len(row.digits) for row in rows} == {2, 3, 4, 5}
    loudest_hz = [
        np.argmax(np.abs(np.fft.rfft(row.sound))) * 16_000 / len(row.sound)
        for row in rows
    ]
    tones = {
        speaker: [300 * factor * 1.25**digit for digit in range(10)]
        for speaker, factor in (("low", 1.0), ("high", 1.1))
    }
    for row, hz in zip(rows, loudest_hz, strict=True):
        said = [tones[s][d] for s in tones for d in row.digits]
        assert min(abs(hz / one - 1) for one in said) < 0.01


def test_a_row_is_as_long_as_its_digits_and_the_silence_between(spoken):
    for row in digits.strings(spoken, 20, seed=2):
        n = len(row.digits)
        low, high = GAP_S
        length_s = len(row.sound) / 16_000 - 0.3 * n
        assert low * (n + 1) - 0.001 <= length_s <= high * (n + 1) + 0.001


def test_the_same_seed_draws_the_same_rows_and_another_others(spoken):
    first, again, other = (digits.strings(spoken, 5, seed=k) for k in (1, 1, 2))
    assert [row.digits for row in first] == [row.digits for row in again]
    torch.testing.assert_close(first[0].sound, again[0].sound)
    assert [row.digits for row in first] != [row.digits for row in other]


def test_the_text_and_the_tokens_say_the_same(spoken):
    row = digits.strings(spoken, 1, seed=3)[0]
    tokens = digits.tokens_of(row)
    assert row.text.split() == [digits.DIGITS[token - 1] for token in tokens]
    assert 0 not in tokens  # the blank


def test_rows_of_nobody_are_refused():
    with pytest.raises(ValueError, match="name misspelt"):
        digits.strings([], 3, seed=0)


def test_an_epoch_is_the_same_whenever_it_is_asked_for(spoken, monkeypatch):
    monkeypatch.setattr(digits, "N_STRINGS", 6)
    batches = digits.DigitBatches(spoken, seed=4)
    first = batches(3)
    batches(0)
    for one, again in zip(first, batches(3), strict=True):
        torch.testing.assert_close(one.features, again.features)
        torch.testing.assert_close(one.targets, again.targets)


def test_every_second_epoch_draws_new_rows(spoken, monkeypatch):
    monkeypatch.setattr(digits, "N_STRINGS", 6)
    batches = digits.DigitBatches(spoken, seed=4)
    drawn = [sorted(map(tuple, batches(k)[0].targets.tolist())) for k in range(3)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_training_lowers_the_loss_and_is_the_same_each_time(spoken, monkeypatch):
    monkeypatch.setattr(digits, "N_STRINGS", 16)
    monkeypatch.setattr(digits, "SIZES", {"size": 16, "n_blocks": 1, "width": 3})
    models = [digits.new_model(seed=0) for _ in range(2)]
    runs = [digits.train(m, spoken, seed=0, n_epochs=5, show=False) for m in models]
    assert runs[0].losses == runs[1].losses
    assert runs[0].losses[-1] < 0.7 * runs[0].losses[0]
    assert not models[0].training


def test_behind_ears_that_hear_only_the_rest_is_learnt(spoken, monkeypatch):
    monkeypatch.setattr(digits, "N_STRINGS", 16)
    monkeypatch.setattr(digits, "N_EPOCHS_BEHIND_EARS", 3)
    ears = ConvEncoder(size=16, n_blocks=1)
    before = copy.deepcopy(ears.state_dict())
    model = digits.new_model(seed=0, ears=ears)
    progress = digits.train(model, spoken, seed=0, show=False)
    assert len(progress.losses) == 3
    assert progress.losses[-1] < progress.losses[0]
    for name, value in ears.state_dict().items():
        torch.testing.assert_close(value, before[name], rtol=0, atol=0)


def test_what_is_heard_is_written_in_words(spoken):
    class Echo:
        """Says what it is given, one token a frame."""

        def listen(self, samples, *, sample_rate):
            said = [0, 5, 5, 0, 5, 10]
            return torch.nn.functional.one_hot(torch.tensor(said), 11).double().log()

    row = digits.strings(spoken, 1, seed=3)[0]
    assert digits.read(Echo(), row) == "four four nine"


def test_what_lies_above_4_khz_is_not_looked_at(spoken):
    model = digits.new_model(seed=0).eval()
    features = digits.strings(spoken, 1, seed=1)[0].features[None]
    changed = features.clone()
    changed[:, 2 * digits.N_BANDS :] += 5.0
    n_frames = torch.tensor([features.shape[-1]])
    before, _ = model(features, n_frames)
    torch.testing.assert_close(model(changed, n_frames)[0], before)
    changed[:, 10] += 5.0
    assert not torch.allclose(model(changed, n_frames)[0], before)


def test_a_stranger_is_in_no_training(spoken, monkeypatch):
    heard = []
    monkeypatch.setattr(strangers, "spoken_digits", lambda: spoken)
    monkeypatch.setattr(strangers, "N_ASKED", 3)

    def train(model, those, *, seed, n_epochs):
        heard.append(({one.speaker for one in those}, seed))

    monkeypatch.setattr(strangers, "train", train)
    table = strangers.strangers(["low", "high"], seeds=[5, 6])
    others = [({"high"}, 5), ({"high"}, 6), ({"low"}, 5), ({"low"}, 6)]
    assert heard == others
    assert list(table.seed) == [5, 6, 5, 6]
    assert (table.wer > 0.5).all()  # nobody was trained


def test_recordings_that_are_not_here_are_fetched(monkeypatch):
    fetched = []

    def table(name):
        if not fetched:
            raise manifests.MissingDataError("not here")
        return pd.DataFrame(columns=["path", "label", "speaker"])

    monkeypatch.setattr(manifests, "table", table, raising=False)
    monkeypatch.setattr(manifests, "fetch", fetched.append)
    assert digits.spoken_digits() == []
    assert fetched == ["fsdd"]


def test_the_recordings_are_at_one_level():
    try:
        manifests.table("fsdd")
    except manifests.MissingDataError:
        pytest.skip("needs the spoken digits: clarity-lab data fetch fsdd")
    spoken = digits.spoken_digits()
    assert {one.digit for one in spoken} == set(range(10))
    assert len({one.speaker for one in spoken}) >= 5
    levels = [float(one.samples.square().mean()) for one in spoken[::50]]
    np.testing.assert_allclose(levels, 1, rtol=1e-4)


def test_a_speaker_nobody_knows_is_told_before_anything_is_trained(spoken, monkeypatch):
    monkeypatch.setattr(strangers, "spoken_digits", lambda: spoken)
    monkeypatch.setattr(strangers, "train", lambda *_, **__: pytest.fail("trained"))
    with pytest.raises(ValueError, match="one of high, low, got 'theo'"):
        strangers.strangers(["low", "theo"], seeds=[0])


def test_first_weights_are_those_of_the_seed_and_disturb_no_chance():
    before = torch.get_rng_state()
    one, again, other = (digits.new_model(seed=seed) for seed in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(one.name.weight, again.name.weight)
    assert not torch.equal(one.name.weight, other.name.weight)


def test_a_silent_recording_has_no_level_to_be_brought_to():
    with pytest.raises(ValueError, match="expected a recording of 3 by me"):
        Spoken.of(3, "me", np.zeros(800), sample_rate=8_000)
