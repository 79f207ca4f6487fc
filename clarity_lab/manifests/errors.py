"""What can go wrong at the data door, one class per thing a caller may do about it."""

from __future__ import annotations


class DataError(Exception):
    """Any trouble with data or weights; the message says what to do."""


class ManifestError(DataError, ValueError):
    """A manifest is not as it should be; the message names the file and the field."""


class SourceError(DataError):
    """One source cannot give a file; the next source is asked."""


class DownloadError(SourceError):
    """A server did not give the file as the manifest describes it."""


class UnreachableError(DownloadError):
    """A server could not be reached, or does not answer in time."""


class ArchiveError(SourceError):
    """An archive is broken, hostile, or does not hold what was expected."""


class CacheError(DataError):
    """The cache folder cannot be used: no source would help."""


class DiskFullError(CacheError):
    """There is not enough room; the message names the needed and the free bytes."""


class MissingDataError(DataError):
    """No source could give the data; the message says how to bring it by hand."""


class DataWarning(UserWarning):
    """Something beside the way was found wrong, and left out."""
