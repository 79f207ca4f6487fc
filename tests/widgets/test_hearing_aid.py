"""The hearing aid's explorers: each control changes the sound at both of its ends."""

import re

import numpy as np
import pytest

pytest.importorskip("ipywidgets", reason="needs the lessons' packages")
matplotlib = pytest.importorskip("matplotlib", reason="needs the lessons' packages")
matplotlib.use("Agg")

from clarity_lab import audio, hearing, manifests, widgets  # noqa: E402
from clarity_lab.widgets import hearing_aid  # noqa: E402

SPEECH = "speech/librispeech-1272-135031-0011.flac"
SAMPLE_RATE = 16_000


@pytest.fixture(scope="module")
def speech():
    return audio.load(manifests.fetch("samples", SPEECH), duration_s=1.5)[0]


@pytest.fixture(scope="module")
def soft_and_loud(speech):
    levels_db_spl = (50.0, 80.0, 50.0)
    return np.concatenate([hearing_aid.at_level(speech, db) for db in levels_db_spl])


def played(explorer):
    """The sounds of the player, at the levels they have before the common gain."""
    return np.array(list(explorer.player.sounds.values()))


def haspi_shown(explorer):
    return [
        float(x) for x in re.findall(r"(?:aid|R|C) (\d\.\d\d)[,.]", explorer.view.value)
    ]


def level_db_spl(sound):
    return float(audio.level_dbfs(sound)) + 100


@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize(
    ("name", "ends"),
    [
        ("knee_db_spl", (20, 80)),
        ("ratio", (1, 10)),
        ("attack_ms", (1, 500)),
        ("release_ms", (10, 2000)),
    ],
)
def test_each_screw_of_the_compressor_changes_the_sound(soft_and_loud, name, ends, end):
    explorer = widgets.explore_compressor(soft_and_loud, sample_rate=SAMPLE_RATE)
    control = explorer.controls[name]
    assert (control.min, control.max) == ends
    _, before = played(explorer)
    control.value = control.min if end == "low" else control.max
    _, after = played(explorer)
    assert audio.level_dbfs(after - before) > audio.level_dbfs(before) - 25


def test_soft_parts_get_louder_and_loud_ones_softer(soft_and_loud):
    explorer = widgets.explore_compressor(soft_and_loud, sample_rate=SAMPLE_RATE)
    before, after = played(explorer)
    parts = zip(np.split(before, 3), np.split(after, 3), strict=True)
    soft_db, loud_db, _ = (level_db_spl(b) - level_db_spl(a) for a, b in parts)
    assert soft_db > 3
    assert loud_db < -3


def test_a_ratio_of_one_gives_the_sound_back(soft_and_loud):
    explorer = widgets.explore_compressor(soft_and_loud, sample_rate=SAMPLE_RATE)
    explorer.controls["ratio"].value = 1
    before, after = played(explorer)
    np.testing.assert_allclose(after, before, atol=1e-4)


def test_a_pause_of_zeros_has_a_gap_in_its_gain_and_no_error(speech):
    pause = np.zeros(SAMPLE_RATE)
    talk = np.concatenate([pause, speech, pause])
    explorer = widgets.explore_compressor(talk, sample_rate=SAMPLE_RATE)
    assert "<img" in explorer.view.value


def test_the_other_screws_rest_while_the_ratio_is_one(soft_and_loud):
    explorer = widgets.explore_compressor(soft_and_loud, sample_rate=SAMPLE_RATE)
    others = [one for name, one in explorer.controls.items() if name != "ratio"]
    assert not any(one.disabled for one in others)
    explorer.controls["ratio"].value = 1
    assert all(one.disabled for one in others)


def test_the_measured_gain_is_that_of_the_static_curve(rng):
    tone = 0.1 * np.sqrt(2) * np.sin(2 * np.pi * 1000 * np.arange(32_000) / 16_000)
    after = hearing.wdrc(
        tone, sample_rate=SAMPLE_RATE, gain_db=0.0, ratio=3.0, knee_db_spl=45.0
    )
    times_s, gain_db = audio.measured_gain_db(tone, after, sample_rate=SAMPLE_RATE)
    assert times_s[100] == pytest.approx(1.0)
    assert gain_db[100] == pytest.approx(-2 / 3 * 35, abs=0.2)  # 80 dB SPL


def test_the_rows_are_what_the_ear_hears_of_each_aid(speech):
    explorer = widgets.explore_hearing_aid(speech, sample_rate=SAMPLE_RATE)
    here = {
        "sample_rate": SAMPLE_RATE,
        "audiogram": hearing.standard_audiogram("N3"),
    }
    given = hearing_aid.at_level(speech, 65.0)
    for got, aid in zip(
        played(explorer)[1:],
        (lambda x, **_: x, hearing.apply_nalr, hearing.wdrc),
        strict=True,
    ):
        expected = hearing.simulate_loss(aid(given, **here), **here)
        np.testing.assert_allclose(got, expected, atol=1e-4)


def test_both_aids_make_this_ear_understand_more(speech):
    explorer = widgets.explore_hearing_aid(speech, sample_rate=SAMPLE_RATE)
    without, nalr, wdrc = haspi_shown(explorer)
    assert min(nalr, wdrc) > without + 0.02


def test_wdrc_lifts_soft_speech_above_nal_r_and_keeps_loud_speech_below(speech):
    explorer = widgets.explore_hearing_aid(speech, sample_rate=SAMPLE_RATE)
    less = []
    for level in (45, 85):
        explorer.controls["level_db_spl"].value = level
        _, _, nalr, wdrc = map(level_db_spl, played(explorer))
        less.append(nalr - wdrc)
    assert less[0] < -5 < 10 < less[1]


def test_the_normal_ear_is_played_alike_at_all_levels_unless_that_would_clip(speech):
    explorer = widgets.explore_hearing_aid(speech, sample_rate=SAMPLE_RATE)
    explorer.controls["ear"].value = "N1"
    for level in (45, 85):
        explorer.controls["level_db_spl"].value = level
        assert explorer.player.gain_db == pytest.approx(65 - level, abs=0.1)


@pytest.mark.parametrize("level", [45, 85])
def test_the_level_is_that_of_the_slider(speech, level):
    explorer = widgets.explore_hearing_aid(speech, sample_rate=SAMPLE_RATE)
    slider = explorer.controls["level_db_spl"]
    assert level in (slider.min, slider.max)
    slider.value = level
    assert level_db_spl(played(explorer)[0]) == pytest.approx(level, abs=0.2)


@pytest.mark.parametrize("ear", ["N1", "N4", "S2"])
def test_the_worse_the_ear_the_less_is_heard(speech, ear):
    explorer = widgets.explore_hearing_aid(speech, sample_rate=SAMPLE_RATE)
    at_n3 = level_db_spl(played(explorer)[1])
    explorer.controls["ear"].value = ear
    assert abs(level_db_spl(played(explorer)[1]) - at_n3) > 3


def test_no_figure_stays_open(speech):
    widgets.explore_hearing_aid(speech, sample_rate=SAMPLE_RATE)
    widgets.explore_compressor(speech, sample_rate=SAMPLE_RATE)
    assert matplotlib.pyplot.get_fignums() == []


def test_silence_and_stereo_are_refused():
    with pytest.raises(ValueError, match="silence"):
        widgets.explore_compressor(np.zeros(8000), sample_rate=SAMPLE_RATE)
    with pytest.raises(ValueError, match="silen"):
        widgets.explore_hearing_aid(np.zeros(8000), sample_rate=SAMPLE_RATE)
    with pytest.raises(ValueError, match="Choose a channel"):
        widgets.explore_hearing_aid(np.ones((2, 8000)), sample_rate=SAMPLE_RATE)


def test_an_ear_beyond_the_simulation_is_aided_and_heard_up_to_its_end(speech):
    explorer = widgets.explore_hearing_aid(
        speech, sample_rate=SAMPLE_RATE, listener="N3"
    )
    deaf = hearing.Audiogram((250, 8000), (60, 120))
    explorer.controls["audiogram"].right = explorer.controls["audiogram"].left = deaf
    assert explorer.player.title.endswith("simulated up to 100 dB HL")
    assert len(haspi_shown(explorer)) == 3


def test_what_is_done_to_the_array_later_is_not_heard(speech):
    given = speech.copy()
    explorer = widgets.explore_hearing_aid(given, sample_rate=SAMPLE_RATE)
    given[:] = np.nan
    explorer.controls["level_db_spl"].value = 70
    assert np.isfinite(played(explorer)).all()
