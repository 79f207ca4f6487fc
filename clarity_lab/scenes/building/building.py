"""Building scenes: draw who says what over which noises, as the CEC2 challenge did.

Every scene draws from a generator of its own, made of the seed, the data set and the
scene's name. So a scene is the same whether ten are built or ten thousand, on any
machine; angles, SNRs and times are rounded to four decimals, as the challenge's files
are, so that the last bits of a logarithm do not matter.

Lesson: 10_scene_rendering.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from clarity_lab.scenes.building.rules import CEC2, SceneRules
from clarity_lab.scenes.building.scene import (
    SAMPLE_RATE,
    HeadTurn,
    Interferer,
    Scene,
    Target,
)
from clarity_lab.scenes.building.sounds import TARGET, Sound, SoundList
from clarity_lab.scenes.rooms.room import Room
from clarity_lab.scenes.rooms.source import bearing_deg
from clarity_lab.seeds import named_rng

__all__ = ["build_scenes"]


def build_scenes(
    n: int,
    *,
    rooms: Mapping[str, Room] | Iterable[Room],
    sounds: SoundList,
    dataset: str,
    seed: int,
    rules: SceneRules = CEC2,
    first: int = 1,
) -> list[Scene]:
    """Draw scenes S00001, S00002, ...

    Args:
        n: How many.
        rooms: Where they take place; their order counts.
        sounds: Targets and maskers; their order counts. Only those of the data set are
            used.
        dataset: "train", "dev", ...
        seed: A whole number from 0; the same gives the same scenes on every machine.
        rules: The ranges to draw from.
        first: The number of the data set's first scene, 6001 for the challenge's dev.

    Returns:
        The scenes. The k-th is the same however many are built.

    Raises:
        ValueError: If there are no rooms or too few places in one; if no target or no
            masker of a kind is of the data set, or none is long enough.
    """
    if n < 0 or first < 0:
        raise ValueError(f"expected n and first from 0, got {n} and {first}.")
    rooms = list(rooms.values() if isinstance(rooms, Mapping) else rooms)
    _require_room(rooms, rules)
    targets = _require_some(sounds, TARGET, dataset)
    maskers = {kind: _require_some(sounds, kind, dataset) for kind in rules.kinds}
    shuffled = named_rng(seed, dataset, "targets").permutation(len(targets))
    scenes = []
    for index in range(n):
        name = f"S{first + index:05d}"
        rng = named_rng(seed, dataset, name)
        room = rooms[_next(index, len(rooms), rules.room_order, rng)]
        place = _next(index, len(targets), rules.target_order, rng)
        target = targets[shuffled[place]]
        scenes.append(_scene(name, room, target, maskers, rules=rules, rng=rng))
    return scenes


def _scene(
    name: str,
    room: Room,
    sound: Sound,
    maskers: Mapping[str, Sequence[Sound]],
    *,
    rules: SceneRules,
    rng: np.random.Generator,
) -> Scene:
    start = _whole(rng, rules.n_before)
    target = Target(sound.name, start=start, end=start + sound.n_samples)
    n_samples = target.end + _whole(rng, rules.n_after)
    kinds = _kinds(rules, rng)
    free = np.arange(1, len(room.interferers) + 1)
    positions = np.sort(rng.permutation(free)[: len(kinds)])
    interferers = [
        _interferer(int(position), maskers[kind], n_samples, rules=rules, rng=rng)
        for position, kind in zip(positions, kinds, strict=True)
    ]
    snr_db = round(float(rng.uniform(*rules.snr_db)), 4)
    head_turn = _head_turn(room, target, rules=rules, rng=rng)
    head = rules.heads[rng.integers(len(rules.heads))]
    return Scene(
        name=name,
        dataset=sound.dataset,
        room=room.name,
        target=target,
        interferers=tuple(interferers),
        n_samples=n_samples,
        snr_db=snr_db,
        head_turn=head_turn,
        microphones=tuple(f"{head}-{microphone}" for microphone in rules.microphones),
    )


def _kinds(rules: SceneRules, rng: np.random.Generator) -> list[str]:
    """How many interferers, and of which kinds: all drawn again if too musical."""
    n = rules.n_interferers[rng.integers(len(rules.n_interferers))]
    while True:
        kinds = [rules.kinds[k] for k in rng.integers(len(rules.kinds), size=n)]
        if kinds.count("music") <= rules.most_music:
            return kinds


def _interferer(
    position: int,
    maskers: Sequence[Sound],
    n_samples: int,
    *,
    rules: SceneRules,
    rng: np.random.Generator,
) -> Interferer:
    """A group first, then one of its sounds that is long enough, then a piece of it."""
    start = _whole(rng, rules.n_late)
    end = n_samples - _whole(rng, rules.n_early)
    long_enough = [sound for sound in maskers if sound.n_samples >= end - start]
    if not long_enough:
        longest = max(sound.n_samples for sound in maskers)
        raise ValueError(
            f"expected a {maskers[0].kind} masker of at least {end - start} samples "
            f"({(end - start) / SAMPLE_RATE:.1f} s), the longest has {longest}. Take "
            "shorter targets, or let maskers repeat: sounds.looped(...)."
        )
    groups = list(dict.fromkeys(sound.group for sound in long_enough))
    group = groups[rng.integers(len(groups))]
    members = [sound for sound in long_enough if sound.group == group]
    sound = members[rng.integers(len(members))]
    offset = _whole(rng, (0, sound.n_samples - (end - start)))
    return Interferer(position, sound.kind, sound.name, offset, start=start, end=end)


def _head_turn(
    room: Room, target: Target, *, rules: SceneRules, rng: np.random.Generator
) -> HeadTurn:
    start = max(0.0, round(target.start + float(rng.uniform(*rules.turn_start)), 4))
    length = max(1, int(rng.normal(*rules.turn_length)))
    side = 1 if rng.random() < 0.5 else -1
    mean_deg, sd_deg = rules.turn_from_deg
    while True:
        spread_deg = float(rng.normal(0, sd_deg))
        if abs(spread_deg) <= 2 * sd_deg:
            break
    target_deg = bearing_deg(room.target, seen_from=room.listener)
    to_deg = float(rng.uniform(*rules.turn_to_deg))
    return HeadTurn(
        start=start,
        end=round(start + length, 4),
        start_deg=round(target_deg + side * (mean_deg + spread_deg), 4),
        end_deg=round(target_deg + side * to_deg, 4),
    )


def _whole(rng: np.random.Generator, limits: tuple[int, int]) -> int:
    """A whole number between two, both included."""
    return int(rng.integers(limits[0], limits[1], endpoint=True))


def _next(index: int, n: int, order: str, rng: np.random.Generator) -> int:
    return index % n if order == "sequential" else int(rng.integers(n))


def _require_room(rooms: Sequence[Room], rules: SceneRules) -> None:
    if not rooms:
        raise ValueError("expected at least one room, got none. Try random_rooms(...).")
    most = max(rules.n_interferers)
    for room in rooms:
        if len(room.interferers) < most:
            raise ValueError(
                f"expected {most} places for interferers in room {room.name}, got "
                f"{len(room.interferers)}. Try SceneRules(n_interferers=...)."
            )


def _require_some(sounds: SoundList, kind: str, dataset: str) -> tuple[Sound, ...]:
    found = sounds.of(kind, dataset=dataset)
    if found:
        return found
    others = sorted({sound.dataset for sound in sounds.of(kind)})
    there = f"only of {', '.join(others)}" if others else "none at all"
    hint = "" if kind == TARGET else " Or leave the kind out: SceneRules(kinds=...)."
    raise ValueError(
        f"expected {kind} sounds of the data set {dataset!r}, got {there}.{hint}"
    )
