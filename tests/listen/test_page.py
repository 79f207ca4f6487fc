"""HTML players keep the level, say their names, and hold exactly what they got."""

import base64
import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest
import soundfile

from clarity_lab import audio, listen, manifests
from clarity_lab.listen.page import level_in_words


def sounds_in(tag):
    """The sounds inside a piece of HTML, decoded, shape (samples,) or (samples, 2)."""
    data = re.findall(r'src="data:audio/flac;base64,([^"]+)"', tag)
    return [soundfile.read(io.BytesIO(base64.b64decode(one))) for one in data]


class Names(HTMLParser):
    """Collects what a screen reader would read: texts and labels."""

    def __init__(self, tag):
        super().__init__()
        self.texts, self.labels, self.open = [], [], []
        self.feed(tag)

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.labels += [value for name, value in attrs if name == "aria-label"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture
def noise(rng):
    return np.clip(0.1 * rng.standard_normal(4_000), -1, 1)


@pytest.mark.parametrize("gain", [1.0, 0.1, 0.001])
def test_a_player_holds_the_sound_at_its_own_level(noise, gain):
    tag = listen.audio_html(gain * noise, sample_rate=16_000)
    [(played, sample_rate)] = sounds_in(tag)
    assert sample_rate == 16_000
    assert played == pytest.approx(gain * noise, abs=1 / 32_768)


def test_left_is_played_left(noise):
    tag = listen.audio_html(np.stack([noise, 0 * noise]), sample_rate=16_000)
    [(played, _)] = sounds_in(tag)
    assert np.any(played[:, 0])
    assert not np.any(played[:, 1])


def test_a_title_is_shown_read_aloud_and_harmless(noise):
    tag = listen.audio_html(noise, sample_rate=16_000, title='<b> & "quotes"')
    names = Names(tag)
    assert names.texts == ['<b> & "quotes"']
    assert names.labels == ['<b> & "quotes"']


def test_a_page_needs_nothing_from_elsewhere(noise):
    tag = listen.audio_html(noise, sample_rate=16_000)
    assert "http" not in re.sub(r"base64,[^\"]+", "", tag)


def test_a_saved_recording_is_smaller_than_its_wav():
    path = manifests.fetch("samples", "speech/librispeech-1272-135031-0011.flac")
    samples, sample_rate = audio.load(path)
    tag = listen.audio_html(samples, sample_rate=sample_rate)
    assert len(tag) < 0.75 * (2 * samples.size * 4 / 3)


def test_a_sound_above_full_scale_is_refused_with_a_way_out():
    with pytest.raises(ValueError, match=r"sample is 2, .*one factor below 0.5"):
        listen.audio_html([0.0, -2.0], sample_rate=8_000)


@pytest.mark.parametrize("samples", [np.zeros((8, 100)), np.zeros((30, 2))])
def test_many_channels_are_refused_with_a_way_out(samples):
    with pytest.raises(ValueError, match=r"left ear first, got .* Choose channels"):
        listen.audio_html(samples, sample_rate=8_000)


def test_nothing_cannot_be_played():
    with pytest.raises(ValueError, match="at least 1 sample"):
        listen.audio_html(np.zeros(0), sample_rate=8_000)


def test_one_factor_scales_all_sounds_of_a_comparison(noise):
    loud = noise / np.max(np.abs(noise))
    table = listen.table_html({"loud": 2 * loud, "soft": loud / 8}, sample_rate=8_000)
    (first, _), (second, _) = sounds_in(table)
    assert audio.level_dbfs(first) - audio.level_dbfs(second) == pytest.approx(
        24.08, abs=0.01
    )
    assert 0.98 < np.max(np.abs(first)) <= 1


def test_the_common_factor_is_the_one_the_loudest_channel_needs():
    assert listen.safe_gain_db([[0.1, -0.1], [[0.5, 0.1], [0.0, -4.0]]]) == -12.1
    assert listen.safe_gain_db([np.zeros(3), [0.5]]) == 0


def test_the_common_factor_is_printed():
    sounds = {"loud": [0.0, 2.0], "soft": [0.0, 0.1]}
    table = listen.table_html(sounds, sample_rate=8_000)
    assert "All played -6.1 dB" in table
    table = listen.table_html({"loud": [0.0, 2.0]}, sample_rate=8_000)
    assert "Played -6.1 dB" in table


def test_sounds_within_full_scale_are_played_as_they_are(noise):
    table = listen.table_html({"a": noise}, sample_rate=8_000)
    assert "Played as it is" in table
    assert sounds_in(table)[0][0] == pytest.approx(noise, abs=1 / 32_768)
    table = listen.table_html({"a": noise, "b": noise}, sample_rate=8_000)
    assert "Played as they are" in table


def test_a_given_gain_is_used_and_may_not_clip(noise):
    table = listen.table_html({"a": noise}, sample_rate=8_000, gain_db=-20)
    assert sounds_in(table)[0][0] == pytest.approx(noise / 10, abs=1 / 32_768)
    with pytest.raises(ValueError, match="above full scale"):
        listen.table_html({"a": noise}, sample_rate=8_000, gain_db=40)


def test_a_table_names_each_sound_its_level_and_its_words():
    table = listen.table_html(
        {"tone <1>": [0.1, -0.1], "pause": [0.0, 0.0]},
        sample_rate=8_000,
        title="Two sounds",
        transcripts={"tone <1>": "la & la"},
    )
    names = Names(table)
    for text in ("tone <1>", "-20.0", "la & la", "pause", "silent", "Transcript"):
        assert text in names.texts
    assert names.labels == ["tone <1>", "pause"]


def test_only_silence_is_silent():
    with np.errstate(over="ignore"):
        assert level_in_words([1e200]) == "inf"
    assert level_in_words([0.0]) == "silent"


def test_a_transcript_without_a_sound_is_noticed():
    with pytest.raises(ValueError, match="transcripts of a, got one of b"):
        listen.table_html({"a": [0.0]}, sample_rate=8_000, transcripts={"b": "words"})


def test_a_bad_sound_of_several_is_named():
    with pytest.raises(ValueError, match="finite broken, got 1 NaN"):
        listen.table_html({"good": [0.0], "broken": [np.nan]}, sample_rate=8_000)


def test_a_table_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one sound"):
        listen.table_html({}, sample_rate=8_000)


def test_a_rate_that_no_player_knows_is_explained(noise):
    with pytest.raises(ValueError, match=r"up to 655350 Hz, got 1000000"):
        listen.audio_html(noise, sample_rate=1_000_000)
    assert listen.audio_html(noise, sample_rate=listen.MAX_SAMPLE_RATE)
