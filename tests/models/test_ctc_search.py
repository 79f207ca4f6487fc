"""Searches against all labellings written out, and what a scorer may do."""

import itertools
from math import inf, log

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from clarity_lab.models.ctc import collapse, lattice
from clarity_lab.models.ctc_search import (
    beam_search,
    greedy_search,
    prefix_beam_search,
)

SEARCHES = [beam_search, prefix_beam_search]


def random_log_probs(frames, tokens, seed=0):
    generator = torch.Generator().manual_seed(seed)
    logits = 2 * torch.randn(frames, tokens, generator=generator)
    return logits.double().log_softmax(-1)


def likelihoods(log_probs):
    """Each labelling with the sum over all its paths."""
    frames, tokens = log_probs.shape
    paths = itertools.product(range(tokens), repeat=frames)
    return {
        one: float(
            lattice(log_probs[None], torch.tensor([one]).long()).log_likelihood[0]
        )
        for one in {tuple(collapse(path)) for path in paths}
    }


class Bigrams:
    """Knows which token follows which."""

    def __init__(self, table):
        self.table = np.asarray(table)

    def start(self):
        return 0

    def scores(self, state):
        return self.table[state]

    def after(self, state, token):
        return token

    def end(self, state):
        return -0.5 * state


@given(st.integers(1, 4), st.integers(2, 3), st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
@pytest.mark.parametrize("search", SEARCHES)
def test_a_wide_beam_finds_every_labelling_with_its_exact_probability(
    search, frames, tokens, seed
):
    log_probs = random_log_probs(frames, tokens, seed)
    expected = likelihoods(log_probs)
    found = search(log_probs, beam_size=1_000, n_best=1_000)
    assert {one.tokens for one in found} == set(expected)
    for one in found:
        assert one.log_ctc == one.score == pytest.approx(expected[one.tokens])
    assert [one.score for one in found] == sorted(o.score for o in found)[::-1]


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("seed", range(5))
def test_with_a_scorer_the_best_is_the_best_of_all_sums(search, seed):
    log_probs = random_log_probs(4, 3, seed)
    rng = np.random.default_rng(seed)
    scorer = Bigrams(rng.normal(size=(3, 3)))

    def sum_of(tokens, log_ctc):
        steps = itertools.pairwise((0, *tokens))
        bonus = sum(scorer.table[a, b] for a, b in steps)
        return log_ctc + bonus - 0.5 * (tokens[-1] if tokens else 0)

    sums = {one: sum_of(one, p) for one, p in likelihoods(log_probs).items()}
    best = search(log_probs, beam_size=1_000, scorer=scorer)[0]
    assert best.tokens == max(sums, key=sums.get)
    assert best.score == pytest.approx(max(sums.values()))


@pytest.mark.parametrize("search", SEARCHES)
def test_what_a_scorer_forbids_is_never_found(search):
    never_two_after_one = np.zeros((3, 3))
    never_two_after_one[1, 2] = -inf
    found = search(
        random_log_probs(6, 3),
        beam_size=200,
        scorer=Bigrams(never_two_after_one),
        n_best=200,
    )
    assert len(found) > 10
    assert not [one for one in found if (1, 2) in itertools.pairwise(one.tokens)]


@pytest.mark.parametrize("search", SEARCHES)
def test_a_narrow_beam_loses_probability_but_invents_none(search):
    log_probs = random_log_probs(6, 3, seed=7)
    exact = likelihoods(log_probs)
    for one in search(log_probs, beam_size=3, n_best=3):
        assert one.log_ctc <= exact[one.tokens] + 1e-9


def test_a_beam_of_one_without_sums_is_the_best_path():
    # One token is far ahead in each frame: then path and labelling agree.
    probs = torch.full((5, 3), 0.01)
    probs[range(5), [1, 1, 0, 1, 2]] = 0.98
    for search in SEARCHES:
        assert search(probs.log(), beam_size=1)[0].tokens == (1, 1, 2)
    assert greedy_search(probs.log()).tokens == (1, 1, 2)
    assert greedy_search(probs.log()).score == pytest.approx(5 * log(0.98), rel=1e-5)


@pytest.mark.parametrize("search", SEARCHES)
def test_unlikely_tokens_extend_nothing_and_the_best_one_always_may(search):
    probs = torch.tensor([[0.6, 0.3, 0.1], [0.1, 0.1, 0.8]])
    found = search(probs.log(), least_log_prob=log(0.9), n_best=10)
    assert {one.tokens for one in found} == {(), (2,)}


@pytest.mark.parametrize("search", SEARCHES)
def test_another_blank_is_another_name_only(search):
    log_probs = random_log_probs(6, 4)
    renamed = log_probs[:, [1, 2, 3, 0]]
    [ours], [theirs] = search(log_probs), search(renamed, blank=3)
    assert ours.tokens == tuple(token + 1 for token in theirs.tokens)


@pytest.mark.parametrize("search", [greedy_search, *SEARCHES])
def test_wrong_input_is_told(search):
    with pytest.raises(ValueError, match="of one utterance"):
        search(random_log_probs(4, 3)[None])
    with pytest.raises(ValueError, match="none above 0"):
        search(random_log_probs(4, 3).exp())
    with pytest.raises(TypeError, match="floating-point tensor"):
        search(np.zeros((4, 3)))


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("name", ["beam_size", "n_best"])
def test_a_beam_of_nothing_is_told(search, name):
    with pytest.raises(ValueError, match=f"{name} of 1 or more, got -1"):
        search(random_log_probs(4, 3), **{name: -1})


@pytest.mark.parametrize("search", SEARCHES)
def test_where_no_path_is_possible_nothing_is_found(search):
    log_probs = random_log_probs(4, 3)
    log_probs[2] = -inf
    assert search(log_probs) == []


@pytest.mark.parametrize("search", SEARCHES)
def test_a_scorer_of_other_tokens_is_told(search):
    with pytest.raises(ValueError, match=r"of the 4 tokens .* got one of 3 tokens"):
        search(random_log_probs(5, 4), scorer=Bigrams(np.zeros((3, 3))))
