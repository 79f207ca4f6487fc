"""The pieces of words that Whisper writes with.

Lesson: 23_recognition_in_real_life.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from pathlib import Path
from string import punctuation

N_LANGUAGES, N_TIMES = 99, 1501
N_SPECIAL = N_LANGUAGES + 8 + N_TIMES
"""Tokens behind the pieces of words: end, start, languages, six tasks and times."""

IN_SPEECH = "!$%&',-.?"
"""Punctuation that a text may have; a dash or an apostrophe only within a word."""
ANNOTATIONS = {*punctuation, *"「」『』"} - {*IN_SPEECH}
ANNOTATIONS |= {n * sign for sign in "<>()♪" for n in (2, 3)}
ANNOTATIONS |= {"[[", "]]", "{{", "}}", "--", "---", "-(", "-[", "('", '("'}
NOTES = "♩♪♫♬♭♮♯"


class Vocabulary:
    """Byte-pair tokens as bytes, and the special tokens behind them.

    Attributes:
        end: The token that ends a text.
        start: Begins each.
        no_speech: What the start predicts where nobody speaks.
        no_times: Asks for text without times.
    """

    def __init__(self, pieces: Sequence[bytes]) -> None:
        """Take the bytes of each token, in the order of their numbers."""
        self._pieces = tuple(pieces)
        self.end = len(self._pieces)
        self.start = self.end + 1
        self.no_speech = self.start + N_LANGUAGES + 5
        self.no_times = self.no_speech + 1

    def __len__(self) -> int:
        """All tokens, the special ones among them."""
        return self.end + N_SPECIAL

    @classmethod
    def read(cls, path: str | Path) -> Vocabulary:
        """Read a file of base64 and number, one token a line.

        Raises:
            ValueError: If it is no such file.
        """
        lines = Path(path).read_text(encoding="utf-8").splitlines()
        try:
            parted = [line.split() for line in lines]
            ranks = {int(rank): base64.b64decode(piece) for piece, rank in parted}
            return cls([ranks[number] for number in range(len(lines))])
        except (ValueError, KeyError, binascii.Error) as error:
            raise ValueError(
                f"expected lines of base64 and a number, from 0 on, in {path}, got "
                f"something else ({error}). Is the download whole?"
            ) from error

    def decode(self, tokens: Iterable[int]) -> str:
        """Read tokens as a text; special ones say nothing.

        Example:
            >>> Vocabulary([b"he", b" sat", b"ar"]).decode([0, 2, 1, 3])
            'hear sat'
        """
        pieces = [self._pieces[token] for token in tokens if token < self.end]
        return b"".join(pieces).decode("utf-8", errors="replace")

    def unspoken(self) -> list[int]:
        """Tokens that stand for no speech: annotations, and all that is special.

        Radford et al. keep Whisper from writing "(laughs)", "[DAVID]" or notes; a dash
        or an apostrophe may stand within a word, not before one.
        """
        number = {piece: token for token, piece in enumerate(self._pieces)}
        signs = {*ANNOTATIONS, *(f" {sign}" for sign in ANNOTATIONS), " -", " '"}
        found = {number.get(sign.encode()) for sign in signs}
        for note in NOTES:
            found |= {_beginning(sign.encode(), number) for sign in (note, f" {note}")}
        return sorted(found - {None}) + list(range(self.start, len(self)))

    def blank(self) -> list[int]:
        """Tokens that a text does not begin with: its end, and a lone space."""
        return [self.end, *(t for t, piece in enumerate(self._pieces) if piece == b" ")]


def _beginning(sign: bytes, number: dict[bytes, int]) -> int | None:
    """The longest piece that a sign begins with."""
    ends = range(len(sign), 0, -1)
    return next((number[sign[:end]] for end in ends if sign[:end] in number), None)
