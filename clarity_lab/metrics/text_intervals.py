"""How sure a word error rate is, and whether one recogniser beats another.

Lessons: 22_decoding_and_wer, 23_recognition_in_real_life.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clarity_lab.metrics.text import word_errors

Rng = np.random.Generator | int
"""A generator, or the seed of one."""


@dataclass(frozen=True)
class WerGain:
    """By how much a recogniser beats another one on the same sentences.

    Attributes:
        gain: WER of the other less its own; above 0 if it is the better one.
        interval: Where this lies, from low to high.
        share_better: In how many of all draws it had fewer errors, from 0 to 1; Bisani
            and Ney call it the probability of improvement.
    """

    gain: float
    interval: tuple[float, float]
    share_better: float


def wer_interval(
    estimate: Sequence[str],
    *,
    reference: Sequence[str],
    rng: Rng,
    speakers: Sequence[Hashable] | None = None,
    n_draws: int = 2000,
    coverage: float = 0.95,
) -> tuple[float, float]:
    """Where the WER may lie, had other sentences of the same kind been recorded.

    As many sentences as there are, are drawn with replacement, again and again; the
    interval holds the middle of all rates. Sentences of one speaker are alike: draw
    speakers if the question is what happens with others.

    Args:
        estimate: What a recogniser wrote, text by text.
        reference: What was said, likewise; words in each.
        rng: A generator, or a seed.
        speakers: Who said each; then speakers are drawn, with all they said. Default:
            sentences are drawn.
        n_draws: How often.
        coverage: The part of all draws that lies in the interval, above 0, below 1.

    Returns:
        Its low and its high end.

    Raises:
        TypeError: If these are no texts, or there is neither generator nor seed.
        ValueError: If the numbers of texts differ, there are fewer than two sentences
            or speakers, a reference has no words, or a number is out of its range.

    Reference:
        Bisani and Ney, "Bootstrap estimates for confidence intervals in ASR performance
        evaluation", ICASSP 2004. Speakers: Liu and Peng, "Statistical testing on ASR
        performance via blockwise bootstrap", arXiv:1912.09508.

    Example:
        Of two sentences both, either, or twice the same are drawn.

        >>> wer_interval(["a b", "c d"], reference=["a b", "x y"], rng=0)
        (0.0, 1.0)
    """
    errors, words = _counts(estimate, reference, speakers)
    draws = _draws(len(words), n_draws, rng)
    return _middle(errors[draws].sum(1) / words[draws].sum(1), coverage)


def wer_gain(
    estimate: Sequence[str],
    *,
    baseline: Sequence[str],
    reference: Sequence[str],
    rng: Rng,
    speakers: Sequence[Hashable] | None = None,
    n_draws: int = 2000,
    coverage: float = 0.95,
) -> WerGain:
    """Whether a recogniser beats another: both are asked the sentences of each draw.

    What is hard is hard for both, so their difference is surer than either rate.

    Args:
        estimate: What it wrote, text by text.
        baseline: What the other one wrote of the same sentences.
        reference: What was said, likewise; words in each.
        rng: A generator, or a seed.
        speakers: As in `wer_interval`.
        n_draws: How often.
        coverage: As in `wer_interval`.

    Returns:
        The gain, where it lies, and how often it is one.

    Raises:
        TypeError: As in `wer_interval`.
        ValueError: As in `wer_interval`.

    Reference:
        Bisani and Ney, ICASSP 2004; see `wer_interval`.

    Example:
        >>> said = ["a b", "c d"]
        >>> wer_gain(said, baseline=["a x", "c x"], reference=said, rng=0)
        WerGain(gain=0.5, interval=(0.5, 0.5), share_better=1.0)
    """
    errors, words = _counts(estimate, reference, speakers)
    others, _ = _counts(baseline, reference, speakers)
    fewer = others - errors
    draws = _draws(len(words), n_draws, rng)
    gains = fewer[draws].sum(1) / words[draws].sum(1)
    return WerGain(
        float(fewer.sum() / words.sum()),
        _middle(gains, coverage),
        float(np.mean(gains > 0)),
    )


def _counts(
    estimate: Sequence[str],
    reference: Sequence[str],
    speakers: Sequence[Hashable] | None,
) -> tuple[NDArray, NDArray]:
    """Errors and words of each sentence, or of each speaker."""
    for name, texts in (("estimate", estimate), ("reference", reference)):
        if isinstance(texts, str):
            raise TypeError(f"expected many texts in {name}, got a single one.")
    if len(estimate) != len(reference):
        raise ValueError(
            "expected as many texts as references, got "
            f"{len(estimate)} and {len(reference)}."
        )
    pairs = zip(estimate, reference, strict=True)
    found = [word_errors(one, reference=said) for one, said in pairs]
    words = np.array([one.n_reference for one in found])
    errors = np.array([one.n_errors for one in found])
    if speakers is not None:
        errors, words = _by_speaker(speakers, errors, words)
    if len(words) < 2:
        raise ValueError(
            f"expected two sentences or speakers to draw from, got {len(words)}."
        )
    return errors, words


def _by_speaker(
    speakers: Sequence[Hashable], errors: NDArray, words: NDArray
) -> tuple[NDArray, NDArray]:
    if len(speakers) != len(words):
        raise ValueError(
            f"expected a speaker for each of {len(words)} sentences, got "
            f"{len(speakers)}."
        )
    numbers = {name: n for n, name in enumerate(dict.fromkeys(speakers))}
    whose = [numbers[name] for name in speakers]
    summed = (np.bincount(whose, weights=counts) for counts in (errors, words))
    return tuple(one.astype(int) for one in summed)


def _draws(n: int, n_draws: int, rng: Rng) -> NDArray:
    """Which are drawn each time, (draws, n)."""
    is_seed = isinstance(rng, int | np.integer) and not isinstance(rng, bool)
    if not (is_seed or isinstance(rng, np.random.Generator)):
        raise TypeError(
            f"expected rng as a generator or a seed, got {type(rng).__name__}. Try "
            "rng=np.random.default_rng(0)."
        )
    if n_draws < 1:
        raise ValueError(f"expected one draw or more, got {n_draws}.")
    return np.random.default_rng(rng).integers(n, size=(n_draws, n))


def _middle(rates: NDArray, coverage: float) -> tuple[float, float]:
    if not 0 < coverage < 1:
        raise ValueError(f"expected coverage between 0 and 1, got {coverage}.")
    outside = 50 * (1 - coverage)
    low, high = np.percentile(rates, [outside, 100 - outside])
    return float(low), float(high)
