"""The Clarity challenges' listener files, read and written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clarity_lab.hearing.audiogram import Audiogram, Listener
from clarity_lab.whole import json_text, write_whole


def read_listeners(path: Path | str) -> dict[str, Listener]:
    """Read who listens, and how well, from a Clarity listeners file.

    Args:
        path: A JSON file: an object of listeners by name, each with `audiogram_cfs` in
            Hz and `audiogram_levels_l`, `audiogram_levels_r` in dB HL.

    Returns:
        The listeners by name, in the file's order.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no such file; the message names the listener.
    """
    path = Path(path)
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        entries = dict(entries.items())
    except (json.JSONDecodeError, UnicodeDecodeError, AttributeError) as error:
        raise ValueError(
            f"expected a JSON object of listeners in {path}, got something else: "
            f"{error}. Is this the listeners file?"
        ) from error
    return {name: _listener(name, entry, path) for name, entry in entries.items()}


def _listener(name: str, entry: Any, path: Path) -> Listener:
    try:
        hz = entry["audiogram_cfs"]
        left = Audiogram(hz, entry["audiogram_levels_l"])
        right = Audiogram(hz, entry["audiogram_levels_r"])
        return Listener(entry.get("name", name), left, right)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"expected listener {name} in {path} with audiogram_cfs, "
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
    path = Path(path)
    entries = {name: _entry(listener) for name, listener in listeners.items()}
    write_whole(path, json_text(entries, indent=2, ensure_ascii=False) + "\n")


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
