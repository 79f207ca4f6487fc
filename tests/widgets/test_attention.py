"""The attention explorer shows what a speller writes when it looks more sharply."""

import re

import pytest

torch = pytest.importorskip("torch", reason="needs the lessons' packages")
pytest.importorskip("jiwer", reason="needs the lessons' packages")

from clarity_lab.models.attention import Sharpened  # noqa: E402
from clarity_lab.models.characters import decode_tokens  # noqa: E402
from clarity_lab.models.conv_encoder import ConvEncoder  # noqa: E402
from clarity_lab.models.las import LAS  # noqa: E402
from clarity_lab.models.speller import spell_greedily  # noqa: E402
from clarity_lab.widgets import explore_attention  # noqa: E402


@pytest.fixture
def model():
    torch.manual_seed(2)
    model = LAS(ConvEncoder(size=16, n_blocks=1), size=16)
    with torch.no_grad():
        model.name.bias[0] = -1.0  # it does not end at once
    return model.eval()


@pytest.fixture
def sound(rng):
    return 0.1 * rng.standard_normal(16_000)


def letters(explorer):
    return "".join(
        re.findall(
            r"Where was looked for each letter of: ([a-z' ]*)", explorer.view.value
        )
    )


def test_as_trained_it_writes_what_the_model_writes(model, sound):
    explorer = explore_attention(sound, sample_rate=16_000, model=model, reference="a")
    memory, counts = model.listen_to(sound, sample_rate=16_000)
    [tokens] = spell_greedily(model, memory, counts, most_labels=120)
    assert letters(explorer) == decode_tokens(tokens)
    assert "CER" in explorer.view.value
    explorer.controls["sharpness"].value = 0.0
    explorer.controls["sharpness"].value = 1.0
    assert letters(explorer) == decode_tokens(tokens)
    assert not isinstance(model.attention, Sharpened)  # a copy was sharpened


@pytest.mark.parametrize(("sharpness", "peak"), [(0.0, 0.25), (1.0, 0.6), (50.0, 1.0)])
def test_sharpness_leads_from_the_mean_to_one_frame(sharpness, peak):
    def attention(state, keys, counts, before):
        return torch.tensor([[0.1, 0.6, 0.2, 0.1, 0.0]])

    sharpened = Sharpened(attention)
    sharpened.sharpness = sharpness
    counts = torch.tensor([[True, True, True, True, False]])
    weights = sharpened(None, None, counts, None)
    assert float(weights.max()) == pytest.approx(peak, abs=1e-3)
    assert float(weights.sum()) == pytest.approx(1)
    assert float(weights[0, 4]) == 0


def test_a_reference_without_words_is_told(model, sound):
    with pytest.raises(ValueError, match="reference"):
        explore_attention(sound, sample_rate=16_000, model=model, reference="")
