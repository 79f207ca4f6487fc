"""A CEC2 experiment as small as can be: short sentences, the bundled head."""

import contextlib
import io
from pathlib import Path

import numpy as np
import soundfile

from clarity_lab import manifests
from clarity_lab.audio import load, save
from clarity_lab.cli import main

RATE = 44_100


def write_sounds(folder: Path) -> list[str]:
    """Write sentences of 0.9 s and maskers; return the words for `cec2 build`."""
    sources = {
        "targets/one.wav": ("speech/librispeech-1320.flac", 0.5, 0.9),
        "targets/two.wav": ("speech/librispeech-1995.flac", 1.0, 0.9),
        "interferers/speech/talker.wav": ("speech/librispeech-1089.flac", 0.0, 4.5),
        "interferers/noise/rain.wav": ("noise/rain.ogg", 0.0, 4.5),
    }
    for name, (path, start_s, duration_s) in sources.items():
        samples, _ = load(
            manifests.fetch("samples", path, progress=False),
            start_s=start_s,
            duration_s=duration_s,
            sample_rate=RATE,
        )
        samples = np.atleast_2d(samples)[0]
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        save(folder / name, samples, sample_rate=RATE, subtype="FLOAT")
    words = ["--targets", f"{folder}/targets", "--interferers", f"{folder}/interferers"]
    return [*words, "--snr", "-3", "6"]


def run(step: str, root: Path, *words: str) -> tuple[int, str]:
    """Run one step; return its exit status and all it said."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = main(["cec2", step, "--root", str(root), *words])
    return status, said.getvalue()


def build(root: Path, n_scenes: int = 2, *words: str) -> str:
    """Build scenes in one room for two listeners."""
    more = ["--n-rooms", "1", "--who", "L0091", "L0004", "--listeners-per-scene", "2"]
    sounds = write_sounds(root.parent / "sounds")
    status, said = run("build", root, "--scenes", str(n_scenes), *more, *sounds, *words)
    assert status == 0, said
    return said


def contents(folder: Path, pattern: str = "*.wav") -> dict[str, bytes]:
    """Every sound of a folder, sample by sample.

    Not byte by byte: a WAV file in floating point says when it was written.
    """
    return {
        path.name: soundfile.read(path, dtype="float64")[0].tobytes()
        for path in sorted(folder.glob(pattern))
    }
