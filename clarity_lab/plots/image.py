"""A table of levels as a picture: shared by every plot over time and frequency."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from numpy.typing import ArrayLike, NDArray

from clarity_lab.checks import require_number


def draw_levels(
    ax: Axes,
    levels_db: NDArray,
    *,
    y_edges: NDArray,
    x_edges: NDArray,
    top_db: float | None,
    dynamic_range_db: float,
) -> ScalarMappable:
    """Colour a table of levels; everything below the range is as dark as its end."""
    range_db = require_number(
        dynamic_range_db, name="dynamic_range_db", minimum=1, unit="dB"
    )
    top_db = top_of(levels_db) if top_db is None else top_db
    top_db = require_number(top_db, name="top_dbfs", unit="dB")
    ax.grid(False)
    levels_db = np.maximum(levels_db, top_db - range_db)
    colours = {"vmin": top_db - range_db, "vmax": top_db}
    if ax.get_yscale() == "linear":  # an image draws many times faster than a mesh
        extent = (*x_edges[[0, -1]], *y_edges[[0, -1]])
        blocks = min(levels_db.shape) < 50  # few cells stay sharp, many are averaged
        return ax.imshow(
            levels_db,
            origin="lower",
            aspect="auto",
            extent=extent,
            interpolation="nearest" if blocks else "auto",
            **colours,
        )
    y_edges = y_edges.clip(0)  # no mel below 0 Hz
    return ax.pcolormesh(x_edges, y_edges, levels_db, rasterized=True, **colours)


def top_of(levels_db: ArrayLike) -> float:
    """The highest finite level; 0 dB for silence."""
    levels_db = np.asarray(levels_db)
    finite = levels_db[np.isfinite(levels_db)]
    return float(finite.max()) if finite.size else 0.0


def cell_edges(n_cells: int, *, step: float) -> NDArray:
    """Ends of cells whose centres lie at 0, step, 2 step, ..."""
    return (np.arange(n_cells + 1) - 0.5) * step
