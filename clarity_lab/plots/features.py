"""What a recogniser sees of a sound: mel bands, cepstra, any table over time."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from clarity_lab.checks import (
    require_mono,
    require_number,
    require_sample_rate,
    require_samples,
)
from clarity_lab.plots.levels import cell_edges, draw_levels
from clarity_lab.plots.style import axes_or_new

FLOOR_DB = -200.0
"""Stands for silence, whose level is -inf."""


def plot_mel(
    samples: ArrayLike,
    *,
    sample_rate: int,
    n_mels: int = 80,
    window_ms: float = 32.0,
    hop_ms: float = 8.0,
    dynamic_range_db: float = 70.0,
    ax: Axes | None = None,
) -> Axes:
    """Draw a sound as a mel filterbank hears it: few bands above, many below.

    Args:
        samples: Mono, shape (samples,), full scale at 1.0.
        sample_rate: In Hz.
        n_mels: Number of filters, from 0 Hz to half the sample rate.
        window_ms: Length of one look.
        hop_ms: Time from one look to the next.
        dynamic_range_db: What lies this far below the brightest is black.
        ax: Where to draw. Default: a new figure.

    Returns:
        The axes; its figure has a colour bar.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If they are not mono, none or not finite.

    Reference:
        ``librosa.feature.melspectrogram``, with its own mel scale (Slaney's).
    """
    import librosa  # slow to import

    samples = require_mono(samples)
    sample_rate = require_sample_rate(sample_rate)
    n_window = max(2, round(window_ms * 1e-3 * sample_rate))
    hop_length = max(1, round(hop_ms * 1e-3 * sample_rate))
    mel_power = librosa.feature.melspectrogram(
        y=np.pad(samples, (0, max(0, n_window - len(samples)))),
        sr=sample_rate,
        n_fft=n_window,
        hop_length=hop_length,
        n_mels=n_mels,
    )
    return plot_features(
        librosa.power_to_db(mel_power, amin=1e-20, top_db=None),
        sample_rate=sample_rate,
        hop_length=hop_length,
        centres_hz=librosa.mel_frequencies(n_mels + 2, fmax=sample_rate / 2)[1:-1],
        dynamic_range_db=dynamic_range_db,
        ax=ax,
    )


def plot_features(
    features: ArrayLike,
    *,
    sample_rate: int,
    hop_length: int,
    ylabel: str = "Mel filter",
    label: str = "Level (dB)",
    centres_hz: ArrayLike | None = None,
    dynamic_range_db: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw any table of features over time: a mel filterbank's output, MFCCs.

    Args:
        features: Shape (features, frames); -inf is drawn as the darkest.
        sample_rate: Of the sound, in Hz.
        hop_length: Samples from one frame to the next.
        ylabel: What the rows are.
        label: What the brightness is, with its unit.
        centres_hz: Centre frequency of each row, shape (features,), for the axis.
        dynamic_range_db: What lies this far below the brightest is black. Default:
            black is the lowest value.
        ax: Where to draw. Default: a new figure.

    Returns:
        The axes; its figure has a colour bar.

    Raises:
        TypeError: If the features are integers.
        ValueError: If they are no (features, frames) table, or the centres do not fit.
    """
    features = _require_table(features)
    n_rows, n_frames = features.shape
    if dynamic_range_db is None:
        dynamic_range_db = max(1.0, float(np.ptp(features)))
    hop_length = require_number(hop_length, name="hop_length", minimum=1)
    hop_s = hop_length / require_sample_rate(sample_rate)
    ax = axes_or_new(ax)
    image = draw_levels(
        ax,
        features,
        y_edges=cell_edges(n_rows, step=1),
        x_edges=cell_edges(n_frames, step=hop_s),
        top_db=None,
        dynamic_range_db=dynamic_range_db,
    )
    ax.figure.colorbar(image, ax=ax, label=label, pad=0.02)
    ax.set(xlabel="Time (s)", ylabel=ylabel, xlim=(0, max(1, n_frames - 1) * hop_s))
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    if centres_hz is not None:
        _centre_ticks(ax, np.asarray(centres_hz), n_rows)
    return ax


def _require_table(features: ArrayLike) -> NDArray:
    """A (features, frames) table without -inf."""
    features = np.asarray(features)
    if features.dtype.kind == "f":
        features = np.where(np.isneginf(features), FLOOR_DB, features)
    features = require_samples(features, name="features")
    if features.ndim != 2:
        raise ValueError(
            f"expected features of shape (features, frames), got {features.shape}. "
            "To draw a sound itself, use plot_mel or plot_spectrogram."
        )
    return features


def _centre_ticks(ax: Axes, centres_hz: NDArray, n_rows: int) -> None:
    """Write centre frequencies, in Hz, beside a handful of rows."""
    if centres_hz.shape != (n_rows,):
        raise ValueError(
            f"expected one centre for each of {n_rows} rows, "
            f"got shape {centres_hz.shape}."
        )
    places = np.linspace(0, n_rows - 1, min(n_rows, 6)).round().astype(int)
    ax.set_yticks(places, [f"{centres_hz[place]:.0f}" for place in places])
    ax.set_ylabel("Mel filter centre (Hz)")
