"""PocketSphinx behind our door: it hears, and always the same."""

import sys
from importlib.util import find_spec

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the lessons' packages")

from clarity_lab import audio, manifests
from clarity_lab.models import sphinx
from clarity_lab.models.sphinx import transcribe_with_sphinx

needs_sphinx = pytest.mark.skipif(
    find_spec("pocketsphinx") is None,
    reason="needs pocketsphinx: pip install pocketsphinx",
)


@pytest.fixture(scope="module")
def sentence():
    path = manifests.fetch("samples", "speech/librispeech-2094.flac")
    return audio.load(path)


@needs_sphinx
def test_it_writes_words_alike_at_any_level_and_whatever_came_before(sentence):
    samples, sample_rate = sentence
    text = transcribe_with_sphinx(samples, sample_rate=sample_rate)
    assert text.startswith("that's the way with you")
    for _ in range(2):  # its own adaptation would now hear other words
        again = transcribe_with_sphinx(0.001 * samples, sample_rate=sample_rate)
        assert again == text


@needs_sphinx
def test_silence_says_nothing():
    assert transcribe_with_sphinx(np.zeros(16_000), sample_rate=16_000) == ""


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)
    sphinx.load_sphinx.cache_clear()
    with pytest.raises(ModuleNotFoundError, match="pip install pocketsphinx"):
        transcribe_with_sphinx(np.ones(100), sample_rate=16_000)
