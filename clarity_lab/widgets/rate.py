"""Rate sounds as laboratories do: blind, in random order, with anchors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from numpy.typing import ArrayLike

from clarity_lab.checks import require_choice
from clarity_lab.listen.programme import require_playable_rate
from clarity_lab.whole import require_writable
from clarity_lab.widgets import rating_results, rating_trials
from clarity_lab.widgets.rating import Rating
from clarity_lab.widgets.rating_results import SCALES, Row
from clarity_lab.widgets.rating_trials import ANCHORS, require_name

QUESTIONS = {
    "mushra": "How good is each sound, compared with the reference?",
    "acr": "How good is this sound?",
}


def rate(
    trials: Mapping[str, ArrayLike] | Mapping[str, Mapping[str, ArrayLike]],
    *,
    sample_rate: int,
    seed: int,
    method: str = "mushra",
    reference: str | None = None,
    anchors: Iterable[str] | None = None,
    listener: str = "me",
    question: str | None = None,
    whole_first: bool = True,
    save_to: str | Path | None = None,
) -> Rating:
    """Rate sounds blind and in random order, as in a listening test of a laboratory.

    "mushra": all sounds of a trial side by side, each with a slider from 0 to 100, next
    to an open reference that also hides among them, with two anchors that hold the
    scale in place. "acr": one sound at a time, from 1 (bad) to 5 (excellent).

    As BS.1534-3 asks (section 5.3), one sound of a trial fades out in 5 ms before the
    next one fades in, and the ends of a loop fade as well: never two sounds at once. It
    also asks for sounds of about 10 s at most (5.1) and for training before (5.2): a
    call of its own, with other sounds.

    Args:
        trials: Trial to its sounds: {trial: {condition: sound}}; or one trial as
            {condition: sound}. Each sound (samples,) or (2, samples), full scale 1.0.
            In a MUSHRA trial all have one length.
        sample_rate: Of all sounds, in Hz, 8000 to 96000.
        seed: Orders trials and letters at random: with the name of the listener, so
            that every listener gets an order of their own, the same each time.
        method: "mushra" or "acr".
        reference: The condition that is the reference, in every trial. Needed for
            "mushra"; for "acr" it only marks the hidden reference.
        anchors: Which anchors are made of the reference: "low" (3.5 kHz), "mid"
            (7 kHz). Default: both for "mushra", none for "acr".
        listener: Whose ears these are.
        question: What is asked about each sound.
        whole_first: "acr": an answer counts only after the whole sound was heard.
        save_to: A CSV that is written after each trial. If it holds the first trials of
            this test, the test goes on behind them.

    Returns:
        The widget. `.results` is a DataFrame, `.save(path)` writes it, `.summary()` has
            means and confidence intervals, `.excluded` and `.screened()` apply the
            rules for listeners who did not hear the reference. All sounds of a trial
            (of the whole test for "acr") are played with one common gain, in sight.

    Raises:
        FileNotFoundError: If the folder of `save_to` is not there.
        IsADirectoryError: If `save_to` is a folder itself.
        OSError: If nothing can be written there.
        TypeError: If a name is no text, or the samples are integers.
        ValueError: If there is no reference for "mushra", lengths differ, there are too
            many sounds, no browser plays the rate, or `save_to` holds the answers of
            another test.

    Reference:
        ITU-R BS.1534-3, "Method for the subjective assessment of intermediate quality
        level of audio systems", 2015 (MUSHRA). ITU-T P.800, "Methods for subjective
        determination of transmission quality", 1996, annex B (ACR), its scale in B.4.5;
        in the crowd: ITU-T P.808, 2018, annex A.
    """
    method = require_choice(method, name="method", choices=SCALES)
    sample_rate = require_playable_rate(sample_rate)
    trials = rating_trials.as_trials(trials)
    anchors = _require_anchors(anchors, method, reference, trials)
    require_name(listener, what="listener")
    question = QUESTIONS[method] if question is None else question
    require_name(question, what="question")
    screens = rating_trials.plan(
        trials,
        sample_rate=sample_rate,
        method=method,
        reference=reference,
        anchors=anchors,
        seed=seed,
        listener=listener,
    )
    planned = rating_results.planned_rows(
        screens, listener=listener, seed=int(seed), method=method
    )
    save_to = _as_path(save_to)
    return Rating(
        screens,
        planned,
        sample_rate=sample_rate,
        answered=_answered(save_to, planned),
        save_to=save_to,
        method=method,
        question=question,
        whole_first=whole_first,
    )


def _require_anchors(
    anchors: Iterable[str] | None,
    method: str,
    reference: str | None,
    trials: Mapping[str, Mapping[str, ArrayLike]],
) -> list[str]:
    if method == "mushra" and reference is None:
        first = next(iter(trials.values()))
        raise ValueError(
            "expected the condition that is the reference, got none: reference=... "
            f"one of {', '.join(first)}. Without a reference try method='acr'."
        )
    if reference is not None:
        require_name(reference, what="reference")
    if anchors is None:
        anchors = ANCHORS if method == "mushra" else []
    if isinstance(anchors, str):
        anchors = [anchors]
    if not isinstance(anchors, Iterable):
        raise TypeError(
            f"expected anchors as a list of {', '.join(ANCHORS)}, got {anchors!r}."
        )
    anchors = [require_choice(one, name="anchors", choices=ANCHORS) for one in anchors]
    if anchors and reference is None:
        raise ValueError("expected a reference to make the anchors from, got none.")
    return list(dict.fromkeys(anchors))


def _as_path(save_to: str | Path | None) -> Path | None:
    """The file itself, wherever this notebook goes, and whatever link leads there."""
    if save_to is None:
        return None
    if not isinstance(save_to, str | Path):
        raise TypeError(f"expected save_to as a path, got {save_to!r}.")
    return Path(save_to).resolve()


def _answered(save_to: Path | None, planned: Sequence[Sequence[Row]]) -> list[Row]:
    """What the file holds already; says at once if nothing could be written there."""
    if save_to is None:
        return []
    if not save_to.parent.is_dir():
        raise FileNotFoundError(
            f"expected save_to in a folder that is there, got {save_to}. Make it first."
        )
    if save_to.is_dir():
        raise IsADirectoryError(
            f"expected save_to as a file, got the folder {save_to}. "
            f"Try save_to={str(save_to / 'me.csv')!r}."
        )
    try:
        require_writable(save_to)
    except OSError as error:
        raise OSError(
            f"expected save_to where a file can be written, got {save_to}: {error}. "
            "Choose another folder or name."
        ) from error
    return rating_results.answered_rows(save_to, planned)
