"""The answers of a listening test as a table and as a CSV that is never lost."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clarity_lab.whole import write_whole
from clarity_lab.widgets.rating_trials import Screen

if TYPE_CHECKING:
    from pandas import DataFrame

COLUMNS = {
    "listener": str,
    "trial": str,
    "order": int,
    "condition": str,
    "is_hidden_reference": bool,
    "is_anchor": bool,
    "score": int,
    "seconds": float,
    "n_plays": int,
    "seed": int,
    "method": str,
    "sounds": str,
}
"""`order` is the place on the page (MUSHRA) or in the test (ACR), from 1; `seconds` the
time from the first sound of the trial to the last move of this score; `sounds` a
fingerprint of what the trial plays."""

FROM_THE_PLAN = [
    "method",
    "listener",
    "seed",
    "trial",
    "order",
    "condition",
    "is_hidden_reference",
    "is_anchor",
    "sounds",
]
"""What is known before anybody listens, what differs most first; the other columns are
the answers."""

TRUTHS = {"true": True, "false": False}  # Excel shouts them
SCALES = {"mushra": range(101), "acr": range(1, 6)}

Row = dict[str, Any]


def planned_rows(
    screens: Sequence[Screen], *, listener: str, seed: int, method: str
) -> list[list[Row]]:
    """For each screen the rows that it will fill, without the answers."""
    return [
        [
            {
                "listener": listener,
                "trial": screen.trial,
                "order": place if method == "mushra" else number,
                "condition": one.condition,
                "is_hidden_reference": one.is_hidden_reference,
                "is_anchor": one.is_anchor,
                "seed": seed,
                "method": method,
                "sounds": screen.sounds,
            }
            for place, one in enumerate(screen.stimuli, start=1)
        ]
        for number, screen in enumerate(screens, start=1)
    ]


def as_table(rows: Sequence[Mapping[str, Any]]) -> DataFrame:
    """The rows as a DataFrame whose columns have their types, also without rows."""
    import pandas as pd

    table = pd.DataFrame(list(rows), columns=list(COLUMNS))
    kinds = {name: kind for name, kind in COLUMNS.items() if kind is not str}
    return table.astype(kinds)


def read_ratings(*paths: str | Path) -> DataFrame:
    """Read the CSV files of one or more listeners into one table.

    Args:
        *paths: Files that `rate(..., save_to=...)` or `.save` wrote.

    Returns:
        One row per rated sound, in the order of the files.

    Raises:
        FileNotFoundError: If one is not there.
        TypeError: If one is no path.
        ValueError: If there is none, one is no table of ratings, or an answer comes
            twice.
    """
    if not paths:
        raise ValueError("expected at least one file, got none.")
    rows: list[Row] = []
    came_from: dict[tuple, object] = {}
    for path in paths:
        if not isinstance(path, str | Path):
            raise TypeError(
                f"expected paths one by one, got {path!r}. Try read_ratings(*paths)."
            )
        for row in read_rows(Path(path)):
            answer = tuple(row.values())
            if answer in came_from:
                raise ValueError(
                    f"expected each answer once, got that of {row['listener']!r} about "
                    f"{row['condition']!r} in {row['trial']!r} from {came_from[answer]}"
                    f" and from {path}. Leave one of them out."
                )
            came_from[answer] = path
            rows.append(row)
    return as_table(rows)


def read_rows(path: Path) -> list[Row]:
    """The rows of one CSV.

    Raises:
        FileNotFoundError: If it is not there.
        ValueError: If it is no table of ratings.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")  # Excel puts a mark in front
        lines = list(csv.reader(io.StringIO(text), strict=True))
        if not lines or lines[0] != list(COLUMNS):
            raise ValueError(f"its first line is not {','.join(COLUMNS)}")
        return [_typed(line) for line in lines[1:]]
    except (ValueError, csv.Error) as error:
        raise ValueError(
            f"expected {path} to be a table of ratings that rate() wrote, but {error}. "
            "It was left as it is. Choose another file name."
        ) from error


def _typed(line: list[str]) -> Row:
    if len(line) != len(COLUMNS):
        raise ValueError(f"a line has {len(line)} fields instead of {len(COLUMNS)}")
    row = {name: _value(name, text) for name, text in zip(COLUMNS, line, strict=True)}
    if row["score"] not in SCALES.get(row["method"], ()):
        raise ValueError(f"{row['score']} is no score of {row['method']!r}")
    return row


def _value(name: str, text: str) -> Any:
    kind = COLUMNS[name]
    try:
        value = TRUTHS[text.lower()] if kind is bool else kind(text)
    except (KeyError, ValueError):
        value = None
    if value is None or (kind is float and not 0 <= value < inf):
        raise ValueError(f"its {name} {text!r} cannot be read")
    return value


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """Write a CSV whole; a file that is there may only grow.

    Raises:
        FileExistsError: If there is a file with other answers.
        OSError: If it cannot be written.
        ValueError: If there is a file that is no table of ratings.
    """
    path = path.resolve()  # of a link, the file that it leads to
    if path.exists():
        there = read_rows(path)
        if there != list(rows[: len(there)]):
            raise FileExistsError(
                f"{path} holds other answers, and they are kept. "
                "Choose another file name: .save('another-name.csv')."
            )
    page = io.StringIO()
    writer = csv.DictWriter(page, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_whole(path, page.getvalue())


def answered_rows(path: Path, planned: Sequence[Sequence[Row]]) -> list[Row]:
    """What a file holds of this test already: nothing, or its first screens.

    Raises:
        ValueError: If the file belongs to another test, listener or seed.
    """
    if not path.exists():
        return []
    rows = read_rows(path)
    flat = [row for screen in planned for row in screen]
    ends = {0}
    for screen in planned:
        ends.add(max(ends) + len(screen))
    for n, row in enumerate(rows):
        _require_planned(path, row, flat[n] if n < len(flat) else None)
    if len(rows) not in ends:
        raise ValueError(
            f"expected whole trials in {path}, got a part of one: {len(rows)} rows. "
            "It was left as it is. Delete the rows of its last trial to rate that "
            "again, or choose another file name."
        )
    return rows


def _require_planned(path: Path, row: Row, expected: Row | None) -> None:
    if expected is None:
        raise ValueError(
            f"{path} holds more trials than this test has. "
            "It was left as it is. Choose another file name for this test."
        )
    for name in FROM_THE_PLAN:
        if row[name] != expected[name]:
            raise ValueError(
                f"{path} belongs to another test: {_difference(name, row, expected)}. "
                "It was left as it is. Choose another file name, or call rate with "
                "what it was begun with."
            )


def _difference(name: str, row: Row, expected: Row) -> str:
    if name == "sounds":
        return f"{row['trial']!r} had other sounds then, or another sample rate"
    return f"its {name} is {row[name]!r} where this test has {expected[name]!r}"
