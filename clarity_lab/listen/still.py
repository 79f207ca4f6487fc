"""What is left of a player on a page without a kernel."""

from __future__ import annotations

import os
from collections.abc import Mapping

from numpy.typing import NDArray

from clarity_lab.listen.page import level_in_words, table_html
from clarity_lab.listen.picture import preview_table


def is_static() -> bool:
    """Whether what is shown must work without a kernel: ``CLARITY_LAB_STATIC=1``."""
    return os.environ.get("CLARITY_LAB_STATIC") == "1"


def still_html(
    sounds: Mapping[str, NDArray],
    *,
    sample_rate: int,
    gain_db: float,
    title: str,
    caption: str,
    transcripts: Mapping[str, str] | None = None,
) -> str:
    """A picture of each sound and a table of their levels.

    With ``CLARITY_LAB_STATIC=1`` in the environment it holds the sounds as well, in
    plain players, and is as large as they are.

    Args:
        sounds: Label to samples, shape (samples,) or (channels, samples).
        sample_rate: Of all, in Hz.
        gain_db: The common gain.
        title: Of the plain players.
        caption: Of the pictures.
        transcripts: Label to what is said.

    Returns:
        HTML without scripts.
    """
    spoken = {k: v for k, v in (transcripts or {}).items() if k in sounds}
    if is_static():
        options = {"sample_rate": sample_rate, "title": title, "gain_db": gain_db}
        return table_html(sounds, **options, transcripts=spoken)
    levels = {label: level_in_words(one) for label, one in sounds.items()}
    return preview_table(sounds, levels=levels, transcripts=spoken, caption=caption)
