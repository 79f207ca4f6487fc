"""Error rates against counts made by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarity_lab.metrics.text import (
    cer,
    character_errors,
    plain_words,
    wer,
    word_errors,
)

SAID = "i um the phone is i left the portable phone upstairs last night"
WRITTEN = "i got it to the fullest i love to portable form of stores last night"

words = st.lists(st.sampled_from(["yes", "no", "oh", "one"]), max_size=7).map(" ".join)


def test_the_textbooks_example_has_its_rate():
    found = word_errors(WRITTEN, reference=SAID)
    assert found.n_reference == 13
    assert found.rate == pytest.approx(10 / 13)  # 76.9 %: 6 S, 1 D and 3 I there


def test_identical_texts_have_no_errors_whatever_their_spaces():
    assert wer("  one\ttwo \n", reference="one two") == 0
    assert cer("  one\ttwo \n", reference="one two") == 0


def test_the_rate_may_exceed_one():
    assert wer("a b c", reference="d") == 3


def test_many_texts_are_counted_together():
    assert wer(["a", "b b b"], reference=["b", "b b b"]) == 1 / 4


def test_an_empty_reference_among_others_counts_its_insertions():
    assert wer(["a", "b"], reference=["", "b"]) == 1


def test_spaces_are_characters():
    found = character_errors("abc", reference="ab c")
    assert (found.n_deletions, found.n_reference) == (1, 4)


def test_the_alignment_is_printed_in_three_lines():
    text = str(word_errors(["so it was", "x"], reference=["it is was", "x"]))
    first, second, total = text.split("\n\n")
    assert [line.split() for line in first.splitlines()] == [
        ["reference", "**", "it", "is", "was"],
        ["estimate", "so", "it", "**", "was"],
        ["I", "D"],
    ]
    assert second.splitlines() == ["reference  x", "estimate   x"]
    assert total == "50.0% = (0 S + 1 D + 1 I) / 4"


@given(words, words)
def test_the_alignment_holds_both_texts_and_as_many_marks_as_errors(said, written):
    if not said:
        return
    found = word_errors(written, reference=said)
    [pairs] = found.aligned
    assert " ".join(one for one, _, _ in pairs if one) == said
    assert " ".join(other for _, other, _ in pairs if other) == written
    n_errors = found.n_substitutions + found.n_deletions + found.n_insertions
    assert sum(one != other for one, other, _ in pairs) == n_errors


def test_plain_words_keep_apostrophes_and_letters_of_all_languages():
    assert plain_words("'Tis Ørsted's  “naïve” e-mail_2, o'clock!") == (
        "tis ørsted's naïve e mail 2 o'clock"
    )


def test_plain_words_keep_marks_on_letters_and_no_signs_that_cannot_be_seen():
    hindi = "\N{DEVANAGARI LETTER HA}\N{DEVANAGARI VOWEL SIGN I}"
    assert plain_words(f"{hindi} {hindi}!") == f"{hindi} {hindi}"
    assert plain_words("co\N{SOFT HYPHEN}operate") == "cooperate"
    assert plain_words("I \N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16} it") == "i it"


def test_wrong_input_is_told():
    with pytest.raises(ValueError, match="got 2 and 1"):
        wer(["a", "b"], reference="a")
    with pytest.raises(ValueError, match="a rate over nothing"):
        wer("a", reference=" ")
    with pytest.raises(TypeError, match="estimate as text or texts, got int"):
        wer([1], reference=["a"])
    with pytest.raises(TypeError, match="reference as text or texts, got NoneType"):
        wer("a", reference=None)
    with pytest.raises(TypeError, match="estimate as text or texts, got bytes"):
        wer(b"a", reference="a")
