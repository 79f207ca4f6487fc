"""The only door to data and weights: find, fetch, verify, cache.

A manifest in `data_manifests/` names the files of a set with their length, checksum,
licence and sources. `fetch` looks into the user's own folders, the package and the
cache, and only then asks the sources, in the order the manifest gives. What it returns
is whole, and verified wherever a checksum is known; `verify` calls the rest unchecked.

    >>> from clarity_lab import manifests
    >>> "samples" in manifests.names()
    True
"""

from __future__ import annotations

from clarity_lab.manifests.cache import clean, where
from clarity_lab.manifests.door import fetch, find, verify
from clarity_lab.manifests.errors import (
    CacheError,
    DataError,
    DataWarning,
    DiskFullError,
    ManifestError,
    MissingDataError,
)
from clarity_lab.manifests.manifest import DataFile, Manifest, names, read

__all__ = [
    "CacheError",
    "DataError",
    "DataFile",
    "DataWarning",
    "DiskFullError",
    "Manifest",
    "ManifestError",
    "MissingDataError",
    "clean",
    "fetch",
    "find",
    "names",
    "read",
    "table",
    "verify",
    "where",
]


def __getattr__(name: str):
    if name == "table":  # pandas is only loaded by those who ask for a table
        from clarity_lab.manifests.tables import table

        return table
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
