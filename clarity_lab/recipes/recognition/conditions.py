"""Recognisers beside each other: sentences clean, and as life brings them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.signal import fftconvolve
from tqdm.auto import tqdm

from clarity_lab import audio, manifests
from clarity_lab.hearing import simulate_loss, standard_audiogram
from clarity_lab.metrics.spoken import spoken_words
from clarity_lab.metrics.text import word_errors
from clarity_lab.models.speech_features import RATE_HZ
from clarity_lab.recipes.recognition.data import Utterance
from clarity_lab.whole import write_whole

Recogniser = Callable[..., str]
"""Called as f(samples, sample_rate=...), it gives a text."""
Condition = Callable[[NDArray], NDArray]
"""What happens to a sound at 16 kHz on its way."""

SNRS_DB = (20, 15, 10, 5, 0, -5)
SPEECH_DB_SPL = 65.0
"""A conversation: the level at which the impaired ear is spoken to."""
KEYS = ["recogniser", "condition", "file"]


def in_rain(sound: NDArray, *, snr_db: float) -> NDArray:
    """Rain falls meanwhile; 5 s of it, over and over."""
    return audio.mix_at_snr(sound, np.resize(_rain(), sound.shape), snr_db=snr_db)[0]


@lru_cache(maxsize=1)
def _rain() -> NDArray:
    return _at_our_rate(manifests.fetch("samples", "noise/rain.ogg"))


def in_office(sound: NDArray) -> NDArray:
    """The talker stands 1.5 m ahead in Surrey's office; heard at the left ear.

    Reference:
        Room A of Hummersone et al., IEEE TASLP 18(7), 2010; T60 of 0.32 s.
    """
    return fftconvolve(sound, office_response())


def office_response() -> NDArray:
    """From 1.5 m ahead to the left ear, in Surrey's office, at 16 kHz, (taps,)."""
    with np.load(manifests.fetch("samples", "rooms/surrey-a.npz")) as office:
        ahead = int(np.argmin(abs(office["azimuth_deg"])))
        return office["ir"][ahead, 0].astype(float)


def through_loss(sound: NDArray, *, name: str = "N3") -> NDArray:
    """Heard by an impaired ear, without hearing aid, at 65 dB SPL.

    A recogniser has no threshold of its own: what became soft it may still find.
    """
    return simulate_loss(
        sound,
        sample_rate=RATE_HZ,
        audiogram=standard_audiogram(name),
        rms_one_db_spl=SPEECH_DB_SPL - float(audio.level_dbfs(sound)),
    )


CONDITIONS: dict[str, Condition] = {
    "clean": lambda sound: sound,
    **{f"rain, SNR {db} dB": partial(in_rain, snr_db=db) for db in SNRS_DB},
    "office": in_office,
    "hearing loss N3": through_loss,
}


def bundled_sentences() -> list[Utterance]:
    """The 25 transcribed sentences that come with the package, of three sets."""
    rows = manifests.table("samples", "speech").dropna(subset=["transcript"])
    return [
        Utterance(row.path, _set_of(row.path), row.speaker, row.transcript, "eval")
        for row in rows.itertuples()
    ]


def _set_of(path: Path) -> str:
    sets = {"libris": "LibriSpeech", "common": "Common Voice", "librivox": "LibriVox"}
    return next(name for begin, name in sets.items() if path.name.startswith(begin))


def conditions(
    recognisers: Mapping[str, Recogniser],
    *,
    among: Mapping[str, Condition] | None = None,
    sentences: Sequence[Utterance] | None = None,
    kept_in: Path | None = None,
    show: bool = True,
) -> pd.DataFrame:
    """What each recogniser writes of each sentence in each condition.

    Texts are compared as they are spoken, see `metrics.spoken.spoken_words`.

    Args:
        recognisers: By name; called as f(samples, sample_rate=16_000).
        among: The conditions, by name. Default: `CONDITIONS`.
        sentences: Default: the bundled ones.
        kept_in: A CSV file that grows with each sentence; what it holds is not done
            again. Delete it when a recogniser has changed.
        show: Whether to show a bar.

    Returns:
        One row each: recogniser, condition, file, set, wanted, written, words (of the
        wanted text), substitutions, deletions, insertions, duration_s, cpu_s.

    Raises:
        ValueError: If the file that is to keep it holds something else.
    """
    among = CONDITIONS if among is None else among
    sentences = bundled_sentences() if sentences is None else sentences
    rows = _kept(kept_in)
    done = {tuple(row[key] for key in KEYS) for row in rows}
    ways = list(product(among, sentences))
    for condition, one in tqdm(ways, desc="sentences", disable=not show):
        place = condition, one.path.name
        names = [name for name in recognisers if (name, *place) not in done]
        if not names:
            continue
        sound = among[condition](_at_our_rate(one.path))
        for name in names:
            keys = dict(zip(KEYS, (name, *place), strict=True))
            rows.append(keys | _asked(recognisers[name], sound, one))
        if kept_in is not None:
            write_whole(kept_in, pd.DataFrame(rows).to_csv(index=False))
    return pd.DataFrame(rows)


def rates(table: pd.DataFrame, *by: str) -> pd.DataFrame:
    """Word error rates, all sentences of a cell counted together.

    Args:
        table: From `conditions`.
        by: What more parts the rows, such as "set".

    Returns:
        One row for each condition, one column for each recogniser, in their order.
    """
    keys = ["condition", *by]
    summed = table.groupby([*keys, "recogniser"], sort=False).sum(numeric_only=True)
    errors = summed[["substitutions", "deletions", "insertions"]].sum(axis=1)
    return (errors / summed.words).unstack("recogniser")


def real_time_factors(table: pd.DataFrame) -> pd.Series:
    """CPU seconds for a second of sound, by recogniser."""
    summed = table.groupby("recogniser", sort=False)[["cpu_s", "duration_s"]].sum()
    return summed.cpu_s / summed.duration_s


def _at_our_rate(path: Path) -> NDArray:
    samples, sample_rate = audio.load(path)
    return audio.resample(samples, sample_rate=sample_rate, new_sample_rate=RATE_HZ)


def _asked(recogniser: Recogniser, sound: NDArray, one: Utterance) -> dict:
    started = time.process_time()
    written = recogniser(sound, sample_rate=RATE_HZ)
    cpu_s = time.process_time() - started
    wanted = spoken_words(one.text)
    found = word_errors(spoken_words(written), reference=wanted)
    return {
        "set": one.dataset,
        "wanted": one.text,
        "written": written,
        "words": found.n_reference,
        "substitutions": found.n_substitutions,
        "deletions": found.n_deletions,
        "insertions": found.n_insertions,
        "duration_s": len(sound) / RATE_HZ,
        "cpu_s": cpu_s,
    }


def _kept(path: Path | None) -> list[dict]:
    if path is None or not path.exists():
        return []
    table = pd.read_csv(path, keep_default_na=False)
    if not {*KEYS} <= {*table.columns}:
        raise ValueError(
            f"expected a table of conditions in {path}, got columns "
            f"{list(table.columns)}. Name another file."
        )
    return table.to_dict("records")
