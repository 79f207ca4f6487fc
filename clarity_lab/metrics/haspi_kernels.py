"""HASPI's inner loop; importing compiles it: import it when needed."""

from __future__ import annotations

from numba import njit


@njit(
    "void(float64[:, ::1], float64[::1], int64, int64, float64[:, ::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def windowed_sums(samples, window, first, hop, sums):
    """Weigh and sum frames: frame k starts at sample first + k hop, zero outside.

    samples: (samples, bands). sums: (frames, bands), zero before.
    """
    n_samples, n_bands = samples.shape
    for k in range(len(sums)):
        start = first + k * hop
        for i in range(max(0, -start), min(len(window), n_samples - start)):
            for c in range(n_bands):
                sums[k, c] += window[i] * samples[start + i, c]
