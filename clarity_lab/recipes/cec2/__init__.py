r"""The second Clarity Enhancement Challenge (CEC2), from making scenes to the scores.

    clarity-lab cec2 build     rooms, scenes and who listens
    clarity-lab cec2 render    what is heard at the hearing aids' microphones
    clarity-lab cec2 enhance   the baseline hearing aid, or your own
    clarity-lab cec2 evaluate  better-ear HASPI of each scene for each listener
    clarity-lab cec2 report    tables and pictures

Each step goes on where an earlier run was stopped, and can work in several processes
(`--jobs 4`) or on a cluster (`--cluster slurm --jobs 100`).

A study of 40 new scenes and six listeners, from a mild to a severe loss, in about eight
minutes of computing, four on two cores; it needs nothing but the package. The head is
then its KEMAR, and the hearing aid hears what arrives there without the ear canals:

    clarity-lab cec2 build --root study --scenes 40 --seed 1 --listeners-per-scene 6 \
        --who L0091 L0074 L0004 L0068 L0014 L0026
    clarity-lab cec2 render --root study --jobs 2
    clarity-lab cec2 enhance --root study --jobs 2
    clarity-lab cec2 evaluate --root study --jobs 2
    clarity-lab cec2 report --root study

Lesson: 90_whole_chain.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path

from clarity_lab.recipes.telling import told

STEPS = {
    "build": "make rooms, scenes and who listens",
    "render": "compute what is heard in each scene",
    "enhance": "let a hearing aid work on each scene for each listener",
    "evaluate": "score them with better-ear HASPI",
    "report": "write tables and pictures of the scores",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words after `clarity-lab cec2`."""
    steps = parser.add_subparsers(dest="step", metavar="step", required=True)
    for name, purpose in STEPS.items():
        step = steps.add_parser(name, help=purpose, description=purpose)
        step.add_argument("--root", type=Path, default=Path("cec2"), help="its folder")
        step.add_argument("--dataset", default="train", help="train, dev, ...")
        step.add_argument(
            "--data", type=Path, help="an unpacked clarity_data to read from, too"
        )
        step.add_argument(
            "--additional", action="store_true", help="the additional scenes"
        )
        import_module(f"{__name__}.{name}").add_arguments(step)


def run(options: argparse.Namespace) -> int:
    """Do one step; what stands in its way is said in one line."""
    from clarity_lab.recipes.cec2.folders import Folders

    step = import_module(f"{__name__}.{options.step}")
    try:
        folders = Folders(
            options.root, options.dataset, options.data, options.additional
        )
        return step.run(folders, options)
    except (OSError, RuntimeError, ValueError) as error:
        print(f"clarity-lab: cec2 {options.step}: {told(error)}", file=sys.stderr)
        return 1
