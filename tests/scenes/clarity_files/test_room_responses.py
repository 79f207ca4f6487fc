"""Room responses on disk: CEC2's scale there, N3D here."""

import numpy as np
import pytest

from clarity_lab.audio import load, save
from clarity_lab.scenes.clarity_files.room_responses import (
    as_stored,
    read_room_responses,
    write_room_responses,
)
from clarity_lab.scenes.rooms.room import Room
from clarity_lab.scenes.rooms.room_responses import RoomResponses
from clarity_lab.scenes.rooms.simulation import simulate_responses
from clarity_lab.scenes.rooms.source import Source
from clarity_lab.scenes.spatial.ambisonic_decoder import decode, decoder
from clarity_lab.scenes.spatial.binaural import place
from clarity_lab.scenes.spatial.hrir import kemar

RATE = 44_100
SCALE = 1 / np.sqrt(4 * np.pi)
"""Of CEC2's orthonormal harmonics."""


def write_response(path, response):
    save(path, response, sample_rate=RATE, subtype="FLOAT")


def test_room_responses_are_read_as_cec2_names_them(tmp_path, rng):
    stored = rng.uniform(-1, 1, (3, 64, 20))
    for name, response in zip(("t", "i1", "i2"), stored, strict=True):
        write_response(tmp_path / f"HOA_R7_{name}.wav", response)
    responses = read_room_responses(tmp_path, "R7")
    assert responses.sample_rate == RATE
    assert len(responses.interferers) == 2
    np.testing.assert_allclose(
        SCALE * responses.interferers[1], stored[2, :49], atol=1e-6
    )


def test_a_gap_among_the_room_responses_is_named(tmp_path, rng):
    for name in ("t", "i2"):
        path = tmp_path / f"HOA_R7_{name}.wav"
        write_response(path, rng.uniform(-1, 1, (49, 9)))
    with pytest.raises(FileNotFoundError, match=r"HOA_R7_i1\.wav"):
        read_room_responses(tmp_path, "R7")


def test_a_response_of_too_low_an_order_is_refused(tmp_path, rng):
    write_response(tmp_path / "HOA_R7_t.wav", rng.uniform(-1, 1, (16, 9)))
    with pytest.raises(ValueError, match=r"49 channels \(order 6\) in .*, got 16"):
        read_room_responses(tmp_path, "R7")


def test_a_source_without_walls_is_as_loud_through_the_decoder_as_placed(rng):
    """At 1 m, decoded without any factor, it is the head's own response."""
    listener = Source((0, 1, 1.2), view=(0, 1, 0))
    room = Room("open", (5, 4, 2.5), listener, Source((0, 2, 1.2)))
    responses = simulate_responses(
        room, sample_rate=RATE, rng=rng, absorption=1.0, air=False, duration_s=0.1
    )
    heard = decode(responses.target, filters=decoder(kemar()))
    plain = place([1.0], azimuth_deg=0, head=kemar(), sample_rate=RATE)
    low = slice(10, 60)  # 200 Hz to 1.2 kHz, in steps of 20 Hz
    gains = [np.abs(np.fft.rfft(x, RATE // 20 * 2))[:, low] for x in (heard, plain)]
    np.testing.assert_allclose(gains[0].mean(), gains[1].mean(), rtol=0.05)


def test_what_is_written_is_read_again_and_is_as_stored(tmp_path, rng):
    target, *places = rng.uniform(-1, 1, (3, 49, 20))
    responses = RoomResponses(target, tuple(places), RATE)
    write_room_responses(responses, tmp_path, "R7")
    read, stored = read_room_responses(tmp_path, "R7"), as_stored(responses)
    np.testing.assert_array_equal(read.target, stored.target)
    np.testing.assert_array_equal(read.interferers, stored.interferers)
    np.testing.assert_allclose(read.target, target, atol=1e-6)


def test_files_hold_orthonormal_harmonics_as_cec2s_do(tmp_path):
    responses = RoomResponses(np.ones((49, 3)), (), RATE)
    write_room_responses(responses, tmp_path, "R7")
    np.testing.assert_allclose(load(tmp_path / "HOA_R7_t.wav")[0], SCALE, rtol=1e-6)


def test_a_file_that_is_no_numbered_response_is_left_out(tmp_path, rng):
    for name in ("t", "i1", "i1 copy"):
        path = tmp_path / f"HOA_R7_{name}.wav"
        write_response(path, rng.uniform(-1, 1, (49, 9)))
    assert len(read_room_responses(tmp_path, "R7").interferers) == 1


def test_signs_of_search_patterns_in_a_room_s_name_are_only_signs(tmp_path):
    responses = RoomResponses(np.ones((49, 3)), (np.ones((49, 3)),), RATE)
    write_room_responses(responses, tmp_path, "R[7]")
    assert len(read_room_responses(tmp_path, "R[7]").interferers) == 1
