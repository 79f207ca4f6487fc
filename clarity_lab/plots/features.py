"""What a recogniser sees of a sound: mel bands, cepstra, any table over time."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from clarity_lab.audio import mel_spectrogram_dbfs
from clarity_lab.checks import (
    require_mono,
    require_number,
    require_sample_rate,
    require_samples,
)
from clarity_lab.plots.image import cell_edges, draw_levels
from clarity_lab.plots.style import axes_or_new, time_axis


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
    """Draw a sound in mel bands: narrow ones at low frequencies, wide ones at high.

    Args:
        samples: Mono, shape (samples,), full scale at 1.0.
        sample_rate: In Hz.
        n_mels: Number of filters, from 0 Hz to half the sample rate.
        window_ms: Length of one frame.
        hop_ms: Time from one frame to the next.
        dynamic_range_db: What lies this far below the brightest is black.
        ax: Where to draw. Default: a new figure.

    Returns:
        The axes; its figure has a colour bar.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If they are not mono, none or not finite, or a setting is none.

    Reference:
        `clarity_lab.audio.mel_spectrogram_dbfs`.
    """
    levels_dbfs, centres_hz, _ = mel_spectrogram_dbfs(
        require_mono(samples),
        sample_rate=sample_rate,
        n_mels=n_mels,
        window_ms=window_ms,
        hop_ms=hop_ms,
    )
    return plot_features(
        levels_dbfs,
        sample_rate=sample_rate,
        hop_length=round(hop_ms * 1e-3 * sample_rate),
        ylabel="Mel filter centre (Hz)",
        label="Level (dBFS)",
        centres_hz=centres_hz,
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
    first_row: int = 0,
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
        first_row: Number of the lowest row on the axis: 1 for MFCC without the first.
        centres_hz: Centre frequency of each row, shape (features,): written on the axis
            instead of numbers.
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
        finite = features[np.isfinite(features)]
        dynamic_range_db = max(1.0, float(np.ptp(finite))) if finite.size else 1.0
    hop_length = require_number(hop_length, name="hop_length", minimum=1)
    hop_s = hop_length / require_sample_rate(sample_rate)
    ax = axes_or_new(ax)
    image = draw_levels(
        ax,
        features,
        y_edges=first_row + cell_edges(n_rows, step=1),
        x_edges=cell_edges(n_frames, step=hop_s),
        top_db=None,
        dynamic_range_db=dynamic_range_db,
    )
    ax.figure.colorbar(image, ax=ax, label=label, pad=0.02)
    ax.set_ylabel(ylabel)
    time_axis(ax, max(1, n_frames - 1) * hop_s)
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    if centres_hz is not None:
        _centre_ticks(ax, np.asarray(centres_hz), n_rows, first_row)
    return ax


def _require_table(features: ArrayLike) -> NDArray:
    """A (features, frames) table of numbers; -inf, a log of silence, may be in it."""
    features = np.asarray(features)
    silent = np.isneginf(features) if features.dtype.kind == "f" else False
    features_or_0 = np.where(silent, 0, features)
    require_samples(features_or_0, name="features", time_last=False)
    if features.ndim != 2:
        raise ValueError(
            f"expected features of shape (features, frames), got {features.shape}. "
            "To draw a sound itself, use plot_mel or plot_spectrogram."
        )
    return features


def _centre_ticks(ax: Axes, centres_hz: NDArray, n_rows: int, first_row: int) -> None:
    """Write centre frequencies, in Hz, beside a handful of rows."""
    if centres_hz.shape != (n_rows,):
        raise ValueError(
            f"expected one centre for each of {n_rows} rows, "
            f"got shape {centres_hz.shape}."
        )
    places = np.linspace(0, n_rows - 1, min(n_rows, 6)).round().astype(int)
    labels = [f"{centres_hz[place]:.0f}" for place in places]
    ax.set_yticks(first_row + places, labels)
