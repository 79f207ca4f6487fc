"""Room responses as CEC2 stores them: HOA_R06001_t.wav, HOA_R06001_i1.wav, ...

Their harmonics are orthonormal: the omnidirectional channel of a source at 1 m is
1 / sqrt(4 pi). Ours are N3D, in which it is 1; the scale is changed here, on the way in
and out, and nowhere else.
"""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clarity_lab import audio
from clarity_lab.scenes.clarity_files.numbered import numbered_files
from clarity_lab.scenes.names import require_file_name
from clarity_lab.scenes.rooms.room_responses import RoomResponses
from clarity_lab.scenes.spatial.ambisonics import ORDER, n_channels

ORTHONORMAL_TO_N3D = math.sqrt(4 * math.pi)


def read_room_responses(folder: str | os.PathLike, room_name: str) -> RoomResponses:
    """Read a room's responses as CEC2 stores them.

    Args:
        folder: Holds HOA_{room}_t.wav, HOA_{room}_i1.wav, _i2 and so on.
        room_name: "R06001".

    Returns:
        The responses in N3D, cut to order 6 if the files have more.

    Raises:
        FileNotFoundError: If the target's response, or one before the last, is missing.
        ValueError: If a file is damaged, has too few channels or another sample rate,
            or the room's name is none for files.
    """
    folder = Path(folder)
    paths = [_target_path(folder, room_name)]
    paths += numbered_files(folder, f"HOA_{room_name}_i", ".wav")
    read = [_read(path) for path in paths]
    rates = {rate for _, rate in read}
    if len(rates) > 1:
        raise ValueError(
            f"expected all responses of room {room_name} in {folder} at one sample "
            f"rate, got {sorted(rates)} Hz."
        )
    target, *interferers = (response for response, _ in read)
    return RoomResponses(target, tuple(interferers), rates.pop())


def write_room_responses(
    responses: RoomResponses, folder: str | os.PathLike, room_name: str
) -> None:
    """Write a room's responses as CEC2 stores them, in 32-bit floating point.

    The target's file is written last: without it a room has no responses.

    Args:
        responses: In N3D, as ours are.
        folder: Where to; is made if it is not there.
        room_name: "R06001".
    """
    folder = Path(folder)
    target = _target_path(folder, room_name)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [
        folder / f"HOA_{room_name}_i{place}.wav"
        for place in range(1, len(responses.interferers) + 1)
    ]
    paths.append(target)
    for path, response in zip(
        paths, (*responses.interferers, responses.target), strict=True
    ):
        stored = _stored(response)
        audio.save(path, stored, sample_rate=responses.sample_rate, subtype="FLOAT")


def as_stored(responses: RoomResponses) -> RoomResponses:
    """The responses as they would be read again after they were written."""
    target, *interferers = (
        ORTHONORMAL_TO_N3D * _stored(response).astype(np.float64)
        for response in (responses.target, *responses.interferers)
    )
    return RoomResponses(target, tuple(interferers), responses.sample_rate)


def _target_path(folder: Path, room_name: str) -> Path:
    require_file_name(room_name, what="room")
    return folder / f"HOA_{room_name}_t.wav"


def _stored(response: NDArray) -> NDArray[np.float32]:
    return (response / ORTHONORMAL_TO_N3D).astype(np.float32)


def _read(path: Path) -> tuple[NDArray, int]:
    response, rate = audio.load(path)
    needed = n_channels(ORDER)
    if response.ndim != 2 or len(response) < needed:
        raise ValueError(
            f"expected {needed} channels (order {ORDER}) in {path}, got "
            f"{1 if response.ndim == 1 else len(response)}."
        )
    return ORTHONORMAL_TO_N3D * response[:needed], rate
