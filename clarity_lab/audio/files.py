"""Sound files in and out: WAV, FLAC, OGG and MP3, never half, never clipped."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import ArrayLike, NDArray

from clarity_lab.audio.levels import peak
from clarity_lab.audio.opening import open_sound
from clarity_lab.audio.rates import resample
from clarity_lab.checks import (
    require_choice,
    require_number,
    require_sample_rate,
    require_samples,
)
from clarity_lab.units import amplitude_to_db

CONTAINERS = {".wav": "WAV", ".flac": "FLAC", ".ogg": "OGG", ".mp3": "MP3"}
"""What `save` can write, by the ending of the name."""

UNLIMITED = ("FLOAT", "DOUBLE")
"""Subtypes that keep values above full scale."""

SYSTEM_ERROR = 2
"""libsndfile's code for what the system refused: no right to write, no room."""

MAX_CHANNELS = 64
"""More than this is a sound that lies on its side."""


@dataclass(frozen=True)
class SoundInfo:
    """What a sound file says about itself.

    Attributes:
        duration_s: Length in seconds.
        sample_rate: In Hz.
        n_channels: 1 is mono, 2 is stereo.
        n_samples: Samples in each channel.
        codec: Container and coding, such as "WAV PCM_16".
    """

    duration_s: float
    sample_rate: int
    n_channels: int
    n_samples: int
    codec: str


def info(path: str | os.PathLike) -> SoundInfo:
    """Length, sample rate, channels and codec of a file, from its header alone.

    Args:
        path: A sound file.

    Returns:
        A `SoundInfo`. For an MP3 without a length in its header an estimate.

    Raises:
        FileNotFoundError: If there is no such file; names like it are listed.
        IsADirectoryError: If it is a folder.
        ValueError: If it is no sound file, or its end is missing.
    """
    with open_sound(path) as file:
        return SoundInfo(
            duration_s=file.frames / file.samplerate,
            sample_rate=file.samplerate,
            n_channels=file.channels,
            n_samples=file.frames,
            codec=f"{file.format} {file.subtype}",
        )


def load(
    path: str | os.PathLike,
    *,
    channel: int | None = None,
    start_s: float = 0.0,
    duration_s: float | None = None,
    sample_rate: int | None = None,
) -> tuple[NDArray[np.float64], int]:
    """Read a sound file as numbers, and the sample rate that gives them time.

    Args:
        path: A file that libsndfile reads: WAV, FLAC, OGG, MP3, AIFF and more.
        channel: Take only this one, counted from 0. Default: all.
        start_s: Where to begin, in seconds.
        duration_s: At most this many seconds. Default: to the end.
        sample_rate: Resample to this rate in Hz. Default: the rate of the file.

    Returns:
        samples: Shape (samples,) for one channel, (channels, samples) for several;
            full scale at 1.0.
        sample_rate: In Hz.

    Raises:
        FileNotFoundError: If there is no such file; names like it are listed.
        IsADirectoryError: If it is a folder.
        ValueError: If it is no sound file, its end is missing, it holds NaN or nothing,
            or the channel or the time is not in it.
    """
    start_s = require_number(start_s, name="start_s", minimum=0, unit="s")
    if duration_s is not None:
        duration_s = require_number(duration_s, name="duration_s", minimum=0, unit="s")
    if sample_rate is not None:
        sample_rate = require_sample_rate(sample_rate)

    with open_sound(path) as file:
        file_rate = file.samplerate
        samples = _read(file, path, start_s=start_s, duration_s=duration_s)
    samples = require_samples(_select_channel(samples, channel, path), name=str(path))
    if sample_rate is None:
        return samples, file_rate
    resampled = resample(samples, sample_rate=file_rate, new_sample_rate=sample_rate)
    return resampled, sample_rate


def save(
    path: str | os.PathLike,
    samples: ArrayLike,
    *,
    sample_rate: int,
    subtype: str | None = None,
) -> Path:
    """Write a sound file; the level is kept, and nothing is clipped in silence.

    The file appears when it is whole: it is written under another name first.

    Args:
        path: Where to; the ending (.wav, .flac, .ogg, .mp3) chooses the container.
        samples: A sound, shape (samples,) or (channels, samples), full scale at 1.0.
        sample_rate: In Hz.
        subtype: Coding, as soundfile names it: "PCM_16", "PCM_24", "FLOAT" (WAV only,
            keeps values above full scale), "OPUS" (OGG). Default: 16 bit in WAV and
            FLAC, Vorbis in OGG, Layer III in MP3.

    Returns:
        The path that was written.

    Raises:
        FileNotFoundError: If the folder does not exist.
        OSError: If the file may not be written there.
        TypeError: If the samples are integers.
        ValueError: If the sound would clip, is empty or not finite, or the format
            cannot hold it.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     load(save(Path(folder) / "x.wav", [0.0, 0.5], sample_rate=8_000))
        (array([0. , 0.5]), 8000)
    """
    path = Path(path)
    samples = _require_channels_first(samples)
    sample_rate = require_sample_rate(sample_rate)
    container = _container(path)
    subtypes = soundfile.available_subtypes(container)
    if subtype is None:
        subtype = soundfile.default_subtype(container)
    require_choice(subtype, name=f"subtype of a {container} file", choices=subtypes)
    if subtype not in UNLIMITED:
        _refuse_clipping(samples)
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"expected the folder {path.parent} to exist. Make it first: "
            "Path(...).mkdir(parents=True)."
        )
    _write_whole(path, samples.T, sample_rate, subtype=subtype, format=container)
    return path


def _read(
    file: soundfile.SoundFile,
    path: str | os.PathLike,
    *,
    start_s: float,
    duration_s: float | None,
) -> NDArray[np.float64]:
    """Read a stretch of an open file as (samples, channels), all that was promised."""
    start = round(start_s * file.samplerate)
    if 0 < file.frames <= start:
        raise ValueError(
            f"expected start_s before the end of {path}, which is "
            f"{file.frames / file.samplerate:.3f} s long, got {start_s} s."
        )
    n_samples = file.frames - start
    if duration_s is not None:
        n_samples = min(n_samples, round(duration_s * file.samplerate))
    try:
        file.seek(start)
        samples = file.read(n_samples, always_2d=True)
    except soundfile.LibsndfileError as error:
        raise ValueError(_broken(path, error.error_string)) from error
    if len(samples) < n_samples and _length_is_known(file, path):
        raise ValueError(_broken(path, f"{len(samples)} of {n_samples} samples came"))
    return samples


def _length_is_known(file: soundfile.SoundFile, path: str | os.PathLike) -> bool:
    """Say whether the header counts the samples: an MP3 without that tag guesses."""
    if file.format != "MP3":
        return True
    content = Path(path).read_bytes()
    return b"Xing" in content or b"Info" in content


def _broken(path: str | os.PathLike, reason: str) -> str:
    return (
        f"{path} is damaged or its end is missing ({reason}). "
        "Copy or download it again."
    )


def _select_channel(
    samples: NDArray, channel: int | None, path: str | os.PathLike
) -> NDArray:
    """Turn (samples, channels) into ours: time last, mono without a channel axis."""
    n_channels = samples.shape[1]
    if channel is None:
        return samples[:, 0] if n_channels == 1 else np.ascontiguousarray(samples.T)
    whole = isinstance(channel, int | np.integer) and not isinstance(channel, bool)
    if not whole or channel not in range(n_channels):
        raise ValueError(
            f"expected a channel from 0 to {n_channels - 1} of {path}, "
            f"got channel={channel!r}."
        )
    return np.ascontiguousarray(samples[:, channel])


def _require_channels_first(samples: ArrayLike) -> NDArray:
    samples = require_samples(samples)
    if samples.ndim > 2 or (samples.ndim == 2 and len(samples) > MAX_CHANNELS):
        raise ValueError(
            "expected samples of shape (samples,) or (channels, samples) with up to "
            f"{MAX_CHANNELS} channels, got {samples.shape}. Time is the last axis: try "
            "samples.T, or save the sounds of a batch one by one."
        )
    return samples


def _container(path: Path) -> str:
    container = CONTAINERS.get(path.suffix.lower())
    if container is None:
        raise ValueError(
            f"expected a name that ends in {', '.join(CONTAINERS)}, got {path.name!r}."
        )
    return container


def _refuse_clipping(samples: NDArray) -> None:
    loudest = float(np.max(peak(samples)))
    if loudest > 1:
        excess_db = float(amplitude_to_db(loudest))
        raise ValueError(
            f"the loudest sample is {loudest:.3g}, {excess_db:.1f} dB above full scale "
            "(1.0), and would be clipped. Scale every sound of the comparison by one "
            f"factor below {1 / loudest:.3g}, or save a .wav with subtype='FLOAT'."
        )


def _write_whole(path: Path, samples: NDArray, sample_rate: int, **coding: str) -> None:
    """Write under a temporary name beside the file, then rename."""
    n_channels = 1 if samples.ndim == 1 else samples.shape[1]
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        soundfile.write(part, samples, sample_rate, **coding)
        part.replace(path)
    except soundfile.LibsndfileError as error:
        if error.code == SYSTEM_ERROR:
            raise OSError(
                f"{path} could not be written. May you write in that folder, and is "
                "there room on the disk?"
            ) from error
        raise ValueError(
            f"{path.name} cannot hold this sound: {n_channels} channel(s) "
            f"at {sample_rate} Hz as {coding['subtype']} ({error.error_string}). "
            "Try .wav or .flac, or resample first."
        ) from error
    finally:
        part.unlink(missing_ok=True)
