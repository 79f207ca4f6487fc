"""The report's files: a table, a picture and a page that needs no other file."""

from __future__ import annotations

import csv
import html
import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from clarity_lab import manifests
from clarity_lab.recipes import pages
from clarity_lab.recipes.cec2.scores import OFFICIAL, PUBLISHED, UNPROCESSED, Group

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STYLES = ("o--", "s-", "^-", "D-", "v-", "P-")
OURS = (
    "Made from scenes, rooms and a simulation of our own: not the challenge's scenes, "
    "so not its figures. The challenge's own are reported by --official."
)
THEIRS = (
    "HASPI as the Clarity team published it for the 2500 development scenes, three of "
    "83 listeners each; nothing was computed again but the averages."
)


def write(
    groups: dict[str, list[Group]], folder: Path, *, told: str, is_official: bool
) -> None:
    """Write report.csv, report.png and report.html; each is whole or not there."""
    from clarity_lab import plots

    plots.use_style()
    figure = draw(groups)
    picture = pages.png(figure)
    shown = plots.figure_html(figure, alt=in_words(groups))
    files = {
        "report.csv": as_csv(groups),
        "report.png": picture,
        "report.html": page(groups, shown, told=told, is_official=is_official),
    }
    pages.write_files(files, folder)


def as_csv(groups: dict[str, list[Group]]) -> str:
    """Every average as one line."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("by", "group", "system", "pairs", "haspi", "standard_error"))
    for kind, some in groups.items():
        for group in some:
            for system, mean in group.mean.items():
                error = round(group.error[system], 6)
                cells = (kind, group.name, system, group.n_pairs, round(mean, 6), error)
                table.writerow(cells)
    return text.getvalue()


def draw(groups: dict[str, list[Group]]) -> Figure:
    """Draw HASPI over SNR if it is known, over the loss, and for each listener."""
    import matplotlib.pyplot as plt

    panels = [kind for kind in ("SNR", "hearing loss", "listener") if kind in groups]
    figure, axes = plt.subplots(
        1, len(panels), figsize=(4.4 * len(panels), 4.2), layout="constrained"
    )
    for kind, ax in zip(panels, axes, strict=True):
        draw_groups(groups[kind], kind, ax)
    axes[0].set_ylabel("HASPI, better ear (mean)")
    axes[0].legend()
    return figure


def draw_groups(groups: list[Group], kind: str, ax: Axes) -> None:
    """Draw one panel: a marker and a standard error for each group and system."""
    places = [group.centre for group in groups]
    if None in places:
        places = list(range(len(groups)))
        ax.set_xticks(places, [f"{g.name}\n{g.n_pairs} pairs" for g in groups])
        ax.set_xlim(-0.5, len(groups) - 0.5)
    for n, system in enumerate(groups[0].mean):
        style = STYLES[n % len(STYLES)]
        means = [group.mean[system] for group in groups]
        errors = np.nan_to_num([group.error[system] for group in groups])
        if kind == "listener":
            ax.plot(places, means, style[0], label=system, alpha=0.7)
        else:
            ax.errorbar(places, means, errors, fmt=style, label=system, capsize=3)
    titles = {
        "SNR": ("By SNR", "SNR (dB)"),
        "hearing loss": ("By hearing loss", "Severity, better ear"),
        "listener": ("By listener", "Better ear: mean loss, 0.5 to 4 kHz (dB HL)"),
    }
    ax.set(title=titles[kind][0], xlabel=titles[kind][1])
    ax.set_ylim(0, max(0.1, *(1.15 * m for g in groups for m in g.mean.values())))


def in_words(groups: dict[str, list[Group]]) -> str:
    """What the picture shows."""
    total = groups["all"][0]
    means = ", ".join(f"{system} {mean:.3f}" for system, mean in total.mean.items())
    how = " and ".join(f"by {kind}" for kind in groups if kind != "all")
    return f"Mean HASPI {how}. Over all {total.n_pairs} pairs: {means}."


def page(
    groups: dict[str, list[Group]], picture: str, *, told: str, is_official: bool
) -> str:
    """Wrap tables, picture and words into a page that refers to no other file."""
    parts = [leaderboard(groups["all"][0], published=PUBLISHED if is_official else {})]
    parts.append(picture)
    for kind in ("SNR", "hearing loss", "listener"):
        if kind in groups:
            parts.append(f"<h2>By {kind}</h2>{table(groups[kind], kind)}")
    parts.append("<p>± standard error of the mean, from scene to scene.</p>")
    source = manifests.read(OFFICIAL)
    return pages.page(
        "Speech intelligibility with and without a hearing aid",
        "Better-ear HASPI of CEC2 scenes, by <code>clarity-lab cec2 report</code>. "
        + html.escape(THEIRS if is_official else OURS),
        *parts,
        *([f"<p>{html.escape(told)}</p>"] if told else []),
        footer=f"Method: {source.citation}. HASPI: Kates and Arehart, 2021.",
    )


def leaderboard(total: Group, *, published: dict[str, float]) -> str:
    """The systems, best first, each with its gain over no hearing aid."""
    heads = ["system", "mean HASPI", "over unprocessed"]
    heads += ["published"] if published else []
    rows = [_row("th scope=col", heads)]
    for system in sorted(total.mean, key=total.mean.get, reverse=True):
        gain = total.mean[system] - total.mean[UNPROCESSED]
        cells = [system, _with_error(total, system), f"{gain:+.4f}"]
        cells += [f"{published[system]:.4f}"] if published else []
        rows.append(_row("td", cells))
    return f"<table><caption>{total.n_pairs} pairs</caption>{''.join(rows)}</table>"


def table(groups: list[Group], kind: str) -> str:
    """An HTML table of one kind of groups."""
    systems = list(groups[0].mean)
    rows = [_row("th scope=col", [kind, "pairs", *systems])]
    for group in groups:
        cells = [_with_error(group, system) for system in systems]
        rows.append(_row("td", [group.name, str(group.n_pairs), *cells]))
    return f"<table>{''.join(rows)}</table>"


def _row(tag: str, cells: list[str]) -> str:
    end = tag.split()[0]
    inner = "".join(f"<{tag}>{html.escape(cell)}</{end}>" for cell in cells)
    return f"<tr>{inner}</tr>"


def _with_error(group: Group, system: str) -> str:
    mean, error = group.mean[system], group.error[system]
    return f"{mean:.4f}" + (f" ± {error:.3f}" if np.isfinite(error) else "")
