"""Scenes: who says what from when to when, over which noises, and how the head turns.

All times are samples at 44.1 kHz, counted from the start of the scene.

Lesson: 10_scene_rendering.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from clarity_lab.scenes.names import require_file_name, require_inside

SAMPLE_RATE = 44_100
"""Of every time in a scene, in Hz."""

KINDS = ("speech", "noise", "music")
"""What an interferer can be."""

MICROPHONES = ("ED", "BTE_fr", "BTE_mid", "BTE_rear")
"""Ear drum, then the front, middle and rear microphone behind the ear."""

LONGEST = 3_600 * SAMPLE_RATE
"""An hour: a longer scene is a slip, and does not fit into memory."""

LARGEST_SNR_DB = 200.0
"""Beyond it either target or interferers are silence."""


@dataclass(frozen=True)
class Target:
    """The sentence to be understood.

    Attributes:
        name: The sound's name without its ending, "T010_G0N_02468".
        start: First sample, counted from the start of the scene.
        end: The sample after the last one.

    Example:
        >>> Target("T010_G0N_02468", start=78_260, end=243_635).n_samples
        165375
    """

    name: str
    start: int
    end: int

    def __post_init__(self) -> None:
        require_inside(self.name, what="target")
        _require_span(self.start, self.end)

    @property
    def n_samples(self) -> int:
        """Its length."""
        return self.end - self.start


@dataclass(frozen=True)
class Interferer:
    """A sound that disturbs: another talker, a machine, music.

    Attributes:
        position: At which of the room's places for interferers it stands; 1 is the
            first.
        kind: "speech", "noise" or "music".
        name: The sound's file name, "CIN_fan_014.wav".
        offset: Where in that file to begin, in samples.
        start: First sample, counted from the start of the scene.
        end: The sample after the last one.
    """

    position: int
    kind: str
    name: str
    offset: int
    start: int
    end: int

    def __post_init__(self) -> None:
        require_inside(self.name, what="interferer")
        if self.kind not in KINDS:
            raise ValueError(f"expected kind (type) of {KINDS}, got {self.kind!r}.")
        if self.position < 1:
            raise ValueError(
                f"expected a position from 1, got {self.position}: the room's first "
                "place is 1."
            )
        if self.offset < 0:
            raise ValueError(f"expected an offset from 0 samples, got {self.offset}.")
        _require_span(self.start, self.end)

    @property
    def n_samples(self) -> int:
        """Its length."""
        return self.end - self.start


@dataclass(frozen=True)
class HeadTurn:
    """The listener turns the head once, towards the talker.

    Attributes:
        start: When the turn begins, in samples; need not be whole.
        end: When it is done.
        start_deg: Where the nose points before, in the room's axes: 0 along x, 90 along
            y. Larger is further to the left.
        end_deg: Where it points afterwards.

    Example:
        >>> HeadTurn(start=44_100, end=52_920, start_deg=30, end_deg=5).duration_s
        0.2
    """

    start: float
    end: float
    start_deg: float
    end_deg: float

    def __post_init__(self) -> None:
        values = (self.start, self.end, self.start_deg, self.end_deg)
        if not all(map(math.isfinite, values)):
            raise ValueError(f"expected finite samples and degrees, got {values}.")
        if not 0 <= self.start < self.end:
            raise ValueError(
                "expected a head turn that starts at sample 0 or later and before it "
                f"ends, got samples {self.start} to {self.end}."
            )

    @property
    def duration_s(self) -> float:
        """How long the turn takes, in seconds."""
        return (self.end - self.start) / SAMPLE_RATE


@dataclass(frozen=True)
class Scene:
    """Everything needed to render one scene, but the sounds and the room's responses.

    Attributes:
        name: "S06001".
        dataset: Which part of the data it belongs to: "train", "dev", "eval", "demo".
        room: Name of its room.
        target: The sentence.
        interferers: What disturbs, each at a place of its own.
        n_samples: Length of the scene (`duration` in a file).
        snr_db: Level of the target over all interferers, speech-weighted, at the better
            ear's front microphone.
        head_turn: How the listener's head moves.
        microphones: Names of the head-related responses to hear through, "VP_N6-ED",
            "VP_N6-BTE_fr", ... (`hrir_filename` in a file).
    """

    name: str
    dataset: str
    room: str
    target: Target
    interferers: tuple[Interferer, ...]
    n_samples: int
    snr_db: float
    head_turn: HeadTurn
    microphones: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "interferers", tuple(self.interferers))
        object.__setattr__(self, "microphones", tuple(self.microphones))
        require_file_name(self.name, what="scene")
        require_file_name(self.room, what="room")
        for microphone in self.microphones:
            require_file_name(microphone, what="head (hrir_filename)")
        if not self.microphones:
            raise ValueError(
                "expected at least one pair of microphones (hrir_filename), got none."
            )
        if not math.isfinite(self.snr_db) or abs(self.snr_db) > LARGEST_SNR_DB:
            raise ValueError(
                f"expected a finite snr_db (SNR), from {-LARGEST_SNR_DB:g} to "
                f"{LARGEST_SNR_DB:g} dB, got {self.snr_db}."
            )
        if not 0 < self.n_samples <= LONGEST:
            raise ValueError(
                f"expected n_samples (duration) from 1 to {LONGEST}, an hour, got "
                f"{self.n_samples}. Times are samples at {SAMPLE_RATE} Hz."
            )
        for who, sound in [("target", self.target)] + [
            (f"interferer at position {sound.position}", sound)
            for sound in self.interferers
        ]:
            if sound.end > self.n_samples:
                raise ValueError(
                    f"expected the {who} to end (time_end) when the scene does, at "
                    f"sample {self.n_samples} (duration), or before, got {sound.end}."
                )
        positions = [sound.position for sound in self.interferers]
        if len(set(positions)) < len(positions):
            raise ValueError(
                f"expected interferers at different positions, got {positions}."
            )

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.n_samples / SAMPLE_RATE


def _require_span(start: int, end: int) -> None:
    if not 0 <= start < end:
        raise ValueError(
            "expected start (time_start) at sample 0 or later and end (time_end) after "
            f"it, got {start} and {end}."
        )
