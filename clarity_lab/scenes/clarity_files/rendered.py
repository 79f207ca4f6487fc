"""Rendered scenes as files, as CEC2 names and scales them: all of them or none.

For a scene S06001 heard through four pairs of microphones there are

- `S06001_target_CH0.wav` to `_CH3`, the same of `interferer` and of `mix`: 16 bit,
  32767 for 12.0 at the ear drum (CH0) and for 3.0 behind the ear;
- `S06001_target_anechoic_CH1.wav`: 16 bit, its own peak at 32767;
- `S06001_hr.wav`: the head's angle in half turns, minus 1, between -1 and 1.

Lesson: 10_scene_rendering.
"""

from __future__ import annotations

import glob
import os
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clarity_lab import audio
from clarity_lab.checks import require_samples
from clarity_lab.scenes.names import require_file_name
from clarity_lab.scenes.rendering.rendering import RenderedScene, front_microphone

NORMS = (12.0, 3.0, 3.0, 3.0)
"""Amplitude at full scale: the ear canal's resonance makes the ear drum louder."""

PARTS = ("target", "interferer", "mix")


def rendered_paths(folder: str | os.PathLike, name: str, *, n_pairs: int = 4) -> dict:
    """Where a rendered scene's files are, whether they exist or not.

    Args:
        folder: Of the rendered scenes.
        name: Of the scene.
        n_pairs: How many pairs of microphones it was rendered for, up to 4.

    Returns:
        Paths by (part, pair): ("mix", 1), ...; ("anechoic", 1) and ("head_turn", None),
            which is last.

    Raises:
        ValueError: If there are no pairs, or more than CEC2 has a scale for, or the
            name is none for files.

    Example:
        >>> rendered_paths("scenes", "S06001")["mix", 1].name
        'S06001_mix_CH1.wav'
    """
    if not 1 <= n_pairs <= len(NORMS):
        raise ValueError(
            f"expected 1 to {len(NORMS)} pairs of microphones, got {n_pairs}."
        )
    folder = Path(folder)
    require_file_name(name, what="scene")
    paths = {
        (part, pair): folder / f"{name}_{part}_CH{pair}.wav"
        for part in PARTS
        for pair in range(n_pairs)
    }
    front = front_microphone(n_pairs)
    paths["anechoic", front] = folder / f"{name}_target_anechoic_CH{front}.wav"
    paths["head_turn", None] = folder / f"{name}_hr.wav"
    return paths


def write_rendered(
    rendered: RenderedScene, folder: str | os.PathLike, name: str
) -> list[Path]:
    """Write a rendered scene as CEC2's files; a run that is killed leaves no half set.

    The files are made in a folder beside them and moved into place, the head turn last:
    without it a set does not count. Only one program at a time may write a scene.

    Args:
        rendered: A scene, rendered for up to four pairs of microphones.
        folder: Where to; is made if it is not there. Files of this name are replaced.
        name: Of the scene.

    Returns:
        The files.

    Raises:
        OSError: If they cannot be written, as on a full disk; the set then does not
            count as rendered, or is as it was before.
        ValueError: If there are more pairs of microphones than CEC2 has a scale for, or
            a sample is NaN or infinite.

    Warns:
        UserWarning: If samples are above full scale and are clipped, as CEC2's are.
    """
    folder = Path(folder)
    paths = rendered_paths(folder, name, n_pairs=len(rendered.target))
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in folder.glob(f".{glob.escape(name)}.*.part"):
        shutil.rmtree(leftover, ignore_errors=True)
    workshop = folder / f".{name}.{os.getpid()}.part"
    workshop.mkdir()
    try:
        for path, samples in zip(
            paths.values(), _contents(rendered, name), strict=True
        ):
            content = audio.wav_bytes(samples, sample_rate=rendered.sample_rate)
            _write(workshop / path.name, content)
        paths["head_turn", None].unlink(missing_ok=True)  # from here on no set
        for path in paths.values():
            (workshop / path.name).replace(path)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return list(paths.values())


def is_rendered(folder: str | os.PathLike, name: str, *, n_pairs: int = 4) -> bool:
    """Whether the whole file set of a scene is there."""
    return all(
        path.is_file()
        for path in rendered_paths(folder, name, n_pairs=n_pairs).values()
    )


def read_rendered(
    folder: str | os.PathLike, name: str, *, n_pairs: int = 4
) -> RenderedScene:
    """Read a rendered scene's files back, ours or CEC2's.

    Args:
        folder: Of the rendered scenes.
        name: Of the scene.
        n_pairs: How many pairs of microphones it was rendered for.

    Returns:
        The scene at its level, to 16 bit; only the anechoic target has its peak at 1.
            Angles of the head come back between -pi and pi.

    Raises:
        FileNotFoundError: If the set is not whole; names what is missing.
        ValueError: If a file is damaged.
    """
    paths = rendered_paths(folder, name, n_pairs=n_pairs)
    missing = [path.name for path in paths.values() if not path.is_file()]
    if missing:
        raise FileNotFoundError(
            f"expected the whole file set of scene {name} in {folder}, not there: "
            f"{', '.join(missing)}. Render it again."
        )
    read = {key: audio.load(path) for key, path in paths.items()}
    rate = read["head_turn", None][1]
    target, interferer = (
        np.stack([_at_level(*read[part, n], NORMS[n]) for n in range(n_pairs)])
        for part in ("target", "interferer")
    )
    anechoic = _at_level(*read["anechoic", front_microphone(n_pairs)], 1.0)
    half_turns = read["head_turn", None][0] + 1
    head_turn_rad = np.pi * (1 - (1 - half_turns) % 2)  # in (-pi, pi]
    return RenderedScene(target, interferer, anechoic, head_turn_rad, rate)


def _contents(rendered: RenderedScene, name: str) -> Iterator[NDArray]:
    """What each file holds, in the order of `rendered_paths`."""
    n_clipped = 0
    for part in PARTS:
        sounds = require_samples(getattr(rendered, part), name=f"{part} of {name}")
        for samples, norm in zip(sounds, NORMS, strict=False):
            n_clipped += np.count_nonzero(np.abs(samples) > norm)
            yield _sixteen_bit(samples / norm)
    anechoic = require_samples(rendered.anechoic, name=f"anechoic target of {name}")
    loudest = np.max(np.abs(anechoic)) or 1.0
    yield _sixteen_bit(anechoic / loudest)
    yield (np.mod(rendered.head_turn_rad, 2 * np.pi) - np.pi) / np.pi
    if n_clipped:
        warnings.warn(
            f"scene {name}: {n_clipped} sample(s) above CEC2's full scale are clipped.",
            stacklevel=3,
        )


def _sixteen_bit(samples: NDArray) -> NDArray[np.int16]:
    """CEC2's way: 32767 at full scale, -32767 below it."""
    return audio.pcm16(np.clip(samples, -1, 1), full_scale=32_767)


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise OSError(
            f"{path} could not be written ({error.strerror}). May you write there, and "
            "is there room on the disk?"
        ) from error


def _at_level(samples: NDArray, _: int, norm: float) -> NDArray:
    """From what audio.load makes of 16 bit (32768 is 1) back to CEC2's amplitude."""
    return samples * (32768 / 32767 * norm)
