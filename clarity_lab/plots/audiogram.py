"""The audiogram, drawn as audiologists draw it."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from clarity_lab.hearing import GRADES_DB_HL, Audiogram, Listener
from clarity_lab.plots.style import axes_or_new

EAR_STYLES = {
    "right": {"color": "#c00000", "marker": "o", "linestyle": "-", "fillstyle": "none"},
    "left": {"color": "#0050c0", "marker": "x", "linestyle": "--"},
}

TICKS_HZ = [125, 250, 500, 1000, 2000, 4000, 8000]


def plot_audiogram(
    frequencies_hz: ArrayLike,
    *,
    right_db_hl: ArrayLike | None = None,
    left_db_hl: ArrayLike | None = None,
    severity_bands: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw an audiogram: octaves across, loss downwards, right red O, left blue X.

    Args:
        frequencies_hz: Audiometric frequencies, strictly rising.
        right_db_hl: Threshold of the right ear at each, in dB HL; NaN: not measured.
        left_db_hl: The same of the left ear.
        severity_bands: Shade and name the grades of hearing loss of the WHO (2021).
        ax: Where to draw. Default: a new figure.

    Returns:
        The axes.

    Raises:
        ValueError: If no ear is given, lengths differ, frequencies do not rise, or a
            threshold lies outside the drawn -10 to 120 dB HL.
    """
    frequencies_hz = np.asarray(frequencies_hz, dtype=float)
    if not np.all(np.diff(frequencies_hz, prepend=0) > 0):
        raise ValueError(f"expected rising frequencies in Hz, got {frequencies_hz}.")
    ears = {"right": right_db_hl, "left": left_db_hl}
    ears = {ear: values for ear, values in ears.items() if values is not None}
    if not ears:
        raise ValueError("expected right_db_hl, left_db_hl or both, got none.")
    ax = axes_or_new(ax, figsize=(5.2, 4.4))
    for ear, thresholds_db_hl in ears.items():
        thresholds_db_hl = _require_thresholds(thresholds_db_hl, frequencies_hz, ear)
        ax.semilogx(
            frequencies_hz,
            thresholds_db_hl,
            label=f"{ear} ear",
            markeredgewidth=1.8,
            **EAR_STYLES[ear],
        )
    _dress(ax)
    if severity_bands:
        _shade_grades(ax)
    return ax


def plot_ear(audiogram: Audiogram, *, ax: Axes | None = None) -> Axes:
    """Draw the audiogram of an ear that is nobody's left or right, under its title.

    Args:
        audiogram: The ear.
        ax: Where to draw. Default: a new figure.

    Returns:
        The axes, without a legend.
    """
    ax = plot_audiogram(
        audiogram.frequencies_hz, right_db_hl=audiogram.thresholds_db_hl, ax=ax
    )
    ax.get_legend().remove()
    ax.set_title("Audiogram")
    return ax


def plot_ears(ears: Audiogram | Listener, *, ax: Axes | None = None) -> Axes:
    """Draw one ear that is nobody's left or right, or both of a listener.

    Args:
        ears: The ear, or who has two; each is drawn at its own frequencies.
        ax: Where to draw. Default: a new figure.

    Returns:
        The axes, with a legend for two ears.
    """
    if isinstance(ears, Audiogram):
        return plot_ear(ears, ax=ax)
    right, left = ears.right, ears.left
    ax = plot_audiogram(right.frequencies_hz, right_db_hl=right.thresholds_db_hl, ax=ax)
    plot_audiogram(left.frequencies_hz, left_db_hl=left.thresholds_db_hl, ax=ax)
    ax.set_title("Audiogram")
    return ax


def _require_thresholds(
    values: ArrayLike, frequencies_hz: NDArray, ear: str
) -> NDArray:
    thresholds_db_hl = np.asarray(values, dtype=float)
    if thresholds_db_hl.shape != frequencies_hz.shape:
        raise ValueError(
            f"expected one threshold per frequency of the {ear} ear, got "
            f"{thresholds_db_hl.size} for {frequencies_hz.size} frequencies. "
            "Put NaN where nothing was measured."
        )
    measured = thresholds_db_hl[~np.isnan(thresholds_db_hl)]
    if np.any((measured < -10) | (measured > 120)):
        raise ValueError(
            f"expected thresholds from -10 to 120 dB HL, got {measured.min():g} to "
            f"{measured.max():g} in the {ear} ear. A loss is positive."
        )
    return thresholds_db_hl


def _dress(ax: Axes) -> None:
    """Octave ticks, loss downwards, axis and legend in their places."""
    ax.set(xlabel="Frequency (Hz)", ylabel="Threshold (dB HL)", xlim=(110, 9100))
    ax.set_ylim(120, -10)
    ax.set_xticks(TICKS_HZ, [f"{hz}" for hz in TICKS_HZ])
    ax.set_yticks(range(0, 121, 20))
    ax.minorticks_off()
    ax.legend(loc="lower left")


def _shade_grades(ax: Axes) -> None:
    """Grey bands, darker with the grade, each with its name at the right end."""
    for shade, (grade, (low, high)) in enumerate(GRADES_DB_HL.items()):
        ax.axhspan(low, high, color="black", alpha=0.03 * shade, linewidth=0, zorder=0)
        ax.text(
            1.01,
            (low + high) / 2,
            grade,
            transform=ax.get_yaxis_transform(),
            va="center",
            fontsize="small",
        )
