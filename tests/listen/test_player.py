"""The player's Python half; its page is tried in tests/browser."""

import os
import re
import subprocess
import sys

import numpy as np
import pytest

from clarity_lab import listen
from clarity_lab.listen.page import audio_html
from clarity_lab.listen.picture import inked

pytest.importorskip("anywidget", reason="the player is a widget")

RATE = 16_000


@pytest.fixture
def speech(rng):
    return np.clip(0.1 * rng.standard_normal(4_000), -1, 1)


def rows_of(player):
    return {row["label"]: row for row in player.rows}


def test_several_sounds_give_a_row_each_with_the_level_as_given(speech):
    words = {"soft": "hello"}
    player = listen.play_all(
        {"loud": [0.1, -0.1], "soft": [0.001, -0.001], "pause": [0.0, 0.0]},
        sample_rate=RATE,
        title="Three",
        transcripts=words,
        gain_db=-20,
    )
    assert list(rows_of(player)) == ["loud", "soft", "pause"]
    assert [row["level"] for row in player.rows] == ["-20.0", "-60.0", "silent"]
    assert rows_of(player)["soft"]["transcript"] == "hello"
    assert player.title == "Three"
    assert player.caption == "All played -20.0 dB"
    assert player.selected == "loud"


def test_one_sound_is_played_as_it_is_or_not_at_all(speech):
    player = listen.play(speech, sample_rate=RATE, title="noise")
    assert player.gain_db == 0
    np.testing.assert_array_equal(player.sounds["noise"], speech)
    assert player.caption == "Played as it is"
    assert "Played as it is" in player.preview_html()
    with pytest.raises(ValueError, match=r"sample is 2, .*one factor below 0.5"):
        listen.play([0.0, -2.0], sample_rate=RATE)


def test_all_are_lowered_together_and_in_sight_if_one_needs_it():
    player = listen.play_all({"a": [0.0, 2.0], "b": [0.1, 0.0]}, sample_rate=RATE)
    assert player.gain_db == -6.1
    assert player.caption == "All played -6.1 dB"
    assert listen.play_all({"a": [0.5], "b": [1.0]}, sample_rate=RATE).gain_db == 0


def test_the_picture_for_places_without_a_kernel_is_small(rng):
    sounds = {f"sound {n}": 0.1 * rng.standard_normal((2, 48_000)) for n in range(10)}
    player = listen.play_all(sounds, sample_rate=48_000, title="<b> & co")
    shown, _ = player._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in shown
    page = shown["text/html"]
    assert len(page) < 15_000
    assert page.count("<img") == 10
    assert "&lt;b&gt; &amp; co. Played as they are" in page
    assert "<audio" not in page
    assert len(shown["text/plain"]) < 200


@pytest.mark.parametrize("n_sounds", [1, 6, 12, 30, 100])
def test_the_picture_is_small_however_many_there_are(rng, n_sounds):
    sounds = {f"sound {n}": 0.1 * rng.standard_normal(4_000) for n in range(n_sounds)}
    page = listen.play_all(sounds, sample_rate=RATE).preview_html()
    assert page.count("<img") == min(n_sounds, 24)
    assert len(page) < 15_000


def test_a_static_site_gets_plain_players(speech, monkeypatch):
    monkeypatch.setenv("CLARITY_LAB_STATIC", "1")
    player = listen.play_all({"a": speech, "b": speech}, sample_rate=RATE)
    assert player.preview_html().count("<audio controls") == 2


def test_in_the_pictures_the_loudest_sound_fills_the_height_and_a_softer_one_less():
    tone = np.sin(np.arange(100_000))[None]
    loud, soft = (inked(gain * tone, 4.0, (50, 41)) for gain in (4.0, 1.0))
    assert loud.all()
    assert np.array_equal(np.flatnonzero(soft.any(axis=1)), np.arange(15, 26))


def test_nothing_of_a_sound_is_synced_state(speech):
    state = listen.play(speech, sample_rate=RATE).get_state()
    values = {name: value for name, value in state.items() if name[0] != "_"}
    assert len(str(values)) < 2_000
    assert not any(isinstance(one, bytes | memoryview) for one in values.values())


def test_sounds_of_different_rates_are_played_at_the_highest(speech):
    rates = {"a": 16_000, "b": 48_000}
    player = listen.Player({"a": speech, "b": np.zeros(48)}, sample_rate=rates)
    assert player.sample_rate == 48_000
    assert rows_of(player)["a"]["duration_s"] == pytest.approx(0.25)
    assert player.caption.endswith("resampled to 48000 Hz: a from 16000 Hz")
    with pytest.raises(ValueError, match="sample_rate for each sound, got none for b"):
        listen.Player({"a": speech, "b": speech}, sample_rate={"a": RATE})


@pytest.mark.parametrize(("given", "played"), [(1_000, 8_000), (192_000, 96_000)])
def test_a_rate_that_browsers_do_not_promise_is_resampled_and_said(given, played):
    player = listen.Player({"a": np.full(400, 0.1)}, sample_rate=given)
    assert player.sample_rate == played
    assert f"resampled from {given} to {played} Hz" in player.caption


def test_an_update_keeps_what_is_selected_and_never_turns_up(speech):
    player = listen.Player({"a": 2 * speech, "b": 8 * speech}, sample_rate=RATE)
    before_db = player.gain_db
    player.selected = "b"
    player.update({"a": speech, "b": speech}, title="softer")
    assert (player.selected, player.title) == ("b", "softer")
    assert player.gain_db == before_db < 0
    player.update({"a": speech, "b": 100 * speech})
    assert player.gain_db < before_db - 20


def test_an_update_that_cannot_be_played_changes_nothing(speech):
    player = listen.Player({"a": speech}, sample_rate=RATE, gain_db=0)
    with pytest.raises(ValueError, match="finite a, got 1 NaN"):
        player.update({"a": [np.nan]})
    with pytest.raises(ValueError, match="above full scale"):
        player.update({"a": 100 * speech}, gain_db=0)
    np.testing.assert_array_equal(player.sounds["a"], speech)


def test_an_update_may_bring_other_sounds(speech):
    player = listen.Player({"a": speech, "b": speech}, sample_rate=RATE)
    player.selected = "b"
    player.update({"c": speech})
    assert (player.selected, list(player.sounds)) == ("c", ["c"])


def test_a_filter_is_shown_with_the_level_of_what_comes_out(speech):
    player = listen.Player({"in": speech, "out": speech}, sample_rate=RATE)
    player.set_filter("out", of="in", taps=[0.0, 0.1])
    assert player.sounds["out"][0, 1:] == pytest.approx(0.1 * speech[:-1])
    into, out = (float(row["level"]) for row in player.rows)
    assert out == pytest.approx(into - 20, abs=0.11)


def test_a_filter_is_worked_out_once_even_where_it_might_clip(speech, monkeypatch):
    player, runs = listen.Player({"in": speech, "out": speech}, sample_rate=RATE), []
    filtered = listen.player.filtered
    count = lambda *given: runs.append(1) or filtered(*given)  # noqa: E731
    monkeypatch.setattr(listen.player, "filtered", count)
    player.set_filter("out", of="in", taps=[0.9, -0.9, 0.9, -0.9])
    assert len(runs) == 1


def test_a_filter_that_would_clip_is_refused(speech):
    player = listen.Player({"in": speech, "out": speech}, sample_rate=RATE)
    with pytest.raises(ValueError, match="above full scale"):
        player.set_filter("out", of="in", taps=[100.0])
    with pytest.raises(ValueError, match=r"one of in, out, got 'other'"):
        player.set_filter("out", of="other", taps=[1.0])


@pytest.mark.parametrize(
    ("sounds", "error", "message"),
    [
        ({}, ValueError, "at least one sound, got none"),
        ([[0.1], [0.2]], TypeError, "dictionary from label to sound, got list"),
        ({"a": [np.nan]}, ValueError, "finite a, got 1 NaN"),
        ({"a": [np.inf]}, ValueError, "finite a"),
        ({"a": np.zeros(0)}, ValueError, "at least 1 sample"),
        ({"a": np.zeros((3, 900))}, ValueError, "left ear first, got"),
        ({"a": np.array([1, 2])}, TypeError, "floating-point numbers"),
        ({"1": [0.1], 1: [0.2]}, ValueError, "labels that differ, got '1', 1"),
    ],
)
def test_what_cannot_be_played_says_why(sounds, error, message):
    with pytest.raises(error, match=message):
        listen.play_all(sounds, sample_rate=RATE)


def test_a_transcript_is_text(speech):
    for show in (listen.play_all, listen.page.table_html):
        with pytest.raises(TypeError, match="transcript of a as text, got None"):
            show({"a": speech}, sample_rate=RATE, transcripts={"a": None})


def test_a_position_is_a_number(speech):
    player = listen.play(speech, sample_rate=RATE)
    for moment in (np.nan, np.inf):
        with pytest.raises(ValueError, match="position_s as a finite number in s"):
            player.position_s = moment


def test_a_transcript_without_a_sound_is_noticed():
    with pytest.raises(ValueError, match="transcripts of a, got one of b"):
        listen.play_all({"a": [0.0]}, sample_rate=RATE, transcripts={"b": "words"})


def test_a_gain_that_clips_is_refused(speech):
    with pytest.raises(ValueError, match="above full scale"):
        listen.play_all({"a": speech}, sample_rate=RATE, gain_db=40)


@pytest.mark.parametrize("gain_db", [40, np.nan, np.inf])
def test_a_gain_that_is_set_by_code_is_checked_and_told(speech, gain_db):
    player = listen.Player({"a": speech, "b": 0.5 * speech}, sample_rate=RATE)
    player.gain_db = -3
    assert player.caption == "All played -3.0 dB"
    with pytest.raises(ValueError, match=r"above full scale|finite number") as slip:
        player.gain_db = gain_db
    with pytest.raises(ValueError, match=re.escape(str(slip.value))):
        listen.Player({"a": speech}, sample_rate=RATE, gain_db=gain_db)
    assert (player.gain_db, player.caption) == (-3, "All played -3.0 dB")


def test_what_is_done_to_an_array_later_does_not_change_what_is_played(speech):
    given = speech.copy()
    player = listen.Player({"a": given}, sample_rate=RATE)
    given[:] = np.nan
    np.testing.assert_array_equal(player.sounds["a"], speech)
    assert "svg" in player.preview_html() or "img" in player.preview_html()
    with pytest.raises(ValueError, match="read-only"):
        player.sounds["a"][0] = 1
    speech.flags.writeable = False
    assert listen.play(speech, sample_rate=RATE, title="b").sounds["b"] is speech


def test_a_region_behind_the_end_of_shorter_sounds_is_let_go(speech):
    player = listen.Player({"a": speech}, sample_rate=RATE)
    player.loop_region = (0.2, 0.24)
    player.update({"a": speech[: RATE // 8]})
    assert player.loop_region == ()
    player.loop_region = (0.1, 0.24)
    player.update({"a": speech[: RATE // 8]})
    assert player.loop_region == (0.1, 0.24)
    for region in [(0, np.inf), (np.nan, 1)]:
        with pytest.raises(ValueError, match=r"\(start, end\) in seconds"):
            player.loop_region = region


def test_labels_that_are_no_text_are_written_as_text():
    player = listen.play_all(
        {16: [0.1], None: [0.1]}, sample_rate=RATE, transcripts={16: "sixteen"}
    )
    assert list(player.sounds) == ["16", "None"]
    assert rows_of(player)["16"]["transcript"] == "sixteen"


@pytest.mark.parametrize(
    "samples",
    [[0.5], np.zeros(100), np.ones((1, 7)), np.ones((2, 7)), np.float32([0.5, 1])],
    ids=["one-sample", "silence", "one-row", "full-scale", "float32"],
)
def test_unusual_sounds_are_played(samples):
    player = listen.play(samples, sample_rate=96_000)
    assert player.sample_rate == 96_000
    assert "<img" in player.preview_html()


def test_python_can_choose_and_is_told_of_a_slip(speech):
    player = listen.Player({"a": speech, "b": speech}, sample_rate=RATE, loop=True)
    player.selected = "b"
    assert player.loop
    with pytest.raises(ValueError, match="one of a, b, got 'c'"):
        player.selected = "c"
    with pytest.raises(ValueError, match=r"\(start, end\) in seconds"):
        player.loop_region = (0.2, 0.1)


def test_the_page_can_ask_for_the_samples(speech):
    player = listen.Player({"a": speech}, sample_rate=RATE)
    sent = []
    player.send = lambda content, buffers=None: sent.append((content, buffers))
    player._handle_custom_msg({"kind": "ready"}, [])
    about = next(content for content, _ in sent if content["kind"] == "sounds")
    wanted = {"kind": "want", "sound": 0, "start": 0, "stop": 4_000}
    version = about["sounds"][0]["version"]
    player._handle_custom_msg({**wanted, "version": version}, [])
    _, [data] = next(one for one in sent if one[0]["kind"] == "chunk")
    played = np.frombuffer(data, dtype="<i2") * about["sounds"][0]["scale"]
    assert played == pytest.approx(speech, abs=np.max(np.abs(speech)) / 32_767)


def fresh_python(code, **environment):
    words = [sys.executable, "-c", code]
    environment = {**os.environ, **environment}
    done = subprocess.run(
        words, check=True, capture_output=True, text=True, env=environment
    )
    return done.stdout.split()


def test_importing_the_room_stays_light():
    heavy = "{'anywidget', 'ipywidgets', 'IPython', 'matplotlib', 'scipy', 'pandas'}"
    code = f"import sys, clarity_lab.listen; print(*({heavy} & set(sys.modules)))"
    assert fresh_python(code) == []


def test_without_anywidget_the_players_are_html(monkeypatch, speech):
    monkeypatch.setattr(listen, "_has_widgets", lambda: False)
    shown = listen.play(speech, sample_rate=RATE, title="noise")
    assert shown.data == audio_html(speech, sample_rate=RATE, title="noise")
    table = listen.play_all({"a": speech}, sample_rate=RATE)
    assert "Played as it is" in table.data
