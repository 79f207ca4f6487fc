"""Every control of the HASPI explorer moves the score, or the words say why not."""

import re

import numpy as np
import pytest

pytest.importorskip("ipywidgets", reason="needs the lessons' packages")
matplotlib = pytest.importorskip("matplotlib", reason="needs the lessons' packages")
matplotlib.use("Agg")

from clarity_lab import audio, hearing, manifests, metrics, widgets  # noqa: E402

SAMPLE_RATE = 16_000


@pytest.fixture(scope="module")
def sounds():
    speech, noise = (
        audio.load(
            manifests.fetch("samples", path),
            channel=0,
            sample_rate=SAMPLE_RATE,
            duration_s=2,
        )[0]
        for path in ("speech/librispeech-1320.flac", "noise/rain.ogg")
    )
    return speech, noise


@pytest.fixture
def explorer(sounds):
    return widgets.explore_haspi(*sounds, sample_rate=SAMPLE_RATE)


def score(explorer):
    return float(re.search(r"HASPI ([\d.]+)\.<", explorer.view.value)[1])


def explains_itself(explorer):
    return re.search("on its floor|at its top", explorer.view.value) is not None


def test_the_shown_score_is_haspi_of_that_ear_at_that_level(explorer, sounds):
    speech, noise = sounds
    explorer.controls["snr_db"].value = 12
    explorer.controls["level_db_spl"].value = 75
    explorer.controls["ear"].value = "N2"
    expected = metrics.haspi(
        audio.mix_at_snr(speech, noise, snr_db=12)[0],
        reference=speech,
        sample_rate=SAMPLE_RATE,
        audiogram=hearing.standard_audiogram("N2"),
        rms_one_db_spl=75 - audio.level_dbfs(speech),
    )
    assert score(explorer) == pytest.approx(expected, abs=6e-4)


@pytest.mark.parametrize("ear", ["normal", "N3"])
@pytest.mark.parametrize("end", ["min", "max"])
@pytest.mark.parametrize("control", ["snr_db", "level_db_spl"])
def test_each_end_of_a_slider_moves_the_score_or_says_why_not(
    explorer, control, end, ear
):
    explorer.controls["ear"].value = ear
    before = score(explorer)
    slider = explorer.controls[control]
    slider.value = getattr(slider, end)
    assert abs(score(explorer) - before) > 0.01 or explains_itself(explorer)
    assert "<img alt=" in explorer.view.value


def test_more_noise_and_more_loss_lower_the_score(explorer):
    start = score(explorer)
    explorer.controls["snr_db"].value = -10
    assert score(explorer) < start
    explorer.controls["snr_db"].value = 30
    assert score(explorer) > start
    healthy = score(explorer)
    explorer.controls["ear"].value = "N3"
    assert score(explorer) < healthy


@pytest.mark.parametrize("ear", widgets.intelligibility.EARS)
def test_every_ear_of_the_list_can_be_chosen(explorer, ear):
    explorer.controls["ear"].value = ear
    assert 0 <= score(explorer) <= 1
    assert 'role="alert"' not in explorer.view.value


def test_the_floor_and_the_top_are_told(explorer):
    explorer.controls["snr_db"].value = -10
    assert "on its floor" in explorer.view.value
    explorer.controls["snr_db"].value = 30
    assert "at its top" in explorer.view.value


def test_a_reference_that_is_too_soft_is_told(explorer):
    assert "reference is so soft" not in explorer.view.value
    explorer.controls["level_db_spl"].value = 40
    assert "reference is so soft" in explorer.view.value


def test_players_keep_one_gain_whatever_the_noise(explorer):
    gains = set()
    for snr_db in (-10, 30):
        explorer.controls["snr_db"].value = snr_db
        gains.add(explorer.player.gain_db)
        loudest = max(np.max(np.abs(x)) for x in explorer.player.sounds.values())
        assert loudest * 10 ** (explorer.player.gain_db / 20) <= 1
    assert len(gains) == 1, "the level of the clean speech must stay"


def test_silence_is_refused(sounds):
    with pytest.raises(ValueError, match="silence"):
        widgets.explore_haspi(0 * sounds[0], sounds[1], sample_rate=SAMPLE_RATE)
