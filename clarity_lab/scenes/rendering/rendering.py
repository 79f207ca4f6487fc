"""Rendering: from a scene's description and dry sounds to what a listener hears.

Lesson: 10_scene_rendering.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.checks import require_mono, require_sample_rate
from clarity_lab.scenes.building.scene import SAMPLE_RATE, Interferer, Scene, Target
from clarity_lab.scenes.rendering.brir import listen_in
from clarity_lab.scenes.rendering.head_turn import head_turn_path
from clarity_lab.scenes.rendering.speech_weighting import speech_weighted_snr_db
from clarity_lab.scenes.rooms.room import SPEED_OF_SOUND_M_S, Room
from clarity_lab.scenes.rooms.room_responses import RoomResponses
from clarity_lab.scenes.rooms.source import distance_m
from clarity_lab.scenes.spatial.ambisonic_decoder import cec2_directions, decoder
from clarity_lab.scenes.spatial.ambisonics import ORDER, half_turn_about_x, harmonics
from clarity_lab.scenes.spatial.hrir import Head

__all__ = ["RenderedScene", "render_scene"]

PEERS_LAST_HARMONIC = 2.4209614
"""Of a sound from ahead in pyClarity, which lost a digit: it should be 2.4218246."""


@dataclass(frozen=True, eq=False)
class RenderedScene:
    """What a listener hears, part by part.

    Attributes:
        target: The sentence in the room, shape (microphones, 2, samples).
        interferer: Everything else at the scene's level, the same shape.
        anechoic: The sentence from straight ahead of the listener's view, wherever the
            target stands, without a room, at the front microphone, shape (2, samples).
        head_turn_rad: Where the nose points, relative to the view, shape (samples,).
        sample_rate: In Hz.
    """

    target: NDArray
    interferer: NDArray
    anechoic: NDArray
    head_turn_rad: NDArray
    sample_rate: int

    @property
    def mix(self) -> NDArray:
        """Target and interferer together, shape (microphones, 2, samples)."""
        return self.target + self.interferer


def front_microphone(n_microphones: int) -> int:
    """The second pair (CEC2: the first is the ear drum), or the only one."""
    return min(1, n_microphones - 1)


def render_scene(
    scene: Scene,
    *,
    room: Room,
    responses: RoomResponses,
    target: ArrayLike,
    interferers: Sequence[ArrayLike],
    heads: Sequence[Head],
    sample_rate: int,
    parity: bool = False,
) -> RenderedScene:
    """Let a listener hear a scene: room, head turn, ears, and the SNR it asks for.

    Args:
        scene: Who sounds when; the head turn; the SNR.
        room: Its room: where the listener looks, how far the target is.
        responses: The room's impulse responses.
        target: The dry sentence, shape (samples,).
        interferers: Each interferer's whole dry sound, shape (samples,), in the scene's
            order; the scene says where in it to begin.
        heads: One pair of ears or microphones for each of the scene's microphones.
        sample_rate: Of the sounds in Hz; 44100, in which scenes count.
        parity: Do as pyClarity 0.9.0 does. It takes the room's places in the order of
            the list whatever `position` says; uses responses of heads at 48 kHz as if
            they were at 44.1 kHz, and 79 of the 91 directions; turns the head in small
            steps; exchanges left and right, above and below of the room; fills up an
            interferer that is too short with silence; cuts a target that is too long;
            and lets the ears' sound fade out behind the scene's end.

    Returns:
        The rendered scene. Level: a sound 1 m away, without a room, comes out as the
            head's own response to it. With parity all ears' signals have taps - 1
            samples more than the scene, taps being those of the heads' responses.

    Raises:
        TypeError: If a sound is not floating-point.
        ValueError: If something does not fit the scene, or there is nothing to set the
            SNR by; names the scene.
    """
    _require_fitting(scene, room, responses, interferers, heads, sample_rate)
    try:
        spoken, disturbing = _in_time(scene, target, interferers, parity=parity)
        irs = _responses_of(scene, responses, parity=parity)
    except ValueError as error:
        raise ValueError(f"scene {scene.name}: {error}") from error

    head_turn_rad = head_turn_path(
        scene.head_turn,
        view=room.listener.view,
        n_samples=scene.n_samples,
        parity=parity,
    )
    decoders = _decoders(heads, responses, parity=parity)
    turning = {"head_turn_rad": head_turn_rad, "parity": parity}
    filters = np.concatenate(decoders, axis=1)
    n_pairs = len(decoders)
    heard_target, heard_interferers = (
        listen_in(sounds, responses=theirs, filters=filters, **turning).reshape(
            n_pairs, 2, -1
        )
        for sounds, theirs in ((spoken[None], irs[:1]), (disturbing, irs[1:]))
    )
    front = front_microphone(n_pairs)
    anechoic = listen_in(
        _delayed(spoken, room)[None],
        responses=_from_ahead(responses.order, parity=parity)[None, :, None],
        filters=decoders[front],
        **turning,
    )
    gain = _gain_for_snr(scene, heard_target[front], heard_interferers[front])
    return RenderedScene(
        heard_target, gain * heard_interferers, anechoic, head_turn_rad, sample_rate
    )


def _require_fitting(
    scene: Scene,
    room: Room,
    responses: RoomResponses,
    interferers: Sequence[ArrayLike],
    heads: Sequence[Head],
    sample_rate: int,
) -> None:
    rate = require_sample_rate(sample_rate)
    problem = ""
    if rate != SAMPLE_RATE or responses.sample_rate != SAMPLE_RATE:
        problem = (
            f"sounds and room responses at {SAMPLE_RATE} Hz, got {rate} and "
            f"{responses.sample_rate} Hz. Try audio.resample."
        )
    elif room.name != scene.room:
        problem = f"its room {scene.room}, got {room.name}."
    elif not scene.interferers:
        problem = "at least one interferer: without one there is no SNR to set."
    elif len(interferers) != len(scene.interferers):
        problem = (
            f"{len(scene.interferers)} interferers, got {len(interferers)} sounds."
        )
    elif len(heads) != len(scene.microphones) or not heads:
        problem = (
            f"a head for each of its microphones {', '.join(scene.microphones)}, "
            f"got {len(heads)}."
        )
    if problem:
        raise ValueError(f"scene {scene.name}: expected {problem}")


def _in_time(
    scene: Scene, target: ArrayLike, interferers: Sequence[ArrayLike], *, parity: bool
) -> tuple[NDArray, NDArray]:
    """The sentence, (samples,), and interferers, (sounds, samples), in the scene."""
    spoken = _placed(target, scene.target, scene.n_samples, "the target", cut=parity)
    disturbing = [
        _placed(
            _excerpt(whole, sound, pad=parity),
            sound,
            scene.n_samples,
            f"interferer {sound.name}",
        )
        for whole, sound in zip(interferers, scene.interferers, strict=True)
    ]
    return spoken, np.stack(disturbing)


def _excerpt(samples: ArrayLike, sound: Interferer, *, pad: bool) -> NDArray:
    """What the scene asks for of an interferer's whole sound."""
    samples = require_mono(samples, name=f"interferer {sound.name}")
    end = sound.offset + sound.n_samples
    if end > len(samples) and not pad:
        raise ValueError(
            f"expected interferer {sound.name} with {end} samples or more (offset "
            f"{sound.offset} and {sound.n_samples} from there), got {len(samples)}. "
            "Choose a longer sound or an earlier offset; to fill up with silence, pad "
            "it with np.pad, or set parity=True as pyClarity does."
        )
    return samples[sound.offset : end]


def _placed(
    samples: ArrayLike,
    sound: Target | Interferer,
    n_samples: int,
    who: str,
    *,
    cut: bool = False,
) -> NDArray:
    """The sound where it stands in the scene, silence around it."""
    samples = require_mono(samples, name=who)
    if sound.start + len(samples) > sound.end and not cut:
        raise ValueError(
            f"expected {who} to be over at sample {sound.end}, as the scene says, got "
            f"{len(samples)} samples from sample {sound.start} on. Is it another "
            "recording? Cut it, or set parity=True, which cuts at the scene's end as "
            "pyClarity does."
        )
    samples = samples[: n_samples - sound.start]
    placed = np.zeros(n_samples)
    placed[sound.start : sound.start + len(samples)] = samples
    return placed


def _responses_of(scene: Scene, responses: RoomResponses, *, parity: bool) -> NDArray:
    """Responses from the target and each interferer, shape (sounds, channels, taps)."""
    places = [sound.position for sound in scene.interferers]
    if parity:
        places = list(range(1, len(places) + 1))
    there = len(responses.interferers)
    if max(places) > there:
        raise ValueError(
            f"expected a room response from place {max(places)} for interferers, got "
            f"responses from {there} place(s)."
        )
    chosen = [responses.target, *(responses.interferers[place - 1] for place in places)]
    taps = max(response.shape[-1] for response in chosen)
    same_length = np.stack(
        [
            np.pad(response, ((0, 0), (0, taps - response.shape[-1])))
            for response in chosen
        ]
    )
    return half_turn_about_x(same_length) if parity else same_length


def _decoders(
    heads: Sequence[Head], responses: RoomResponses, *, parity: bool
) -> list[NDArray]:
    """One decoder per microphone pair, all (channels, 2, taps)."""
    fit = [
        cec2_directions(head) if parity else head.at_rate(responses.sample_rate)
        for head in heads
    ]
    decoders = [decoder(head, order=responses.order) for head in fit]
    taps = max(filters.shape[-1] for filters in decoders)
    return [
        np.pad(filters, ((0, 0), (0, 0), (0, taps - filters.shape[-1])))
        for filters in decoders
    ]


def _from_ahead(order: int, *, parity: bool) -> NDArray:
    """Harmonics of a sound from straight ahead."""
    ahead = harmonics(0, 0, order=order)
    if parity and order == ORDER:
        ahead[-1] = PEERS_LAST_HARMONIC
    return ahead


def _delayed(spoken: NDArray, room: Room) -> NDArray:
    """As late as the direct sound comes, in whole samples."""
    way_m = distance_m(room.target, seen_from=room.listener)
    delay = int(way_m / SPEED_OF_SOUND_M_S * SAMPLE_RATE)
    return np.pad(spoken, (delay, 0))[: len(spoken)]


def _gain_for_snr(scene: Scene, target: NDArray, noise: NDArray) -> float:
    """What brings the interferers to the SNR asked for while the target speaks."""
    said = slice(scene.target.start, scene.target.end)
    if not np.any(noise[:, said]) or not np.any(target[:, said]):
        raise ValueError(
            f"scene {scene.name}: expected target and interferers to sound from sample "
            f"{said.start} to {said.stop}, where the SNR is set, got silence."
        )
    measured_db = speech_weighted_snr_db(
        target[:, said], noise=noise[:, said], sample_rate=SAMPLE_RATE
    )
    if not math.isfinite(measured_db):
        raise ValueError(
            f"scene {scene.name}: expected the interferers to sound at both ears, got "
            "silence at one: no gain brings them to the SNR."
        )
    return 10 ** ((measured_db - scene.snr_db) / 20)
