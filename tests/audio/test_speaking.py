"""A machine that reads aloud: it speaks as asked, and silently."""

import subprocess
import sys
import threading
from importlib.util import find_spec

import numpy as np
import pytest

from clarity_lab import audio
from clarity_lab.audio import speaking

needs_espeak = pytest.mark.skipif(
    find_spec("espeakng_loader") is None,
    reason="needs eSpeak NG: pip install espeakng-loader",
)


def lasts_s(text, **how):
    samples, sample_rate = audio.speak(text, **{"language": "en"} | how)
    return samples.size / sample_rate


def pitch_hz(samples, sample_rate):
    """From the distance of the harmonics: the peak of the cepstrum, 50 to 250 Hz."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, 2048)[::512]
    spectra = np.abs(np.fft.rfft(frames * np.hanning(2048), 8192))
    cepstrum = np.fft.irfft(np.log(spectra + 1e-3)).mean(0)
    lags = np.arange(sample_rate // 250, sample_rate // 50)
    return sample_rate / lags[np.argmax(cepstrum[lags])]


@needs_espeak
def test_it_gives_samples_within_full_scale():
    samples, sample_rate = audio.speak("seven", language="en")
    assert samples.ndim == 1
    assert samples.dtype == np.float32
    assert 0.05 < np.abs(samples).max() <= 1
    assert 0.2 < samples.size / sample_rate < 1


@needs_espeak
def test_more_words_a_minute_take_less_time():
    slow, fast = (lasts_s("one two three", words_per_minute=n) for n in (100, 300))
    assert fast < 0.6 * slow


@needs_espeak
def test_a_higher_pitch_is_a_higher_voice():
    low, high = (
        pitch_hz(*audio.speak("mama moon", language="en", pitch=pitch))
        for pitch in (10, 90)
    )
    assert high > 1.3 * low


@needs_espeak
def test_a_language_reads_the_same_letters_in_its_own_way():
    english, french = (lasts_s("six", language=name) for name in ("en", "fr"))
    assert english != french


@needs_espeak
def test_letters_of_other_scripts_are_read():
    assert 0.2 < lasts_s("семь", language="ru") < 1


@needs_espeak
def test_the_order_of_calls_leaves_no_trace_in_the_voice():
    expected = lasts_s("quattro", language="it")
    audio.speak("a", language="en", voice="f2", words_per_minute=400, pitch=90)
    assert lasts_s("quattro", language="it") == pytest.approx(expected, abs=0.01)


@needs_espeak
def test_a_fresh_python_says_the_same_samples():
    code = (
        "from clarity_lab.audio import speak; import hashlib;"
        "said = [speak('sette', language='it', voice=v)[0] for v in ('f2', 'Annie')];"
        "print(hashlib.sha256(b''.join(map(bytes, said))).hexdigest())"
    )
    words = [sys.executable, "-c", code]
    first, again = (subprocess.run(words, capture_output=True).stdout for _ in "12")
    assert first
    assert first == again


@needs_espeak
def test_threads_do_not_speak_into_each_other():
    words = {"a": "one", "b": "one two three four five six seven"}
    alone = {name: lasts_s(text) for name, text in words.items()}
    together: dict[str, list] = {"a": [], "b": []}

    def talk(name):
        for _ in range(10):
            together[name].append(lasts_s(words[name]))

    threads = [threading.Thread(target=talk, args=(name,)) for name in words]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name, lengths in together.items():
        assert len(lengths) == 10
        assert np.allclose(lengths, alone[name], atol=0.01)


@needs_espeak
@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"text": " "}, "got nothing"),
        ({"text": " . "}, "nothing is heard"),
        ({"language": "klingonish"}, "a language that eSpeak NG speaks"),
        ({"voice": "nobody"}, "See audio.voices"),
        ({"words_per_minute": 20}, "from 80 to 450"),
        ({"pitch": 101}, "from 0 to 100"),
    ],
)
def test_what_cannot_be_said_is_told(wrong, told):
    asked = {"text": "one", "language": "en"} | wrong
    with pytest.raises(ValueError, match=told):
        audio.speak(asked.pop("text"), **asked)


@needs_espeak
def test_after_an_error_it_speaks_again():
    with pytest.raises(ValueError, match="klingonish"):
        audio.speak("one", language="klingonish")
    assert lasts_s("one") > 0.1


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    speaking._engine.cache_clear()
    speaking._data_path.cache_clear()
    with pytest.raises(ModuleNotFoundError, match="pip install espeakng-loader"):
        audio.speak("one", language="en")
