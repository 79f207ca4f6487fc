"""A room from above that moves with its sound, with a kernel and without."""

import base64
import html
import io
import json
import re

import numpy as np
import pytest
import soundfile

pytest.importorskip("anywidget", reason="needs the lessons' packages")

from clarity_lab import scenes, widgets

RATE = 16_000


@pytest.fixture
def room():
    return scenes.Room(
        "mine",
        (5, 4, 2.5),
        scenes.Source((0, 1, 1.2), view=(0, 1, 0)),
        target=scenes.Source((0, 3, 1.2)),
        interferers=(scenes.Source((1, 2, 1.2)), scenes.Source((-1, 2, 1.2))),
    )


def watched(room, /, *, level=0.1, **changes):
    turning = np.linspace(0, -np.pi / 6, RATE)
    late = np.concatenate([np.zeros(RATE // 2), np.full(RATE // 2, 0.1)])
    given = {"room": room, "head_turn_rad": turning, "sources": {"target": late}}
    given |= {"sound": np.full((2, RATE), level), "sample_rate": RATE}
    return widgets.watch_scene(**(given | changes))


@pytest.fixture
def static(monkeypatch):
    monkeypatch.setenv("CLARITY_LAB_STATIC", "1")


def test_the_map_turns_with_the_head_and_grows_with_the_sound(room):
    frames = watched(room).frames
    assert len(frames["nose"]) == len(frames["size"]["target"]) == 20
    assert frames["nose"][0] == 90
    assert frames["nose"][-1] == pytest.approx(60, abs=2)
    assert frames["size"]["target"][:10] == [0] * 10
    assert frames["size"]["target"][10:] == [1] * 10


def test_whoever_is_not_in_the_scene_is_pale(room):
    picture = watched(room).map
    talkers = re.findall(r'opacity="([\d.]+)"><circle data-who="(.*?)"', picture)
    assert talkers == [
        ("1", "target"),
        ("0.25", "interferer 1"),
        ("0.25", "interferer 2"),
    ]


def test_a_saved_lesson_holds_the_map_and_no_sound(room):
    page = watched(room)._repr_mimebundle_()[0]["text/html"]
    assert "<audio" not in page
    assert "nose at 90 degrees" in page
    assert len(page) < 20_000


def test_without_a_kernel_it_moves_and_leaves_the_sound_as_it_is(room, static):
    scene = watched(room)
    page = scene.preview_html()
    data = re.search(r"audio/flac;base64,([^\"]+)", page)[1]
    sound, rate = soundfile.read(io.BytesIO(base64.b64decode(data)))
    np.testing.assert_allclose(sound, 0.1, atol=2**-15)
    assert rate == RATE
    assert len(page) - len(data) < 10_000
    frames = json.loads(html.unescape(re.search(r'data-frames="(.*?)"', page)[1]))
    assert frames == scene.frames


def test_what_would_clip_is_played_softer_and_that_is_told(room, static):
    scene = watched(room, level=2.0)
    assert scene.gain_db == pytest.approx(-6.1)
    assert "-6.1 dB" in scene.caption
    data = re.search(r"audio/flac;base64,([^\"]+)", scene.preview_html())[1]
    sound, _ = soundfile.read(io.BytesIO(base64.b64decode(data)))
    np.testing.assert_allclose(sound, 2 * 10 ** (-6.1 / 20), atol=2**-15)


def test_a_silent_source_has_no_ring(room):
    frames = watched(room, sources={"interferer 2": np.zeros(RATE)}).frames
    assert frames["size"] == {"interferer 2": [0] * 20}


def test_a_source_of_another_room_or_length_is_refused(room):
    with pytest.raises(ValueError, match="got interferer 3"):
        watched(room, sources={"interferer 3": np.ones(RATE)})
    with pytest.raises(ValueError, match="zeros around it"):
        watched(room, sources={"target": np.ones(RATE // 2)})


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"head_turn_rad": np.full(RATE, np.nan)}, ValueError, "got nan at sample 0"),
        (
            {"head_turn_rad": np.r_[np.zeros(RATE - 1), np.inf]},
            ValueError,
            "got inf at",
        ),
        ({"head_turn_rad": 0.3}, ValueError, r"shape \(samples,\), got shape \(\)"),
        ({"head_turn_rad": []}, ValueError, r"got shape \(0,\)"),
        ({"head_turn_rad": "left"}, TypeError, "numbers in radians, got 'left'"),
        ({"head_turn_rad": np.zeros(RATE - 1)}, ValueError, "sound as long as the sce"),
        ({"sound": np.ones(RATE + 1)}, ValueError, "sound as long .*16000 .*got 16001"),
        (
            {"sources": {"target": np.ones(RATE - 1)}},
            ValueError,
            "target as long .*15999",
        ),
        ({"sources": [np.ones(RATE)]}, TypeError, "sources as a dictionary.*got list"),
        ({"room": "R06001"}, TypeError, "room as a scenes.Room, got 'R06001'"),
        ({"sample_rate": 8}, ValueError, "at least 8000 Hz, got 8. Resample"),
    ],
)
def test_a_wrong_argument_is_explained(room, changes, error, message):
    with pytest.raises(error, match=message):
        watched(room, **changes)
