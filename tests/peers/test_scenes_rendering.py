"""Scenes come out as pyclarity 0.9.0 renders them, file by file, side by side."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from clarity_lab import manifests
from clarity_lab.scenes.building.scene import HeadTurn, Target
from clarity_lab.scenes.clarity_files.rendered import PARTS, is_rendered, read_rendered
from clarity_lab.scenes.clarity_files.scenes import write_scenes
from tests.peers import cec2_scenes

pytest.importorskip(
    "clarity",
    reason="the peer pyclarity 0.9.0 is not installed: "
    "python start.py test installs it",
)
if manifests.find("cec2-room") is None:
    pytest.skip(
        "the CEC2 room is not here: clarity-lab data fetch cec2-room",
        allow_module_level=True,
    )

MIXED = [f"{part}_CH{pair}" for part in PARTS for pair in range(4)]
ROOT = Path(__file__).parents[2]


def short_scene():
    """1.5 s of S06001, its turn to the other side and longer."""
    (scene,) = cec2_scenes.scenes()
    noise, talker = (replace(x, end=66_150) for x in scene.interferers)
    return replace(
        scene,
        name="S1",
        target=Target(scene.target.name, start=9_000, end=60_000),
        interferers=(noise, replace(talker, start=3_000, offset=80_000)),
        n_samples=66_150,
        snr_db=-4.5,
        head_turn=HeadTurn(12_345.6, 30_000.25, start_deg=-80.5, end_deg=-131.25),
    )


def rendered_twice(scene, folder):
    """Pyclarity's folder and ours."""
    write_scenes([scene], folder / "scenes.json")
    command = [sys.executable, "-m", "tests.peers.cec2_scenes"]
    command += [folder / "peer", folder / "scenes.json"]
    places = os.pathsep.join([str(ROOT), *sys.path])
    environment = {**os.environ, "PYTHONPATH": places}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    cec2_scenes.render_ours(scene, folder / "ours")
    return folder / "peer", folder / "ours"


@pytest.fixture(
    scope="module",
    params=["S1", pytest.param("S06001", marks=pytest.mark.slow)],
)
def both(request, tmp_path_factory):
    scene = short_scene() if request.param == "S1" else cec2_scenes.scenes()[0]
    folder = tmp_path_factory.mktemp(scene.name)
    return scene, *rendered_twice(scene, folder)


def read(folder, scene, ending):
    samples, rate = soundfile.read(folder / f"{scene.name}_{ending}.wav", dtype="int16")
    assert rate == 44_100
    return samples.astype(int)


@pytest.mark.parametrize("ending", [*MIXED, "target_anechoic_CH1"])
def test_never_one_step_of_16_bit_further_and_equal_on_999_in_1000(both, ending):
    scene, peer, ours = both
    theirs, mine = read(peer, scene, ending), read(ours, scene, ending)
    assert np.max(np.abs(theirs)) > 1_000
    assert mine.shape == theirs.shape
    assert np.max(np.abs(mine - theirs)) <= 1
    assert np.mean(mine == theirs) >= 0.999


def test_the_head_turns_the_same_way(both):
    scene, peer, ours = both
    theirs, _ = soundfile.read(peer / f"{scene.name}_hr.wav")
    mine, _ = soundfile.read(ours / f"{scene.name}_hr.wav")
    np.testing.assert_allclose(mine, theirs, atol=1e-12)
    assert len(np.unique(mine)) > 1_000


def test_the_peers_file_set_counts_as_rendered_and_is_read(both):
    scene, peer, ours = both
    assert is_rendered(peer, scene.name)
    theirs, mine = (read_rendered(folder, scene.name) for folder in (peer, ours))
    np.testing.assert_allclose(theirs.mix, mine.mix, atol=3 * 12 / 32767)


def test_without_parity_what_is_at_the_left_sounds_from_the_left(tmp_path):
    scene = short_scene()
    alone = replace(  # place 1 is at the left; the sentence needs its time
        scene,
        target=replace(scene.target, end=95_000),
        n_samples=100_000,
        interferers=(replace(scene.interferers[0], end=100_000),),
    )
    levels = {}
    for parity in (False, True):
        cec2_scenes.render_ours(alone, tmp_path / str(parity), parity=parity)
        heard = read(tmp_path / str(parity), scene, "interferer_CH0")
        levels[parity] = np.std(heard[:9_000], axis=0)  # before the head turns
    assert levels[False][0] > 1.15 * levels[False][1]
    assert levels[True][1] > 1.15 * levels[True][0]
