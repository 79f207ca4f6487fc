"""Scenes from one's own recordings, or from those that come with the package.

Whatever the rate and the ending of a file, a scene counts in samples at 44.1 kHz and
calls a masker "name.wav": `load_sound` gives what the scene means, and `write_sounds`
writes it where every program for the challenge looks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clarity_lab.audio import info, load, save
from clarity_lab.checks import require_choice, require_mono, require_number
from clarity_lab.scenes.building.scene import KINDS, SAMPLE_RATE
from clarity_lab.scenes.building.sounds import TARGET, Sound, SoundList
from clarity_lab.scenes.clarity_files.sound_lists import audio_path, write_sound_lists

if TYPE_CHECKING:
    import pandas as pd

ENDINGS = (".wav", ".flac", ".ogg", ".mp3")
CROSS_FADE_S = 0.1


def sounds_from_folder(
    folder: Path | str, *, kind: str, dataset: str = "train"
) -> SoundList:
    """List the sound files below a folder as sounds of one kind.

    Args:
        folder: Where the WAV, FLAC, OGG or MP3 files are.
        kind: "target", "speech", "noise" or "music".
        dataset: The part of the data they are for.

    Returns:
        The sounds, sorted by name. Files in one folder are one group: put noises of a
        class together, and the sentences of a talker.

    Raises:
        FileNotFoundError: If there is no sound file in the folder.
        ValueError: If a file is no sound, or two differ in their endings alone.
    """
    require_choice(kind, name="kind", choices=(TARGET, *KINDS))
    folder = Path(folder)
    paths = [
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in ENDINGS
        and path.is_file()
        and not path.name.startswith(".")  # a Mac leaves "._one.wav" beside "one.wav"
    ]
    # As text: paths would sort differently on Windows, and the order counts.
    paths.sort(key=lambda path: path.relative_to(folder).as_posix())
    if not paths:
        raise FileNotFoundError(
            f"expected files that end in {', '.join(ENDINGS)} in {folder}, got none."
        )
    return SoundList(
        tuple(
            _sound(
                path.relative_to(folder).with_suffix("").as_posix(),
                kind=kind,
                group=None if path.parent == folder else path.parent.name,
                dataset=dataset,
                paths=[path],
            )
            for path in paths
        )
    )


def sounds_from_table(
    table: pd.DataFrame, *, kind: str, dataset: str = "train"
) -> SoundList:
    """List the rows of a table of `manifests.table` as sounds of one kind.

    Args:
        table: With the columns path, speaker and label.
        kind: "target": each row is one sentence. "speech": all of a talker's rows are
            one masker, one after the other, as in the challenge. "noise" and "music":
            each row is one masker; its label is its class.
        dataset: The part of the data they are for.

    Returns:
        The sounds, in the table's order.

    Raises:
        ValueError: If the table is empty, or speech comes without talkers.
    """
    require_choice(kind, name="kind", choices=(TARGET, *KINDS))
    if not len(table):
        raise ValueError(f"expected rows to make {kind} sounds of, got an empty table.")
    if kind != "speech":
        groups = table["speaker" if kind == TARGET else "label"]
        rows = zip(table.path, groups.fillna(kind), strict=True)
        return SoundList(
            tuple(
                _sound(path.stem, kind=kind, group=group, dataset=dataset, paths=[path])
                for path, group in rows
            )
        )
    if table.speaker.isna().any():
        raise ValueError(
            "expected a speaker in every row: a masker is one talker's sentences, one "
            "after the other. Got rows without; try table[table.speaker.notna()]."
        )
    return SoundList(
        tuple(
            _sound(talker, kind=kind, group=kind, dataset=dataset, paths=rows.path)
            for talker, rows in table.groupby("speaker", sort=False)
        )
    )


def bundled_sounds(*, dataset: str = "train") -> SoundList:
    """Sounds that come with the package: scenes without a download.

    Talkers of several sentences mask, those of one sentence are targets, so that nobody
    is both. The noises last 5 s: say `bundled_sounds().looped(11)` to build with them.

    Args:
        dataset: The part of the data they are for.

    Returns:
        15 targets, 2 talkers, 4 noises and 3 pieces of music.

    Example:
        >>> sounds = bundled_sounds()
        >>> [len(sounds.of(kind)) for kind in ("target", "speech", "noise", "music")]
        [15, 2, 4, 3]
    """
    from clarity_lab import manifests

    speech = manifests.table("samples", split="speech")
    n_sentences = speech.speaker.map(speech.speaker.value_counts())
    lists = {
        TARGET: speech[n_sentences == 1],
        "speech": speech[n_sentences > 1],
        "noise": manifests.table("samples", split="noise"),
        "music": manifests.table("samples", split="music"),
    }
    return sum(
        (
            sounds_from_table(table, kind=kind, dataset=dataset)
            for kind, table in lists.items()
        ),
        start=SoundList(()),
    )


def load_sound(sound: Sound) -> NDArray[np.float64]:
    """Load a sound as scenes mean it: mono, 44.1 kHz, its files one after another.

    Args:
        sound: With the paths of its files. Of several channels the mean is taken.

    Returns:
        Shape (n_samples,): repeated with cross-fades if the sound is to loop.

    Raises:
        FileNotFoundError: If it has no files, or one is missing.
        ValueError: If the files do not have the length that the list says.
    """
    if not sound.paths:
        raise FileNotFoundError(
            f"expected the files of {sound.name}, got a list without them. Try "
            "read_sound_lists(metadata, audio=folder)."
        )
    samples = np.concatenate([load_mono(path) for path in sound.paths])
    if sound.loop:
        return loop(samples, n_samples=sound.n_samples)
    if len(samples) != sound.n_samples:
        raise ValueError(
            f"expected {sound.n_samples} samples of {sound.name} at {SAMPLE_RATE} Hz, "
            f"as its list says, got {len(samples)} from {sound.paths[0]}. Is it cut "
            "short?"
        )
    return samples


def load_mono(path: Path) -> NDArray[np.float64]:
    """Load one file as scenes mean it: the mean of its channels, 44.1 kHz."""
    samples, _ = load(path, sample_rate=SAMPLE_RATE)
    mono = samples if samples.ndim == 1 else samples.mean(axis=0)
    return mono[: _n_samples(path)]  # resampling may round a half sample up


def loop(
    samples: NDArray, *, n_samples: int, cross_fade_s: float = CROSS_FADE_S
) -> NDArray[np.float64]:
    """Repeat a sound until it is long enough, each end fading into the next beginning.

    The fades keep the power of noise: the squares of their gains add up to 1.

    Args:
        samples: A sound at 44.1 kHz, shape (samples,).
        n_samples: How long it is to become.
        cross_fade_s: How long end and beginning overlap, at most half the sound.

    Returns:
        Shape (n_samples,).

    Example:
        >>> loop(np.arange(4.0), n_samples=10, cross_fade_s=0)
        array([0., 1., 2., 3., 0., 1., 2., 3., 0., 1.])
    """
    samples = np.asarray(require_mono(samples), dtype=float)
    require_number(cross_fade_s, name="cross_fade_s", minimum=0, unit="s")
    require_number(n_samples, name="n_samples", minimum=0)
    fade = min(round(cross_fade_s * SAMPLE_RATE), len(samples) // 2)
    angle = (np.arange(fade) + 0.5) / max(fade, 1) * np.pi / 2
    period = samples[fade:].copy()  # begins after the first fade-in
    period[len(period) - fade :] *= np.cos(angle)
    period[len(period) - fade :] += samples[:fade] * np.sin(angle)
    n_periods = -(-max(n_samples - fade, 0) // len(period))
    return np.concatenate([samples[:fade], np.tile(period, n_periods)])[:n_samples]


def write_sounds(sounds: SoundList | Iterable[Sound], folder: Path | str) -> SoundList:
    """Write sounds where the challenge's programs look for them, and their lists.

    Args:
        sounds: With the paths of their files.
        folder: Gets `targets`, `interferers/{speech,noise,music}` with WAV files at
            44.1 kHz in floating point, levels kept, and `metadata` with the four lists.

    Returns:
        The same list, its paths the new files.

    Raises:
        FileNotFoundError: If a file is missing.
    """
    folder = Path(folder)
    sounds = sounds.sounds if isinstance(sounds, SoundList) else tuple(sounds)
    written = [write_sound(sound, folder) for sound in sounds]
    (folder / "metadata").mkdir(parents=True, exist_ok=True)
    write_sound_lists(written, folder / "metadata")
    return SoundList(tuple(written))


def write_sound(sound: Sound, folder: Path) -> Sound:
    """Write one of them, without a list; it comes back with its new path."""
    path = folder / audio_path(sound.kind, sound.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    save(path, load_sound(sound), sample_rate=SAMPLE_RATE, subtype="FLOAT")
    return replace(sound, paths=(path,), loop=False)


def _sound(
    stem: str, *, kind: str, group: str | None, dataset: str, paths: Iterable[Path]
) -> Sound:
    """One sound; as in the challenge, speech and music are one group each."""
    paths = tuple(map(Path, paths))
    return Sound(
        name=stem if kind == TARGET else f"{stem}.wav",
        kind=kind,
        group=str(group or kind) if kind in (TARGET, "noise") else kind,
        dataset=dataset,
        n_samples=sum(map(_n_samples, paths)),
        paths=paths,
    )


def _n_samples(path: Path) -> int:
    """Whole samples at 44.1 kHz."""
    header = info(path)
    return header.n_samples * SAMPLE_RATE // header.sample_rate
