import numpy as np

from clarity_lab.metrics import haspi_kernels as kernels


def test_windowed_sums_are_a_strided_convolution(rng):
    samples, window = rng.standard_normal((100, 8)), np.hanning(12)
    sums = np.zeros((12, 8))
    kernels.windowed_sums(samples, window, -5, 9, sums)
    padded = np.pad(samples, ((5, 20), (0, 0)))
    expected = [window @ padded[9 * k : 9 * k + 12] for k in range(12)]
    np.testing.assert_allclose(sums, expected, atol=1e-12)
