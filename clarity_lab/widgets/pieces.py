"""Pieces of a sound: what is said from when to when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from clarity_lab.checks import require_number

MOST_OVER_S = 0.1
"""So far may the last frame of an analysis reach over the end of its sound."""


class Piece(NamedTuple):
    """A text, and where in a sound it is said.

    Attributes:
        text: A letter, a word; a space stands for itself.
        start_s: Its start, in s.
        stop_s: Its end, in s.
    """

    text: str
    start_s: float
    stop_s: float


def require_pieces(
    pieces: Iterable[tuple[str, float, float]], *, duration_s: float
) -> tuple[Piece, ...]:
    """Return pieces that lie in a sound in their order, or say which one does not.

    Args:
        pieces: (text, start_s, stop_s) each.
        duration_s: Of the sound.

    Returns:
        The pieces; an end that lies up to 0.1 s behind that of the sound is cut.

    Raises:
        TypeError: If they are no pieces.
        ValueError: If one lies outside, ends before it begins, or is out of order.

    Example:
        >>> require_pieces([("a", 0.0, 0.52)], duration_s=0.5)
        (Piece(text='a', start_s=0.0, stop_s=0.5),)
    """
    example = 'Try [("h", 0.10, 0.14), ("i", 0.30, 0.34)].'
    if isinstance(pieces, str) or not isinstance(pieces, Iterable):
        raise TypeError(
            f"expected pieces as a list of (text, start_s, stop_s), got {pieces!r}. "
            + example
        )
    found = []
    for n, piece in enumerate(pieces):
        if isinstance(piece, str) or not isinstance(piece, Sequence) or len(piece) != 3:
            raise TypeError(
                f"expected piece {n} as (text, start_s, stop_s), got {piece!r}. "
                + example
            )
        found.append(_require_piece(n, *piece, duration_s))
    for n, (before, piece) in enumerate(pairwise(found), start=1):
        if piece.start_s < before.start_s:
            raise ValueError(
                f"expected pieces in the order of their starts, got piece {n} at "
                f"{piece.start_s:g} s behind one at {before.start_s:g} s. "
                "Try sorted(pieces, key=lambda piece: piece[1])."
            )
    return tuple(found)


def _require_piece(
    n: int, text: str, start_s: float, stop_s: float, duration_s: float
) -> Piece:
    if not isinstance(text, str):
        raise TypeError(f"expected the text of piece {n} as text, got {text!r}.")
    if not text:
        raise ValueError(
            f"expected a text for piece {n}, got an empty one: nobody could press it. "
            "Leave it out."
        )
    start_s = require_number(start_s, name=f"start_s of piece {n}", minimum=0, unit="s")
    stop_s = require_number(stop_s, name=f"stop_s of piece {n}", minimum=0, unit="s")
    if stop_s <= start_s:
        raise ValueError(
            f"expected piece {n} to stop after its start at {start_s:g} s, got "
            f"{stop_s:g} s. A frame lasts from its number to the next one's."
        )
    if start_s >= duration_s or stop_s > duration_s + MOST_OVER_S:
        raise ValueError(
            f"expected pieces within the sound, 0 to {duration_s:g} s, got piece {n} "
            f"from {start_s:g} to {stop_s:g} s. Are these frames, not seconds?"
        )
    return Piece(text, start_s, min(stop_s, duration_s))
