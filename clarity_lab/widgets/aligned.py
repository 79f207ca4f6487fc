"""Hear the piece of a sound in which a recogniser found a letter or a word.

Lessons: 20_ctc, 22_decoding_and_wer.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping

import traitlets
from numpy.typing import ArrayLike

from clarity_lab.browser import module, style
from clarity_lab.checks import require_number
from clarity_lab.listen.page import audio_html, under_title
from clarity_lab.listen.player import UNNAMED, Player
from clarity_lab.listen.still import is_static
from clarity_lab.units import db_to_amplitude
from clarity_lab.widgets.aligned_picture import staves_html
from clarity_lab.widgets.pieces import Piece, require_pieces


class AlignedPlayer(Player):
    """A player of one sound, with a button above its time line for each piece.

    Python can look and steer: ``player.piece = 3`` chooses a piece, and
    ``player.playing = True`` plays it, once or, with ``player.loop``, again and again.

    Attributes:
        pieces: What is said where, as `Piece`s; may be exchanged.
        piece: Index of the piece that is chosen, or None; the page goes to its start.
        context_s: How much of the sound before and behind a piece is played with it.
    """

    _esm = module("aligned")
    _css = style("aligned")

    pieces = traitlets.TraitType(()).tag(sync=True)
    piece = traitlets.Any(None).tag(sync=True)
    context_s = traitlets.TraitType(0.0).tag(sync=True)

    @traitlets.validate("pieces")
    def _must_be_pieces(self, proposal: dict) -> tuple[Piece, ...]:
        duration_s = self.rows[0]["duration_s"] if self.rows else 0.0
        return require_pieces(proposal["value"], duration_s=duration_s)

    @traitlets.observe("pieces")
    def _choose_none(self, _: object) -> None:
        self.piece = None

    @traitlets.validate("piece")
    def _must_be_a_piece(self, proposal: dict) -> int | None:
        piece = proposal["value"]
        if piece is None:
            return None
        is_whole = hasattr(piece, "__index__") and not isinstance(piece, bool)
        if not is_whole or not 0 <= int(piece) < len(self.pieces):
            n = len(self.pieces)
            which = f"a whole number from 0 to {n - 1}, or None" if n else "None"
            raise ValueError(f"expected piece as {which}, got {piece!r}.")
        return int(piece)

    @traitlets.validate("context_s")
    def _must_be_a_length(self, proposal: dict) -> float:
        return require_number(
            proposal["value"], name="context_s", minimum=0.0, unit="s"
        )

    def __repr__(self) -> str:
        """Short, as it is saved beside the picture."""
        return f"<AlignedPlayer: {len(self.pieces)} pieces>"

    def update(
        self,
        sounds: Mapping[str, ArrayLike],
        *,
        title: str | None = None,
        gain_db: float | None = None,
    ) -> None:
        """Exchange the sound; the pieces stay if they lie in the new one.

        Args:
            sounds: One sound with its label.
            title: What it is. Default: as before.
            gain_db: See `Player.update`.

        Raises:
            TypeError: If the samples are integers.
            ValueError: If it is not one sound, or it cannot be played.
        """
        if isinstance(sounds, Mapping) and len(sounds) != 1:
            raise ValueError(
                f"expected one sound, got {len(sounds)}. To compare sounds, try "
                "listen.play_all."
            )
        super().update(sounds, title=title, gain_db=gain_db)
        if any(piece.stop_s > self.rows[0]["duration_s"] for piece in self.pieces):
            self.pieces = ()

    def preview_html(self) -> str:
        """The pieces over the waveform, for pages without a kernel.

        With ``CLARITY_LAB_STATIC=1`` in the environment it holds the sound as well.

        Returns:
            HTML without scripts.
        """
        [(label, played)] = self._programme.played.items()
        title = self.title or (label if label != UNNAMED else "")
        caption = html.escape(under_title(title, self.caption))
        staves = staves_html(played, sample_rate=self.sample_rate, pieces=self.pieces)
        if is_static():
            gained = played * db_to_amplitude(self.gain_db)
            sound = audio_html(gained, sample_rate=self.sample_rate, title=title)
        else:
            words = "A picture of the player. Run the cell to listen."
            sound = f"<p><small>{words}</small></p>"
        shown = f"<figcaption>{caption}</figcaption>{staves}{sound}"
        return f'<figure style="margin: 0.3em 0">{shown}</figure>'


def play_aligned(
    samples: ArrayLike,
    *,
    sample_rate: int,
    pieces: Iterable[tuple[str, float, float]],
    title: str | None = None,
    context_s: float = 0.0,
) -> AlignedPlayer:
    """Show a player in which each letter or word plays its own piece of the sound.

    Args:
        samples: Mono (samples,) or stereo (2, samples), left ear first. What would clip
            is played softer, and the player says so.
        sample_rate: In Hz.
        pieces: What is said, from when to when, (text, start_s, stop_s), in the order
            of their starts; `models.ctc_alignment.timed_texts` makes them of an
            alignment. The last frame of an analysis may reach a little over the end of
            the sound: up to 0.1 s, which is cut.
        title: What it is.
        context_s: How much of the sound is played before and behind a piece, in s; the
            player has buttons for it.

    Returns:
        The player.

    Raises:
        TypeError: If samples are integers, or a piece is no text with two times.
        ValueError: If a piece ends before it begins, lies outside the sound or begins
            before the one before it, or the sound cannot be played.

    Example:
        >>> player = play_aligned(
        ...     [0.0] * 8_000, sample_rate=8_000, pieces=[("h", 0.1, 0.2)]
        ... )
        >>> player.pieces
        (Piece(text='h', start_s=0.1, stop_s=0.2),)
    """
    player = AlignedPlayer({str(title or UNNAMED): samples}, sample_rate=sample_rate)
    player.pieces = pieces
    player.context_s = context_s
    return player
