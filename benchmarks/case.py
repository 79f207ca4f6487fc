"""What a side-by-side measurement consists of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """One job done by us and by the peer.

    Attributes:
        name: What is compared.
        ours: Runs ours once.
        peer: Runs the peer's once; imports it only then, so that it does not count
            towards our memory.
        target_ratio: How many times faster ours is to be on 6 s, in CPU time.
    """

    name: str
    ours: Callable[[], object]
    peer: Callable[[], object]
    target_ratio: float
