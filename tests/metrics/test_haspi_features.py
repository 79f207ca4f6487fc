"""What HASPI's details tell besides the score."""

import pytest

from clarity_lab.hearing import Audiogram
from clarity_lab.metrics import haspi_details

HZ = (250, 6000)


@pytest.fixture
def share(sounds):
    def of(loss_db):
        details = haspi_details(
            sounds.speech,
            reference=sounds.speech,
            sample_rate=sounds.sample_rate,
            audiogram=Audiogram(HZ, (loss_db, loss_db)),
        )
        return details.share_above_threshold

    return of


def test_the_share_above_threshold_falls_with_the_loss_from_nearly_all_to_none(share):
    shares = [share(loss_db) for loss_db in (0, 30, 50, 120)]
    assert shares[0] > 0.9
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] == 0
