"""A room from above: the listener's head, and a ring for everybody who sounds."""

from __future__ import annotations

from collections.abc import Iterable

from clarity_lab import scenes
from clarity_lab.plots.scenes import INTERFERER_STYLE, TARGET_STYLE

PIXELS_PER_M = 56
MARGIN = 14
SMALLEST_RING = 9


def map_svg(
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
