"""Listeners in files and as text: the Clarity challenges' JSON, and tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clarity_lab.hearing.audiogram import Audiogram, Listener
from clarity_lab.hearing.listener_table import listeners_from_csv
from clarity_lab.whole import json_text, write_whole


def read_listeners(path: Path | str) -> dict[str, Listener]:
    """Read who listens, and how well, from a Clarity listeners file or a CSV table.

    Args:
        path: A file that holds what `listeners_from_text` reads.

    Returns:
        The listeners by name, in the file's order.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no such file; the message names the listener.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")  # spreadsheets begin with a mark
    except UnicodeDecodeError as error:
        raise _not_listeners(str(path), error) from error
    return listeners_from_text(text, filename=str(path))


def listeners_from_text(text: str, *, filename: str) -> dict[str, Listener]:
    """Read listeners from the text of a file.

    Args:
        text: JSON: an object of listeners by name, each with `audiogram_cfs` in Hz and
            `audiogram_levels_l`, `audiogram_levels_r` in dB HL. Or, if the file's name
            ends in ".csv", a table with the columns frequency_hz, right_db_hl,
            left_db_hl and, for several listeners, name; an empty cell was not measured.
        filename: The name of the file, also for messages.

    Returns:
        The listeners by name, at least one.

    Raises:
        ValueError: If it is neither; the message says where the fault is.
    """
    if filename.lower().endswith(".csv"):
        listeners = listeners_from_csv(text, filename=filename)
    else:
        listeners = _from_json(text, filename)
    if not listeners:
        raise ValueError(f"expected at least one listener in {filename}, got none.")
    return listeners


def _from_json(text: str, filename: str) -> dict[str, Listener]:
    try:
        entries = dict(json.loads(text).items())
    except (json.JSONDecodeError, AttributeError) as error:
        raise _not_listeners(filename, error) from error
    return {name: _listener(name, entry, filename) for name, entry in entries.items()}


def _not_listeners(filename: str, error: Exception) -> ValueError:
    return ValueError(
        f"expected a JSON object of listeners in {filename}, got something else: "
        f"{error}. Is this the listeners file?"
    )


def _listener(name: str, entry: Any, filename: str) -> Listener:
    try:
        hz = entry["audiogram_cfs"]
        left = Audiogram(hz, entry["audiogram_levels_l"])
        right = Audiogram(hz, entry["audiogram_levels_r"])
        return Listener(entry.get("name", name), left, right)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"expected listener {name} in {filename} with audiogram_cfs, "
            f"audiogram_levels_l and audiogram_levels_r, got a fault: {error}"
        ) from error


def write_listeners(listeners: Mapping[str, Listener], path: Path | str) -> None:
    """Write listeners as the Clarity challenges store them; the file is never half one.

    Args:
        listeners: By name; both ears measured at the same frequencies.
        path: The file to write or to replace.

    Raises:
        ValueError: If the ears of a listener differ in their frequencies.
    """
    write_whole(Path(path), listeners_as_text(listeners))


def listeners_as_text(listeners: Mapping[str, Listener]) -> str:
    """Write listeners as the text of a Clarity listeners file.

    Args:
        listeners: By name; both ears measured at the same frequencies.

    Returns:
        JSON that `listeners_from_text` reads.

    Raises:
        ValueError: If the ears of a listener differ in their frequencies.
    """
    entries = {name: _entry(listener) for name, listener in listeners.items()}
    return json_text(entries, indent=2, ensure_ascii=False) + "\n"


def _entry(listener: Listener) -> dict[str, Any]:
    if listener.left.frequencies_hz != listener.right.frequencies_hz:
        raise ValueError(
            f"expected both ears of {listener.name} measured at the same frequencies, "
            f"got {listener.left.frequencies_hz} and {listener.right.frequencies_hz}. "
            "Read one ear at the other's with threshold_at."
        )
    return {
        "name": listener.name,
        "audiogram_cfs": _whole_where_whole(listener.left.frequencies_hz),
        "audiogram_levels_l": _whole_where_whole(listener.left.thresholds_db_hl),
        "audiogram_levels_r": _whole_where_whole(listener.right.thresholds_db_hl),
    }


def _whole_where_whole(values: tuple[float, ...]) -> list[float]:
    return [int(value) if value.is_integer() else value for value in values]
