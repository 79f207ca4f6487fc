"""Attention: torch's own, written out; and weights that are weights."""

import pytest

torch = pytest.importorskip("torch", reason="needs the lessons' packages")

from clarity_lab.models.attention import (  # noqa: E402
    ContentAttention,
    LocationAttention,
    MultiHeadAttention,
    attend,
)

EXACT = {"rtol": 0, "atol": 1e-12}  # double precision; sums of some ten numbers


@pytest.fixture(autouse=True)
def in_double():
    torch.manual_seed(440)
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("causal", [False, True])
def test_it_is_torchs_scaled_dot_product(causal):
    query, keys, values = (torch.randn(2, 3, 5, 4) for _ in range(3))
    counts = torch.ones(5, 5, dtype=torch.bool).tril() if causal else None
    found, weights = attend(query, keys, values, counts=counts)
    theirs = torch.nn.functional.scaled_dot_product_attention(
        query, keys, values, is_causal=causal
    )
    torch.testing.assert_close(found, theirs, **EXACT)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 3, 5), **EXACT)


def test_what_does_not_count_is_not_looked_at():
    query, keys, values = (torch.randn(5, 4) for _ in range(3))
    counts = torch.tensor([True, False, True, True, False])
    found, weights = attend(query, keys, values, counts=counts)
    assert (weights[:, ~counts] == 0).all()
    torch.testing.assert_close(
        found, attend(query, keys[counts], values[counts])[0], **EXACT
    )


def test_many_heads_are_torchs_with_the_same_weights():
    ours = MultiHeadAttention(8, n_heads=2)
    theirs = torch.nn.MultiheadAttention(8, 2, batch_first=True)
    into = torch.cat([one.weight for one in (ours.query, ours.key, ours.value)])
    biases = torch.cat([one.bias for one in (ours.query, ours.key, ours.value)])
    theirs.load_state_dict(
        {
            "in_proj_weight": into,
            "in_proj_bias": biases,
            "out_proj.weight": ours.out.weight,
            "out_proj.bias": ours.out.bias,
        }
    )
    asking, memory = torch.randn(3, 4, 8), torch.randn(3, 6, 8)
    counts = torch.arange(6) < torch.tensor([6, 4, 1])[:, None]
    found, weights = ours(asking, memory, counts[:, None])
    wanted, looked = theirs(
        asking, memory, memory, key_padding_mask=~counts, average_attn_weights=False
    )
    torch.testing.assert_close(found, wanted, **EXACT)
    torch.testing.assert_close(weights, looked, **EXACT)


def test_heads_must_share_the_size():
    with pytest.raises(ValueError, match="3 heads share evenly, got 8"):
        MultiHeadAttention(8, n_heads=3)


@pytest.mark.parametrize("kind", [ContentAttention, LocationAttention])
def test_a_speller_looks_only_at_frames_that_are_there(kind):
    attention = kind(6, 5, 4)
    memory, state = torch.randn(2, 7, 6), torch.randn(2, 5)
    counts = torch.arange(7) < torch.tensor([7, 3])[:, None]
    before = torch.full((2, 7), 1 / 7)
    weights = attention(state, attention.prepare(memory), counts, before)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2), **EXACT)
    assert (weights[1, 3:] == 0).all()


def test_only_location_attention_knows_where_one_looked():
    memory, state = torch.randn(1, 7, 6), torch.randn(1, 5)
    counts = torch.ones(1, 7, dtype=torch.bool)
    start, end = torch.eye(7)[[0]], torch.eye(7)[[6]]
    moved = []
    for kind in (ContentAttention, LocationAttention):
        attention = kind(6, 5, 4)
        keys = attention.prepare(memory)
        one, other = (attention(state, keys, counts, at) for at in (start, end))
        moved.append(bool((one != other).any()))
    assert moved == [False, True]
