"""From which ranges scenes are drawn: the CEC2 challenge's, or one's own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clarity_lab.checks import require_choice, require_number
from clarity_lab.scenes.building.scene import KINDS, MICROPHONES

HEADS = ("BuK", "DADEC", "KEMAR")
HEADS += ("VP_E1", "VP_E2", "VP_E4", "VP_E5", "VP_E6", "VP_E7", "VP_E8", "VP_E9")
HEADS += ("VP_E11", "VP_E12", "VP_E13", "VP_N1", "VP_N3", "VP_N4", "VP_N5", "VP_N6")
"""The challenge's 19 heads: three dummies, sixteen people."""

ORDERS = ("sequential", "random")
RANGES = (
    "n_before",
    "n_after",
    "snr_db",
    "n_late",
    "n_early",
    "turn_start",
    "turn_to_deg",
)
COUNTED = ("n_before", "n_after", "n_late", "n_early")
LISTS = ("n_interferers", "kinds", "heads", "microphones")


@dataclass(frozen=True)
class SceneRules:
    """From which ranges scenes are drawn; the defaults are the challenge's.

    Attributes:
        n_before: Fewest and most samples before the target starts (1.5 to 2 s).
        n_after: Fewest and most samples after it ends (1 s).
        snr_db: Lowest and highest SNR, uniform.
        n_interferers: The numbers to choose from.
        kinds: The kinds of interferers to choose from, all equally likely.
        most_music: At most so many pieces of music at once; drawn again if more.
        n_late: Fewest and most samples after the scene's start an interferer begins.
        n_early: Fewest and most samples before the scene's end it ends.
        heads: Whose head-related responses to choose from.
        microphones: The responses of one head: "VP_N6" gives "VP_N6-ED", ...
        turn_start: Start of the head turn after the target's, from and to, in samples,
            uniform (-0.635 to 0.865 s).
        turn_length: Mean and standard deviation of the turn's length in samples (200
            and 10 ms).
        turn_from_deg: Mean and standard deviation of the angle between nose and target
            before the turn, to either side; redrawn beyond two standard deviations.
        turn_to_deg: Smallest and largest such angle afterwards, on the same side.
        room_order: "sequential": the rooms one after the other, again from the first
            after the last. "random": any room for each scene.
        target_order: "sequential": the targets in a shuffled order, each once before
            one comes again. "random": any target for each scene.

    Reference:
        pyclarity 0.9.0: recipes/cec2/data_preparation/config.yaml and
        `clarity.data.scene_builder_cec2`.

    Example:
        >>> SceneRules(snr_db=(0, 0)).snr_db
        (0, 0)
    """

    n_before: tuple[int, int] = (66_150, 88_200)
    n_after: tuple[int, int] = (44_100, 44_100)
    snr_db: tuple[float, float] = (-12.0, 6.0)
    n_interferers: tuple[int, ...] = (2, 3)
    kinds: tuple[str, ...] = KINDS
    most_music: int = 1
    n_late: tuple[int, int] = (0, 0)
    n_early: tuple[int, int] = (0, 0)
    heads: tuple[str, ...] = HEADS
    microphones: tuple[str, ...] = MICROPHONES
    turn_start: tuple[float, float] = (-28_004.0, 38_147.0)
    turn_length: tuple[float, float] = (8_820.0, 441.0)
    turn_from_deg: tuple[float, float] = (25.0, 5.0)
    turn_to_deg: tuple[float, float] = (0.0, 10.0)
    room_order: str = "sequential"
    target_order: str = "sequential"

    def __post_init__(self) -> None:
        require_choice(self.room_order, name="room_order", choices=ORDERS)
        require_choice(self.target_order, name="target_order", choices=ORDERS)
        for kind in self.kinds:
            require_choice(kind, name="kinds", choices=KINDS)
        for name in RANGES:
            least = 0 if name in COUNTED else -np.inf
            low, high = (
                require_number(end, name=name, minimum=least)
                for end in getattr(self, name)
            )
            if not low <= high:
                raise ValueError(
                    f"expected {name} from low to high, got {low}, {high}."
                )
        for name in LISTS:
            got = getattr(self, name)
            if isinstance(got, str | int) or not got:
                raise ValueError(
                    f"expected at least one of {name} in a tuple, got {got!r}."
                )
        if min(self.n_interferers) < 1:
            raise ValueError(
                f"expected n_interferers from 1, got {self.n_interferers}: without one "
                "there is no SNR to set."
            )
        only_music = set(self.kinds) == {"music"}
        if only_music and max(self.n_interferers) > self.most_music:
            raise ValueError(
                f"expected kinds to offer more than music for {self.n_interferers} "
                f"interferers with at most {self.most_music} of music."
            )


CEC2 = SceneRules()
"""The challenge's own scenes."""

CEC2_ADDITIONAL = SceneRules(room_order="random", target_order="random")
"""The challenge's recipe for more training data: any room, any target."""
