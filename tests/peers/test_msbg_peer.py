"""Hearing loss beside pyclarity 0.9.0, sample by sample, on real sounds."""

import numpy as np
import pytest

from clarity_lab.hearing import Audiogram, read_listeners, simulate_loss
from clarity_lab.hearing.msbg.smearing import SMEARING, smear_as_published
from clarity_lab.manifests import fetch
from tests.conftest import piece

pytest.importorskip(
    "clarity",
    reason="the peer pyclarity 0.9.0 is not installed: "
    "python start.py test installs it",
)

RATE = 44_100
HZ = (250, 500, 1000, 2000, 3000, 4000, 6000, 8000)
AUDIOGRAMS = {
    "none": (0, 0, 0, 0, 0, 0, 0, 0),
    "better than normal": (-5, -5, -10, 0, 5, 5, 10, 0),
    "mild": (10, 10, 15, 20, 25, 30, 30, 35),
    "sloping": (5, 5, 10, 30, 50, 60, 65, 70),
    "moderate": (40, 45, 50, 50, 50, 55, 55, 60),
    "severe": (50, 55, 60, 65, 70, 75, 80, 80),
}
SOUNDS = ["speech in noise", "music", "silence at the ends"]
SOUNDS += ["very short", "very loud", "very soft"]


def real_sounds() -> dict[str, np.ndarray]:
    speech, rain, music = (
        piece(path, sample_rate=RATE, start_s=0.0, level_dbfs=-25.0)
        for path in (
            "speech/librispeech-1089.flac",
            "noise/rain.ogg",
            "music/brahms.ogg",
        )
    )
    silence = np.zeros(RATE // 3)
    return {
        "speech in noise": speech + rain,
        "music": music,
        "silence at the ends": np.concatenate([silence, speech[:RATE], silence]),
        "very short": speech[RATE // 2 :][:700],
        "very loud": speech[:RATE] * 0.99 / np.max(np.abs(speech)) * 3,
        "very soft": speech[:RATE] * 1e-2,
        "white noise": 0.1 * np.random.default_rng(440).standard_normal(RATE),
        "stereo": np.stack([speech[:RATE], rain[:RATE]]),
    }


@pytest.fixture(scope="module")
def sounds():
    return real_sounds()


@pytest.fixture(scope="module")
def audiograms():
    path = fetch("samples", "audiograms/clarity.json", progress=False)
    listeners = read_listeners(path)
    ears = {name: Audiogram(HZ, levels) for name, levels in AUDIOGRAMS.items()}
    first, last = (listeners[name] for name in (min(listeners), max(listeners)))
    return ears | {"first listener": first.left, "last listener": last.right}


def published(sound: np.ndarray, audiogram: Audiogram, field: str = "ff"):
    from clarity.evaluator.msbg.msbg import Ear
    from clarity.utils.audiogram import Audiogram as PeersAudiogram

    ear = Ear(src_pos=field, equiv_0db_spl=100, ahr=20)
    ear.set_audiogram(
        PeersAudiogram(
            levels=np.array(audiogram.thresholds_db_hl),
            frequencies=np.array(audiogram.frequencies_hz),
        )
    )
    return ear.process(sound)[0]


def assert_as_published(sound, audiogram, expected, **settings):
    heard = simulate_loss(
        sound,
        sample_rate=RATE,
        audiogram=audiogram,
        rms_one_db_spl=120.0,
        parity=True,
        **settings,
    )
    assert heard.shape == expected.shape
    error = np.max(np.abs(heard - expected)) / np.max(np.abs(expected))
    assert error < 1e-9


def test_the_audiograms_have_every_severity(audiograms):
    severities = {audiogram.severity for audiogram in audiograms.values()}
    assert severities == {"nothing", "mild", "moderate", "severe"}
    assert len(audiograms) == 8


@pytest.mark.parametrize(
    "ear", [*AUDIOGRAMS, "first listener", "last listener"], ids=str
)
@pytest.mark.parametrize(
    "sound",
    SOUNDS,
)
def test_every_sample_is_the_peers(sounds, audiograms, sound, ear):
    expected = published(sounds[sound], audiograms[ear])
    assert_as_published(sounds[sound], audiograms[ear], expected)


@pytest.mark.parametrize("severity", SMEARING)
def test_smearing_alone_is_the_peers_even_where_powers_get_negative(sounds, severity):
    # They do in the highest bins of white noise. (A tone that repeats in each frame has
    # bins whose phase is rounding only: there no program agrees with another.)
    from clarity.evaluator.msbg.smearing import Smearer

    lower, upper = SMEARING[severity]
    expected = Smearer(lower, upper, RATE).smear(sounds["white noise"])
    smeared = smear_as_published(sounds["white noise"], lower=lower, upper=upper)
    assert smeared.shape == expected.shape
    assert np.max(np.abs(smeared - expected)) < 1e-12 * np.max(np.abs(expected))


@pytest.mark.parametrize("ear", ["mild", "severe"])
def test_each_stereo_channel_is_the_peers_call_of_one_ear(sounds, audiograms, ear):
    stereo = sounds["stereo"]
    expected = np.stack([published(channel, audiograms[ear]) for channel in stereo])
    assert_as_published(stereo, audiograms[ear], expected)


@pytest.mark.parametrize(("field", "theirs"), [("diffuse", "df"), ("itu", "ITU")])
def test_the_other_fields_are_the_peers(sounds, audiograms, field, theirs):
    sound, ear = sounds["very loud"], audiograms["mild"]
    expected = published(sound, ear, field=theirs)
    assert_as_published(sound, ear, expected, field=field)


@pytest.mark.parametrize("length", [441, 442, 511, 512, 513, 575])
def test_the_first_and_last_frames_are_the_peers(sounds, audiograms, length):
    sound = sounds["music"][RATE // 2 :][:length]
    expected = published(sound, audiograms["severe"])
    assert_as_published(sound, audiograms["severe"], expected)


def test_the_aligned_sound_is_the_published_one_without_its_delay(sounds, audiograms):
    # One level all along: only start, end and framing of the smearing differ.
    rng = np.random.default_rng(440)
    sound = 0.05 * rng.standard_normal(RATE)
    ear = audiograms["none"]
    expected = published(sound, ear)
    heard = simulate_loss(sound, sample_rate=RATE, audiogram=ear, rms_one_db_spl=120.0)
    middle = slice(4000, -4000)
    shifted = np.roll(expected, -(507 + 507 + 66))[middle]
    error = np.max(np.abs(heard[middle] - shifted)) / np.max(np.abs(shifted))
    assert error < 0.02  # the published level measurement moves the noise a little
