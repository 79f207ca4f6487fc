"""The command `clarity-lab`: a table of words, each with the module that does it.

A module of the table has `add_arguments(parser)` and `run(options) -> int`. It is
imported only when its word is used, so `clarity-lab --help` is quick.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

from clarity_lab import __version__


@dataclass(frozen=True)
class Command:
    """One word after `clarity-lab`."""

    module: str
    help: str


COMMANDS = {
    "data": Command(
        "clarity_lab.data_command",
        "list, fetch, verify, locate and delete recordings and weights",
    ),
    "doctor": Command("clarity_lab.doctor", "check this machine, and mend it"),
    "demo": Command("clarity_lab.recipes.demo", "run the main chain, write a page"),
    "study": Command(
        "clarity_lab.recipes.study_cpc1", "compare HASPI with what listeners understood"
    ),
    "cec2": Command(
        "clarity_lab.recipes.cec2", "make hearing-aid scenes, enhance and score them"
    ),
    "recognition": Command(
        "clarity_lab.recipes.recognition", "train and score the speech recognisers"
    ),
    "site": Command("clarity_lab.site.build", "write the lessons as pages with sound"),
    "badges": Command("clarity_lab.badges", "write the Binder and Colab links"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: The words after `clarity-lab`; None takes them from the command line.

    Returns:
        The exit status: 0 if all went well, 1 if not, 130 after Ctrl-C.
    """
    if hasattr(sys.stdout, "reconfigure"):  # a pipe may not know every sign we print
        sys.stdout.reconfigure(errors="namereplace")
    words = list(sys.argv[1:] if argv is None else argv)
    from clarity_lab.manifests.errors import DataError

    try:
        options = _parser(words).parse_args(words)
        return import_module(COMMANDS[options.command].module).run(options)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("clarity_lab"):
            raise
        print(
            f"clarity-lab: {words[0]} needs {error.name}, which is not "
            "installed. Install the lessons' packages: python start.py, or "
            'pip install "clarity-lab[lessons]" from where you got this package.',
            file=sys.stderr,
        )
        return 1
    except DataError as error:
        print(f"clarity-lab: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader, such as `head`, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        say = "clarity-lab: stopped. Run the same command again to go on."
        print(say, file=sys.stderr)
        return 130


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser; only the command that is meant is asked for its arguments."""
    parser = argparse.ArgumentParser("clarity-lab", description=_purpose())
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    for name, command in COMMANDS.items():
        one = commands.add_parser(name, help=command.help, description=command.help)
        if name in words[:1]:
            import_module(command.module).add_arguments(one)
    return parser


def _purpose() -> str:
    import clarity_lab

    return clarity_lab.__doc__.strip().splitlines()[0]


if __name__ == "__main__":
    sys.exit(main())
