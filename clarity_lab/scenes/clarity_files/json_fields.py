"""JSON metadata, field by field: a fault names the file, the entry and the field."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from clarity_lab.whole import json_text, write_whole

Made = TypeVar("Made")


class Fields:
    """The fields of one JSON object, each checked when it is read.

    Args:
        values: The object.
        where: Which entry of which file this is, "scene S06001 of scenes.json".
        inside: The field that holds this object, "target.", if it lies deeper.

    Example:
        >>> fields = Fields({"offset": 12}, where="scene S06001 of scenes.json")
        >>> fields.whole("offset")
        12
    """

    def __init__(self, values: Any, *, where: str, inside: str = "") -> None:
        self.where, self.inside = where, inside
        if not isinstance(values, dict):
            raise self.fault("", "a JSON object of named fields", values)
        self.values: dict[str, Any] = values

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def fault(self, name: str, expected: str, got: Any) -> ValueError:
        """Word what is wrong with a field: what was expected and what came."""
        field = f"{self.inside}{name}".rstrip(".") or "the entry"
        text = repr(got)
        text = text if len(text) <= 80 else f"{text[:80]}..."
        return ValueError(f"{self.where}: expected {field} as {expected}, got {text}.")

    def only(self, *names: str, optional: tuple[str, ...] = ()) -> None:
        """Refuse a missing field and one that nobody knows.

        Raises:
            ValueError: If there is one; names it.
        """
        for name in names:
            self._value(name)
        for name in self.values:
            if name not in (*names, *optional):
                known = ", ".join((*names, *optional))
                raise ValueError(
                    f"{self.where}: expected no field but {known}, got also "
                    f"{self.inside}{name}. Is it misspelt?"
                )

    def _value(self, name: str) -> Any:
        if name not in self.values:
            there = ", ".join(self.values) or "none"
            raise ValueError(
                f"{self.where}: expected the field {self.inside}{name}, "
                f"got only {there}."
            )
        return self.values[name]

    def text(self, name: str) -> str:
        """A field of at least one letter."""
        value = self._value(name)
        if not isinstance(value, str) or not value:
            raise self.fault(name, "a text", value)
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A field that is a list of texts."""
        value = self._value(name)
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise self.fault(name, "a list of texts", value)
        return tuple(value)

    def number(self, name: str) -> float:
        """A field that is one finite number."""
        value = self._value(name)
        if not _is_number(value):
            raise self.fault(name, "a finite number", value)
        return float(value)

    def whole(self, name: str, *, minimum: int = 0) -> int:
        """A field that counts: a whole number of at least `minimum`."""
        value = self._value(name)
        if not _is_number(value) or value != int(value) or value < minimum:
            raise self.fault(name, f"a whole number of at least {minimum}", value)
        return int(value)

    def vector(self, name: str) -> tuple[float, float, float]:
        """A field of three numbers: x, y, z."""
        value = self._value(name)
        good = isinstance(value, list) and len(value) == 3
        if not good or not all(map(_is_number, value)):
            raise self.fault(name, "three finite numbers [x, y, z]", value)
        return float(value[0]), float(value[1]), float(value[2])

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """A field that is one of a few words."""
        value = self._value(name)
        if value not in choices:
            raise self.fault(name, f"one of {', '.join(choices)}", value)
        return value

    def converted(self, name: str, convert: Callable[[str], Made]) -> Made:
        """A text that `convert` understands, or the reason why it does not."""
        text = self.text(name)
        try:
            return convert(text)
        except ValueError as error:
            raise ValueError(f"{self.where}: {self.inside}{name}: {error}") from error

    def inner(self, name: str) -> Fields:
        """A field that is an object of fields itself."""
        inside = f"{self.inside}{name}."
        return Fields(self._value(name), where=self.where, inside=inside)

    def inners(self, name: str) -> list[Fields]:
        """A field that is a list of objects; the first is called name[0]."""
        value = self._value(name)
        if not isinstance(value, list):
            raise self.fault(name, "a list of objects", value)
        return [
            Fields(entry, where=self.where, inside=f"{self.inside}{name}[{n}].")
            for n, entry in enumerate(value)
        ]

    def made(self, make: Callable[..., Made], *args: Any, **kwargs: Any) -> Made:
        """What `make` makes of fields; a fault between them gets this entry's name.

        Raises:
            ValueError: If `make` refuses.
        """
        try:
            return make(*args, **kwargs)
        except ValueError as error:
            if str(error).startswith(self.where):
                raise
            inside = f"{self.inside.rstrip('.')}: " if self.inside else ""
            raise ValueError(f"{self.where}: {inside}{error}") from error


def read_entries(path: Path | str, *, kind: str, key: str) -> Iterator[Fields]:
    """Read a JSON list of objects, each named by one of its own fields.

    Args:
        path: The file.
        kind: What an entry is, for messages: "scene".
        key: The field that names it: "scene". One without it is called by its number,
            the first 1.

    Yields:
        The fields of each entry, in the file's order.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no JSON list.
    """
    path = Path(path)
    try:
        entries = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:  # no JSON, no UTF-8, too deep
        raise ValueError(
            f"expected a JSON list of {kind}s in {path}, got something else: {error}. "
            "Is its end missing?"
        ) from error
    if not isinstance(entries, list):
        raise ValueError(
            f"expected a JSON list of {kind}s in {path}, got one "
            f"{type(entries).__name__}. Is this the {kind}s file?"
        )
    for number, entry in enumerate(entries, start=1):
        name = entry.get(key) if isinstance(entry, dict) else None
        name = name if isinstance(name, str) and name else f"number {number}"
        yield Fields(entry, where=f"{kind} {name} of {path}")


def write_entries(entries: list[dict[str, Any]], path: Path | str) -> None:
    """Write a JSON list that is whole or not there; NaN is refused."""
    text = json_text(entries, indent=2, ensure_ascii=False)
    write_whole(Path(path), text + "\n")


def _is_number(value: Any) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number of hundreds of digits
        return False
