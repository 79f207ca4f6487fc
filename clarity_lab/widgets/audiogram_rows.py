"""A listener as the rows that a page edits: one number per frequency, or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan
from typing import Any

import traitlets

from clarity_lab.hearing import Audiogram, Listener

EARS = ("right", "left")  # the audiologist's order
ROWS = ("frequencies_hz", "right_db_hl", "left_db_hl", "name")


class RefusedError(traitlets.TraitError, ValueError):
    """What traitlets takes back, and what everybody else catches as ValueError."""


class Row(traitlets.List):
    """Numbers, as a list or an array; NaN and None both stand for "not measured"."""

    def validate(self, obj: traitlets.HasTraits, value: Iterable) -> list:
        """Take what can be read as numbers."""
        try:
            row = [None if one is None else float(one) for one in value]
        except (TypeError, ValueError) as error:
            raise RefusedError(
                f"expected {self.name} as a row of numbers, None where nothing was "
                f"measured, got {value!r}."
            ) from error
        return super().validate(
            obj, [None if one is None or isnan(one) else one for one in row]
        )


def listener_of(
    *,
    frequencies_hz: list[float],
    right_db_hl: list[float | None],
    left_db_hl: list[float | None],
    name: str,
) -> Listener:
    """The listener whose ears have these thresholds, measured where there is one.

    Args:
        frequencies_hz: Of the rows.
        right_db_hl: One threshold each, None where nothing was measured.
        left_db_hl: The same of the left ear.
        name: Who it is.

    Returns:
        The listener.

    Raises:
        TypeError: If the name is empty.
        ValueError: If a row has another length, nothing in it, or an impossible value.

    Example:
        >>> listener_of(frequencies_hz=[500, 2000], right_db_hl=[20, 60],
        ...             left_db_hl=[10, None], name="L1").left.frequencies_hz
        (500.0,)
    """
    ears = {}
    for ear, row in (("right", right_db_hl), ("left", left_db_hl)):
        if len(row) != len(frequencies_hz):
            raise ValueError(
                f"expected {len(frequencies_hz)} thresholds of the {ear} ear, one per "
                f"frequency, got {len(row)}. To change the frequencies set .listener."
            )
        pairs = zip(frequencies_hz, row, strict=True)
        measured = [(hz, db_hl) for hz, db_hl in pairs if db_hl is not None]
        if not measured:
            raise ValueError(
                f"expected at least one measured threshold of the {ear} ear, got none."
            )
        ears[ear] = Audiogram(*zip(*measured, strict=True))
    return Listener(name, **ears)


def rows_of(listener: Listener) -> dict[str, Any]:
    """Every frequency of either ear, and the thresholds: None where an ear has none.

    Args:
        listener: Two ears, perhaps measured at different frequencies.

    Returns:
        What `listener_of` takes.

    Example:
        >>> ears = Audiogram((500,), (10,)), Audiogram((500, 2000), (20, 60))
        >>> rows_of(Listener("L1", *ears))["left_db_hl"]
        [10.0, None]
    """
    ears = {ear: getattr(listener, ear) for ear in EARS}
    known = {
        ear: dict(zip(one.frequencies_hz, one.thresholds_db_hl, strict=True))
        for ear, one in ears.items()
    }
    hz = sorted({*known["right"], *known["left"]})
    rows = {f"{ear}_db_hl": [known[ear].get(one) for one in hz] for ear in EARS}
    return {"frequencies_hz": hz, **rows, "name": listener.name}
