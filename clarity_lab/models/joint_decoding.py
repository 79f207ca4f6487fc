"""Three judges of each letter: the speller, CTC and a language model.

Lesson: 22_decoding_and_wer.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from clarity_lab.models.ctc import BLANK
from clarity_lab.models.ctc_beam import require_beam
from clarity_lab.models.ctc_checks import require_utterance
from clarity_lab.models.speller import END, SpeechSpeller, Speller, State


class CtcPrefixScorer:
    """How likely, by CTC, a text begins with some letters.

    For each prefix it keeps two sums over the paths that spell it up to each frame:
    those that end in its last letter, and those that end in a blank.

    Reference:
        Watanabe et al., "Hybrid CTC/attention architecture for end-to-end speech
        recognition", IEEE JSTSP 11, 2017, algorithm 2.
    """

    def __init__(self, log_probs: Tensor, *, blank: int = BLANK) -> None:
        """Take what CTC says of one utterance.

        Args:
            log_probs: Shape (frames, tokens).
            blank: The token that means nothing; here it also stands for the end.
        """
        require_utterance(log_probs, blank)
        self._log_probs = log_probs.detach().cpu().double().numpy()
        self._blank = blank

    def begin(self) -> NDArray:
        """The sums of the empty prefix, shape (1, frames, 2)."""
        sums = np.full((1, len(self._log_probs), 2), -inf)
        sums[0, :, 1] = np.cumsum(self._log_probs[:, self._blank])
        return sums

    def grown(self, sums: NDArray, last: NDArray) -> tuple[NDArray, NDArray]:
        """Score all prefixes that are one letter longer.

        Args:
            sums: Of each prefix, shape (prefixes, frames, 2).
            last: Its last letter, or the blank if it has none, shape (prefixes,).

        Returns:
            log_probs: That a text begins so; in the blank's place, that it ends here.
                Shape (prefixes, tokens).
            sums: Of each longer prefix, shape (prefixes, tokens, frames, 2).
        """
        n_frames, n_tokens = self._log_probs.shape
        total = np.logaddexp(sums[..., 0], sums[..., 1])
        # A letter starts at frame t if the prefix was complete before; the same letter
        # once more needs a blank between.
        again = last[:, None] == np.arange(n_tokens)
        before = np.where(again[..., None], sums[:, None, :, 1], total[:, None])
        starts = np.full((len(sums), n_tokens, n_frames), -inf)
        starts[..., 1:] = before[..., :-1]
        starts[..., 0] = np.where(last[:, None] == self._blank, 0.0, -inf)
        longer = np.empty((*starts.shape, 2))
        in_label = in_blank = np.full(starts.shape[:2], -inf)
        for t, frame in enumerate(self._log_probs):
            in_label, in_blank = (
                np.logaddexp(in_label, starts[..., t]) + frame,
                np.logaddexp(in_label, in_blank) + frame[self._blank],
            )
            longer[..., t, 0], longer[..., t, 1] = in_label, in_blank
        begins = np.logaddexp.reduce(starts + self._log_probs.T, axis=-1)
        begins[:, self._blank] = total[:, -1]
        return begins, longer


@dataclass(frozen=True)
class Weights:
    """What each judge counts.

    Attributes:
        speller: Lambda, of the speller, from 0 to 1; CTC has the rest.
        language_model: Gamma, of the language model.
        letter: What each letter adds: long texts are not to lose by their length.
    """

    speller: float = 0.7
    language_model: float = 0.0
    letter: float = 0.0

    def __post_init__(self) -> None:
        """Check the share.

        Raises:
            ValueError: If the speller's weight is not from 0 to 1.
        """
        if not 0 <= self.speller <= 1:
            raise ValueError(
                f"expected the speller's weight from 0 to 1, got {self.speller}."
            )


@dataclass(frozen=True)
class Spelled:
    """A text that was found.

    Attributes:
        tokens: Its letters.
        score: Weighted sum of what the judges say, the end included.
        speller: Log-probability by the speller.
        ctc: Log-probability by CTC.
        language_model: Log-probability by the language model.
    """

    tokens: tuple[int, ...]
    score: float
    speller: float
    ctc: float
    language_model: float


@torch.inference_mode()
def joint_search(
    model: SpeechSpeller,
    features: Tensor,
    *,
    weights: Weights | None = None,
    language_model: Speller | None = None,
    beam_size: int = 8,
    n_best: int = 1,
    most_labels: int | None = None,
) -> list[Spelled]:
    """Search for the text of which all judges together think most.

    The score of a text is lambda log p_speller + (1 - lambda) log p_ctc
    + gamma log p_lm + letters times their bonus.

    Args:
        model: LAS or TransformerASR, in eval mode.
        features: Of one utterance, shape (mels, frames).
        weights: What each judge counts. Default: `Weights()`.
        language_model: An `RnnLM` of the same tokens, if it is to count.
        beam_size: Texts that are kept.
        n_best: How many to return at most.
        most_labels: The longest text. Default: one letter for each of the encoder's
            frames.

    Returns:
        The best texts, best first.

    Raises:
        ValueError: If beam_size, n_best or most_labels is below 1, features are of
            several utterances, or a language model is to count but is not given, or is
            of other tokens.

    Reference:
        Watanabe et al., IEEE JSTSP 11, 2017, eq. (46) and algorithm 1.
    """
    weights = weights or Weights()
    require_beam(beam_size, n_best)
    if features.ndim != 2 or (most_labels is not None and most_labels < 1):
        raise ValueError(
            "expected features of one utterance, shape (mels, frames), and most_labels "
            f"of 1 or more, got {tuple(features.shape)} and {most_labels}."
        )
    if weights.language_model and language_model is None:
        raise ValueError(
            "expected a language model for the weight "
            f"{weights.language_model}, got none."
        )
    n_frames = torch.tensor([features.shape[-1]], device=features.device)
    memory, counts = model.listen(features[None], n_frames)
    judges = _Judges(model, language_model, model.ctc_log_probs(memory)[0], weights)
    beam = judges.begin(memory, counts)
    ended: list[Spelled] = []
    most_labels = most_labels or memory.shape[1]
    for n_left in range(most_labels, -1, -1):
        beam, done = judges.grow(beam, beam_size)
        ended += done
        best = sorted((one.score for one in ended), reverse=True)[:n_best]
        can_reach = beam.best + n_left * max(0.0, weights.letter)
        if not beam.tokens or (len(best) == n_best and best[-1] >= can_reach):
            break
    return sorted(ended, key=lambda one: -one.score)[:n_best]


@dataclass
class _Beam:
    """Texts that are kept, and what each judge knows and says of them."""

    tokens: list[tuple[int, ...]]
    said: NDArray  # by speller, CTC, language model: (texts, 3)
    score: NDArray  # (texts,)
    speller: State
    language_model: State
    sums: NDArray

    @property
    def best(self) -> float:
        return float(self.score.max(initial=-inf))


class _Judges:
    def __init__(
        self,
        model: SpeechSpeller,
        language_model: Speller | None,
        log_probs: Tensor,
        weights: Weights,
    ) -> None:
        self.model, self.language_model = model, language_model
        self.ctc, self.weights = CtcPrefixScorer(log_probs), weights
        share = weights.speller
        self.shares = np.array([share, 1 - share, weights.language_model])
        self.device = log_probs.device

    def begin(self, memory: Tensor, counts: Tensor) -> _Beam:
        lm = self.language_model.begin(1) if self.language_model else ()
        speller = self.model.begin(memory, counts)
        return _Beam([()], np.zeros((1, 3)), np.zeros(1), speller, lm, self.ctc.begin())

    def grow(self, beam: _Beam, beam_size: int) -> tuple[_Beam, list[Spelled]]:
        """All texts one letter longer: the best of them, and those that end."""
        last = np.array([text[-1] if text else END for text in beam.tokens])
        tokens = torch.from_numpy(last).to(self.device)
        spelled, speller = self.model.step(tokens, beam.speller)
        begins, sums = self.ctc.grown(beam.sums, last)
        known, lm = self._known(tokens, beam.language_model, spelled)
        said = np.stack(
            [
                beam.said[:, :1] + spelled.double().cpu().numpy(),
                begins,
                beam.said[:, 2:] + known,
            ],
            axis=-1,
        )
        lengths = np.array([len(text) for text in beam.tokens])[:, None]
        letters = lengths + (np.arange(said.shape[1]) != END)
        with np.errstate(invalid="ignore"):
            weighed = np.where(self.shares == 0, 0.0, self.shares * said).sum(-1)
        score = weighed + self.weights.letter * letters
        done = [
            Spelled(text, float(total), *(float(one) for one in each))
            for text, total, each in zip(
                beam.tokens, score[:, END], said[:, END], strict=True
            )
            if total > -inf
        ]
        score[:, END] = -inf
        flat = np.argsort(-score, axis=None)[:beam_size]
        flat = flat[score.ravel()[flat] > -inf]
        parents, letters = np.unravel_index(flat, score.shape)
        chosen = torch.from_numpy(parents).to(self.device)
        grown = _Beam(
            [
                (*beam.tokens[parent], int(letter))
                for parent, letter in zip(parents, letters, strict=True)
            ],
            said[parents, letters],
            score[parents, letters],
            tuple(part[chosen] for part in speller),
            tuple(part[chosen] for part in lm),
            sums[parents, letters],
        )
        return grown, done

    def _known(
        self, tokens: Tensor, state: State, like: Tensor
    ) -> tuple[NDArray, State]:
        """What the language model says of each next letter, or nothing."""
        if self.language_model is None:
            return np.zeros(tuple(like.shape)), ()
        log_probs, state = self.language_model.step(tokens, state)
        if log_probs.shape != like.shape:
            raise ValueError(
                f"expected a language model of {like.shape[1]} tokens, as the speller "
                f"has, got one of {log_probs.shape[1]}."
            )
        return log_probs.double().cpu().numpy(), state
