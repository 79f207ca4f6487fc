"""The words of a command that say where its jobs work: `--cluster slurm --jobs 100`."""

from __future__ import annotations

import argparse

from clarity_lab.recipes.jobs import CLUSTERS, Workers

OURS = ("job-name", "array", "output", "error")
"""What sbatch is told by the recipe itself."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words that say where to work."""
    where = parser.add_argument_group("where to work")
    where.add_argument("--cluster", choices=CLUSTERS, default="local")
    where.add_argument("--jobs", type=int, default=1, metavar="N", help="how many")
    where.add_argument(
        "--chunk-size", type=int, default=0, metavar="N", help="scenes in one job"
    )
    where.add_argument(
        "--retries", type=int, default=2, metavar="N", help="of a failed job"
    )
    where.add_argument("--partition", help="of the Slurm cluster")
    where.add_argument(
        "--minutes", type=int, default=240, help="Slurm's limit for one job"
    )
    where.add_argument(
        "--slurm",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="more for sbatch, as account=lab or mem=4GB; may be repeated",
    )


def where_of(options: argparse.Namespace) -> Workers:
    """Read those words.

    Raises:
        ValueError: If one makes no sense.
    """
    pairs = [setting.partition("=") for setting in options.slurm]
    for name, equals, _ in pairs:
        if not equals or name.replace("_", "-") in OURS:
            raise ValueError(
                f"expected --slurm as NAME=VALUE, but none of {', '.join(OURS)}, which "
                f"are chosen here, got {name!r}."
            )
    return Workers(
        cluster=options.cluster,
        n_jobs=options.jobs,
        retries=options.retries,
        chunk_size=options.chunk_size,
        minutes=options.minutes,
        partition=options.partition,
        slurm={name: value for name, _, value in pairs},
    )
