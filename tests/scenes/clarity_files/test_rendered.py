import errno
import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import soundfile

from clarity_lab.scenes.clarity_files import rendered as files
from clarity_lab.scenes.clarity_files.rendered import (
    is_rendered,
    read_rendered,
    rendered_paths,
    write_rendered,
)
from clarity_lab.scenes.rendering.rendering import RenderedScene

RATE = 44_100


@pytest.fixture
def rendered(rng):
    target, interferer = rng.uniform(-1, 1, (2, 4, 2, 500))
    anechoic = rng.uniform(-7, 7, (2, 500))
    angle = np.linspace(-2.5, 2.5, 500)
    return RenderedScene(target, interferer, anechoic, angle, RATE)


def test_the_file_set_is_that_of_cec2(rendered, tmp_path):
    written = write_rendered(rendered, tmp_path / "scenes", "S06001")
    expected = {f"S06001_{part}_CH{n}.wav" for part in files.PARTS for n in range(4)}
    expected |= {"S06001_target_anechoic_CH1.wav", "S06001_hr.wav"}
    assert {path.name for path in (tmp_path / "scenes").iterdir()} == expected
    assert {path.name for path in written} == expected
    assert is_rendered(tmp_path / "scenes", "S06001")


def test_what_is_written_is_read_back_to_16_bit(rendered, tmp_path):
    write_rendered(rendered, tmp_path, "S1")
    again = read_rendered(tmp_path, "S1")
    for part in ("target", "interferer"):
        for pair, norm in enumerate((12, 3, 3, 3)):
            off = getattr(again, part)[pair] - getattr(rendered, part)[pair]
            assert np.max(np.abs(off)) <= norm / 32767 * 1.0001
    off = again.anechoic - rendered.anechoic / np.max(np.abs(rendered.anechoic))
    assert np.max(np.abs(off)) <= 1.0001 / 32767
    np.testing.assert_allclose(again.head_turn_rad, rendered.head_turn_rad, atol=1e-12)
    assert again.sample_rate == RATE


@pytest.mark.parametrize(("pair", "full_scale"), [(0, 12), (1, 3), (2, 3), (3, 3)])
def test_samples_are_scaled_and_cut_as_cec2_does(rendered, tmp_path, pair, full_scale):
    write_rendered(rendered, tmp_path, "S1")
    stored, _ = soundfile.read(tmp_path / f"S1_mix_CH{pair}.wav", dtype="int16")
    expected = np.trunc(32767 * (rendered.mix[pair] / full_scale))
    np.testing.assert_array_equal(stored.T, expected)


def test_straight_ahead_is_written_as_cec2_writes_it(tmp_path):
    sound = np.full((1, 2, 3), 0.1)
    angles = np.array([0.0, np.pi / 2, -np.pi / 2])
    write_rendered(RenderedScene(sound, sound, sound[0], angles, RATE), tmp_path, "S1")
    stored, _ = soundfile.read(tmp_path / "S1_hr.wav")
    np.testing.assert_allclose(stored, [-1.0, -0.5, 0.5])
    again = read_rendered(tmp_path, "S1", n_pairs=1)
    np.testing.assert_allclose(again.head_turn_rad, angles, atol=1e-12)


def test_one_pair_of_microphones_has_its_anechoic_target_in_channel_0(tmp_path):
    paths = rendered_paths(tmp_path, "S1", n_pairs=1)
    assert paths["anechoic", 0].name == "S1_target_anechoic_CH0.wav"
    with pytest.raises(ValueError, match="1 to 4 pairs of microphones, got 5"):
        rendered_paths(tmp_path, "S1", n_pairs=5)


def test_clipping_is_told(rendered, tmp_path):
    louder = RenderedScene(
        20 * rendered.target,
        rendered.interferer,
        rendered.anechoic,
        rendered.head_turn_rad,
        RATE,
    )
    with pytest.warns(UserWarning, match=r"scene S1: \d+ sample\(s\) above"):
        write_rendered(louder, tmp_path, "S1")
    stored, _ = soundfile.read(tmp_path / "S1_target_CH1.wav", dtype="int16")
    assert stored.max() == 32767
    assert stored.min() == -32767


@pytest.mark.parametrize("gone", ["S1_mix_CH3.wav", "S1_hr.wav"])
def test_a_set_that_lacks_a_file_does_not_count(rendered, tmp_path, gone):
    write_rendered(rendered, tmp_path, "S1")
    (tmp_path / gone).unlink()
    assert not is_rendered(tmp_path, "S1")
    with pytest.raises(FileNotFoundError, match=f"not there: {gone}"):
        read_rendered(tmp_path, "S1")


def test_a_full_disk_leaves_nothing_half(rendered, tmp_path, monkeypatch):
    n_written = 0
    really_write = Path.write_bytes

    def write(*args):
        nonlocal n_written
        n_written += 1
        if n_written == 9:
            raise OSError(errno.ENOSPC, "No space left on device")
        really_write(*args)

    monkeypatch.setattr(Path, "write_bytes", write)
    with pytest.raises(OSError, match="room on the disk"):
        write_rendered(rendered, tmp_path, "S1")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_spares_the_set_that_was_there(rendered, tmp_path, monkeypatch):
    write_rendered(rendered, tmp_path, "S1")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}

    def write(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", write)
    with pytest.raises(OSError, match="room on the disk"):
        write_rendered(rendered, tmp_path, "S1")
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert is_rendered(tmp_path, "S1")


@pytest.mark.parametrize("n_moved", [0, 1, 7, 13])
def test_killed_while_files_move_into_place_old_and_new_do_not_mix(
    rendered, tmp_path, n_moved
):
    """Die as by kill -9 after so many files were replaced, an older set being there."""
    write_rendered(rendered, tmp_path, "S1")
    code = f"""
import os, pathlib, numpy as np
from clarity_lab.scenes.clarity_files import rendered as files
from clarity_lab.scenes.rendering.rendering import RenderedScene
really, n = pathlib.Path.replace, 0
def replace(self, target):
    global n
    if n == {n_moved}:
        os._exit(9)
    n += 1
    return really(self, target)
pathlib.Path.replace = replace
x = np.full((4, 2, 50), 0.5)
files.write_rendered(RenderedScene(x, x, x[0], x[0, 0], 44100), {str(tmp_path)!r}, "S1")
"""
    here = os.pathsep.join(sys.path)
    died = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": here}
    )
    assert died.returncode == 9
    assert not is_rendered(tmp_path, "S1")

    write_rendered(rendered, tmp_path, "S1")  # the next run clears up and finishes
    assert is_rendered(tmp_path, "S1")
    assert not list(tmp_path.glob(".*"))


def test_silence_is_written_without_a_warning(tmp_path):
    silence = np.zeros((1, 2, 10))
    scene = RenderedScene(silence, silence, silence[0], np.zeros(10), RATE)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_rendered(scene, tmp_path, "S1")
    assert not read_rendered(tmp_path, "S1", n_pairs=1).anechoic.any()


@pytest.mark.parametrize("part", ["target", "interferer", "anechoic"])
def test_what_is_no_number_is_not_written_as_silence(rendered, tmp_path, part):
    getattr(rendered, part)[..., 7] = np.nan
    with pytest.raises(ValueError, match=r"expected finite .*, the first at sample 7"):
        write_rendered(rendered, tmp_path, "S1")
    assert list(tmp_path.iterdir()) == []
