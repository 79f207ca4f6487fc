"""What the door says while it works: one line before, a bar during a long download."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager

BAR_AFTER_S = 2.0


def in_notebook() -> bool:
    """Whether this Python is the kernel of a notebook."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


def say(text: str) -> None:
    """Show one line: in the cell of a notebook, else beside the standard output."""
    print(text, file=sys.stdout if in_notebook() else sys.stderr, flush=True)


def megabytes(n_bytes: int) -> str:
    """A length a student can read, in decimal units.

    Example:
        >>> megabytes(38_914_602), megabytes(44)
        ('38.9 MB', '44 bytes')
    """
    if n_bytes < 1_000:
        return f"{n_bytes} bytes"
    if n_bytes < 100_000:
        return f"{n_bytes / 1e3:.1f} kB"
    return f"{n_bytes / 1e6:.1f} MB" if n_bytes < 1e9 else f"{n_bytes / 1e9:.1f} GB"


def bar(name: str, *, total: int, done: int, show: bool) -> AbstractContextManager:
    """A bar that appears after two seconds, where somebody can see it."""
    from tqdm.auto import tqdm

    hidden = not show or not (in_notebook() or sys.stderr.isatty())
    return tqdm(
        desc=name,
        total=total,
        initial=done,
        unit="B",
        unit_scale=True,
        delay=BAR_AFTER_S,
        disable=hidden,
        leave=False,
    )
