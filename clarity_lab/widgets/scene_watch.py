"""Watch a room from above while it sounds."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from clarity_lab import scenes
from clarity_lab.audio import rms
from clarity_lab.browser import module, script
from clarity_lab.checks import (
    require_mono,
    require_mono_or_stereo,
    require_sample_rate,
)
from clarity_lab.listen.page import audio_html
from clarity_lab.listen.player import Player
from clarity_lab.listen.programme import LOWEST_RATE_HZ, with_text_labels
from clarity_lab.listen.still import is_static
from clarity_lab.scenes.rooms.source import direction_deg
from clarity_lab.units import amplitude_to_db, db_to_amplitude
from clarity_lab.widgets.scene_map import SMALLEST_RING, map_svg

TITLE = "Play, and watch"
FRAMES_PER_S = 20
LOUDNESS_RANGE_DB = 35.0
LARGEST_RING = 34


class WatchedScene(Player):
    """A player of one sound, and a room from above that moves with it.

    Attributes:
        map: The room at the beginning, SVG.
        frames: How it moves: `per_s` frames a second, with where the `nose` points in
            degrees and the `size` of each ring, from 0 to 1 of the way between the two
            radii of `rings`.
    """

    _esm = module("watch")

    map = traitlets.Unicode("").tag(sync=True)
    frames = traitlets.Dict().tag(sync=True)

    def preview_html(self) -> str:
        """The room at the beginning, and what a player leaves where no kernel runs.

        With ``CLARITY_LAB_STATIC=1`` in the environment the room moves there as well.

        Returns:
            HTML.
        """
        if not is_static():
            return self.map + super().preview_html()
        [played] = self._programme.played.values()
        played = played * db_to_amplitude(self.gain_db)
        player = audio_html(played, sample_rate=self.sample_rate, title=TITLE)
        player = player.replace("<audio ", f"<audio {_handlers()} ", 1)
        data = html.escape(json.dumps(self.frames))
        return f'<div data-frames="{data}">{self.map}{player}</div>'


def watch_scene(
    sound: ArrayLike,
    *,
    sample_rate: int,
    room: scenes.Room,
    head_turn_rad: ArrayLike,
    sources: Mapping[str, ArrayLike],
) -> WatchedScene:
    """Show a player and a room from above that moves with it: head and loudness.

    Args:
        sound: What is played, shape (samples,) or (2, samples). What would clip is
            played softer, and the player says so.
        sample_rate: In Hz.
        room: With its listener and talkers.
        head_turn_rad: Where the nose points, relative to the listener's view, positive
            to the left, shape (samples,).
        sources: Who sounds, by the names of `room.sources`: the dry sound in time with
            the scene, shape (samples,). Its ring grows as it gets louder.

    Returns:
        The widget. Dragging along its time line moves the map as well.

    Raises:
        TypeError: If samples are integers, `room` is no room, or `sources` no mapping.
        ValueError: If a source is not of this room, or something of another length, or
            a sound cannot be played.
    """
    if not isinstance(room, scenes.Room):
        raise TypeError(f"expected room as a scenes.Room, got {room!r}.")
    sources = with_text_labels(sources, name="sources")
    unknown = sorted(set(sources) - set(room.sources))
    if unknown:
        raise ValueError(
            f"expected sources of {', '.join(room.sources)}, got {', '.join(unknown)}."
        )
    if require_sample_rate(sample_rate) < LOWEST_RATE_HZ:
        raise ValueError(
            f"expected sample_rate of at least {LOWEST_RATE_HZ} Hz, got {sample_rate}. "
            "Resample first: clarity_lab.audio.resample."
        )
    head_turn_rad = _require_turn(head_turn_rad)
    sound = require_mono_or_stereo(sound, name="sound")
    sources = {who: require_mono(x, name=who) for who, x in sources.items()}
    for who, samples in {"sound": sound, **sources}.items():
        if samples.shape[-1] != len(head_turn_rad):
            raise ValueError(
                f"expected {who} as long as the scene, {len(head_turn_rad)} samples "
                f"like head_turn_rad, got {samples.shape[-1]}. Put it in its place "
                "with zeros around it."
            )
    hop = round(sample_rate / FRAMES_PER_S)
    nose = direction_deg(room.listener.view) + np.degrees(head_turn_rad)[::hop]
    sizes = {who: _loudness(samples, hop) for who, samples in sources.items()}
    watched = WatchedScene({TITLE: sound}, sample_rate=sample_rate)
    watched.map = map_svg(room, nose_deg=float(nose[0]), present=tuple(sizes))
    watched.frames = {
        "per_s": FRAMES_PER_S,
        "nose": np.round(nose, 1).tolist(),
        "size": sizes,
        "rings": [SMALLEST_RING, LARGEST_RING],
    }
    return watched


def _require_turn(head_turn_rad: ArrayLike) -> NDArray:
    """The nose's way as an array, or what is wrong with it."""
    try:
        turn = np.asarray(head_turn_rad, dtype=float)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"expected head_turn_rad as numbers in radians, got {head_turn_rad!r}."
        ) from error
    if turn.ndim != 1 or not len(turn):
        raise ValueError(
            "expected head_turn_rad of shape (samples,), got shape "
            f"{turn.shape}. For a head at rest try np.zeros(samples.shape[-1])."
        )
    if not np.isfinite(turn).all():
        first = int(np.flatnonzero(~np.isfinite(turn))[0])
        raise ValueError(
            f"expected head_turn_rad finite, got {turn[first]} at sample {first}."
        )
    return turn


def _loudness(samples: NDArray, hop: int) -> list[float]:
    """From 0, silent, to 1, its loudest moment, for each frame."""
    levels = rms(np.pad(samples, (0, -len(samples) % hop)).reshape(-1, hop))
    softest = np.max(levels) * db_to_amplitude(-LOUDNESS_RANGE_DB)
    sounding = levels > softest
    size = np.zeros(len(levels))
    size[sounding] = (
        1 - amplitude_to_db(np.max(levels) / levels[sounding]) / LOUDNESS_RANGE_DB
    )
    return np.round(size, 2).tolist()


def _handlers() -> str:
    """What moves the map; a page that forbids handlers shows the first moment."""
    begin = script("watch_frame") + (
        "const map = this.closest('[data-frames]');"
        "const frames = JSON.parse(map.dataset.frames);"
    )
    draw = "drawFrame(map, frames, this.currentTime);"
    goes_on = "if (!this.paused && !this.ended) requestAnimationFrame(follow);"
    follow = f"const follow = () => {{ {draw} {goes_on} }}; follow();"
    on_play, on_move = html.escape(begin + follow), html.escape(begin + draw)
    return f'onplay="{on_play}" ontimeupdate="{on_move}"'
