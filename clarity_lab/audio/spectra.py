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
        window_ms: Length of one frame, at most the whole sound. Long windows tell close
            frequencies apart, short ones close moments: no window does both.
        hop_ms: Time from one frame to the next.

    Returns:
        levels_dbfs: Shape (..., freqs, frames), -inf where there is nothing.
        frequencies_hz: Shape (freqs,), from 0 to half the sample rate.
        times_s: Shape (frames,), the middle of each frame.

    Raises:
        TypeError: If the samples are integers.
        ValueError: If the samples are none or not finite, the window holds less than
            two samples, or the hop less than one.

    Reference:
        Allen & Rabiner, "A unified approach to short-time Fourier analysis and
        synthesis", Proc. IEEE 65, 1977; Hann window, zeros beyond both ends.

    Example:
        Half a second, a frame each 10 ms, one on each end:

        >>> levels_dbfs, frequencies_hz, times_s = spectrogram_dbfs(
        ...     np.zeros(500), sample_rate=1000, window_ms=20, hop_ms=10
        ... )
        >>> levels_dbfs.shape, float(frequencies_hz[-1]), float(times_s[-1])
        ((11, 51), 500.0, 0.5)
    """
    power, frequencies_hz, times_s = frame_power(
        samples, sample_rate=sample_rate, window_ms=window_ms, hop_ms=hop_ms
    )
    return power_to_db(power), frequencies_hz, times_s


def frame_power(
    samples: ArrayLike,
    *,
    sample_rate: int,
    window_ms: float,
    hop_ms: float,
    widest_bin_hz: float = np.inf,
) -> tuple[NDArray, NDArray, NDArray]:
    """What `spectrogram_dbfs` shows, as powers: a tone at a bin shows its own power.

    Args:
        samples: Sounds, shape (..., samples), full scale at 1.0.
        sample_rate: In Hz.
        window_ms: Length of one frame, at most the whole sound.
        hop_ms: Time from one frame to the next.
        widest_bin_hz: Zeros are added to each frame until bins are as close as this.

    Returns:
        power: Shape (..., freqs, frames).
        frequencies_hz: Shape (freqs,).
        times_s: Shape (frames,).

    Raises:
        TypeError: If the samples are integers.
        ValueError: See `spectrogram_dbfs`.
    """
    from scipy.signal import ShortTimeFFT, get_window  # slow to import

    samples = require_samples(samples, min_samples=2)
    sample_rate = require_sample_rate(sample_rate)
    n_window = _whole_samples(window_ms, sample_rate, name="window_ms", least=2)
    n_hop = _whole_samples(hop_ms, sample_rate, name="hop_ms", least=1)
    length = samples.shape[-1]
    n_window = min(n_window, length)
    n_fft = n_window
    if sample_rate / n_fft > widest_bin_hz:
        n_fft = 2 ** int(np.ceil(np.log2(sample_rate / widest_bin_hz)))
    window = get_window("hann", n_window)
    stft = ShortTimeFFT(
        window,
        n_hop,
        sample_rate,
        mfft=n_fft,
        scale_to="magnitude",
        phase_shift=None,  # a shift pads the wrong axis of a batch (SciPy 1.17)
    )
    n_frames = 1 + length // n_hop  # from the first sample to the end
    power = np.abs(stft.stft(samples, p0=0, p1=n_frames)) ** 2  # (..., freqs, frames)
    power[..., 1 : (n_fft + 1) // 2, :] *= 2  # a tone's other half, at -f
    return power, stft.f, stft.t(length, p0=0, p1=n_frames)


def hann_blur(window_ms: float) -> tuple[float, float]:
    """How long a Hann window draws a click, and how wide a tone: half heights, -6 dB.

    A Hann window of length T is cos(pi t / T) squared: at half height T / 2 long. Its
    transform is at half height 2 / T wide. No window makes both small.

    Args:
        window_ms: Length of the window.

    Returns:
        blur_ms: How long a click is drawn, in ms.
        blur_hz: How wide a tone is drawn, in Hz.

    Raises:
        TypeError: If the window is no number.
        ValueError: If it is not above 0 ms.

    Reference:
        Harris, "On the use of windows for harmonic analysis with the discrete Fourier
        transform", Proc. IEEE 66, 1978: 6.0-dB bandwidth 2.00 bins.

    Example:
        >>> hann_blur(20.0)
        (10.0, 100.0)
    """
    window_ms = require_number(window_ms, name="window_ms", minimum=1e-6, unit="ms")
    return window_ms / 2, 2e3 / window_ms


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
