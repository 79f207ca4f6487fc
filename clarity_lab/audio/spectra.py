"""Where in frequency, and when, a sound has its level.

Everything here reads in dB re an RMS of 1, like `level_dbfs`: a steady tone shows the
level it has, whatever the window.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.checks import require_number, require_sample_rate, require_samples
from clarity_lab.units import power_to_db


def spectrum_dbfs(
    samples: ArrayLike, *, sample_rate: int, window_ms: float = 64.0
) -> tuple[NDArray, NDArray]:
    """Level at each frequency, averaged over the sound.

    Args:
        samples: Sounds, shape (..., samples), full scale at 1.0.
        sample_rate: In Hz.
        window_ms: Length of the pieces the sound is cut into, at most the whole sound;
            longer ones tell closer frequencies apart.

    Returns:
        levels_dbfs: Shape (..., freqs), -inf where there is nothing. A tone shows its
            level; a noise shows its level within each 1.5 bins.
        frequencies_hz: Shape (freqs,), from 0 to half the sample rate.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If the samples are none or not finite, or the window holds less
            than two samples.

    Reference:
        Welch, "The use of fast Fourier transform for the estimation of power spectra",
        IEEE Trans. Audio Electroacoust. 15, 1967; Hann window, half overlapping.

    Example:
        The fastest alternation two samples can make is a tone at half the rate:

        >>> levels_dbfs, frequencies_hz = spectrum_dbfs(
        ...     [1.0, -1.0] * 400, sample_rate=8000
        ... )
        >>> float(frequencies_hz[np.argmax(levels_dbfs)])
        4000.0
    """
    from scipy.signal import welch  # slow to import

    samples = require_samples(samples, min_samples=2)
    sample_rate = require_sample_rate(sample_rate)
    n_window = _whole_samples(window_ms, sample_rate, name="window_ms", least=2)
    frequencies_hz, power = welch(
        samples,
        sample_rate,
        nperseg=min(n_window, samples.shape[-1]),
        detrend=False,
        scaling="spectrum",
    )
    return power_to_db(power), frequencies_hz


def spectrogram_dbfs(
    samples: ArrayLike,
    *,
    sample_rate: int,
    window_ms: float = 32.0,
    hop_ms: float = 8.0,
) -> tuple[NDArray, NDArray, NDArray]:
    """Level at each frequency and time.

    Args:
        samples: Sounds, shape (..., samples), full scale at 1.0.
        sample_rate: In Hz.
        window_ms: Length of one look, at most the whole sound. Long windows tell close
            frequencies apart, short ones close moments: no window does both.
        hop_ms: Time from one look to the next.

    Returns:
        levels_dbfs: Shape (..., freqs, frames), -inf where there is nothing.
        frequencies_hz: Shape (freqs,), from 0 to half the sample rate.
        times_s: Shape (frames,), the middle of each look.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If the samples are none or not finite, the window holds less than
            two samples, or the hop less than one.

    Reference:
        Allen & Rabiner, "A unified approach to short-time Fourier analysis and
        synthesis", Proc. IEEE 65, 1977; Hann window, zeros beyond both ends.

    Example:
        Half a second, one look each 10 ms, one on each end:

        >>> levels_dbfs, frequencies_hz, times_s = spectrogram_dbfs(
        ...     np.zeros(500), sample_rate=1000, window_ms=20, hop_ms=10
        ... )
        >>> levels_dbfs.shape, float(frequencies_hz[-1]), float(times_s[-1])
        ((11, 51), 500.0, 0.5)
    """
    from scipy.signal import ShortTimeFFT, get_window  # slow to import

    samples = require_samples(samples, min_samples=2)
    sample_rate = require_sample_rate(sample_rate)
    n_window = _whole_samples(window_ms, sample_rate, name="window_ms", least=2)
    n_hop = _whole_samples(hop_ms, sample_rate, name="hop_ms", least=1)
    length = samples.shape[-1]
    n_window = min(n_window, length)
    stft = ShortTimeFFT(
        get_window("hann", n_window), n_hop, sample_rate, scale_to="magnitude"
    )
    n_frames = 1 + length // n_hop  # looks from the first sample to the end
    power = np.abs(stft.stft(samples, p0=0, p1=n_frames)) ** 2  # (..., freqs, frames)
    power[..., 1 : (n_window + 1) // 2, :] *= 2  # a tone's other half, at -f
    return power_to_db(power), stft.f, stft.t(length, p0=0, p1=n_frames)


def _whole_samples(
    duration_ms: float, sample_rate: int, *, name: str, least: int
) -> int:
    """A duration as a number of samples, or say that it is too short for one."""
    duration_ms = require_number(duration_ms, name=name, minimum=0, unit="ms")
    n_samples = round(duration_ms * 1e-3 * sample_rate)
    if n_samples < least:
        raise ValueError(
            f"expected {name} of at least {1e3 * least / sample_rate:.3g} ms "
            f"({least} sample(s) at {sample_rate} Hz), got {duration_ms:g} ms."
        )
    return n_samples
