"""What a room does to sound: ambisonic impulse responses, one for each talker.

Lesson: 10_scene_rendering.
"""

from __future__ import annotations

from dataclasses import dataclass

from numpy.typing import NDArray

from clarity_lab.checks import require_sample_rate, require_samples
from clarity_lab.scenes.spatial.ambisonics import order_of


@dataclass(frozen=True, eq=False)
class RoomResponses:
    """A room as the listener's place hears it, 0 degrees along the listener's view.

    The channels are those of `harmonics`: in the first one the direct sound of a source
    at 1 m is 1, at 2 m half of it.

    Attributes:
        target: From the target talker, shape (channels, taps).
        interferers: From each place for an interferer, each (channels, taps).
        sample_rate: In Hz.
    """

    target: NDArray
    interferers: tuple[NDArray, ...]
    sample_rate: int

    def __post_init__(self) -> None:
        require_sample_rate(self.sample_rate)
        object.__setattr__(self, "interferers", tuple(self.interferers))
        orders = set()
        for response in (self.target, *self.interferers):
            orders.add(order_of(require_samples(response, name="a room response")))
        if len(orders) > 1:
            raise ValueError(
                f"expected room responses of one order, got orders {sorted(orders)}."
            )

    @property
    def order(self) -> int:
        """Ambisonic order."""
        return order_of(self.target)
