"""The gammatone bank: no seam between chunks, no level of its own."""

import numpy as np
import pytest

from clarity_lab.hearing.msbg import BandGain, bank_for, filter_and_sum
from clarity_lab.hearing.msbg.filterbank import CHUNK

RATE = 44_100


@pytest.mark.parametrize("more", [5_000, 20_000, CHUNK])
def test_chunks_leave_no_seam(rng, monkeypatch, more):
    noise = 0.02 * rng.standard_normal(CHUNK + more)
    bank = bank_for("severe")
    gain = BandGain(np.linspace(0, 2, bank.n_bands), np.ones(bank.n_bands), 0.2)
    in_chunks = filter_and_sum(noise, bank, gain)
    monkeypatch.setattr("clarity_lab.hearing.msbg.filterbank.CHUNK", 10**7)
    at_once = filter_and_sum(noise, bank, gain)
    np.testing.assert_allclose(in_chunks, at_once, atol=1e-13 * np.max(np.abs(at_once)))


def test_a_bank_leaves_speech_frequencies_their_level():
    click = np.zeros(RATE)
    click[RATE // 2] = 1.0
    for severity in ("mild", "moderate", "severe"):
        bank = bank_for(severity)
        gain = BandGain(np.zeros(bank.n_bands), np.ones(bank.n_bands), 1.0)
        response = np.abs(np.fft.rfft(filter_and_sum(click, bank, gain)))
        ripple_db = 20 * np.log10(response[200:8000])
        assert np.abs(np.mean(ripple_db)) < 1
        assert np.ptp(ripple_db) < 5
