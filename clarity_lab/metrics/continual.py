"""How well one language after another is learnt: AWER, BWT, IM and FWT.

All four are made of one table: in row k and column j the word error rate in language j
after language k has been learnt. A row ends at its own language: what has not been
learnt yet is not asked for, and may be anything (NaN, for example).

Lesson: 24_continual_languages.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def average_wer(wers: ArrayLike) -> NDArray[np.float64]:
    """AWER: mean error over all languages so far; lower is better.

    Args:
        wers: Row: learnt last; column: tested. Shape (languages, languages).

    Returns:
        After each language, the first included, shape (languages,).

    Raises:
        ValueError: If wers are no such table, or a needed one is missing.

    Reference:
        Della Libera et al., "CL-MASR: A Continual Learning Benchmark for Multilingual
        ASR", arXiv:2310.16931, 2023; `compute_awer` of its code.

    Example:
        >>> average_wer([[0.0, np.nan], [0.5, 0.25]])
        array([0.   , 0.375])
    """
    wers = require_table(wers)
    return np.array([wers[k, : k + 1].mean() for k in range(len(wers))])


def backward_transfer(wers: ArrayLike) -> NDArray[np.float64]:
    """BWT: what old languages gained since they were learnt; negative is forgetting.

    Args:
        wers: Row: learnt last; column: tested. Shape (languages, languages).

    Returns:
        After each language but the first, shape (languages - 1,).

    Raises:
        ValueError: If wers are no such table, or a needed one is missing.

    Reference:
        Lopez-Paz & Ranzato, "Gradient Episodic Memory for Continual Learning", NeurIPS
        2017, for accuracies; for error rates CL-MASR, `compute_bwt` of its code.

    Example:
        English was learnt with no error; after Italian half of it is wrong.

        >>> backward_transfer([[0.0, np.nan], [0.5, 0.25]])
        array([-0.5])
    """
    wers = require_table(wers)
    learnt = np.diag(wers)
    return np.array([np.mean(learnt[:k] - wers[k, :k]) for k in range(1, len(wers))])


def intransigence(wers: ArrayLike, *, joint: ArrayLike) -> NDArray[np.float64]:
    """IM: how much worse the new is learnt than by one who learns all at once.

    Args:
        wers: Row: learnt last; column: tested. Shape (languages, languages).
        joint: Errors of a model that learnt all together, in each language but the
            first, shape (languages - 1,).

    Returns:
        For each language but the first; positive is unwilling to learn, lower is
        better. Shape (languages - 1,).

    Raises:
        ValueError: If wers or joint are not of these shapes, or one is missing.

    Reference:
        Chaudhry et al., "Riemannian Walk for Incremental Learning", ECCV 2018; CL-MASR,
        `compute_im` of its code.

    Example:
        >>> intransigence([[0.0, np.nan], [0.5, 0.25]], joint=[0.125])
        array([0.125])
    """
    wers = require_table(wers)
    return np.diag(wers)[1:] - _one_for_each(joint, wers, name="joint")


def forward_transfer(wers: ArrayLike, *, single: ArrayLike) -> NDArray[np.float64]:
    """FWT: what the languages before gave to a new one; positive is a gain.

    Args:
        wers: Row: learnt last; column: tested. Shape (languages, languages).
        single: Errors of a model that learnt this one right after the first, in each
            language but the first, shape (languages - 1,).

    Returns:
        For each language but the first, shape (languages - 1,).

    Raises:
        ValueError: If wers or single are not of these shapes, or one is missing.

    Reference:
        CL-MASR, `compute_fwt` of its code.

    Example:
        >>> forward_transfer([[0.0, np.nan], [0.5, 0.25]], single=[0.375])
        array([0.125])
    """
    wers = require_table(wers)
    return _one_for_each(single, wers, name="single") - np.diag(wers)[1:]


def require_table(wers: ArrayLike) -> NDArray[np.float64]:
    """Return error rates as a square table whose needed half is finite.

    Raises:
        ValueError: If they are not.
    """
    wers = np.asarray(wers, dtype=float)
    if wers.ndim != 2 or wers.shape[0] != wers.shape[1] or len(wers) < 2:
        raise ValueError(
            "expected wers of shape (languages, languages), two or more, a row for "
            f"what was learnt last and a column for what was tested, got {wers.shape}."
        )
    needed = wers[np.tril_indices(len(wers))]
    if not np.isfinite(needed).all() or needed.min() < 0:
        raise ValueError(
            "expected in each row error rates of 0 or more for all languages learnt so "
            "far, got a negative one or none. Are rows and columns swapped?"
        )
    return wers


def _one_for_each(errors: ArrayLike, wers: NDArray, *, name: str) -> NDArray:
    errors = np.asarray(errors, dtype=float)
    if errors.shape != (len(wers) - 1,) or not np.isfinite(errors).all():
        raise ValueError(
            f"expected {name} of shape ({len(wers) - 1},), one error rate for each "
            f"language but the first, got {errors!r}."
        )
    return errors
