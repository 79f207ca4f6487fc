"""Players that are HTML and nothing else: they hold their sound and need no kernel.

The sound is inside as FLAC, which is smaller than WAV without losing a bit of the 16.
An exported page, `demo.html` and the site play such players; in a running lesson
`clarity_lab.listen.Player` does more and leaves nothing in the saved file.
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Iterable, Mapping

import numpy as np
import soundfile
from numpy.typing import ArrayLike, NDArray

from clarity_lab.audio import headroom_db, level_dbfs, peak
from clarity_lab.checks import (
    require_mono_or_stereo,
    require_number,
    require_sample_rate,
)
from clarity_lab.units import db_to_amplitude

MAX_SAMPLE_RATE = 655_350
"""The highest that libsndfile writes into a FLAC."""


def audio_html(
    samples: ArrayLike, *, sample_rate: int, title: str | None = None
) -> str:
    """Write one sound as an HTML audio element that holds its own data.

    Args:
        samples: Mono (samples,) or stereo (2, samples), left ear first; full scale 1.0.
        sample_rate: In Hz.
        title: What it is; any text, made safe for HTML.

    Returns:
        HTML that any page can hold; 16-bit FLAC in a data URI.

    Raises:
        TypeError: If the samples are integers.
        ValueError: See `play`.

    Example:
        >>> tag = audio_html([0.0, 0.5], sample_rate=8_000, title="A click")
        >>> 'aria-label="A click"' in tag
        True
    """
    player = _player(samples, sample_rate=sample_rate, label=title or "sound")
    caption = f"<figcaption>{html.escape(title)}</figcaption>" if title else ""
    return f'<figure style="margin: 0.3em 0">{caption}{player}</figure>'


def table_html(
    sounds: Mapping[str, ArrayLike],
    *,
    sample_rate: int,
    title: str | None = None,
    gain_db: float | None = None,
    transcripts: Mapping[str, str] | None = None,
) -> str:
    """Write the table of `play_all` as HTML that any page can hold.

    Args:
        sounds: See `play_all`, as for the others.
        sample_rate: In Hz.
        title: What is compared.
        gain_db: The common factor in dB.
        transcripts: Label to what is said.

    Returns:
        HTML.

    Raises:
        TypeError: If samples are integers.
        ValueError: See `play_all`.
    """
    sounds = {
        label: require_mono_or_stereo(samples, name=label)
        for label, samples in sounds.items()
    }
    transcripts = dict(transcripts or {})
    require_transcripts_of(transcripts, sounds)
    gain_db = safe_gain_db(sounds.values()) if gain_db is None else gain_db
    gain_db = require_number(gain_db, name="gain_db", unit="dB")
    rows = [
        _row(label, samples, gain_db, sample_rate, transcripts)
        for label, samples in sounds.items()
    ]
    heads = ["Sound", "Level (dBFS)", "Player"] + ["Transcript"] * bool(transcripts)
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    words = under_title(title, gain_in_words(gain_db, n_sounds=len(sounds)))
    return (
        f"<table><caption>{html.escape(words)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def _row(
    label: str,
    samples: NDArray,
    gain_db: float,
    sample_rate: int,
    transcripts: Mapping[str, str],
) -> str:
    """One sound: its name, its level as given, its player, its words."""
    scaled = samples * db_to_amplitude(gain_db)
    player = _player(scaled, sample_rate=sample_rate, label=label)
    cells = [level_in_words(samples), player]
    cells = "".join(f"<td>{cell}</td>" for cell in cells)
    if transcripts:
        words = html.escape(transcripts.get(label, ""))
        cells += f'<td style="text-align: left">{words}</td>'
    return f'<tr><th scope="row">{html.escape(label)}</th>{cells}</tr>'


def level_in_words(samples: ArrayLike) -> str:
    """Level of a sound over all its channels, as text: "-23.4", or "silent".

    Example:
        >>> level_in_words([0.1, -0.1])
        '-20.0'
    """
    level = float(level_dbfs(np.ravel(samples)))
    return "silent" if level == -np.inf else f"{level:.1f}"


def safe_gain_db(sounds: Iterable[ArrayLike]) -> float:
    """The common factor of a comparison: 0 dB, or less if a sound would clip.

    Args:
        sounds: Each of shape (samples,) or (channels, samples), full scale at 1.0.

    Returns:
        A gain in dB, 0 or negative, in whole tenths as it is printed.

    Raises:
        TypeError: If samples are integers.
        ValueError: If there are no sounds, or one is empty or not finite.

    Example:
        >>> safe_gain_db([[0.1], [-2.0]])
        -6.1
    """
    headrooms_db = [float(np.min(headroom_db(samples))) for samples in sounds]
    if not headrooms_db:
        raise ValueError("expected at least one sound, got none.")
    return min(0.0, float(np.floor(10 * min(headrooms_db)) / 10))


def under_title(title: str | None, words: str) -> str:
    """A title and what is said of it, as sentences.

    Example:
        >>> under_title("Louder?", "Played as they are")
        'Louder? Played as they are'
    """
    if not title:
        return words
    return f"{title}{'' if title.endswith(('.', '?', '!')) else '.'} {words}"


def gain_in_words(gain_db: float, *, n_sounds: int = 2) -> str:
    """What is done to the level of all sounds.

    Example:
        >>> gain_in_words(-6.1)
        'All played -6.1 dB'
    """
    if gain_db == 0:
        return "Played as they are" if n_sounds > 1 else "Played as it is"
    return f"{'All played' if n_sounds > 1 else 'Played'} {gain_db:+.1f} dB"


def require_transcripts_of(
    transcripts: Mapping[str, str], sounds: Mapping[str, NDArray]
) -> None:
    """Raise if a transcript has no sound, or is no text."""
    unknown = sorted(set(transcripts) - set(sounds))
    if unknown:
        raise ValueError(
            f"expected transcripts of {', '.join(sounds)}, got one of "
            f"{', '.join(unknown)}."
        )
    for label, words in transcripts.items():
        if not isinstance(words, str):
            raise TypeError(
                f"expected the transcript of {label} as text, got {words!r}."
            )


def _player(samples: ArrayLike, *, sample_rate: int, label: str) -> str:
    """The audio element itself, with a name for screen readers."""
    samples = require_mono_or_stereo(samples)
    sample_rate = require_sample_rate(sample_rate)
    _refuse_unplayable(sample_rate)
    refuse_clipping(samples)
    return (
        f'<audio controls preload="metadata" aria-label="{html.escape(label)}" '
        f'src="{_flac_uri(samples, sample_rate)}"></audio>'
    )


def _refuse_unplayable(sample_rate: int) -> None:
    if sample_rate > MAX_SAMPLE_RATE:
        raise ValueError(
            f"expected a sample rate that a player knows, up to {MAX_SAMPLE_RATE} Hz, "
            f"got {sample_rate}. Resample it first: clarity_lab.audio.resample."
        )


def refuse_clipping(samples: NDArray) -> None:
    """Raise if a sample lies beyond full scale, and say by how much."""
    loudest = float(np.max(peak(samples)))
    if loudest > 1:
        raise ValueError(
            f"the loudest sample is {loudest:.3g}, above full scale (1.0), and would "
            "be clipped. Scale every sound of the comparison by one factor below "
            f"{1 / loudest:.3g}, or let play_all do it."
        )


def _flac_uri(samples: NDArray, sample_rate: int) -> str:
    """A sound as a data URI: 16-bit FLAC."""
    flac = io.BytesIO()
    soundfile.write(flac, samples.T, sample_rate, format="FLAC", subtype="PCM_16")
    return "data:audio/flac;base64," + base64.b64encode(flac.getvalue()).decode()
