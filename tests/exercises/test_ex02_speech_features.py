"""What the checks of lesson 02 say to mistakes that have a name."""

import numpy as np

from clarity_lab.exercises import ex02_speech_features as ex


def test_an_rms_over_all_numbers_is_no_mean_distance():
    verdict = ex.check_mfcc_distance(
        lambda a, b: np.sqrt(np.mean((a[1:] - b[1:]) ** 2))
    )
    assert "RMS over all" in verdict


def test_a_power_of_all_of_mel_is_answered_without_a_warning(recwarn):
    verdict = ex.check_mel_to_hz(lambda mel: 700 * (10**mel / 2595 - 1))
    assert "brackets" in verdict
    assert not recwarn.list


def test_a_delta_from_the_nearest_neighbours_alone_is_named():
    def deltas(table):
        padded = np.pad(table, [(0, 0), (1, 1)], mode="edge")
        return (padded[:, 2:] - padded[:, :-2]) / 10

    assert "n = 1 alone" in ex.check_deltas(deltas)
