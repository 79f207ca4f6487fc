"""Numbers and titles as they are spoken."""

import pytest

from clarity_lab.metrics.spoken import spoken_words


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("0", "zero"),
        ("19", "nineteen"),
        ("20", "twenty"),
        ("90", "ninety"),
        ("101", "one hundred one"),
        ("3,000", "three thousand"),
        ("999999", "nine hundred ninety nine thousand nine hundred ninety nine"),
        ("1000000", "1000000"),
        ("1, 2, 3", "one two three"),
        ("the 3rd of 4", "the 3rd of four"),
        ("50 %", "fifty percent"),
        ("Mr. and Mrs. X", "mister and missus x"),
        ("²", "two"),
    ],
)
def test_numbers_and_titles_are_spelled_out(written, spoken):
    assert spoken_words(written) == spoken


def test_what_is_spelled_out_stays_so():
    once = spoken_words("Dr. No paid 4,321 pounds, Number Ten didn't.")
    assert spoken_words(once) == once
