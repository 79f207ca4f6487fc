"""Turn a head between two talkers."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab import scenes
from clarity_lab.checks import require_mono, require_sample_rate
from clarity_lab.frozen import frozen
from clarity_lab.listen import safe_gain_db
from clarity_lab.scenes.rooms.source import direction_deg
from clarity_lab.units import db_to_amplitude
from clarity_lab.widgets.controls import choice, slider
from clarity_lab.widgets.explorer import Explorer, Heard
from clarity_lab.widgets.scene_map import map_svg

DRY = "dry: no walls"
FURNISHED = "furnished room"
DIMENSIONS_M = (5.0, 4.4, 2.5)
EARS_M = (0.0, 2.5, 1.2)
DISTANCE_M = 1.3
AHEAD = (0.0, 1.0, 0.0)
ROUND = {"low": -180, "high": 180, "step": 15}
LOWEST_SNR_DB = -12


class SceneExplorer(Explorer):
    """What `explore_scene` gives back: it also tells its numbers."""

    def __init__(
        self, mix: Callable[..., tuple[NDArray, NDArray]], *, sample_rate: int
    ) -> None:
        self._mix, self._sample_rate = mix, sample_rate
        controls = _controls()
        at_first = {name: control.value for name, control in controls.items()}
        worst = mix(**(at_first | {"snr_db": LOWEST_SNR_DB}))
        self._gain_db = safe_gain_db([sum(worst), worst[0]])
        super().__init__(self._heard, controls)

    def ears_db(self, **changes: float | str) -> tuple[float, float]:
        """SNR at the left ear and at the right, in dB; nothing moves.

        Args:
            changes: Other values than the controls have, by the controls' names.
        """
        values = {name: control.value for name, control in self.controls.items()}
        return _snr_db(*self._mix(**(values | changes)), self._sample_rate)

    def _heard(
        self, head_deg: float, target_deg: float, interferer_deg: float, **others
    ) -> Heard:
        speech, noise = self._mix(head_deg, target_deg, interferer_deg, **others)
        left_db, right_db = _snr_db(speech, noise, self._sample_rate)
        words = (
            f"SNR: left {left_db:+z.1f} dB, right {right_db:+z.1f} dB, "
            f"better {max(left_db, right_db):+z.1f} dB"
        )
        place = _room(target_deg, interferer_deg)
        nose_deg = direction_deg(AHEAD) + head_deg
        return Heard(
            {"the talker alone": speech, "both": speech + noise},
            self._sample_rate,
            title=words,
            gain_db=self._gain_db,
            picture=partial(map_svg, place, nose_deg=nose_deg),
        )


def explore_scene(
    target: ArrayLike, interferer: ArrayLike, *, sample_rate: int, head: scenes.Head
) -> SceneExplorer:
    """Turn the head between a talker and what disturbs: see it from above, hear both.

    Args:
        target: Who is to be understood, mono, shape (samples,).
        interferer: What disturbs, mono; cut to the target's length, or repeated.
        sample_rate: Of both, in Hz.
        head: Whose ears.

    Returns:
        The widget; `.controls` holds `head_deg`, `target_deg`, `interferer_deg` (0
            along the room, to the left positive), `snr_db`, the SNR at the better ear
            while the nose points to 0, and `room`. `.player` plays the talker alone
            and both, and says the SNR at each ear; `.view` shows the room from above.
            `.ears_db` tells the SNR without moving anything. At the first place every
            SNR is played with one gain; where another place is louder and would clip,
            it is lowered for good, and the player says so.

    Raises:
        TypeError: If samples are integers.
        ValueError: If a sound is not mono, not finite or silent.
    """
    sample_rate = require_sample_rate(sample_rate)
    target = frozen(require_mono(target, name="target"))
    interferer = np.resize(require_mono(interferer, name="interferer"), len(target))
    for name, samples in {"target": target, "interferer": interferer}.items():
        if not samples.any():
            raise ValueError(f"expected {name} to sound, got silence: it has no SNR.")
    filters = scenes.decoder(head.at_rate(sample_rate))

    @lru_cache(maxsize=8)
    def place_of(target_deg: int, interferer_deg: int, room: str) -> tuple:
        """Both responses, and the better ear's SNR with the nose at 0."""
        responses = _responses(target_deg, interferer_deg, room, sample_rate)
        both = responses.target, responses.interferers[0]
        return both, max(_snr_db(*heard(both, 0.0), sample_rate))

    def heard(responses: tuple[NDArray, NDArray], head_deg: float) -> list[NDArray]:
        return [
            scenes.listen_in(
                samples[None],
                responses=response[None],
                head_turn_rad=np.full(len(samples), np.radians(head_deg)),
                filters=filters,
            )
            for samples, response in zip((target, interferer), responses, strict=True)
        ]

    def mix(
        head_deg: float,
        target_deg: float,
        interferer_deg: float,
        snr_db: float,
        room: str,
    ) -> tuple[NDArray, NDArray]:
        """Talker and disturber at the ears; a slider may say 29.999... for 30."""
        responses, ahead_db = place_of(round(target_deg), round(interferer_deg), room)
        speech, noise = heard(responses, head_deg)
        return speech, noise * db_to_amplitude(ahead_db - snr_db)

    return SceneExplorer(mix, sample_rate=sample_rate)


def _controls() -> dict:
    return {
        "head_deg": slider("Nose (°, left +)", 0, **ROUND, live=True),
        "target_deg": slider("Talker (°)", 0, **ROUND),
        "interferer_deg": slider("Disturber (°)", -60, **ROUND),
        "snr_db": slider("SNR at 0° (dB)", 0, low=LOWEST_SNR_DB, high=12, step=3),
        "room": choice("Room", [DRY, FURNISHED]),
    }


def _responses(
    target_deg: float, interferer_deg: float, room: str, sample_rate: int
) -> scenes.RoomResponses:
    """What reaches the listener's place from both."""
    if room == FURNISHED:
        return scenes.simulate_responses(
            _room(target_deg, interferer_deg),
            sample_rate=sample_rate,
            rng=np.random.default_rng(0),
        )
    direct = [
        scenes.harmonics(azimuth_deg)[:, None] / DISTANCE_M
        for azimuth_deg in (target_deg, interferer_deg)
    ]
    return scenes.RoomResponses(direct[0], (direct[1],), sample_rate)


def _room(target_deg: float, interferer_deg: float) -> scenes.Room:
    """The listener in the middle, both on a circle around."""

    def at(azimuth_deg: float) -> scenes.Source:
        azimuth = np.radians(azimuth_deg)
        x, y, z = EARS_M
        x, y = x - DISTANCE_M * np.sin(azimuth), y + DISTANCE_M * np.cos(azimuth)
        return scenes.Source((float(x), float(y), z))

    listener = scenes.Source(EARS_M, view=AHEAD)
    disturber = (at(interferer_deg),)
    return scenes.Room("explorer", DIMENSIONS_M, listener, at(target_deg), disturber)


def _snr_db(speech: NDArray, noise: NDArray, sample_rate: int) -> tuple[float, float]:
    """At the left ear and at the right."""
    left, right = (
        scenes.speech_weighted_snr_db(
            speech[ear], noise=noise[ear], sample_rate=sample_rate
        )
        for ear in (0, 1)
    )
    return left, right
