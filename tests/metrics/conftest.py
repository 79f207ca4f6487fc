"""Real speech and noise for the hearing metrics."""

from types import SimpleNamespace

import numpy as np
import pytest

from clarity_lab import audio, manifests

RATE = 16_000


def at_65_db_spl(samples):
    """RMS of -35 dB: 65 dB SPL where an RMS of 1 is 100 dB SPL."""
    return samples * (10 ** (-35 / 20) / np.sqrt(np.mean(samples**2)))


def piece(path, start_s=1.0, duration_s=1.5):
    samples, _ = audio.load(
        manifests.fetch("samples", path),
        channel=0,
        start_s=start_s,
        duration_s=duration_s,
        sample_rate=RATE,
    )
    return at_65_db_spl(samples)


@pytest.fixture(scope="session")
def sounds():
    """Speech, rain and music at 16 kHz and 65 dB SPL: 1.5 s, the long ones 4.2 s."""
    return SimpleNamespace(
        speech=piece("speech/librispeech-1089.flac"),
        rain=piece("noise/rain.ogg", 0.5),
        music=piece("music/brahms.ogg", 5.0),
        long_speech=piece("speech/librispeech-1089.flac", 1.0, 4.2),
        long_rain=piece("noise/rain.ogg", 0.0, 4.2),
        sample_rate=RATE,
    )
