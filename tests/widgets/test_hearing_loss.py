"""Every control of the hearing-loss explorer changes the sound, at both ends."""

import numpy as np
import pytest

pytest.importorskip("ipywidgets", reason="needs the lessons' packages")
matplotlib = pytest.importorskip("matplotlib", reason="needs the lessons' packages")
matplotlib.use("Agg")

from clarity_lab import audio, manifests, widgets  # noqa: E402
from clarity_lab.hearing import (  # noqa: E402
    Audiogram,
    simulate_loss,
    standard_audiogram,
)

SPEECH = "speech/librispeech-1272-135031-0011.flac"
RATE = 16_000
LEVEL_ALONE = "threshold alone"
NO_LEVEL = "as they are"


@pytest.fixture(scope="module")
def speech():
    return audio.load(manifests.fetch("samples", SPEECH), duration_s=1)[0]


@pytest.fixture
def explorer(speech):
    return widgets.explore_hearing_loss(speech, sample_rate=RATE)


def played(explorer):
    """The sounds of the player, before and heard."""
    return list(explorer.player.sounds.values())


def loss_db(explorer):
    before, heard = (audio.level_dbfs(np.ravel(x)) for x in played(explorer))
    return float(before - heard)


def turn(explorer, **values):
    for name, value in values.items():
        explorer.controls[name].value = value
    return loss_db(explorer)


def level_between(samples, low_hz, high_hz):
    levels, hz = audio.spectrum_dbfs(samples, sample_rate=RATE)
    return float(np.median(levels[(hz >= low_hz) & (hz <= high_hz)]))


@pytest.mark.parametrize(
    ("name", "low_hz", "high_hz"),
    [
        ("low_db_hl", 200, 500),
        ("mid_db_hl", 1000, 2000),
        ("high_db_hl", 3800, 4300),
    ],
)
def test_each_threshold_slider_takes_its_own_frequencies_away(
    explorer, name, low_hz, high_hz
):
    turn(explorer, low_db_hl=0, mid_db_hl=0, high_db_hl=0, smearing=False)
    before, at_rest = played(explorer)
    turn(explorer, **{name: explorer.controls[name].max})
    heard = played(explorer)[1]
    np.testing.assert_allclose(
        level_between(at_rest, low_hz, high_hz),
        level_between(before, low_hz, high_hz),
        atol=2,  # no loss is nearly transparent
    )
    at_rest_db = level_between(at_rest, low_hz, high_hz)
    assert level_between(heard, low_hz, high_hz) < at_rest_db - 20


def test_a_louder_sound_loses_less_by_recruitment_and_as_much_by_threshold(explorer):
    level = explorer.controls["level_db_spl"]
    soft = turn(explorer, ear="N2", level_db_spl=level.min)
    loud = turn(explorer, level_db_spl=level.max)
    assert soft - loud > 10
    soft = turn(explorer, levels=LEVEL_ALONE, level_db_spl=level.min)
    loud = turn(explorer, level_db_spl=level.max)
    assert soft == pytest.approx(loud, abs=0.1)


def test_smearing_changes_the_sound_and_hardly_its_level(explorer):
    turn(explorer, ear="N3", levels=NO_LEVEL, smearing=False)
    before, sharp = played(explorer)
    turn(explorer, smearing=True)
    smeared = played(explorer)[1]
    assert abs(loss_db(explorer)) < 3
    assert np.std(smeared - sharp) > 0.2 * np.std(before)


@pytest.mark.parametrize("ear", ["N1", "N6", "S3"])
def test_an_ear_is_the_standard_one_and_the_player_plays_its_simulation(
    speech, explorer, ear
):
    turn(explorer, ear=ear, level_db_spl=65)
    expected = simulate_loss(
        speech,
        sample_rate=RATE,
        audiogram=standard_audiogram(ear),
        rms_one_db_spl=65 - float(audio.level_dbfs(speech)),
    )
    np.testing.assert_allclose(played(explorer)[1], expected, atol=2**-15)


def test_the_worst_ear_at_the_softest_level_still_shows(explorer):
    worst = dict.fromkeys(("low_db_hl", "mid_db_hl", "high_db_hl"), 90)
    turn(explorer, **worst, level_db_spl=40)
    assert "grade: severe" in explorer.player.title
    assert "250 Hz 90 dB HL" in explorer.view.value


def test_a_loss_of_the_low_alone_says_why_nothing_is_smeared(explorer):
    turn(explorer, low_db_hl=90, mid_db_hl=0, high_db_hl=0)
    assert "nothing (it counts 2 to 8 kHz), so no smearing" in explorer.player.title
    turn(explorer, high_db_hl=90)
    assert "no smearing" not in explorer.player.title


def test_the_threshold_sliders_rest_while_a_standard_ear_is_chosen(explorer):
    sliders = [explorer.controls[f"{name}_db_hl"] for name in ("low", "mid", "high")]
    assert not any(one.disabled for one in sliders)
    turn(explorer, ear="N3")
    assert all(one.disabled for one in sliders)
    assert not explorer.controls["level_db_spl"].disabled
    turn(explorer, ear=explorer.controls["ear"].options[0])
    assert not any(one.disabled for one in sliders)


def test_the_level_rests_while_nothing_depends_on_it(explorer):
    level = explorer.controls["level_db_spl"]
    assert not level.disabled
    turn(explorer, levels=NO_LEVEL)
    assert level.disabled
    at_65 = played(explorer)[1]
    turn(explorer, level_db_spl=85)
    np.testing.assert_array_equal(played(explorer)[1], at_65)
    turn(explorer, levels=explorer.controls["levels"].options[0])
    assert not level.disabled


def test_a_loud_sound_is_played_alike_through_every_ear(rng):
    loud = rng.uniform(-1, 1, RATE // 4)
    explorer = widgets.explore_hearing_loss(loud, sample_rate=RATE)
    gain_db = explorer.player.gain_db
    for ear in ("N1", "N5"):
        turn(explorer, levels=NO_LEVEL, ear=ear)
        assert explorer.player.gain_db == gain_db
    assert np.max(np.abs(played(explorer)[1])) > 1  # it needs that room


def test_a_drawn_audiogram_is_heard_ear_by_ear(speech):
    explorer = widgets.explore_hearing_loss(speech, sample_rate=RATE, listener="L0001")
    assert not {"ear", "low_db_hl"} & set(explorer.controls)
    editor = explorer.controls["audiogram"]
    editor.right = Audiogram((250, 8000), (0, 0))
    editor.left = Audiogram((250, 8000), (80, 80))
    left, right = played(explorer)[1]
    assert audio.level_dbfs(right) - audio.level_dbfs(left) > 20
    expected = simulate_loss(
        np.stack([speech, speech]),
        sample_rate=RATE,
        audiogram=editor.listener,
        rms_one_db_spl=65 - float(audio.level_dbfs(speech)),
    )
    np.testing.assert_array_equal([left, right], expected)
    assert "left 250 Hz 80 dB HL" in explorer.view.value
    assert "grade: left severe, right nothing" in explorer.player.title


def test_a_stereo_sound_stays_stereo(speech):
    both = np.stack([speech, speech[::-1]])
    explorer = widgets.explore_hearing_loss(both, sample_rate=RATE)
    assert played(explorer)[1].shape == both.shape


def test_an_ear_beyond_the_model_is_simulated_up_to_its_end_and_that_is_told(speech):
    explorer = widgets.explore_hearing_loss(speech, sample_rate=RATE, listener="N3")
    editor = explorer.controls["audiogram"]
    for db_hl in (100, 120):
        editor.right = editor.left = Audiogram((250, 8000), (60, db_hl))
        told = "simulated up to 100 dB HL" in explorer.player.title
        assert told == (db_hl == 120)
        expected = simulate_loss(
            np.stack([speech, speech]),
            sample_rate=RATE,
            audiogram=Audiogram((250, 8000), (60, 100)),
            rms_one_db_spl=65 - float(audio.level_dbfs(speech)),
        )
        np.testing.assert_array_equal(played(explorer)[1], expected)
    assert "left 250 Hz 60 dB HL, 8000 Hz 120 dB HL" in explorer.view.value


def test_no_figure_stays_open(explorer):
    turn(explorer, ear="S1")
    assert matplotlib.pyplot.get_fignums() == []


def test_silence_and_stereo_are_refused():
    with pytest.raises(ValueError, match="got silence"):
        widgets.explore_hearing_loss(np.zeros(800), sample_rate=RATE)
    with pytest.raises(ValueError, match="Choose channels"):
        widgets.explore_hearing_loss(np.ones((8, 100)), sample_rate=RATE)


@pytest.mark.parametrize("factor", [1e30, 1e200, 1e-30, 1e-200])
def test_a_level_that_no_sound_has_is_named(factor):
    tone = factor * np.sin(np.arange(1_600))
    with pytest.raises(ValueError, match="samples with a level from -200 to 300 dB"):
        widgets.explore_hearing_loss(tone, sample_rate=16_000)
