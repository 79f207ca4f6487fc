"""Hearing loss and hearing aids against pyclarity 0.9.0, on speech-like noise.

Set-up that a user does once an ear (audiogram, filters) happens in each side's first
run and does not count in the median.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from benchmarks.case import Case
from clarity_lab.hearing import Audiogram, apply_nalr, cec2_compress, simulate_loss

RATE = 44_100
HZ = (250, 500, 1000, 2000, 3000, 4000, 6000, 8000)
EARS = {
    "none": Audiogram(HZ, (0, 0, 0, 0, 0, 0, 0, 0)),
    "mild": Audiogram(HZ, (10, 10, 15, 20, 25, 30, 30, 35)),
    "moderate": Audiogram(HZ, (20, 25, 30, 40, 45, 50, 50, 55)),
    "severe": Audiogram(HZ, (40, 45, 50, 60, 65, 70, 75, 80)),
}


def cases(seconds: float) -> list[Case]:
    """The comparisons on a signal of that many seconds."""
    sound = speech_like(seconds)
    stereo = np.stack([sound, sound[::-1]])
    return [
        *(_loss(f"MSBG mono, {severity}", sound[None], severity) for severity in EARS),
        _loss("MSBG stereo, severe", stereo, "severe"),
        _nalr(sound),
        _compressor(20 * sound),
    ]


def speech_like(seconds: float) -> NDArray:
    """Noise with the slope and the syllables of speech, 35 dB below an RMS of 1."""
    rng = np.random.default_rng(440)
    n = round(seconds * RATE)
    spectrum = np.fft.rfft(rng.standard_normal(n))
    sloped = np.fft.irfft(spectrum / (1 + np.fft.rfftfreq(n, 1 / RATE) / 500), n)
    sound = sloped * (0.1 + np.sin(2 * np.pi * 2 * np.arange(n) / RATE) ** 2)
    return 10 ** (-35 / 20) * sound / np.std(sound)


def _loss(name: str, channels: NDArray, severity: str) -> Case:
    return Case(
        name,
        lambda: simulate_loss(
            channels,
            sample_rate=RATE,
            audiogram=EARS[severity],
            rms_one_db_spl=120.0,
            parity=True,
        ),
        lambda: [_peers_ear(severity).process(channel) for channel in channels],
        4.0 if severity == "severe" else 1.0,
    )


@cache
def _peers_ear(severity: str):
    from clarity.evaluator.msbg.msbg import Ear

    ear = Ear(equiv_0db_spl=100, ahr=20)
    ear.set_audiogram(_peers_audiogram(EARS[severity]))
    return ear


def _peers_audiogram(audiogram: Audiogram):
    from clarity.utils.audiogram import Audiogram as PeersAudiogram

    levels, hz = audiogram.thresholds_db_hl, audiogram.frequencies_hz
    return PeersAudiogram(levels=np.array(levels), frequencies=np.array(hz))


def _nalr(sound: NDArray) -> Case:
    ear = EARS["moderate"]
    return Case(
        "NAL-R",
        lambda: apply_nalr(sound, sample_rate=RATE, audiogram=ear, parity=True),
        lambda: _peers_nalr(sound),
        0.5,  # one short FIR: nothing to win, ours also designs the filter anew
    )


def _peers_nalr(sound: NDArray) -> NDArray:
    from clarity.enhancer.nalr import NALR

    nalr = NALR(nfir=220, sample_rate=RATE)
    taps, _ = nalr.build(_peers_audiogram(EARS["moderate"]))
    return nalr.apply(taps, sound)


def _compressor(loud: NDArray) -> Case:
    return Case(
        "CEC2 compressor",
        lambda: cec2_compress(loud, sample_rate=RATE),
        lambda: _peers_compressor().process(loud),
        20.0,
    )


@cache
def _peers_compressor():
    from clarity.enhancer.compressor import Compressor

    settings = {"threshold": 0.35, "attenuation": 0.1, "attack": 50, "release": 1000}
    return Compressor(fs=RATE, rms_buffer_size=0.064, **settings)
