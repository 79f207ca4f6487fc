"""Every slider changes what is shown, at both ends, and never hides an error."""

import re

import numpy as np
import pytest

pytest.importorskip("ipywidgets", reason="needs the lessons' packages")
matplotlib = pytest.importorskip("matplotlib", reason="needs the lessons' packages")
matplotlib.use("Agg")

from clarity_lab import audio, manifests, widgets  # noqa: E402
from clarity_lab.plots import figure_html  # noqa: E402
from clarity_lab.widgets.controls import choice  # noqa: E402

SPEECH = "speech/librispeech-1272-135031-0011.flac"


@pytest.fixture(scope="module")
def speech():
    path = manifests.fetch("samples", SPEECH)
    return audio.load(path, duration_s=2)[0]


def played(explorer):
    """Level of each sound as it is played, in dBFS."""
    return [
        float(audio.level_dbfs(sound.ravel())) + explorer.player.gain_db
        for sound in explorer.player.sounds.values()
    ]


def ends(control):
    return control.min, control.max


@pytest.mark.parametrize("end", [0, 1])
def test_the_gain_slider_changes_the_sound_by_its_decibels(speech, end):
    explorer = widgets.explore_gain(speech, sample_rate=16_000)
    gain = explorer.controls["gain_db"]
    gain.value = ends(gain)[end]
    before, after = played(explorer)
    assert after - before == pytest.approx(gain.value, abs=0.2)
    assert gain.value != 0


def test_the_gain_slider_stops_below_full_scale(speech):
    explorer = widgets.explore_gain(speech, sample_rate=16_000)
    gain = explorer.controls["gain_db"]
    loudest = np.max(np.abs(speech)) * 10 ** (gain.max / 20)
    assert 10 ** (-1 / 20) < loudest <= 1


@pytest.mark.parametrize("end", [0, 1])
def test_the_snr_slider_moves_the_noise_and_not_the_speech(speech, rng, end):
    noise = rng.standard_normal(speech.size)
    explorer = widgets.explore_snr(speech, noise, sample_rate=16_000)
    target_before, *_ = played(explorer)
    snr = explorer.controls["snr_db"]
    snr.value = ends(snr)[end]
    target, interferer, mixture = played(explorer)
    assert target == pytest.approx(target_before, abs=1e-9)
    assert target - interferer == pytest.approx(snr.value, abs=0.2)
    assert mixture > interferer


def test_levels_are_written_beside_the_players(speech):
    explorer = widgets.explore_gain(speech, sample_rate=16_000)
    explorer.controls["gain_db"].value = -20
    level = float(audio.level_dbfs(speech))
    assert [row["level"] for row in explorer.player.rows] == [
        f"{level:.1f}",
        f"{level - 20:.1f}",
    ]


def test_stereo_and_silence_can_be_explored():
    explorer = widgets.explore_gain(np.zeros((2, 800)), sample_rate=16_000)
    assert [row["level"] for row in explorer.player.rows] == ["silent", "silent"]
    assert explorer.controls["gain_db"].max == 0


def test_a_noise_that_would_clip_lowers_everything_for_the_whole_slider(speech):
    loud = speech / np.max(np.abs(speech))
    explorer = widgets.explore_snr(loud, loud[::-1].copy(), sample_rate=16_000)
    explorer.controls["snr_db"].value = 20
    gain_db = explorer.player.gain_db
    assert gain_db < explorer.controls["snr_db"].min  # the noise is that much stronger
    assert played(explorer)[0] == pytest.approx(
        audio.level_dbfs(loud) + gain_db, abs=0.01
    )


@pytest.fixture
def drawn(monkeypatch):
    """Shapes of the pictures that were drawn, (freqs, frames)."""
    shapes = []

    def note(figure, *, alt):
        shapes.append(figure.axes[0].images[0].get_array().shape)
        return figure_html(figure, alt=alt)

    monkeypatch.setattr("clarity_lab.widgets.spectrogram.figure_html", note)
    return shapes


@pytest.mark.parametrize("window_ms", [4, 128])
def test_the_window_slider_changes_the_steps_in_frequency(speech, drawn, window_ms):
    explorer = widgets.explore_spectrogram(speech, sample_rate=16_000)
    before = explorer.view.value
    explorer.controls["window_ms"].value = window_ms
    assert drawn[-1][0] == 1 + 16 * window_ms / 2
    assert explorer.view.value != before


def test_the_hop_follows_the_window(speech, drawn):
    explorer = widgets.explore_spectrogram(speech, sample_rate=16_000)
    explorer.controls["window_ms"].value = 4
    assert drawn[-1][1] == 1 + 2_000  # a frame each millisecond of two seconds
    assert "a frame each 1 ms" in explorer.view.value


@pytest.mark.parametrize(("hop_percent", "hop_ms"), [(10, 3.2), (200, 64)])
def test_the_hop_slider_changes_the_steps_in_time(speech, drawn, hop_percent, hop_ms):
    explorer = widgets.explore_spectrogram(speech, sample_rate=16_000)
    before = explorer.view.value
    explorer.controls["hop_percent"].value = hop_percent
    assert drawn[-1][1] == 1 + 32_000 // round(16 * hop_ms)  # two seconds
    assert explorer.view.value != before


@pytest.mark.parametrize(("window_ms", "blur"), [(4, "500 Hz"), (128, "16 Hz")])
def test_the_trade_off_is_told_in_words(speech, window_ms, blur):
    explorer = widgets.explore_spectrogram(speech, sample_rate=16_000)
    explorer.controls["window_ms"].value = window_ms
    alt = re.search(r'alt="([^"]+)"', explorer.view.value).group(1)
    assert f"blurs {window_ms // 2} ms and {blur};" in alt


def test_no_figure_stays_open_behind_a_widget(speech):
    explorer = widgets.explore_spectrogram(speech, sample_rate=16_000)
    explorer.controls["hop_percent"].value = 100
    assert matplotlib.pyplot.get_fignums() == []


def test_eight_channels_are_refused():
    with pytest.raises(ValueError, match="Choose channels"):
        widgets.explore_gain(np.zeros((8, 100)), sample_rate=16_000)
    with pytest.raises(ValueError, match=r"interferer.*Choose channels"):
        widgets.explore_snr(np.ones(100), np.zeros((8, 100)), sample_rate=16_000)
    with pytest.raises(ValueError, match="Choose a channel"):
        widgets.explore_spectrogram(np.zeros((8, 100)), sample_rate=16_000)


def test_a_choice_begins_where_it_is_told_and_else_with_the_first():
    assert choice("Ear", ("N1", "N2")).value == "N1"
    assert choice("Ear", ("N1", "N2"), value="N2").value == "N2"
