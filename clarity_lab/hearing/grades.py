"""Grades of hearing loss, in the words of the World Health Organization."""

from __future__ import annotations

from math import inf

GRADES_DB_HL = {
    "normal": (-10, 20),
    "mild": (20, 35),
    "moderate": (35, 50),
    "moderately severe": (50, 65),
    "severe": (65, 80),
    "profound": (80, 95),
    "complete": (95, 120),
}
"""From, up to: the mean of 0.5, 1, 2 and 4 kHz in the better ear, "World report on
hearing", 2021, table 1.3; the ends of the scale are those of an audiogram. As bands in
an audiogram they only guide the eye."""


def grade_of(average_db_hl: float) -> str:
    """The grade of a hearing loss.

    Args:
        average_db_hl: Mean threshold at 0.5, 1, 2 and 4 kHz of the better ear, in dB
            HL: `Audiogram.pure_tone_average_db_hl`.

    Returns:
        One of the words of `GRADES_DB_HL`.

    Reference:
        WHO, "World report on hearing", 2021, table 1.3.

    Example:
        >>> grade_of(34), grade_of(35)
        ('mild', 'moderate')
    """
    tops = {name: top for name, (_, top) in GRADES_DB_HL.items()} | {"complete": inf}
    return next(name for name, top in tops.items() if average_db_hl < top)
