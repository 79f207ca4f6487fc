"""NAL-R and the CEC2 compressor beside pyclarity 0.9.0."""

import numpy as np
import pytest

from clarity_lab.hearing import (
    Audiogram,
    apply_nalr,
    cec2_compress,
    cec2_gain_and_rms,
    cec2_hearing_aid,
    nalr_filter,
    soft_clip,
    standard_audiogram,
)
from tests.conftest import piece

pytest.importorskip(
    "clarity",
    reason="the peer pyclarity 0.9.0 is not installed: "
    "python start.py test installs it",
)

RATE = 44_100
CEC2 = {  # recipes/cec2/baseline/config.yaml
    "threshold": 0.35,
    "attenuation": 0.1,
    "attack": 50,
    "release": 1000,
    "rms_buffer_size": 0.064,
}
SOUNDS = ["speech in noise", "music", "silence at the ends"]
SOUNDS += ["very short", "very loud", "very soft"]
EARS = {
    "none": Audiogram((250, 8000), (0, -10)),
    "uneven": Audiogram((125, 800, 3000, 12_000), (15, 5, 62.5, 90)),
    "above 180 dB in sum": Audiogram((250, 8000), (75, 95)),
    **{name: standard_audiogram(name) for name in ("N1", "N3", "N5", "S1", "S3")},
}


@pytest.fixture(scope="module")
def sounds():
    speech, sea, tabla = (
        piece(path, sample_rate=RATE, start_s=0.0, duration_s=2.0, level_dbfs=-20.0)
        for path in (
            "speech/librispeech-1188.flac",
            "noise/sea.ogg",
            "music/tabla.flac",
        )
    )
    silence = np.zeros(RATE // 2)
    return {
        "speech in noise": speech + sea,
        "music": tabla,
        "silence at the ends": np.concatenate([silence, speech, silence]),
        "very short": speech[RATE // 2 :][:50],
        "very loud": 10 * speech,
        "very soft": 1e-4 * speech,
    }


def peers_nalr(audiogram: Audiogram, rate: int):
    from clarity.enhancer.nalr import NALR
    from clarity.utils.audiogram import Audiogram as PeersAudiogram

    nalr = NALR(nfir=220, sample_rate=rate)
    levels, hz = audiogram.thresholds_db_hl, audiogram.frequencies_hz
    taps, _ = nalr.build(PeersAudiogram(levels=levels, frequencies=hz))
    return nalr, taps


def peers_compressor(rate: int, **settings):
    from clarity.enhancer.compressor import Compressor

    return Compressor(fs=rate, **(CEC2 | settings))


def relative_error(ours: np.ndarray, theirs: np.ndarray) -> float:
    assert ours.shape == theirs.shape
    return float(np.max(np.abs(ours - theirs)) / np.max(np.abs(theirs)))


@pytest.mark.parametrize("rate", [16_000, 24_000, 44_100, 48_000])
@pytest.mark.parametrize("ear", EARS)
def test_the_nalr_filter_is_the_peers(ear, rate):
    _, theirs = peers_nalr(EARS[ear], rate)
    ours = nalr_filter(EARS[ear], sample_rate=rate)
    assert relative_error(ours, theirs) < 1e-12


@pytest.mark.parametrize("ear", EARS)
@pytest.mark.parametrize("name", ["speech in noise", "music", "very short"])
def test_the_amplified_sound_is_the_peers(sounds, ear, name):
    nalr, taps = peers_nalr(EARS[ear], RATE)
    theirs = nalr.apply(taps, sounds[name])
    ours = apply_nalr(sounds[name], sample_rate=RATE, audiogram=EARS[ear], parity=True)
    assert relative_error(ours, theirs) < 1e-12


@pytest.mark.parametrize(
    "name",
    SOUNDS,
)
def test_the_compressed_sound_is_the_peers(sounds, name):
    theirs, rms, gain = peers_compressor(RATE).process(sounds[name])
    our_gain, our_rms = cec2_gain_and_rms(sounds[name], sample_rate=RATE)
    assert relative_error(our_rms, rms) < 1e-12
    assert relative_error(our_gain, np.array(gain)) < 1e-12
    ours = cec2_compress(sounds[name], sample_rate=RATE)
    assert relative_error(ours, theirs) < 1e-12


def test_the_compressor_acts_on_the_loud_sound(sounds):
    gain, _ = cec2_gain_and_rms(sounds["very loud"], sample_rate=RATE)
    assert np.min(gain) < 0.8


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"threshold": 0.05}, {"threshold": 0.05}),
        ({"attenuation": 0.7}, {"attenuation": 0.7}),
        ({"attack_ms": 2.0}, {"attack": 2.0}),
        ({"release_ms": 30.0}, {"release": 30.0}),
        ({"window_s": 0.2}, {"rms_buffer_size": 0.2}),
    ],
)
def test_every_setting_means_what_the_peers_does(sounds, ours, theirs):
    sound = sounds["very loud"]
    expected, _, _ = peers_compressor(RATE, **theirs).process(sound)
    got = cec2_compress(sound, sample_rate=RATE, **ours)
    assert relative_error(got, expected) < 1e-12


@pytest.mark.parametrize("ear", ["N3", "S3"])
def test_the_whole_aid_is_the_peers_but_in_time(sounds, ear):
    sound = sounds["speech in noise"]
    nalr, taps = peers_nalr(EARS[ear], RATE)
    theirs = np.tanh(peers_compressor(RATE).process(nalr.apply(taps, sound))[0])
    ours = cec2_hearing_aid(sound, sample_rate=RATE, audiogram=EARS[ear])
    # The peer's compressor hears 110 samples of filter skirt before the sound begins.
    assert np.max(np.abs(ours - theirs[110:-110])) < 1e-3
    aided = apply_nalr(sound, sample_rate=RATE, audiogram=EARS[ear], parity=True)
    delayed = soft_clip(cec2_compress(aided, sample_rate=RATE))
    assert relative_error(delayed, theirs) < 1e-12
