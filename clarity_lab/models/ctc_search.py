"""From CTC's probabilities to a text: greedy, beam and prefix-beam search.

Lessons: 20_ctc, 22_decoding_and_wer.
"""

from __future__ import annotations

from math import inf

from torch import Tensor

from clarity_lab.models.ctc import BLANK, collapse
from clarity_lab.models.ctc_beam import Hypothesis, Scorer, search
from clarity_lab.models.ctc_checks import require_utterance


def greedy_search(log_probs: Tensor, *, blank: int = BLANK) -> Hypothesis:
    """Take the best token of each frame, then collapse: the best path's labelling.

    The best path need not lead to the best labelling, which many paths may share.

    Args:
        log_probs: Log-probabilities of one utterance's tokens, (frames, tokens).
        blank: The token that means nothing.

    Returns:
        The labelling; `log_ctc` is that of this one path.

    Raises:
        TypeError: If log_probs are no floating-point tensor.
        ValueError: If their shape is another, or a value is above 0 or NaN.

    Reference:
        Graves et al., "Connectionist Temporal Classification", ICML 2006, section 3.2,
        best path decoding.

    Example:
        "" has three paths of 0.4 or less, "a" none so likely, but more together.

        >>> import torch
        >>> probs = torch.tensor([[0.6, 0.4], [0.6, 0.4]])
        >>> greedy_search(probs.log()).tokens, prefix_beam_search(probs.log())[0].tokens
        ((), (1,))
    """
    require_utterance(log_probs, blank)
    best, path = log_probs.detach().double().max(-1)
    log_ctc = float(best.sum())
    return Hypothesis(tuple(collapse(path.tolist(), blank=blank)), log_ctc, log_ctc)


def beam_search(
    log_probs: Tensor,
    *,
    beam_size: int = 16,
    scorer: Scorer | None = None,
    blank: int = BLANK,
    n_best: int = 1,
    least_log_prob: float = -inf,
) -> list[Hypothesis]:
    """Keep the best labellings at each frame, those that end in a blank apart.

    Args:
        log_probs: Log-probabilities of one utterance's tokens, (frames, tokens).
        beam_size: How many are kept; a labelling may be among them twice, with and
            without a blank at its end.
        scorer: Knows more of texts. Default: nothing is known.
        blank: The token that means nothing.
        n_best: How many to return at most.
        least_log_prob: Tokens below do not extend anything in this frame, unless they
            are its best. Default: no limit.

    Returns:
        The best labellings, best first; none if no path has a probability above 0.

    Raises:
        TypeError: If log_probs are no floating-point tensor.
        ValueError: If their shape is another, a value is above 0 or NaN, the beam or
            n_best holds none, or the scorer knows other tokens.

    Reference:
        The search of pyctcdecode and SpeechBrain's CTCBeamSearcher.
    """
    return search(
        log_probs,
        beam_size=beam_size,
        n_best=n_best,
        scorer=scorer,
        blank=blank,
        least_log_prob=least_log_prob,
        apart=True,
    )


def prefix_beam_search(
    log_probs: Tensor,
    *,
    beam_size: int = 16,
    scorer: Scorer | None = None,
    blank: int = BLANK,
    n_best: int = 1,
    least_log_prob: float = -inf,
) -> list[Hypothesis]:
    """Keep the best labellings at each frame, by all their paths together.

    Args:
        log_probs: Log-probabilities of one utterance's tokens, (frames, tokens).
        beam_size: How many labellings are kept.
        scorer: Knows more of texts. Default: nothing is known.
        blank: The token that means nothing.
        n_best: How many to return at most.
        least_log_prob: Tokens below do not extend anything in this frame, unless they
            are its best. Default: no limit.

    Returns:
        The best labellings, best first; none if no path has a probability above 0.

    Raises:
        TypeError: If log_probs are no floating-point tensor.
        ValueError: If their shape is another, a value is above 0 or NaN, the beam or
            n_best holds none, or the scorer knows other tokens.

    Reference:
        Hannun et al., "First-pass large vocabulary continuous speech recognition using
        bi-directional recurrent DNNs", arXiv:1408.2873, algorithm 1.
    """
    return search(
        log_probs,
        beam_size=beam_size,
        n_best=n_best,
        scorer=scorer,
        blank=blank,
        least_log_prob=least_log_prob,
        apart=False,
    )
