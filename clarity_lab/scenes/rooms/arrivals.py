"""From the images of a source to its impulse response: many pulses, one signal.

Early on each image is a pulse that the ear can tell from others. Later there are so
many that only their energy counts: how much at which time, in which octave, from where.
So noise takes over, dense pulses with random signs. Each has the colour and direction
of an image picked from the 20 ms around it, the louder the likelier. All pulses of a
moment are equally strong, and together as strong as the images there: the noise decays
as they do. (Furniture spreads echoes in time like that; bare flat walls would not.)

Where talker and listener are at one height or on the middle line, images arrive in
pairs at the very same time. As pulses the two of a pair add up, but as noise only their
energies do: the sound would drop by 2 to 6 dB where noise takes over. No real room is
so even. So each image comes a little early or late, at random: the direct sound not at
all, reflections of its first 5 ms by less than a sample, the last images by so much
that pulses add up as noise does from 250 Hz on.

Reference:
    Images first and decaying noise after them: Lehmann and Johansson, "Diffuse
    reverberation model for efficient image-source simulation of room impulse
    responses", IEEE Trans. Audio, Speech and Language Processing 18 (2010), 1429-1439.
    Images moved at random: De Sena, Antonello, Moonen and van Waterschoot, "On the
    modeling of rectangular geometries in room acoustic simulations", IEEE/ACM Trans.
    Audio, Speech and Language Processing 23 (2015), 774-786. There all are moved alike,
    by centimetres, against echoes that sweep in pitch.

Lesson: 10_scene_rendering.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clarity_lab.scenes.rooms.absorption import AIR_DB_PER_M, BANDS_HZ, Absorption
from clarity_lab.scenes.rooms.image_sources import Images, dense_from_s, images_of
from clarity_lab.scenes.rooms.room import Room
from clarity_lab.scenes.rooms.source import Source, direction_deg
from clarity_lab.scenes.spatial.ambisonics import harmonics

__all__ = ["Arrivals", "arrivals_of", "response_of"]

TALKER_GAIN = 0.49
"""Ahead of a talker, against a source without a view: -6.2 dB in CEC2's responses."""

TALKER_DIRECTIVITY = (0.85, 0.80, 0.75, 0.75, 0.65, 0.60, 0.50)
"""Per octave: 1 radiates alike all around, 0.5 is a cardioid. Round numbers near what
CEC2's R06001 shows: its target, a directional talker, has more direct sound for its
reverberation than the interferers, 1 dB at 125 Hz and 5 dB at 8 kHz."""

EARLY_IMAGES_PER_S = 20_000
"""Noise takes over where more images than that arrive per second."""

UNEVEN_S = 0.003
"""Standard deviation of an image's arrival where noise takes over; a metre of way."""

LATE_PULSES_PER_S = 50_000
KNOWN_IMAGES = 300_000
"""About so many images the noise follows: the first ones all, later ones picked."""

AROUND_S = 0.01
HALF_TAPS = 32
SINC_KAISER_BETA = 8.0
RINGING_S = 0.05
"""Kept free at the end for what the filters between octaves ring."""


@dataclass(frozen=True)
class Arrivals:
    """What arrives at the listener.

    Attributes:
        delays_s: When each arrives, shape (arrivals,).
        directions: From where, unit vectors in room axes, shape (arrivals, 3).
        gains: In each octave, negative turned over, shape (arrivals, octaves).
        n_early: So many, the first ones, are images; the others are noise.
    """

    delays_s: NDArray
    directions: NDArray
    gains: NDArray
    n_early: int


def arrivals_of(
    source: Source,
    room: Room,
    absorption: Absorption,
    *,
    duration_s: float,
    air: bool,
    rng: np.random.Generator,
) -> Arrivals:
    """Collect what reaches the listener from a source, early images and late noise.

    Args:
        source: Who sounds.
        room: Where.
        absorption: Of its surfaces.
        duration_s: Until when.
        air: Whether air takes from high frequencies.
        rng: Makes the noise.

    Returns:
        The arrivals.
    """
    images = images_of(
        source,
        room=room,
        duration_s=duration_s + AROUND_S,
        rng=rng,
        images_per_s=KNOWN_IMAGES / duration_s,
    )
    energy = _energy(images, source, absorption, air=air)
    takes_over_s = dense_from_s(room, EARLY_IMAGES_PER_S)
    delays_s = _uneven(images.delays_s, takes_over_s, rng)
    order = np.argsort(delays_s)
    n_early = int(np.searchsorted(delays_s[order], min(takes_over_s, duration_s)))
    early = order[:n_early]

    n_late = max(0, round((duration_s - takes_over_s) * LATE_PULSES_PER_S))
    late_s = takes_over_s + (np.arange(n_late) + rng.random(n_late)) / LATE_PULSES_PER_S
    picked, loudness = _pick(delays_s[order], energy[order], late_s, rng)
    picked = order[picked]
    gains = rng.choice([-1.0, 1.0], n_late)[:, None] * np.sqrt(
        loudness[:, None] * energy[picked]
    )
    both = np.concatenate([early, picked])
    return Arrivals(
        np.concatenate([delays_s[early], late_s]),
        images.offsets_m[both] / images.distances_m[both, None],
        np.concatenate([np.sqrt(energy[early]), gains]),
        n_early,
    )


def response_of(
    arrivals: Arrivals,
    listener: Source,
    *,
    duration_s: float,
    sample_rate: int,
    order: int,
) -> NDArray[np.float32]:
    """Put every pulse at its time in each octave, then join the octaves.

    Args:
        arrivals: What arrives.
        listener: Who looks along 0 degrees.
        duration_s: Of the response.
        sample_rate: In Hz.
        order: Of the ambisonics.

    Returns:
        Shape ((order + 1)^2, samples).
    """
    from scipy.fft import irfft, next_fast_len, rfft, rfftfreq

    n_samples = round(duration_s * sample_rate)
    free = 2 * HALF_TAPS + round(RINGING_S * sample_rate)
    n_fft = next_fast_len(n_samples + free, real=True)
    positions = arrivals.delays_s * sample_rate + HALF_TAPS
    placed = _placed(positions, arrivals.n_early, n_fft)
    seen = _harmonics_of(arrivals.directions, listener, order)
    spectrum = np.zeros((seen.shape[-1], n_fft // 2 + 1), np.complex64)
    shares = _octave_shares(rfftfreq(n_fft, 1 / sample_rate))
    for share, gain in zip(shares, arrivals.gains.T, strict=True):
        [bins] = np.nonzero(share)
        if bins.size == 0:  # an octave above half the sample rate
            continue
        arrived = placed @ (gain[:, None] * seen).astype(np.float32)
        octave = rfft(np.ascontiguousarray(arrived.T))  # (channels, bins)
        part = slice(bins[0], bins[-1] + 1)
        spectrum[:, part] += octave[:, part] * share[part].astype(np.float32)
    return irfft(spectrum, n_fft)[:, HALF_TAPS : HALF_TAPS + n_samples].copy()


def _uneven(
    delays_s: NDArray, takes_over_s: float, rng: np.random.Generator
) -> NDArray:
    """When images arrive in a room that is not quite a box.

    The direct sound is exact. From then on arrivals scatter with the fourth power of
    the time that has passed, until noise takes over.
    """
    direct_s = delays_s.min()
    passed = (delays_s - direct_s) / max(takes_over_s - direct_s, 1e-9)
    spread_s = UNEVEN_S * np.minimum(passed, 1) ** 4
    late_s = spread_s * rng.standard_normal(len(delays_s))
    return np.maximum(delays_s + late_s, direct_s)


def _energy(
    images: Images, source: Source, absorption: Absorption, *, air: bool
) -> NDArray:
    """Energy of each image in each octave, shape (images, octaves)."""
    distances_m = images.distances_m[:, None]
    reflected = np.maximum(1 - absorption.of_six, 1e-30)  # so that it has a logarithm
    loss = images.n_reflections @ np.log(reflected)
    if air:
        loss -= distances_m * (np.log(10) / 10 * np.array(AIR_DB_PER_M))
    near = images.stands_for[:, None] / distances_m**2  # 1 at 1 m
    return near * np.exp(loss) * _talker(images, source) ** 2


def _talker(images: Images, source: Source) -> NDArray | float:
    """Amplitude that a talker radiates towards each image's path, (images, octaves)."""
    if source.view is None:
        return 1.0
    ahead = images.leaving() @ (source.view / np.linalg.norm(source.view))
    roundness = np.array(TALKER_DIRECTIVITY)
    return TALKER_GAIN * (roundness + (1 - roundness) * ahead[:, None])


def _pick(
    delays_s: NDArray, energy: NDArray, late_s: NDArray, rng: np.random.Generator
) -> tuple[NDArray, NDArray]:
    """For each late pulse an image around its time, and what to multiply its energy by.

    The chance of an image is its share of the energy around. A pulse then is as strong
    as all images around together, over the number of pulses there; so in each octave
    the expected energy is the one of the images.
    """
    mean = energy.mean(axis=-1)
    passed = np.concatenate([[0.0], np.cumsum(mean)])
    low = passed[np.searchsorted(delays_s, late_s - AROUND_S)]
    high = passed[np.searchsorted(delays_s, late_s + AROUND_S)]
    chosen = low + (high - low) * rng.random(len(late_s))
    picked = np.searchsorted(passed, chosen, side="right") - 1
    picked = np.minimum(picked, len(delays_s) - 1)
    n_around = 2 * AROUND_S * LATE_PULSES_PER_S
    silent = (high <= low) | (mean[picked] <= 0)
    loudness = (high - low) / n_around / np.where(silent, 1.0, mean[picked])
    return picked, np.where(silent, 0.0, loudness)


def _harmonics_of(directions: NDArray, listener: Source, order: int) -> NDArray:
    """Gains of the ambisonic channels, shape (arrivals, channels)."""
    x, y, z = directions.T
    azimuth_deg = np.degrees(np.arctan2(y, x)) - direction_deg(listener.view)
    elevation_deg = np.degrees(np.arcsin(np.clip(z, -1, 1)))
    return harmonics(azimuth_deg, elevation_deg, order=order)


def _placed(positions: NDArray, n_early: int, n_samples: int) -> NDArray:
    """A pulse at each position, as a sparse matrix of shape (samples, pulses).

    Early ones are band-limited and stand between samples; noise need not.
    """
    from scipy.sparse import coo_array

    exact, rough = positions[:n_early, None], np.rint(positions[n_early:])
    rows = np.floor(exact).astype(int) + np.arange(1 - HALF_TAPS, HALF_TAPS + 1)
    away = rows - exact
    window = np.i0(SINC_KAISER_BETA * np.sqrt(1 - np.minimum(away / HALF_TAPS, 1) ** 2))
    taps = np.sinc(away) * window / np.i0(SINC_KAISER_BETA)
    row = np.concatenate([rows.ravel(), rough.astype(int)])
    column = np.concatenate(
        [
            np.repeat(np.arange(n_early), 2 * HALF_TAPS),
            np.arange(n_early, len(positions)),
        ]
    )
    values = np.concatenate([taps.ravel(), np.ones(len(rough))]).astype(np.float32)
    return coo_array((values, (row, column)), (n_samples, len(positions))).tocsr()


def _octave_shares(frequencies_hz: NDArray) -> NDArray:
    """Gains that fade from octave to octave and sum to 1, (octaves, frequencies)."""
    octave = np.log2(np.maximum(frequencies_hz, BANDS_HZ[0]) / BANDS_HZ[0])
    octave = np.minimum(octave, len(BANDS_HZ) - 1)  # the ends are held
    away = np.abs(octave - np.arange(len(BANDS_HZ))[:, None])
    return np.where(away < 1, np.cos(np.pi / 2 * away) ** 2, 0.0)
