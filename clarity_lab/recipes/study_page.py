"""The study's results as text, tables, a picture and a page."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from clarity_lab import manifests
from clarity_lab.metrics.prediction import Merit, merit
from clarity_lab.recipes import pages
from clarity_lab.recipes.study_cpc1 import (
    TABLES,
    Responses,
    Study,
    averages,
    by_tenths,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEADS = ("fit", "n", "RMSE (%)", "Std (%)", "NCC", "KT")
ROW = "{:31} {:>5} {:>8} {:>8} {:>6} {:>6}"
LEGEND = (
    "RMSE: root of the mean squared error, in percent of words. Std: standard error "
    "of the mean error, how sure it is. NCC: normalised cross-correlation (Pearson's). "
    "KT: Kendall's tau, whether the order is right. Disjoint: fitted to responses that "
    "share neither hearing aid nor listener with the predicted one. Open track: only "
    "the responses that the challenge's open track asks for."
)


def as_text(result: Study) -> str:
    """The table as text, what its words mean, and what must be said about the data.

    Args:
        result: The study.

    Returns:
        Lines for a terminal.
    """
    lines = [ROW.format(*HEADS)]
    for row in rows_of(result.merits):
        lines.append(ROW.format(*row))
    words = in_words(result), LEGEND, caveat(result.responses)
    return "\n".join([*lines, "", *words])


def rows_of(merits: dict[str, Merit]) -> list[list[str]]:
    """The table's cells; a constant has no correlation.

    Args:
        merits: Figures of merit by the name of the fit.

    Returns:
        A row of text for each fit, as `HEADS` names them.
    """
    return [
        [
            name,
            f"{one.n}",
            f"{one.rmse:.2f}",
            f"{one.std:.3f}",
            pages.or_dash(one.ncc),
            pages.or_dash(one.kt),
        ]
        for name, one in merits.items()
    ]


def in_words(result: Study) -> str:
    """How many took part, and the curve.

    Args:
        result: The study.

    Returns:
        Two or three sentences.
    """
    responses, curve = result.responses, result.curve
    by_system = merit(*averages(result, responses.system)).ncc
    return (
        f"{len(np.unique(responses.listener))} listeners, "
        f"{len(np.unique(responses.system))} hearing aids. Fitted to all: "
        f"100 / (1 + exp(-{curve.slope:.4f} (HASPI - {curve.midpoint:.4f}))). "
        f"Means of the hearing aids correlate {by_system:.3f}."
    )


def caveat(responses: Responses) -> str:
    """What must be said about the data, lest the figures be taken for published ones.

    Args:
        responses: Those that have a HASPI.

    Returns:
        Some sentences.
    """
    n_missing = responses.n_listeners_asked - len(np.unique(responses.listener))
    return (
        "The HASPI values were computed by the Clarity team for their third challenge, "
        "with one of three standard audiograms by the listener's grade of loss, not "
        f"with the listener's own. {n_missing} of the {responses.n_listeners_asked} "
        "listeners have no value there. So these are no published figures of the first "
        f"challenge; those use all {responses.n_asked} responses."
    )


def write(result: Study, folder: Path) -> None:
    """Write two tables, the picture and the page; each is whole or not there."""
    import matplotlib.pyplot as plt

    from clarity_lab import plots

    plots.use_style()
    figure = scatter(result)
    picture = pages.png(figure)
    shown = plots.figure_html(figure, alt=_alt(result))
    plt.close(figure)
    files = {
        "fits.csv": _csv(HEADS, rows_of(result.merits)),
        "responses.csv": _csv(*_predictions(result)),
        "scatter.png": picture,
        "study.html": page(result, shown),
    }
    pages.write_files(files, folder)


def _predictions(result: Study) -> tuple[Sequence[str], list[list]]:
    heads = ("signal", "system", "listener", "haspi", "correct_percent", "predicted")
    found = result.responses
    columns = (
        found.signal.tolist(),
        found.system.tolist(),
        found.listener.tolist(),
        found.haspi.tolist(),
        found.correct_percent.tolist(),
        result.predicted_percent.round(6).tolist(),
    )
    return heads, [list(row) for row in zip(*columns, strict=True)]


def _csv(heads: Sequence[str], rows: Sequence[Sequence]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([heads, *rows])
    return text.getvalue()


def scatter(result: Study) -> Figure:
    """Draw every response over HASPI with the curve, and the hearing aids' averages.

    Args:
        result: The study.

    Returns:
        The figure.
    """
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.6), layout="constrained")
    responses = result.responses
    haspi, truth = responses.haspi, responses.correct_percent
    left.plot(haspi, truth, ".", markersize=4, alpha=0.25, label="one sentence")
    steps = np.linspace(0, 1, 101)
    left.plot(steps, result.curve(steps), "k-", label="fitted to all")
    label = f"mean of {max(1, len(haspi) // 10)} neighbours"
    left.plot(*by_tenths(responses), "ks", markersize=6, label=label)
    left.set(xlabel="HASPI, better ear", ylabel="Words understood (%)")
    figure.legend(loc="outside lower left", ncols=3)
    right.plot([0, 100], [0, 100], "--", color="0.6")
    right.plot(*averages(result, responses.system), "o")
    right.set(xlim=(0, 100), ylim=(0, 100), aspect="equal")
    right.set(xlabel="Predicted mean (%)", ylabel="Understood, mean (%)")
    left.set_title("Every response")
    right.set_title("Mean of each hearing aid")
    return figure


def _alt(result: Study) -> str:
    disjoint = result.merits["logistic, disjoint"]
    return (
        "Words understood over HASPI for every response, with the fitted curve, and "
        "the predicted and the true mean of each hearing aid. Single sentences "
        f"scatter (correlation {disjoint.ncc:.2f}); averages lie near the diagonal."
    )


def page(result: Study, picture: str) -> str:
    """Wrap table, picture and words into a page that refers to no other file."""
    lines = ["".join(f"<th scope=col>{head}</th>" for head in HEADS)]
    for name, *values in rows_of(result.merits):
        cells = "".join(f"<td>{value}</td>" for value in values)
        lines.append(f"<th scope=row>{html.escape(name)}</th>{cells}")
    table = "".join(f"<tr>{line}</tr>" for line in lines)
    source = manifests.read(TABLES)
    return pages.page(
        "HASPI and what listeners understood",
        "Made by <code>clarity-lab study cpc1</code>.",
        f"<table>{table}</table><p>{html.escape(LEGEND)}</p>"
        f"<p>{html.escape(in_words(result))}</p>",
        picture,
        f"<p>{html.escape(caveat(result.responses))}</p>",
        footer=f"Tables: {source.citation}. {source.licence}. {source.homepage}",
    )
