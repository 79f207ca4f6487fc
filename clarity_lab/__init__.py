"""Hear, see and build speech and hearing technology.

Import the room you need: `from clarity_lab.audio import load`. Importing the package
itself is fast: no torch, no matplotlib, no network.
"""

from clarity_lab import torchaudio_guard

__version__ = "0.1.0"

torchaudio_guard.install()
