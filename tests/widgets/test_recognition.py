"""The recognition explorer: what is heard, what is read, and nothing twice."""

import re

import numpy as np
import pytest

pytest.importorskip("ipywidgets", reason="needs the lessons' packages")
pytest.importorskip("jiwer", reason="needs the lessons' packages")

from clarity_lab import audio, widgets
from clarity_lab.hearing import simulate_loss, standard_audiogram

RATE = 16_000
SAID = "Mister Ten sat down"


@pytest.fixture
def speech(rng):
    swell = 1.1 + np.sin(2 * np.pi * 4 * np.arange(RATE) / RATE)
    return audio.set_level(swell * rng.standard_normal(RATE), level_dbfs=-30.0)


@pytest.fixture
def room(rng):
    decay = np.exp(-np.arange(RATE // 4) / (RATE / 20))
    return 0.3 * rng.standard_normal(RATE // 4) * decay


class Listens:
    """A recogniser that keeps what it was given."""

    def __init__(self, text):
        self.text, self.heard = text, []

    def __call__(self, samples, *, sample_rate):
        assert sample_rate == RATE
        self.heard.append(np.array(samples))
        return self.text


@pytest.fixture
def right():
    return Listens("Mr. 10 sat down.")


@pytest.fixture
def explorer(speech, room, rng, right):
    return widgets.explore_recognition(
        speech,
        rng.standard_normal(RATE // 3),
        {"right": right, "wrong": Listens("a <bat> sat")},
        sample_rate=RATE,
        reference=SAID,
        room=room,
    )


def heard(explorer):
    return explorer.player.sounds["what it hears"]


def move(explorer, **values):
    for name, value in values.items():
        explorer.controls[name].value = value


def test_at_first_nothing_happens_to_the_sound(explorer, speech):
    np.testing.assert_array_equal(heard(explorer), speech)
    assert explorer.player.title == "As it was recorded"


def test_texts_are_compared_as_they_are_spoken(explorer):
    assert "“Mr. 10 sat down.”" in explorer.view.value
    assert "WER 0%" in explorer.view.value


def test_another_recogniser_writes_another_text_with_its_errors_marked(explorer):
    move(explorer, recogniser="wrong")
    page = explorer.view.value
    assert "WER 75% (2 substituted, 1 deleted, 0 inserted, of 4)" in page
    assert page.count("<sup>S</sup>") == 2
    assert page.count("<sup>D</sup>") == 1
    assert "&lt;bat&gt;" in page
    assert "<bat>" not in page


@pytest.mark.parametrize("snr_db", [-10, 30])
def test_the_slider_is_the_snr(explorer, speech, snr_db):
    move(explorer, noise=True, snr_db=snr_db)
    added = heard(explorer) - speech
    assert audio.level_dbfs(speech) - audio.level_dbfs(added) == pytest.approx(snr_db)


def test_the_snr_rests_while_there_is_no_noise(explorer, speech):
    assert explorer.controls["snr_db"].disabled
    move(explorer, snr_db=-10)
    np.testing.assert_array_equal(heard(explorer), speech)
    move(explorer, noise=True)
    assert not explorer.controls["snr_db"].disabled


def test_the_room_smears_the_sound_and_leaves_its_level(explorer, speech, room):
    move(explorer, room=True)
    assert audio.level_dbfs(heard(explorer)) == pytest.approx(audio.level_dbfs(speech))
    wet = np.convolve(speech, room)[: len(speech)]
    assert np.corrcoef(heard(explorer), wet)[0, 1] == pytest.approx(1)


def test_the_ear_is_spoken_to_at_65_db_spl_whatever_the_file_says(explorer, speech):
    move(explorer, loss="N3")
    expected = simulate_loss(
        audio.set_level(speech, level_dbfs=-20.0),
        sample_rate=RATE,
        audiogram=standard_audiogram("N3"),
        rms_one_db_spl=85.0,
    )
    louder = 10 ** ((-20 - audio.level_dbfs(speech)) / 20)
    np.testing.assert_allclose(heard(explorer) * louder, expected, atol=1e-6)


def test_all_of_it_at_once_is_what_the_recogniser_gets(explorer, right):
    move(explorer, noise=True, snr_db=0, room=True, loss="S2")
    np.testing.assert_array_equal(right.heard[-1], heard(explorer))
    assert explorer.player.title == "SNR +0 dB, in a room, through the ear S2"


def test_what_was_read_once_is_not_read_again(explorer, right):
    move(explorer, noise=True, snr_db=0)
    n_read = len(right.heard)
    page = explorer.view.value
    move(explorer, snr_db=-5)
    move(explorer, snr_db=0, loss="N2")
    move(explorer, loss="none")
    assert explorer.view.value == page
    assert len(right.heard) == n_read + 2  # -5 dB, and N2 at 0 dB
    move(explorer, recogniser="wrong")
    move(explorer, recogniser="right")
    assert len(right.heard) == n_read + 2


def test_one_gain_holds_for_every_position(explorer):
    gain_db = explorer.player.gain_db
    for snr_db in (-10, 30):
        for in_room in (True, False):
            move(explorer, noise=True, snr_db=snr_db, room=in_room)
            assert explorer.player.gain_db == gain_db
            peak = np.max(np.abs(heard(explorer))) * 10 ** (gain_db / 20)
            assert peak <= 1


def test_without_a_room_there_is_none_to_choose(speech, right):
    explorer = widgets.explore_recognition(
        speech, speech, {"right": right}, sample_rate=RATE, reference=SAID
    )
    assert list(explorer.controls) == ["recogniser", "noise", "snr_db", "loss"]


def test_an_empty_text_is_told(speech):
    explorer = widgets.explore_recognition(
        speech, speech, {"mute": Listens("")}, sample_rate=RATE, reference=SAID
    )
    assert "writes nothing" in explorer.view.value
    assert "4 deleted" in explorer.view.value
    assert re.search(r"Said: mister ten sat down", explorer.view.value)


def test_nobody_to_ask_and_nothing_said_are_refused(speech, right):
    given = {"sample_rate": RATE, "reference": SAID}
    with pytest.raises(ValueError, match="at least one recogniser"):
        widgets.explore_recognition(speech, speech, {}, **given)
    with pytest.raises(ValueError, match="at least one word"):
        widgets.explore_recognition(
            speech, speech, {"right": right}, **given | {"reference": " ... "}
        )
