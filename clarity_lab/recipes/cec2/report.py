"""`clarity-lab cec2 report`: averages, by SNR and by hearing loss."""

from __future__ import annotations

import argparse
from pathlib import Path

from clarity_lab import manifests
from clarity_lab.hearing import read_listeners
from clarity_lab.recipes.cec2.enhance import BASELINE, enhance_record
from clarity_lab.recipes.cec2.folders import Folders
from clarity_lab.recipes.cec2.report_page import write
from clarity_lab.recipes.cec2.scores import (
    OFFICIAL,
    TABLES,
    UNPROCESSED,
    Group,
    Scores,
    by_listener,
    by_severity,
    by_snr,
    join,
    overall,
    read_scores,
)
from clarity_lab.recipes.cec2.settings_record import read_record
from clarity_lab.recipes.pages import or_dash
from clarity_lab.recipes.telling import fetch_tables
from clarity_lab.scenes.building.scene import Scene
from clarity_lab.scenes.clarity_files.scenes import read_scenes

OFFICIAL_TABLES = {
    UNPROCESSED: "CEC2_baseline_haspi_unprocessed.csv",
    "baseline": "CEC2_baseline_haspi_nalr.csv",
}
OFFICIAL_SCENES = "scenes.dev.json"
NO_SNRS = (
    f"The SNRs of the official scenes are in {OFFICIAL_SCENES} of the challenge's core "
    "package (28 GB), which is not here: name the file with --scenes-file for averages "
    "by SNR."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be chosen."""
    parser.add_argument(
        "--exp",
        type=Path,
        nargs="+",
        help="folders of scores, one for each hearing aid; default: ROOT/exp",
    )
    parser.add_argument(
        "--official",
        action="store_true",
        help="report on the challenge's own scores instead",
    )
    parser.add_argument(
        "--scenes-file", type=Path, help="the scenes, if they lie elsewhere"
    )
    parser.add_argument(
        "--output", type=Path, help="folder for the report; default: ROOT/report"
    )


def run(folders: Folders, options: argparse.Namespace) -> int:
    """Print the averages, write report.csv, report.png and report.html."""
    if options.official:
        scores, told = official(folders, options.scenes_file)
        output = options.output or folders.root / "report_official"
    else:
        scores = ours(folders, options.exp, options.scenes_file)
        told = unscored(folders, scores)
        output = options.output or folders.root / "report"
    groups = groups_of(scores)
    print(as_text(groups))
    if told:
        print(told)
    output.mkdir(parents=True, exist_ok=True)
    write(groups, output, told=told, is_official=options.official)
    print(f"Wrote {output / 'report.html'}: open it in a browser.")
    return 0


def ours(folders: Folders, exps: list[Path] | None, scenes_file: Path | None) -> Scores:
    """The scores of one or several hearing aids on our scenes, and without one."""
    exps = exps or [folders.root / "exp"]
    names = [exp.absolute().name for exp in exps]
    if len(set(names)) < len(names):
        raise ValueError(f"expected folders of different names, got {names}.")
    unprocessed = [exp / TABLES[UNPROCESSED] for exp in exps]
    there = next((path for path in unprocessed if path.is_file()), unprocessed[0])
    tables = {UNPROCESSED: read_scores(there)}
    for name, exp in zip(names, exps, strict=True):
        label = _label(name, exp)
        if label in tables:
            raise ValueError(
                f"expected one folder of {label} scores, got {exp}, too. Rename it."
            )
        tables[label] = read_scores(exp / TABLES["enhanced"])
    scenes = _by_name(scenes_file) if scenes_file else folders.read_scenes()
    listeners = read_listeners(folders.listeners_file)
    return join(tables, listeners=listeners, scenes=scenes)


def unscored(folders: Folders, scores: Scores) -> str:
    """A sentence if some of the experiment's pairs are not in the tables."""
    if not folders.scenes_listeners_file.is_file():
        return ""
    who = folders.read_scenes_listeners()
    asked = {(scene, name) for scene, names in who.items() for name in names}
    there = zip(scores.scene.tolist(), scores.listener.tolist(), strict=True)
    left = len(asked.difference(there))
    return (
        f"{left} of {len(asked)} pairs are not in these tables yet: run "
        "`clarity-lab cec2 evaluate` to the end."
    ) * bool(left)


def _label(name: str, exp: Path) -> str:
    """What to call a hearing aid: its folder, or its function in the usual folder."""
    noted = read_record(enhance_record(exp)).get("settings", {})
    enhancer = noted.get("enhancer", BASELINE)
    if name != "exp":
        return name
    return "baseline" if enhancer == BASELINE else enhancer


def official(folders: Folders, scenes_file: Path | None) -> tuple[Scores, str]:
    """The challenge's scores of its 2500 development scenes, and what is not known.

    Returns:
        The scores, and a sentence if the scenes' SNRs are missing.
    """
    folder = fetch_tables(OFFICIAL)
    tables = {name: read_scores(folder / f) for name, f in OFFICIAL_TABLES.items()}
    known = manifests.fetch("samples", "audiograms/clarity.json")
    path = scenes_file or folders.find("metadata", OFFICIAL_SCENES)
    scenes = _by_name(path) if path else None
    scores = join(tables, listeners=read_listeners(known), scenes=scenes)
    return scores, "" if scenes else NO_SNRS


def _by_name(path: Path) -> dict[str, Scene]:
    return {scene.name: scene for scene in read_scenes(path)}


def groups_of(scores: Scores) -> dict[str, list[Group]]:
    """All averages, by what they are grouped by; without those nobody knows."""
    groups = {
        "all": [overall(scores)],
        "SNR": by_snr(scores),
        "hearing loss": by_severity(scores),
        "listener": by_listener(scores),
    }
    return {kind: some for kind, some in groups.items() if some}


def as_text(groups: dict[str, list[Group]]) -> str:
    """The averages as lines; single listeners are left to the files."""
    systems = list(groups["all"][0].mean)
    lines = [f"{'mean HASPI':16} {'pairs':>6}" + "".join(f" {s:>14}" for s in systems)]
    for kind in ("all", "SNR", "hearing loss"):
        for group in groups.get(kind, ()):
            cells = "".join(
                f" {group.mean[s]:7.4f} ±{or_dash(group.error[s]):>5}" for s in systems
            )
            lines.append(f"{group.name:16} {group.n_pairs:6}{cells}")
    return "\n".join([*lines, "± standard error, from scene to scene."])
