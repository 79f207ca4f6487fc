"""`clarity-lab data ...`: recordings and weights from the command line."""

from __future__ import annotations

import argparse
from textwrap import shorten

from clarity_lab import manifests
from clarity_lab.manifests.telling import megabytes

LICENCE_WIDTH = 26


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the words after `clarity-lab data`."""
    actions = parser.add_subparsers(metavar="action", required=True)
    actions.add_parser(
        "list", help="every set: size, whether it is here, licence, title"
    ).set_defaults(action=_list)
    fetch = actions.add_parser("fetch", help="get sets, from the first source that can")
    fetch.add_argument("names", nargs="+", metavar="name")
    fetch.add_argument("--quiet", action="store_true", help="no progress bar")
    fetch.set_defaults(action=_fetch)
    verify = actions.add_parser("verify", help="hash what is here and compare")
    verify.add_argument("names", nargs="*", metavar="name")
    verify.set_defaults(action=_verify)
    where = actions.add_parser("where", help="the cache folder, or where a set is")
    where.add_argument("name", nargs="?")
    where.set_defaults(action=_where)
    clean = actions.add_parser("clean", help="delete sets from the cache")
    clean.add_argument("names", nargs="*", metavar="name")
    clean.add_argument("--all", action="store_true", help="delete every set")
    clean.set_defaults(action=_clean, parser=clean)


def run(options: argparse.Namespace) -> int:
    """Do it; 0 if all is well."""
    return options.action(options)


def _list(options: argparse.Namespace) -> int:
    for name in manifests.names():
        manifest = manifests.read(name)
        here = "here" if manifests.find(name) else "-"
        known = all(file.content for file in manifest.files)
        size = megabytes(manifest.bytes) if known else "by hand"
        licence = shorten(manifest.licence, LICENCE_WIDTH, placeholder=" ...")
        print(
            f"{name:17} {size:>8}  {here:5} {licence:{LICENCE_WIDTH}}  {manifest.title}"
        )
    return 0


def _fetch(options: argparse.Namespace) -> int:
    for name in options.names:
        print(manifests.fetch(name, progress=not options.quiet))
    return 0


def _verify(options: argparse.Namespace) -> int:
    """Named sets must be whole; without names, what is not here is no fault."""
    faults = 0
    for name in options.names or manifests.names():
        findings = manifests.verify(name)
        bad = [finding for finding in findings if not finding.here]
        if not options.names:
            bad = [finding for finding in bad if finding.state == "damaged"]
        present = sum(finding.here for finding in findings)
        if present or bad:
            print(f"{name}: {present} of {len(findings)} file(s) here and whole")
        for finding in bad:
            print(f"  {finding}")
        faults += len(bad)
    if faults:
        print("Mend it with `clarity-lab data fetch NAME`.")
    return 1 if faults else 0


def _where(options: argparse.Namespace) -> int:
    if options.name is None:
        print(manifests.where())
        return 0
    here = manifests.find(options.name)
    begun = manifests.where(options.name).exists()
    state = "only in part" if begun else "not"
    advice = f"{state} here; `clarity-lab data fetch {options.name}` brings it"
    print(here or f"{manifests.where(options.name)} ({advice})")
    return 0 if here else 1


def _clean(options: argparse.Namespace) -> int:
    if bool(options.names) == options.all:
        options.parser.error("name the sets to delete, or say --all")
    freed = sum(manifests.clean(name) for name in options.names or [None])
    print(f"{megabytes(freed)} freed")
    return 0
