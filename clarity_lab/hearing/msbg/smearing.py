"""Spectral smearing: what broad auditory filters leave of a spectrum.

Each short frame's power spectrum is replaced by what wide auditory filters would make
of it, seen through normal ones; the phase stays.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from clarity_lab.hearing.msbg.settings import MODEL_SAMPLE_RATE

SMEARING = {"severe": (4.0, 2.0), "moderate": (2.4, 1.6), "mild": (1.6, 1.1)}
"""How many times wider the filters are, below and above their centre."""

N_FFT, FRAME, SHIFT = 512, 256, 64
N_BINS = N_FFT // 2
OVERLAPS = FRAME // SHIFT
BLOCK = 512  # frames at a time: they stay in the processor's cache
WINDOW = (0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(FRAME) + 0.5) / FRAME)) / 1.5**0.5


def auditory_filters(lower: float, upper: float) -> NDArray:
    """Power responses of roex filters, each row normalised, at the FFT's bins.

    Args:
        lower: Broadening of the side below the centre; 1 is a normal ear.
        upper: Broadening of the side above.

    Returns:
        Shape (256 centres, 256 bins).
    """
    bins = np.arange(N_BINS)
    centre = bins[1:, None]
    centre_hz = centre * (MODEL_SAMPLE_RATE / N_FFT)
    erb_hz = 24.7 * (centre_hz * 0.00437 + 1.0)
    broadening = np.where(bins < centre, lower, upper)
    g = np.abs((centre - bins) / centre) * (4.0 * centre_hz / (erb_hz * broadening))
    filters = np.zeros((N_BINS, N_BINS))
    filters[0, 0] = 1.0 / ((lower + upper) / 2)
    filters[1:] = (1 + g) * np.exp(-g) / (erb_hz * (lower + upper) / (2 * 24.7))
    return filters


@lru_cache
def smearing_matrix(lower: float, upper: float) -> NDArray:
    """What turns a power spectrum into the smeared one.

    The smallest answer to: which spectrum, through normal filters, excites them as the
    given one excites the broad filters?

    Args:
        lower: Broadening below each centre.
        upper: Broadening above.

    Returns:
        Shape (256, 256): `matrix @ power` is smeared.

    Reference:
        Baer & Moore, "Effects of spectral smearing on the intelligibility of sentences
        in noise", JASA 94(3), 1993. DOI 10.1121/1.408176.
    """
    half = N_BINS // 2
    normal = auditory_filters(1.0, 1.0)
    extended = np.concatenate([normal, np.zeros((N_BINS, half))], axis=1)
    for row in range(half, N_BINS):  # the upper side, mirrored beyond the last bin
        mirrored = normal[row, 2 * row - N_BINS : max(1, 2 * row - 3 * half) : -1]
        extended[row, N_BINS : min(2 * row - 1, 3 * half)] = mirrored
    broad = auditory_filters(lower, upper)
    # By singular values, as published: roots of powers near zero are that sensitive.
    return np.linalg.lstsq(extended, broad, rcond=-1)[0][:N_BINS]


def smear(samples: NDArray, *, lower: float, upper: float) -> NDArray:
    """Smear one signal; nothing is delayed and no sample is lost.

    Args:
        samples: Shape (samples,), at 44.1 kHz.
        lower: Broadening below each centre.
        upper: Broadening above.

    Returns:
        Shape (samples,).
    """
    lead = FRAME - SHIFT
    n_frames = -(-(len(samples) + lead) // SHIFT)
    padded = np.zeros((n_frames - 1) * SHIFT + FRAME)
    padded[lead : lead + len(samples)] = samples
    smeared, _ = _overlap_add(padded, n_frames, smearing_matrix(lower, upper))
    return smeared[lead : lead + len(samples)]


def smear_as_published(samples: NDArray, *, lower: float, upper: float) -> NDArray:
    """Smear one signal with the start and the end of pyclarity 0.9.0.

    Its read pointer moves 64 samples after a first read of 256, so that the first
    frames hear samples 64 to 255 twice and all later sound comes 192 samples late. Its
    last three blocks add the fourth-last frame where the third-last belongs.

    Args:
        samples: Shape (samples,), at 44.1 kHz, at least 256.
        lower: Broadening below each centre.
        upper: Broadening above.

    Returns:
        Shape (64 * (ceil(samples / 64) + 3),): longer than what came.
    """
    n_frames = -(-len(samples) // SHIFT)
    padded = np.zeros((n_frames - 1) * SHIFT + FRAME)
    doubled = np.concatenate([samples[:FRAME], samples[SHIFT:]])[: len(padded)]
    padded[: len(doubled)] = doubled
    smeared, last = _overlap_add(padded, n_frames, smearing_matrix(lower, upper))
    fourth_last, _, second_last, newest = last.reshape(4, OVERLAPS, SHIFT)
    smeared[-3 * SHIFT :] = np.concatenate(
        [
            fourth_last[0] + newest[1] + second_last[2],
            fourth_last[1] + newest[2],
            fourth_last[2],
        ]
    )
    return smeared


def _overlap_add(
    padded: NDArray, n_frames: int, matrix: NDArray
) -> tuple[NDArray, NDArray]:
    """Smear every frame and add them up; the last four frames come along."""
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::SHIFT]
    blocks = np.zeros((n_frames + OVERLAPS - 1, SHIFT))
    last = np.zeros((OVERLAPS, FRAME))
    for begin in range(0, n_frames, BLOCK):
        waves = _smear_frames(frames[begin : begin + BLOCK], matrix)
        for part in range(OVERLAPS):
            piece = waves[:, part * SHIFT : (part + 1) * SHIFT]
            blocks[begin + part : begin + part + len(waves)] += piece
        last = np.concatenate([last, waves[-OVERLAPS:]])[-OVERLAPS:]
    return blocks.ravel(), last


def _smear_frames(frames: NDArray, matrix: NDArray) -> NDArray:
    import scipy.fft

    spectrum = scipy.fft.rfft(frames * WINDOW, N_FFT)  # (frames, 257)
    low = spectrum[:, :N_BINS]
    power = low.real**2 + low.imag**2
    smeared = power @ matrix.T
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.sqrt(np.abs(smeared) / power)
    gain[power == 0] = 0.0
    low *= gain
    # The inverse filters have negative lobes: a negative power turns the phase by 90
    # degrees, which is what the root of a negative number means in pyclarity's code.
    np.multiply(low, 1j, out=low, where=smeared < 0)
    spectrum[:, N_BINS] = 0
    return scipy.fft.irfft(spectrum, N_FFT)[:, :FRAME] * WINDOW
