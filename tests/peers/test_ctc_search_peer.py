"""The searches equal SpeechBrain's, which are ports of pyctcdecode's."""

import pytest
import torch

from clarity_lab import audio, manifests
from clarity_lab.models.characters import LETTERS
from clarity_lab.models.ctc_search import (
    beam_search,
    greedy_search,
    prefix_beam_search,
)
from clarity_lab.models.shipped import load_shipped
from tests.peers import speechbrain_peer

ctc = pytest.importorskip("speechbrain.decoders.ctc")
speechbrain_peer.forget_hiding_modules()

# No space among them: theirs joins texts that differ in double spaces only.
TOKENS = ["", *"abcdefghijklmnopqrstuvwxyz'"]
LEAST = -9.0


def posteriors(seed):
    """Peaks with a blank around most of them, as a trained recogniser gives."""
    generator = torch.Generator().manual_seed(seed)
    logits = 4 * torch.randn(150, len(TOKENS), generator=generator)
    logits[:, 0] += 4
    return logits.log_softmax(-1)


def text_of(hypothesis):
    return "".join(TOKENS[token] for token in hypothesis.tokens)


@pytest.mark.parametrize("seed", range(4))
def test_greedy_equals_speechbrains(seed):
    log_probs = posteriors(seed)
    [theirs] = ctc.ctc_greedy_decode(log_probs[None], torch.ones(1), blank_id=0)
    assert list(greedy_search(log_probs).tokens) == theirs


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("beam_size", [4, 32])
def test_beam_search_equals_speechbrains(seed, beam_size):
    log_probs = posteriors(seed)
    peer = speechbrain_peer.ctc_searcher(
        "CTCBeamSearcher", TOKENS, least_log_prob=LEAST, beam_size=beam_size, topk=3
    )
    [theirs] = peer(log_probs[None])
    ours = beam_search(log_probs, beam_size=beam_size, least_log_prob=LEAST, n_best=3)
    assert [text_of(one) for one in ours] == [one.text for one in theirs]
    # They add up in float32, and drop blanks and repeats below the limit, too.
    for one, other in zip(ours, theirs, strict=True):
        assert one.score == pytest.approx(other.lm_score, abs=2e-3)


@pytest.mark.parametrize("seed", range(4))
def test_prefix_beam_search_equals_speechbrains(seed):
    log_probs = posteriors(seed)
    peer = speechbrain_peer.ctc_searcher(
        "CTCPrefixBeamSearcher", TOKENS, least_log_prob=LEAST
    )
    [[theirs]] = peer(log_probs[None])
    [ours] = prefix_beam_search(log_probs, beam_size=16, least_log_prob=LEAST)
    assert text_of(ours) == theirs.text
    assert ours.score == pytest.approx(theirs.lm_score, abs=1e-2)


@pytest.fixture(scope="module")
def said():
    """What the shipped recogniser says of a sentence: real posteriors."""
    path = manifests.fetch("samples", "speech/librispeech-121.flac")
    sound, sample_rate = audio.load(path)
    return load_shipped("ctc").listen(sound, sample_rate=sample_rate)


REAL = ["", *LETTERS.replace(" ", "_")]  # theirs makes words of what spaces part


def test_greedy_equals_speechbrains_on_a_real_sentence(said):
    [theirs] = ctc.ctc_greedy_decode(said[None], torch.ones(1), blank_id=0)
    assert list(greedy_search(said).tokens) == theirs


@pytest.mark.parametrize(
    ("search", "peer"),
    [
        (beam_search, "CTCBeamSearcher"),
        (prefix_beam_search, "CTCPrefixBeamSearcher"),
    ],
)
def test_the_searches_equal_speechbrains_on_a_real_sentence(said, search, peer):
    theirs = speechbrain_peer.ctc_searcher(peer, REAL, least_log_prob=LEAST)
    [[found]] = theirs(said[None])
    [ours] = search(said, beam_size=16, least_log_prob=LEAST)
    assert "".join(REAL[token] for token in ours.tokens) == found.text
    assert ours.score == pytest.approx(found.lm_score, abs=1e-2)
