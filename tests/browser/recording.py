"""What really leaves a page, as arrays: for tests that hear."""

import base64
import time
from pathlib import Path

import numpy as np

WATCH = (Path(__file__).parent / "recording.js").read_text("utf-8")
"""The script that a page needs before all others: page.add_init_script(WATCH)."""

SAME_DB = -60
PATIENCE_S = 10


def samples_of(text):
    """32-bit floats that came out of a page as text."""
    return np.frombuffer(base64.b64decode(text), dtype="<f4")


def ears_of(heard):
    """Both ears of a recording, shape (2, samples)."""
    return np.array([samples_of(text) for text in heard["ears"]])


def record(page, seconds):
    """What the page plays now, shape (2, samples); again if a block got lost."""
    for _ in range(3):
        heard = page.evaluate("seconds => recordFor(seconds)", seconds)
        if heard["whole"]:
            return ears_of(heard)
    raise AssertionError("the recording itself has a hole")


def heard_as_db(page, left, right=None, *, seconds=0.3):
    """How far what the page plays differs from a sound, when it has changed to it.

    A press takes a moment until it is heard, on a busy machine a long one: this listens
    until the difference is small, or patience ends. `right`: if that ear hears another
    sound. Of silence, any sound at all is 0 dB.
    """
    until = time.monotonic() + PATIENCE_S
    while True:
        heard = record(page, seconds)
        meant = (left, left if right is None else right)
        worst_db = max(map(difference_db, meant, heard))
        if worst_db < SAME_DB or time.monotonic() > until:
            return worst_db


def place_in(sound, heard):
    """Where in a sound a recording of it begins, in samples."""
    n = len(sound) + len(heard)
    spectrum = np.fft.rfft(sound, n) * np.conj(np.fft.rfft(heard, n))
    return int(np.argmax(np.fft.irfft(spectrum, n)))


def difference_db(sound, heard):
    """How far below the sound the recording differs from it; 0 dB is another one."""
    if not np.any(sound):
        return 0.0 if np.any(heard) else -np.inf
    start = place_in(sound, heard)
    meant = sound[start : start + len(heard)]
    if len(meant) < len(heard):
        return 0.0
    return 10 * np.log10(np.sum((heard - meant) ** 2) / np.sum(meant**2))


def cross_fade(heard, before, after, *, n_fade, earliest=0):
    """The ideal change from one sound to another, where it is heard to begin.

    Args:
        heard: A recording, shape (samples,).
        before: What it begins with, from its first sample on.
        after: What it ends with, on the same clock.
        n_fade: Length of the cross-fade, in samples.
        earliest: The change cannot begin before this sample.

    Returns:
        What should be heard, and the first sample of the cross-fade.
    """
    differs = np.flatnonzero(np.abs(heard - before)[earliest:] > 1e-5)
    assert differs.size, "there was no change"
    first = earliest + int(differs[0])
    frames = np.arange(len(heard))

    def beginning_at(start):
        share = np.clip((frames - start) / n_fade, 0, 1)
        return before * (1 - share) + after * share

    def error(start):
        return np.max(np.abs(heard - beginning_at(start))[: first + n_fade])

    # A fade begins at nothing, and where both sounds are alike it is not seen at once.
    start = min(range(first - 8, first), key=error)
    return beginning_at(start), start
