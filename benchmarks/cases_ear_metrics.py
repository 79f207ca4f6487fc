"""HASPI, HASQI and HAAQI against pyclarity 0.9.0, on speech in rain without pauses."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.case import Case
from clarity_lab import audio, manifests
from clarity_lab.hearing import Audiogram, Listener
from clarity_lab.metrics import better_ear_haspi, haaqi, haspi, hasqi

RATE = 44_100
HZ = (250, 500, 1000, 2000, 4000, 6000)
LOSSES_DB_HL = (
    (20, 25, 30, 40, 55, 65),
    (10, 15, 25, 35, 45, 50),
    (30, 35, 45, 55, 65, 75),
)
SEED = 1


def sounds(seconds: float) -> tuple[NDArray, NDArray]:
    """Clean and noisy speech at both ears, (2, samples) each, at 65 dB SPL re 100."""
    n_samples = round(seconds * RATE)

    def lasting(path: str) -> NDArray:
        samples, _ = audio.load(
            manifests.fetch("samples", path), channel=0, sample_rate=RATE
        )
        samples = np.resize(samples, n_samples)  # repeated until it is long enough
        return samples * (10 ** (-35 / 20) / np.sqrt(np.mean(samples**2)))

    left = lasting("speech/librispeech-1089.flac")
    right = 0.7 * np.roll(left, 20)
    rain = lasting("noise/rain.ogg")
    clean = np.stack([left, right]) + 0.003 * rain[::-1]  # active to both ends
    return clean, clean + 0.5 * np.stack([rain, np.roll(rain, 5000)])


def cases(seconds: float) -> list[Case]:
    """The comparisons on a signal of that many seconds."""
    clean, noisy = sounds(seconds)
    return [
        *_one_ear("HASPI", haspi, _peers_haspi, clean[0], noisy[0], target_ratio=6),
        _better_ears(clean, noisy),
        *_one_ear("HASQI", hasqi, _peers_hasqi, clean[0], noisy[0], target_ratio=4),
        *_one_ear("HAAQI", haaqi, _peers_haaqi, clean[0], noisy[0], target_ratio=4),
    ]


def _one_ear(
    name: str,
    score,
    peers_score,
    clean: NDArray,
    noisy: NDArray,
    *,
    target_ratio: float,
) -> list[Case]:
    """Without noise, as is our default; and with the same draws as the peer."""
    ear = Audiogram(HZ, LOSSES_DB_HL[0])

    def ours(rng):
        score(noisy, reference=clean, sample_rate=RATE, audiogram=ear, rng=rng)

    def peer():
        np.random.seed(SEED)  # noqa: NPY002  the peer reads no other
        peers_score(clean, noisy, _peers_audiogram(ear))

    return [
        Case(f"{name}, one ear", lambda: ours(None), peer, target_ratio),
        Case(f"{name}, one ear, peer's draws", lambda: ours(SEED), peer, target_ratio),
    ]


def _better_ears(clean: NDArray, noisy: NDArray) -> Case:
    ears = [Audiogram(HZ, loss) for loss in LOSSES_DB_HL]
    listeners = [Listener(str(n), ear, ears[n - 1]) for n, ear in enumerate(ears)]

    def ours():
        better_ear_haspi(noisy, reference=clean, sample_rate=RATE, listener=listeners)

    def peer():
        from clarity.evaluator.haspi import haspi_v2_be
        from clarity.utils.audiogram import Listener as PeersListener

        np.random.seed(SEED)  # noqa: NPY002  the peer reads no other
        for listener in listeners:
            sides = [_peers_audiogram(ear) for ear in listener.ears]
            haspi_v2_be(*clean, *noisy, RATE, PeersListener(*sides))

    return Case("HASPI, better ear, 3 listeners", ours, peer, 10)


def _peers_audiogram(audiogram: Audiogram):
    from clarity.utils.audiogram import Audiogram as PeersAudiogram

    levels, hz = audiogram.thresholds_db_hl, audiogram.frequencies_hz
    return PeersAudiogram(levels=np.array(levels), frequencies=np.array(hz))


def _peers_haspi(clean: NDArray, noisy: NDArray, ear) -> None:
    from clarity.evaluator.haspi import haspi_v2

    haspi_v2(clean, RATE, noisy, RATE, ear, level1=100.0)


def _peers_hasqi(clean: NDArray, noisy: NDArray, ear) -> None:
    from clarity.evaluator.hasqi import hasqi_v2

    hasqi_v2(clean, RATE, noisy, RATE, ear, level1=100.0)


def _peers_haaqi(clean: NDArray, noisy: NDArray, ear) -> None:
    from clarity.evaluator.haaqi import haaqi_v1

    haaqi_v1(clean, RATE, noisy, RATE, ear, equalisation=1, level1=100.0)
