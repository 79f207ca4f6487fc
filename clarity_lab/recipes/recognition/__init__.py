"""The recognisers that come with the package: train them again, and score them.

All of speechocean762 and the transcribed part of LibriSpeech must be here (the data
door says how). Then::

    clarity-lab recognition train ctc

An interrupted training goes on when the same command is given again.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from clarity_lab.recipes.telling import told
from clarity_lab.whole import require_writable

RECOGNISERS = ("ctc", "attention", "transformer")
BESIDE = ("whisper", "pocketsphinx", *RECOGNISERS)
"""Ours, and real ones beside them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what may stand behind `clarity-lab recognition`."""
    from clarity_lab.recipes.recognition.plans import TRAININGS

    actions = parser.add_subparsers(dest="action", metavar="action", required=True)
    train = actions.add_parser("train", help="train a model, and write its weights")
    train.add_argument("name", choices=[*TRAININGS, "ngrams"])
    train.add_argument("--folder", type=Path, default=Path("exp/recognition"))
    train.add_argument("--seed", type=_seed, default=0)
    train.add_argument("--epochs", type=_count, help="other than planned")
    train.add_argument("--device", default="cpu", help="cpu or cuda")
    live = actions.add_parser("digits", help="train digits live, ask a stranger")
    live.add_argument("--unseen", nargs="+", default=["fsdd-theo"], metavar="SPEAKER")
    live.add_argument("--seeds", nargs="+", type=_seed, default=[0, 1, 2])
    live.add_argument(
        "--from-nothing", action="store_true", help="let it learn to hear, too"
    )
    score = actions.add_parser("score", help="error rates on speakers never heard")
    score.add_argument("--folder", type=Path, default=Path("exp/recognition"))
    score.add_argument("--part", choices=("eval", "dev"), default="eval")
    score.add_argument("--names", nargs="+", default=["ctc"], choices=RECOGNISERS)
    score.add_argument("--most", type=_count, help="sentences of each set")
    beside = actions.add_parser("conditions", help="real recognisers beside ours")
    beside.add_argument("--out", type=Path, default=Path("conditions.csv"))
    beside.add_argument("--names", nargs="+", choices=BESIDE, default=BESIDE)
    beside.add_argument("--folder", type=Path, help="of the weights of ours")


def _seed(text: str) -> int:
    return _whole(text, least=0)


def _count(text: str) -> int:
    return _whole(text, least=1)


def _whole(text: str, *, least: int) -> int:
    if not text.isdecimal() or int(text) < least:
        raise argparse.ArgumentTypeError(
            f"expected a whole number from {least}, got {text!r}"
        )
    return int(text)


def run(options: argparse.Namespace) -> int:
    """Do what was asked for; what stands in its way is said in one line."""
    actions = {
        "train": _train,
        "score": _score,
        "digits": _digits,
        "conditions": _conditions,
    }
    try:
        return actions[options.action](options)
    except (FloatingPointError, OSError, RuntimeError, ValueError) as error:
        say = f"clarity-lab: recognition {options.action}: {told(error)}"
        print(say, file=sys.stderr)
        return 1


def _train(options: argparse.Namespace) -> int:
    from clarity_lab.recipes.recognition.train import count, train

    if options.name == "ngrams":
        path = count(folder=options.folder)
    else:
        path = train(
            options.name,
            folder=options.folder,
            seed=options.seed,
            n_epochs=options.epochs,
            device=options.device,
        )
    print(f"weights: {path} ({path.stat().st_size / 1e6:.1f} MB)")
    return 0


def _score(options: argparse.Namespace) -> int:
    from clarity_lab.recipes.recognition.score import note_scores, score

    table = score(
        options.folder, part=options.part, names=options.names, most=options.most
    )
    print(table.to_string(index=False, float_format="{:.3f}".format))
    table.to_csv(options.folder / f"scores-{options.part}.csv", index=False)
    if options.part == "eval" and options.most is None:
        note_scores(table, options.folder)
    return 0


def _digits(options: argparse.Namespace) -> int:
    from clarity_lab.models.shipped import load_shipped
    from clarity_lab.recipes.recognition.strangers import strangers

    ears = None if options.from_nothing else load_shipped("ctc").encoder
    table = strangers(options.unseen, seeds=options.seeds, ears=ears)
    print(table.to_string(index=False, float_format="{:.3f}".format))
    print("median WER:", f"{table.wer.median():.3f}")
    return 0


def _conditions(options: argparse.Namespace) -> int:
    from clarity_lab.models.shipped import FOLDER
    from clarity_lab.recipes.recognition.conditions import (
        conditions,
        rates,
        real_time_factors,
    )
    from clarity_lab.recipes.recognition.recognisers import recognisers_here

    require_writable(options.out)
    folder = options.folder or FOLDER
    here, missing = recognisers_here(options.names, folder=folder)
    for name, why in missing.items():
        print(f"without {name}: {why}", file=sys.stderr)
    table = conditions(here, kept_in=options.out)
    if table.empty:
        return 1
    print("word error rate\n", rates(table).to_string(float_format="{:.3f}".format))
    factors = real_time_factors(table)
    print("\nCPU seconds for a second of sound\n", factors.to_string())
    return 0
