"""Joint decoding: against all paths and all texts, where they can be counted."""

from itertools import product

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the lessons' packages")

from clarity_lab.models.ctc import collapse, ctc_loss  # noqa: E402
from clarity_lab.models.joint_decoding import (  # noqa: E402
    CtcPrefixScorer,
    Weights,
    joint_search,
)
from clarity_lab.models.rnn_lm import RnnLM  # noqa: E402
from tests.models.sure_speller import sure_transformer  # noqa: E402

N_FRAMES, N_TOKENS = 5, 3


@pytest.fixture
def log_probs(rng):
    scores = torch.from_numpy(rng.normal(0, 2, (N_FRAMES, N_TOKENS)))
    return scores.log_softmax(-1)


def begins_with(log_probs, prefix):
    """The sum over every path whose labelling begins so; and over those that are it."""
    begins = whole = 0.0
    for path in product(range(N_TOKENS), repeat=N_FRAMES):
        labels = collapse(path)
        probability = float(log_probs[range(N_FRAMES), path].sum().exp())
        begins += probability * (labels[: len(prefix)] == list(prefix))
        whole += probability * (labels == list(prefix))
    return begins, whole


def test_prefix_scores_are_sums_over_all_paths(log_probs):
    scorer = CtcPrefixScorer(log_probs)
    sums, last, prefix = scorer.begin(), np.array([0]), []
    for letter in (1, 1, 2):
        begins, longer = scorer.grown(sums, last)
        _, ends = begins_with(log_probs, prefix)
        np.testing.assert_allclose(np.exp(begins[0, 0]), ends, rtol=1e-9)
        for next_ in (1, 2):
            there, _ = begins_with(log_probs, [*prefix, next_])
            np.testing.assert_allclose(np.exp(begins[0, next_]), there, rtol=1e-9)
        prefix.append(letter)
        sums, last = longer[:, letter], np.array([letter])


@pytest.fixture
def model():
    return sure_transformer(n_tokens=N_TOKENS)


@pytest.fixture
def language_model():
    torch.manual_seed(4)
    return RnnLM(n_tokens=N_TOKENS, size=8).eval()


@pytest.fixture
def features():
    return torch.randn(64, 4 * N_FRAMES, generator=torch.Generator().manual_seed(5))


def judged(model, language_model, features, text):
    """What each judge says of a whole text."""
    memory, counts = model.listen(features[None], torch.tensor([features.shape[-1]]))
    targets = torch.tensor([text], dtype=torch.long)
    spelled, _ = model.spell(memory, counts, targets)
    wanted = torch.tensor([*text, 0])
    speller = float(spelled[0, range(len(wanted)), wanted].sum())
    log_probs = model.ctc_log_probs(memory).double()
    ctc = -float(ctc_loss(log_probs, targets, reduction="sum"))
    return speller, ctc, language_model.log_prob(text)


@pytest.mark.parametrize(
    ("share", "gamma", "bonus"),
    [(1.0, 0.0, 0.0), (0.0, 0.0, 0.0), (0.6, 0.0, 0.0), (0.5, 0.4, 0.3)],
)
def test_a_wide_beam_finds_the_best_of_all_texts(
    model, language_model, features, share, gamma, bonus
):
    texts = [t for n in range(5) for t in product(range(1, N_TOKENS), repeat=n)]
    scores = {}
    with torch.inference_mode():
        for text in texts:
            said = judged(model, language_model, features, text)
            parts = [share * said[0], (1 - share) * said[1], gamma * said[2]]
            scores[text] = sum(
                part for part in parts if not np.isnan(part)
            ) + bonus * len(text)
    best = max(scores, key=scores.get)
    found = joint_search(
        model,
        features,
        weights=Weights(share, gamma, bonus),
        language_model=language_model,
        beam_size=64,
        most_labels=4,
    )[0]
    assert found.tokens == best
    assert found.score == pytest.approx(scores[best], abs=1e-4)
    said = judged(model, language_model, features, best)
    assert (found.speller, found.ctc, found.language_model) == pytest.approx(
        said, abs=1e-4
    )


def test_stopping_early_misses_nothing(model, language_model, features):
    narrow = joint_search(model, features, beam_size=64, n_best=3)
    longest = joint_search(model, features, beam_size=64, n_best=200)
    assert [one.tokens for one in narrow] == [one.tokens for one in longest[:3]]


def test_a_language_model_that_counts_must_be_there(model, features):
    with pytest.raises(ValueError, match="expected a language model"):
        joint_search(model, features, weights=Weights(0.5, 0.3))
    with pytest.raises(ValueError, match="from 0 to 1"):
        Weights(1.2)
    with pytest.raises(ValueError, match="beam_size"):
        joint_search(model, features, beam_size=0)


WRONG = [
    ({"n_best": 0}, "n_best of 1 or more, got 0"),
    ({"most_labels": 0}, "most_labels of 1 or more"),
    ({"language_model": RnnLM(n_tokens=7, size=4)}, r"of 3 tokens, .* got one of 7"),
]


@pytest.mark.parametrize(("more", "words"), WRONG)
def test_wrong_input_is_told(model, features, more, words):
    with pytest.raises(ValueError, match=words):
        joint_search(model, features, **more)


def test_a_batch_is_no_utterance(model, features):
    with pytest.raises(ValueError, match="features of one utterance"):
        joint_search(model, features[None])
