"""Weights come back as they were, with their card; damaged files say so."""

import pytest

torch = pytest.importorskip("torch", reason="needs the lessons' packages")
pytest.importorskip("safetensors", reason="needs the lessons' packages")

from clarity_lab.models.rnn_lm import RnnLM  # noqa: E402
from clarity_lab.models.shipped import load_shipped  # noqa: E402
from clarity_lab.models.weights import (  # noqa: E402
    load_weights,
    read_card,
    save_weights,
    write_card,
)

CARD = {"sizes": {"size": 8}, "command": "clarity-lab recognition train lm"}


@pytest.fixture
def file(tmp_path):
    torch.manual_seed(440)
    save_weights(RnnLM(size=8), tmp_path / "lm.safetensors", card=CARD)
    return tmp_path / "lm.safetensors"


def test_weights_come_back_to_half_precision(file):
    torch.manual_seed(440)
    before, after = RnnLM(size=8), RnnLM(size=8)
    for weight in after.parameters():
        weight.data.zero_()
    assert load_weights(after, file) == CARD
    assert not after.training
    for name, value in before.state_dict().items():
        torch.testing.assert_close(
            after.state_dict()[name], value, rtol=1e-3, atol=1e-6
        )


def test_a_shipped_model_is_made_as_its_card_says(file):
    model = load_shipped("lm", folder=file.parent)
    assert model.gru.hidden_size == 8
    assert model.card == CARD


def test_weights_that_are_not_there_name_the_command_that_makes_them(tmp_path):
    with pytest.raises(ValueError, match="clarity-lab recognition train ctc"):
        load_shipped("ctc", folder=tmp_path)
    with pytest.raises(ValueError, match="expected name"):
        load_shipped("whisper", folder=tmp_path)


def test_a_new_card_leaves_the_weights(file):
    before = load_shipped("lm", folder=file.parent).state_dict()
    write_card(file, CARD | {"eval": [{"wer": 0.5}]})
    after = load_shipped("lm", folder=file.parent)
    assert after.card["eval"] == [{"wer": 0.5}]
    for name, value in after.state_dict().items():
        assert torch.equal(value, before[name])


def test_half_a_file_is_told(file):
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(ValueError, match="Is the download whole"):
        read_card(file)


def test_weights_of_another_model_are_told(file):
    with pytest.raises(ValueError, match="expected a model as lm"):
        load_weights(RnnLM(size=16), file)


@pytest.mark.parametrize("card", [{"name": "ngrams"}, {"sizes": {"listener": 3}}])
def test_a_card_of_another_model_is_told(file, card):
    write_card(file, card)
    with pytest.raises(ValueError, match="weights of the model 'lm'"):
        load_shipped("lm", folder=file.parent)


def test_what_is_not_finite_is_not_written(file):
    old = file.read_bytes()
    model = RnnLM(size=8)
    model.name.bias.data[0] = 1e6  # more than half precision holds
    with pytest.raises(FloatingPointError, match="got name"):
        save_weights(model, file, card=CARD)
    assert file.read_bytes() == old
