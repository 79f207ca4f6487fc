"""Every set as the same tidy table, one row per sound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from clarity_lab.manifests.door import find
from clarity_lab.manifests.errors import DataError, MissingDataError
from clarity_lab.manifests.layouts import LAYOUTS, OWN_COLUMNS, Row, own_table
from clarity_lab.manifests.manifest import Manifest, names, read
from clarity_lab.manifests.places import own_folders, places
from clarity_lab.manifests.telling import megabytes

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = tuple(OWN_COLUMNS)
TEXTS = ("dataset", "speaker", "transcript", "split", "licence")
NO_HEADER = (".mp4", ".m4a")  # read by ffmpeg, not by libsndfile


def table(name: str, split: str | None = None) -> pd.DataFrame:
    """List the sounds of a set that is here: who says what, where, how long.

    Args:
        name: A set, one of `manifests.names()`, or a folder of one's own with a
            metadata.csv (columns file, speaker, transcript, label, split, ...) in one
            of the folders of CLARITY_LAB_DATA.
        split: Only this part, as in "test-clean"; None for all.

    Returns:
        One row per sound with the columns `COLUMNS`: path (a Path that exists),
            dataset, speaker, transcript (as published), label (the class: digit,
            sound, female or male, ...), split, sample_rate_hz, duration_s, licence.
            What the publisher does not say is NA.

    Raises:
        MissingDataError: If none of the set is here; says how to get it.
        DataError: If there is no such set or split, the set has no sounds, or pandas
            is not installed.

    Example:
        >>> utterances = table("samples", split="speech")
        >>> len(utterances), utterances.speaker.nunique()
        (25, 17)
    """
    rows = list(_complete(_rows(name)))
    if not rows:
        raise MissingDataError(_how_to_get(name))
    chosen = [row for row in rows if split in (None, row["split"])]
    if not chosen:
        there = ", ".join(sorted({str(row["split"]) for row in rows}))
        raise DataError(f"expected a split of {name!r} ({there}), got {split!r}.")
    return _frame(chosen)


def _rows(name: str) -> Iterator[Row]:
    """The rows of the first place that has some."""
    if name not in names() and (own := _own(name)) is not None:
        return ({"dataset": name} | row for row in own_table(own))
    manifest = read(name)
    if not manifest.layout:
        raise DataError(
            f"expected a set of sounds, but {name!r} ({manifest.title}) has no table. "
            f"Its files: clarity_lab.manifests.read({name!r}).files."
        )
    fixed = {"dataset": name}
    given = {"licence": manifest.licence}
    return (given | row | fixed for row in _first(_sources(manifest)))


def _sources(manifest: Manifest) -> Iterator[Iterator[Row]]:
    if manifest.layout == "files":
        yield _listed(manifest)
        return
    for place in places(manifest):
        if place.kind != "bundled" and place.folder.is_dir():
            yield _existing(LAYOUTS[manifest.layout](place.folder))
    own = _own(manifest.notes.get("own_table"))
    if own is not None:
        rows = manifest.notes.get("own_rows")
        columns = manifest.notes.get("own_columns")
        yield _existing(own_table(own, rows=rows, columns=columns))


def _first(sources: Iterable[Iterator[Row]]) -> Iterator[Row]:
    for source in sources:
        rows = list(source)
        if rows:
            return iter(rows)
    return iter(())


def _own(folder: object) -> Path | None:
    """The user's folder of that name with a metadata.csv, if there is one."""
    here = (own / str(folder) for own in own_folders() if folder)
    return next((path for path in here if (path / "metadata.csv").is_file()), None)


def _listed(manifest: Manifest) -> Iterator[Row]:
    """The sounds that the manifest itself lists, as far as they are here."""
    whole = find(manifest.name)
    for file in manifest.files:
        if file.sample_rate_hz is None:
            continue
        path = whole / file.path if whole else find(manifest.name, file.path)
        if path is not None:
            row = {column: getattr(file, column, None) for column in COLUMNS}
            row["licence"] = file.licence or manifest.licence
            yield row | {"path": path}


def _existing(rows: Iterable[Row]) -> Iterator[Row]:
    return (row for row in rows if Path(str(row["path"])).is_file())


def _complete(rows: Iterable[Row]) -> Iterator[Row]:
    """Fill in every column; rate and duration come from the file's header."""
    for given in _existing(rows):
        row = dict.fromkeys(COLUMNS) | given
        if row["sample_rate_hz"] is None or row["duration_s"] is None:
            row |= _header(Path(str(row["path"])))
        yield row


def _header(path: Path) -> Row:
    import soundfile

    if path.suffix.lower() in NO_HEADER:
        return {}
    try:
        info = soundfile.info(path)
    except soundfile.LibsndfileError as error:
        raise DataError(
            f"expected a sound file, but {path} cannot be read: {error.error_string} "
            "Is it damaged? Delete it and fetch the set again."
        ) from error
    return {"sample_rate_hz": info.samplerate, "duration_s": info.duration}


def _frame(rows: list[Row]) -> pd.DataFrame:
    try:
        import pandas as pd
    except ModuleNotFoundError as error:
        raise DataError(
            "expected pandas, which makes the table, but it is not installed. "
            "Get it with: python -m pip install pandas"
        ) from error
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    types = dict.fromkeys(TEXTS, "string")
    types |= {"sample_rate_hz": "Int64", "duration_s": "Float64"}
    numbers = frame.label.map(lambda label: isinstance(label, int | float))
    types["label"] = "Float64" if numbers[frame.label.notna()].all() else "string"
    if frame.label.isna().all():
        types["label"] = "string"
    numeric = frame[["sample_rate_hz", "duration_s"]].apply(pd.to_numeric)
    return frame.assign(**numeric).astype(types)


def _how_to_get(name: str) -> str:
    if name not in names():
        return f"expected sounds in {_own(name)}, but no file of its table is there."
    manifest = read(name)
    asked = [s.message for f in manifest.files for s in f.sources if s.kind == "ask"]
    size = f" ({megabytes(manifest.bytes)})" if manifest.bytes else ""
    ways = asked or [f"Get it with: clarity-lab data fetch {name}{size}."]
    own = [str(folder / manifest.name) for folder in own_folders()]
    place = own[0] if own else f"a folder {name} in one that CLARITY_LAB_DATA names"
    return (
        f"expected {name!r} ({manifest.title}) to be here, found none of its sounds. "
        f"{' '.join(ways)} Or put what you have into {place}."
    )
