"""Texts as they are spoken, so that "Mr. 10" is no error for "mister ten".

Lesson: 23_recognition_in_real_life.
"""

from __future__ import annotations

import re

from clarity_lab.metrics.text import plain_words

TEENS = """zero one two three four five six seven eight nine ten eleven twelve thirteen
fourteen fifteen sixteen seventeen eighteen nineteen"""
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
ONES, TENS = TEENS.split(), TENS.split()
TITLES = {"mr": "mister", "mrs": "missus", "dr": "doctor"}
MOST = 999_999


def spoken_words(text: str) -> str:
    """The words as one says them: `plain_words`, with numbers and titles spelled out.

    Some recognisers write as one speaks, others as one writes; compared like this,
    neither loses by it. Whole numbers up to 999 999 are read as such, so a year or a
    telephone number is not; ordinals ("3rd") stay as they are, and of what a sign parts
    ("3.5") each number is read.

    Args:
        text: Anything.

    Returns:
        Lower-case words, single spaces.

    Example:
        >>> spoken_words("Mr. Smith paid 1,250 (90%).")
        'mister smith paid one thousand two hundred fifty ninety percent'
    """
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text).replace("%", " percent")
    words = plain_words(text).split()
    return " ".join(TITLES.get(word) or _spelled(word) for word in words)


def _spelled(word: str) -> str:
    if not (word.isascii() and word.isdigit() and int(word) <= MOST):
        return word
    return _cardinal(int(word))


def _cardinal(number: int) -> str:
    if number < 20:
        return ONES[number]
    if number < 100:
        tens, rest = TENS[number // 10 - 2], number % 10
    elif number < 1000:
        tens, rest = f"{ONES[number // 100]} hundred", number % 100
    else:
        tens, rest = f"{_cardinal(number // 1000)} thousand", number % 1000
    return f"{tens} {_cardinal(rest)}" if rest else tens
