"""What the browser sends becomes a sound; what it should not send becomes an error."""

import numpy as np
import pytest

pytest.importorskip("anywidget", reason="needs the lessons' packages")

from clarity_lab import widgets


def send(recorder, samples, sample_rate=48_000):
    """Deliver a recording as the browser does."""
    content = {"kind": "recording", "sample_rate": sample_rate}
    buffer = memoryview(np.asarray(samples, dtype="<f4").tobytes())
    recorder._handle_custom_msg(content, [buffer])


def test_a_recording_arrives_bit_by_bit(rng):
    sent = rng.uniform(-1, 1, 4_800).astype(np.float32)
    recorder = widgets.record()
    send(recorder, sent)
    assert np.array_equal(recorder.samples, sent)
    assert recorder.sample_rate == 48_000
    assert recorder.has_recording


def test_the_last_recording_counts():
    recorder = widgets.record()
    send(recorder, [0.1, 0.2], 44_100)
    send(recorder, [0.3], 48_000)
    assert recorder.samples == pytest.approx([0.3])
    assert recorder.sample_rate == 48_000


def test_before_a_recording_there_is_advice():
    recorder = widgets.record()
    assert not recorder.has_recording
    for name in ("samples", "sample_rate"):
        with pytest.raises(RuntimeError, match="Press Record and speak"):
            getattr(recorder, name)


def test_a_broken_recording_is_refused_and_the_old_one_kept():
    recorder = widgets.record()
    send(recorder, [0.5])
    with pytest.raises(ValueError, match="NaN"):
        recorder._receive(
            recorder,
            {"kind": "recording", "sample_rate": 48_000},
            [np.float32([np.nan]).tobytes()],
        )
    assert recorder.samples == pytest.approx([0.5])


def test_other_messages_are_left_alone():
    recorder = widgets.record()
    recorder._handle_custom_msg({"kind": "hello"}, [])
    assert not recorder.has_recording


def test_the_voice_is_no_part_of_the_saved_state(rng):
    recorder = widgets.record()
    empty = len(repr(recorder.get_state()))
    send(recorder, rng.uniform(-1, 1, 48_000))
    assert len(repr(recorder.get_state())) == empty


@pytest.mark.parametrize("max_duration_s", [0, 21, np.nan])
def test_an_impossible_duration_is_explained(max_duration_s):
    with pytest.raises(ValueError, match="max_duration_s"):
        widgets.record(max_duration_s=max_duration_s)


@pytest.mark.parametrize("countdown_s", [-1, 11, 1.5])
def test_an_impossible_countdown_is_explained(countdown_s):
    with pytest.raises(ValueError, match="expected countdown_s, whole, 0 to 10"):
        widgets.record(countdown_s=countdown_s)
