"""A sound over time, over frequency, over both."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from clarity_lab.audio import spectrogram_dbfs, spectrum_dbfs
from clarity_lab.checks import (
    require_choice,
    require_mono,
    require_mono_or_stereo,
    require_number,
    require_sample_rate,
)
from clarity_lab.plots.image import cell_edges, draw_levels, top_of
from clarity_lab.plots.style import axes_or_new, time_axis
from clarity_lab.units import hz_to_mel, mel_to_hz

OCTAVES_HZ = [31.5, 63, 125, 250, 500, 1000, 2000, 4000, 8000, 16_000, 32_000]
MEL_TICKS_HZ = [0, 250, 500, 1000, 2000, 4000, 8000, 16_000]


def plot_waveform(
    samples: ArrayLike,
    *,
    sample_rate: int,
    label: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the samples of a sound over time.

    Args:
        samples: Mono (samples,) or stereo (2, samples), full scale at 1.0.
        sample_rate: In Hz.
        label: Name of the sound, for a legend; two channels are called left and right.
        ax: Where to draw; a second sound may go into the same. Default: a new figure.

    Returns:
        The axes, for a title or more curves.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If there are none, one is not finite, or there are many channels.
    """
    samples = require_mono_or_stereo(samples)
    times_s = np.arange(samples.shape[-1]) / require_sample_rate(sample_rate)
    ax = axes_or_new(ax)
    if samples.ndim == 1 or len(samples) == 1:
        ax.plot(times_s, samples.ravel(), label=label, linewidth=0.8)
    else:
        name = f"{label}, " if label else ""
        for channel, ear in zip(samples, ("left", "right"), strict=True):
            ax.plot(times_s, channel, label=name + ear, linewidth=0.8, alpha=0.8)
    if label or len(ax.lines) > 1:
        ax.legend(loc="upper right", ncols=2)
        ax.margins(y=0.2)  # room for the legend above the curves
    ax.set_ylabel("Amplitude (full scale = 1)")
    ax.margins(x=0)
    time_axis(ax)
    return ax


def plot_spectrum(
    samples: ArrayLike,
    *,
    sample_rate: int,
    window_ms: float = 64.0,
    dynamic_range_db: float = 60.0,
    label: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the level of a sound at each frequency, octaves at equal distances.

    Args:
        samples: Mono, shape (samples,), full scale at 1.0.
        sample_rate: In Hz.
        window_ms: Longer windows tell closer frequencies apart.
        dynamic_range_db: How far below its top the level axis reaches.
        label: Name of the curve, for a legend.
        ax: Where to draw; a second curve may go into the same. Default: a new figure.

    Returns:
        The axes; a full-scale tone reads -3 dBFS.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If they are not mono, none, not finite, or the window is too short.

    Reference:
        `clarity_lab.audio.spectrum_dbfs`.
    """
    samples = require_mono(samples)
    levels_dbfs, frequencies_hz = spectrum_dbfs(
        samples, sample_rate=sample_rate, window_ms=window_ms
    )
    dynamic_range_db = require_number(
        dynamic_range_db, name="dynamic_range_db", minimum=1, unit="dB"
    )
    ax = axes_or_new(ax)
    ax.semilogx(frequencies_hz[1:], levels_dbfs[1:], label=label)  # log has no 0 Hz
    top = max(top_of(line.get_ydata()) for line in ax.lines)
    _octave_ticks(ax, frequencies_hz)
    ax.set(xlabel="Frequency (Hz)", ylabel="Level (dBFS)")
    ax.set_ylim(top - dynamic_range_db, top + 3)
    if label:
        ax.legend()
    return ax


def plot_spectrogram(
    samples: ArrayLike,
    *,
    sample_rate: int,
    window_ms: float = 32.0,
    hop_ms: float = 8.0,
    scale: str = "linear",
    top_dbfs: float | None = None,
    dynamic_range_db: float = 70.0,
    ax: Axes | None = None,
) -> Axes:
    """Draw the level of a sound at each time and frequency as brightness.

    Args:
        samples: Mono, shape (samples,), full scale at 1.0.
        sample_rate: In Hz.
        window_ms: Length of one frame: long shows close tones, short close clicks.
        hop_ms: Time from one frame to the next.
        scale: Frequency axis, "linear" or "mel".
        top_dbfs: The level drawn brightest; give one to compare pictures. Default: the
            highest level of this sound.
        dynamic_range_db: What lies this far below the brightest is black.
        ax: Where to draw. Default: a new figure.

    Returns:
        The axes; its figure has a colour bar.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If they are not mono, none or not finite, or a setting is none.

    Reference:
        `clarity_lab.audio.spectrogram_dbfs`.
    """
    require_choice(scale, name="scale", choices=["linear", "mel"])
    levels_dbfs, frequencies_hz, times_s = spectrogram_dbfs(
        require_mono(samples),
        sample_rate=sample_rate,
        window_ms=window_ms,
        hop_ms=hop_ms,
    )
    duration_s = np.size(samples) / sample_rate
    ax = axes_or_new(ax)
    if scale == "mel":
        ax.set_yscale("function", functions=(_odd(hz_to_mel), _odd(mel_to_hz)))
    image = draw_levels(
        ax,
        levels_dbfs,
        y_edges=cell_edges(len(frequencies_hz), step=frequencies_hz[1]),
        x_edges=cell_edges(
            len(times_s), step=times_s[1] if times_s.size > 1 else duration_s
        ),
        top_db=top_dbfs,
        dynamic_range_db=dynamic_range_db,
    )
    ax.figure.colorbar(image, ax=ax, label="Level (dBFS)", pad=0.02)
    ax.set_ylabel("Frequency (Hz)")
    time_axis(ax, duration_s)
    if scale == "mel":
        ticks = [hz for hz in MEL_TICKS_HZ if hz <= sample_rate / 2]
        ax.set_yticks(ticks, [f"{hz:g}" for hz in ticks])
    ax.set_ylim(0, sample_rate / 2)
    return ax


def _odd(scale: Callable[[NDArray], NDArray]) -> Callable[[NDArray], NDArray]:
    """A scale mirrored at 0 Hz: whoever drags the axis below zero gets no error."""
    return lambda values: np.sign(values) * scale(np.abs(values))


def _octave_ticks(ax: Axes, frequencies_hz: NDArray) -> None:
    """Octaves from 63 Hz as ticks, written out."""
    highest = frequencies_hz[-1]
    lowest = min(max(50.0, frequencies_hz[1]), highest / 2)
    ticks = [hz for hz in OCTAVES_HZ if lowest <= hz <= highest]
    ax.set_xticks(ticks, [f"{hz:g}" for hz in ticks])
    ax.minorticks_off()
    ax.set_xlim(lowest, highest)
