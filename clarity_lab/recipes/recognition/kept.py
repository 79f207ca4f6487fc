"""What real recognisers wrote of the bundled sentences: kept, to be read without them.

Whisper tiny.en as in `models.whisper` and PocketSphinx 5.1, on a CPU, 22 November 2026.
To make it again::

    clarity-lab recognition conditions --names whisper pocketsphinx --out conditions.csv

Lesson: 23_recognition_in_real_life.
"""

from __future__ import annotations

from importlib.resources import files

import pandas as pd

KEPT = files("clarity_lab") / "recipes" / "recognition" / "tables" / "conditions.csv"


def kept_conditions() -> pd.DataFrame:
    """What Whisper and PocketSphinx wrote, as `conditions` returns it.

    Returns:
        One row for each recogniser, condition and sentence; an empty text stays one.
    """
    with KEPT.open(encoding="utf-8") as file:
        return pd.read_csv(file, keep_default_na=False)
