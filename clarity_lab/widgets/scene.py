"""Turn a head between two talkers, and watch a room from above while it sounds."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab import scenes
from clarity_lab.audio import rms
from clarity_lab.checks import require_mono, require_sample_rate
from clarity_lab.listen import audio_html, table_html
from clarity_lab.plots.scenes import INTERFERER_STYLE, TARGET_STYLE
from clarity_lab.scenes.rooms.source import direction_deg
from clarity_lab.units import amplitude_to_db, db_to_amplitude
from clarity_lab.widgets.explorer import Explorer, slider

if TYPE_CHECKING:
    from IPython.display import HTML

DRY = "dry: no walls"
FURNISHED = "furnished room"
DIMENSIONS_M = (5.0, 4.4, 2.5)
EARS_M = (0.0, 2.5, 1.2)
DISTANCE_M = 1.3
AHEAD = (0.0, 1.0, 0.0)

SIDE_BY_SIDE = "display: flex; flex-wrap: wrap; gap: 1em"
PIXELS_PER_M = 56
MARGIN = 14
FRAMES_PER_S = 20
LOUDNESS_RANGE_DB = 35.0
SMALLEST_RING, LARGEST_RING = 9, 34


def explore_scene(
    target: ArrayLike, interferer: ArrayLike, *, sample_rate: int, head: scenes.Head
) -> Explorer:
    """Turn the head between a talker and what disturbs: see it from above, hear both.

    Args:
        target: Who is to be understood, mono, shape (samples,).
        interferer: What disturbs, mono; cut to the target's length, or repeated.
        sample_rate: Of both, in Hz.
        head: Whose ears.

    Returns:
        The widget; `.controls` holds `head_deg`, `target_deg`, `interferer_deg` (0
            along the room, to the left positive), `snr_db`, the SNR at the better ear
            while the nose points to 0, and `room`. `.view` shows the room from above,
            the SNR at each ear, and players at one common gain.

    Raises:
        TypeError: If samples are integers.
        ValueError: If a sound is not mono, not finite or silent.
    """
    sample_rate = require_sample_rate(sample_rate)
    target = require_mono(target, name="target")
    interferer = np.resize(require_mono(interferer, name="interferer"), len(target))
    for name, samples in {"target": target, "interferer": interferer}.items():
        if not samples.any():
            raise ValueError(f"expected {name} to sound, got silence: it has no SNR.")
    filters = scenes.decoder(head.at_rate(sample_rate))
    responses_of = lru_cache(maxsize=16)(_responses)

    def heard(samples: NDArray, response: NDArray, head_deg: float) -> NDArray:
        nose_rad = np.full(len(samples), np.radians(head_deg))
        return scenes.listen_in(
            samples[None],
            responses=response[None],
            head_turn_rad=nose_rad,
            filters=filters,
        )

    def show(
        head_deg: float,
        target_deg: float,
        interferer_deg: float,
        snr_db: float,
        room: str,
    ) -> str:
        place = _room(target_deg, interferer_deg)
        responses = responses_of(target_deg, interferer_deg, room, sample_rate)
        pair = (target, responses.target), (interferer, responses.interferers[0])
        ahead_db = max(_snr_db(*(heard(*one, 0.0) for one in pair), sample_rate))
        speech, noise = (heard(*one, head_deg) for one in pair)
        noise = noise * db_to_amplitude(ahead_db - snr_db)
        left_db, right_db = _snr_db(speech, noise, sample_rate)
        words = (
            f"SNR at the left ear {left_db:+.1f} dB, at the right ear "
            f"{right_db:+.1f} dB. The better: {max(left_db, right_db):+.1f} dB"
        )
        sounds = {"both": speech + noise, "the talker alone": speech}
        picture = _map_svg(place, nose_deg=direction_deg(AHEAD) + head_deg)
        players = table_html(sounds, sample_rate=sample_rate, title=words)
        return f'<div style="{SIDE_BY_SIDE}">{picture}<div>{players}</div></div>'

    return Explorer(
        show,
        {
            "head_deg": slider("Nose (°, left +)", 0, low=-180, high=180, step=15),
            "target_deg": slider("Talker (°)", 0, low=-180, high=180, step=15),
            "interferer_deg": slider("Disturber (°)", -60, low=-180, high=180, step=15),
            "snr_db": slider("SNR at 0° (dB)", 0, low=-12, high=12, step=3),
            "room": ipywidgets.ToggleButtons(
                options=[DRY, FURNISHED],
                description="Room",
                style={"description_width": "9em", "button_width": "10em"},
            ),
        },
    )


def watch_scene(
    sound: ArrayLike,
    *,
    sample_rate: int,
    room: scenes.Room,
    head_turn_rad: ArrayLike,
    sources: Mapping[str, ArrayLike],
) -> HTML:
    """Show a player and a room from above that moves with it: head and loudness.

    Args:
        sound: What is played, shape (samples,) or (2, samples).
        sample_rate: In Hz.
        room: With its listener and talkers.
        head_turn_rad: Where the nose points, relative to the listener's view, positive
            to the left, shape (samples,).
        sources: Who sounds, by the names of `room.sources`: the dry sound in time with
            the scene, shape (samples,). Its ring grows as it gets louder.

    Returns:
        What a notebook shows. Dragging the player's own slider moves the map as well.

    Raises:
        ValueError: If a source is not of this room, or of another length.
    """
    from IPython.display import HTML

    unknown = sorted(set(sources) - set(room.sources))
    if unknown:
        raise ValueError(
            f"expected sources of {', '.join(room.sources)}, got {', '.join(unknown)}."
        )
    hop = round(require_sample_rate(sample_rate) / FRAMES_PER_S)
    nose = direction_deg(room.listener.view) + np.degrees(head_turn_rad)[::hop]
    sizes = {who: _loudness(samples, hop) for who, samples in sources.items()}
    for who, size in sizes.items():
        if len(size) != len(nose):
            raise ValueError(
                f"expected {who} as long as the scene, {len(head_turn_rad)} samples, "
                f"got {len(sources[who])}. Put it in its place with zeros around it."
            )
    frames = {"nose": np.round(nose, 1).tolist(), "size": sizes}
    player = audio_html(sound, sample_rate=sample_rate, title="Play, and watch")
    player = player.replace("<audio ", f"<audio {_HANDLERS} ", 1)
    svg = _map_svg(room, nose_deg=float(nose[0]), present=tuple(sizes))
    data = html.escape(json.dumps(frames))
    return HTML(f'<div data-frames="{data}">{svg}{player}</div>')


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


def _loudness(samples: ArrayLike, hop: int) -> list[float]:
    """From 0, silent, to 1, its loudest moment, for each frame."""
    samples = require_mono(samples)
    levels = rms(np.pad(samples, (0, -len(samples) % hop)).reshape(-1, hop))
    softest = np.max(levels) * db_to_amplitude(-LOUDNESS_RANGE_DB)
    sounding = levels > softest
    size = np.zeros(len(levels))
    size[sounding] = (
        1 - amplitude_to_db(np.max(levels) / levels[sounding]) / LOUDNESS_RANGE_DB
    )
    return np.round(size, 2).tolist()


def _map_svg(
    room: scenes.Room, *, nose_deg: float, present: Iterable[str] | None = None
) -> str:
    """The room from above; places of those who are not present are pale."""
    present = set(room.sources if present is None else present)
    left_m, far_m = room.lower_corner_m[0], room.upper_corner_m[1]

    def pixels(source: scenes.Source) -> tuple[float, float]:
        x, y, _ = source.position_m
        return MARGIN + (x - left_m) * PIXELS_PER_M, MARGIN + (far_m - y) * PIXELS_PER_M

    wide, high = room.width_m * PIXELS_PER_M, room.length_m * PIXELS_PER_M
    people = []
    for who, source in room.sources.items():
        if who != "listener":
            people.append(_talker_svg(who, *pixels(source), pale=who not in present))
    x, y = pixels(room.listener)
    head = (
        f'<g data-nose="1" transform="translate({x:.1f},{y:.1f}) '
        f'rotate({-nose_deg:.1f})"><path d="M14 -7 L26 0 L14 7 Z"/>'
        '<circle r="15"/><circle cy="-15" r="4"/><circle cy="15" r="4"/>'
        '<path d="M28 0 H70" stroke-dasharray="4 4"/></g>'
    )
    return (
        f'<svg role="img" aria-label="The room from above, nose at {nose_deg:.0f} '
        f'degrees" width="{wide + 2 * MARGIN:.0f}" height="{high + 2 * MARGIN:.0f}" '
        'fill="white" stroke="black" stroke-width="2" style="background: white">'
        f'<rect x="{MARGIN}" y="{MARGIN}" width="{wide:.0f}" height="{high:.0f}" '
        f'stroke-width="4"/>{head}{"".join(people)}</svg>'
    )


def _talker_svg(who: str, x: float, y: float, *, pale: bool) -> str:
    """A dot with a letter, round for the target, square for the others; and a ring."""
    style = TARGET_STYLE if who == "target" else INTERFERER_STYLE
    name = "T" if who == "target" else who.split()[-1]
    corner = 11 if who == "target" else 2
    return (
        f'<g transform="translate({x:.1f},{y:.1f})" stroke="{style["color"]}" '
        f'opacity="{0.25 if pale else 1}">'
        f'<circle data-who="{who}" r="{SMALLEST_RING}" fill="none" opacity="0.6" '
        'stroke-width="4"/>'
        f'<rect x="-11" y="-11" width="22" height="22" rx="{corner}" '
        f'fill="{style["color"]}"/><text y="5" text-anchor="middle" fill="white" '
        f'stroke="none" font-size="14" font-weight="bold">{name}</text></g>'
    )


_DRAW = (
    "const a=this,box=a.closest('div[data-frames]'),d=JSON.parse(box.dataset.frames);"
    "const head=box.querySelector('[data-nose]');"
    "const draw=()=>{"
    f"const k=Math.min(Math.floor(a.currentTime*{FRAMES_PER_S}),d.nose.length-1);"
    "const to='rotate('+(-d.nose[k])+')';"
    "head.setAttribute('transform',"
    "head.getAttribute('transform').replace(/rotate\\(.*\\)/,to));"
    "for(const ring of box.querySelectorAll('[data-who]'))"
    "{const s=d.size[ring.dataset.who];"
    f"if(s)ring.setAttribute('r',{SMALLEST_RING}+"
    f"{LARGEST_RING - SMALLEST_RING}*s[k]);}}"
)
_HANDLERS = (  # a page that forbids them shows the first moment
    f'onplay="{html.escape(_DRAW)}'
    'if(!a.paused&amp;&amp;!a.ended)requestAnimationFrame(draw)};draw()" '
    f'ontimeupdate="{html.escape(_DRAW)}}};draw()"'
)
