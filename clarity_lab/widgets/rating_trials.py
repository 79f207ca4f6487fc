"""What a listening test plays, and in which order: the hidden side of `rate`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.audio.anchors import low_pass_anchor
from clarity_lab.checks import require_mono_or_stereo
from clarity_lab.frozen import frozen
from clarity_lab.listen import safe_gain_db
from clarity_lab.metrics.ratings import LOW_ANCHOR, MID_ANCHOR
from clarity_lab.seeds import named_rng

LETTERS = "ABCDEFGHIJKL"
"""BS.1534-3, 5.3: no more than 12 sounds in a trial, the open reference aside."""

REFERENCE = "Reference"
"""What the page calls the open reference."""

ANCHORS = {"low": (LOW_ANCHOR, 3_500.0), "mid": (MID_ANCHOR, 7_000.0)}

LENGTHS_DIFFER_S = 0.05
"""Sounds that are switched in step may differ by so much: a filter's tail."""


@dataclass(frozen=True)
class Stimulus:
    """One sound to be rated, with the name that the listener does not see."""

    condition: str
    samples: NDArray
    is_hidden_reference: bool = False
    is_anchor: bool = False


@dataclass(frozen=True)
class Screen:
    """What is on the page at one time: a MUSHRA trial, or the one sound of an ACR test.

    Attributes:
        trial: Its name, given by the teacher.
        stimuli: In the order of their letters.
        reference: The open reference, or None.
        gain_db: Common to all of its sounds.
        sounds: A short fingerprint of what the trial plays.
    """

    trial: str
    stimuli: tuple[Stimulus, ...]
    reference: NDArray | None
    gain_db: float
    sounds: str

    @property
    def loudest(self) -> float:
        """The largest distance of a sample from zero."""
        return max(float(np.max(np.abs(x))) for x in self.playable().values())

    def playable(self) -> dict[str, NDArray]:
        """The sounds under the names that the page may know."""
        named = dict(zip(LETTERS, (one.samples for one in self.stimuli), strict=False))
        return named if self.reference is None else {REFERENCE: self.reference} | named


def plan(
    trials: Mapping[str, Mapping[str, ArrayLike]],
    *,
    sample_rate: int,
    method: str,
    reference: str | None,
    anchors: Iterable[str],
    seed: int,
    listener: str,
) -> list[Screen]:
    """All screens of a test in the order in which this listener gets them."""
    prepared = {
        trial: _stimuli(trial, sounds, sample_rate, reference, anchors)
        for trial, sounds in trials.items()
    }
    for trial, stimuli in prepared.items():
        _require_rateable(trial, stimuli, method, sample_rate)
    screens = _mushra_screens if method == "mushra" else _acr_screens
    return screens(prepared, sample_rate, named_rng(seed, "rate", listener))


def as_trials(trials: Mapping) -> dict[str, Mapping[str, ArrayLike]]:
    """Trial to its sounds, of one trial or several as they came.

    Raises:
        TypeError: If it is no mapping, or a name is no text.
        ValueError: If it is empty, or sounds and trials are mixed.
    """
    if not isinstance(trials, Mapping):
        raise TypeError(
            "expected trials as {trial: {condition: sound}} or, for one trial, "
            f"{{condition: sound}}, got a {type(trials).__name__}."
        )
    nested = [isinstance(sounds, Mapping) for sounds in trials.values()]
    if not trials or (any(nested) and not all(nested)):
        what = "sounds and trials mixed" if trials else "none"
        raise ValueError(
            "expected trials as {trial: {condition: sound}} or, for one trial, "
            f"{{condition: sound}}, got {what}."
        )
    several = dict(trials) if all(nested) else {"trial 1": trials}
    for name in [*several, *(name for sounds in several.values() for name in sounds)]:
        require_name(name, what="the name of each trial and condition")
    return several


def require_name(name: str, *, what: str) -> None:
    """Raise unless a name is text that says something and can be written in a file.

    Raises:
        TypeError: If it is no text, or an empty one.
        ValueError: If it holds half of a character.
    """
    if not isinstance(name, str) or not name.strip():
        raise TypeError(f"expected {what} as text, got {name!r}.")
    try:
        name.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(
            f"expected {what} as text that a file can hold, got {name!r} with half of "
            f"a character at place {error.start}. Write it anew."
        ) from error


def _stimuli(
    trial: str,
    sounds: Mapping[str, ArrayLike],
    sample_rate: int,
    reference: str | None,
    anchors: Iterable[str],
) -> list[Stimulus]:
    """A trial's sounds with its anchors, in the order given."""
    if reference is not None and reference not in sounds:
        raise ValueError(
            f"expected the reference {reference!r} among the conditions of {trial!r}, "
            f"got {', '.join(sounds) or 'none'}."
        )
    stimuli = [
        Stimulus(
            condition,
            frozen(require_mono_or_stereo(samples, name=f"{trial}, {condition}")),
            is_hidden_reference=condition == reference,
        )
        for condition, samples in sounds.items()
    ]
    for anchor in anchors:
        condition, cutoff_hz = ANCHORS[anchor]
        if condition in sounds:
            raise ValueError(
                f"expected other names of conditions: {condition!r} is what the anchor "
                "is called that is made from the reference. Leave it out, or rename it."
            )
        clean = next(one.samples for one in stimuli if one.is_hidden_reference)
        dull = low_pass_anchor(clean, sample_rate=sample_rate, cutoff_hz=cutoff_hz)
        stimuli.append(Stimulus(condition, frozen(dull), is_anchor=True))
    return stimuli


def _require_rateable(
    trial: str, stimuli: list[Stimulus], method: str, sample_rate: int
) -> None:
    if not stimuli:
        raise ValueError(f"expected at least one sound in {trial!r}, got none.")
    if method != "mushra":
        return
    if not 2 <= len(stimuli) <= len(LETTERS):
        raise ValueError(
            f"expected 2 to {len(LETTERS)} sounds to be rated in {trial!r}, hidden "
            f"reference and anchors counted, got {len(stimuli)}. "
            "Split a longer trial (BS.1534-3, section 5.3)."
        )
    lengths = [one.samples.shape[-1] for one in stimuli]
    if max(lengths) - min(lengths) > LENGTHS_DIFFER_S * sample_rate:
        listing = ", ".join(
            f"{one.condition} {length / sample_rate:.2f} s"
            for one, length in zip(stimuli, lengths, strict=True)
        )
        raise ValueError(
            f"expected sounds of one length in {trial!r}, since they are switched in "
            f"step, got {listing}. Cut them to one length, aligned in time."
        )


def _mushra_screens(
    prepared: dict[str, list[Stimulus]], sample_rate: int, rng: np.random.Generator
) -> list[Screen]:
    """A screen per trial; trials and letters in random order."""
    names = [list(prepared)[n] for n in rng.permutation(len(prepared))]
    return [
        Screen(
            trial,
            tuple(prepared[trial][n] for n in rng.permutation(len(prepared[trial]))),
            next(one.samples for one in prepared[trial] if one.is_hidden_reference),
            safe_gain_db(one.samples for one in prepared[trial]),
            _fingerprint(prepared[trial], sample_rate),
        )
        for trial in names
    ]


def _acr_screens(
    prepared: dict[str, list[Stimulus]], sample_rate: int, rng: np.random.Generator
) -> list[Screen]:
    """A screen per sound, all in random order and under one gain."""
    every = [(trial, one) for trial, stimuli in prepared.items() for one in stimuli]
    gain_db = safe_gain_db(one.samples for _, one in every)
    marks = {
        trial: _fingerprint(stimuli, sample_rate) for trial, stimuli in prepared.items()
    }
    order = [every[n] for n in rng.permutation(len(every))]
    return [Screen(trial, (one,), None, gain_db, marks[trial]) for trial, one in order]


def _fingerprint(stimuli: list[Stimulus], sample_rate: int) -> str:
    """Twelve letters that change with any name, sample, or the sample rate."""
    digest = hashlib.sha256(f"{sample_rate}".encode())
    for one in sorted(stimuli, key=lambda one: one.condition):
        digest.update(f"/{one.condition}/{one.samples.shape}".encode())
        digest.update(np.ascontiguousarray(one.samples, dtype="<f8").tobytes())
    return digest.hexdigest()[:12]
