"""Real speech and noise for the hearing metrics."""

from functools import partial
from types import SimpleNamespace

import pytest

from tests.conftest import piece

RATE = 16_000


@pytest.fixture(scope="session")
def sounds():
    """Speech, rain and music at 16 kHz and 65 dB SPL: 1.5 s, the long ones 4.2 s."""
    cut = partial(piece, sample_rate=RATE)
    return SimpleNamespace(
        speech=cut("speech/librispeech-1089.flac"),
        rain=cut("noise/rain.ogg", start_s=0.5),
        music=cut("music/brahms.ogg", start_s=5.0),
        long_speech=cut("speech/librispeech-1089.flac", duration_s=4.2),
        long_rain=cut("noise/rain.ogg", start_s=0.0, duration_s=4.2),
        sample_rate=RATE,
    )
