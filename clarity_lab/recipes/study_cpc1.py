"""Does HASPI predict what real listeners understood? A study of 2001 responses.

`clarity-lab study cpc1` joins the listening test of the first Clarity Prediction
Challenge with HASPI, fits one curve and writes tables, a picture and a page.

Lesson: 13_intelligibility.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clarity_lab.metrics.prediction import (
    Logistic,
    Merit,
    fit_logistic,
    merit,
    predict_disjoint,
)
from clarity_lab.recipes.telling import fetch_tables, told

TABLES = "cpc1-responses"


@dataclass(frozen=True)
class Responses:
    """What listeners understood, one entry per sentence, shape (responses,) each.

    Attributes:
        signal: Name of the sound, SCENE_LISTENER_SYSTEM.
        system: The hearing aid it came from.
        listener: Who heard it.
        haspi: Better-ear HASPI of the sound, 0 to 1.
        correct_percent: Words understood.
        in_open_track: Whether the challenge's open track asks for it.
        n_asked: How many responses the test has, with HASPI or without.
        n_listeners_asked: How many listeners gave them.
    """

    signal: NDArray
    system: NDArray
    listener: NDArray
    haspi: NDArray
    correct_percent: NDArray
    in_open_track: NDArray
    n_asked: int
    n_listeners_asked: int


@dataclass(frozen=True)
class Study:
    """What came out.

    Attributes:
        responses: What was compared.
        predicted_percent: Of the disjoint fit, shape (responses,).
        curve: The curve fitted to all responses.
        merits: Figures of merit by the name of the fit.
    """

    responses: Responses
    predicted_percent: NDArray
    curve: Logistic
    merits: dict[str, Merit]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words that `clarity-lab study` understands."""
    parser.add_argument("study", choices=["cpc1"], help="which listening test")
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("study-cpc1"),
        help="the folder for fits.csv, responses.csv, scatter.png and study.html",
    )


def run(options: argparse.Namespace) -> int:
    """Do the study, print the table, write the files."""
    folder = options.output
    if not folder.absolute().parent.is_dir():
        print(f"There is no folder {folder.absolute().parent}: make it first.")
        return 1
    if folder.exists() and not folder.is_dir():
        print(f"{folder} is a file: name another folder with --output.")
        return 1
    from clarity_lab.recipes.study_page import as_text, write

    result = study(read_responses(fetch_tables(TABLES)))
    print(as_text(result))
    try:
        folder.mkdir(exist_ok=True)
        write(result, folder)
    except OSError as error:
        print(f"clarity-lab: study: {told(error)}", file=sys.stderr)
        return 1
    print(f"Wrote {folder / 'study.html'}: open it in a browser.")
    return 0


def read_responses(folder: Path) -> Responses:
    """Join what was understood with HASPI.

    Args:
        folder: With the files of the set `cpc1-responses`.

    Returns:
        The responses that have a HASPI value, in the order of CPC1.test.json.

    Raises:
        ValueError: If none has one.
    """
    answers = json.loads((folder / "CPC1.test.json").read_text(encoding="utf-8"))
    open_track = json.loads((folder / "CPC1.test_indep.json").read_text("utf-8"))
    asked_openly = {answer["signal"] for answer in open_track}
    lines = (folder / "CPC3.train.haspi.jsonl").read_text(encoding="utf-8").splitlines()
    haspi = {line["signal"]: line["haspi"] for line in map(json.loads, lines)}
    rows = [
        (answer, haspi[name])
        for answer in answers
        if (name := _in_cpc3(answer)) in haspi
    ]
    if not rows:
        raise ValueError(
            f"expected HASPI for some of {len(answers)} responses, got it for none. "
            "Are the tables of one and the same challenge?"
        )
    return Responses(
        signal=np.array([answer["signal"] for answer, _ in rows]),
        system=np.array([answer["system"] for answer, _ in rows]),
        listener=np.array([answer["listener"] for answer, _ in rows]),
        haspi=np.array([score for _, score in rows], float),
        correct_percent=np.array([a["correctness"] for a, _ in rows], float),
        in_open_track=np.array([a["signal"] in asked_openly for a, _ in rows]),
        n_asked=len(answers),
        n_listeners_asked=len({answer["listener"] for answer in answers}),
    )


def _in_cpc3(answer: dict) -> str:
    """The name that the third challenge gives to a sound of the first."""
    return "CEC1_{system}_{scene}_{listener}".format_map(answer)


def study(responses: Responses) -> Study:
    """Predict with a constant, in sample, and from other systems and listeners.

    Args:
        responses: What was understood, and HASPI.

    Returns:
        Predictions and their figures of merit.
    """
    truth, track = responses.correct_percent, responses.in_open_track
    constant = np.full_like(truth, truth.mean())
    curve = fit_logistic(responses.haspi, truth)
    disjoint = predict_disjoint(
        responses.haspi, truth, system=responses.system, listener=responses.listener
    )
    merits = {
        "constant": merit(constant, truth),
        "logistic, in sample": merit(curve(responses.haspi), truth),
        "logistic, disjoint": merit(disjoint, truth),
    }
    if track.sum() > 1:
        merits["logistic, disjoint; open track"] = merit(disjoint[track], truth[track])
    return Study(responses, disjoint, curve, merits)


def averages(result: Study, groups: NDArray) -> tuple[NDArray, NDArray]:
    """Mean prediction and mean of what was understood, by group.

    Args:
        result: The study.
        groups: The group of each response, as `responses.system`.

    Returns:
        Percent of words, predicted and understood, shape (groups,) each, the groups in
            the order of their names.
    """
    truth, predicted = result.responses.correct_percent, result.predicted_percent
    inside = [groups == name for name in np.unique(groups)]
    return (
        np.array([predicted[group].mean() for group in inside]),
        np.array([truth[group].mean() for group in inside]),
    )


def by_tenths(responses: Responses) -> tuple[NDArray, NDArray]:
    """Means of ten groups of equally many responses, from low to high HASPI.

    Args:
        responses: What was understood, and HASPI.

    Returns:
        Mean HASPI and mean percent of words understood, shape (10,) each; of fewer than
            ten responses each alone.
    """
    order = np.argsort(responses.haspi, kind="stable")
    groups = np.array_split(order, min(10, len(order)))
    return (
        np.array([responses.haspi[group].mean() for group in groups]),
        np.array([responses.correct_percent[group].mean() for group in groups]),
    )
