"""Listeners from a table of thresholds: CSV, as a spreadsheet writes it."""

from __future__ import annotations

import csv
from pathlib import Path

from clarity_lab.hearing.audiogram import Audiogram, Listener

COLUMNS = {
    "frequency_hz": "frequency_hz",
    "frequency": "frequency_hz",
    "right_db_hl": "right_db_hl",
    "right": "right_db_hl",
    "left_db_hl": "left_db_hl",
    "left": "left_db_hl",
    "name": "name",
    "listener": "name",
}
"""What a column may be called: what it is."""
NEEDED = ("frequency_hz", "right_db_hl", "left_db_hl")


def listeners_from_csv(text: str, *, filename: str) -> dict[str, Listener]:
    """Read a table with one line per frequency; commas, semicolons or tabs between.

    Args:
        text: With the columns frequency_hz, right_db_hl, left_db_hl and, for several
            listeners, name. An empty cell was not measured.
        filename: For messages; without a column of names it is the listener's.

    Returns:
        The listeners by name.

    Raises:
        ValueError: If it is no such table; the message says in which line.

    Example:
        >>> table = "frequency;right;left" + chr(10) + "1000;20;22,5"
        >>> listeners_from_csv(table, filename="ann.csv")["ann"].left.thresholds_db_hl
        (22.5,)
    """
    first, _, _ = text.partition("\n")
    delimiter = max(",;\t", key=first.count)
    reader = csv.DictReader(text.splitlines(), delimiter=delimiter)
    named = {
        column: COLUMNS[column.strip().lower()]
        for column in reader.fieldnames or ()
        if column and column.strip().lower() in COLUMNS
    }
    missing = [column for column in NEEDED if column not in named.values()]
    if missing:
        raise ValueError(
            f"expected a CSV with the columns {', '.join(NEEDED)} in {filename}, "
            f"got {first.strip()!r}. A first line names the columns."
        )
    people: dict[str, list[dict[str, str]]] = {}
    for n_line, cells in enumerate(reader, start=2):
        row = {named[column]: cells[column] or "" for column in named}
        row["where"] = f"line {n_line} of {filename}"
        name = row.get("name", "").strip() or Path(filename).stem
        people.setdefault(name, []).append(row)
    return {name: _listener(name, rows, filename) for name, rows in people.items()}


def _listener(name: str, rows: list[dict[str, str]], filename: str) -> Listener:
    def ear(column: str) -> Audiogram:
        pairs = [
            (_number(row, "frequency_hz"), _number(row, column))
            for row in rows
            if row[column].strip()
        ]
        hz, db_hl = zip(*pairs, strict=True) if pairs else ((), ())
        return Audiogram(hz, db_hl)

    try:
        return Listener(name, left=ear("left_db_hl"), right=ear("right_db_hl"))
    except ValueError as error:
        raise ValueError(f"in listener {name} of {filename}: {error}") from error


def _number(row: dict[str, str], column: str) -> float:
    cell = row[column].strip()
    try:
        return float(cell.replace(",", ".").replace("−", "-"))
    except ValueError as error:
        raise ValueError(
            f"expected {column} as a number in {row['where']}, got {cell!r}. Leave the "
            "cell empty where nothing was measured."
        ) from error
