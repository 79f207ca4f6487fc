"""Players that keep the level: a quieter sound plays quieter.

In a lesson a player is a widget: sounds travel as binary messages, so a saved notebook
holds none of them, and sounds that are compared can be switched while they play.
Without a kernel a player is HTML that holds its sound. Sounds that are compared are
scaled by one common factor, in sight.

Lessons: 00_start_here, 01_sound_and_level.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

from clarity_lab.listen.page import (
    MAX_SAMPLE_RATE,
    audio_html,
    level_in_words,
    safe_gain_db,
    table_html,
)

if TYPE_CHECKING:
    from IPython.display import HTML

    from clarity_lab.listen.player import Player

__all__ = [
    "MAX_SAMPLE_RATE",
    "Player",
    "audio_html",
    "level_in_words",
    "play",
    "play_all",
    "safe_gain_db",
    "table_html",
]


def play(
    samples: ArrayLike, *, sample_rate: int, title: str | None = None
) -> Player | HTML:
    """Show a player for one sound at its own level, never made louder or softer.

    Args:
        samples: Mono (samples,) or stereo (2, samples), left ear first; full scale 1.0.
        sample_rate: In Hz.
        title: What it is; shown, and read aloud by screen readers.

    Returns:
        A `Player`; where anywidget is not installed, HTML that holds the sound.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If a sample is above full scale, or the sound is empty, not finite
            or has more than two channels.
    """
    if not _has_widgets():
        return _shown(audio_html(samples, sample_rate=sample_rate, title=title))
    from clarity_lab.listen.player import player_of_one

    return player_of_one(samples, sample_rate=sample_rate, title=title)


def play_all(
    sounds: Mapping[str, ArrayLike],
    *,
    sample_rate: int,
    title: str | None = None,
    gain_db: float | None = None,
    transcripts: Mapping[str, str] | None = None,
) -> Player | HTML:
    """Show several sounds as a table, all scaled by one factor that is printed.

    Switch while it plays: the next sound goes on where the last one was.

    Args:
        sounds: Label to sound, each (samples,) or (2, samples), full scale at 1.0.
        sample_rate: Of all of them, in Hz.
        title: What is compared.
        gain_db: The common factor in dB. Default: 0, or as much below as the loudest
            sound needs to stay within full scale.
        transcripts: Label to what is said, for the sounds that have one.

    Returns:
        A `Player`: a row for each sound with its level as given and its transcript;
        where anywidget is not installed, a table in HTML that holds the sounds.

    Raises:
        TypeError: If samples are integers.
        ValueError: If there are no sounds, a transcript has no sound, `gain_db` would
            clip one, or a sound cannot be played (see `play`).
    """
    about = {"title": title, "gain_db": gain_db, "transcripts": transcripts}
    if not _has_widgets():
        return _shown(table_html(sounds, sample_rate=sample_rate, **about))
    from clarity_lab.listen.player import Player

    return Player(sounds, sample_rate=sample_rate, **about)


def _has_widgets() -> bool:
    return find_spec("anywidget") is not None


def _shown(tag: str) -> HTML:
    from IPython.display import HTML

    return HTML(tag)


def __getattr__(name: str) -> object:
    """Load `Player`, and with it anywidget, when it is first asked for."""
    if name == "Player":
        from clarity_lab.listen.player import Player

        return Player
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
