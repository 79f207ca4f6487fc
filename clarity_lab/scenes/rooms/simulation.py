"""Compute the impulse responses of a room.

The image sources of a room, each encoded into ambisonics from where it is seen, give
the same kind of response that the Clarity challenges publish for their rooms.

Lesson: 10_scene_rendering.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from clarity_lab.checks import require_number, require_sample_rate
from clarity_lab.scenes.rooms.absorption import LIVING_ROOM, Absorption
from clarity_lab.scenes.rooms.arrivals import arrivals_of, response_of
from clarity_lab.scenes.rooms.image_sources import images_of
from clarity_lab.scenes.rooms.room import Room
from clarity_lab.scenes.rooms.room_measures import reverberation_time_s as decay_time_s
from clarity_lab.scenes.rooms.room_responses import RoomResponses
from clarity_lab.scenes.rooms.source import Source, distance_m
from clarity_lab.scenes.spatial.ambisonics import ORDER

__all__ = ["absorption_for", "simulate_responses"]

CEC2_DURATION_S = 0.6
NEAREST_M = 0.1
FITTED_IMAGES = 200_000
"""About so many images tell the reverberation time of a wanted absorption."""


def simulate_responses(
    room: Room,
    *,
    sample_rate: int,
    rng: np.random.Generator,
    absorption: Absorption | float | None = None,
    reverberation_time_s: float | None = None,
    duration_s: float | None = None,
    order: int = ORDER,
    air: bool = True,
) -> RoomResponses:
    """Compute what reaches the listener from each source of a room, as ambisonics.

    Each image source arrives after r / 344 m/s, 1 / r as strong, filtered by the walls
    it met and by the air, from where it is seen; a source with a view radiates as a
    talker, most to the front. Where the images become too dense to be told apart, after
    about 40 ms, noise of their energy, colour and directions goes on (see
    `clarity_lab.scenes.rooms.arrivals`).

    Args:
        room: With a listener who looks somewhere.
        sample_rate: In Hz; 44,100 in CEC2.
        rng: Makes the late noise, and lets images come a little early or late.
        absorption: Of the surfaces, or one number for all. Default: `LIVING_ROOM`, as
            in CEC2.
        reverberation_time_s: Instead: the wanted T30; all surfaces alike.
        duration_s: Default: 0.6 s as in CEC2, or the reverberation time if longer.
        order: Of the ambisonics.
        air: Whether air takes from high frequencies.

    Returns:
        Responses of shape ((order + 1)^2, samples), 0 degrees where the listener looks.
            Levels as in CEC2: the omnidirectional channel's direct sound has the
            amplitude 1 / r from a source, 0.49 / r from a talker ahead.

    Raises:
        ValueError: If absorption and reverberation time are both given, the latter
            cannot be had in this room, or a source stands in the listener's head.

    Reference:
        Allen and Berkley, "Image method for efficiently simulating small-room
        acoustics", JASA 65 (1979), 943-950.
    """
    sample_rate = require_sample_rate(sample_rate)
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"expected rng as a random generator, got {rng!r}. Try "
            "rng=np.random.default_rng(0)."
        )
    _require_apart(room)
    if absorption is not None and reverberation_time_s is not None:
        raise ValueError("expected absorption or reverberation_time_s, got both.")
    if duration_s is None:
        duration_s = max(CEC2_DURATION_S, reverberation_time_s or 0)
    require_number(duration_s, name="duration_s", minimum=0.01, unit="s")
    sources = (room.target, *room.interferers)
    *streams, spare = rng.spawn(len(sources) + 1)
    if reverberation_time_s is not None:
        absorption = absorption_for(room, reverberation_time_s, rng=spare)
    elif absorption is None:
        absorption = LIVING_ROOM
    elif not isinstance(absorption, Absorption):
        absorption = Absorption.uniform(absorption)

    def response(source: Source, stream: np.random.Generator) -> NDArray:
        arrivals = arrivals_of(
            source, room, absorption, duration_s=duration_s, air=air, rng=stream
        )
        return response_of(
            arrivals,
            room.listener,
            duration_s=duration_s,
            sample_rate=sample_rate,
            order=order,
        )

    target, *interferers = map(response, sources, streams)
    return RoomResponses(target, tuple(interferers), sample_rate)


def absorption_for(
    room: Room, reverberation_time_s: float, *, rng: np.random.Generator
) -> Absorption:
    """Find the absorption, alike on all surfaces, that gives a reverberation time.

    Sabine's and Eyring's formulas assume that sound comes from everywhere alike, which
    it does not in a room with flat walls. So the T30 of the target's image sources
    themselves is brought to the wanted time, by bisection; without air.

    Args:
        room: Its size and places matter.
        reverberation_time_s: The wanted T30.
        rng: Picks the late images.

    Returns:
        The same coefficient for every surface and octave.

    Raises:
        ValueError: If no absorption between 0.01 and 0.95 gives this time.
    """
    wanted_s = require_number(
        reverberation_time_s, name="reverberation_time_s", minimum=0.01, unit="s"
    )
    rate = max(1000, math.ceil(200 / wanted_s))
    images = images_of(
        room.target,
        room=room,
        duration_s=2.5 * wanted_s,
        rng=rng,
        images_per_s=FITTED_IMAGES / (2.5 * wanted_s),
    )
    once = images.stands_for / images.distances_m**2
    n_reflections = images.n_reflections.sum(axis=-1)
    slot = (images.delays_s * rate).astype(int)

    def time_s(coefficient: float) -> float:
        energy = np.bincount(slot, once * (1 - coefficient) ** n_reflections)
        try:
            return float(
                decay_time_s(np.sqrt(energy), sample_rate=rate, truncate=False)
            )
        except ValueError:  # too little decays in this time, or all at once
            return math.inf if coefficient < 0.5 else 0.0

    low, high = 0.01, 0.95
    if not time_s(high) < wanted_s < time_s(low):
        raise ValueError(
            f"expected a reverberation time that flat walls give in room {room.name}, "
            f"with {low} to {high} absorbed, got {wanted_s:g} s. A larger room sounds "
            "longer."
        )
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if time_s(middle) > wanted_s else (low, middle)
    return Absorption.uniform((low + high) / 2)


def _require_apart(room: Room) -> None:
    for who, source in room.sources.items():
        near_m = distance_m(source, seen_from=room.listener)
        if who != "listener" and near_m < NEAREST_M:
            raise ValueError(
                f"expected the {who} of room {room.name} at least {NEAREST_M} m from "
                f"the listener, got {near_m:g} m. In CEC2 it is more than 1 m."
            )
