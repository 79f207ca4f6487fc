"""See that no window is sharp in time and in frequency at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from clarity_lab.audio import spectrogram_dbfs
from clarity_lab.checks import require_mono, require_sample_rate
from clarity_lab.plots import figure_tag, plot_spectrogram
from clarity_lab.widgets.explorer import Explorer, slider

BLUR_BINS = 2
"""Width of a Hann window's peak at -6 dB, in steps of 1 / window.

Harris, "On the use of windows for harmonic analysis with the discrete Fourier
transform", Proc. IEEE 66, 1978, table 1."""


def explore_spectrogram(samples: ArrayLike, *, sample_rate: int) -> Explorer:
    """Move the window: what gets sharp in frequency blurs in time, and back.

    Args:
        samples: Mono, shape (samples,), full scale at 1.0.
        sample_rate: In Hz.

    Returns:
        The widget; `.controls` holds the sliders `window_ms` and `hop_ms`, `.view` the
            picture. One level scale for all positions.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If they are not mono, none or not finite.
    """
    samples = require_mono(samples)
    sample_rate = require_sample_rate(sample_rate)
    levels_dbfs, *_ = spectrogram_dbfs(samples, sample_rate=sample_rate)
    loudest_dbfs = float(np.max(levels_dbfs))
    top_dbfs = loudest_dbfs if np.isfinite(loudest_dbfs) else 0.0

    def show(window_ms: float, hop_ms: float) -> str:
        ax = plot_spectrogram(
            samples,
            sample_rate=sample_rate,
            window_ms=window_ms,
            hop_ms=hop_ms,
            top_dbfs=top_dbfs,
        )
        words = in_words(window_ms, hop_ms)
        ax.set_title(words, fontsize="medium", fontweight="normal")
        return figure_tag(ax.figure, alt=f"Spectrogram. {words}")

    return Explorer(
        show,
        {
            "window_ms": slider("Window (ms)", 32, low=4, high=128, step=4),
            "hop_ms": slider("Hop (ms)", 8, low=2, high=64, step=2),
        },
    )


def in_words(window_ms: float, hop_ms: float) -> str:
    """What a window and a hop let one see, in one line.

    Example:
        >>> in_words(20, 10)
        'window 20 ms: blurred over 20 ms and 100 Hz; one look each 10 ms'
    """
    blur_hz = BLUR_BINS * 1e3 / window_ms
    words = (
        f"window {window_ms:.0f} ms: blurred over {window_ms:.0f} ms "
        f"and {blur_hz:.0f} Hz; one look each {hop_ms:.0f} ms"
    )
    return words + (", blind in between" if hop_ms > window_ms else "")
