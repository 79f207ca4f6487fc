"""The published numbers of the MSBG simulation; README.md names their sources."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources


@cache
def table(name: str) -> dict:
    """Read one of the tables in this folder.

    Args:
        name: "filterbanks" or "outer_ear".

    Returns:
        The table as it stands in the file.

    Example:
        >>> table("filterbanks")["sample_rate_hz"]
        44100
    """
    path = resources.files(__name__) / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))
