"""Letters as numbers: what the recognisers here write with.

Lessons: 20_ctc, 21_attention_asr, 22_decoding_and_wer.
"""

from __future__ import annotations

from collections.abc import Iterable
from string import ascii_lowercase

LETTERS = f" {ascii_lowercase}'"
"""The space that parts words, 26 letters and the apostrophe."""
N_TOKENS = len(LETTERS) + 1
"""Token 0 is CTC's blank; to a model that writes one letter after another it is the
end of the text, and what stands before its first letter."""
SPACE = 1


def encode_text(text: str) -> list[int]:
    """Write a text as tokens from 1 to 28.

    Args:
        text: Lower-case letters, spaces and apostrophes; `metrics.plain_words` makes
            such a text of any.

    Returns:
        One token a character.

    Raises:
        ValueError: If there is another character.

    Example:
        >>> encode_text("a bee")
        [2, 1, 3, 6, 6]
    """
    unknown = sorted(set(text) - set(LETTERS))
    if unknown:
        raise ValueError(
            f"expected letters from a to z, spaces and apostrophes, got {unknown[0]!r} "
            f"in {text!r}. Try metrics.plain_words(text)."
        )
    return [LETTERS.index(letter) + 1 for letter in text]


def decode_tokens(tokens: Iterable[int]) -> str:
    """Read tokens as a text; 0 says nothing.

    Raises:
        ValueError: If a token is out of range.

    Example:
        >>> decode_tokens([2, 1, 3, 6, 6])
        'a bee'
    """
    tokens = [int(token) for token in tokens]
    wrong = [token for token in tokens if not 0 <= token < N_TOKENS]
    if wrong:
        raise ValueError(f"expected tokens from 0 to {N_TOKENS - 1}, got {wrong[0]}.")
    return "".join(LETTERS[token - 1] for token in tokens if token)
