"""CTC's prefix scores against SpeechBrain's."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the lessons' packages")
pytest.importorskip("speechbrain", reason="needs the lessons' packages")

from clarity_lab.models.joint_decoding import CtcPrefixScorer  # noqa: E402
from tests.peers.speechbrain_peer import forget_hiding_modules  # noqa: E402


def test_prefix_scores_are_speechbrains(rng):
    from speechbrain.decoders.scorer import CTCPrefixScore

    forget_hiding_modules()
    n_frames, n_tokens, end = 12, 6, 5  # their end of a text is a token of its own
    log_probs = torch.from_numpy(rng.normal(0, 2, (n_frames, n_tokens)))
    log_probs[:, end] = -1e4
    log_probs = log_probs.log_softmax(-1).float()
    theirs = CTCPrefixScore(log_probs[None], torch.tensor([n_frames]), 0, end)
    ours = CtcPrefixScorer(log_probs[:, :end])
    sums, last, memory, before = ours.begin(), np.array([0]), None, 0.0
    letter = 0
    for next_ in (2, 2, 4, 1):
        begins, longer = ours.grown(sums, last)
        said, memory = theirs.forward_step(torch.tensor([letter]), memory)
        np.testing.assert_allclose(
            begins[0, 1:] - before, said[0, 1:end].numpy(), atol=2e-4
        )  # theirs: float32, and differences of sums
        letter = next_
        memory = theirs.permute_mem(memory, torch.tensor([[letter]]))
        before = begins[0, letter]
        sums, last = longer[:, letter], np.array([letter])
