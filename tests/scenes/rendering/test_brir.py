"""The fast way through binaural responses gives what the plain way gives."""

import numpy as np
import pytest

from clarity_lab.scenes.rendering import brir
from clarity_lab.scenes.rendering.brir import filter_stretch, listen_in
from clarity_lab.scenes.spatial.ambisonics import rotate


def plainly(sounds, responses, angles, filters, *, parity=False):
    """All channels of the whole sound field, turned, then decoded one by one."""
    n = len(angles)
    field = sum(
        np.stack([np.convolve(sound, channel)[:n] for channel in response])
        for sound, response in zip(sounds, responses, strict=True)
    )
    field = rotate(field, -angles, parity=parity)
    ears = [
        sum(np.convolve(x, taps) for x, taps in zip(field, ear, strict=True))
        for ear in filters.swapaxes(0, 1)
    ]
    return np.stack(ears)


def turn(n, start, stop, *, by=0.5):
    return -0.3 + by * np.clip((np.arange(n) - start) / (stop - start), 0, 1)


@pytest.fixture
def scene(rng):
    sounds = rng.standard_normal((2, 900))
    responses = rng.standard_normal((2, 9, 150))
    filters = rng.standard_normal((9, 4, 30))
    return sounds, responses, filters


@pytest.mark.parametrize("parity", [False, True])
@pytest.mark.parametrize(
    ("start", "stop"),
    [(300, 500), (0, 200), (700, 899), (-5, 1_200), (2_000, 3_000), (885, 899)],
    ids=["middle", "from start", "to end", "all along", "never", "just before the end"],
)
def test_cut_and_joined_it_is_the_same_as_in_one_piece(scene, start, stop, parity):
    sounds, responses, filters = scene
    angles = turn(900, start, stop)
    heard = listen_in(
        sounds,
        responses=responses,
        head_turn_rad=angles,
        filters=filters,
        parity=parity,
    )
    expected = plainly(sounds, responses, angles, filters, parity=parity)
    assert heard.shape == (4, 929 if parity else 900)
    np.testing.assert_allclose(heard, expected[:, : heard.shape[1]], atol=1e-9)


def test_a_long_turn_is_worked_off_in_blocks(scene, monkeypatch):
    sounds, responses, filters = scene
    angles = turn(900, 10, 880)
    monkeypatch.setattr(brir, "TURN_BLOCK", 97)
    heard = listen_in(
        sounds, responses=responses, head_turn_rad=angles, filters=filters
    )
    expected = plainly(sounds, responses, angles, filters)[:, :900]
    np.testing.assert_allclose(heard, expected, atol=1e-9)


@pytest.mark.parametrize(("start", "stop"), [(0, 3_000), (50, 60), (2_500, 2_900)])
def test_a_stretch_is_what_it_is_in_the_whole(rng, start, stop):
    sounds = rng.standard_normal((2, 2_600))
    responses = rng.standard_normal((2, 3, 400))
    whole = sum(
        np.stack([np.convolve(sound, channel) for channel in response])
        for sound, response in zip(sounds, responses, strict=True)
    )
    whole = np.pad(whole, ((0, 0), (0, 1)))
    stretch = filter_stretch(sounds, responses=responses, start=start, stop=stop)
    expected = np.pad(whole, ((0, 0), (0, 3_000)))[:, start:stop]
    np.testing.assert_allclose(stretch, expected, atol=1e-9)


def test_a_sound_of_many_blocks_has_no_seams(rng):
    sound = rng.standard_normal((1, 70_000))
    response = rng.standard_normal((1, 1, 100))
    stretch = filter_stretch(sound, responses=response, start=0, stop=70_000)
    expected = np.convolve(sound[0], response[0, 0])[:70_000]
    np.testing.assert_allclose(stretch[0], expected, atol=1e-9)
