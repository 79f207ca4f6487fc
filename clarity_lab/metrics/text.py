"""Word and character error rates, and the alignment they come from.

Lessons: 20_ctc, 22_decoding_and_wer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

Texts = str | Sequence[str]

MARKS = {"equal": "", "substitute": "S", "delete": "D", "insert": "I"}
NOTHING = "*"


@dataclass(frozen=True)
class TextErrors:
    """How texts differ from their references, over all of them together.

    Attributes:
        n_substitutions: Units said in place of others.
        n_deletions: Units of the references that are missing.
        n_insertions: Units too many.
        n_reference: Units of the references.
        aligned: For each text, its units one by one: (reference, estimate, operation),
            with "" where there is none.
    """

    n_substitutions: int
    n_deletions: int
    n_insertions: int
    n_reference: int
    aligned: tuple[tuple[tuple[str, str, str], ...], ...]

    @property
    def n_errors(self) -> int:
        """Of all three kinds."""
        return self.n_substitutions + self.n_deletions + self.n_insertions

    @property
    def rate(self) -> float:
        """Errors over units of the references; above 1 if more was said than meant."""
        return self.n_errors / self.n_reference

    def __str__(self) -> str:
        """Each alignment in three lines, with S, D and I below the errors."""
        blocks = [_three_lines(pairs) for pairs in self.aligned]
        return "\n\n".join([*blocks, self._sum()])

    def _sum(self) -> str:
        return (
            f"{self.rate:.1%} = ({self.n_substitutions} S + {self.n_deletions} D + "
            f"{self.n_insertions} I) / {self.n_reference}"
        )


def wer(estimate: Texts, *, reference: Texts) -> float:
    """Word error rate; lower is better, 0 is perfect, above 1 is possible.

    Texts are compared as they are: "Yes," and "yes" differ. `plain_words` takes case
    and punctuation away.

    Args:
        estimate: What a recogniser wrote, one text or many.
        reference: What was said, likewise. Many are counted together, so a long text
            weighs more than a short one.

    Returns:
        Substitutions, deletions and insertions over words of the reference.

    Raises:
        TypeError: If these are no texts.
        ValueError: If there are not as many texts as references, or no word was said.

    Reference:
        Jurafsky and Martin, Speech and Language Processing, 3rd edition draft, chapter
        on automatic speech recognition: "ASR evaluation: word error rate".

    Example:
        >>> wer("a bat sat down", reference="the cat sat")
        1.0
    """
    return word_errors(estimate, reference=reference).rate


def cer(estimate: Texts, *, reference: Texts) -> float:
    """Character error rate; lower is better. Spaces are characters, too.

    Args:
        estimate: What a recogniser wrote, one text or many.
        reference: What was said, likewise.

    Returns:
        Substitutions, deletions and insertions over characters of the reference.

    Raises:
        TypeError: If these are no texts.
        ValueError: If there are not as many texts as references, or nothing was said.

    Example:
        >>> cer("cut", reference="cats")
        0.5
    """
    return character_errors(estimate, reference=reference).rate


def word_errors(estimate: Texts, *, reference: Texts) -> TextErrors:
    """Which words differ; printed, the alignment with the fewest errors.

    Args:
        estimate: What a recogniser wrote, one text or many.
        reference: What was said, likewise.

    Returns:
        Counts and alignment.

    Raises:
        TypeError: If these are no texts.
        ValueError: If there are not as many texts as references, or no word was said.

    Example:
        >>> print(word_errors("it is not the one", reference="this is the one"))
        reference  this  is  ***  the  one
        estimate   it    is  not  the  one
                   S         I
        <BLANKLINE>
        50.0% = (1 S + 0 D + 1 I) / 4
    """
    import jiwer

    return _errors(jiwer.process_words, *_checked(estimate, reference))


def character_errors(estimate: Texts, *, reference: Texts) -> TextErrors:
    """Which characters differ; otherwise as `word_errors`.

    Args:
        estimate: What a recogniser wrote, one text or many.
        reference: What was said, likewise.

    Returns:
        Counts and alignment.

    Raises:
        TypeError: If these are no texts.
        ValueError: If there are not as many texts as references, or nothing was said.
    """
    import jiwer

    return _errors(jiwer.process_characters, *_checked(estimate, reference))


def plain_words(text: str) -> str:
    """The words alone: lower case, no punctuation but apostrophes, single spaces.

    Args:
        text: Anything.

    Returns:
        The same words.

    Example:
        >>> plain_words("“Don’t,” she said — twice.")
        "don't she said twice"
    """
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    text = "".join(sign if sign == "'" else _in_words(sign) for sign in text)
    text = re.sub(r"(?<!\w)'|'(?!\w)", " ", text)  # quotation marks, not apostrophes
    return " ".join(word for word in text.split() if any(map(str.isalnum, word)))


def _in_words(sign: str) -> str:
    """Letters, numbers and the marks on them stay, invisible signs go, others part."""
    kind = unicodedata.category(sign)
    return sign if kind[0] in "LMN" else "" if kind == "Cf" else " "


def _checked(estimate: Texts, reference: Texts) -> tuple[list[str], list[str]]:
    """Both as lists of texts whose words are one space apart."""
    estimates = _as_list(estimate, name="estimate")
    references = _as_list(reference, name="reference")
    if len(estimates) != len(references):
        raise ValueError(
            "expected as many estimates as references, got "
            f"{len(estimates)} and {len(references)}."
        )
    if not any(references):
        raise ValueError(
            "expected a reference of at least one word, got none: "
            "a rate over nothing is undefined."
        )
    return estimates, references


def _as_list(texts: Texts, *, name: str) -> list[str]:
    if isinstance(texts, str | bytes) or not isinstance(texts, Iterable):
        texts = [texts]
    texts = list(texts)
    for text in texts:
        if not isinstance(text, str):
            kind = type(text).__name__
            raise TypeError(f"expected {name} as text or texts, got {kind}.")
    return [" ".join(text.split()) for text in texts]


def _errors(
    process: Callable, estimates: list[str], references: list[str]
) -> TextErrors:
    found = process(references, estimates)
    units = zip(found.alignments, found.references, found.hypotheses, strict=True)
    return TextErrors(
        found.substitutions,
        found.deletions,
        found.insertions,
        sum(map(len, found.references)),
        tuple(tuple(_one_by_one(*one)) for one in units),
    )


def _one_by_one(
    chunks: Sequence, reference: list[str], estimate: list[str]
) -> Iterator[tuple[str, str, str]]:
    for chunk in chunks:
        said = reference[chunk.ref_start_idx : chunk.ref_end_idx]
        written = estimate[chunk.hyp_start_idx : chunk.hyp_end_idx]
        for one, other in zip_longest(said, written, fillvalue=""):
            yield one, other, chunk.type


def _three_lines(aligned: Sequence[tuple[str, str, str]]) -> str:
    lines = [["reference"], ["estimate"], [""]]
    for said, written, operation in aligned:
        width = max(len(said), len(written))
        for line, unit in zip(lines, (said, written), strict=False):
            line.append(unit or NOTHING * width)
        lines[2].append(MARKS[operation])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(map(str.ljust, line, widths)).rstrip() for line in lines
    ).rstrip()
