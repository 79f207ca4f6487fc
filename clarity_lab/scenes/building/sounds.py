"""Which sounds there are to build scenes from: targets and maskers, their lengths."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from clarity_lab.checks import require_choice, require_number
from clarity_lab.scenes.building.scene import KINDS, SAMPLE_RATE
from clarity_lab.scenes.names import require_inside

TARGET = "target"
"""The kind of a sound that is to be understood; the others are kinds of maskers."""


@dataclass(frozen=True)
class Sound:
    """One sound that a scene can use.

    Attributes:
        name: As a scene says it: a target's without ending, "T037_EFJ_01324", a
            masker's with one, "CIN_fan_014.wav".
        kind: "target", "speech", "noise" or "music".
        group: The class of a noise, "Dishwasher"; the talker of a target. A class is
            drawn first, then a sound in it, so that rare classes are as frequent.
        dataset: The part of the data it belongs to: "train", "dev", "eval".
        n_samples: Its length at 44.1 kHz, in which the scenes count.
        paths: Its files, one after the other, if it is known where they are.
        loop: Repeated until it is that long; see `SoundList.looped`.
    """

    name: str
    kind: str
    group: str
    dataset: str
    n_samples: int
    paths: tuple[Path, ...] = ()
    loop: bool = False

    def __post_init__(self) -> None:
        require_choice(self.kind, name="kind", choices=(TARGET, *KINDS))
        require_inside(self.name, what=self.kind)
        if self.n_samples < 1:
            raise ValueError(
                f"expected {self.name} with at least 1 sample, got {self.n_samples}."
            )


@dataclass(frozen=True)
class SoundList:
    """Sounds to draw from, in an order that the draws depend on.

    Attributes:
        sounds: Targets and maskers.

    Example:
        >>> fan = Sound("fan.wav", "noise", "Fan", "train", n_samples=44_100)
        >>> SoundList((fan,)).looped(3).sounds[0].n_samples
        132300
    """

    sounds: tuple[Sound, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "sounds", tuple(self.sounds))
        seen = set()
        for sound in self.sounds:
            if (sound.dataset, sound.kind, sound.name) in seen:
                raise ValueError(
                    f"expected each name once among the {sound.kind} sounds of "
                    f"{sound.dataset}, got {sound.name} twice."
                )
            seen.add((sound.dataset, sound.kind, sound.name))

    def __add__(self, other: SoundList) -> SoundList:
        """Both lists, one after the other."""
        return SoundList(self.sounds + other.sounds)

    def of(self, kind: str, *, dataset: str | None = None) -> tuple[Sound, ...]:
        """The sounds of one kind, and of one data set if one is named."""
        return tuple(
            sound
            for sound in self.sounds
            if sound.kind == kind and dataset in (None, sound.dataset)
        )

    def find(self, name: str, *, kind: str) -> Sound:
        """The sound that a scene names.

        Raises:
            KeyError: If there is none.
        """
        for sound in self.sounds:
            if (sound.kind, sound.name) == (kind, name):
                return sound
        raise KeyError(
            f"expected a {kind} sound called {name!r}, got none in the list."
        )

    def looped(self, min_duration_s: float) -> SoundList:
        """Let shorter maskers be repeated until they last that long.

        Each repetition fades into the next. The challenge's maskers are long enough and
        never repeated, so this happens only when asked for.

        Args:
            min_duration_s: The length every masker gets at least, in seconds.

        Returns:
            A new list; targets, and what is long enough, are as they were.
        """
        min_duration_s = require_number(
            min_duration_s, name="min_duration_s", minimum=0, unit="s"
        )
        wanted = round(min_duration_s * SAMPLE_RATE)
        return SoundList(
            tuple(
                replace(sound, n_samples=wanted, loop=True)
                if sound.kind != TARGET and sound.n_samples < wanted
                else sound
                for sound in self.sounds
            )
        )
