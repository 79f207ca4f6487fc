"""Error rates equal SpeechBrain's, which aligns with code of its own."""

import numpy as np
import pytest

from clarity_lab.metrics.text import word_errors
from tests.peers.speechbrain_peer import edit_distance


def test_word_error_rates_equal_speechbrains():
    rng = np.random.default_rng(0)
    for _ in range(200):
        said, written = (
            rng.choice(["yes", "no", "oh", "one"], size=rng.integers(low, 8)).tolist()
            for low in (1, 0)
        )
        [theirs] = edit_distance.wer_details_for_batch([0], [said], [written])
        ours = word_errors(" ".join(written), reference=" ".join(said))
        assert 100 * ours.rate == pytest.approx(theirs["WER"])
