"""A borrowed encoder hears as its owner does, and nobody changes it."""

import copy

import pytest

torch = pytest.importorskip("torch", reason="needs the lessons' packages")

from torch import nn  # noqa: E402

from clarity_lab.models.borrowed import Borrowed  # noqa: E402
from clarity_lab.models.conv_encoder import ConvEncoder  # noqa: E402
from clarity_lab.models.las import LAS  # noqa: E402
from clarity_lab.models.speech_features import batch_of  # noqa: E402
from clarity_lab.models.transformer_asr import TransformerASR  # noqa: E402

SPELLERS = {
    "las": lambda encoder: LAS(Borrowed(encoder), size=8),
    "transformer": lambda encoder: TransformerASR(
        Borrowed(encoder), size=8, n_heads=2, n_encoder_layers=1, n_decoder_layers=1
    ),
}


class Nothing(nn.Module):
    """An encoder without weights."""

    size = 8


@pytest.fixture
def encoder():
    torch.manual_seed(0)
    return ConvEncoder(size=8, n_blocks=1, dropout=0.5)


@pytest.mark.parametrize("name", SPELLERS)
def test_training_leaves_it_as_it_is(name, encoder):
    before = copy.deepcopy(encoder.state_dict())
    model = SPELLERS[name](encoder)
    batch = batch_of([torch.randn(64, 40)], [[1, 2]])
    optimiser = torch.optim.SGD(model.parameters(), lr=1.0)
    loss = model.loss(batch)
    loss.backward()
    optimiser.step()
    assert model.loss(batch).item() != loss.item()
    assert all(one.grad is None for one in encoder.parameters())
    for key, value in encoder.state_dict().items():
        torch.testing.assert_close(value, before[key], rtol=0, atol=0)


@pytest.mark.parametrize("name", SPELLERS)
def test_its_weights_are_in_no_other_file(name, encoder):
    mine = sum(one.numel() for one in SPELLERS[name](encoder).state_dict().values())
    alone = SPELLERS[name](Nothing())
    assert mine == sum(one.numel() for one in alone.state_dict().values())


def test_its_dropout_is_that_of_the_others(encoder):
    borrowed = Borrowed(encoder)
    sound, n_frames = torch.randn(1, 64, 40), torch.tensor([40])

    def differs():
        one, other = (borrowed(sound, n_frames)[0] for _ in range(2))
        return bool((one != other).any())

    assert borrowed.train() is borrowed
    assert differs()
    assert borrowed.eval() is borrowed
    assert not differs()


def test_it_moves_along(encoder):
    model = LAS(Borrowed(encoder), size=8).double()
    assert next(encoder.parameters()).dtype == torch.double
    model.to("meta")
    assert next(encoder.parameters()).is_meta
