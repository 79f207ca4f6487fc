"""See that no window is sharp in time and in frequency at once."""

from __future__ import annotations

from functools import partial

from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from clarity_lab.audio import hann_blur, spectrogram_dbfs
from clarity_lab.checks import require_mono, require_sample_rate
from clarity_lab.frozen import frozen
from clarity_lab.plots import figure_html, plot_spectrogram
from clarity_lab.plots.image import top_of
from clarity_lab.widgets.controls import slider, with_room
from clarity_lab.widgets.explorer import Explorer, Heard


def explore_spectrogram(samples: ArrayLike, *, sample_rate: int) -> Explorer:
    """Move the window: what gets sharp in frequency blurs in time, and back.

    Args:
        samples: Mono, shape (samples,), full scale at 1.0.
        sample_rate: In Hz.

    Returns:
        The widget; `.controls` holds the sliders `window_ms` and `hop_percent`, the hop
            as a share of the window, `.view` the picture, `.player` the sound. One
            level scale for all positions.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If they are not mono, none or not finite.
    """
    samples = frozen(require_mono(samples))
    sample_rate = require_sample_rate(sample_rate)
    top_dbfs = top_of(spectrogram_dbfs(samples, sample_rate=sample_rate)[0])

    def picture(window_ms: float, hop_ms: float) -> str:
        words = in_words(window_ms, hop_ms)
        ax = plot_spectrogram(
            samples,
            sample_rate=sample_rate,
            window_ms=window_ms,
            hop_ms=hop_ms,
            top_dbfs=top_dbfs,
            ax=Figure().subplots(),
        )
        ax.set_title(words, fontsize="medium", fontweight="normal")
        return figure_html(ax.figure, alt=f"Spectrogram. {words}")

    def show(window_ms: float, hop_percent: float) -> Heard:
        return Heard(
            {"sound": samples},
            sample_rate,
            picture=partial(picture, window_ms, hop_percent / 100 * window_ms),
        )

    controls = {
        "window_ms": slider("Window (ms)", 32, low=4, high=128, step=4),
        "hop_percent": slider("Hop (% of window)", 25, low=10, high=200, step=5),
    }
    return Explorer(show, with_room(controls, description_em=11))


def in_words(window_ms: float, hop_ms: float) -> str:
    """What a window and a hop let one see, in one line; the blur is at half height.

    Example:
        >>> in_words(20, 5)
        'window 20 ms: blurs 10 ms and 100 Hz; a frame each 5 ms'
    """
    blur_ms, blur_hz = hann_blur(window_ms)
    words = (
        f"window {window_ms:.0f} ms: blurs {blur_ms:.0f} ms and {blur_hz:.0f} Hz; "
        f"a frame each {hop_ms:.2g} ms"
    )
    return words + (", blind in between" if hop_ms > window_ms else "")
