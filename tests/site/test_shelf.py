"""Sounds and pictures become files: one for the same content, bit by bit."""

import base64
import io

import numpy as np
import pytest
import soundfile

from clarity_lab import listen
from clarity_lab.site.shelf import SMALL_BYTES, Shelf


def uri(content, kind):
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def test_a_sound_leaves_the_page_bit_by_bit(tmp_path, rng):
    sound = np.clip(0.1 * rng.standard_normal(8_000), -1, 1)
    page = Shelf(tmp_path).unpack(listen.audio_html(sound, sample_rate=16_000))
    assert "data:" not in page
    (file,) = (tmp_path / "sounds").iterdir()
    assert f'src="sounds/{file.name}"' in page
    heard, sample_rate = soundfile.read(file)
    assert sample_rate == 16_000
    np.testing.assert_allclose(heard, sound, atol=1 / 2**15)


def test_the_same_sound_in_two_pages_is_one_file(tmp_path):
    shelf = Shelf(tmp_path)
    pages = [shelf.unpack(f'<audio src="{uri(b"x", "audio/flac")}">') for _ in "ab"]
    assert pages[0] == pages[1]
    assert len(list((tmp_path / "sounds").iterdir())) == 1
    shelf.unpack(uri(b"y", "audio/flac"))
    assert len(list((tmp_path / "sounds").iterdir())) == 2


def test_a_small_picture_stays_and_a_large_one_leaves(tmp_path):
    shelf = Shelf(tmp_path)
    small = uri(bytes(SMALL_BYTES), "image/png")
    assert shelf.unpack(small) == small
    large = uri(bytes(SMALL_BYTES + 1), "image/png")
    assert shelf.unpack(large).startswith("pictures/")


def test_other_data_stay_and_unknown_sounds_are_refused(tmp_path):
    shelf = Shelf(tmp_path)
    style = uri(b"p {}", "text/css")
    assert shelf.unpack(style) == style
    with pytest.raises(ValueError, match="audio/midi"):
        shelf.unpack(uri(b"x", "audio/midi"))


def test_damaged_data_are_refused(tmp_path):
    with pytest.raises(ValueError, match="expected base64"):
        Shelf(tmp_path).unpack("data:audio/flac;base64,A")


def test_a_flac_as_python_writes_it_is_known(tmp_path):
    flac = io.BytesIO()
    soundfile.write(flac, np.zeros(10), 8_000, format="FLAC")
    address = Shelf(tmp_path).keep(flac.getvalue(), "audio/flac")
    assert soundfile.info(tmp_path / address).frames == 10
